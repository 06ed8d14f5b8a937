"""Are the libraries a lab stands on as they were? Learner code shares the interpreter with them and with the grader.

It is no sandbox (the worker is one): it keeps an accident or a shortcut such as `redis.Redis.get = …` from deciding a
grade, and from lasting until the next run. Only functions and classes are watched: data may change at run time.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType

_WATCHED = ("redis", "fakeredis", "labs", "json", "sqlite3", "random")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class _Original:
    owner: ModuleType | type
    name: str
    value: object
    code: CodeType | None


class Pristine:
    """The functions and classes of the watched modules, as they were when this was made."""

    def __init__(self) -> None:
        self._modules = {name: module for name, module in sys.modules.items() if _watched(name)}
        self._classes = {cls: frozenset(vars(cls)) for module in self._modules.values() for cls in _classes(module)}
        owners: list[ModuleType | type] = [*self._modules.values(), *self._classes]
        self._originals = [original for owner in owners for original in _originals(owner)]
        self._builtins = dict(vars(builtins))

    def restore(self) -> list[str]:
        """Put everything back. Returns what had been changed, as `redis.client.Redis.get`."""
        changed = [name for name, module in self._modules.items() if sys.modules.get(name) is not module]
        sys.modules.update(self._modules)
        for original in self._originals:
            if _restore(original):
                changed.append(f"{_name(original.owner)}.{original.name}")
        for cls, names in self._classes.items():
            # A method put on a subclass hides the inherited one without replacing anything.
            for name in [name for name, value in vars(cls).items() if name not in names and _hides(name, value)]:
                delattr(cls, name)
                changed.append(f"{_name(cls)}.{name}")
        for name, value in self._builtins.items():
            if vars(builtins).get(name, _MISSING) is not value:
                setattr(builtins, name, value)
                # `_` belongs to whoever is at an interactive prompt.
                changed.extend([f"builtins.{name}"] if name != "_" else [])
        return changed


def _watched(name: str) -> bool:
    return name.partition(".")[0] in _WATCHED


def _hides(name: str, value: object) -> bool:
    """Whether a new attribute of a class is a learner's doing: libraries keep data under private names there."""
    return callable(value) or not name.startswith("_")


def _classes(module: ModuleType) -> list[type]:
    return [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]


def _originals(owner: ModuleType | type) -> Iterator[_Original]:
    for name, value in vars(owner).items():
        function = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if isinstance(function, FunctionType):
            yield _Original(owner, name, value, function.__code__)
        elif isinstance(function, (type, property, BuiltinFunctionType, MethodType)):
            yield _Original(owner, name, value, None)


def _restore(original: _Original) -> bool:
    changed = vars(original.owner).get(original.name, _MISSING) is not original.value
    if changed:
        setattr(original.owner, original.name, original.value)
    function = original.value.__func__ if isinstance(original.value, (staticmethod, classmethod)) else original.value
    if isinstance(function, FunctionType) and original.code is not None and function.__code__ is not original.code:
        function.__code__ = original.code
        return True
    return changed


def _name(owner: ModuleType | type) -> str:
    return f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
