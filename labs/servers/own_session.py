"""A learner's connection to a server of the labs' own: it carries the learner's commands only, in the learner's name.

What a lab needs besides (TTLs in its own time, hits and misses) is asked by the keeper, over another connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, override

from fakeredis._commands import SUPPORTED_COMMANDS

from labs.cloud.access import DEFAULT_USER, User
from labs.cloud.clock import EPOCH_S, VirtualClock
from labs.cloud.command_table import Command
from labs.cloud.commands import DENY_OOM, unknown_command
from labs.cloud.keyspace import keys_used
from labs.cloud.settings import SettingError
from labs.cloud.trace import Trace
from labs.servers import own_ttl
from labs.servers.line import Line, NotRespError, Reply, array, bulk, integer
from labs.servers.own_server import KEEPER
from labs.servers.redis_node import Asked, RealSession, patience_s
from labs.servers.trouble import ServerTroubleError

if TYPE_CHECKING:
    from labs.servers.own_node import OwnNode

# redis-py sends these of its own accord and goes on when they are refused.
_UNASKED = frozenset(("client|setinfo", "client|maint_notifications"))

# How a server says that a command was not run at all.
_REFUSALS = ("NOAUTH", "NOPERM", "READONLY", "OOM", "WRONGPASS", "MASTERDOWN", "ERR AUTH")

# Errors that no command of a learner causes.
_FAULTS = ("LOADING", "MISCONF", "DENIED")

# How long replicas that have every write may take to say so. Real time.
_ACKNOWLEDGED_MS = 4_000

# A server counts milliseconds in 64 bits, and refuses what does not fit.
_LONGEST_S = 2.0**53

_ENDS_MULTI = frozenset(("exec", "discard"))
_NEVER_QUEUED = frozenset(("multi", "watch", "quit", "reset"))
# Nothing as a reply says that the key is not there.
_TELLS_ITSELF = frozenset(("get",))
_REMOVES = frozenset(("del", "unlink", "getdel"))
_OPENED = frozenset(
    (
        *("acl|cat", "acl|list", "acl|users", "acl|whoami", "config|get", "config|set", "config|resetstat", "role"),
        *("slowlog|get", "slowlog|len", "slowlog|reset", "publish", "spublish"),
        *("script|load", "script|exists", "script|flush", "eval", "evalsha"),
    )
)
_CLOSED = frozenset(("client|caching", "client|no-evict", "client|reply", "client|tracking", "migrate"))


class OwnSession(RealSession):
    """One connection. `user` is who is logged in, None for nobody."""

    def __init__(
        self,
        node: OwnNode,
        line: Line,
        clock: VirtualClock,
        trace: Trace,
        actor: Callable[[], str],
        user: User | None,
    ) -> None:
        super().__init__(node, line, clock, trace, actor)
        self.user = user
        self._own = node
        self._claimed = ""
        self._fault: OSError | None = None

    @property
    def login(self) -> str:  # type: ignore[override]
        """The name that was logged in by, or tried last; empty for none and for `default`."""
        name = self.user.name if self.user else self._claimed
        return "" if name == DEFAULT_USER else name

    @override
    def receive(self, data: bytes) -> None:
        try:
            super().receive(data)
        except _HungUpError as end:
            # An end without an error is what a client reads as such; what was cut off raises.
            self.ended = end.error.errno is None
            self._fault = None if self.ended else end.error

    @override
    def collect(self) -> bytes:
        data = super().collect()
        if self._fault is not None and not data:
            raise self._fault
        return data

    @override
    def _run(self, fields: list[bytes]) -> None:
        if self._fault is None and not self.ended:
            self._own.tell()
            super()._run(fields)

    @override
    def _greeted(self, name: str, fields: list[bytes]) -> Reply:
        claimed = _claimed_name(name, fields)
        if claimed is not None:
            self._claimed = claimed
        reply = self._send(fields)
        if reply.error:
            if reply.error.startswith(_REFUSALS) and (name not in _UNASKED or self.user is None):
                self._record(name, None, "error")
            return reply
        if claimed is not None:
            self.user = self._own.door.access.users.get(claimed)
        if name == "hello" and len(fields) > 1:
            self._nothing = Reply(b"_", b"") if fields[1] == b"3" else bulk(None)
        if name == "client|setname":
            self._client_name = fields[-1].decode(errors="replace")
        return reply

    @override
    def _answer(self, name: str, command: Command | None, fields: list[bytes]) -> Reply | None:
        barred = self._barred(name, command, fields) or self._script_refusal(name, fields)
        if barred:
            return self._refused(name, barred)
        self._own.keys.make_room()
        with self._own.keys.held_to_limit(self._needs_room(name)):
            return self._carried_out(name, command, fields)

    def _carried_out(self, name: str, command: Command | None, fields: list[bytes]) -> Reply | None:
        if name in _ENDS_MULTI:
            return self._end_multi(name)
        asked = Asked(name, fields[1:], tuple(fields)) if command is None else self._prepare(name, command, fields)
        if name == "config|set":
            asked.sent = self._without_limit(asked)
        if name in ("object|freq", "object|idletime") and asked.keys:
            self._own.keys.show_use(asked.keys[0])
        if self._queue is not None and name not in _NEVER_QUEUED:
            return self._queued(asked)
        wait_s = _patience_s(asked) if command is not None and "blocking" in command.categories else None
        if wait_s is not None:
            asked.sent = _without_patience(asked)
        if name == "wait" and not self._own.read_only and all(word.isdigit() for word in asked.arguments[:2]):
            return self._waited(asked)
        before = [] if asked.name in _TELLS_ITSELF else self._keys.ask(asked.before)
        self._own.keys.begin()
        reply = self._send(asked.sent)
        after = self._keys.ask([("PTTL", key) for key in asked.after])
        reply = self._done(asked, [*before, *_told_itself(asked, reply), reply, *after])
        self._follow_up(name, reply, asked)
        if wait_s is not None and not reply.error and reply.is_nothing:
            if not wait_s:
                return None
            self._clock.sleep(wait_s)
        return reply

    def _waited(self, asked: Asked) -> Reply | None:
        """WAIT passes time in the lab. How many replicas have the writes by then, the server says."""
        if len(asked.arguments) == 2:
            reached = self._own.wait(*(int(word) for word in asked.arguments), blocking=True)
            if reached is None:
                return None
            asked.sent = (asked.sent[0], b"%d" % reached, b"%d" % _ACKNOWLEDGED_MS)
        with self._own.asking_replicas():
            return self._done(asked, [self._send(asked.sent)])

    @override
    def _minds_ttl(self, name: str, fields: Sequence[bytes], *, writes: bool) -> bool:
        script = b""
        if name in ("eval", "evalsha") and len(fields) > 1:
            script = fields[1] if name == "eval" else self._own.scripts.get(fields[1].lower(), b"")
        return own_ttl.looks_at(name, fields, script)

    @override
    def _done(self, asked: Asked, replies: Sequence[Reply]) -> Reply:
        reply = replies[len(asked.before)]
        if reply.error.startswith(_REFUSALS):
            self._record(asked.name, self._key_at_fault(asked, reply), "error")
            return reply
        self._own.keys.use(_used(asked))
        self._own.keys.expect(asked.name, asked.sent if _did_something(asked, reply) else ())
        adapted = _ADAPTED.get(asked.name)
        reply = super()._done(asked, replies)
        return reply if adapted is None or reply.error else adapted(self, asked, reply)

    @override
    def _follow_up(self, name: str, reply: Reply, asked: Asked) -> None:
        super()._follow_up(name, reply, asked)
        if name == "reset" and not reply.error:
            access = self._own.door.access
            self.user, self._claimed, self._client_name = (None if access.asks else access.default), "", ""
            self._queue, self._nothing = None, bulk(None)
            self._unwatch()

    @override
    def _queued(self, asked: Asked) -> Reply:
        # TTLs are set right now: the learner's transaction is the learner's alone.
        self._keys.ask(asked.before)
        reply = self._send(asked.sent)
        if reply.error:
            self._record(asked.name, self._key_at_fault(asked, reply), "error")
        elif self._queue is not None:
            self._queue.append(asked)
        return reply

    @override
    def _end_multi(self, name: str) -> Reply:
        queue, self._queue = self._queue or [], None
        looked = dict.fromkeys(key for asked in queue for key in asked.read)
        there = self._keys.ask([("EXISTS", key) for key in looked])
        present = {key: bool(one.number) for key, one in zip(looked, there, strict=True)}
        self._own.keys.begin()
        reply = self._send((name.upper().encode(),))
        self._unwatch()
        if name == "exec" and reply.items:
            reply = array([self._done_in_multi(*one, present) for one in zip(queue, reply.items, strict=True)])
        self._record(name, None, "error" if reply.error else "ok")
        return reply

    def _done_in_multi(self, asked: Asked, reply: Reply, present: dict[bytes, bool]) -> Reply:
        """`present`: which keys there were before this command, and after it."""
        asked.before = [("EXISTS", key) for key in asked.read]
        before = _told_itself(asked, reply) or [integer(present[key]) for key in asked.read]
        after = self._keys.ask([("PTTL", key) for key in asked.after])
        if not reply.error:
            present.update(dict.fromkeys(asked.after, asked.name not in _REMOVES))
        return self._done(asked, [*before, reply, *after])

    @override
    def _ask(self, commands: Sequence[tuple[bytes | str, ...]]) -> list[Reply]:
        return [self._send(command) for command in commands]

    def _send(self, fields: Sequence[bytes | str]) -> Reply:
        """A command over the learner's line, and the reply. Raises _HungUpError when the server ended the line."""
        try:
            self._line.send([fields])
            reply = self._read()
        except NotRespError as error:
            # What the client makes of it, the client says.
            self._outgoing += error.seen
            raise _HungUpError(ConnectionResetError()) from error
        except TimeoutError as error:
            with self._own.server.watched():
                raise error
        except OSError as error:
            if not self._own.own.running and not self._own.down:
                raise ServerTroubleError(
                    f"실습이 시작한 서버 {self._own.own}이(가) 멈추었습니다. 다시 실행하세요."
                ) from error
            raise _HungUpError(error) from error
        if reply.error.startswith(_FAULTS):
            raise ServerTroubleError(
                f"실습이 시작한 서버 {self._own.own}이(가) `{reply.error}`라고 답했습니다. 다시 실행하세요."
            )
        return reply

    def _barred(self, name: str, command: Command | None, fields: list[bytes]) -> str:
        """The refusal of a command that learners do not have, as ElastiCache words it; empty for all others."""
        if name == "config|set":
            unknown = [
                one for one in fields[2::2] if one.decode(errors="replace").lower() not in self._own.settings.all()
            ]
            return (
                f"ERR Unknown option or number of arguments for CONFIG SET - '{unknown[0].decode(errors='replace')}'"
                if unknown
                else ""
            )
        closed = command is not None and command.categories & {"admin", "pubsub", "scripting"}
        if name in _OPENED or not (closed or name in _CLOSED):
            return ""
        typed = [field.decode(errors="replace") for field in fields]
        return str(unknown_command(typed[0], typed[1:]).value)

    def _needs_room(self, name: str) -> bool:
        """Whether a server refuses this command when its memory is full and nothing can be evicted."""
        if self._queue is None:
            return name in DENY_OOM
        return name not in (*_ENDS_MULTI, "quit", "reset") or (
            name == "exec" and any(asked.name in DENY_OOM for asked in self._queue)
        )

    def _without_limit(self, asked: Asked) -> tuple[bytes, ...]:
        """CONFIG SET with a limit that the server does not need to know, if it is one."""
        sent = list(asked.sent)
        for place in range(2, len(sent) - 1, 2):
            with suppress(SettingError):
                if sent[place].lower() == b"maxmemory":
                    self._own.settings.checked("maxmemory", sent[place + 1].decode(errors="replace"))
                    sent[place + 1] = b"0"
        return tuple(sent)

    def _key_at_fault(self, asked: Asked, reply: Reply) -> bytes | None:
        """The key that a refusal is about, which the server does not tell."""
        if reply.error.startswith(("READONLY", "OOM")):
            return next(iter(asked.keys), None)
        if reply.error.startswith("NOPERM") and self.user is not None:
            return self.user.refusal(asked.sent)[1]
        return None

    # What a server says of itself, in terms of the lab

    def _info_of_lab(self, asked: Asked, reply: Reply) -> Reply:
        """The keeper's questions count as well, and time is the lab's."""
        ours: dict[bytes, int | str] = {
            b"keyspace_hits": self._own.stats.hits,
            b"keyspace_misses": self._own.stats.misses,
            b"expired_keys": self._keys.expired,
            b"connected_clients": len(self._own.sessions),
            b"tcp_port": self._own.port,
            b"uptime_in_seconds": self._clock.now_us // 1_000_000,
            **self._own.keys.info(),
            **self._own.replication_told(),
        }
        lines = [line.partition(b":") for line in reply.data.split(b"\r\n")]
        told = [name + colon + (f"{ours[name]}".encode() if name in ours else text) for name, colon, text in lines]
        return replace(reply, body=b"\r\n".join(told))

    def _role_of_lab(self, asked: Asked, reply: Reply) -> Reply:
        """A replica tells of its primary by the lab's address."""
        told = self._own.replication_told()
        if reply.items[0].data != b"slave":
            return reply
        address = (bulk(str(told[b"master_host"]).encode()), integer(int(told[b"master_port"])))
        return array([reply.items[0], *address, *reply.items[3:]])

    def _ms_left(self, asked: Asked, reply: Reply) -> Reply:
        return integer(self._keys.left_ms(asked.keys[0], reply.number))

    def _seconds_left(self, asked: Asked, reply: Reply) -> Reply:
        """Rounded as a server rounds."""
        left = self._own.keys.deadline_ms(asked.keys[0])
        return reply if reply.number < 0 or left is None else integer((left + 500) // 1000)

    def _moment(self, asked: Asked, reply: Reply) -> Reply:
        """Rounded as a server rounds."""
        left_ms = self._own.keys.deadline_ms(asked.keys[0])
        if reply.number < 0 or left_ms is None:
            return reply
        moment_ms = EPOCH_S * 1000 + self._clock.now_us // 1000 + left_ms
        return integer(moment_ms if asked.name == "pexpiretime" else (moment_ms + 500) // 1000)

    def _time_of_lab(self, asked: Asked, reply: Reply) -> Reply:
        seconds, micros = divmod(EPOCH_S * 1_000_000 + self._clock.now_us, 1_000_000)
        return array([bulk(b"%d" % seconds), bulk(b"%d" % micros)])

    def _emptied(self, asked: Asked, reply: Reply) -> Reply:
        self._own.keys.forget_all()
        return reply

    def _counters_reset(self, asked: Asked, reply: Reply) -> Reply:
        self._own.reset_counters()
        return reply

    def _parameters_set(self, asked: Asked, reply: Reply) -> Reply:
        for name, value in zip(asked.arguments[::2], asked.arguments[1::2], strict=True):
            self._own.settings.set(name.decode().lower(), value.decode())
        return reply

    def _known_parameters(self, asked: Asked, reply: Reply) -> Reply:
        """Those that labs know: others tell of the machine, or hold the keeper's password."""
        known = self._own.settings.all()
        pairs = zip(reply.items[::2], reply.items[1::2], strict=True)
        limit = bulk(known["maxmemory"].encode())
        shown = [(name, limit if name.text == "maxmemory" else value) for name, value in pairs if name.text in known]
        return replace(reply, body=tuple(word for pair in shown for word in pair))

    def _without_keeper(self, asked: Asked, reply: Reply) -> Reply:
        """A name, or a line that begins with `user` and the name."""
        shown = [item for item in reply.items if item.text.removeprefix("user ").partition(" ")[0] != KEEPER]
        return replace(reply, body=tuple(shown))

    def _learners_log(self, asked: Asked, reply: Reply) -> Reply:
        """Entries of the slow log without those of the keeper."""
        return replace(reply, body=tuple(one for one in reply.items if one.items[-1].text != KEEPER))


_ADAPTED: dict[str, Callable[[OwnSession, Asked, Reply], Reply]] = {
    "info": OwnSession._info_of_lab,
    "role": OwnSession._role_of_lab,
    "time": OwnSession._time_of_lab,
    "ttl": OwnSession._seconds_left,
    "pttl": OwnSession._ms_left,
    "expiretime": OwnSession._moment,
    "pexpiretime": OwnSession._moment,
    "flushall": OwnSession._emptied,
    "flushdb": OwnSession._emptied,
    "config|get": OwnSession._known_parameters,
    "config|set": OwnSession._parameters_set,
    "config|resetstat": OwnSession._counters_reset,
    "acl|list": OwnSession._without_keeper,
    "acl|users": OwnSession._without_keeper,
    "slowlog|get": OwnSession._learners_log,
}


class _HungUpError(Exception):
    """The server ended the line. `error` is what the client gets; one without a number for an orderly end."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


def _claimed_name(name: str, fields: Sequence[bytes]) -> str | None:
    """Whom AUTH, or HELLO with AUTH, claims to be; None for any other command."""
    if name == "auth" and len(fields) in (2, 3):
        return fields[1].decode(errors="replace") if len(fields) == 3 else DEFAULT_USER
    words = [field.upper() for field in fields]
    if name == "hello" and b"AUTH" in words[2:-2]:
        return fields[words.index(b"AUTH", 2) + 1].decode(errors="replace")
    return None


def _used(asked: Asked) -> tuple[bytes, ...]:
    """The keys whose last use a command is."""
    signature = SUPPORTED_COMMANDS.get(asked.name.replace("|", " "))
    # Scripts look up what they are given.
    return (
        asked.read if signature is None or asked.name in ("eval", "evalsha") else keys_used(signature, asked.arguments)
    )


def _did_something(asked: Asked, reply: Reply) -> bool:
    """Whether a command that may set a TTL did, by its reply."""
    nothing = reply.is_nothing and b"GET" not in asked.sent[2:]
    return not (reply.error or nothing or (reply.kind == b":" and not reply.number))


def _told_itself(asked: Asked, reply: Reply) -> list[Reply]:
    """Whether the key was there, as the reply shows it."""
    return [integer(not reply.is_nothing) for _ in asked.read] if asked.name in _TELLS_ITSELF else []


def _patience_s(asked: Asked) -> float | None:
    """How long a blocking command would wait; None when it would not, or when the server refuses to."""
    with suppress(ValueError, IndexError):
        wait_s = patience_s(asked)
        return wait_s if wait_s is not None and 0 <= wait_s < _LONGEST_S else None
    return None


def _without_patience(asked: Asked) -> tuple[bytes, ...]:
    """A blocking command that blocks for a moment only: the wait is the lab's, not the server's."""
    if asked.name in ("xread", "xreadgroup"):
        place, shortest = [word.upper() for word in asked.sent].index(b"BLOCK") + 1, b"1"
    else:
        place, shortest = (1 if asked.name in ("blmpop", "bzmpop") else len(asked.sent) - 1), b"0.001"
    return (*asked.sent[:place], shortest, *asked.sent[place + 1 :])
