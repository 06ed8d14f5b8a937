"""Memory: how values are kept, what they cost, which keys a policy evicts, and what a full node refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.cloud.cloud import Cloud
from labs.cloud.commands import DENY_OOM
from labs.cloud.settings import POLICIES, Policy
from tests.conformance.conftest import Pair
from tests.conformance.servers import free_port, redis_server

pytestmark = pytest.mark.server

TOLERANCE = 0.25
"""What MEMORY USAGE may differ by where a real server grows a hash table step by step."""

type Line = tuple[str | int, ...]


def fields(count: int, length: int = 6) -> Line:
    return tuple(piece for n in range(count) for piece in (f"field{n}", f"{n:0{length}}v"))


def members(count: int) -> Line:
    return tuple(piece for n in range(count) for piece in (n, f"member{n}"))


# Names say what is made; `k` is the key.
STRINGS: dict[str, list[Line]] = {
    **{f"string of {n}": [("SET", "k", "x" * n)] for n in (0, 1, 12, 13, 44, 45, 100, 254, 255, 256, 1000, 10_000)},
    "integer": [("SET", "k", 12345)],
    "largest integer": [("SET", "k", 2**63 - 1)],
    "too large an integer": [("SET", "k", 2**63)],
    "negative": [("SET", "k", -7)],
    "leading zero": [("SET", "k", "007")],
    "not quite a number": [("SET", "k", "1.0")],
    "Korean": [("SET", "k", "머그컵 12,000원")],
    "counted": [("SET", "k", 41), ("INCR", "k")],
    "counted in halves": [("SET", "k", 41), ("INCRBYFLOAT", "k", "0.5")],
}
COMPACT: dict[str, list[Line]] = {
    **{f"hash of {n}": [("HSET", "k", *fields(n))] for n in (1, 10, 100, 512)},
    "hash with a long value": [("HSET", "k", "f", "x" * 64)],
    **{f"sorted set of {n}": [("ZADD", "k", *members(n))] for n in (1, 10, 128)},
    "sorted set of halves": [("ZADD", "k", "0.5", "a", "-1.25", "b", "1e9", "c")],
    **{f"integers, {n}": [("SADD", "k", *range(n))] for n in (1, 10, 512)},
    "large integers": [("SADD", "k", 1, 70_000, 2**40)],
    **{f"list of {n}": [("RPUSH", "k", *(f"item{i}" for i in range(n)))] for n in (1, 100)},
}
TABLES: dict[str, list[Line]] = {
    "string that grew": [("SET", "k", "x" * 90), ("APPEND", "k", "y")],
    "bits": [("SETBIT", "k", 7, 1)],
    "hash of 513": [("HSET", "k", *fields(513))],
    "hash with too long a value": [("HSET", "k", "f", "x" * 65)],
    "sorted set of 129": [("ZADD", "k", *members(129))],
    "sorted set of 1000": [("ZADD", "k", *members(1000))],
    "sorted set with a long member": [("ZADD", "k", 1, "m" * 65)],
    "integers, 513": [("SADD", "k", *range(513))],
    "words, 10": [("SADD", "k", *(f"m{n}" for n in range(10)))],
    "words and integers": [("SADD", "k", 1, 2, "three")],
    "integers again": [("SADD", "k", 1, "two"), ("SREM", "k", "two")],
    "list of 1000": [("RPUSH", "k", *(f"item{i}" for i in range(1000)))],
    "list of long values": [("RPUSH", "k", *(["x" * 1000] * 50))],
}
# A real server takes its time to give the memory of a table back.
SHRUNK: dict[str, list[Line]] = {"hash that shrank": [("HSET", "k", *fields(513)), ("HDEL", "k", *fields(512)[::2])]}
ALL = STRINGS | COMPACT | TABLES | SHRUNK


@pytest.mark.parametrize("name", ALL)
def test_a_value_has_the_same_encoding(pair: Pair, name: str) -> None:
    for line in ALL[name]:
        pair.both(*line)
    real, simulated = pair.both("OBJECT", "ENCODING", "k")
    assert simulated == real


@pytest.mark.parametrize("name", STRINGS | COMPACT)
def test_memory_usage_is_exact_for_strings_and_compact_values(pair: Pair, name: str) -> None:
    for line in ALL[name]:
        pair.both(*line)
    real, simulated = pair.both("MEMORY", "USAGE", "k")
    assert simulated == real


@pytest.mark.parametrize("name", TABLES)
def test_memory_usage_is_near_for_tables(pair: Pair, name: str) -> None:
    for line in ALL[name]:
        pair.both(*line)
    real, simulated = pair.both("MEMORY", "USAGE", "k", "SAMPLES", 0)
    assert isinstance(real, int)
    assert simulated == pytest.approx(real, rel=TOLERANCE)


@pytest.mark.parametrize("length", [1, 6, 7, 15, 31, 50, 100])
def test_a_longer_name_of_a_key_costs_the_same_more(pair: Pair, length: int) -> None:
    pair.both("SET", "k" * length, 1)
    real, simulated = pair.both("MEMORY", "USAGE", "k" * length)
    assert simulated == real


def test_the_commands_that_a_full_node_refuses_are_those_of_a_real_server(pair: Pair) -> None:
    commands: dict[str, dict[str, list[str]]] = pair.real.command()
    assert {name for name, about in commands.items() if "denyoom" in about["flags"]} == DENY_OOM


@settings(max_examples=50, deadline=None)
@given(keys=st.lists(st.text(st.sampled_from("ab{}:가"), max_size=8), min_size=1, max_size=30))
def test_the_slot_of_a_key_is_that_of_a_real_cluster(cluster: redis.Redis, keys: list[str]) -> None:
    cloud = Cloud()
    cloud.cache("sim.cache.lab")
    with cloud.active():
        simulated = redis.Redis(host="sim.cache.lab")
        slots = [simulated.execute_command("CLUSTER KEYSLOT", key) for key in keys]  # type: ignore[no-untyped-call]
    assert slots == [cluster.execute_command("CLUSTER KEYSLOT", key) for key in keys]  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    bus = ("--cluster-port", str(free_port()))
    with redis_server(tmp_path_factory.mktemp("cluster"), "--cluster-enabled", "yes", *bus) as port:
        yield redis.Redis(port=port)


class Full:
    """A real server and a simulated node that can be given too little memory."""

    def __init__(self, port: int, policy: Policy) -> None:
        self.real = redis.Redis(port=port, decode_responses=True)
        self.real.config_set("maxmemory", 0)
        self.real.config_set("maxmemory-policy", policy)
        self.real.flushall()
        self.cloud = Cloud()
        self.cloud.cache("sim.cache.lab", policy=policy)
        self.simulated = redis.Redis(host="sim.cache.lab", decode_responses=True)

    def leave_room(self, amount: int) -> None:
        """From now on both have room for so many bytes more; a negative amount is what they have too much."""
        with self.cloud.active():
            self.simulated.config_set("maxmemory", self.simulated.info("memory")["used_memory"] + amount)
        self.real.config_set("maxmemory", self.real.info("memory")["used_memory"] + amount)

    def sleep(self, seconds: float) -> None:
        with self.cloud.active():
            time.sleep(seconds)
        time.sleep(seconds)

    def fill(self, lines: list[Line]) -> tuple[str, str]:
        """The first refusal on each side, empty when every command went well."""
        with self.cloud.active():
            simulated = _refusal(self.simulated, lines)
        return _refusal(self.real, lines), simulated

    def kept(self, *kinds: str) -> tuple[dict[str, int], dict[str, int]]:
        """How many keys of each kind (the first word of their names) are left on each side."""
        with self.cloud.active():
            simulated = {kind: len(self.simulated.keys(f"{kind}:*")) for kind in kinds}
        return {kind: len(self.real.keys(f"{kind}:*")) for kind in kinds}, simulated


def _refusal(client: redis.Redis, lines: list[Line]) -> str:
    try:
        for line in lines:
            client.execute_command(*line)  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.fixture(scope="module")
def full_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    # Ten samples of few keys come close to the exact order that the simulation keeps.
    options = ("--maxmemory-samples", "10", "--lfu-log-factor", "0")
    with redis_server(tmp_path_factory.mktemp("full"), *options) as port:
        # The buffers of a server grow at first, and count as its memory.
        redis.Redis(port=port).mset({f"warm:{n}": VALUE for n in range(500)})
        yield port


VALUE = "x" * 4000
LASTING: list[Line] = [("SET", f"lasting:{n}", VALUE) for n in range(50)]
EXPIRING: list[Line] = [("SET", f"expiring:{n}", VALUE, "EX", 1000 + n) for n in range(50)]
# Read once more than those, so that LFU can tell them apart.
LATER: list[Line] = [
    line for n in range(130) for line in (("SET", f"later:{n}", VALUE, "EX", 5000), ("GET", f"later:{n}"))
]
LASTING_USED: list[Line] = [("GET", f"lasting:{n}") for _ in range(3) for n in range(50)]
SAMPLED = 15
"""How many of 50 keys a real server, which looks at ten at a time, may judge otherwise."""


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_evicts_the_same_kinds_of_keys(full_port: int, policy: Policy) -> None:
    full = Full(full_port, policy)
    full.fill([*LASTING, *EXPIRING])
    if policy.endswith("lru"):
        full.sleep(1.1)  # the clock of LRU counts whole seconds
    full.fill(LASTING_USED)
    full.leave_room(90 * 4096)
    real, simulated = full.fill(LATER)
    assert simulated == real
    assert bool(real) == (policy == "noeviction")
    real_kept, simulated_kept = full.kept("lasting", "expiring", "later")
    assert sum(simulated_kept.values()) == pytest.approx(sum(real_kept.values()), abs=SAMPLED)
    if not policy.endswith("random"):
        assert simulated_kept == {kind: pytest.approx(count, abs=SAMPLED) for kind, count in real_kept.items()}
    if policy.startswith("volatile"):
        assert (simulated_kept["lasting"], real_kept["lasting"]) == (50, 50)


@pytest.mark.parametrize("policy", ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"])
def test_without_a_ttl_a_volatile_policy_refuses_as_noeviction_does(full_port: int, policy: Policy) -> None:
    full = Full(full_port, policy)
    full.leave_room(10 * 4096)
    real, simulated = full.fill(LASTING)
    assert real == "OutOfMemoryError: command not allowed when used memory > 'maxmemory'."
    assert simulated == real


@pytest.mark.parametrize(
    "line",
    [
        *[
            ("GET", "lasting:1"),
            ("DEL", "lasting:1"),
            ("EXPIRE", "lasting:1", 10),
            ("SET", "lasting:1", ""),
            ("INCR", "n"),
        ],
        *[("LPOP", "none"), ("HSET", "h", "f", "v"), ("ZADD", "z", 1, "m"), ("SADD", "s", "m"), ("PING",), ("DBSIZE",)],
        ("CONFIG", "GET", "maxmemory-policy"),
    ],
)
def test_a_full_node_takes_what_a_real_one_takes(full_port: int, line: Line) -> None:
    full = Full(full_port, "noeviction")
    full.fill([*LASTING, *EXPIRING])
    full.leave_room(-50 * 4096)
    real, simulated = full.fill([line])
    assert simulated == real


def test_a_transaction_on_a_full_node_fails_alike(full_port: int) -> None:
    full = Full(full_port, "noeviction")
    full.fill(LASTING)
    full.leave_room(-25 * 4096)

    def run(client: redis.Redis) -> list[str]:
        told = []
        for name in ("GET", "SET"):
            with client.pipeline() as pipe:
                pipe.execute_command(name, "lasting:1", *(["v"] if name == "SET" else []))  # type: ignore[no-untyped-call]
                try:
                    told.append(str(len(pipe.execute())))
                except redis.RedisError as error:
                    told.append(f"{type(error).__name__}: {error}")
        return told

    with full.cloud.active():
        simulated = run(full.simulated)
    assert simulated == run(full.real)


USES: list[Line] = [
    *[
        ("GET", "k"),
        ("SET", "k", "w"),
        ("STRLEN", "k"),
        ("APPEND", "k", "w"),
        ("GETRANGE", "k", 0, 1),
        ("EXPIRE", "k", 99),
    ],
    *[
        ("MGET", "k", "k"),
        ("PERSIST", "k"),
        ("TOUCH", "k"),
        ("EXISTS", "k"),
        ("TTL", "k"),
        ("TYPE", "k"),
        ("SET", "k", "w", "GET"),
    ],
    *[("OBJECT", "ENCODING", "k"), ("OBJECT", "FREQ", "k"), ("MEMORY", "USAGE", "k"), ("SCAN", 0), ("KEYS", "*")],
    *[
        ("SETEX", "k", 9, "w"),
        ("GETSET", "k", "w"),
        ("GETEX", "k"),
        ("SETNX", "k", "w"),
        ("RANDOMKEY",),
        ("EXPIRETIME", "k"),
    ],
    *[("RENAME", "k", "k"), ("COPY", "k", "other"), ("HGET", "k", "f"), ("SETRANGE", "k", 0, "w"), ("UNLINK", "other")],
]


@pytest.mark.parametrize("line", USES, ids=[" ".join(map(str, line)) for line in USES])
def test_a_command_counts_as_a_use_when_it_does_on_a_real_server(full_port: int, line: Line) -> None:
    full = Full(full_port, "allkeys-lfu")
    full.fill([("SET", "k", "v"), *[("GET", "k")] * 3])
    full.fill([line])
    with full.cloud.active():
        simulated = full.simulated.execute_command("OBJECT FREQ", "k")  # type: ignore[no-untyped-call]
    assert simulated == full.real.execute_command("OBJECT FREQ", "k")  # type: ignore[no-untyped-call]
