"""Hits and misses: each command counts on a simulated node what it counts on a real server."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import Pair

pytestmark = pytest.mark.server

STRINGS = """
GET k|MGET k other|STRLEN k|GETRANGE k 0 1|SUBSTR k 0 1|GETBIT k 0|BITCOUNT k|BITPOS k 1|GETEX k|GETDEL k|GETSET k v
SET k v|SET k v GET|SETNX k v|APPEND k v|INCR n|SETEX k 5 v|MSET k v other v
EXISTS k other|TTL k|PTTL k|TYPE k|EXPIRETIME k|PEXPIRETIME k|TOUCH k|DUMP k|COPY k other
EXPIRE k 10|PERSIST k|DEL k other|UNLINK k|RENAME k other|KEYS *|SCAN 0|DBSIZE|RANDOMKEY
"""
HASHES = """
HGET k f|HMGET k f g|HGETALL k|HLEN k|HKEYS k|HVALS k|HEXISTS k f|HSTRLEN k f|HSCAN k 0|HRANDFIELD k
HSET k f v|HINCRBY k n 1|HDEL k f|HSETNX k f v
"""
LISTS = "LRANGE k 0 1|LLEN k|LINDEX k 0|LPOS k a|LPUSH k a|LPOP k|RPOP k|LREM k 0 a|LTRIM k 0 1|LINSERT k BEFORE a b"
SETS = """
SMEMBERS k|SISMEMBER k a|SMISMEMBER k a b|SCARD k|SRANDMEMBER k|SSCAN k 0|SINTER k other|SUNION k other|SDIFF k other
SINTERSTORE other k|SUNIONSTORE other k|SDIFFSTORE other k|SINTERCARD 1 k|SADD k a|SREM k a|SPOP k
"""
SORTED_SETS = """
ZRANGE k 0 1|ZREVRANGE k 0 1|ZRANGEBYSCORE k 0 1|ZREVRANGEBYSCORE k 1 0|ZRANGEBYLEX k - +|ZSCORE k a|ZMSCORE k a
ZRANK k a|ZREVRANK k a|ZCARD k|ZCOUNT k 0 1|ZLEXCOUNT k - +|ZSCAN k 0|ZRANDMEMBER k|ZUNION 1 k|ZINTER 2 k other
ZDIFF 1 k|ZINTERCARD 1 k|ZRANGESTORE other k 0 1|ZUNIONSTORE other 1 k|ZINTERSTORE other 1 k|ZDIFFSTORE other 1 k
ZADD k 1 a|ZINCRBY k 1 a|ZREM k a|ZPOPMIN k
"""
STREAMS = "XLEN k|XRANGE k - +|XREVRANGE k + -|XADD k * f v"

GROUPS = {
    "SET k v": STRINGS,
    "HSET k f v": HASHES,
    "RPUSH k a": LISTS,
    "SADD k a": SETS,
    "ZADD k 1 a": SORTED_SETS,
    "XADD k * f v": STREAMS,
}
CASES = [(make, line) for make, lines in GROUPS.items() for line in lines.replace("\n", "|").split("|") if line.strip()]


@pytest.mark.parametrize(("make", "line"), CASES, ids=[line for _, line in CASES])
def test_a_command_counts_the_same_hits_and_misses(pair: Pair, make: str, line: str) -> None:
    pair.both(*line.split())
    real, simulated = pair.keyspace()
    assert simulated == real, "on a missing key"
    pair.empty()
    pair.both(*make.split())
    pair.both(*line.split())
    real, simulated = pair.keyspace()
    assert simulated == real, "on a key that is there"
