"""The memory of a node: how each value is kept, what that costs, and which key goes when there is no room.

Sizes follow the layouts of Redis 7.0 on a 64-bit machine with jemalloc: what MEMORY USAGE tells is exact for strings
and for small hashes, sorted sets and integer sets, and within a quarter for the rest, whose hash tables a real server
grows step by step (`tests/conformance/test_memory.py` holds it to that). `used_memory` is the sum over the keys alone.

Which key goes is exact: the least recently used of all candidates, not of a sample; random ones come from a generator
of the node's own, so that a lab runs the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isfinite

from fakeredis._core import Database
from fakeredis.model import ExpiringMembersSet, Hash, XStream, ZSet

from labs.cloud.clock import VirtualClock
from labs.cloud.settings import Settings

type Place = tuple[int, bytes]
"""The number of a database, and a key in it."""

FIRST_FREQUENCY = 5
"""The LFU counter of a new key (LFU_INIT_VAL)."""
MOST_FREQUENT = 255

_MINUTE_US = 60_000_000
_RAW_WRITERS = frozenset(("setrange", "setbit", "bitfield", "bitop"))
_EMBSTR_MOST = 44
# Like MEMORY USAGE: the members of a hash table are judged by the first few.
_SAMPLES = 5

# sizeof() of the structures of Redis 7.0.
_OBJECT, _DICT, _DICT_ENTRY, _POINTER = 16, 56, 24, 8
_QUICKLIST, _QUICKLIST_NODE, _QUICKLIST_FILL = 48, 32, 8192
_ZSET, _SKIPLIST, _SKIPLIST_HEADER, _SKIPLIST_NODE = 16, 32, 640, 50
_STREAM, _STREAM_NODE = 632, 4096


@dataclass(slots=True)
class Note:
    """What a node knows of a key besides its value. `bytes` is None until somebody asks; `used_us` is virtual time."""

    encoding: str
    used_us: int
    value: object = None
    """What was there when the encoding was chosen."""
    frequency: int = FIRST_FREQUENCY
    decayed_us: int = 0
    bytes: int | None = None


class Memory:
    """The memory of one node."""

    def __init__(self, clock: VirtualClock, databases: Mapping[int, Database], settings: Settings) -> None:
        self.evicted = 0
        self._clock = clock
        self._databases = databases
        self._settings = settings
        # Least recently used first.
        self._notes: dict[Place, Note] = {}
        self._unmeasured: dict[Place, None] = {}
        self._measured = 0
        self._random = random.Random(0)  # noqa: S311 - to be the same on every run

    def clear(self) -> None:
        """The node was emptied."""
        self._notes.clear()
        self._unmeasured.clear()
        self._measured = 0
        self._random.seed(0)

    def use(self, place: Place) -> None:
        """A client looked this key up, for reading or writing."""
        note = self._notes.pop(place, None)
        if note is None:
            return
        self._notes[place] = note
        note.used_us = self._clock.now_us
        note.frequency = min(MOST_FREQUENT, self._decayed(note) + 1)
        note.decayed_us = self._clock.now_us

    def changed(self, place: Place, command: str, inherited: str | None = None) -> None:
        """`command` (lower case) may have changed this key, made it, or deleted it.

        `inherited` is the encoding of the key that this one is a copy of, or was named before.
        """
        number, key = place
        item = self._databases[number].get(key)
        if item is None:
            self.forget(place)
            return
        note = self._notes.get(place)
        if note is None:
            now = self._clock.now_us
            note = self._notes[place] = Note("", now, decayed_us=now)
        if inherited is not None and isinstance(item.value, bytes):
            note.encoding = inherited
        elif not (isinstance(item.value, bytes) and item.value is note.value):
            note.encoding = _encoding(item.value, inherited or note.encoding, command, self._settings)
        note.value = item.value
        self._measured -= note.bytes or 0
        note.bytes = None
        self._unmeasured[place] = None

    def forget(self, place: Place) -> None:
        """This key is gone."""
        note = self._notes.pop(place, None)
        if note is not None:
            self._measured -= note.bytes or 0
            self._unmeasured.pop(place, None)

    def used(self) -> int:
        """Bytes of every key that has not expired (`used_memory`)."""
        for database in self._databases.values():
            len(database)  # fakeredis drops expired keys when it counts them
        for place in self._unmeasured:
            number, key = place
            note = self._notes[place]
            note.bytes = usage(key, self._databases[number][key].value, note.encoding)
            self._measured += note.bytes
        self._unmeasured.clear()
        return self._measured

    def over(self) -> bool:
        """Whether there is more than `maxmemory` allows."""
        return 0 < self._settings.maxmemory < self.used()

    def victim(self) -> Place | None:
        """The key to evict next, None when the policy has no candidate."""
        scope, _, choice = self._settings.policy.partition("-")
        candidates = self._notes if scope == "allkeys" else self._expiring() if scope == "volatile" else ()
        match choice:
            case "lru":
                return next(iter(candidates), None)
            case "lfu":
                return min(candidates, key=lambda place: self._decayed(self._notes[place]), default=None)
            case "ttl":
                return min(candidates, key=self._expiry, default=None)
            case "random":
                among = sorted(candidates)
                return self._random.choice(among) if among else None
        return None

    def encoding(self, place: Place) -> str | None:
        note = self._notes.get(place)
        return None if note is None else note.encoding

    def usage(self, place: Place) -> int | None:
        """Bytes of one key, with its share of the tables that hold it. None for a key that is not there."""
        note = self._notes.get(place)
        if note is None:
            return None
        self.used()
        return note.bytes

    def idle_s(self, place: Place) -> int:
        """Whole seconds since a client last looked the key up."""
        return (self._clock.now_us - self._notes[place].used_us) // 1_000_000

    def frequency(self, place: Place) -> int:
        """The LFU counter: one more for each use, one less for each minute without (`lfu-log-factor` 0)."""
        return self._decayed(self._notes[place])

    def _decayed(self, note: Note) -> int:
        return max(0, note.frequency - (self._clock.now_us - note.decayed_us) // _MINUTE_US)

    def _expiring(self) -> Iterator[Place]:
        return (place for place in self._notes if self._databases[place[0]][place[1]].expireat is not None)

    def _expiry(self, place: Place) -> float:
        at: float = self._databases[place[0]][place[1]].expireat
        return at


def usage(key: bytes, value: object, encoding: str) -> int:
    """What MEMORY USAGE tells of a key: the table's entry, the key, and the value as `encoding` keeps it."""
    return _DICT_ENTRY + _sds(key) + _OBJECT + _value_bytes(value, encoding)


