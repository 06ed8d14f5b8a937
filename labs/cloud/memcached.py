"""Memcached nodes: the text protocol behind a host name, and a cluster of nodes that know nothing of each other.

A node answers what memcached 1.6 answers to the same bytes (`tests/conformance/test_memcached.py`). Which node holds a
key is decided by the client library alone. As on ElastiCache, a node also answers `config get cluster` (Auto
Discovery), and the configuration endpoint leads to a node that is up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labs.cloud import latency
from labs.cloud.clock import EPOCH_S, VirtualClock
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.network import Network
from labs.cloud.trace import Outcome, Trace

ENGINE_VERSION = "1.6.22"
"""The newest Memcached that ElastiCache offers."""

DEFAULT_MEMORY = 64 << 20
"""Bytes for items, what memcached takes when nothing is said."""

LONGEST_KEY = 250
LARGEST_ITEM = 1 << 20
RELATIVE_UP_TO_S = 60 * 60 * 24 * 30
"""An expiry up to this many seconds counts from now; a larger one is a moment in Unix time."""

# What an item takes besides its key and value: header, CAS number, the NUL after the key and the line end after the
# value; four bytes more when flags are kept.
_ITEM_OVERHEAD = 48 + 8 + 1 + 2
_FLAGS_BYTES = 4

_SMALLEST_LIMIT_MB = 8
_UINT32 = 1 << 32
_UINT64 = 1 << 64
_US = 1_000_000

# The actor of what happens to nodes, in the trace.
_SERVICE = "ElastiCache"

_BAD_LINE = b"CLIENT_ERROR bad command line format"
_TOO_LARGE = b"SERVER_ERROR object too large for cache"

# What strtoull reads of a value: leading space, an optional plus sign, digits, then the end or a space.
_NUMBER = re.compile(rb"[ \t\n\v\f\r]*\+?(\d+)(?:[ \t\n\v\f\r]|$)")

_STORES = frozenset((b"set", b"add", b"replace", b"append", b"prepend", b"cas"))
_READS = frozenset((b"get", b"gets", b"gat", b"gats"))
# The counters of `stats` that labs and their tests read, in the order memcached tells them.
_COUNTED_NAMES = """
total_connections cmd_get cmd_set cmd_flush cmd_touch get_hits get_misses get_expired delete_misses delete_hits
incr_misses incr_hits decr_misses decr_hits cas_misses cas_hits cas_badval touch_hits touch_misses store_too_large
total_items evictions
"""
_COUNTED = _COUNTED_NAMES.split()


@dataclass(slots=True)
class _Item:
    """`expires_us` is on the clock of the cloud, None for never. `cas` changes with every write."""

    value: bytes
    flags: int
    expires_us: int | None
    cas: int
    written_us: int


@dataclass(frozen=True, slots=True)
class Storing:
    """A storage command whose value is still to come. `reply` is set when the value will be refused."""

    name: bytes
    key: bytes
    flags: int
    exptime: int
    size: int
    cas: int
    noreply: bool
    reply: bytes = b""


class MemcachedNode:
    """One node. Clients reach it through the network; `put` and `dump` work on it from outside, unrecorded."""

    def __init__(
        self,
        clock: VirtualClock,
        trace: Trace,
        actor: Callable[[], str],
        *,
        host: str,
        port: int,
        label: str,
        address: str,
        memory: int,
        cluster: MemcachedCluster,
    ) -> None:
        self.host = host
        self.port = port
        self.label = label
        self.address = address
        self.up = True
        self.stats: Counter[str] = Counter()
        self.clock = clock
        self._trace = trace
        self._actor = actor
        self._memory = self._first_memory = memory
        self._cluster = cluster
        # The least recently used first.
        self._items: dict[bytes, _Item] = {}
        self._writes = 0
        self._flush_at_us: int | None = None
        self._sessions: list[MemcachedSession] = []

    def accept(self) -> MemcachedSession:
        if not self.up:
            raise ConnectionRefusedError(111, "Connection refused")
        self._sessions = [session for session in self._sessions if not session.ended]
        self._sessions.append(MemcachedSession(self))
        self.stats["total_connections"] += 1
        return self._sessions[-1]

    def put(self, key: str, value: str, *, ttl_s: int = 0) -> None:
        """Write a value as some other client would, without a trace of this one."""
        self.keep(key.encode(), value.encode(), 0, self.expiry(ttl_s))

    def flush(self) -> None:
        """Empty it and forget the counters."""
        self._items.clear()
        self.stats.clear()
        self._memory, self._flush_at_us = self._first_memory, None

    def fail(self) -> None:
        """The node is gone: every connection is cut, and what it held is lost."""
        self.up = False
        for session in self._sessions:
            session.ended = True
        self.flush()

    def dump(self) -> StoreDump:
        held = [(key, item) for key in sorted(self._items) if (item := self.look(key)) is not None]
        entries = [
            Entry(
                key.decode(errors="replace"),
                "string",
                item.value.decode(errors="replace"),
                None if item.expires_us is None else (item.expires_us - self.clock.now_us) // 1000,
                item_size(key, item.value, item.flags),
            )
            for key, item in held
        ]
        return StoreDump("cache", self.host, tuple(entries), self.label)

    # What the commands do with items.

    def look(self, key: bytes) -> _Item | None:
        """The live item of a key. One that has expired or was flushed goes away here, as in memcached."""
        self._flush_when_due()
        item = self._items.get(key)
        if item is not None and item.expires_us is not None and item.expires_us <= self.clock.now_us:
            del self._items[key]
            return None
        return item

    def use(self, key: bytes) -> _Item | None:
        """`look`, and the item is now the most recently used one."""
        item = self.look(key)
        if item is not None:
            self._items[key] = self._items.pop(key)
        return item

    def has(self, key: bytes) -> bool:
        """Whether there is an item, also one that has expired and was not looked at since."""
        return key in self._items

    def keep(self, key: bytes, value: bytes, flags: int, expires_us: int | None) -> None:
        """Store an item as the most recently used one, and make room for it."""
        self._flush_when_due()
        self._items.pop(key, None)
        self._writes += 1
        self._items[key] = _Item(value, flags, expires_us, self._writes, self.clock.now_us)
        self.stats["total_items"] += 1
        while self._used() > self._memory and len(self._items) > 1:
            del self._items[next(iter(self._items))]
            self.stats["evictions"] += 1

    def rewrite(self, item: _Item, value: bytes) -> None:
        """Change a value in its place."""
        self._writes += 1
        item.value, item.cas = value, self._writes

    def drop(self, key: bytes) -> None:
        self._items.pop(key, None)

    def expiry(self, exptime: int) -> int | None:
        """When something with this expiry ends, on the cloud's clock; None for never."""
        if exptime == 0:
            return None
        if exptime < 0:
            return 0
        if exptime > RELATIVE_UP_TO_S:
            return max((exptime - EPOCH_S) * _US, 0)
        return self.clock.now_us + exptime * _US

    def flush_at(self, moment_us: int) -> None:
        """Everything written until then is gone then."""
        self._flush_at_us = moment_us
        self._flush_when_due()

    def limit(self, megabytes: int) -> bool:
        """Change the memory limit; memcached refuses a very small one."""
        if megabytes < _SMALLEST_LIMIT_MB:
            return False
        self._memory = megabytes << 20
        return True

    def statistics(self) -> list[tuple[str, int | str]]:
        now = int(self.clock.now_s)
        connections = sum(not session.ended for session in self._sessions)
        return [
            ("uptime", now - EPOCH_S),
            ("time", now),
            ("version", ENGINE_VERSION),
            ("curr_connections", connections),
            *((name, self.stats[name]) for name in _COUNTED),
            ("limit_maxbytes", self._memory),
            ("bytes", self._used()),
            ("curr_items", len(self._items)),
        ]

    def forget_counters(self) -> None:
        """`stats reset`: the counters, not the items."""
        self.stats.clear()

    def discovery(self) -> bytes:
        """The payload of `config get cluster`: a version, and every node of the cluster."""
        return self._cluster.discovery()

    def record(self, op: bytes, key: bytes | None, outcome: Outcome, started_us: int, cost_us: int) -> None:
        self._trace.add(
            at_us=started_us,
            kind="cache",
            actor=self._actor(),
            target=self.label,
            op=op.decode(errors="replace").upper(),
            key=None if key is None else key.decode(errors="replace"),
            outcome=outcome,
            took_us=cost_us,
        )

    def _used(self) -> int:
        return sum(item_size(key, item.value, item.flags) for key, item in self._items.items())

    def _flush_when_due(self) -> None:
        moment = self._flush_at_us
        if moment is not None and moment <= self.clock.now_us:
            self._flush_at_us = None
            self._items = {key: item for key, item in self._items.items() if item.written_us > moment}


