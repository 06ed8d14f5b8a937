"""Commands that the simulation adds: CONFIG, the slow log, slots, and the scripts of redis-py's Lock."""

from __future__ import annotations

import time

import pytest
import redis
from redis.exceptions import LockError, LockNotOwnedError

from labs.cloud.cloud import Cloud


def send(client: redis.Redis, line: str) -> object:
    reply: object = client.execute_command(*line.split())  # type: ignore[no-untyped-call]
    return reply


def test_config_get_matches_patterns(client: redis.Redis) -> None:
    assert client.config_get("maxmemory*") == {"maxmemory": "0", "maxmemory-policy": "volatile-lru"}
    assert client.config_get("set-max-intset-entries", "nothing") == {"set-max-intset-entries": "512"}


def test_config_set_changes_several_at_once_or_none(client: redis.Redis) -> None:
    assert client.config_set("maxmemory", "2mb", "maxmemory-policy", "allkeys-lru")
    assert client.config_get("maxmemory*") == {"maxmemory": "2097152", "maxmemory-policy": "allkeys-lru"}
    with pytest.raises(redis.ResponseError, match="argument must be a memory value"):
        client.config_set("maxmemory-policy", "noeviction", "maxmemory", "much")
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("CONFIG SET nothing 1", "Unknown option or number of arguments for CONFIG SET - 'nothing'"),
        ("CONFIG SET maxmemory-policy lru", "must be one of the following: volatile-lru"),
        ("CONFIG SET slowlog-max-len many", "couldn't be parsed into an integer"),
        ("CONFIG SET maxmemory 1 maxmemory 2", "duplicate parameter"),
        ("CONFIG NOSUCH", "unknown subcommand 'NOSUCH'. Try CONFIG HELP."),
        ("CONFIG", "wrong number of arguments for 'config' command"),
        ("CONFIG GET", r"wrong number of arguments for 'config\|get' command"),
        ("MEMORY USAGE k SAMPLES", "syntax error"),
        ("WAIT 1 -1", "timeout is negative"),
        ("SLOWLOG GET -2", "count should be greater than or equal to -1"),
        ("EVALSHA 0123 0", "No matching script"),
        ("EVAL return 2 k", "Number of keys can't be greater than number of args|Lua scripts do not run"),
    ],
)
def test_a_wrong_command_is_refused(client: redis.Redis, line: str, told: str) -> None:
    with pytest.raises(redis.ResponseError, match=told):
        send(client, line)


def test_a_threshold_that_is_configured_decides_the_encoding(client: redis.Redis) -> None:
    client.config_set("hash-max-listpack-entries", "2")
    client.hset("h", mapping={"a": 1, "b": 2})
    assert send(client, "OBJECT ENCODING h") == "listpack"
    client.hset("h", "c", 3)
    assert send(client, "OBJECT ENCODING h") == "hashtable"


def test_keys_with_the_same_tag_share_a_slot(client: redis.Redis) -> None:
    slots = [send(client, f"CLUSTER KEYSLOT {key}") for key in ("cart:{7}", "profile:{7}", "cart:7")]
    assert slots == [1716, 1716, 9546]


def test_the_slow_log_keeps_what_took_too_long(client: redis.Redis) -> None:
    assert client.slowlog_get() == []
    client.config_set("slowlog-log-slower-than", "0")
    client.set("k", "x" * 200)
    client.rpush("l", *range(50))
    assert client.slowlog_len() == 3
    newest, *_, oldest = client.slowlog_get()
    assert newest["command"] == b"SLOWLOG LEN"
    assert oldest["command"] == b"CONFIG SET slowlog-log-slower-than 0"
    pushed = client.slowlog_get(3)[-1]["command"]
    assert pushed.endswith(b"28 ... (21 more arguments)")
    client.slowlog_reset()
    client.config_set("slowlog-log-slower-than", "-1")
    client.set("k", "v")
    assert client.slowlog_len() == 1, "the reset itself"


