"""The same random commands on a real server and on a simulated node: same replies, same errors, same data at the end.

Strings, expiry, hashes, sorted sets, and transactions with WATCH. What `labs/cloud/differences.yml` says may differ is
left out of the sequences, each time with a comment: which of two faults of a command is told first (a bad argument and
a key of another type), fractions beyond double precision, the order of sorted sets by name when scores differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.conftest import Pair

pytestmark = pytest.mark.server

# How much real time a sequence may take before a TTL read back differs: real time passes on one side only.
SLOW_MACHINE_S = 20

type Command = tuple[str | int, ...]
type Strategy = st.SearchStrategy[Command]


@dataclass(frozen=True)
class Transaction:
    """MULTI … EXEC, after WATCH of a key that somebody else may write meanwhile."""

    commands: tuple[Command, ...]
    watched: str | None
    disturbed: bool


KEYS = st.sampled_from(["a", "b", "c", "상품:1"])
FIELDS = st.sampled_from(["f", "g", "이름", ""])
TEXTS = ["", "0", "1", "-3", "10", "3.5", "글자", " 7", "007", "9223372036854775807", "x" * 70]
VALUES = st.sampled_from(TEXTS)
NUMBERS = st.sampled_from([-7, -1, 0, 1, 2, 5, 1_000_000, 2**63 - 1])
# Halves: a real server adds in long double, the simulation in double.
FRACTIONS = st.sampled_from(["0.5", "-2.5", "3", "1e3"])
SCORES = st.sampled_from(["0", "1", "-3", "2.5", "1e3", "inf", "-inf", "1000000000000000000"])
BORDERS = st.sampled_from(["-inf", "+inf", "0", "(0", "1", "(2.5", "1e3"])
LEXICAL = st.sampled_from(["-", "+", "[f", "(f", "[글", "["])
PLACES = st.sampled_from([-100, -2, -1, 0, 1, 2, 100])
# Nothing may expire by itself: a deadline is far away, or over at once.
SECONDS = st.sampled_from([60, 100_000])
PAST = st.sampled_from([-1, 0])
# GT and LT would compare deadlines that real time has moved (`test_strings_and_expiry.py` has them).
CONDITIONS = st.sampled_from([(), ("NX",), ("XX",)])


def line(*parts: str | st.SearchStrategy[object]) -> Strategy:
    """A command out of words and strategies; a strategy of tuples gives several words."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(_flat)


def _flat(parts: Sequence[object]) -> Command:
    words: list[str | int] = []
    for part in parts:
        words += part if isinstance(part, tuple) else [part]  # type: ignore[list-item]
    return tuple(words)


def any_of(names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names.split())


