"""Reading a YAML file of the bank strictly, and remembering on which line each value stands.

Two habits of YAML 1.1 would bite authors in silence: `on`, `yes` and `no` are read as booleans (so the key `on` of
`verified: {on: …}` would become True), and of a key given twice the last one wins. Here neither happens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from quizzes.engine.errors import BankError


class _Loader(yaml.CSafeLoader):
    """SafeLoader, by libyaml and so ten times as fast, whose only booleans are `true` and `false`."""


_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"`{key}` 키가 두 번 있습니다", problem_mark=key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass(frozen=True)
class Document:
    """A file read: its value, and the tree that knows the lines."""

    path: Path
    data: object
    tree: yaml.Node | None

    def line(self, place: Sequence[str | int]) -> int:
        """The line of the value at `place`, or of the nearest enclosing value that exists. Lines count from 1."""
        node = self.tree
        line = 1
        for step in place:
            child = _child(node, step)
            if child is None:
                break
            node, line = child, child.start_mark.line + 1
        return line


def read(path: Path) -> Document:
    """Raises BankError when the file is missing or is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        return Document(path, yaml.load(text, _Loader), yaml.compose(text, _Loader))  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise BankError(f"{path.name}: 파일이 없습니다(file not found). 이름과 위치를 확인하세요.") from None
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BankError(
            f"{path.name}{line}: YAML로 읽을 수 없습니다({error.problem or error}). 들여쓰기와 따옴표를 확인하세요."
        ) from None


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None