def _encoding(value: object, before: str, command: str, settings: Settings) -> str:
    """OBJECT ENCODING. What once outgrew the compact form stays in the other one, as in a real server."""
    match value:
        case bytes():
            if command in _RAW_WRITERS or (command == "append" and before):
                return "raw"
            # INCRBYFLOAT leaves text, also where that is a whole number.
            number = command != "incrbyfloat" and _is_integer(value)
            return "int" if number else "embstr" if len(value) <= _EMBSTR_MOST else "raw"
        case list():
            return "quicklist"
        case Hash():
            pieces = (piece for pair in value.items() for piece in pair)
            small = before != "hashtable" and _compact("hash", len(value), pieces, settings)
            return "listpack" if small else "hashtable"
        case ZSet():
            pieces = (member for member, _ in value.items())
            small = before != "skiplist" and _compact("zset", len(value), pieces, settings)
            return "listpack" if small else "skiplist"
        case ExpiringMembersSet():
            few = before != "hashtable" and len(value) <= settings.number("set-max-intset-entries")
            return "intset" if few and all(map(_is_integer, value)) else "hashtable"
    return "stream" if isinstance(value, XStream) else "raw"


def _compact(kind: str, length: int, pieces: Iterable[bytes], settings: Settings) -> bool:
    longest = settings.number(f"{kind}-max-listpack-value")
    return length <= settings.number(f"{kind}-max-listpack-entries") and all(len(piece) <= longest for piece in pieces)


