"""A cache node of a cloud that stands on a real server: the endpoint, and the sessions of its clients."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import override

from fakeredis._commands import SUPPORTED_COMMANDS
from fakeredis._helpers import SimpleError

from labs.cloud import latency
from labs.cloud.access import keys_of, lookup
from labs.cloud.cache import GREETINGS, CacheNode, entry_value, value_command
from labs.cloud.clock import EPOCH_S, VirtualClock
from labs.cloud.command_table import COMMANDS, Command
from labs.cloud.commands import _native, unknown_command
from labs.cloud.door import Door
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.keyspace import keys_named, keys_read
from labs.cloud.trace import Outcome, Trace
from labs.servers.line import Line, Reply, array, bulk, failure, integer, simple
from labs.servers.own_keys import OwnKeys, ReplicaKeys
from labs.servers.redis_server import RedisServer
from labs.servers.rewrite import REFUSED, may_pass, rewritten

_OK = simple("OK")
_NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL."
_OTHER_DATABASE = "ERR DB index is out of range"
_NOT_IN_MULTI = "ERR this command is not available inside MULTI in labs on a real server"

# What the server says depends on the TTL to the millisecond, or hands it on to another key.
_LOOKS_AT_TTL = frozenset(("ttl", "pttl", "expiretime", "pexpiretime", "dump", "eval", "evalsha", "watch"))
_AT_A_MOMENT = {"expiretime": 1000, "pexpiretime": 1}
_ENDS_MULTI = frozenset(("exec", "discard"))
_SCAN_AT_LEAST = 1000
_LONGEST_WAIT_MS = 1000
_SCRIPT_GET, _SCRIPT_DEL, _SCRIPT_EXPIRE = "get", "del", "pexpire"


@dataclass(slots=True)
class Asked:
    """A command of a learner on its way: what was sent around it, and what the trace will tell of it."""

    name: str
    arguments: list[bytes]
    sent: tuple[bytes, ...]
    keys: tuple[bytes, ...] = ()
    before: list[tuple[bytes | str, ...]] = field(default_factory=list)
    read: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()

    @property
    def lines(self) -> list[tuple[bytes | str, ...]]:
        """Everything that goes to the server: TTLs set right, is each key there, the command, the TTLs it left."""
        return [*self.before, self.sent, *(("PTTL", key) for key in self.after)]


class RealNode(CacheNode):
    """A `CacheNode` whose keys are on a real server, under a prefix."""

    def __init__(
        self,
        server: RedisServer,
        prefix: bytes,
        clock: VirtualClock,
        trace: Trace,
        actor: Callable[[], str],
        *,
        host: str,
        port: int,
        label: str,
        door: Door,
        settings: Mapping[str, str] | None = None,
        primary: RealNode | None = None,
    ) -> None:
        """`primary`: of a replica, the node that it follows."""
        super().__init__(clock, trace, actor, host=host, port=port, label=label, door=door, settings=settings)
        self.server = server
        self.keys: OwnKeys = OwnKeys(server, prefix, clock) if primary is None else ReplicaKeys(server, primary.keys)
        self.scripts: dict[bytes, bytes] = {}
        self._sessions: list[RealSession] = []

    @override
    def accept(self) -> RealSession:  # type: ignore[override]
        session = RealSession(self, self.server.connect(), self._clock, self._trace, self._actor)
        self._sessions.append(session)
        return session

    @override
    def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        name = self.keys.prefix + key.encode()
        self.keys.note([name])
        lasting = () if ttl_s is None else ("EX", str(ttl_s))
        replies = self.keys.ask([("SET", name, value, *lasting), ("PTTL", name)])
        self.keys.learn(name, replies[1].number)

    @override
    def flush(self) -> None:
        self.empty()
        self.reset_counters()

    @override
    def empty(self) -> None:
        self.keys.delete_all()

    @override
    def reset_counters(self) -> None:
        super().reset_counters()
        self.keys.forget_counters()

    @override
    def dump(self) -> StoreDump:
        names = self.keys.existing()
        told = len(commands := self.keys.set_to_show(names))
        replies = self.keys.ask([*commands, *(line for name in names for line in (("TYPE", name), ("PTTL", name)))])
        kinds = [reply.text for reply in replies[told::2]]
        ttls = [
            self.keys.left_ms(name, reply.number) for name, reply in zip(names, replies[told + 1 :: 2], strict=True)
        ]
        values = self.keys.ask([value_command(kind, name) for kind, name in zip(kinds, names, strict=True)])
        self.keys.keep_from_ending()
        entries: list[Entry] = []
        for name, kind, ttl, reply in zip(names, kinds, ttls, values, strict=True):
            value = entry_value(kind, _plain(reply))
            key = name.removeprefix(self.keys.prefix).decode(errors="replace")
            entries.append(Entry(key, kind, value, ttl if ttl >= 0 else None, len(value.encode())))
        return StoreDump("cache", self.host, tuple(sorted(entries, key=lambda entry: entry.key)), self.label)

    def leave(self) -> None:
        """Delete what the lab put here, and hang up. Connections may have been cut in the middle of a reply."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()
        self.keys.hang_up()
        try:
            self.empty()
        finally:
            self.keys.hang_up()


