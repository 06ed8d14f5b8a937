"""Memcached nodes of a cloud that stand on real servers: the same protocol in front, a real server's answers behind.

A Memcached server cannot list its keys, so the run writes down those it stores, and `flush_all` is never sent. Time:
the server is given a far expiry; when a key's time is over in the lab, `touch` with a negative expiry ends it there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import override

from labs.cloud.clock import VirtualClock
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.memcached import MemcachedCluster, MemcachedNode, MemcachedSession, Storing, integer, item_size
from labs.cloud.network import Network
from labs.cloud.trace import Trace
from labs.servers.address import Address
from labs.servers.line import PATIENCE_S
from labs.servers.trouble import ServerTroubleError

# Longer than any run: what expires is decided in the lab's time. Below the 30 days from which Memcached takes a number
# for a moment.
_FAR_S = 20 * 24 * 60 * 60
_US = 1_000_000
_OUT_OF_MEMORY = b"SERVER_ERROR out of memory"
_OURS = ("get_hits", "get_misses", "cmd_get", "cmd_set", "cmd_touch", "cmd_flush", "curr_items")


class NotMemcachedError(Exception):
    """The other end is something else. `seen` is how its answer begins."""

    def __init__(self, seen: bytes) -> None:
        super().__init__(seen)
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Found:
    """An item as `gets` tells it."""

    value: bytes
    flags: int
    cas: int


class MemcachedLine:
    """One connection to a real Memcached server, in real time. Raises ServerTroubleError when the server is gone."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.is_cut_off = False
        """An exchange did not come to its end (Ctrl-C): what is left of its answer would be read as the next one."""
        self._incoming = bytearray()
        with self._watched():
            self._socket = socket.create_connection((address.host, address.port), PATIENCE_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, line: bytes, value: bytes | None = None) -> bytes:
        """A command of one line, with its value if it stores one, and the line that answers it."""
        with self._watched():
            self._socket.sendall(line + b"\r\n" + (b"" if value is None else value + b"\r\n"))
            answer = self._read_line()
        if answer.startswith(_OUT_OF_MEMORY):
            raise ServerTroubleError(
                f"{self.address}의 메모리가 가득 차서 쓰지 못했습니다. 비어 있는 서버나 더 큰 서버를 쓰세요."
            )
        return answer

    def get(self, key: bytes) -> Found | None:
        with self._watched():
            self._socket.sendall(b"gets " + key + b"\r\n")
            head = self._read_line()
            if head == b"END":
                return None
            words = head.split()
            if len(words) != 5 or words[0] != b"VALUE":
                raise NotMemcachedError(head)
            value = self._read_exactly(int(words[3]) + 2)[:-2]
            self._read_line()
        return Found(value, int(words[2]), int(words[4]))

    def stats(self) -> dict[str, str]:
        with self._watched():
            self._socket.sendall(b"stats\r\n")
            told: dict[str, str] = {}
            while (line := self._read_line()) != b"END":
                _, name, text = line.decode(errors="replace").split(" ", 2)
                told[name] = text
        return told

    def close(self) -> None:
        self._socket.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self.is_cut_off = True
        try:
            yield
            self.is_cut_off = False
        except socket.gaierror as error:
            raise ServerTroubleError(f"`{self.address.host}` 호스트를 찾지 못했습니다. 이름을 확인하세요.") from error
        except TimeoutError as error:
            raise ServerTroubleError(
                f"{self.address}이(가) {PATIENCE_S:.0f}초 동안 답하지 않았습니다. 방화벽이나 보안 그룹을 확인하세요. "
                "ElastiCache는 같은 VPC 안에서만 연결됩니다."
            ) from error
        except ConnectionRefusedError as error:
            raise ServerTroubleError(
                f"{self.address}에 연결하지 못했습니다. 서버가 켜져 있는지, 포트가 맞는지 확인하세요."
            ) from error
        except OSError as error:
            raise ServerTroubleError(
                f"{self.address}과(와) 연결이 끊겼습니다({error}). Memcached 서버가 맞는지, 멈추지 않았는지 확인하세요."
            ) from error
        except (NotMemcachedError, ValueError) as error:
            raise ServerTroubleError(
                f"{self.address}의 답을 알아듣지 못했습니다. Memcached 서버가 맞는지 확인하세요."
            ) from error

    def _read_line(self) -> bytes:
        while (end := self._incoming.find(b"\r\n")) < 0:
            self._receive()
        return self._take(end + 2)[:-2]

    def _read_exactly(self, size: int) -> bytes:
        while len(self._incoming) < size:
            self._receive()
        return self._take(size)

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        self._incoming += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._incoming[:size])
        del self._incoming[:size]
        return taken