STRINGS = st.one_of(
    line("SET", KEYS, VALUES, st.sampled_from([(), ("NX",), ("XX",), ("GET",), ("NX", "GET"), ("KEEPTTL",)])),
    line(
        "SET",
        KEYS,
        VALUES,
        st.sampled_from([("EX", 60), ("PX", 60_000), ("EXAT", 9_999_999_999), ("EX", 0), ("EX", "x")]),
    ),
    line(any_of("GET GETDEL STRLEN INCR DECR TYPE EXISTS"), KEYS),
    line(any_of("GETSET SETNX APPEND"), KEYS, VALUES),
    line(any_of("INCRBY DECRBY"), KEYS, NUMBERS),
    line("INCRBYFLOAT", "price", FRACTIONS),
    line("SET", "price", any_of("0 1.5 -2.25 text")),
    line("GET", "price"),
    line("GETRANGE", KEYS, PLACES, PLACES),
    line("SETRANGE", KEYS, st.sampled_from([0, 1, 5]), VALUES),
    line(any_of("MSET MSETNX"), KEYS, VALUES, KEYS, VALUES),
    line(any_of("MGET DEL EXISTS UNLINK TOUCH"), KEYS, KEYS),
    line(any_of("RENAME RENAMENX COPY"), KEYS, KEYS),
)
EXPIRY = st.one_of(
    line("EXPIRE", KEYS, SECONDS | PAST, CONDITIONS),
    line("PEXPIRE", KEYS, SECONDS.map(lambda seconds: 1000 * seconds) | PAST, CONDITIONS),
    line("EXPIREAT", KEYS, st.sampled_from([1, 9_999_999_999])),
    line("PEXPIREAT", KEYS, st.sampled_from([1, 9_999_999_999_999])),
    line(any_of("TTL PTTL PERSIST EXPIRETIME"), KEYS),
    line("SETEX", KEYS, SECONDS | PAST, VALUES),
    line("PSETEX", KEYS, SECONDS.map(lambda seconds: 1000 * seconds) | PAST, VALUES),
    line("GETEX", KEYS, st.sampled_from([(), ("PERSIST",), ("EX", 60), ("PX", 100_000)])),
)
HASHES = st.one_of(
    line("HSET", KEYS, FIELDS, VALUES),
    line(any_of("HSET HMSET"), KEYS, FIELDS, VALUES, FIELDS, VALUES),
    line("HSETNX", KEYS, FIELDS, VALUES),
    line(any_of("HGET HEXISTS HSTRLEN HDEL"), KEYS, FIELDS),
    line(any_of("HMGET HDEL"), KEYS, FIELDS, FIELDS),
    line(any_of("HGETALL HLEN HKEYS HVALS"), KEYS),
    line("HINCRBY", KEYS, FIELDS, NUMBERS),
    line("HINCRBYFLOAT", "prices", "f", FRACTIONS),
    line("HSET", "prices", "f", any_of("0 1.5 -2.25 text")),
    line("HGET", "prices", "f"),
)
SORTED_SETS = st.one_of(
    line("ZADD", KEYS, st.sampled_from([(), ("NX",), ("XX",), ("GT",), ("LT", "CH"), ("CH",)]), SCORES, FIELDS),
    line("ZADD", KEYS, SCORES, FIELDS, SCORES, FIELDS),
    line("ZADD", KEYS, "INCR", SCORES, FIELDS),
    line("ZINCRBY", KEYS, SCORES, FIELDS),
    line(any_of("ZSCORE ZRANK ZREVRANK ZREM"), KEYS, FIELDS),
    line("ZMSCORE", KEYS, FIELDS, FIELDS),
    line("ZCARD", KEYS),
    line(any_of("ZCOUNT ZRANGEBYSCORE ZREVRANGEBYSCORE ZREMRANGEBYSCORE"), KEYS, BORDERS, BORDERS),
    line(any_of("ZRANGE ZREVRANGE"), KEYS, PLACES, PLACES, st.sampled_from([(), ("WITHSCORES",)])),
    line("ZREMRANGEBYRANK", KEYS, PLACES, PLACES),
    line("ZRANGE", KEYS, BORDERS, BORDERS, "BYSCORE", st.sampled_from([(), ("REV",), ("LIMIT", 0, 2)])),
    # Their order is only promised where all scores are the same.
    line("ZADD", "{lex}", "0", FIELDS),
    line(any_of("ZLEXCOUNT ZRANGEBYLEX ZREMRANGEBYLEX"), "{lex}", LEXICAL, LEXICAL),
    line(any_of("ZPOPMIN ZPOPMAX"), KEYS, st.sampled_from([(), (2,), (0,)])),
    line(any_of("ZUNIONSTORE ZINTERSTORE"), KEYS, st.just(2), KEYS, KEYS),
)
OTHERS = st.one_of(
    line(any_of("GET TTL HGETALL ZCARD"), st.sampled_from([(), ("a", "b")])),
    line(any_of("SET HSET ZADD EXPIRE HGET MSET ZINCRBY NOSUCH"), st.sampled_from([(), ("a",)])),
    line(any_of("LPUSH SADD"), KEYS, VALUES),
    line("LRANGE", KEYS, PLACES, PLACES),
    line("OBJECT", "ENCODING", KEYS),
    line("DBSIZE"),
)
COMMANDS: Strategy = st.one_of(STRINGS, EXPIRY, HASHES, SORTED_SETS, OTHERS)
TRANSACTIONS = st.builds(
    Transaction, st.lists(COMMANDS, max_size=5).map(tuple), st.one_of(st.none(), KEYS), st.booleans()
)


def perform(client: redis.Redis, other: redis.Redis, step: Command | Transaction) -> object:
    """One step and its reply, errors as their class and text."""
    try:
        if isinstance(step, Transaction):
            return _transaction(client, other, step)
        return plain(client.execute_command(*step))  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return plain(error)


def _transaction(client: redis.Redis, other: redis.Redis, step: Transaction) -> object:
    with client.pipeline() as pipe:
        if step.watched is not None:
            pipe.watch(step.watched)  # type: ignore[no-untyped-call]
            if step.disturbed:
                other.set(step.watched, "somebody else's")
        pipe.multi()
        for command in step.commands:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]
        return [plain(reply) for reply in pipe.execute(raise_on_error=False)]


def plain(reply: object) -> object:
    return (type(reply).__name__, str(reply)) if isinstance(reply, redis.RedisError) else reply


def same(real: object, simulated: object, step: Command | Transaction) -> bool:
    """Whether two replies are alike, but for the real time that passed."""
    if isinstance(step, Transaction) and isinstance(real, list) and isinstance(simulated, list):
        return len(real) == len(simulated) and all(map(same, real, simulated, step.commands))
    if isinstance(real, int) and isinstance(simulated, int) and real > 0 and not isinstance(step, Transaction):
        if step[0] == "EXPIRETIME":
            # It is another time of the day there, unless the deadline was told as a moment.
            return simulated > 0
        if step[0] in ("TTL", "PTTL"):
            return abs(simulated - real) <= SLOW_MACHINE_S * (1000 if step[0] == "PTTL" else 1) or real > 10**8
    if (
        isinstance(step, tuple)
        and step[0] in ("HKEYS", "HVALS")
        and isinstance(real, list)
        and isinstance(simulated, list)
    ):
        # A large hash has no order.
        return sorted(simulated) == sorted(real)
    return type(simulated) is type(real) and simulated == real


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(st.one_of(COMMANDS, COMMANDS, COMMANDS, TRANSACTIONS), max_size=20))
def test_random_commands_get_the_same_replies(pair: Pair, steps: list[Command | Transaction]) -> None:
    pair.empty()
    other = redis.Redis(host="sim.cache.lab")
    for step in steps:
        real = perform(pair.real, pair.real, step)
        with pair.cloud.active():
            simulated = perform(pair.simulated, other, step)
        assert same(real, simulated, step), (step, real, simulated)


