"""A learner's command as it goes to a real server: every key under the run's prefix, every moment as time from now.

Only what names its keys may pass: `may_pass` tells. Whatever acts on a whole server, on keys it does not name, or on
other clients is answered elsewhere in terms of the run's own keys, or refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.cloud.access import keys_of
from labs.cloud.command_table import Command

REFUSED = "ERR this command is not available in labs on a real server: it is not about keys of this run alone"

# Admin or dangerous by category, and yet harmless.
_HARMLESS = frozenset(("config|get", "role", "sort", "sort_ro"))
_OF_OTHERS = frozenset(("admin", "dangerous", "pubsub", "scripting"))
# By category harmless, and yet about other keys, other clients, or what all clients share.
_SHARED = frozenset(
    (
        *("swapdb", "move", "reset", "select", "client|tracking", "client|caching", "client|reply", "client|no-evict"),
        *(
            "memory|purge",
            "cluster|getkeysinslot",
            "command|getkeys",
            "command|getkeysandflags",
            "randomkey",
            "scan",
            "dbsize",
        ),
    )
)
_SCRIPTING = frozenset(("eval", "evalsha", "script|load", "script|exists"))

_TO_RELATIVE = {
    "expireat": (b"PEXPIRE", 2, 1000),
    "pexpireat": (b"PEXPIRE", 2, 1),
}
_TTL_OPTIONS = {b"EXAT": (b"PX", 1000), b"PXAT": (b"PX", 1)}
_TAKES_TTL_OPTIONS = frozenset(("set", "getex"))


class _Word(bytes):
    """A word of a command that is told apart from another word of the same text."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """`fields` is what the server gets, `keys` the full names of the keys in it, in their order."""

    fields: tuple[bytes, ...]
    keys: tuple[bytes, ...]


def may_pass(command: Command, fields: Sequence[bytes]) -> bool:
    """Whether a command is about the keys that it names, or about nothing at all."""
    if command.name in _HARMLESS | _SCRIPTING:
        allowed = True
    else:
        allowed = not command.categories & _OF_OTHERS and command.name not in _SHARED
    return allowed and not _names_more_keys(command, [field.upper() for field in fields[1:]])


def _names_more_keys(command: Command, words: Sequence[bytes]) -> bool:
    """Whether a key hides where `keys_of` does not look: a second STORE wins over the first, COPY may go elsewhere."""
    if command.name == "copy":
        return b"DB" in words[2:]
    finds_by_word = any(not spec.lstrip("rw-")[0].isdigit() for spec in command.keys)
    return finds_by_word and any(words.count(word) > 1 for word in (b"STORE", b"STOREDIST"))


def rewritten(command: Command, fields: Sequence[bytes], prefix: bytes, now_ms: int) -> Rewritten:
    """`now_ms` is Unix time in the lab, which is not the server's."""
    words = [_Word(field) for field in fields]
    named = {id(key) for _, key in keys_of(command, words)}
    places = [place for place, word in enumerate(words) if id(word) in named]
    sent = [bytes(word) for word in words]
    for place in places:
        sent[place] = prefix + sent[place]
    keys = tuple(sent[place] for place in places)
    if command.name in ("sort", "sort_ro"):
        _confine_patterns(sent, prefix)
    if command.name in _TO_RELATIVE:
        name, place, unit = _TO_RELATIVE[command.name]
        sent = [name, *sent[1:place], *_until(sent[place : place + 1], unit, now_ms), *sent[place + 1 :]]
    if command.name in _TAKES_TTL_OPTIONS:
        _shift_options(sent, 3 if command.name == "set" else 2, now_ms)
    return Rewritten(tuple(sent), keys)


def _confine_patterns(sent: list[bytes], prefix: bytes) -> None:
    """SORT looks up keys by the patterns of BY and GET: only keys of this run."""
    for place in range(2, len(sent) - 1):
        if sent[place].upper() in (b"BY", b"GET") and sent[place + 1] != b"#":
            sent[place + 1] = prefix + sent[place + 1]


def _until(moment: Sequence[bytes], unit: int, now_ms: int) -> list[bytes]:
    """Milliseconds from now until a moment; what is no number stays, for the server to refuse."""
    return [b"%d" % (int(text) * unit - now_ms) if text.lstrip(b"-").isdigit() else text for text in moment]


def _shift_options(sent: list[bytes], first: int, now_ms: int) -> None:
    for place in range(first, len(sent) - 1):
        option = _TTL_OPTIONS.get(sent[place].upper())
        if option is not None and sent[place + 1].isdigit() and int(sent[place + 1]) > 0:
            name, unit = option
            # A moment that is over already is one: the key goes at once.
            sent[place : place + 2] = [name, b"%d" % max(int(sent[place + 1]) * unit - now_ms, 1)]
