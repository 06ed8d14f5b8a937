"""Are the libraries a lab stands on as they were? Learner code shares the interpreter with them and with the grader.

It is no sandbox (the worker is one): it keeps an accident or a shortcut such as `redis.Redis.get = …` from deciding a
grade, and from lasting until the next run. Only functions and classes are watched: data may change at run time.
"""

from __future__ import annotations

import builtins
import sys
from itertools import chain
from operator import attrgetter, call, itemgetter
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

_WATCHED = ("redis", "fakeredis", "pymemcache", "labs", "asyncio", "json", "sqlite3", "random")
_KINDS = (FunctionType, type, property, BuiltinFunctionType, MethodType)
_MISSING = object()
# The last value at an interactive prompt, which belongs to whoever sits there.
_PROMPT = "_"
_builtins = vars(builtins)
_BUILTINS = {name: value for name, value in _builtins.items() if name != _PROMPT}
_changed: list[str] = []
_code = attrgetter("__code__")


class Pristine:
    """The functions and classes of the watched modules, as they were when this was made.

    Thousands of them are looked at after every run, so what is untouched is compared in one go, without a line of Python for each.
    """

    def __init__(self) -> None:
        self._modules = {name: module for name, module in sys.modules.items() if _watched(name)}
        self._classes = {cls: frozenset(vars(cls)) for module in self._modules.values() for cls in _classes(module)}
        owners: list[ModuleType | type] = [*self._modules.values(), *self._classes]
        self._values: list[tuple[ModuleType | type, tuple[str, ...], tuple[object, ...]]] = []
        names: dict[FunctionType, str] = {}
        for owner in owners:
            held = {name: value for name, value in vars(owner).items() if isinstance(_function(value), _KINDS)}
            if not held:
                continue
            self._values.append((owner, tuple(held), tuple(held.values())))
            for name, value in held.items():
                function = _function(value)
                if isinstance(function, FunctionType):
                    names.setdefault(function, f"{_name(owner)}.{name}")
        self._functions = names
        self._codes = [*map(_code, names)]
        # For the comparison in one go. A getter of one name would give no tuple, so the first is taken twice.
        self._namespaces = [vars(owner) for owner, _, _ in self._values]
        self._getters = [itemgetter(names[0], *names) for _, names, _ in self._values]
        self._ids = self._present()
        self._class_namespaces = [vars(cls) for cls in self._classes]
        self._sizes = [*map(len, self._class_namespaces)]

    def restore(self) -> list[str]:
        """Put everything back. Returns what had been changed, as `redis.client.Redis.get`."""
        restore_builtins()
        changed, _changed[:] = _changed[:], ()
        changed += [name for name, module in self._modules.items() if sys.modules.get(name) is not module]
        sys.modules.update(self._modules)
        if self._present() != self._ids:
            changed += self._restore_values()
        if [*map(_code, self._functions)] != self._codes:
            for (function, name), code in zip(self._functions.items(), self._codes, strict=True):
                if function.__code__ is not code:
                    function.__code__ = code
                    changed.append(name)
        if [*map(len, self._class_namespaces)] != self._sizes:
            changed += self._remove_added()
            self._sizes = [*map(len, self._class_namespaces)]
        return changed

    def _present(self) -> list[int]:
        """The identity of every watched value; empty where a name is missing."""
        try:
            return [*map(id, chain.from_iterable(map(call, self._getters, self._namespaces)))]
        except KeyError:
            return []

    def _restore_values(self) -> list[str]:
        changed: list[str] = []
        for owner, names, values in self._values:
            namespace = vars(owner)
            for name, value in zip(names, values, strict=True):
                if namespace.get(name) is not value:
                    setattr(owner, name, value)
                    changed.append(f"{_name(owner)}.{name}")
        return changed

    def _remove_added(self) -> list[str]:
        """A method put on a subclass hides the inherited one without replacing anything."""
        changed: list[str] = []
        for cls, known in self._classes.items():
            for name in sorted(vars(cls).keys() - known):
                if _hides(name, vars(cls)[name]):
                    delattr(cls, name)
                    changed.append(f"{_name(cls)}.{name}")
        return changed


def restore_builtins() -> None:
    """Put the built-in names back and drop added ones; the next `Pristine.restore` tells which had been changed.

    Everything needs them, `finally` blocks too, so this comes before any other code once learner code has ended. It must not
    use a built-in name itself: there may be none.
    """
    for name, value in _BUILTINS.items():
        if _builtins.get(name, _MISSING) is not value:
            _builtins[name] = value
            _changed.append(f"builtins.{name}")
    for name in [name for name in _builtins if name not in _BUILTINS and name != _PROMPT]:
        del _builtins[name]


def _watched(name: str) -> bool:
    return name.partition(".")[0] in _WATCHED


def _hides(name: str, value: object) -> bool:
    """Whether a new attribute of a class is a learner's doing: libraries keep data under private names there."""
    return callable(value) or not name.startswith("_")


def _classes(module: ModuleType) -> list[type]:
    return [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]


def _function(value: object) -> object:
    """The function inside a static or class method; any other value itself."""
    return value.__func__ if isinstance(value, (staticmethod, classmethod)) else value


def _name(owner: ModuleType | type) -> str:
    return f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