class MemcachedCluster:
    """Nodes side by side. `host` is the configuration endpoint; nothing is copied from one node to another."""

    node_class: type[MemcachedNode] = MemcachedNode

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
    ) -> None:
        self.host = host
        self.port = port
        self._clock = clock
        self._trace = trace
        self._network = network
        self._actor = actor
        self._memory = memory
        self._changes = 1
        self.nodes: list[MemcachedNode] = []
        for name in nodes:
            self._make(name)
        self._first = tuple(self.nodes)
        # A client that stays at the configuration endpoint uses one node only.
        network.alias(host, self._entrance)

    def node(self, host: str) -> MemcachedNode:
        for node in self.nodes:
            if node.host == host:
                return node
        raise ValueError(f"no node {host} in {self.host}; there are {', '.join(node.host for node in self.nodes)}")

    def fail(self, host: str) -> None:
        """Lose a node, and with it its keys."""
        node = self.node(host)
        node.fail()
        self._tell("NODE DOWN", node, "error")

    def recover(self, host: str) -> None:
        """What ElastiCache puts in the place of a lost node: the same name, nothing in it."""
        node = self.node(host)
        node.up = True
        self._tell("REPLACE", node, "ok")

    def add(self, host: str) -> MemcachedNode:
        """One node more. It is empty; clients that do not know of it do not use it."""
        self._changes += 1
        return self._make(host)

    def reset(self) -> None:
        """The first nodes, all up and empty."""
        for node in self.nodes[len(self._first) :]:
            node.fail()
            self._network.remove(node.host)
        self.nodes = [*self._first]
        for node in self.nodes:
            node.flush()
            node.up = True
        self._changes = 1

    def discovery(self) -> bytes:
        names = " ".join(f"{node.host}|{node.address}|{node.port}" for node in self.nodes)
        return f"{self._changes}\n{names}\n".encode()

    def _entrance(self) -> MemcachedNode:
        """The node that the configuration endpoint stands for: one that is up, if any is."""
        return next((node for node in self.nodes if node.up), self.nodes[0])

    def _tell(self, op: str, node: MemcachedNode, outcome: Outcome) -> None:
        self._trace.add(
            at_us=self._clock.now_us,
            kind="network",
            actor=_SERVICE,
            target=node.label,
            op=op,
            key=None,
            outcome=outcome,
            took_us=0,
        )

    def _make(self, host: str) -> MemcachedNode:
        node = self.node_class(
            self._clock,
            self._trace,
            self._actor,
            host=host,
            port=self.port,
            label=host.partition(".")[0],
            address=f"10.0.2.{11 + len(self.nodes)}",
            memory=self._memory,
            cluster=self,
        )
        self._network.add(node)
        self.nodes.append(node)
        return node


