"""The keys of one run on a real server: which there are, and when they expire in the time of the lab.

The server's clock cannot be moved. So the deadline of each key in the lab's time is written down here, and the server's
TTL is set to what is left of it whenever a command could notice. A key whose time is over in the lab gets a TTL of 1 ms,
and is waited for: it is the server that expires it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import override

from labs.cloud.clock import VirtualClock
from labs.cloud.latency import REPLICATION_LAG_MS
from labs.servers.line import PATIENCE_S, Line, Reply
from labs.servers.redis_server import RedisServer
from labs.servers.trouble import ServerTroubleError

# A TTL that would end this soon is made longer until a command looks at the key: real time must not decide.
_SOON_MS = 2_000
_LONGER_MS = 60_000
_BATCH = 500
_A_MOMENT_S = 0.001
_REPLICATION_MS = 3_000

_US_PER_MS = 1000


@dataclass(slots=True)
class Deadline:
    """`at_us`: in the lab's time. `set_at_s`, `left_ms`: when the server was last told, and what it was told."""

    at_us: int
    set_at_s: float
    left_ms: float

    def real_ms(self) -> float:
        """What the server has left by now."""
        return self.left_ms - (monotonic() - self.set_at_s) * 1000


class OwnKeys:
    """The keys of one node of one run, by their full names on the server."""

    def __init__(self, server: RedisServer, prefix: bytes, clock: VirtualClock) -> None:
        self.server = server
        self.prefix = prefix
        self.expired = 0
        """How many the server expired since the last `forget`."""
        self.watched: Counter[bytes] = Counter()
        """Keys under WATCH, by how many clients: a new TTL would look like somebody else's write."""
        self._clock = clock
        self._written_us: int | None = None
        self._line: Line | None = None
        self._names: set[bytes] = set()
        self._deadlines: dict[bytes, Deadline] = {}

    def ask(self, commands: list[tuple[bytes | str, ...]]) -> list[Reply]:
        """Commands of our own, over a connection of our own."""
        if not commands:
            return []
        with self.server.watched():
            if self._line is None:
                self._line = self.server.connect()
            return [self.server.examine(reply) for reply in self._line.ask_all(commands)]

    def learn(self, key: bytes, pttl: int) -> None:
        """What a PTTL just said of a key."""
        self._names.add(key)
        if pttl == -2:
            self.forget(key)
            return
        if pttl < 0:
            self._deadlines.pop(key, None)
            return
        self._deadlines[key] = Deadline(self._clock.now_us + pttl * _US_PER_MS, monotonic(), pttl)

    def left_ms(self, key: bytes, pttl: int) -> int:
        """What is left of a key's TTL, for which the server just said `pttl`."""
        return pttl

    def note(self, keys: Iterable[bytes]) -> None:
        """These are about to be written."""
        self._names.update(keys)
        self._written_us = self._clock.now_us

    def forget(self, key: bytes) -> None:
        """It is gone."""
        self._names.discard(key)
        self._deadlines.pop(key, None)

    def forget_all(self) -> None:
        """They are gone."""
        self._names.clear()
        self._deadlines.clear()

    def pass_time(self) -> None:
        """Let the server expire what is over in the lab's time."""
        now = self._clock.now_us
        due = [key for key, deadline in self._deadlines.items() if deadline.at_us < now]
        if due:
            self._expire(due)

    def set_exactly(self, keys: Collection[bytes]) -> list[tuple[bytes | str, ...]]:
        """The commands that give these keys, as far as they have a TTL, the one of this moment of the lab."""
        commands: list[tuple[bytes | str, ...]] = []
        for key in dict.fromkeys(keys):
            deadline = self._deadlines.get(key)
            if deadline is None or self.watched[key]:
                continue
            left_ms = max((deadline.at_us - self._clock.now_us) / _US_PER_MS, 1)
            if abs(left_ms - deadline.real_ms()) >= 1:
                commands.append(self._told(key, deadline, left_ms))
        return commands

    def set_to_show(self, keys: Collection[bytes]) -> list[tuple[bytes | str, ...]]:
        """The commands after which `left_ms` can tell what is left of these keys' TTLs."""
        return self.set_exactly(keys)

    def keep_from_ending(self) -> None:
        """Make TTLs longer that real time would end before the lab's time does."""
        commands = [
            self._told(key, deadline, (deadline.at_us - self._clock.now_us) / _US_PER_MS + _LONGER_MS)
            for key, deadline in self._deadlines.items()
            if deadline.real_ms() < _SOON_MS and not self.watched[key]
        ]
        self.ask(commands)

    def lengthened(self, key: bytes) -> int | None:
        """The TTL to give a key that is made anew, in ms: longer than the lab's, for all by the same. None for no TTL."""
        deadline = self._deadlines.get(key)
        if deadline is None:
            return None
        deadline.set_at_s = monotonic()
        deadline.left_ms = max((deadline.at_us - self._clock.now_us) / _US_PER_MS, 1) + _LONGER_MS
        return round(deadline.left_ms)

    @property
    def expiring(self) -> int:
        """How many have a TTL."""
        return len(self._deadlines)

    def existing(self) -> list[bytes]:
        """Those that are on the server now, in the order of their names."""
        self.pass_time()
        names = sorted(self._names)
        replies = self.ask([("EXISTS", name) for name in names])
        return [name for name, reply in zip(names, replies, strict=True) if reply.number]

    def delete_all(self) -> None:
        """Delete what this run made."""
        names = sorted(self._names)
        self.ask([("DEL", *names[start : start + _BATCH]) for start in range(0, len(names), _BATCH)])
        self.forget_all()

    def forget_counters(self) -> None:
        self.expired = 0

    def hang_up(self) -> None:
        """End our own connection; the next question opens another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _told(self, key: bytes, deadline: Deadline, left_ms: float) -> tuple[bytes | str, ...]:
        deadline.set_at_s, deadline.left_ms = monotonic(), left_ms
        return ("PEXPIRE", key, str(max(round(left_ms), 1)))

    def _expire(self, due: list[bytes]) -> None:
        told = self.ask([("PEXPIRE", key, "1") for key in due])
        waiting = [key for key, reply in zip(due, told, strict=True) if reply.number]
        self.expired += len(waiting)
        until = monotonic() + PATIENCE_S
        while waiting:
            there = self.ask([("EXISTS", key) for key in waiting])
            waiting = [key for key, reply in zip(waiting, there, strict=True) if reply.number]
            if waiting and monotonic() > until:
                raise ServerTroubleError(
                    f"{self.server}이(가) TTL이 1ms인 키를 {PATIENCE_S:.0f}초가 지나도 지우지 않았습니다. 서버의 시계를 확인하세요."
                )
            if waiting:
                sleep(_A_MOMENT_S)
        for key in due:
            self.forget(key)

    def replicate(self) -> None:
        """Wait until the replicas have every write, if the lab's time says that they should."""
        if self._written_us is None or self._clock.now_us < self._written_us + REPLICATION_LAG_MS * _US_PER_MS:
            return
        self._written_us = None
        marker = self.prefix + b"replicated"
        self.ask([("SET", marker, "1"), ("DEL", marker), ("WAIT", str(self._replicas()), str(_REPLICATION_MS))])

    def _replicas(self) -> int:
        info = self.ask([("INFO", "replication")])[0].text
        return next(
            (int(line.partition(":")[2]) for line in info.splitlines() if line.startswith("connected_slaves:")), 1
        )


