"""The limit of a node's memory on a server that the labs started: the same keys go, the same writes are refused."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import redis

from labs.cloud.cloud import Cloud
from labs.cloud.settings import POLICIES, Policy
from labs.engine.lab import load
from labs.engine.trial import Trial
from labs.servers.cloud import Servers
from labs.servers.own_node import OwnNode
from labs.servers.own_pool import OwnPool
from labs.servers.own_server import find_program
from tests.conformance.test_labs_on_real_servers import played, told

pytestmark = pytest.mark.server

LAB = "eviction"
STEPS = [step.id for step in load(LAB).steps]
HOST = "books.cache.lab"
VALUE = "x" * 400
COST = 500
"""What VALUE takes under a short name, nearly."""

type Line = tuple[str | int, ...]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    made = Servers("labs:test:", None, own=OwnPool(find_program()))
    yield made
    made.clean()


# The lab


@pytest.mark.parametrize("step_id", [step_id for step_id in STEPS if step_id != "protect-carts"])
def test_a_solution_leaves_the_same_trace(step_id: str, servers: Servers) -> None:
    assert told(played(LAB, step_id, servers.new_cloud)) == told(played(LAB, step_id, Cloud))


def test_what_is_evicted_does_not_depend_on_the_order_in_which_keys_are_scanned(servers: Servers) -> None:
    (printed, trial), (simulated, simulation) = (
        played(LAB, "protect-carts", new_cloud) for new_cloud in (servers.new_cloud, Cloud)
    )
    assert printed == simulated
    assert _in_any_order(trial) == _in_any_order(simulation)


def _in_any_order(trial: Trial) -> list[tuple[object, object]]:
    """What was done, and what each store held then."""
    assert trial.record is not None
    return [
        (
            Counter((event.op, event.key, event.outcome) for event in span.events),
            [[(one.key, one.value) for one in store.entries] for store in span.stores],
        )
        for span in (trial.record.run, *trial.record.calls)
    ]


# One node of each kind


class Both:
    """A node on a server of the labs' own, and a simulated one, which get the same commands."""

    def __init__(self, servers: Servers, policy: Policy, limit: int) -> None:
        self.clouds = [servers.new_cloud(), Cloud()]
        for cloud in self.clouds:
            cloud.cache(HOST, maxmemory=limit, policy=policy)
        self.clients = [redis.Redis(host=HOST, decode_responses=True) for _ in self.clouds]

    @property
    def own(self) -> OwnNode:
        (node,) = self.clouds[0].caches
        assert isinstance(node, OwnNode)
        return node

    def run(self, *line: str | int) -> tuple[object, object]:
        """A command; the replies, or what is said of an error."""

        def execute(client: redis.Redis) -> object:
            return client.execute_command(*line)  # type: ignore[no-untyped-call]

        own, simulated = self._on_each(execute)
        return own, simulated

    def agree(self, *line: str | int) -> object:
        own, simulated = self.run(*line)
        assert own == simulated, line
        return own

    def sleep(self, seconds: float) -> None:
        self._on_each(lambda client: time.sleep(seconds))

    def look(self) -> set[str]:
        """Which keys there are, the same on both; and the same numbers about them."""
        numbers, kept = self._on_each(_numbers), self._on_each(_names)
        assert numbers[0] == numbers[1]
        assert kept[0] == kept[1]
        assert isinstance(kept[0], set)
        return kept[0]

    def _on_each[T](self, act: Callable[[redis.Redis], T]) -> list[T | str]:
        """What comes of it in each cloud, the own server's first; the text of an error."""
        seen: list[T | str] = []
        for cloud, client in zip(self.clouds, self.clients, strict=True):
            with cloud.active():
                try:
                    seen.append(act(client))
                except redis.RedisError as error:
                    seen.append(f"{type(error).__name__}: {error}")
        return seen


def _names(client: redis.Redis) -> set[str]:
    return {key for key in client.keys("*") if isinstance(key, str)}


