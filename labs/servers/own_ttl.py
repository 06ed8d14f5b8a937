"""What commands do to the TTL of a key: what real time takes from it while a lab's time stands still is put right."""

from __future__ import annotations

from collections.abc import Sequence

_SETS = frozenset(("set", "setex", "psetex", "getex", "expire", "pexpire", "expireat", "pexpireat", "restore"))
_HANDS_ON = frozenset(("copy", "rename", "renamenx", "restore", "eval", "evalsha"))
_COMPARES = frozenset(("expire", "pexpire", "expireat", "pexpireat"))
_PLAIN_EXPIRE = 3
_LONGEST_NUMBER = 16


def hands_on(name: str) -> bool:
    """Whether a command may give a key a TTL that stands in none of its words."""
    return name in _HANDS_ON


def looks_at(name: str, fields: Sequence[bytes], script: bytes) -> bool:
    """Whether a command does something else when the TTL of a key is another one. `script`: what it runs."""
    if name in ("eval", "evalsha"):
        return b"ttl" in script.lower()
    return hands_on(name) or (name in _COMPARES and len(fields) > _PLAIN_EXPIRE)


def meant_ms(name: str, words: Sequence[bytes | str]) -> frozenset[int]:
    """The TTLs that a command may mean by its words, in ms."""
    if name not in _SETS:
        return frozenset()
    numbers = [int(word) for word in words if len(word) < _LONGEST_NUMBER and word.isdigit()]
    return frozenset((*numbers, *(1000 * number for number in numbers)))