def _value_bytes(value: object, encoding: str) -> int:
    """Everything below the object's own header."""
    match value:
        case bytes():
            if encoding == "int":
                return 0
            # An embstr shares one block with its header.
            return _block(_OBJECT + 3 + len(value) + 1) - _OBJECT if encoding == "embstr" else _sds(value)
        case list():
            total = sum(map(_listpack_entry, value))
            full, rest = divmod(total, _QUICKLIST_FILL)
            nodes = full * (_QUICKLIST_NODE + _QUICKLIST_FILL) + _QUICKLIST_NODE + _block(7 + rest)
            return _QUICKLIST + nodes
        case Hash() if encoding == "listpack":
            return _listpack(piece for pair in value.items() for piece in pair)
        case Hash():
            return _table(len(value), (_sds(field) + _sds(held) for field, held in islice(value.items(), _SAMPLES)))
        case ZSet() if encoding == "listpack":
            return _listpack(piece for member, score in value.items() for piece in (member, _score(score)))
        case ZSet():
            members = (_sds(member) + _SKIPLIST_NODE for member, _ in islice(value.items(), _SAMPLES))
            return _ZSET + _SKIPLIST + _SKIPLIST_HEADER + _table(len(value), members)
        case ExpiringMembersSet() if encoding == "intset":
            widest = max((abs(int(member)) for member in value), default=0)
            width = 2 if widest < 2**15 else 4 if widest < 2**31 else 8
            return _block(8 + width * len(value))
        case ExpiringMembersSet():
            return _table(len(value), map(_sds, sorted(value)[:_SAMPLES]))
        case XStream():
            return _STREAM + _STREAM_NODE
    return len(repr(value))


def _table(length: int, sampled: Iterable[int]) -> int:
    """A hash table of `length` members, judged by the bytes of a few."""
    sizes = list(sampled)
    slots = max(4, 1 << (length - 1).bit_length())
    return _DICT + slots * _POINTER + length * (_DICT_ENTRY + sum(sizes) // max(1, len(sizes)))


def _listpack(pieces: Iterable[bytes]) -> int:
    return _block(7 + sum(map(_listpack_entry, pieces)))


def _listpack_entry(piece: bytes) -> int:
    if _is_integer(piece):
        number = int(piece)
        body = next((size for size, most in _INTEGERS if -most <= number < most), 9)
        return (1 if 0 <= number <= 127 else body) + 1
    body = len(piece) + (1 if len(piece) < 64 else 2 if len(piece) < 4096 else 5)
    return body + (1 if body <= 127 else 2)


# Bytes of an integer in a listpack, and the power of two it stays under.
_INTEGERS = ((2, 2**12), (3, 2**15), (4, 2**23), (5, 2**31))


def _score(score: float) -> bytes:
    return b"%d" % int(score) if isfinite(score) and score == int(score) else repr(score).encode()


def _sds(text: bytes) -> int:
    """A string with its header and its closing zero, in a block of its own."""
    header = 1 if len(text) < 32 else 3 if len(text) < 256 else 5 if len(text) < 65_536 else 9
    return _block(header + len(text) + 1)


def _block(size: int) -> int:
    """The jemalloc size class that holds so many bytes: four classes to each power of two."""
    if size <= 8:
        return 8
    step = max(16, 1 << ((size - 1).bit_length() - 3))
    return -(-size // step) * step


def _is_integer(text: bytes) -> bool:
    """Whether a server keeps this string as a 64-bit integer."""
    if not text or len(text) > 20 or not text.removeprefix(b"-").isdigit():
        return False
    return str(int(text)).encode() == text and -(2**63) <= int(text) < 2**63
