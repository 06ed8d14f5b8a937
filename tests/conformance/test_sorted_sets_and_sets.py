"""Sorted sets and sets, as the leaderboard and session labs use them: random sequences, and ties of Korean names."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.conftest import Pair

pytestmark = pytest.mark.server

# How much real time a test may take before a TTL read back differs.
_SLOW_MACHINE_S = 20

type Command = tuple[str | int, ...]

# A real server refuses a bad score before it looks at the key, fakeredis afterwards: never both in one command.
BOARDS = st.sampled_from(["{quiz}:1", "{quiz}:2", "순위표"])
SETS = st.sampled_from(["{quiz}:set", "집합"])
KEYS = BOARDS | SETS
MEMBERS = st.sampled_from(["민준", "서연", "지호", "Zoe", "가"])
SCORES = st.sampled_from(["0", "-3", "950", "2.5", "1e3", "inf", "nan", "열"])
PLACES = st.integers(-4, 5)
BOUNDS = st.sampled_from(["-inf", "+inf", "(950", "950", "(0", "0", "(2.5", "(", "x"])
SECONDS = st.sampled_from([30, 60, 100_000])

WRITES: st.SearchStrategy[Command] = st.one_of(
    st.tuples(st.just("ZADD"), BOARDS, SCORES, MEMBERS),
    st.tuples(st.just("ZADD"), BOARDS, st.sampled_from(["NX", "XX", "GT", "LT", "CH", "INCR"]), SCORES, MEMBERS),
    st.tuples(st.just("ZINCRBY"), BOARDS, SCORES, MEMBERS),
    st.tuples(st.just("ZREM"), KEYS, MEMBERS, MEMBERS),
    st.tuples(st.just("ZUNIONSTORE"), BOARDS, st.just(2), KEYS, KEYS),
    st.tuples(
        st.just("ZUNIONSTORE"), BOARDS, st.just(2), KEYS, KEYS, st.just("AGGREGATE"), st.sampled_from(["SUM", "MAX"])
    ),
    st.tuples(st.sampled_from(["SADD", "SREM"]), SETS, MEMBERS, MEMBERS),
    st.tuples(st.sampled_from(["DEL", "PERSIST"]), KEYS),
    st.tuples(st.just("EXPIRE"), KEYS, SECONDS),
)
READS: st.SearchStrategy[Command] = st.one_of(
    st.tuples(st.sampled_from(["ZRANGE", "ZREVRANGE"]), KEYS, PLACES, PLACES, st.just("WITHSCORES")),
    st.tuples(st.just("ZRANGE"), KEYS, PLACES, PLACES, st.just("REV")),
    st.tuples(st.sampled_from(["ZRANK", "ZREVRANK", "ZSCORE", "SISMEMBER"]), KEYS, MEMBERS),
    st.tuples(st.just("ZCOUNT"), BOARDS, BOUNDS, BOUNDS),
    st.tuples(st.sampled_from(["ZCARD", "SCARD", "SMEMBERS", "TTL", "TYPE", "EXISTS"]), KEYS),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(WRITES, READS), max_size=15))
def test_the_same_commands_get_the_same_replies(pair: Pair, commands: list[Command]) -> None:
    pair.empty()
    for command in commands:
        real, simulated = pair.both(*command)
        if command[0] == "TTL" and isinstance(real, int) and real > 0:
            assert simulated == pytest.approx(real, abs=_SLOW_MACHINE_S), command
        else:
            assert simulated == real, command


def test_equal_scores_stand_in_the_order_of_their_bytes(pair: Pair) -> None:
    pair.both("ZADD", "board", 950, "민준", 950, "서연", 870, "지호")
    for command, expected in (
        (("ZRANGE", "board", 0, -1), ["지호", "민준", "서연"]),
        (("ZRANGE", "board", 0, -1, "REV"), ["서연", "민준", "지호"]),
        (("ZREVRANK", "board", "서연"), 0),
        (("ZREVRANK", "board", "민준"), 1),
    ):
        assert pair.both(*command) == (expected, expected)


def test_a_union_starts_anew_and_without_an_expiry(pair: Pair) -> None:
    pair.both("ZADD", "{b}:1", 10, "민준", 5, "서연")
    pair.both("ZADD", "{b}:sum", 99, "지호")
    pair.both("EXPIRE", "{b}:sum", 60)
    pair.both("ZUNIONSTORE", "{b}:sum", 2, "{b}:1", "{b}:none")
    assert pair.both("TTL", "{b}:sum") == (-1, -1)
    real, simulated = pair.both("ZRANGE", "{b}:sum", 0, -1, "WITHSCORES")
    assert simulated == real


@pytest.mark.parametrize("name", ["app-1", "", "앱", "two words", "tab\there"])
def test_client_names_are_taken_or_refused_alike(pair: Pair, name: str) -> None:
    real, simulated = pair.both("CLIENT", "SETNAME", name)
    assert simulated == real
