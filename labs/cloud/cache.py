"""A cache node: fakeredis behind a host name, with a latency, hit and miss counters, and INFO.

What fakeredis 2.40 lacks and labs need is added here as ordinary fakeredis commands (`_NodeCommands`), so that arity,
MULTI and errors are treated alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import override

import redis
from fakeredis import FakeServer
from fakeredis._commands import Key, Signature, command
from fakeredis._core import CommandItem, Database
from fakeredis._helpers import OK, NoResponse, SimpleError, SimpleString
from fakeredis._socket import FakeSocket

from labs.cloud import latency
from labs.cloud.clock import VirtualClock
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.keyspace import keys_named, keys_read
from labs.cloud.resp import encode, encode_push
from labs.cloud.trace import Outcome, Trace

ENGINE_VERSION = "7.1.0"
"""What INFO tells: the newest Redis OSS version that ElastiCache offers."""

# Sent by redis-py when it opens a connection; their cost is part of the CONNECT event.
_GREETINGS = frozenset(("hello", "auth", "select", "client setinfo", "client setname", "client maint_notifications"))

_EXPIRE_ERROR = re.compile(r"ERR invalid expire time in (\w+)")

_INFO_SECTIONS = ("server", "stats", "keyspace")


@dataclass
class NodeStats:
    """The counters of INFO stats."""

    hits: int = 0
    misses: int = 0
    commands: int = 0

    def reset(self) -> None:
        self.hits = self.misses = self.commands = 0


class CacheNode:
    """One cache node. Clients reach it through the network; `put` and `dump` work on it from outside, unrecorded."""

    def __init__(
        self, clock: VirtualClock, trace: Trace, actor: Callable[[], str], *, host: str, port: int, label: str
    ) -> None:
        self.host = host
        self.port = port
        self.label = label
        self.address = "10.0.1.10"
        self.stats = NodeStats()
        self._clock = clock
        self._trace = trace
        self._actor = actor
        self._server = FakeServer(version=(7,), server_type="redis")
        self._console = _Session(self, self._server)

    def accept(self) -> _RecordedSession:
        return _RecordedSession(self, self._server, self._clock, self._trace, self._actor)

    def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        """Write a string as some other client would, without a trace of this one."""
        self._console.run("SET", key, value, *(() if ttl_s is None else ("EX", str(ttl_s))))

    def flush(self) -> None:
        """Empty every database and forget the counters."""
        self._console.run("FLUSHALL")
        self.stats.reset()

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
                return [
                    f"total_commands_processed:{self.stats.commands}",
                    f"keyspace_hits:{self.stats.hits}",
                    f"keyspace_misses:{self.stats.misses}",
                ]
            case "keyspace":
                return [_keyspace_line(number, database) for number, database in self._server.dbs.items() if database]
        return []

    def _entry(self, prefix: str, key: str) -> Entry:
        kind = _text(self._console.run("TYPE", key))
        value = self._value(kind, key)
        ttl = self._console.run("PTTL", key)
        ttl_ms = ttl if isinstance(ttl, int) and ttl >= 0 else None
        return Entry(prefix + key, kind, value, ttl_ms, len(value.encode()))

    def _value(self, kind: str, key: str) -> str:
        match kind:
            case "string":
                return _text(self._console.run("GET", key))
            case "hash":
                flat = _texts(self._console.run("HGETALL", key))
                return ", ".join(f"{field}: {value}" for field, value in zip(flat[::2], flat[1::2], strict=True))
            case "list":
                return ", ".join(_texts(self._console.run("LRANGE", key, "0", "-1")))
            case "set":
                return ", ".join(sorted(_texts(self._console.run("SMEMBERS", key))))
            case "zset":
                flat = _texts(self._console.run("ZRANGE", key, "0", "-1", "WITHSCORES"))
                return ", ".join(f"{member}: {score}" for member, score in zip(flat[::2], flat[1::2], strict=True))
        return f"({_text(self._console.run('XLEN', key))})" if kind == "stream" else ""


class _NodeCommands:
    """Commands that fakeredis does not have."""

    _node: CacheNode

    @command(name="INFO", fixed=(), repeat=(bytes,))
    def info(self, *sections: bytes) -> bytes:
        names = [section.decode(errors="replace").lower() for section in sections] or ["default"]
        wanted = _INFO_SECTIONS if {"default", "all", "everything"} & set(names) else names
        blocks = [
            "\r\n".join([f"# {name.capitalize()}", *self._node.info(name)]) for name in _INFO_SECTIONS if name in wanted
        ]
        return "\r\n\r\n".join(blocks).encode() + b"\r\n"

    @command(name="CONFIG RESETSTAT", fixed=(), repeat=())
    def config_resetstat(self) -> SimpleString:
        self._node.stats.reset()
        return OK

    @command((Key(),), (Key(),))
    def touch(self, *keys: CommandItem) -> int:
        return sum(1 for key in keys if key)


class _Session(_NodeCommands, FakeSocket):
    """A connection to the node inside this process: commands in, raw replies out."""

    def __init__(self, node: CacheNode, server: FakeServer) -> None:
        super().__init__(server, 0, client_class=redis.Redis)
        self._node = node
        self._replies: list[object] = []

    def run(self, *fields: str) -> object:
        """One command and its reply, as fakeredis made it."""
        self._process_command([field.encode() for field in fields])
        return self._replies.pop()

    @override
    def put_response(self, msg: object) -> None:
        self._replies.append(msg)

    @override
    def _decode_result(self, result: object) -> object:
        # fakeredis would turn errors into redis-py exceptions here; the bytes on the wire need the original.
        return result


class _RecordedSession(_Session):
    """A client's connection: speaks RESP, takes time, and leaves trace events."""

    def __init__(
        self, node: CacheNode, server: FakeServer, clock: VirtualClock, trace: Trace, actor: Callable[[], str]
    ) -> None:
        super().__init__(node, server)
        self._clock = clock
        self._trace = trace
        self._actor = actor
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
        return result

    @override
    def _process_command(self, fields: list[bytes]) -> None:
        name = b" ".join(fields[:2]).decode(errors="replace").lower()
        self._name, self._typed, self._arguments = name.split(" ")[0], _text(fields[0]), fields[1:]
        self._recorded = name in _GREETINGS or self._name in _GREETINGS
        self._started_us = self._clock.now_us
        if not self._recorded:
            self._cost_us = latency.CACHE_COMMAND_US + (0 if self._batch_begun else latency.CACHE_ROUND_TRIP_US)
            self._batch_begun = True
            self._clock.advance_us(self._cost_us)
            self._node.stats.commands += 1
        super()._process_command(fields)

    @override
    def _run_command(
        self, func: Callable[..., object] | None, sig: Signature, args: list[bytes], from_script: bool
    ) -> object:
        if self._recorded and sig.name in _GREETINGS:
            return super()._run_command(func, sig, args, from_script)
        read = keys_read(sig.name, args)
        present = [key in self._db for key in read]
        result = _with_real_text(super()._run_command(func, sig, args, from_script))
        self._node.stats.hits += sum(present)
        self._node.stats.misses += len(present) - sum(present)
        self._record_keys(sig, args, dict(zip(read, present, strict=True)), isinstance(result, SimpleError))
        return result

    @override
    def _unknown_command(self, command: str, args: str | None = None) -> SimpleError:
        quoted = "".join(f"'{_text(argument)}' " for argument in self._arguments)
        return SimpleError(f"ERR unknown command '{self._typed}', with args beginning with: {quoted[:128]}")

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
            actor=self._actor(),
            target=self._node.label,
            op=name.upper(),
            key=key,
            outcome=outcome,
            took_us=self._cost_us,
        )
        # The time of a command is told once, with its first event.
        self._cost_us = 0


def _with_real_text(result: object) -> object:
    """An error as redis 7 words it, where fakeredis words it otherwise."""
    if isinstance(result, SimpleError) and (found := _EXPIRE_ERROR.fullmatch(result.value)):
        return SimpleError(f"ERR invalid expire time in '{found[1]}' command")
    return result


def _keyspace_line(number: int, database: Database) -> str:
    expiring = sum(1 for key in database if database[key].expireat is not None)
    return f"db{number}:keys={len(database)},expires={expiring},avg_ttl=0"


def _text(reply: object) -> str:
    if isinstance(reply, SimpleString):
        reply = reply.value
    return reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)


def _texts(reply: object) -> list[str]:
    return [_text(item) for item in reply] if isinstance(reply, list) else []