def _numbers(client: redis.Redis) -> dict[str, object]:
    info = client.info()
    names = ("used_memory", "used_memory_human", "maxmemory", "maxmemory_human", "maxmemory_policy", "evicted_keys")
    return {name: info[name] for name in (*names, "expired_keys", "keyspace_hits", "keyspace_misses")}


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-lru", "volatile-ttl", "noeviction"])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_keys_are_evicted_whatever_happened_before(servers: Servers, policy: Policy, seed: int) -> None:
    choose = random.Random(seed)
    both = Both(servers, policy, 12 * COST)
    for _ in range(120):
        name = f"k{choose.randrange(30)}"
        line: Line = choose.choice(
            [
                ("SET", name, "x" * choose.randrange(100, 900)),
                ("SET", name, "x" * choose.randrange(100, 900), "PX", choose.randrange(1_000, 100_000)),
                ("SET", name, "x" * choose.randrange(100, 900), "EX", choose.randrange(100, 1000)),
                ("GET", name),
                ("EXPIRE", name, choose.randrange(1, 500)),
                ("DEL", name),
            ]
        )
        both.agree(*line)
        if choose.random() < 0.1:
            both.sleep(choose.choice([0.01, 0.5, 3, 70]))
    both.look()


@pytest.mark.parametrize("policy", ["allkeys-lfu", "volatile-lfu"])
def test_the_least_frequently_used_key_goes(servers: Servers, policy: Policy) -> None:
    both = Both(servers, policy, 10 * COST)
    # Never as many as another key, a new one included: among equals a server may choose any.
    uses = [5, 12, 3, 10, 8, 13, 4, 11, 6, 9]
    for number, times in enumerate(uses):
        both.agree("SET", f"k{number}", VALUE, "EX", 1000)
        for _ in range(times):
            both.agree("GET", f"k{number}")
    # Each minute takes one away.
    both.sleep(7 * 60)
    for number in range(4):
        both.agree("SET", f"new{number}", VALUE, "EX", 1000)
        for _ in range(20):
            both.agree("GET", f"new{number}")
    assert both.own.keys.evicted == 4
    kept = {f"k{number}" for number, times in enumerate(uses) if times > 6}
    assert kept | {"new0", "new1", "new2", "new3"} <= both.look()


@pytest.mark.parametrize("policy", ["allkeys-random", "volatile-random"])
def test_a_random_policy_makes_room_for_as_many_keys(servers: Servers, policy: Policy) -> None:
    both = Both(servers, policy, 10 * COST)
    both.agree("SET", "lasting", VALUE)
    for number in range(40):
        both.agree("SET", f"k{number:02}", VALUE, "EX", 1000)
    both.agree("DBSIZE")
    if policy == "volatile-random":
        assert both.agree("EXISTS", "lasting") == 1


@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_full_of_keys_that_may_not_go_refuses_to_write(servers: Servers, policy: Policy) -> None:
    if policy.startswith("allkeys"):
        policy = "noeviction"
    both = Both(servers, policy, 5 * COST)
    refused = [both.agree("SET", f"k{number}", VALUE) for number in range(8)][-1]
    assert refused == "OutOfMemoryError: command not allowed when used memory > 'maxmemory'."
    for line in (
        ("GET", "k1"),
        ("INCR", "n"),
        ("EXPIRE", "k1", 1),
        ("DEL", "k2"),
        ("SET", "k2", VALUE),
        ("SET", "n", 1),
    ):
        both.agree(*line)
    both.look()
    stats = both.own.own.ask(("INFO", "errorstats"))[0].text
    assert "errorstat_OOM" in stats, "the server has refused itself"


def test_the_server_evicts_by_its_own_policy(servers: Servers) -> None:
    both = Both(servers, "volatile-lru", 5 * COST)
    for number in range(9):
        both.agree("SET", f"k{number}", VALUE, "EX", 100)
    both.look()
    server = both.own.own
    assert server.ask(("CONFIG", "GET", "maxmemory-policy"))[0].items[1].text == "volatile-lru"
    evicted = next(line for line in server.ask(("INFO", "stats"))[0].text.splitlines() if "evicted_keys" in line)
    # With them go the keys by which it is told.
    assert int(evicted.partition(":")[2]) == 16 * both.own.keys.evicted + both.own.keys.evicted


