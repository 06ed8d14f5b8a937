"""Commands of Redis 7.0 that fakeredis does not have, as ordinary fakeredis commands, so that arity, MULTI and errors
are treated alike.

Lua is not here. `EVAL` and `EVALSHA` know by heart the few scripts that redis-py's `Lock` sends and the well-known
compare-and-delete, and do the same with commands of Redis; any other script is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Protocol, cast, override

from fakeredis._command_args_parsing import Int
from fakeredis._commands import COMMANDS_WITH_SUB, SUPPORTED_COMMANDS, Key, Signature, command
from fakeredis._core import CommandItem
from fakeredis._helpers import OK, NoResponse, SimpleError, SimpleString, compile_pattern
from fakeredis._socket import FakeSocket
from redis.crc import key_slot
from redis.lock import Lock

from labs.cloud.memory import Memory
from labs.cloud.settings import SettingError, Settings

DENY_OOM = frozenset(
    [
        "append",
        "bitfield",
        "bitop",
        "blmove",
        "brpoplpush",
        "copy",
        "decr",
        "decrby",
        "geoadd",
        "georadius",
        "georadiusbymember",
        "geosearchstore",
        "getset",
        "hincrby",
        "hincrbyfloat",
        "hmset",
        "hset",
        "hsetnx",
        "incr",
        "incrby",
        "incrbyfloat",
        "linsert",
        "lmove",
        "lpush",
        "lpushx",
        "lset",
        "mset",
        "msetnx",
        "pfadd",
        "pfdebug",
        "pfmerge",
        "psetex",
        "restore",
        "restore-asking",
        "rpoplpush",
        "rpush",
        "rpushx",
        "sadd",
        "sdiffstore",
        "set",
        "setbit",
        "setex",
        "setnx",
        "setrange",
        "sinterstore",
        "sort",
        "sunionstore",
        "xadd",
        "xsetid",
        "zadd",
        "zdiffstore",
        "zincrby",
        "zinterstore",
        "zrangestore",
        "zunionstore",
    ]
)
"""The commands that a node without room refuses (flag `denyoom` of `COMMAND`)."""

NO_LUA = "ERR Lua scripts do not run in this simulation, except those of redis-py's Lock and compare-and-delete"

INFO_SECTIONS = ("server", "clients", "memory", "stats", "replication", "keyspace")
"""Those that labs need, in a real server's order."""

_NO_LFU = (
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching "
    "between policies at runtime LRU and LFU data will take some time to adjust."
)
_NO_LRU = (
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between "
    "policies at runtime LRU and LFU data will take some time to adjust."
)
_LONGEST_LOGGED = 128
_MOST_LOGGED = 32


@dataclass(frozen=True, slots=True)
class SlowCommand:
    """An entry of the slow log. `at_s` is Unix time, `took_us` the node's own work without the network."""

    number: int
    at_s: int
    took_us: int
    fields: tuple[bytes, ...]
    client: str