class RealSession:
    """A client's connection: a line of its own to the server, RESP through it, and the events a simulated node leaves."""

    login = ""
    """The name that was logged in by, where learners log in."""

    def __init__(self, node: RealNode, line: Line, clock: VirtualClock, trace: Trace, actor: Callable[[], str]) -> None:
        self.ended = False
        self._node = node
        self._keys = node.keys
        self._clock = clock
        self._trace = trace
        self._actor = actor
        self._line = line
        self._incoming = b""
        self._outgoing = bytearray()
        self._batch_begun = False
        self._client_name = ""
        self._nothing = bulk(None)
        # Commands that MULTI has queued; None outside of it.
        self._queue: list[Asked] | None = None
        self._watched: set[bytes] = set()
        # About the command being run.
        self._started_us = 0
        self._cost_us = 0

    def receive(self, data: bytes) -> None:
        self._incoming += data
        while (fields := self._next_command()) is not None:
            self._run(fields)

    def collect(self) -> bytes:
        self._batch_begun = False
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def close(self) -> None:
        self.ended = True
        self._unwatch()
        self._line.close()

    def _next_command(self) -> list[bytes] | None:
        """The next complete command in what has come: clients send arrays of bulk strings."""
        head, end, rest = self._incoming.partition(b"\r\n")
        if not end:
            return None
        if not head.startswith(b"*"):
            self._incoming = rest
            return head.split()
        fields: list[bytes] = []
        for _ in range(int(head[1:])):
            size, end, rest = rest.partition(b"\r\n")
            length = int(size[1:]) if end else 0
            if not end or len(rest) < length + 2:
                return None
            fields.append(rest[:length])
            rest = rest[length + 2 :]
        self._incoming = rest
        return fields

    def _run(self, fields: list[bytes]) -> None:
        if not fields:
            return
        name, command = lookup(fields)
        self._started_us = self._clock.now_us
        self._cost_us = 0
        if name.partition("|")[0] in GREETINGS or name.replace("|", " ") in GREETINGS:
            self._reply(self._greeted(name, fields))
            return
        self._clock.advance_us(latency.CACHE_COMMAND_US + (0 if self._batch_begun else latency.CACHE_ROUND_TRIP_US))
        self._batch_begun = True
        self._cost_us = self._clock.now_us - self._started_us
        self._node.stats.commands += 1
        self._keys.pass_time()
        reply = self._answer(name, command, fields)
        if reply is not None:
            self._reply(reply)

    def _reply(self, reply: Reply) -> None:
        self._outgoing += reply.without(self._keys.prefix).encode()

    def _greeted(self, name: str, fields: list[bytes]) -> Reply:
        if name == "select":
            return _OK if fields[1:] == [b"0"] else failure(_OTHER_DATABASE)
        with self._node.server.watched():
            reply = self._line.ask(*fields)
        if name == "hello" and fields[1:2] == [b"3"] and not reply.error:
            self._nothing = Reply(b"_", b"")
        if name == "client|setname" and not reply.error:
            self._client_name = fields[-1].decode(errors="replace")
        return reply

    def _answer(self, name: str, command: Command | None, fields: list[bytes]) -> Reply | None:
        """The reply to a command; None for one that is never answered."""
        own = _ANSWERED_HERE.get(name)
        if own is not None:
            if self._queue is not None:
                return self._refused(name, _NOT_IN_MULTI)
            reply = own(self, fields)
            self._record(name, None, "error" if reply.error else "ok")
            return reply
        if command is None:
            return self._refused(name, self._unknown(fields))
        if not may_pass(command, fields):
            return self._refused(name, REFUSED)
        script = self._script_refusal(name, fields)
        if script:
            return self._refused(name, script)
        if name in _ENDS_MULTI:
            return self._end_multi(name)
        asked = self._prepare(name, command, fields)
        if self._queue is not None and name != "multi" and name != "watch":
            return self._queued(asked)
        if "blocking" in command.categories:
            return self._without_blocking(asked)
        reply = self._done(asked, self._ask(asked.lines))
        self._follow_up(name, reply, asked)
        return reply

    def _ask(self, commands: Sequence[tuple[bytes | str, ...]]) -> list[Reply]:
        with self._node.server.watched():
            self._line.send(commands)
            replies = [self._read() for _ in commands]
        return [self._node.server.examine(reply) for reply in replies]

    def _read(self) -> Reply:
        """The next reply; what the server tells of its own accord goes to the client."""
        while (reply := self._line.read()).kind == b">":
            self._reply(reply)
        return reply

    def _prepare(self, name: str, command: Command, fields: list[bytes]) -> Asked:
        new = rewritten(command, fields, self._keys.prefix, EPOCH_S * 1000 + self._clock.now_us // 1000)
        arguments = fields[1 + name.count("|") :]
        read = keys_read(name.replace("|", " "), arguments) or self._script_keys(name, command, fields)
        writes = "write" in command.categories or name in ("eval", "evalsha")
        exact = self._keys.set_exactly(new.keys) if self._minds_ttl(name, fields, writes=writes) else []
        asked = Asked(name, arguments, new.fields, new.keys, read=read)
        if name == "wait" and len(asked.sent) == 3 and asked.sent[2].isdigit():
            # The server's time: nobody sits through a wait that may never end.
            asked.sent = (*asked.sent[:2], str(min(int(asked.sent[2]) or _LONGEST_WAIT_MS, _LONGEST_WAIT_MS)).encode())
        if name in _AT_A_MOMENT:
            asked.sent = (b"PTTL", *new.fields[1:])
        asked.before = [*exact, *(("EXISTS", self._keys.prefix + key) for key in read)]
        if name == "watch" and self._queue is None:
            # From here on nothing may touch them but clients.
            self._keys.watched.update(set(new.keys) - self._watched)
            self._watched |= set(new.keys)
        if writes:
            asked.after = tuple(dict.fromkeys(new.keys))
            self._keys.note(new.keys)
        return asked

    def _minds_ttl(self, name: str, fields: Sequence[bytes], *, writes: bool) -> bool:
        """Whether the TTL that the server has must be that of the lab when it runs this command."""
        return writes or name in _LOOKS_AT_TTL

    def _done(self, asked: Asked, replies: Sequence[Reply]) -> Reply:
        """Take in what came back: hits and misses, the TTLs, and the events. Returns the reply to the command."""
        place = len(asked.before)
        reply = replies[place]
        present = [bool(one.number) for one in replies[place - len(asked.read) : place]]
        self._node.stats.hits += sum(present)
        self._node.stats.misses += len(present) - sum(present)
        for key, left in zip(asked.after, replies[place + 1 :], strict=True):
            self._keys.learn(key, left.number)
        self._keys.keep_from_ending()
        self._record_keys(asked, dict(zip(asked.read, present, strict=True)), reply)
        if asked.name in _AT_A_MOMENT and reply.number >= 0:
            return integer((EPOCH_S * 1000 + self._clock.now_us // 1000 + reply.number) // _AT_A_MOMENT[asked.name])
        return reply

    def _follow_up(self, name: str, reply: Reply, asked: Asked) -> None:
        """What a command means for those that follow on this connection."""
        if reply.error:
            return
        match name:
            case "multi":
                self._queue = []
            case "unwatch":
                self._unwatch()
            case "quit":
                self.ended = True

    def _queued(self, asked: Asked) -> Reply:
        """Inside MULTI the server runs nothing yet: what goes around the command is queued with it."""
        replies = self._ask(asked.lines)
        reply = replies[len(asked.before)]
        if reply.error:
            self._record(asked.name, None, "error")
        elif self._queue is not None:
            self._queue.append(asked)
        return reply

    def _end_multi(self, name: str) -> Reply:
        queue, self._queue = self._queue or [], None
        reply = self._ask([(name.upper(),)])[0]
        self._unwatch()
        if name == "exec" and reply.items:
            replies, rest = [], reply.items
            for asked in queue:
                count = len(asked.lines)
                replies.append(self._done(asked, rest[:count]))
                rest = rest[count:]
            reply = array(replies)
        self._record(name, None, "error" if reply.error else "ok")
        return reply

    def _without_blocking(self, asked: Asked) -> Reply | None:
        """Nobody else can act while this client waits: a wait passes in the lab's time. In MULTI nothing blocks."""
        replies = self._ask([("MULTI",), *asked.lines, ("EXEC",)])
        refused = next((reply for reply in replies if reply.error), None)
        reply = refused or self._done(asked, replies[-1].items)
        if refused is not None:
            self._record(asked.name, None, "error")
        elif reply.is_nothing:
            wait_s = patience_s(asked)
            if wait_s == 0:
                return None
            self._clock.sleep(wait_s or 0)
        return reply

    def _unwatch(self) -> None:
        self._keys.watched.subtract(self._watched)
        self._watched = set()

    def _unknown(self, fields: list[bytes]) -> str:
        """What is said to a command that no server has, or that only this one has."""
        typed = fields[0].decode(errors="replace")
        known = self._ask([("COMMAND", "INFO", fields[0])])[0]
        if known.items and known.items[0].items and b"|" not in typed.lower().encode():
            container = any(one.startswith(f"{typed.lower()}|") for one in COMMANDS)
            if not container:
                return REFUSED
        return str(unknown_command(typed, [field.decode(errors="replace") for field in fields[1:]]).value)

    def _refused(self, name: str, reason: str) -> Reply:
        if self._queue is not None:
            # As a server does, so that EXEC fails: a command that no server has.
            self._ask([("LABS.REFUSED",)])
        self._record(name, None, "error")
        return failure(reason)

    # Scripts: those the simulation knows too, since they touch no key that they were not given.

    def _script_refusal(self, name: str, fields: list[bytes]) -> str:
        """Why a script may not run; empty when it may, or when this is none."""
        if name in ("eval", "script|load") and len(fields) > 1 + name.count("|"):
            script = fields[1 + name.count("|")]
            try:
                _native(script)
            except SimpleError as error:
                return str(error.value)
            self._node.scripts[sha1(script).hexdigest().encode()] = script  # noqa: S324 - the name Redis gives a script
        if name == "evalsha" and len(fields) > 1 and fields[1].lower() not in self._node.scripts:
            return _NO_SCRIPT
        return ""

    def _script_keys(self, name: str, command: Command, fields: list[bytes]) -> tuple[bytes, ...]:
        """A script of ours looks up every key it was given."""
        if name not in ("eval", "evalsha"):
            return ()
        return tuple(key for _, key in keys_of(command, fields))

    # What is answered here, in terms of the run's own keys

    def _flush(self, fields: list[bytes]) -> Reply:
        self._node.empty()
        return _OK

    def _key_names(self, fields: list[bytes]) -> Reply:
        if len(fields) != 2:
            return failure("ERR wrong number of arguments for 'keys' command")
        # Not by KEYS, which would go through all keys of the server at once.
        cursor, found = b"0", []
        while True:
            page = self._ask([("SCAN", cursor, "MATCH", self._keys.prefix + fields[1], "COUNT", str(_SCAN_AT_LEAST))])
            cursor, names = page[0].items[0].data, page[0].items[1].items
            found += [name.data for name in names]
            if cursor == b"0":
                return array([bulk(name) for name in dict.fromkeys(found)])

    def _scan(self, fields: list[bytes]) -> Reply:
        sent, pattern, count = list(fields[:2]), b"*", _SCAN_AT_LEAST
        options = fields[2:]
        while len(options) >= 2:
            word, value, *options = options
            if word.upper() == b"MATCH":
                pattern = value
            elif word.upper() == b"COUNT" and value.isdigit():
                count = max(int(value), count) if int(value) else 0
            else:
                sent += [word, value]
        # Most keys of the server may be somebody else's: bigger pages than the lab would take.
        return self._ask([(*sent, *options, b"MATCH", self._keys.prefix + pattern, b"COUNT", str(count))])[0]

    def _size(self, fields: list[bytes]) -> Reply:
        return integer(len(self._keys.existing()))

    def _random_key(self, fields: list[bytes]) -> Reply:
        names = self._keys.existing()
        return bulk(random.SystemRandom().choice(names)) if names else self._nothing

    def _time(self, fields: list[bytes]) -> Reply:
        seconds, micros = divmod(EPOCH_S * 1_000_000 + self._clock.now_us, 1_000_000)
        return array([bulk(b"%d" % seconds), bulk(b"%d" % micros)])

    def _reset_counters(self, fields: list[bytes]) -> Reply:
        self._node.reset_counters()
        return _OK

    def _info(self, fields: list[bytes]) -> Reply:
        """The server's own INFO, except what the labs count: hits, misses, expired keys, and keys, all of this run."""
        reply = self._ask([tuple(fields)])[0]
        if reply.error:
            return reply
        ours = {
            b"keyspace_hits": self._node.stats.hits,
            b"keyspace_misses": self._node.stats.misses,
            b"expired_keys": self._keys.expired,
        }
        lines: list[bytes] = []
        for line in reply.data.split(b"\r\n"):
            name = line.partition(b":")[0]
            if name[:2] == b"db" and name[2:].isdigit():
                continue
            lines.append(b"%s:%d" % (name, ours[name]) if name in ours else line)
            # In RESP3 the first line begins with the format, "txt:".
            if line.endswith(b"# Keyspace") and (names := self._keys.existing()):
                lines.append(b"db0:keys=%d,expires=%d,avg_ttl=0" % (len(names), self._keys.expiring))
        return Reply(reply.kind, b"\r\n".join(lines))

    # The trace

    def _record_keys(self, asked: Asked, lookups: dict[bytes, bool], reply: Reply) -> None:
        """One event for each key of the command, as a simulated node leaves them."""
        if asked.name in ("eval", "evalsha"):
            self._record_script(asked, lookups, reply)
            return
        name = asked.name.replace("|", " ")
        signature = SUPPORTED_COMMANDS.get(name)
        named = keys_named(signature, asked.arguments) if signature else ()
        if not named and not lookups:
            named = tuple(key.removeprefix(self._keys.prefix) for key in asked.keys) if not signature else ()
        for key in named or tuple(lookups) or (None,):
            outcome: Outcome = "ok"
            if reply.error:
                outcome = "error"
            elif key in lookups:
                outcome = "hit" if lookups[key] else "miss"
            self._record(name, key, outcome)

    def _record_script(self, asked: Asked, lookups: dict[bytes, bool], reply: Reply) -> None:
        """The scripts that may run compare a key with a token, and delete it or give it a new TTL if it is the same."""
        for key, there in lookups.items():
            self._record(_SCRIPT_GET, key, "hit" if there else "miss")
            if reply.number:
                script = asked.arguments[0] if asked.name == "eval" else self._node.scripts[asked.arguments[0].lower()]
                self._record(_SCRIPT_DEL if b"del" in script.lower() else _SCRIPT_EXPIRE, key, "ok")
        self._record(asked.name, None, "error" if reply.error else "ok")

    def _record(self, name: str, key: bytes | None, outcome: Outcome) -> None:
        self._trace.add(
            at_us=self._started_us,
            kind="cache",
            actor=self._client_name or self.login or self._actor(),
            target=self._node.label,
            op=name.replace("|", " ").upper(),
            key=None if key is None else key.decode(errors="replace"),
            outcome=outcome,
            took_us=self._cost_us,
        )
        # The time of a command is told once, with its first event.
        self._cost_us = 0


_ANSWERED_HERE: dict[str, Callable[[RealSession, list[bytes]], Reply]] = {
    "flushall": RealSession._flush,
    "flushdb": RealSession._flush,
    "keys": RealSession._key_names,
    "scan": RealSession._scan,
    "dbsize": RealSession._size,
    "randomkey": RealSession._random_key,
    "time": RealSession._time,
    "info": RealSession._info,
    "config|resetstat": RealSession._reset_counters,
}


def patience_s(asked: Asked) -> float | None:
    """How long a blocking command would wait: 0 for ever, None not at all."""
    words = [word.upper() for word in asked.sent]
    if asked.name in ("xread", "xreadgroup"):
        return int(words[words.index(b"BLOCK") + 1]) / 1000 if b"BLOCK" in words[:-1] else None
    return float(words[1] if asked.name in ("blmpop", "bzmpop") else words[-1])


def _plain(reply: Reply) -> object:
    """A reply of our own line, in RESP2, as `entry_value` takes it."""
    return [item.data for item in reply.items] if reply.kind == b"*" else reply.data
