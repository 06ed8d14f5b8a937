"""The commands that the simulation adds to fakeredis: replies and errors as a real server gives them."""

from __future__ import annotations

import time

import pytest
import redis
from redis.exceptions import LockError
from redis.lock import Lock

from labs.cloud.commands import INFO_SECTIONS
from tests.conformance.conftest import Pair

pytestmark = pytest.mark.server

SAME = """
CONFIG GET hash-max-listpack-entries|CONFIG GET zset-max-listpack-*|CONFIG GET slowlog-*|CONFIG GET NOTHING
CONFIG GET maxmemory set-max-intset-entries|CONFIG GET|CONFIG|CONFIG NOSUCH|CONFIG SET maxmemory|CONFIG SET nothing 1
CONFIG SET maxmemory-policy lru|CONFIG SET maxmemory much|CONFIG SET slowlog-max-len x|CONFIG SET maxmemory 1 maxmemory 2
CONFIG SET maxmemory-policy|OBJECT|OBJECT ENCODING|OBJECT NOSUCH k|OBJECT ENCODING none|OBJECT FREQ none
OBJECT IDLETIME none|OBJECT ENCODING k|OBJECT IDLETIME k|OBJECT FREQ k|MEMORY|MEMORY USAGE|MEMORY USAGE none
MEMORY NOSUCH|MEMORY USAGE k|MEMORY USAGE k SAMPLES 0|MEMORY USAGE k SAMPLES|MEMORY USAGE k SAMPLES x
MEMORY USAGE k SAMPLES -1|WAIT 0 0|WAIT 1 10|WAIT x 0|WAIT -1 0|WAIT 1 -1|WAIT 0 x|WAIT 1|SLOWLOG|SLOWLOG LEN
SLOWLOG GET -2|SLOWLOG GET x|SLOWLOG NOSUCH|SLOWLOG RESET|DBSIZE|DBSIZE x|EVALSHA 0123456789 0|SCRIPT
SCRIPT EXISTS 0123456789 abc|EVAL|EVAL script|INFO nosuch|TOUCH k none k|SCRIPT NOSUCH|CLUSTER
"""
LINES = [line for line in SAME.replace("\n", "|").split("|") if line]


@pytest.mark.parametrize("line", LINES)
def test_a_command_gets_the_same_reply(pair: Pair, line: str) -> None:
    pair.both("SET", "k", "text")
    real, simulated = pair.both(*line.split())
    assert simulated == real


def test_config_set_is_read_back_alike(pair: Pair) -> None:
    for value in ("1mb", "2k", "3g", "100"):
        pair.both("CONFIG", "SET", "maxmemory", value)
        real, simulated = pair.both("CONFIG", "GET", "maxmemory")
        assert simulated == real
    pair.both("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "allkeys-LFU")
    assert len(set(map(str, pair.both("CONFIG", "GET", "maxmemory-policy")))) == 1
    pair.both("CONFIG", "SET", "maxmemory-policy", "noeviction")


def test_every_field_of_info_is_one_of_a_real_server(pair: Pair) -> None:
    pair.both("SET", "k", "v")
    for section in INFO_SECTIONS:
        with pair.cloud.active():
            simulated = pair.simulated.info(section)
        assert simulated, section
        assert set(simulated) <= set(pair.real.info(section)), section


def test_info_counts_expired_keys_alike(pair: Pair) -> None:
    for number in range(5):
        pair.both("SET", f"k{number}", "v", "PX", 20)
    time.sleep(0.5)
    with pair.cloud.active():
        time.sleep(0.5)
    counts = []
    for client in (pair.simulated, pair.real):
        with pair.cloud.active():
            assert client.dbsize() == 0
            counts.append(client.info("stats")["expired_keys"])
    assert counts == [5, 5]


def test_the_slow_log_lists_the_same_commands(pair: Pair) -> None:
    pair.both("SLOWLOG", "RESET")
    pair.both("CONFIG", "SET", "slowlog-log-slower-than", 0)
    long = "x" * 300
    for command in (
        ["SET", "k", long],
        ["GET", "k"],
        ["NOSUCH"],
        ["LPUSH", "k", "v"],
        ["RPUSH", "l", *map(str, range(40))],
    ):
        pair.both(*command)
    for client in (pair.simulated, pair.real):
        with pair.cloud.active(), client.pipeline() as pipe:
            pipe.set("k", "in a transaction")
            pipe.execute()
    logged = []
    for client in (pair.simulated, pair.real):
        with pair.cloud.active():
            logged.append([entry["command"] for entry in client.slowlog_get(10)])
    pair.both("CONFIG", "SET", "slowlog-log-slower-than", 10_000)
    assert logged[0] == logged[1]


def test_a_lock_does_the_same_as_with_lua(pair: Pair) -> None:
    def use(client: redis.Redis) -> list[object]:
        told: list[object] = []
        mine = Lock(client, "lock", timeout=10)
        other = Lock(client, "lock", timeout=10, blocking=False)
        told += [mine.acquire(), other.acquire(), mine.extend(5), client.ttl("lock") in (14, 15)]
        told += [mine.reacquire(), client.ttl("lock") in (9, 10), mine.owned()]
        mine.release()
        told.append(other.acquire())
        client.set("lock", "somebody else's")
        try:
            other.release()
        except LockError as error:
            told.append((type(error).__name__, str(error)))
        return [*told, client.get("lock")]

    with pair.cloud.active():
        simulated = use(pair.simulated)
    assert simulated == use(pair.real)


COMPARE_AND_DELETE = 'if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end'


def test_compare_and_delete_does_the_same_as_with_lua(pair: Pair) -> None:
    pair.both("SET", "lock", "mine")
    for command in (
        *[("EVAL", COMPARE_AND_DELETE, 1, "lock", "yours"), ("EVAL", COMPARE_AND_DELETE, 1, "lock", "mine")],
        *[("EVAL", COMPARE_AND_DELETE, 1, "lock", "mine"), ("SCRIPT", "LOAD", COMPARE_AND_DELETE), ("GET", "lock")],
        *[("EVAL", COMPARE_AND_DELETE, "x", "lock"), ("EVAL", COMPARE_AND_DELETE, 3, "lock", "mine")],
    ):
        real, simulated = pair.both(*command)
        assert simulated == real, command