def test_the_slow_log_has_a_length(client: redis.Redis) -> None:
    client.config_set("slowlog-log-slower-than", "0", "slowlog-max-len", "3")
    for number in range(9):
        client.set("k", number)
    assert [entry["command"] for entry in client.slowlog_get(-1)] == [b"SET k 8", b"SET k 7", b"SET k 6"]


def test_info_counts_clients(cloud: Cloud, client: redis.Redis) -> None:
    others = [redis.Redis(host="shop.cache.lab") for _ in range(2)]
    for other in others:
        other.ping()
    assert client.info("clients")["connected_clients"] == 3
    others[0].close()
    assert client.info("clients")["connected_clients"] == 2


def test_info_has_the_sections_that_were_asked_for(client: redis.Redis) -> None:
    assert set(client.info("memory", "clients")) == {
        *("used_memory", "used_memory_human", "maxmemory", "maxmemory_human", "maxmemory_policy"),
        *("connected_clients", "maxclients", "blocked_clients"),
    }
    assert {"redis_version", "role", "keyspace_hits", "evicted_keys", "used_memory"} <= set(client.info())


def test_wait_on_a_node_without_replicas_ends_with_its_timeout(client: redis.Redis) -> None:
    before = time.monotonic()
    assert client.wait(1, 500) == 0
    assert time.monotonic() - before == pytest.approx(0.5, abs=0.01)
    assert client.wait(0, 0) == 0


def test_a_lock_of_redis_py_is_released_by_its_owner_alone(client: redis.Redis) -> None:
    mine, other = client.lock("lock", timeout=10), client.lock("lock", timeout=10, blocking=False)
    assert mine.acquire()
    assert not other.acquire()
    mine.release()
    assert other.acquire()
    client.set("lock", "somebody else's")
    with pytest.raises(LockNotOwnedError):
        other.release()
    assert client.get("lock") == "somebody else's"


def test_a_lock_can_be_extended_while_it_is_held(client: redis.Redis) -> None:
    lock = client.lock("lock", timeout=10)
    lock.acquire()
    lock.extend(5)
    assert 14 <= int(client.ttl("lock")) <= 15
    lock.extend(3, replace_ttl=True)
    assert int(client.ttl("lock")) == 3
    lock.reacquire()
    assert int(client.ttl("lock")) == 10
    time.sleep(11)
    with pytest.raises(LockError):
        lock.extend(5)


def test_waiting_for_a_lock_passes_virtual_time(client: redis.Redis) -> None:
    client.lock("lock", timeout=3).acquire()
    before = time.monotonic()
    with client.lock("lock", timeout=3):
        assert time.monotonic() - before == pytest.approx(3, abs=0.2)
    assert client.get("lock") is None


COMPARE_AND_DELETE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
else
  return 0
end
"""


def test_compare_and_delete_runs_as_a_script(cloud: Cloud, client: redis.Redis) -> None:
    client.set("lock", "mine")
    cloud.trace.clear()
    assert client.eval(COMPARE_AND_DELETE, 1, "lock", "yours") == 0
    assert client.eval(COMPARE_AND_DELETE, 1, "lock", "mine") == 1
    assert client.exists("lock") == 0
    assert [(event.op, event.key) for event in cloud.trace.since()][:2] == [("GET", "lock"), ("EVAL", None)]
    script = client.register_script(COMPARE_AND_DELETE)
    client.set("lock", "mine")
    assert script(keys=["lock"], args=["mine"]) == 1


def test_any_other_script_is_refused_in_plain_words(client: redis.Redis) -> None:
    with pytest.raises(redis.ResponseError, match="Lua scripts do not run in this simulation"):
        client.eval("return redis.call('incr', KEYS[1])", 1, "k")
    with pytest.raises(redis.ResponseError, match="Lua scripts do not run in this simulation"):
        client.script_load("return 1")
    assert client.exists("k") == 0


def test_script_exists_knows_what_was_loaded(client: redis.Redis) -> None:
    digest = client.script_load(COMPARE_AND_DELETE)
    assert client.script_exists(digest, "0" * 40) == [True, False]
    client.script_flush()
    assert client.script_exists(digest) == [False]