@dataclass(frozen=True, slots=True)
class MemcachedWelcome:
    """What a server said of itself. `foreign` is how many items it holds."""

    address: Address
    version: str
    foreign: int


def visit(address: Address, prefix: str) -> MemcachedWelcome:
    """See that the labs can use a server; leaves nothing behind. Raises ServerTroubleError."""
    line = MemcachedLine(address)
    try:
        answer = line.ask(b"version")
        if not answer.startswith(b"VERSION "):
            raise ServerTroubleError(_no_memcached(address, answer))
        foreign = int(line.stats().get("curr_items", "0"))
        probe = f"{prefix}probe".encode()
        stored = line.ask(b"set %s 0 10 1" % probe, b"1")
        if stored != b"STORED":
            raise ServerTroubleError(f"{address}에 시험 삼아 쓰지 못했습니다(`{stored.decode(errors='replace')}`).")
        line.ask(b"delete " + probe)
    finally:
        line.close()
    return MemcachedWelcome(address, f"Memcached {answer.split()[1].decode()}", foreign)


def _no_memcached(address: Address, answer: bytes) -> str:
    begin = answer[:20].decode(errors="replace").strip()
    advice = "호스트와 포트를 확인하세요."
    if answer[:1] == b"-":
        advice = f"Redis나 Valkey 서버 같습니다. `--redis-url redis://{address}`로 적으세요."
    return f"{address}은(는) Memcached 서버가 아닙니다(`{begin}`라고 답했습니다). {advice}"


class RealMemcachedNode(MemcachedNode):
    """A node whose items are on a real server, under a prefix."""

    server: Address
    prefix: bytes

    def stand_on(self, server: Address, prefix: bytes) -> None:
        """Said once, before anybody connects."""
        self.server, self.prefix = server, prefix
        # Keys as the lab names them, and when each is over in the lab's time.
        self.deadlines: dict[bytes, int | None] = {}
        self._line: MemcachedLine | None = None

    @property
    def line(self) -> MemcachedLine:
        if self._line is not None and self._line.is_cut_off:
            self.hang_up()
        if self._line is None:
            self._line = MemcachedLine(self.server)
        return self._line

    @override
    def accept(self) -> MemcachedSession:
        super().accept()
        self._sessions[-1] = _RealSession(self)
        return self._sessions[-1]

    @override
    def put(self, key: str, value: str, *, ttl_s: int = 0) -> None:
        self.store(Storing(b"set", key.encode(), 0, ttl_s, len(value.encode()), 0, False), value.encode())

    @override
    def flush(self) -> None:
        super().flush()
        for key in [*self.deadlines]:
            self.line.ask(b"delete " + self.prefix + key)
        self.deadlines.clear()

    @override
    def dump(self) -> StoreDump:
        entries: list[Entry] = []
        for key in sorted(self.deadlines):
            found = self.find(key)
            if found is not None:
                left = self._left_ms(key)
                value = found.value.decode(errors="replace")
                size = item_size(key, found.value, found.flags)
                entries.append(Entry(key.decode(errors="replace"), "string", value, left, size))
        return StoreDump("cache", self.host, tuple(entries), self.label)

    @override
    def has(self, key: bytes) -> bool:
        return key in self.deadlines

    @override
    def forget_counters(self) -> None:
        self.stats.clear()

    def find(self, key: bytes) -> Found | None:
        """What the server has for a key now. One that is over in the lab's time ends on the server first."""
        self.pass_time()
        found = self.line.get(self.prefix + key)
        if found is None:
            self.deadlines.pop(key, None)
        return found

    def store(self, storing: Storing, value: bytes) -> bytes:
        """Send a storage command; returns the line that answers it."""
        self.pass_time()
        deadline = self.expiry(storing.exptime)
        self.deadlines.setdefault(storing.key, None)
        exptime = _FAR_S if deadline is None or deadline > self.clock.now_us else -1
        cas = b" %d" % storing.cas if storing.name == b"cas" else b""
        answer = self.line.ask(
            b"%s %s%s %d %d %d%s" % (storing.name, self.prefix, storing.key, storing.flags, exptime, len(value), cas),
            value,
        )
        if answer == b"STORED" and storing.name not in (b"append", b"prepend"):
            self.deadlines[storing.key] = deadline
            self.stats["total_items"] += 1
        return answer

    def touch(self, key: bytes, exptime: int) -> bytes:
        self.pass_time()
        deadline = self.expiry(exptime)
        over = deadline is not None and deadline <= self.clock.now_us
        answer = self.line.ask(b"touch %s%s %d" % (self.prefix, key, -1 if over else _FAR_S))
        if answer == b"TOUCHED":
            self.deadlines[key] = deadline
        return answer

    def change(self, name: bytes, key: bytes, operand: bytes = b"") -> bytes:
        """DELETE, INCR or DECR."""
        self.pass_time()
        answer = self.line.ask(b"%s %s%s %s" % (name, self.prefix, key, operand))
        if name == b"delete":
            self.deadlines.pop(key, None)
        return answer

    def pass_time(self) -> None:
        """Let the server end what is over in the lab's time."""
        now = self.clock.now_us
        for key, deadline in [*self.deadlines.items()]:
            if deadline is not None and deadline <= now:
                self.line.ask(b"touch %s%s -1" % (self.prefix, key))
                del self.deadlines[key]

    @override
    def flush_at(self, moment_us: int) -> None:
        """`flush_all` of the lab: the keys of this run, at once or when their time comes."""
        if moment_us <= self.clock.now_us:
            for key in [*self.deadlines]:
                self.change(b"delete", key)
            return
        for key, deadline in self.deadlines.items():
            self.deadlines[key] = moment_us if deadline is None else min(deadline, moment_us)

    @override
    def drop(self, key: bytes) -> None:
        self.change(b"delete", key)

    @override
    def statistics(self) -> list[tuple[str, int | str]]:
        """The server's own, except what the run counts itself."""
        told = self.line.stats()
        ours = {name: str(self.stats[name]) for name in _OURS if name != "curr_items"}
        ours["curr_items"] = str(sum(self.find(key) is not None for key in [*self.deadlines]))
        return [(name, ours.get(name, text)) for name, text in told.items()]

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _left_ms(self, key: bytes) -> int | None:
        deadline = self.deadlines.get(key)
        return None if deadline is None else (deadline - self.clock.now_us) // 1000


