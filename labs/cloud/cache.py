"""A cache node: fakeredis behind a host name, with a latency, hit and miss counters, a limit to its memory, and INFO.

What fakeredis 2.40 lacks and labs need is in `labs.cloud.commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, override

import redis
from fakeredis import FakeServer
from fakeredis._commands import SUPPORTED_COMMANDS, Signature
from fakeredis._core import Database
from fakeredis._helpers import OK, NoResponse, SimpleError, SimpleString
from fakeredis._socket._resp import extract_command

from labs.cloud import latency
from labs.cloud.clock import EPOCH_S, VirtualClock
from labs.cloud.command_table import COMMANDS
from labs.cloud.commands import DENY_OOM, NodeCommands, SlowLog, unknown_command, with_real_text
from labs.cloud.door import Door
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.keyspace import keys_named, keys_read, keys_used
from labs.cloud.login import GuardedSession
from labs.cloud.memory import Memory, Place
from labs.cloud.resp import encode, encode_push
from labs.cloud.settings import Settings
from labs.cloud.trace import Outcome, Trace
from labs.cloud.tracking import Databases

if TYPE_CHECKING:
    from labs.cloud.replication import ReplicationGroup

ENGINE_VERSION = "7.1.0"
"""What INFO tells: the newest Redis OSS version that ElastiCache offers."""

# Sent by redis-py when it opens a connection; their cost is part of the CONNECT event.
GREETINGS = frozenset(("hello", "auth", "select", "client setinfo", "client setname", "client maint_notifications"))

OOM = "OOM command not allowed when used memory > 'maxmemory'."
READ_ONLY = "READONLY You can't write against a read only replica."
_EXEC_ABORT = "EXECABORT Transaction discarded because of: "
# What a client in MULTI may still send to a node without room.
_ENDS_MULTI = frozenset(("exec", "discard", "quit", "reset"))
_NO_WAIT = (
    "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured "
    "to be writable (which is not the default) writes to replicas are just local and are not propagated."
)


@dataclass
class NodeStats:
    """The counters of INFO stats."""

    hits: int = 0
    misses: int = 0
    commands: int = 0
    expired: int = 0

    def reset(self) -> None:
        self.hits = self.misses = self.commands = self.expired = 0


class CacheNode:
    """One cache node. Clients reach it through the network; `put` and `dump` work on it from outside, unrecorded."""

    def __init__(
        self,
        clock: VirtualClock,
        trace: Trace,
        actor: Callable[[], str],
        *,
        host: str,
        port: int,
        label: str,
        door: Door | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`settings` are parameters of CONFIG that differ from the defaults."""
        self.host = host
        self.port = port
        self.label = label
        self.address = "10.0.1.10"
        self.door = Door() if door is None else door
        self.stats = NodeStats()
        self.settings = Settings(settings or {})
        self.slow_log = SlowLog(self.settings)
        self.down = False
        """Whether its machine is dead: nobody can connect."""
        self.group: ReplicationGroup | None = None
        self._clock = clock
        self._trace = trace
        self._actor = actor
        self._server = FakeServer(version=(7,), server_type="redis")
        self._server.dbs = self.databases = Databases(self._server.lock, self)
        self.memory = Memory(clock, self.databases, self.settings)
        # Keys that the command being run writes.
        self._changed: dict[Place, None] = {}
        self._console = _Session(self, self._server)

    def accept(self) -> _RecordedSession:
        if self.down:
            raise ConnectionRefusedError(111, "Connection refused")
        return _RecordedSession(self, self._server, self._clock, self._trace, self._actor)

    def hang_up_strangers(self) -> None:
        """End the connections of users that the cache no longer has."""
        for session in self._server.sockets:
            if isinstance(session, _RecordedSession) and session.user is not None:
                session.ended |= self.door.access.users.get(session.user.name) is not session.user

    def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        """Write a string as some other client would, without a trace of this one."""
        self._console.run("SET", key, value, *(() if ttl_s is None else ("EX", str(ttl_s))))

    def flush(self) -> None:
        """Empty every database and forget the counters."""
        self.empty()
        self.reset_counters()
        self.slow_log.reset()
        self.settings.restore()

    def empty(self) -> None:
        """Drop every key, and tell no replica."""
        for database in self.databases.values():
            database.clear()
        self._changed.clear()
        self.memory.clear()

    def reset_counters(self) -> None:
        """CONFIG RESETSTAT."""
        self.stats.reset()
        self.memory.evicted = 0

    def shut_down(self) -> None:
        """The machine dies: its connections end, its data is gone, nobody can connect."""
        self.down = True
        for session in [*self._server.sockets]:
            if isinstance(session, _RecordedSession):
                session.ended = True
        self.empty()

    def boot(self) -> None:
        """There is a machine again: a new and empty one, if the last one died."""
        self.down = False

    @property
    def read_only(self) -> bool:
        """Whether it is a replica."""
        return self.group is not None and self.group.primary is not self

    def key_changed(self, number: int, key: bytes) -> None:
        self._changed[number, key] = None

    def key_expired(self, number: int, key: bytes) -> None:
        self.stats.expired += 1
        self.memory.forget((number, key))

    def catch_up(self) -> None:
        """Know what time it is, and have every write of the primary that is due by now."""
        for database in self.databases.values():
            database.time = self._clock.now_s
        if self.group is not None:
            self.group.deliver()

    def follow(self, apply: Callable[[dict[int, Database]], None]) -> None:
        """Let the primary's write change this replica."""
        apply(self.databases)
        self.settle("")

    def settle(self, command: str, inherited: str | None = None) -> None:
        """Take in what a command (lower case) changed: the node's memory, and its replicas.

        `inherited` is the encoding of the key that a copy was made of.
        """
        changed, self._changed = self._changed, {}
        for place in changed:
            self.memory.changed(place, command, inherited)
            if self.group is not None and not self.read_only:
                number, key = place
                self.group.changed(number, key, self.databases[number].get(key))

    def make_room(self) -> bool:
        """Evict by the policy until there is room. False when the policy has nothing left to evict."""
        while self.memory.over():
            place = self.memory.victim()
            if place is None:
                return False
            number, key = place
            self.databases[number].notify_watch(key)
            del self.databases[number][key]
            self.memory.evicted += 1
            self.settle("")
        return True

    def wait(self, replicas: int, timeout_ms: int, *, blocking: bool) -> int | None:
        """WAIT; None for a wait that never ends."""
        if self.read_only:
            raise SimpleError(_NO_WAIT)
        if self.group is not None:
            return self.group.wait(replicas, timeout_ms, blocking=blocking)
        if blocking and replicas > 0:
            if not timeout_ms:
                return None
            self._clock.sleep(timeout_ms / 1000)
        return 0

    def dump(self) -> StoreDump:
        entries: list[Entry] = []
        for number in sorted(self._server.dbs):
            self._console.run("SELECT", str(number))
            prefix = f"db{number}/" if number else ""
            entries += [self._entry(prefix, key) for key in sorted(_texts(self._console.run("KEYS", "*")))]
        self._console.run("SELECT", "0")
        return StoreDump("cache", self.host, tuple(entries), self.label)

    def info(self, section: str) -> list[str]:
        """The lines of one INFO section."""
        match section:
            case "server":
                lines = [f"redis_version:{ENGINE_VERSION}", "redis_mode:standalone", f"tcp_port:{self.port}"]
                return [*lines, f"uptime_in_seconds:{self._clock.now_us // 1_000_000}"]
            case "stats":
                self.memory.used()
                return [
                    f"total_commands_processed:{self.stats.commands}",
                    f"expired_keys:{self.stats.expired}",
                    f"evicted_keys:{self.memory.evicted}",
                    f"keyspace_hits:{self.stats.hits}",
                    f"keyspace_misses:{self.stats.misses}",
                ]
            case "memory":
                used, most = self.memory.used(), self.settings.maxmemory
                return [
                    f"used_memory:{used}",
                    f"used_memory_human:{human_size(used)}",
                    f"maxmemory:{most}",
                    f"maxmemory_human:{human_size(most)}",
                    f"maxmemory_policy:{self.settings.policy}",
                ]
            case "clients":
                open_now = [one for one in self._server.sockets if isinstance(one, _RecordedSession) and not one.ended]
                return [f"connected_clients:{len(open_now)}", "maxclients:65000", "blocked_clients:0"]
            case "replication":
                if self.group is not None:
                    return self.group.info(self)
                return ["role:master", "connected_slaves:0", "master_repl_offset:0"]
            case "keyspace":
                return [_keyspace_line(number, database) for number, database in self.databases.items() if database]
        return []

    def _entry(self, prefix: str, key: str) -> Entry:
        kind = _text(self._console.run("TYPE", key))
        value = self._value(kind, key)
        ttl = self._console.run("PTTL", key)
        ttl_ms = ttl if isinstance(ttl, int) and ttl >= 0 else None
        return Entry(prefix + key, kind, value, ttl_ms, len(value.encode()))

    def _value(self, kind: str, key: str) -> str:
        return entry_value(kind, self._console.run(*value_command(kind, key)))


