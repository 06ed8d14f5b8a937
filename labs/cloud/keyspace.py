"""Which keys a command looks up for reading: what `keyspace_hits` and `keyspace_misses` count.

The sets were measured on a real redis-server 7.0 (`tests/conformance/test_keyspace.py` keeps them honest). A write
such as SET or DEL looks keys up as well, but not for reading, so it is neither a hit nor a miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from fakeredis._commands import Key, Signature

# The first argument is the only key read.
_FIRST_NAMES = """
bitcount bitfield_ro bitpos copy dump expiretime geodist geohash geopos georadius_ro georadiusbymember_ro geosearch
get getbit getdel getex getrange getset hexists hget hgetall hkeys hlen hmget hrandfield hscan hstrlen hvals lindex
llen lpos lrange pexpiretime pttl scard sismember smembers smismember sort sort_ro srandmember sscan strlen substr
ttl type xlen xrange xrevrange zcard zcount zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank
zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore
"""
_FIRST = frozenset(_FIRST_NAMES.split())
# The value of the key is not looked at, so these are no use of it.
_NOT_USED = frozenset(
    (
        *("exists", "expiretime", "pexpiretime", "pttl", "ttl", "type", "watch"),
        *("object encoding", "object freq", "object idletime", "memory usage"),
    )
)
# Every argument is a key.
_ALL = frozenset(("exists", "mget", "pfcount", "sdiff", "sinter", "sunion", "touch"))
# DESTINATION KEY [KEY ...]
_AFTER_DESTINATION = frozenset(("sdiffstore", "sinterstore", "sunionstore"))
# NUMKEYS KEY [KEY ...]
_COUNTED = frozenset(("sintercard", "zdiff", "zinter", "zintercard", "zunion"))
# DESTINATION NUMKEYS KEY [KEY ...]
_COUNTED_AFTER_DESTINATION = frozenset(("zdiffstore", "zinterstore", "zunionstore"))


def keys_read(name: str, args: Sequence[bytes]) -> tuple[bytes, ...]:
    """The keys that the command `name` (lower case) looks up for reading, in its order."""
    if not args:
        return ()
    if name in _FIRST:
        return (args[0],)
    if name in _ALL:
        return tuple(args)
    if name in _AFTER_DESTINATION:
        return tuple(args[1:])
    if name in _COUNTED:
        return _counted(args)
    if name in _COUNTED_AFTER_DESTINATION:
        return _counted(args[1:])
    if name == "zrangestore":
        return tuple(args[1:2])
    if name == "set" and any(arg.upper() == b"GET" for arg in args[2:]):
        return (args[0],)
    return ()


def keys_named(signature: Signature, args: Sequence[bytes]) -> tuple[bytes, ...]:
    """Every key the arguments name, for reading or writing."""
    kinds = [*signature.fixed]
    repeating = cycle(signature.repeat)
    kinds += [next(repeating) for _ in args[len(kinds) :]] if signature.repeat else []
    return tuple(arg for arg, kind in zip(args, kinds, strict=False) if isinstance(kind, Key))


def keys_used(signature: Signature, args: Sequence[bytes]) -> tuple[bytes, ...]:
    """The keys whose last use this is, as LRU and LFU see it; a key that the command looks up twice stands here twice."""
    if signature.name in _NOT_USED:
        return ()
    keys = keys_named(signature, args) or keys_read(signature.name, args)
    if signature.name in ("rename", "renamenx", "copy"):
        return keys[:1]
    twice = signature.name == "getset" or (signature.name == "set" and bool(keys_read("set", args)))
    return keys * 2 if twice else keys


def _counted(args: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(args[1 : 1 + int(args[0])]) if args and args[0].isdigit() else ()