class RealMemcachedCluster(MemcachedCluster):
    """Nodes in turn on the servers there are; nodes on the same server do not share keys."""

    node_class = RealMemcachedNode

    def __init__(
        self,
        clock: VirtualClock,
        trace: Trace,
        network: Network,
        actor: Callable[[], str],
        *,
        host: str,
        nodes: Sequence[str],
        port: int,
        memory: int,
        servers: Sequence[Address],
        prefix: str,
    ) -> None:
        self._servers = servers
        self._prefix = prefix
        self._made: list[RealMemcachedNode] = []
        super().__init__(clock, trace, network, actor, host=host, nodes=nodes, port=port, memory=memory)

    def leave(self) -> None:
        """Delete what the lab stored, and hang up. Connections may have been cut in the middle of an answer."""
        for node in self._made:
            node.hang_up()
            try:
                node.flush()
            finally:
                node.hang_up()

    @override
    def _make(self, host: str) -> MemcachedNode:
        node = super()._make(host)
        assert isinstance(node, RealMemcachedNode)  # noqa: S101 - `node_class` says so
        number = len(self._made)
        node.stand_on(self._servers[number % len(self._servers)], f"{self._prefix}{number}:".encode())
        self._made.append(node)
        return node


class _RealSession(MemcachedSession):
    """Reads and judges command lines as every simulated node does, and asks the real server for the rest."""

    def __init__(self, node: RealMemcachedNode) -> None:
        super().__init__(node)
        self._real = node

    @override
    def _found(self, name: bytes, key: bytes, exptime: int | None) -> bytes:
        stats, node = self._real.stats, self._real
        found = node.find(key)
        stats["cmd_get"] += 1
        stats["cmd_touch"] += exptime is not None
        self._record(name, key, "miss" if found is None else "hit")
        if found is None:
            stats["get_misses"] += 1
            return b""
        stats["get_hits"] += 1
        if exptime is not None:
            node.touch(key, exptime)
        number = b" %d" % found.cas if name in (b"gets", b"gats") else b""
        return b"VALUE %s %d %d%s\r\n%s\r\n" % (key, found.flags, len(found.value), number, found.value)

    @override
    def _stored(self, store: Storing, value: bytes) -> bytes:
        return self._real.store(store, value)

    @override
    def _deleted(self, key: bytes, delay: bytes) -> bytes:
        # Anything but the delay 0 is refused without a look at the key.
        return self._real.change(b"delete", key) if delay == b"0" else super()._deleted(key, delay)

    @override
    def _touched(self, key: bytes, operand: bytes) -> bytes:
        exptime = integer(operand)
        return super()._touched(key, operand) if exptime is None else self._real.touch(key, exptime)

    @override
    def _counted(self, name: bytes, key: bytes, operand: bytes) -> bytes:
        return self._real.change(name, key, operand)

    @override
    def _manage(self, name: bytes, arguments: list[bytes], quiet: bool) -> None:
        if name == b"version":
            self._told(name, self._real.line.ask(b"version"))
        elif name == b"cache_memlimit":
            # The memory of a server is not a lab's to change.
            self._refuse(name, b"ERROR")
        else:
            super()._manage(name, arguments, quiet)