def value_command[T: (bytes, str)](kind: str, key: T) -> tuple[T | str, ...]:
    """The command that reads the value of a key of this type for a dump."""
    match kind:
        case "string":
            return ("GET", key)
        case "hash":
            return ("HGETALL", key)
        case "list":
            return ("LRANGE", key, "0", "-1")
        case "set":
            return ("SMEMBERS", key)
        case "zset":
            return ("ZRANGE", key, "0", "-1", "WITHSCORES")
    return ("XLEN" if kind == "stream" else "STRLEN", key)


def entry_value(kind: str, reply: object) -> str:
    """What a dump shows of the reply to `value_command`."""
    match kind:
        case "string":
            return _text(reply)
        case "hash":
            flat = _texts(reply)
            return ", ".join(f"{field}: {value}" for field, value in zip(flat[::2], flat[1::2], strict=True))
        case "list":
            return ", ".join(_texts(reply))
        case "set":
            return ", ".join(sorted(_texts(reply)))
        case "zset":
            flat = _texts(reply)
            return ", ".join(f"{member}: {score}" for member, score in zip(flat[::2], flat[1::2], strict=True))
    return f"({_text(reply)})" if kind == "stream" else ""


class _Session(NodeCommands):
    """A connection to the node inside this process: commands in, raw replies out."""

    def __init__(self, node: CacheNode, server: FakeServer) -> None:
        super().__init__(server, 0, client_class=redis.Redis)
        self._node: CacheNode = node
        self._replies: list[object] = []
        self._fields: list[bytes] = []

    def run(self, *fields: str) -> object:
        """One command and its reply, as fakeredis made it."""
        self._process_command([field.encode() for field in fields])
        return self._replies.pop()

    @override
    def client_setname(self, value: bytes) -> SimpleString:
        if not all(33 <= letter <= 126 for letter in value):
            raise SimpleError("ERR Client names cannot contain spaces, newlines or special characters.")
        super().client_setname(value)
        return OK

    @override
    def put_response(self, msg: object) -> None:
        self._replies.append(msg)

    @override
    def _decode_result(self, result: object) -> object:
        # fakeredis would turn errors into redis-py exceptions here; the bytes on the wire need the original.
        if isinstance(result, SimpleError):
            return with_real_text(result, *extract_command(self._fields))
        return result

    @override
    def _process_command(self, fields: list[bytes]) -> None:
        self._fields = fields
        self._node.catch_up()
        super()._process_command(fields)

    @override
    def _run_command(
        self, func: Callable[..., object] | None, sig: Signature, args: list[bytes], from_script: bool
    ) -> object:
        source = (self._db_num, args[0]) if sig.name in ("rename", "renamenx", "copy") and args else None
        inherited = self._node.memory.encoding(source) if source else None
        result = super()._run_command(func, sig, args, from_script)
        self._node.settle(sig.name, inherited)
        return with_real_text(result, sig.name, args) if isinstance(result, SimpleError) else result