class MemcachedSession:
    """A client's connection: speaks the text protocol, takes time, and leaves trace events."""

    def __init__(self, node: MemcachedNode) -> None:
        self.ended = False
        self._node = node
        self._incoming = b""
        self._outgoing = bytearray()
        self._batch_begun = False
        # A value that is being sent, or being thrown away.
        self._store: Storing | None = None
        self._swallow = 0
        # About the command being run.
        self._line = b""
        self._started_us = 0
        self._cost_us = 0

    def receive(self, data: bytes) -> None:
        self._incoming += data
        while not self.ended and self._step():
            pass

    def collect(self) -> bytes:
        self._batch_begun = False
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def close(self) -> None:
        self.ended = True

    def _step(self) -> bool:
        """Take one line or one value from what has come. False when there is too little."""
        if self._swallow:
            thrown = min(self._swallow, len(self._incoming))
            self._incoming, self._swallow = self._incoming[thrown:], self._swallow - thrown
            return not self._swallow
        if self._store is not None:
            return self._take_value(self._store)
        line, end, rest = self._incoming.partition(b"\n")
        if not end:
            return False
        self._incoming = rest
        self._line = line.removesuffix(b"\r")
        self._run(self._line.split(b" "))
        return True

    def _run(self, raw: list[bytes]) -> None:
        words = [word for word in raw if word]
        name, arguments = (words[0], words[1:]) if words else (b"", [])
        if name in _STORES:
            self._begin_store(name, arguments)
            return
        # These commands may end in "noreply"; for the others it is an argument like any other.
        quiet = name in (b"delete", b"incr", b"decr", b"touch", b"flush_all") and arguments[-1:] == [b"noreply"]
        self._begin(quiet)
        if name in _READS:
            self._read(name, arguments)
        elif name in (b"delete", b"incr", b"decr", b"touch"):
            self._change(name, arguments, quiet)
        else:
            self._manage(name, arguments, quiet)

    def _begin(self, quiet: bool) -> None:
        """The time of one command. A client that asked for no reply does not wait for the network."""
        self._started_us = self._node.clock.now_us
        self._cost_us = latency.CACHE_COMMAND_US
        if not quiet and not self._batch_begun:
            self._cost_us += latency.CACHE_ROUND_TRIP_US
            self._batch_begun = True
        self._node.clock.advance_us(self._cost_us)

    def _answer(self, reply: bytes, quiet: bool = False) -> None:
        if not quiet:
            self._outgoing += reply + b"\r\n"

    def _record(self, op: bytes, key: bytes | None, outcome: Outcome = "ok") -> None:
        self._node.record(op, key, outcome, self._started_us, self._cost_us)
        # The time of a command is told once, with its first event.
        self._cost_us = 0

    def _refuse(self, op: bytes, reply: bytes, key: bytes | None = None, quiet: bool = False) -> None:
        self._record(op, key, "error")
        self._answer(reply, quiet)

    # Reading

    def _read(self, name: bytes, arguments: list[bytes]) -> None:
        touching = name in (b"gat", b"gats")
        if not arguments:
            self._refuse(name, b"ERROR")
            return
        exptime = integer(arguments[0]) if touching else 0
        if exptime is None:
            self._refuse(name, b"CLIENT_ERROR invalid exptime argument")
            return
        keys = arguments[1:] if touching else arguments
        if any(len(key) > LONGEST_KEY for key in keys):
            self._refuse(name, _BAD_LINE)
            return
        found = b"".join(self._found(name, key, exptime if touching else None) for key in keys)
        self._outgoing += found + b"END\r\n"

    def _found(self, name: bytes, key: bytes, exptime: int | None) -> bytes:
        """One key of a reading command: the lines about it, none when it is missing. `exptime` is a new expiry."""
        stats, node = self._node.stats, self._node
        there = node.has(key)
        item = node.use(key)
        stats["cmd_get"] += 1
        stats["cmd_touch"] += exptime is not None
        self._record(name, key, "miss" if item is None else "hit")
        if item is None:
            stats["get_misses"] += 1
            stats["get_expired"] += there
            stats["touch_misses"] += exptime is not None
            return b""
        stats["get_hits"] += 1
        stats["touch_hits"] += exptime is not None
        number = b" %d" % item.cas if name in (b"gets", b"gats") else b""
        if exptime is not None:
            item.expires_us = node.expiry(exptime)
        return b"VALUE %s %d %d%s\r\n%s\r\n" % (key, item.flags, len(item.value), number, item.value)

    # Storing

    def _begin_store(self, name: bytes, arguments: list[bytes]) -> None:
        """The line of a storage command; its value follows."""
        least = 5 if name == b"cas" else 4
        if not least <= len(arguments) <= least + 1:
            self._begin(quiet=False)
            self._refuse(name, b"ERROR")
            return
        quiet = arguments[-1] == b"noreply"
        self._begin(quiet)
        key = arguments[0]
        numbers = [number for word in arguments[1:least] if (number := integer(word)) is not None]
        if len(numbers) < least - 1 or numbers[0] < 0 or numbers[2] < 0 or len(key) > LONGEST_KEY:
            self._refuse(name, _BAD_LINE, quiet=quiet)
            return
        flags, exptime, size, cas = [*numbers, 0][:4]
        store = Storing(name, key, flags % _UINT32, exptime, size, cas, quiet)
        if item_size(key, b"", store.flags) + size > LARGEST_ITEM:
            self._too_large(store)
            return
        self._store = store

    def _too_large(self, store: Storing) -> None:
        self._node.stats["store_too_large"] += 1
        if store.name == b"set":
            # A value that could not be replaced must not be served any longer.
            self._node.drop(store.key)
        self._refuse(store.name, _TOO_LARGE, store.key, store.noreply)
        self._swallow = store.size + 2

    def _take_value(self, store: Storing) -> bool:
        if len(self._incoming) < store.size + 2:
            return False
        value, end = self._incoming[: store.size], self._incoming[store.size : store.size + 2]
        self._store = None
        self._incoming = self._incoming[store.size + 2 :]
        if end != b"\r\n":
            self._refuse(store.name, b"CLIENT_ERROR bad data chunk", store.key, store.noreply)
            return True
        self._node.stats["cmd_set"] += 1
        self._record(store.name, store.key)
        self._answer(self._stored(store, value), store.noreply)
        return True

    def _stored(self, store: Storing, value: bytes) -> bytes:
        node = self._node
        item = node.look(store.key)
        expires_us = node.expiry(store.exptime)
        match store.name:
            case b"cas":
                if item is None:
                    node.stats["cas_misses"] += 1
                    return b"NOT_FOUND"
                if item.cas != store.cas:
                    node.stats["cas_badval"] += 1
                    return b"EXISTS"
                node.stats["cas_hits"] += 1
            case b"append" | b"prepend":
                if item is None:
                    return b"NOT_STORED"
                joined = item.value + value if store.name == b"append" else value + item.value
                if item_size(store.key, joined, item.flags) > LARGEST_ITEM:
                    return b"NOT_STORED"
                node.keep(store.key, joined, item.flags, item.expires_us)
                return b"STORED"
            case b"add" | b"replace" if (item is None) != (store.name == b"add"):
                if item is not None:
                    node.use(store.key)
                return b"NOT_STORED"
        node.keep(store.key, value, store.flags, expires_us)
        return b"STORED"

    # Changing one key

    def _change(self, name: bytes, arguments: list[bytes], quiet: bool) -> None:
        given = arguments[:-1] if quiet else arguments
        least = 1 if name == b"delete" else 2
        most = 2 if name == b"delete" else least
        if not least <= len(given) <= most:
            self._refuse(name, b"ERROR", quiet=quiet and len(given) > most)
            return
        key, operand = given[0], given[1] if len(given) == 2 else b"0"
        if len(key) > LONGEST_KEY:
            self._refuse(name, _BAD_LINE, quiet=quiet)
            return
        match name:
            case b"delete":
                reply = self._deleted(key, operand)
            case b"touch":
                reply = self._touched(key, operand)
            case _:
                reply = self._counted(name, key, operand)
        self._record(name, key, "error" if reply.startswith(b"CLIENT_ERROR") else "ok")
        self._answer(reply, quiet)

    def _deleted(self, key: bytes, delay: bytes) -> bytes:
        if delay != b"0":
            return b"CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"
        found = self._node.look(key) is not None
        self._node.drop(key)
        self._node.stats["delete_hits" if found else "delete_misses"] += 1
        return b"DELETED" if found else b"NOT_FOUND"

    def _touched(self, key: bytes, operand: bytes) -> bytes:
        exptime = integer(operand)
        if exptime is None:
            return b"CLIENT_ERROR invalid exptime argument"
        item = self._node.use(key)
        self._node.stats["cmd_touch"] += 1
        self._node.stats["touch_misses" if item is None else "touch_hits"] += 1
        if item is None:
            return b"NOT_FOUND"
        item.expires_us = self._node.expiry(exptime)
        return b"TOUCHED"

    def _counted(self, name: bytes, key: bytes, operand: bytes) -> bytes:
        delta = _unsigned(operand)
        if delta is None:
            return b"CLIENT_ERROR invalid numeric delta argument"
        node, stem = self._node, name.decode()
        item = node.use(key)
        if item is None:
            node.stats[f"{stem}_misses"] += 1
            return b"NOT_FOUND"
        old = _unsigned(item.value)
        if old is None:
            return b"CLIENT_ERROR cannot increment or decrement non-numeric value"
        node.stats[f"{stem}_hits"] += 1
        new = b"%d" % ((old + delta) % _UINT64 if name == b"incr" else max(old - delta, 0))
        if len(new) > len(item.value):
            node.keep(key, new, item.flags, item.expires_us)
        else:
            # A shorter number is written over the old one; the rest of the place is filled with spaces.
            node.rewrite(item, new.ljust(len(item.value)))
        return new

    # About the node itself

    def _manage(self, name: bytes, arguments: list[bytes], quiet: bool) -> None:
        match name, arguments:
            case b"version", _:
                self._told(name, b"VERSION " + ENGINE_VERSION.encode())
            case b"stats", []:
                lines = [f"STAT {key} {value}".encode() for key, value in self._node.statistics()]
                self._told(name, b"\r\n".join([*lines, b"END"]))
            case b"stats", [b"reset"]:
                self._node.forget_counters()
                self._told(name, b"RESET")
            case b"flush_all", _:
                self._flush([argument for argument in arguments if argument != b"noreply"], quiet)
            case b"cache_memlimit", [limit, *_]:
                self._limit(limit)
            case b"verbosity", [_, *_]:
                self._told(name, b"OK")
            case b"config", [b"get", b"cluster"]:
                payload = self._node.discovery()
                self._told(name, b"CONFIG cluster 0 %d\r\n%s\r\nEND" % (len(payload), payload))
            case b"quit", _:
                self._record(name, None)
                self.ended = True
            case _:
                self._refuse(name, b"ERROR")

    def _told(self, name: bytes, reply: bytes) -> None:
        self._record(name, None)
        self._answer(reply)

    def _flush(self, arguments: list[bytes], quiet: bool) -> None:
        delay = integer(arguments[0]) if arguments else 0
        if delay is None:
            self._refuse(b"flush_all", b"CLIENT_ERROR invalid exptime argument", quiet=quiet)
            return
        self._node.stats["cmd_flush"] += 1
        due = self._node.expiry(delay)
        now = self._node.clock.now_us
        self._node.flush_at(now if due is None else max(due, now) if delay > 0 else now)
        self._record(b"flush_all", None)
        self._answer(b"OK", quiet)

    def _limit(self, operand: bytes) -> None:
        megabytes = _unsigned(operand)
        if megabytes is None:
            self._refuse(b"cache_memlimit", _BAD_LINE)
        elif self._node.limit(megabytes):
            self._told(b"cache_memlimit", b"OK")
        else:
            self._refuse(b"cache_memlimit", b"MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m")


def item_size(key: bytes, value: bytes, flags: int) -> int:
    """What an item takes in memory, as `stats` counts it."""
    return _ITEM_OVERHEAD + len(key) + len(value) + (_FLAGS_BYTES if flags else 0)


def integer(word: bytes) -> int | None:
    """A whole number with an optional sign."""
    return int(word) if re.fullmatch(rb"[+-]?\d+", word) else None


def _unsigned(text: bytes) -> int | None:
    """A number of 64 bits at the start of a text; None when there is none."""
    found = _NUMBER.match(text)
    number = int(found[1]) if found else _UINT64
    return number if number < _UINT64 else None