class SlowLog:
    """The commands that took longer than `slowlog-log-slower-than`, newest first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._count = 0
        self.entries: list[SlowCommand] = []

    def reset(self) -> None:
        self.entries.clear()

    def add(self, *, at_s: int, took_us: int, fields: Sequence[bytes], client: str) -> None:
        """Take a command in, if it was slow enough."""
        if not 0 <= self._settings.number("slowlog-log-slower-than") <= took_us:
            return
        self.entries.insert(0, SlowCommand(self._count, at_s, took_us, _cut(fields), client))
        self._count += 1
        del self.entries[self._settings.number("slowlog-max-len") :]


class Host(Protocol):
    """What the commands need of the node they run on."""

    settings: Settings
    memory: Memory
    slow_log: SlowLog

    def info(self, section: str) -> list[str]: ...

    def reset_counters(self) -> None: ...

    def wait(self, replicas: int, timeout_ms: int, *, blocking: bool) -> int | None:
        """How many replicas have what this node wrote so far; None for a wait that never ends."""


class NodeCommands(FakeSocket):
    """The commands. `_node` is set by whoever makes a session."""

    _node: Host

    @command(name="INFO", fixed=(), repeat=(bytes,))
    def info(self, *sections: bytes) -> bytes:
        names = [section.decode(errors="replace").lower() for section in sections] or ["default"]
        wanted = INFO_SECTIONS if {"default", "all", "everything"} & set(names) else names
        blocks = [
            "\r\n".join([f"# {name.capitalize()}", *self._node.info(name)]) for name in INFO_SECTIONS if name in wanted
        ]
        return "\r\n\r\n".join(blocks).encode() + b"\r\n"

    @command(name="CONFIG GET", fixed=(bytes,), repeat=(bytes,))
    def config_get(self, *patterns: bytes) -> dict[bytes, bytes]:
        expressions = [compile_pattern(pattern.lower()) for pattern in patterns]
        return {
            name.encode(): value.encode()
            for name, value in self._node.settings.all().items()
            if any(expression.match(name.encode()) for expression in expressions)
        }

    @command(name="CONFIG SET", fixed=(bytes, bytes), repeat=(bytes, bytes))
    @override
    def config_set(self, *pairs: bytes) -> SimpleString:
        asked: dict[str, str] = {}
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            self._check_setting(asked, name.decode(errors="replace"), value.decode(errors="replace"))
        for parameter, text in asked.items():
            self._node.settings.set(parameter, text)
        return OK

    def _check_setting(self, asked: dict[str, str], name: str, value: str) -> None:
        known = name.lower()
        if known not in self._node.settings.all():
            raise SimpleError(f"ERR Unknown option or number of arguments for CONFIG SET - '{name}'")
        reason = "duplicate parameter" if known in asked else ""
        try:
            asked[known] = self._node.settings.checked(known, value)
        except SettingError as error:
            reason = str(error)
        if reason:
            raise SimpleError(f"ERR CONFIG SET failed (possibly related to argument '{name}') - {reason}")

    @command(name="CONFIG RESETSTAT", fixed=(), repeat=())
    def config_resetstat(self) -> SimpleString:
        self._node.reset_counters()
        return OK

    @override
    def _expireat(self, key: CommandItem, timestamp: float, *args: bytes) -> int:
        if timestamp * 1000 >= 2**63:
            raise SimpleError("ERR invalid expire time in '{command}' command")
        return super()._expireat(key, timestamp, *args)

    @command((Key(),), (Key(),))
    def touch(self, *keys: CommandItem) -> int:
        return sum(1 for key in keys if key)

    @command(name="OBJECT ENCODING", fixed=(Key(),), repeat=())
    def object_encoding(self, key: CommandItem) -> bytes | None:
        encoding = self._node.memory.encoding((self._db_num, key.key))
        return None if encoding is None else encoding.encode()

    @command(name="OBJECT FREQ", fixed=(Key(),), repeat=())
    def object_freq(self, key: CommandItem) -> int | None:
        if not key:
            return None
        if not self._node.settings.policy.endswith("lfu"):
            raise SimpleError(_NO_LFU)
        return self._node.memory.frequency((self._db_num, key.key))

    @command(name="OBJECT IDLETIME", fixed=(Key(),), repeat=())
    def object_idletime(self, key: CommandItem) -> int | None:
        if not key:
            return None
        if self._node.settings.policy.endswith("lfu"):
            raise SimpleError(_NO_LRU)
        return self._node.memory.idle_s((self._db_num, key.key))

    @command(name="MEMORY USAGE", fixed=(Key(),), repeat=(bytes,))
    def memory_usage(self, key: CommandItem, *options: bytes) -> int | None:
        if options and (len(options) != 2 or options[0].upper() != b"SAMPLES"):
            raise SimpleError("ERR syntax error")
        if options and Int.decode(options[1]) < 0:
            raise SimpleError("ERR syntax error")
        return self._node.memory.usage((self._db_num, key.key))

    @command(name="CLUSTER KEYSLOT", fixed=(bytes,), repeat=())
    def cluster_keyslot(self, key: bytes) -> int:
        return key_slot(key)

    @command(name="WAIT", fixed=(Int, bytes), repeat=())
    def wait(self, replicas: int, timeout: bytes) -> int | NoResponse:
        timeout_ms = Int.decode(timeout, decode_error="ERR timeout is not an integer or out of range")
        if timeout_ms < 0:
            raise SimpleError("ERR timeout is negative")
        reached = self._node.wait(replicas, timeout_ms, blocking=not self._in_transaction)
        return NoResponse() if reached is None else reached

    @command(name="SLOWLOG GET", fixed=(), repeat=(bytes,))
    def slowlog_get(self, *counts: bytes) -> list[object]:
        if len(counts) > 1:
            raise SimpleError("ERR wrong number of arguments for 'slowlog|get' command")
        wrong = "ERR count should be greater than or equal to -1"
        count = Int.decode(counts[0], decode_error=wrong) if counts else 10
        if count < -1:
            raise SimpleError(wrong)
        chosen = self._node.slow_log.entries[: None if count == -1 else count]
        return [
            [entry.number, entry.at_s, entry.took_us, list(entry.fields), b"10.0.0.10:50000", entry.client.encode()]
            for entry in chosen
        ]

    @command(name="SLOWLOG LEN", fixed=(), repeat=())
    def slowlog_len(self) -> int:
        return len(self._node.slow_log.entries)

    @command(name="SLOWLOG RESET", fixed=(), repeat=())
    def slowlog_reset(self) -> SimpleString:
        self._node.slow_log.reset()
        return OK

    @command(name="SCRIPT LOAD", fixed=(bytes,), repeat=())
    def script_load(self, script: bytes) -> bytes:
        _native(script)
        digest = sha1(script).hexdigest().encode()  # noqa: S324 - the name Redis gives a script
        self._server.script_cache[digest] = script
        return digest

    @command(name="SCRIPT EXISTS", fixed=(bytes,), repeat=(bytes,))
    def script_exists(self, *digests: bytes) -> list[int]:
        return [int(digest.lower() in self._server.script_cache) for digest in digests]

    @command(name="SCRIPT FLUSH", fixed=(), repeat=(bytes,))
    def script_flush(self, *modes: bytes) -> SimpleString:
        self._server.script_cache.clear()
        return OK

    @command(name="EVAL", fixed=(bytes, bytes), repeat=(bytes,))
    def eval(self, script: bytes, count: bytes, *arguments: bytes) -> object:
        keys, values = _keys_and_values(count, arguments)
        native = _native(script)
        self.script_load(script)
        return native(self._call, keys, values)

    @command(name="EVALSHA", fixed=(bytes, bytes), repeat=(bytes,))
    def evalsha(self, digest: bytes, count: bytes, *arguments: bytes) -> object:
        keys, values = _keys_and_values(count, arguments)
        script = self._server.script_cache.get(digest.lower())
        if script is None:
            raise SimpleError("NOSCRIPT No matching script. Please use EVAL.")
        return _native(script)(self._call, keys, values)

    def _call(self, name: str, *arguments: bytes) -> object:
        """Run a command on behalf of a script."""
        signature: Signature = SUPPORTED_COMMANDS[name]
        result: object = self._run_command(getattr(self, signature.func_name), signature, list(arguments), True)
        if isinstance(result, SimpleError):
            raise result
        return result


def with_real_text(error: SimpleError, name: str, arguments: Sequence[bytes]) -> SimpleError:
    """An error as redis 7 words it, where fakeredis words it otherwise. `name` is lower case."""
    for commands, theirs, real in _REWORDED:
        if (not commands or name in commands) and (found := re.fullmatch(theirs, error.value)):
            error = SimpleError(found.expand(real).replace("{command}", name.replace(" ", "|")))
    if name == "zrange" and error.value == _NO_SCORE and not {b"BYSCORE", b"byscore"} & set(arguments):
        return SimpleError(_NO_INTEGER)
    if name == "hincrbyfloat" and error.value == _NO_FLOAT and _is_float(arguments[2]):
        return SimpleError("ERR hash value is not a float")
    if error.value == _NX_OR_OTHERS and not {b"NX", b"nx"} & set(arguments):
        return SimpleError("ERR GT and LT options at the same time are not compatible")
    return error


_NX_OR_OTHERS = "ERR NX and XX, GT or LT options at the same time are not compatible"
_NO_SCORE = "ERR min or max is not a float"
_NO_FLOAT = "ERR value is not a valid float"
_NO_INTEGER = "ERR value is not an integer or out of range"
# Of these commands (of all when there are none), this error of fakeredis is that one of a server.
_REWORDED = (
    ((), r"ERR invalid expire time in .+", "ERR invalid expire time in '{command}' command"),
    ((), r"ERR wrong number of arguments for '.+' command", "ERR wrong number of arguments for '{command}' command"),
    ((), r"ERR Wrong number of args calling .+", "ERR wrong number of arguments for '{command}' command"),
    ((), r"ERR min or max not a valid string range item", "ERR min or max not valid string range item"),
    ((), r"ERR at least 1 input key is needed for (\w+)", r"ERR at least 1 input key is needed for '\1' command"),
    (("hincrbyfloat",), r"ERR increment would produce .+", "ERR value is NaN or Infinity"),
    (("zpopmin", "zpopmax"), re.escape(_NO_INTEGER), "ERR value is out of range, must be positive"),
    (("zrevrange",), _NO_SCORE, _NO_INTEGER),
)


def _is_float(text: bytes) -> bool:
    try:
        return bool(float(text) == float(text))  # not a NaN
    except ValueError:
        return False


def unknown_command(typed: str, arguments: Sequence[str]) -> SimpleError:
    """What a server says to a command, or to a subcommand, that it does not have."""
    if typed.lower() in COMMANDS_WITH_SUB:
        if not arguments:
            return SimpleError(f"ERR wrong number of arguments for '{typed.lower()}' command")
        return SimpleError(f"ERR unknown subcommand '{arguments[0][:128]}'. Try {typed.upper()} HELP.")
    quoted = "".join(f"'{argument}' " for argument in arguments)
    return SimpleError(f"ERR unknown command '{typed[:128]}', with args beginning with: {quoted[:128]}")


type _Call = Callable[..., object]
type _Native = Callable[[_Call, Sequence[bytes], Sequence[bytes]], int]


def _holds(call: _Call, keys: Sequence[bytes], values: Sequence[bytes]) -> bool:
    return call("get", keys[0]) == values[0]


def _release(call: _Call, keys: Sequence[bytes], values: Sequence[bytes]) -> int:
    return cast(int, call("del", keys[0])) if _holds(call, keys, values) else 0


def _extend(call: _Call, keys: Sequence[bytes], values: Sequence[bytes]) -> int:
    if not _holds(call, keys, values):
        return 0
    left = cast(int, call("pttl", keys[0]))
    if left < 0:
        return 0
    call("pexpire", keys[0], b"%d" % (int(values[1]) + (left if values[2] == b"0" else 0)))
    return 1


def _reacquire(call: _Call, keys: Sequence[bytes], values: Sequence[bytes]) -> int:
    if not _holds(call, keys, values):
        return 0
    call("pexpire", keys[0], values[1])
    return 1


_COMPARE_AND_DELETE = """
if redis.call("get", KEYS[1]) == ARGV[1] then
    return redis.call("del", KEYS[1])
