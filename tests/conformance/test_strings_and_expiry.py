"""Strings and expiry: random sequences of commands give the same replies on a real server and on a simulated node."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.conftest import Pair

pytestmark = pytest.mark.server

# How much real time a test may take before a TTL read back differs.
_SLOW_MACHINE_S = 20

type Command = tuple[str | int, ...]

KEYS = st.sampled_from(["a", "b", "상품:1"])
VALUES = st.sampled_from(["", "1", "10", "-3", "글자", "x" * 40])
# Real time passes on one side only: nothing here may expire by itself during a test.
SECONDS = st.sampled_from([-1, 0, 30, 60, 100_000])
LIFETIMES: st.SearchStrategy[Command] = st.one_of(
    st.just(()),
    SECONDS.map(lambda seconds: ("EX", seconds)),
    SECONDS.map(lambda seconds: ("PX", seconds * 1000)),
    st.just(("KEEPTTL",)),
)
CONDITIONS: st.SearchStrategy[Command] = st.sampled_from([(), ("NX",), ("XX",), ("GET",), ("NX", "GET")])


def _set(key: str, value: str, lifetime: Command, condition: Command) -> Command:
    return ("SET", key, value, *lifetime, *condition)


COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(_set, KEYS, VALUES, LIFETIMES, CONDITIONS),
    st.tuples(
        st.sampled_from(["GET", "TTL", "EXISTS", "DEL", "UNLINK", "PERSIST", "STRLEN", "TYPE", "INCR", "GETDEL"]), KEYS
    ),
    st.tuples(st.sampled_from(["MGET", "EXISTS", "DEL", "TOUCH"]), KEYS, KEYS),
    st.tuples(st.sampled_from(["EXPIRE", "EXPIRETIME", "INCRBY", "DECRBY"]), KEYS, SECONDS),
    st.tuples(st.sampled_from(["APPEND", "GETSET", "SETNX", "LPUSH"]), KEYS, VALUES),
    st.tuples(st.just("SETEX"), KEYS, SECONDS, VALUES),
    # A real server looks for the key before it looks at the time; fakeredis refuses a time of 0 or less on a missing key.
    st.tuples(st.just("GETEX"), KEYS, st.just("EX"), st.sampled_from([30, 60, 100_000])),
    st.tuples(st.just("EXPIRE"), KEYS, SECONDS, st.sampled_from(["NX", "XX"])),
    st.tuples(st.just("DBSIZE")),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COMMANDS, max_size=12))
def test_the_same_commands_get_the_same_replies(pair: Pair, commands: list[Command]) -> None:
    pair.empty()
    for command in commands:
        real, simulated = pair.both(*command)
        if command[0] == "TTL" and isinstance(real, int) and real > 0:
            assert simulated == pytest.approx(real, abs=_SLOW_MACHINE_S), command
        else:
            assert simulated == real, command


def test_ttl_replies_without_a_key_and_without_an_expiry(pair: Pair) -> None:
    assert pair.both("TTL", "none") == (-2, -2)
    pair.both("SET", "k", "v")
    assert pair.both("TTL", "k") == (-1, -1)
    pair.both("SET", "k", "v", "EX", 60)
    assert pair.both("TTL", "k") == (pytest.approx(60, abs=1), 60)


def test_an_expiry_may_depend_on_the_one_that_is_there(pair: Pair) -> None:
    pair.both("SET", "k", "v", "EX", 60)
    for command in (("EXPIRE", "k", 30, "GT"), ("EXPIRE", "k", 90, "LT"), ("EXPIRE", "k", 90, "GT")):
        real, simulated = pair.both(*command)
        assert simulated == real, command


@pytest.mark.parametrize(
    "command",
    [
        ("GET",),
        ("GET", "list"),
        ("INCR", "text"),
        ("SET", "k", "v", "NX", "XX"),
        ("SET", "k", "v", "EX", 0),
        ("SET", "k", "v", "EX", 1, "PX", 1),
        ("SET", "k", "v", "EX", "soon"),
        ("EXPIRE", "k", "soon"),
        ("HSET", "text", "f", "v"),
        ("MSET", "k"),
        ("NoSuch", "one", "둘"),
        ("NOSUCH",),
    ],
)
def test_errors_have_the_same_class_and_text(pair: Pair, command: Command) -> None:
    pair.both("LPUSH", "list", "v")
    pair.both("SET", "text", "글자")
    real, simulated = pair.both(*command)
    assert isinstance(real, tuple)
    assert simulated == real


def test_a_pipeline_in_a_transaction_gives_the_same_replies(pair: Pair) -> None:
    def run(side: str) -> list[object]:
        client = pair.real if side == "real" else pair.simulated
        with client.pipeline() as pipe:
            pipe.set("k", "1", ex=60)
            pipe.incr("k")
            pipe.lpush("k", "v")
            pipe.ttl("k")
            replies: list[object] = pipe.execute(raise_on_error=False)
        return [(type(reply).__name__, str(reply)) for reply in replies]

    with pair.cloud.active():
        simulated = run("simulated")
    assert simulated == run("real")
