"""The two files that are made from the models: the JSON Schema of the bank, and the player's types.

Both are in the tree so that editors can use them; a test refuses them when they are stale. `python -m quizzes schema --write`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic.json_schema import models_json_schema

from quizzes.engine.bank import ROOM, BankFile
from quizzes.engine.kinds import KINDS
from quizzes.engine.rubric import Rubric

SCHEMA = ROOM / "schema.json"
TYPES = ROOM / "player" / "types.generated.ts"

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def files() -> dict[Path, str]:
    """The right content of each generated file."""
    schema = json_schema()
    return {SCHEMA: json.dumps(schema, ensure_ascii=False, indent=2) + "\n", TYPES: typescript(schema)}


def stale() -> list[Path]:
    """The generated files that do not say what the models say."""
    return differing(files())


def differing(contents: Mapping[Path, str]) -> list[Path]:
    """The files that are missing or hold something else."""
    return [path for path, text in contents.items() if not path.is_file() or path.read_text("utf-8") != text]


def write() -> None:
    for path, content in files().items():
        path.write_text(content, encoding="utf-8")


def json_schema() -> dict[str, Json]:
    """A bank file is the root; the rubric is among the definitions."""
    _, schema = models_json_schema([(BankFile, "validation"), (Rubric, "serialization")], by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "quizzes/bank/*.yml",
        "$ref": "#/$defs/BankFile",
        "$defs": schema["$defs"],
    }


def typescript(schema: Mapping[str, Json]) -> str:
    """Interfaces of what the player reads: the rubric, and the names of the kinds."""
    definitions = _object(schema["$defs"])
    kinds = " | ".join(f'"{kind}"' for kind in KINDS)
    interfaces = "\n".join(_interface(name, definitions) for name in _reachable("Rubric", definitions))
    return (
        "// Made from quizzes/engine by `python -m quizzes schema --write`; a test refuses it when it is stale.\n\n"
        f"export type Kind = {kinds};\n\n{interfaces}"
    )


def _reachable(root: str, definitions: Mapping[str, Json]) -> list[str]:
    """`root` and every definition it leads to, each once, users before what they use."""
    found = [root]
    for name in found:
        found += [one for one in dict.fromkeys(_references(definitions[name])) if one not in found]
    return found


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield _referred(value)
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _interface(name: str, definitions: Mapping[str, Json]) -> str:
    definition = _object(definitions[name])
    fields = _object(definition["properties"])
    lines = [_comment(definition, "")] + [
        f"  readonly {field}: {_type(_object(value), name, field)};\n" for field, value in fields.items()
    ]
    lines.insert(1, f"export interface {name} {{\n")
    return "".join(lines) + "}\n"


def _comment(definition: Mapping[str, Json], indent: str) -> str:
    text = definition.get("description")
    return f"{indent}/** {' '.join(str(text).split())} */\n" if text else ""


def _type(value: Mapping[str, Json], owner: str, field: str) -> str:
    if (owner, field) == ("RubricItem", "kind"):
        return "Kind"
    if "$ref" in value:
        return _referred(value)
    if "const" in value:
        return json.dumps(value["const"])
    match value.get("type"):
        case "string":
            return "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "array":
            return f"readonly {_type(_object(value['items']), owner, field)}[]"
        case "object":
            inner = _type(_object(value["additionalProperties"]), owner, field)
            return f"Readonly<Record<string, {inner}>>"
        case other:
            raise TypeError(f"{owner}.{field}: no TypeScript for {other!r}; teach quizzes/engine/schema.py this shape")


def _referred(value: Mapping[str, Json]) -> str:
    return str(value["$ref"]).removeprefix("#/$defs/")


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(f"expected a schema object, saw {value!r}")
    return value