class _RecordedSession(GuardedSession, _Session):
    """A client's connection: speaks RESP, takes time, and leaves trace events."""

    def __init__(
        self, node: CacheNode, server: FakeServer, clock: VirtualClock, trace: Trace, actor: Callable[[], str]
    ) -> None:
        super().__init__(node, server)
        self._clock = clock
        self._trace = trace
        self._actor = actor
        self.ended = False
        self.enter(node.door)
        self._outgoing = bytearray()
        self._batch_begun = False
        self._replying = False
        # About the command being run.
        self._name = self._typed = ""
        self._arguments: list[bytes] = []
        self._started_us = 0
        self._cost_us = 0
        self._recorded = False

    def receive(self, data: bytes) -> None:
        self.sendall(data)

    def collect(self) -> bytes:
        self._batch_begun = False
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    @override
    def put_response(self, msg: object) -> None:
        if self._replying:
            self._outgoing += encode(msg, self._resp_version)
            self._replying = False
        elif isinstance(msg, list):
            self._outgoing += encode_push(msg, self._resp_version)

    @override
    def _decode_result(self, result: object) -> object:
        if isinstance(result, SimpleError) and not self._recorded:
            # Refused before it ran: an unknown command, or a wrong number of arguments.
            self._record(self._name, None, "error")
        self._replying = not isinstance(result, NoResponse)
        return super()._decode_result(result)

    @override
    def _process_command(self, fields: list[bytes]) -> None:
        name = b" ".join(fields[:2]).decode(errors="replace").lower()
        self._name, self._typed, self._arguments = name.split(" ")[0], _text(fields[0]), fields[1:]
        greeting = self._recorded = name in GREETINGS or self._name in GREETINGS
        self._started_us = self._clock.now_us
        if not greeting:
            self._clock.advance_us(latency.CACHE_COMMAND_US + (0 if self._batch_begun else latency.CACHE_ROUND_TRIP_US))
            self._batch_begun = True
            # What was asked for, and more where the node had to serve others first.
            self._cost_us = self._clock.now_us - self._started_us
            self._node.stats.commands += 1
        super()._process_command(fields)

    @override
    def _admit(self, name: str) -> None:
        super()._admit(name)
        if self._node.read_only:
            if self._writes(name):
                self._turn_down(name, READ_ONLY)
        elif not self._node.make_room() and self._needs_room(name):
            if name == "exec":
                self._forget_transaction()
                self._clear_watches()
                self._turn_down(name, _EXEC_ABORT + OOM)
            self._turn_down(name, OOM)

    def _turn_down(self, name: str, reason: str) -> NoReturn:
        """Refuse a command before it runs; its event names the first of its keys."""
        _, arguments = extract_command(self._fields)
        self.refused(name, next(iter(keys_named(SUPPORTED_COMMANDS[name], arguments)), None))
        raise SimpleError(reason)

    def _writes(self, name: str) -> bool:
        command = COMMANDS.get(name.replace(" ", "|"))
        return command is not None and "write" in command.categories

    def _needs_room(self, name: str) -> bool:
        if self._transaction is not None:
            queued = (signature.name for _, signature, _ in self._transaction)
            return any(one in DENY_OOM for one in queued) if name == "exec" else name not in _ENDS_MULTI
        return name in DENY_OOM

    @override
    def refused(self, name: str, key: bytes | None) -> None:
        self._record(name, None if key is None else _text(key), "error")

    @override
    def _run_command(
        self, func: Callable[..., object] | None, sig: Signature, args: list[bytes], from_script: bool
    ) -> object:
        if self._recorded and sig.name in GREETINGS:
            return super()._run_command(func, sig, args, from_script)
        read = keys_read(sig.name, args)
        present = [key in self._db for key in read]
        for key in keys_used(sig, args):
            self._node.memory.use((self._db_num, key))
        result = super()._run_command(func, sig, args, from_script)
        self._node.stats.hits += sum(present)
        self._node.stats.misses += len(present) - sum(present)
        self._record_keys(sig, args, dict(zip(read, present, strict=True)), isinstance(result, SimpleError))
        if sig.name != "exec":
            nested = self._in_transaction or from_script
            self._node.slow_log.add(
                at_s=EPOCH_S + self._clock.now_us // 1_000_000,
                took_us=latency.CACHE_COMMAND_US,
                fields=[*sig.name.upper().encode().split(), *args] if nested else self._fields,
                client=str(self._client_info.get("name", "")),
            )
        return result

    @override
    def _unknown_command(self, command: str, args: str | None = None) -> SimpleError:
        return unknown_command(self._typed, [_text(argument) for argument in self._arguments])

    @override
    def _blocking(
        self,
        timeout: float | None,
        func: Callable[[bool], object],
        shape: Callable[[object], object] | None = None,
    ) -> object:
        # Nobody else can act while this client waits, so the wait passes at once in virtual time. A wait without an
        # end gets no reply, and the client's own socket timeout ends it.
        found = func(True)
        if found is None and not self._in_transaction:
            if not timeout:
                return NoResponse()
            self._clock.sleep(timeout)
        return found if shape is None else shape(found)

    def _record_keys(self, sig: Signature, args: list[bytes], lookups: dict[bytes, bool], failed: bool) -> None:
        """One event for each key of the command; one without a key when it names none."""
        for key in keys_named(sig, args) or tuple(lookups) or (None,):
            outcome: Outcome = "ok"
            if failed:
                outcome = "error"
            elif key in lookups:
                outcome = "hit" if lookups[key] else "miss"
            self._record(sig.name, None if key is None else _text(key), outcome)

    def _record(self, name: str, key: str | None, outcome: Outcome) -> None:
        self._recorded = True
        self._trace.add(
            at_us=self._started_us,
            kind="cache",
            # A client that gave its connection a name (CLIENT SETNAME) or logged in by one is told apart by it.
            actor=str(self._client_info.get("name", "")) or self.login or self._actor(),
            target=self._node.label,
            op=name.upper(),
            key=key,
            outcome=outcome,
            took_us=self._cost_us,
        )
        # The time of a command is told once, with its first event.
        self._cost_us = 0


def human_size(amount: int) -> str:
    """Bytes as INFO tells them to people."""
    for unit, size in (("G", 1024**3), ("M", 1024**2), ("K", 1024)):
        if amount >= size:
            return f"{amount / size:.2f}{unit}"
    return f"{amount}B"


def _keyspace_line(number: int, database: Database) -> str:
    expiring = sum(1 for key in database if database[key].expireat is not None)
    return f"db{number}:keys={len(database)},expires={expiring},avg_ttl=0"


def _text(reply: object) -> str:
    if isinstance(reply, SimpleString):
        reply = reply.value
    return reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)


def _texts(reply: object) -> list[str]:
    return [_text(item) for item in reply] if isinstance(reply, list) else []