else
    return 0
end
"""


def _plain(script: str) -> str:
    """A script without what does not matter: spaces, line ends, the kind of its quotes, capitals of commands."""
    return re.sub(r"\s+", "", script.replace("'", '"')).lower()


_SCRIPTS: Mapping[str, _Native] = {
    _plain(Lock.LUA_RELEASE_SCRIPT): _release,
    _plain(_COMPARE_AND_DELETE): _release,
    _plain(Lock.LUA_EXTEND_SCRIPT): _extend,
    _plain(Lock.LUA_REACQUIRE_SCRIPT): _reacquire,
}


def _native(script: bytes) -> _Native:
    try:
        return _SCRIPTS[_plain(script.decode(errors="replace"))]
    except KeyError:
        raise SimpleError(NO_LUA) from None


def _keys_and_values(count: bytes, arguments: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    keys = Int.decode(count)
    if keys > len(arguments):
        raise SimpleError("ERR Number of keys can't be greater than number of args")
    if keys < 0:
        raise SimpleError("ERR Number of keys can't be negative")
    return arguments[:keys], arguments[keys:]


def _cut(fields: Sequence[bytes]) -> tuple[bytes, ...]:
    """A command as the slow log keeps it: long values and long lists of them are cut."""
    shown = [
        field
        if len(field) <= _LONGEST_LOGGED
        else field[:_LONGEST_LOGGED] + b"... (%d more bytes)" % (len(field) - _LONGEST_LOGGED)
        for field in fields
    ]
    if len(shown) > _MOST_LOGGED:
        shown[_MOST_LOGGED - 1 :] = [b"... (%d more arguments)" % (len(fields) - _MOST_LOGGED + 1)]
    return tuple(shown)
