"""Memory of a node: what keys cost, what a full node refuses, and which key each policy evicts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
import redis

from labs.cloud import aws
from labs.cloud.cloud import Cloud
from labs.cloud.settings import POLICIES, Policy

HOST = "small.cache.lab"
VALUE = "v" * 40
COST = 96
"""What a short key with it takes, in bytes."""


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    with made.active():
        yield made


def small(cloud: Cloud, policy: Policy, keys: int = 4) -> redis.Redis:
    """A client of a node with room for so many keys."""
    cloud.cache(HOST, maxmemory=keys * COST, policy=policy, parameter_group="small-params")
    return redis.Redis(host=HOST, decode_responses=True)


def left(client: redis.Redis) -> str:
    return "".join(sorted(map(str, client.keys())))


def test_used_memory_is_the_sum_over_the_keys(cloud: Cloud) -> None:
    client = small(cloud, "noeviction", 100)
    assert client.info("memory")["used_memory"] == 0
    for name in "abc":
        client.set(name, VALUE)
    client.hset("h", mapping={"f": "1"})
    each = [client.memory_usage(name) for name in ("a", "b", "c", "h")]
    assert each == [COST, COST, COST, 64]
    memory = client.info("memory")
    assert (memory["used_memory"], memory["used_memory_human"]) == (3 * COST + 64, "352B")
    assert (memory["maxmemory"], memory["maxmemory_human"]) == (9600, "9.38K")
    client.delete("a", "h")
    client.append("b", "x" * 40)
    assert [client.info("memory")["used_memory"] - COST] == [client.memory_usage("b")]


def test_memory_of_expired_keys_is_free(cloud: Cloud) -> None:
    client = small(cloud, "noeviction")
    client.set("a", VALUE, ex=10)
    client.set("b", VALUE)
    time.sleep(11)
    assert client.info("memory")["used_memory"] == COST
    assert client.info("stats")["expired_keys"] == 1
    assert client.memory_usage("a") is None


def test_noeviction_refuses_writes_and_still_reads_and_deletes(cloud: Cloud) -> None:
    client = small(cloud, "noeviction", 1)
    client.set("a", VALUE)
    client.set("b", VALUE)  # the limit is looked at before a command runs
    with pytest.raises(redis.exceptions.OutOfMemoryError, match="command not allowed when used memory > 'maxmemory'"):
        client.set("c", VALUE)
    event = cloud.trace.since()[-1]
    assert (event.op, event.key, event.outcome) == ("SET", "c", "error")
    assert client.get("a") == VALUE
    client.delete("a", "b")
    assert client.set("c", VALUE)
    assert client.info("stats")["evicted_keys"] == 0


def test_a_transaction_is_refused_as_a_whole(cloud: Cloud) -> None:
    client = small(cloud, "noeviction", 1)
    client.set("a", VALUE)
    client.set("b", VALUE)
    with client.pipeline() as pipe:
        pipe.get("a")
        pipe.set("c", VALUE)
        with pytest.raises(redis.RedisError, match="used memory > 'maxmemory'"):
            pipe.execute()
    assert left(client) == "ab"


def test_allkeys_lru_evicts_what_was_not_used_for_longest(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru")
    for name in "abcd":
        client.set(name, VALUE)
    client.get("a")
    for name in "ef":
        client.set(name, VALUE)
    assert left(client) == "adef"
    assert client.info("stats")["evicted_keys"] == 2
    assert client.info("stats")["expired_keys"] == 0


def test_asking_whether_a_key_is_there_is_no_use_of_it(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru")
    for name in "abcd":
        client.set(name, VALUE)
    client.exists("a")
    client.ttl("a")
    client.memory_usage("a")
    client.set("e", VALUE)
    assert left(client) == "bcde"


def test_volatile_lru_looks_only_at_keys_with_a_ttl(cloud: Cloud) -> None:
    client = small(cloud, "volatile-lru")
    client.set("a", VALUE)
    client.set("b", VALUE, ex=1000)
    client.set("c", VALUE, ex=10)
    client.set("d", VALUE)
    client.get("b")
    client.set("e", VALUE)
    assert left(client) == "abde"


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy.startswith("volatile")])
def test_without_a_candidate_a_volatile_policy_refuses_writes(cloud: Cloud, policy: Policy) -> None:
    client = small(cloud, policy)
    for number in range(5):
        client.set(str(number), VALUE)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        client.set("5", VALUE)
    assert left(client) == "01234"


def test_lfu_keeps_what_is_used_often_though_not_lately(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lfu")
    client.set("a", VALUE)
    for _ in range(5):
        client.get("a")
    for name in "bcdef":
        client.set(name, VALUE)
    assert left(client) == "adef"


def test_volatile_ttl_evicts_what_would_expire_first(cloud: Cloud) -> None:
    client = small(cloud, "volatile-ttl")
    for name, ttl in (("a", 300), ("b", 100), ("c", 200), ("d", 400)):
        client.set(name, VALUE, ex=ttl)
    client.get("b")
    client.set("e", VALUE)
    client.set("f", VALUE)
    assert left(client) == "adef"


@pytest.mark.parametrize("policy", ["allkeys-random", "volatile-random"])
def test_random_eviction_is_the_same_every_time_and_leaves_the_learners_luck_alone(policy: Policy) -> None:
    seen = []
    for _ in range(2):
        cloud = Cloud()
        with cloud.active():
            client = small(cloud, policy)
            random.seed(7)
            for name in "abcdefghij":
                client.set(name, VALUE, ex=100)
            seen.append((left(client), random.random()))
    assert seen[0] == seen[1]
    random.seed(7)
    assert seen[0][1] == random.random()
    assert seen[0][0] != "ghij"


def test_an_evicted_key_is_a_miss_and_stops_a_transaction_that_watched_it(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru", 2)
    client.set("a", VALUE)
    with client.pipeline() as pipe:
        pipe.watch("a")  # type: ignore[no-untyped-call]
        for name in "bcd":
            client.set(name, VALUE)
        pipe.multi()
        pipe.get("b")
        with pytest.raises(redis.WatchError):
            pipe.execute()
    assert client.get("a") is None
    assert cloud.trace.since()[-1].outcome == "miss"


def test_every_database_of_a_node_counts(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru", 2)
    redis.Redis(host=HOST, db=1).set("other", VALUE)
    for name in "ab":
        client.set(name, VALUE)
    client.ping()
    assert redis.Redis(host=HOST, db=1).dbsize() == 0


def test_a_node_without_a_limit_evicts_nothing(cloud: Cloud) -> None:
    cloud.cache(HOST)
    client = redis.Redis(host=HOST)
    for number in range(300):
        client.set(str(number), VALUE * 10)
    assert (client.dbsize(), client.info("stats")["evicted_keys"]) == (300, 0)
    assert client.info("memory")["maxmemory_policy"] == "volatile-lru"


@pytest.mark.parametrize(
    ("commands", "encoding"),
    [
        (["SET k 12"], "int"),
        (["SET k 12", "APPEND k 3"], "raw"),
        (["SET k 12", "APPEND k 3", "EXPIRE k 10"], "raw"),
        (["SET k 12", "APPEND k 3", "RENAME k other", "COPY other k"], "raw"),
        (["SET k 12", "APPEND k 3", "SET k 12"], "int"),
        (["APPEND k text"], "embstr"),
        (["INCRBYFLOAT k 3"], "embstr"),
        (["SADD k 1 2"], "intset"),
        (["SADD k 1 two", "SREM k two"], "hashtable"),
        (["HSET k f v"], "listpack"),
        (["ZADD k 1 m"], "listpack"),
        (["RPUSH k v"], "quicklist"),
        (["XADD k * f v"], "stream"),
    ],
)
def test_encodings_follow_the_history_of_a_key(cloud: Cloud, commands: list[str], encoding: str) -> None:
    client = small(cloud, "noeviction", 100)
    for command in commands:
        client.execute_command(*command.split())  # type: ignore[no-untyped-call]
    assert client.object("encoding", "k") == encoding


def test_idle_time_and_frequency_tell_of_the_last_uses(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru")
    client.set("a", "1")
    time.sleep(90)
    assert client.object("idletime", "a") == 90
    client.get("a")
    assert client.object("idletime", "a") == 0
    with pytest.raises(redis.ResponseError, match="LFU maxmemory policy is not selected"):
        client.object("freq", "a")
    client.config_set("maxmemory-policy", "allkeys-lfu")
    before = client.object("freq", "a")
    client.get("a")
    assert client.object("freq", "a") == before + 1
    time.sleep(180)
    assert client.object("freq", "a") == before - 2


def test_the_parameter_group_changes_the_policy_at_once(cloud: Cloud) -> None:
    client = small(cloud, "noeviction", 1)
    for name in "ab":
        client.set(name, VALUE)
    _modify("maxmemory-policy", "allkeys-lru")
    client.set("c", VALUE)
    assert left(client) == "c"


@pytest.mark.parametrize(
    ("group", "parameter", "value", "code"),
    [
        ("other", "maxmemory-policy", "allkeys-lru", "CacheParameterGroupNotFound"),
        ("small-params", "maxmemory-policy", "lru", "InvalidParameterValue"),
        ("small-params", "maxmemory", "9999", "InvalidParameterValue"),
        ("small-params", "nothing", "1", "InvalidParameterValue"),
    ],
)
def test_a_wrong_parameter_is_refused(cloud: Cloud, group: str, parameter: str, value: str, code: str) -> None:
    client = small(cloud, "noeviction")
    with pytest.raises(aws.ClientError) as caught:
        _modify(parameter, value, group)
    assert caught.value.response["Error"]["Code"] == code
    assert client.info("memory")["maxmemory_policy"] == "noeviction"


def _modify(parameter: str, value: str, group: str = "small-params") -> None:
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName=group,
        ParameterNameValues=[{"ParameterName": parameter, "ParameterValue": value}],
    )


def test_reset_forgets_what_was_evicted_and_what_was_configured(cloud: Cloud) -> None:
    client = small(cloud, "allkeys-lru", 1)
    for name in "abc":
        client.set(name, VALUE)
    client.config_set("maxmemory-policy", "noeviction")
    cloud.reset()
    assert client.info("stats")["evicted_keys"] == 0
    assert client.info("memory")["used_memory"] == 0
    assert client.info("memory")["maxmemory_policy"] == "allkeys-lru"


@pytest.mark.parametrize(("amount", "bytes_"), [("2kb", 2048), ("1m", 1_000_000), (500, 500)])
def test_maxmemory_takes_units(cloud: Cloud, amount: str | int, bytes_: int) -> None:
    cloud.cache(HOST, maxmemory=amount)
    assert redis.Redis(host=HOST).info("memory")["maxmemory"] == bytes_