class ReplicaKeys(OwnKeys):
    """The keys of a primary as one of its replicas has them: nothing is written here."""

    def __init__(self, server: RedisServer, primary: OwnKeys) -> None:
        super().__init__(server, primary.prefix, primary._clock)
        self._primary = primary
        self._names = primary._names
        self._deadlines = primary._deadlines

    @override
    def learn(self, key: bytes, pttl: int) -> None:
        """The primary knows."""

    @override
    def note(self, keys: Iterable[bytes]) -> None:
        """A replica refuses to write."""

    @override
    def pass_time(self) -> None:
        self._primary.pass_time()
        self._primary.replicate()

    @override
    def set_exactly(self, keys: Collection[bytes]) -> list[tuple[bytes | str, ...]]:
        exact = self._primary.set_exactly(keys)
        self._primary.ask(exact)
        return []

    @override
    def keep_from_ending(self) -> None:
        self._primary.keep_from_ending()

    @override
    def delete_all(self) -> None:
        """What the primary deletes goes here too."""


def sweep(server: RedisServer, prefix: bytes) -> None:
    """Delete every key under a prefix, over a new connection. Raises ServerTroubleError."""
    line = server.connect()
    try:
        with server.watched():
            cursor = b"0"
            while True:
                reply = line.ask("SCAN", cursor, "MATCH", prefix + b"*", "COUNT", "1000")
                if reply.error.startswith("NOPERM"):
                    # A user who may not look for keys: those that were written down are gone already.
                    return
                server.examine(reply)
                cursor, found = reply.items[0].data, [item.data for item in reply.items[1].items]
                if found:
                    server.examine(line.ask("DEL", *found))
                if cursor == b"0":
                    return
    finally:
        line.close()