def test_several_keys_make_room_for_a_big_one_and_no_more_than_it_takes(servers: Servers) -> None:
    both = Both(servers, "allkeys-lru", 60 * COST)
    for number in range(55):
        both.agree("SET", f"k{number:02}", VALUE)
    both.agree("SET", "big", "x" * 20_000)
    assert len(both.look()) < 30


def test_a_smaller_limit_evicts_and_a_wrong_one_does_nothing(servers: Servers) -> None:
    both = Both(servers, "allkeys-lru", 0)
    for number in range(50):
        both.agree("SET", f"k{number:02}", VALUE)
    for line in (
        ("CONFIG", "SET", "maxmemory", "much"),
        ("CONFIG", "SET", "maxmemory", "1mb", "maxmemory-policy", "none"),
        ("CONFIG", "GET", "maxmemory*"),
        ("CONFIG", "SET", "MAXMEMORY", "5kb"),
        ("CONFIG", "GET", "maxmemory*"),
    ):
        own, simulated = both.run(*line)
        assert (own, line) == (simulated, line)
    assert both.look() == {f"k{number}" for number in range(40, 50)}


def test_transactions_without_room_fail_alike(servers: Servers) -> None:
    both = Both(servers, "volatile-lru", 5 * COST)
    for number in range(6):
        both.agree("SET", f"k{number}", VALUE)
    for lines in (
        [("MULTI",), ("GET", "k1"), ("EXEC",)],
        [("MULTI",), ("SET", "k1", "v"), ("EXEC",)],
        [("MULTI",), ("DISCARD",), ("GET", "k1")],
        [("DEL", "k2"), ("MULTI",), ("CONFIG", "SET", "maxmemory", 3 * COST), ("GET", "k1"), ("EXEC",), ("GET", "k1")],
    ):
        for line in lines:
            both.agree(*line)
    both.look()


def test_keys_that_become_candidates_go_one_by_one(servers: Servers) -> None:
    both = Both(servers, "volatile-lru", 10 * COST)
    for number in range(11):
        both.agree("SET", f"k{number}", VALUE)
    for number in (3, 5, 7):
        both.agree("EXPIRE", f"k{number}", 100)
    assert both.look() == {f"k{number}" for number in range(11) if number != 3}


def test_a_watched_key_is_not_touched_by_evictions(servers: Servers) -> None:
    both = Both(servers, "volatile-lru", 10 * COST)
    both.agree("SET", "watched", "1")
    client = both.clients[0]
    with both.clouds[0].active():
        with client.pipeline() as pipe:
            pipe.watch("watched")  # type: ignore[no-untyped-call]
            for number in range(20):
                client.set(f"k{number}", VALUE, ex=100)
            pipe.multi()
            pipe.incr("watched")
            assert pipe.execute() == [2]
        assert client.info("stats")["evicted_keys"] == 20 + 1 - client.dbsize()


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu"])
def test_object_tells_of_the_time_and_the_uses_of_the_lab(servers: Servers, policy: Policy) -> None:
    both = Both(servers, policy, 0)
    both.agree("SET", "k", VALUE, "EX", 1000)
    for seconds in (0.5, 70, 300):
        both.agree("GET", "k")
        both.sleep(seconds)
        for _ in range(2):
            both.agree("OBJECT", "IDLETIME", "k")
            both.agree("OBJECT", "FREQ", "k")
        both.agree("TTL", "k")
    both.agree("OBJECT", "FREQ", "nowhere")


def test_a_key_that_was_used_after_it_nearly_went_stays(servers: Servers) -> None:
    both = Both(servers, "allkeys-lru", 10 * COST)
    for number in range(100):
        both.agree("SET", f"k{number:02}", VALUE)
        both.agree("GET", "k00")
    assert "k00" in both.look()
    # The next cloud has the server again, and it knows nothing of all this.
    both = Both(servers, "allkeys-lru", 10 * COST)
    for number in range(99, 50, -1):
        both.agree("SET", f"k{number:02}", VALUE)
    assert "k99" not in both.look()
