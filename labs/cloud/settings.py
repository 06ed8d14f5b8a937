"""The parameters of a node that CONFIG reads and sets: those that labs need, with the defaults of ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, get_args

type Policy = Literal[
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "noeviction",
]
POLICIES: tuple[str, ...] = get_args(Policy.__value__)
"""In the order in which a server's error lists them."""

DEFAULT_POLICY: Policy = "volatile-lru"
"""Of ElastiCache. A server one installs oneself begins with noeviction."""

_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1000**2, "mb": 1024**2, "g": 1000**3, "gb": 1024**3}
_MEMORY = re.compile(r"(\d+)([a-z]*)")


class SettingError(ValueError):
    """A value that CONFIG SET refuses. The text is the server's own."""


class Settings:
    """The parameters of one node, as the text CONFIG shows."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """`given` replaces defaults. Raises KeyError for a parameter that is not here, SettingError for its value."""
        self._initial = {name: default for name, (default, _) in _PARAMETERS.items()}
        self._initial |= {name: _PARAMETERS[name][1](value) for name, value in given.items()}
        self._values = dict(self._initial)

    def restore(self) -> None:
        """As when the node was made."""
        self._values = dict(self._initial)

    def all(self) -> Mapping[str, str]:
        return self._values

    def checked(self, name: str, value: str) -> str:
        """The value as it would be kept. Raises KeyError or SettingError as `__init__` does."""
        return _PARAMETERS[name][1](value)

    def set(self, name: str, value: str) -> None:
        self._values[name] = self.checked(name, value)

    def number(self, name: str) -> int:
        return int(self._values[name])

    @property
    def maxmemory(self) -> int:
        """In bytes; 0 is no limit."""
        return self.number("maxmemory")

    @property
    def policy(self) -> str:
        return self._values["maxmemory-policy"]


def _memory(text: str) -> str:
    found = _MEMORY.fullmatch(text.lower())
    if found is None or found[2] not in _UNITS:
        raise SettingError("argument must be a memory value")
    return str(int(found[1]) * _UNITS[found[2]])


def _policy(text: str) -> str:
    if text.lower() not in POLICIES:
        raise SettingError(f"argument(s) must be one of the following: {', '.join(POLICIES)}")
    return text.lower()


def _count(text: str) -> str:
    try:
        return str(int(text))
    except ValueError:
        raise SettingError("argument couldn't be parsed into an integer") from None


_PARAMETERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "maxmemory": ("0", _memory),
    "maxmemory-policy": (DEFAULT_POLICY, _policy),
    "slowlog-log-slower-than": ("10000", _count),
    "slowlog-max-len": ("128", _count),
    "hash-max-listpack-entries": ("512", _count),
    "hash-max-listpack-value": ("64", _count),
    "zset-max-listpack-entries": ("128", _count),
    "zset-max-listpack-value": ("64", _count),
    "set-max-intset-entries": ("512", _count),
}