# What is there before, and a command with one fault.
FAULTS: dict[str, list[str]] = {
    "SET k 10": [
        *(
            "INCRBY k x",
            "INCRBY k 1.0",
            "DECRBY k 9223372036854775808",
            "INCRBY k 9223372036854775807",
            "INCRBYFLOAT k x",
        ),
        *("INCRBYFLOAT k nan", "SETRANGE k -1 v", "SETRANGE k x v", "GETRANGE k x 1", "GETRANGE k 0 x", "EXPIRE k x"),
        *(
            "EXPIRE k 1.5",
            "EXPIRE k 9223372036854775807",
            "PEXPIRE k 9223372036854775807",
            "EXPIREAT k x",
            "SETEX k x v",
        ),
        *("EXPIRE k 1 NX XX", "EXPIRE k 1 GT LT", "EXPIRE k 1 NX GT", "EXPIRE k 1 OLD", "GETEX k EX 0", "GETEX k EX x"),
        *("GETEX k OLD", "GETEX k EX 1 PX 1", "SET k v NX XX", "SET k v EX 1 PX 1", "SET k v EX x", "SET k v PX -1"),
        *("SET k v OLD", "SET k v KEEPTTL EX 1", "SETEX k 0 v", "PSETEX k -1 v", "RENAME none k", "RENAMENX none k"),
        *("HSET k f v", "ZADD k 1 m", "LPUSH k v", "HINCRBY k f 1", "ZRANGE k 0 1", "MSET k", "MSETNX k v other"),
    ],
    "SET k text": ["INCR k", "DECR k", "INCRBYFLOAT k 1"],
    "HSET k f 1 g text": [
        *(
            "HINCRBY k f x",
            "HINCRBY k f 1.0",
            "HINCRBY k g 1",
            "HINCRBYFLOAT k f x",
            "HINCRBYFLOAT k f inf",
            "HSET k f",
        ),
        *("HINCRBYFLOAT k g 1", "HINCRBY k f 9223372036854775807", "GET k", "INCR k", "HSET k f v g", "HMSET k f"),
    ],
    "ZADD k 1 a 2.5 b 7 c": [
        *(
            "ZADD k x a",
            "ZADD k nan a",
            "ZADD k NX XX 1 a",
            "ZADD k NX GT 1 a",
            "ZADD k GT LT 1 a",
            "ZADD k INCR 1 a 2 b",
        ),
        *(
            "ZADD k 1",
            "ZADD k 1 a 2",
            "ZADD k OLD 1 a",
            "ZINCRBY k x a",
            "ZINCRBY k nan a",
            "ZCOUNT k x 1",
        ),
        *(
            "ZRANGE k x 1",
            "ZRANGE k 0 x",
            "ZREVRANGE k x 1",
            "ZRANGE k x 1 BYSCORE",
            "ZRANGE k 0 1 LIMIT 0 1",
            "ZRANGE k 0 1 OLD",
        ),
        *(
            "ZRANGEBYSCORE k 0 1 LIMIT x 1",
            "ZRANGEBYLEX k a b",
            "ZLEXCOUNT k a b",
            "ZPOPMIN k x",
        ),
        *(
            "ZPOPMAX k -1",
            "ZREMRANGEBYRANK k x 1",
            "ZREMRANGEBYSCORE k x 1",
            "ZUNIONSTORE k x other",
            "ZUNIONSTORE k 0 other",
        ),
        *("ZUNIONSTORE k 2 other", "INCR k", "HGET k f", "GET k"),
    ],
}
FAULTY = [(before, command) for before, commands in FAULTS.items() for command in commands]


@pytest.mark.parametrize(("before", "command"), FAULTY, ids=[command for _, command in FAULTY])
def test_a_fault_is_told_in_the_same_words(pair: Pair, before: str, command: str) -> None:
    pair.both(*before.split())
    real, simulated = pair.both(*command.split())
    assert isinstance(real, tuple), "a real server takes this"
    assert simulated == real


@pytest.mark.parametrize(
    "commands", [["SET k 1", "INCR"], ["INCR k", "NOSUCH k"], ["SET k v", "LPUSH k v", "GET k"], [], ["GET k", "SET k"]]
)
def test_a_fault_in_a_transaction_has_the_same_effect(pair: Pair, commands: list[str]) -> None:
    step = Transaction(tuple(tuple(command.split()) for command in commands), None, False)
    real = perform(pair.real, pair.real, step)
    with pair.cloud.active():
        simulated = perform(pair.simulated, pair.simulated, step)
    assert simulated == real
    assert len(set(pair.both("GET", "k"))) == 1
