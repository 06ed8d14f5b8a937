"""The limit of a node's memory on a server that the labs started: which keys it evicts, and when it refuses to write.

A server needs a megabyte for itself, a lab gives its node a few kilobytes. So what is held against the limit is the sum
of MEMORY USAGE over the lab's keys, as in the simulation. While they fit, the server has no limit. When they do not, it
is told the lab's limit for a moment: it is the server that chooses what to evict, by its own policy, and the server that
refuses a command when the policy finds nothing.

It would evict until nothing is left, for its own memory alone exceeds the limit. But with a tenacity of 0 it pauses after
sixteen keys: among these are as many pawns as it takes, keys of ours that every policy evicts first.

Its clock cannot be moved, and LRU counts in whole seconds of it. So before it chooses, every key is restored (DUMP,
RESTORE) with the idle time, the frequency and the TTL that it has in the lab; the room that a string kept for growing is
gone then. Keys under WATCH must look untouched: as long as there are some, the server judges by what it saw itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import override

from labs.cloud.cache import human_size
from labs.cloud.clock import VirtualClock
from labs.cloud.memory import FIRST_FREQUENCY, MOST_FREQUENT
from labs.cloud.settings import Settings
from labs.servers.line import Reply
from labs.servers.own_keys import OwnKeys
from labs.servers.own_server import OwnServer
from labs.servers.redis_server import RedisServer
from labs.servers.trouble import ServerTroubleError

_PARAMETERS = {
    "maxmemory-samples": "64",
    "maxmemory-eviction-tenacity": "0",
    # As in the simulation: one more for each use. What a minute takes away is told in the lab's time.
    "lfu-log-factor": "0",
    "lfu-decay-time": "0",
}
# So many that every key of a lab is looked at. From version 8 on 64 is the most: all keys of a lab with some thirty.
_MORE_SAMPLES = {"maxmemory-samples": "1000"}

type _Command = tuple[bytes | str, ...]

_NO_LIMIT: _Command = ("CONFIG", "SET", "maxmemory", "0")
_MINUTE_US = 60_000_000
_AT_ONCE = 16
_PAWNS = [b"labs:pawn:%d" % number for number in range(_AT_ONCE)]
# Sooner than any key of the lab, which gets more than it has left.
_PAWN_MS = 30_000
# Keys that every policy evicts last: a server that samples a nearly empty table misses some of what is there.
_CROWD = [b"labs:crowd:%d" % number for number in range(32)]
_NEVER_MS = 99_999_999_999_999
# The longest time that LRU counts is 194 days.
_LONG_S = 1_000_000
_TRIES = 100


def prepare(server: OwnServer) -> None:
    """Tell a server once what it needs to know besides the parameters of the lab."""
    server.set_parameters(_PARAMETERS)
    with suppress(ServerTroubleError):
        server.set_parameters(_MORE_SAMPLES)


@dataclass(slots=True)
class _Use:
    """When a key was last used, in the lab's time, and how often: what LRU and LFU go by."""

    used_us: int
    frequency: int
    decayed_us: int

    def again(self, now_us: int) -> None:
        self.frequency = min(MOST_FREQUENT, self.decayed(now_us) + 1)
        self.used_us = self.decayed_us = now_us

    def decayed(self, now_us: int) -> int:
        return max(0, self.frequency - (now_us - self.decayed_us) // _MINUTE_US)


class LimitedKeys(OwnKeys):
    """The keys of a node whose memory has a limit."""

    def __init__(self, server: RedisServer, prefix: bytes, clock: VirtualClock, settings: Settings) -> None:
        """`server` is reached as its administrator."""
        super().__init__(server, prefix, clock)
        self.evicted = 0
        self._settings = settings
        # Least recently used first.
        self._uses: dict[bytes, _Use] = {}
        self._bytes: dict[bytes, int] = {}
        self._unmeasured: set[bytes] = set()

    def use(self, keys: Iterable[bytes]) -> None:
        """A client looked these keys up; a key that was not there is none."""
        for key in keys:
            use = self._uses.pop(key, None)
            if use is not None:
                self._uses[key] = use
                use.again(self._clock.now_us)

    def used(self) -> int:
        """Bytes of every key (`used_memory`)."""
        keys = sorted(self._unmeasured)
        replies = self.ask([("MEMORY", "USAGE", key, "SAMPLES", "0") for key in keys])
        self._bytes.update((key, reply.number) for key, reply in zip(keys, replies, strict=True))
        self._unmeasured.clear()
        return sum(self._bytes.values())

    def make_room(self) -> None:
        """Let the server evict by its policy until the keys fit, or the policy has no candidate left."""
        told = False
        while (excess := self._excess()) > 0 and self._candidates():
            told = told or self._tell_use()
            gone = self._evict(excess) if told else self._evict_some()
            if not gone:
                raise ServerTroubleError(
                    f"{self.server}의 메모리가 모자란데도 서버가 키를 밀어내지 않았습니다. 다시 실행하세요."
                )
            self.evicted += len(gone)
            for key in gone:
                self.forget(key)

    @contextmanager
    def held_to_limit(self, needs_room: bool) -> Iterator[None]:
        """Until the block ends the server has the lab's limit, if the keys exceed it, and refuses to write.

        For a command that `needs_room` only: after any other the server would go on evicting.
        """
        if not needs_room or self._excess() <= 0:
            yield
            return
        self.ask([("CONFIG", "SET", "maxmemory", str(self._settings.maxmemory))])
        try:
            yield
        finally:
            self.ask([_NO_LIMIT])

    def info(self) -> dict[bytes, int | str]:
        """The lines of INFO that are about the lab's keys and its limit."""
        used, most = self.used(), self._settings.maxmemory
        return {
            b"evicted_keys": self.evicted,
            b"used_memory": used,
            b"used_memory_human": human_size(used),
            b"maxmemory": most,
            b"maxmemory_human": human_size(most),
        }

    def show_use(self, key: bytes) -> None:
        """From now on OBJECT IDLETIME and OBJECT FREQ say of this key what is true in the lab."""
        use = self._uses.get(key)
        if use is None or self.watched.total():
            return
        time, dump = self.ask([("TIME",), ("DUMP", key)])
        now_us = self._clock.now_us
        idle_s = (now_us - use.used_us) // 1_000_000
        restored = self._restored(key, dump.data, self._until_ms(key, time), idle_s, use.decayed(now_us))
        self.ask([(*restored, "ABSTTL")])

    @override
    def learn(self, key: bytes, pttl: int) -> None:
        super().learn(key, pttl)
        if pttl != -2:
            self._unmeasured.add(key)
            self._uses.setdefault(key, _Use(self._clock.now_us, FIRST_FREQUENCY, self._clock.now_us))

    @override
    def forget_all(self) -> None:
        super().forget_all()
        self._uses.clear()
        self._bytes.clear()
        self._unmeasured.clear()

    @override
    def forget_counters(self) -> None:
        super().forget_counters()
        self.evicted = 0

    @override
    def forget(self, key: bytes) -> None:
        super().forget(key)
        self._uses.pop(key, None)
        self._bytes.pop(key, None)
        self._unmeasured.discard(key)

    def _excess(self) -> int:
        """Bytes above the limit."""
        most = self._settings.maxmemory
        return self.used() - most if most else 0

    def _candidates(self) -> bool:
        scope = self._settings.policy.partition("-")[0]
        return scope == "allkeys" or (scope == "volatile" and self.expiring > 0)

    def _tell_use(self) -> bool:
        """Have the server know how long no client has used each key, how often they did, and when it expires.

        False where it cannot be told, or would not ask.
        """
        if self.watched.total() or self._settings.policy.endswith("random"):
            return False
        keys = list(self._uses)
        time, size, *dumps = self.ask([("TIME",), ("DBSIZE",), *(("DUMP", key) for key in keys)])
        payloads = {key: dump.data for key, dump in zip(keys, dumps, strict=True) if not dump.is_nothing}
        if not len(keys) == size.number == len(payloads):
            return False
        # A server remembers the keys that it nearly chose, and how good they looked then: evicting all it has, it
        # goes through them and finds them gone.
        commands = [("FLUSHDB", "SYNC"), self._last_to_go(_CROWD[0]), ("CONFIG", "SET", "maxmemory", "1"), _NO_LIMIT]
        # The seconds of LRU are too long for a lab: what counts is the order, and it is told in whole seconds.
        for idle_s, key in zip(range(len(keys), 0, -1), keys, strict=True):
            # Only pawns have a frequency of 0.
            frequency = self._uses[key].decayed(self._clock.now_us) + 1
            restored = self._restored(key, payloads[key], self._until_ms(key, time), idle_s, frequency)
            commands.append((*restored, "ABSTTL"))
        self.ask(commands)
        return True

    def _until_ms(self, key: bytes, time: Reply) -> int:
        """Unix time at which the server is to expire a key that is restored; 0 for never. `time` is its reply to TIME."""
        seconds, micros = (int(item.data) for item in time.items)
        left_ms = self.lengthened(key)
        return 0 if left_ms is None else seconds * 1000 + micros // 1000 + left_ms

    def _restored(self, key: bytes, payload: bytes, ttl_ms: int, idle_s: int, frequency: int) -> _Command:
        by_frequency = self._settings.policy.endswith("lfu")
        use = ("FREQ", str(min(frequency, MOST_FREQUENT))) if by_frequency else ("IDLETIME", str(idle_s))
        return ("RESTORE", key, str(ttl_ms), payload, "REPLACE", *use)

    def _evict(self, excess: int) -> list[bytes]:
        """Let the server evict as many keys as surely must go, one at least. Returns them."""
        surely = excess // max(self._bytes.values())
        pawns = _PAWNS[: _AT_ONCE - min(max(surely, 1), _AT_ONCE)]
        first = [self._restored(pawn, self._nothing, _PAWN_MS, _LONG_S, 0) for pawn in pawns]
        self.ask([*first, *map(self._last_to_go, _CROWD)])
        return self._evicted_at(self._settings.maxmemory)

    def _last_to_go(self, key: bytes) -> _Command:
        return self._restored(key, self._nothing, _NEVER_MS, 0, MOST_FREQUENT)

    def _evict_some(self) -> list[bytes]:
        """Let the server evict what it likes to, as little as can be: it has a few bytes too much by its own count."""
        # Its buffers may have shrunk in between.
        return next(filter(None, (self._evicted_at(self._used_by_server()) for _ in range(_TRIES))), [])

    def _evicted_at(self, limit: int) -> list[bytes]:
        """The keys that are gone when the server has had this limit for a moment: it evicts between the two commands."""
        keys = list(self._uses)
        _, _, _, *there = self.ask(
            [
                ("CONFIG", "SET", "maxmemory", str(limit)),
                _NO_LIMIT,
                ("DEL", *_PAWNS, *_CROWD),
                *(("EXISTS", key) for key in keys),
            ]
        )
        return [key for key, reply in zip(keys, there, strict=True) if not reply.number]

    @cached_property
    def _nothing(self) -> bytes:
        """An empty string, as this server dumps it."""
        return self.ask([("SET", _PAWNS[0], ""), ("DUMP", _PAWNS[0]), ("DEL", _PAWNS[0])])[1].data

    def _used_by_server(self) -> int:
        """Bytes that the server counts as its own use, once its buffers have stopped growing."""
        before, now = -1, 0
        while now != before:
            (reply,) = self.ask([("INFO", "memory")])
            lines = dict(line.split(":", 1) for line in reply.text.splitlines() if ":" in line)
            before, now = now, int(lines["used_memory"])
        return now
