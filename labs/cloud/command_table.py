"""The commands of Redis 7.0: the categories of each, where its keys stand, and what it does with them.

One line for commands that are alike: `categories; keys; commands`. A key is `r` (its value is read), `w` (it is
written), `rw` or `-` (neither: EXISTS), then where: `1` the first argument, `1..-1` from there to the last, `%2` every
second one, `2#` a count and then that many keys, `STORE` the argument after that word, `STREAMS/` the first half of
what follows it. The rows were taken from `COMMAND` of a real redis-server 7.0; `tests/conformance/test_access.py` keeps
them honest.
"""

from __future__ import annotations

from dataclasses import dataclass

_ROWS = """
admin connection dangerous slow; ; client|kill client|list client|no-evict client|pause client|unblock
    client|unpause
admin dangerous fast; ; lastsave role
admin dangerous hyperloglog slow; ; pfselftest
admin dangerous hyperloglog slow write; r2; pfdebug
admin dangerous slow; ; acl|deluser acl|dryrun acl|getuser acl|list acl|load acl|log acl|save acl|setuser acl|users
    bgrewriteaof bgsave cluster|addslots cluster|addslotsrange cluster|bumpepoch cluster|count-failure-reports
    cluster|delslots cluster|delslotsrange cluster|failover cluster|flushslots cluster|forget cluster|meet
    cluster|replicas cluster|replicate cluster|reset cluster|saveconfig cluster|set-config-epoch cluster|setslot
    cluster|slaves config|get config|resetstat config|rewrite config|set debug failover latency|doctor latency|graph
    latency|histogram latency|history latency|latest latency|reset module|list module|load module|loadex module|unload
    monitor psync replconf replicaof save shutdown slaveof slowlog|get slowlog|len slowlog|reset sync
bitmap fast read; r1; bitfield_ro getbit
bitmap read slow; r1; bitcount bitpos
bitmap slow write; rw1; bitfield setbit
bitmap slow write; w2 r3..-1; bitop
blocking fast sortedset write; rw1..-2; bzpopmax bzpopmin
blocking list slow write; rw1 w2; blmove brpoplpush
blocking list slow write; rw1..-2; blpop brpop
blocking list slow write; rw2#; blmpop
blocking read slow stream; rSTREAMS/; xread
blocking slow sortedset write; rw2#; bzmpop
blocking slow stream write; rSTREAMS/; xreadgroup
connection fast; ; asking auth echo hello ping quit readonly readwrite reset select
connection slow; ; client|caching client|getname client|getredir client|help client|id client|info client|reply
    client|setname client|tracking client|trackinginfo command command|count command|docs command|getkeys
    command|getkeysandflags command|help command|info command|list wait
dangerous fast keyspace write; ; swapdb
dangerous keyspace read slow; ; keys
dangerous keyspace slow write; ; flushall flushdb
dangerous keyspace slow write; rw3 rwKEYS..-1; migrate
dangerous keyspace slow write; w1; restore restore-asking
dangerous list read set slow sortedset; r1; sort_ro
dangerous list set slow sortedset write; r1 wSTORE; sort
dangerous slow; ; info
fast; ; time
fast hash read; -1; hexists hlen hstrlen
fast hash read; r1; hget hmget
fast hash write; rw1; hincrby hincrbyfloat
fast hash write; w1; hdel hmset hset hsetnx
fast hyperloglog write; w1; pfadd
fast keyspace read; ; dbsize
fast keyspace read; -1; type
fast keyspace read; -1..-1; exists touch
fast keyspace read; r1; expiretime pexpiretime pttl ttl
fast keyspace write; rw1; move
fast keyspace write; rw1 w2; renamenx
fast keyspace write; w1; expire expireat persist pexpire pexpireat
fast keyspace write; w1..-1; unlink
fast list read; -1; llen
fast list write; rw1; lpop rpop
fast list write; w1; lpush lpushx rpush rpushx
fast pubsub; ; publish
fast pubsub; -1; spublish
fast read; ; lolwut
fast read set; -1; scard sismember
fast read set; r1; smismember
fast read sortedset; -1; zcard
fast read sortedset; r1; zcount zlexcount zmscore zrank zrevrank zscore
fast read stream; -1; xlen
fast read string; -1; strlen
fast read string; r1; get
fast read string; r1..-1; mget
fast set write; rw1; spop
fast set write; rw1 w2; smove
fast set write; w1; sadd srem
fast sortedset write; rw1; zincrby zpopmax zpopmin
fast sortedset write; w1; zadd zrem
fast stream write; w1; xack xadd xautoclaim xclaim xdel xsetid
fast string write; rw1; decr decrby getdel getex getset incr incrby incrbyfloat
fast string write; w1; append setnx
fast transaction; ; discard multi unwatch
fast transaction; -1..-1; watch
geo read slow; r1; geodist geohash geopos georadius_ro georadiusbymember_ro geosearch
geo slow write; r1 wSTORE wSTOREDIST; georadius georadiusbymember
geo slow write; w1; geoadd
geo slow write; w1 r2; geosearchstore
hash read slow; r1; hgetall hkeys hrandfield hscan hvals
hyperloglog read slow; r1..-1; pfcount
hyperloglog slow write; rw1 r2..-1; pfmerge
keyspace read slow; ; randomkey scan
keyspace read slow; -2; object|encoding object|freq object|idletime object|refcount
keyspace read slow; r1; dump
keyspace slow; ; object|help
keyspace slow write; r1 w2; copy
keyspace slow write; rw1 w2; rename
keyspace slow write; w1..-1; del
list read slow; r1; lindex lpos lrange
list slow write; rw1 w2; lmove rpoplpush
list slow write; rw1#; lmpop
list slow write; w1; linsert lrem lset ltrim
pubsub slow; ; psubscribe pubsub|channels pubsub|numpat pubsub|numsub pubsub|shardchannels pubsub|shardnumsub
    punsubscribe subscribe unsubscribe
pubsub slow; -1..-1; ssubscribe sunsubscribe
read set slow; r1; smembers srandmember sscan
read set slow; r1#; sintercard
read set slow; r1..-1; sdiff sinter sunion
read slow; -2; memory|usage
read slow sortedset; r1; zrandmember zrange zrangebylex zrangebyscore zrevrange zrevrangebylex zrevrangebyscore
    zscan
read slow sortedset; r1#; zdiff zinter zintercard zunion
read slow stream; r1; xpending xrange xrevrange
read slow stream; r2; xinfo|consumers xinfo|groups xinfo|stream
read slow string; r1; getrange substr
read slow string; r1..+1; lcs
scripting slow; ; function|dump function|help function|kill function|list function|stats script|debug script|exists
    script|flush script|help script|kill script|load
scripting slow; r2#; eval_ro evalsha_ro fcall_ro
scripting slow; rw2#; eval evalsha fcall
scripting slow write; ; function|delete function|flush function|load function|restore
set slow write; w1 r2..-1; sdiffstore sinterstore sunionstore
slow; ; acl acl|cat acl|genpass acl|help acl|whoami client cluster cluster|countkeysinslot cluster|getkeysinslot
    cluster|help cluster|info cluster|keyslot cluster|links cluster|myid cluster|nodes cluster|shards cluster|slots
    config config|help function latency latency|help memory memory|doctor memory|help memory|malloc-stats memory|purge
    memory|stats module module|help object pubsub pubsub|help script slowlog slowlog|help xgroup xinfo
slow sortedset write; rw1#; zmpop
slow sortedset write; w1; zremrangebylex zremrangebyrank zremrangebyscore
slow sortedset write; w1 r2; zrangestore
slow sortedset write; w1 r2#; zdiffstore zinterstore zunionstore
slow stream; ; xgroup|help xinfo|help
slow stream write; w1; xtrim
slow stream write; w2; xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy xgroup|setid
slow string write; rw1; set
slow string write; w1; psetex setex setrange
slow string write; w1..-1%2; mset msetnx
slow transaction; ; exec
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What an access check must know. `name` is lower case, `config|get` for a subcommand."""

    name: str
    categories: frozenset[str]
    keys: tuple[str, ...]


def _commands() -> dict[str, Command]:
    found: dict[str, Command] = {}
    for row in _ROWS.replace("\n    ", " ").strip().splitlines():
        categories, keys, names = row.split(";")
        for name in names.split():
            found[name] = Command(name, frozenset(categories.split()), tuple(keys.split()))
    return found


COMMANDS = _commands()
CATEGORIES = (
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
)
"""In the order of ACL CAT."""
CONTAINERS = frozenset(name.partition("|")[0] for name in COMMANDS if "|" in name)
"""Commands that are a family of subcommands, such as CONFIG."""
