"""Memcached nodes: ordinary pymemcache code against host names, node loss, resharding, and the trace they leave."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from pymemcache.client.base import Client, PooledClient  # type: ignore[import-untyped]
from pymemcache.client.hash import HashClient  # type: ignore[import-untyped]
from pymemcache.client.retrying import RetryingClient  # type: ignore[import-untyped]
from pymemcache.exceptions import (  # type: ignore[import-untyped]
    MemcacheError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
)

from labs.cloud import drill, latency
from labs.cloud.cloud import Cloud
from labs.cloud.memcached import ENGINE_VERSION, MemcachedCluster
from labs.cloud.trace import TraceEvent
from labs.engine.pristine import Pristine

CONFIGURATION = "shop.cfg.cache.lab"
NODES = ["shop-0001.cache.lab", "shop-0002.cache.lab", "shop-0003.cache.lab"]
PORT = 11211
KEYS = [f"product:{n}" for n in range(60)]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    made.memcached(CONFIGURATION, nodes=NODES)
    with made.active():
        yield made


@pytest.fixture
def cluster(cloud: Cloud) -> MemcachedCluster:
    return cloud.memcached_clusters[0]


@pytest.fixture
def client(cloud: Cloud) -> Client:
    """A client of the first node, connected; the trace begins after its connection."""
    client = Client((NODES[0], PORT))
    client.version()
    cloud.trace.clear()
    return client


def hash_client(nodes: list[str] = NODES, **options: object) -> HashClient:
    return HashClient([(node, PORT) for node in nodes], **options)


def told(events: tuple[TraceEvent, ...]) -> list[tuple[str, str, str | None, str]]:
    return [(event.target, event.op, event.key, event.outcome) for event in events]


def held(cloud: Cloud) -> dict[str, set[str]]:
    return {dump.name: {entry.key for entry in dump.entries} for dump in cloud.dump()}


def test_reads_are_hits_or_misses_and_writes_are_neither(cloud: Cloud, client: Client) -> None:
    client.get("a")
    client.set("a", "1")
    client.get("a")
    client.delete("a")
    assert told(cloud.trace.since()) == [
        ("shop-0001", "GET", "a", "miss"),
        ("shop-0001", "SET", "a", "ok"),
        ("shop-0001", "GET", "a", "hit"),
        ("shop-0001", "DELETE", "a", "ok"),
    ]


def test_a_read_of_several_keys_leaves_an_event_for_each_and_pays_one_round_trip(cloud: Cloud, client: Client) -> None:
    client.set("a", "1")
    before = cloud.clock.now_us
    assert client.get_many(["a", "gone"]) == {"a": b"1"}
    assert cloud.clock.now_us - before == latency.CACHE_ROUND_TRIP_US + latency.CACHE_COMMAND_US
    events = cloud.trace.since()[1:]
    assert told(events) == [("shop-0001", "GET", "a", "hit"), ("shop-0001", "GET", "gone", "miss")]
    assert [event.ms > 0 for event in events] == [True, False]


def test_a_write_without_a_reply_does_not_wait_for_the_network(cloud: Cloud, client: Client) -> None:
    before = cloud.clock.now_us
    client.set("a", "1", noreply=True)
    assert cloud.clock.now_us - before == latency.CACHE_COMMAND_US
    client.set("a", "1", noreply=False)
    assert cloud.clock.now_us - before == 2 * latency.CACHE_COMMAND_US + latency.CACHE_ROUND_TRIP_US


def test_a_refused_write_without_a_reply_is_seen_only_in_the_trace(cloud: Cloud, client: Client) -> None:
    client.set("a", "1")
    assert client.set("a", "x" * (1 << 20), noreply=True)
    assert told(cloud.trace.since())[-1] == ("shop-0001", "SET", "a", "error")
    assert client.get("a") is None
    with pytest.raises(MemcacheServerError, match="object too large for cache"):
        client.set("a", "x" * (1 << 20), noreply=False)


def test_items_expire_in_virtual_time(client: Client) -> None:
    client.set("a", "1", expire=60)
    client.set("day", "1", expire=int(time.time()) + 86_400)
    client.set("past", "1", expire=60 * 60 * 24 * 30 + 1)
    assert client.get_many(["a", "day", "past"]) == {"a": b"1", "day": b"1"}
    time.sleep(59)
    assert client.get("a") == b"1"
    time.sleep(2)
    assert client.get("a") is None
    time.sleep(86_400)
    assert client.get("day") is None


def test_a_flush_with_a_delay_spares_what_is_written_afterwards(client: Client) -> None:
    client.set("old", "1")
    client.flush_all(delay=10)
    assert client.get("old") == b"1"
    time.sleep(11)
    client.set("new", "1")
    assert client.get_many(["old", "new"]) == {"new": b"1"}


def test_the_dump_has_the_value_the_ttl_and_the_size(cloud: Cloud, client: Client) -> None:
    client.set("a", "글자".encode(), expire=60)
    client.set("gone", "1", expire=1)
    time.sleep(2)
    dump = cloud.dump()[0]
    assert (dump.store, dump.name, dump.label) == ("cache", NODES[0], "shop-0001")
    entry = dump.get("a")
    assert entry is not None
    assert (entry.type, entry.value, entry.ttl_ms, entry.bytes) == ("string", "글자", entry.ttl_ms, 66)
    assert entry.ttl_ms is not None
    assert 57_000 < entry.ttl_ms <= 58_000
    assert len(dump.entries) == 1


def test_a_full_node_forgets_what_was_used_least_recently() -> None:
    cloud = Cloud()
    cloud.memcached(CONFIGURATION, nodes=NODES[:1], memory=3 * 161)
    with cloud.active():
        client = Client((NODES[0], PORT))
        for key in ("a", "b", "c"):
            client.set(key, "x" * 101)
        client.get("a")
        client.set("d", "x" * 101)
        assert sorted(client.get_many(["a", "b", "c", "d"])) == ["a", "c", "d"]
        assert client.stats()[b"evictions"] == 1


def test_each_key_is_on_one_node_that_the_client_chose(cloud: Cloud) -> None:
    client = hash_client()
    for key in KEYS:
        client.set(key, "1")
    nodes = held(cloud)
    assert sum(len(keys) for keys in nodes.values()) == len(KEYS)
    assert all(nodes.values())
    assert nodes[NODES[0]] == {key for key in KEYS if client.hasher.get_node(key) == f"{NODES[0]}:{PORT}"}
    assert set(client.get_many(KEYS)) == set(KEYS)


def test_a_lost_node_takes_its_keys_and_only_those(cloud: Cloud, cluster: MemcachedCluster) -> None:
    client = hash_client(ignore_exc=True)
    for key in KEYS:
        client.set(key, "1")
    lost = held(cloud)[NODES[1]]
    cluster.fail(NODES[1])
    assert set(client.get_many(KEYS)) == set(KEYS) - lost
    cluster.recover(NODES[1])
    assert held(cloud)[NODES[1]] == set()


def test_a_node_that_is_gone_closes_its_connections_and_refuses_new_ones(
    cloud: Cloud, cluster: MemcachedCluster
) -> None:
    client = Client((NODES[0], PORT))
    client.get("a")
    cluster.fail(NODES[0])
    with pytest.raises(MemcacheUnexpectedCloseError):
        client.get("a")
    with pytest.raises(ConnectionRefusedError, match=r"\[Errno 111\] Connection refused"):
        client.get("a")
    assert told(cloud.trace.since())[-1] == (NODES[0], "CONNECT", None, "error")
    cluster.recover(NODES[0])
    assert client.get("a") is None


def test_a_write_without_a_reply_to_a_node_that_is_gone_is_lost_silently_once(
    cloud: Cloud, cluster: MemcachedCluster
) -> None:
    client = Client((NODES[0], PORT))
    client.set("a", "1")
    cluster.fail(NODES[0])
    assert client.set("a", "2")
    with pytest.raises(BrokenPipeError):
        client.set("a", "3")


def test_a_hash_client_leaves_a_dead_node_out_and_takes_it_back_in_virtual_time(
    cloud: Cloud, cluster: MemcachedCluster
) -> None:
    client = hash_client(ignore_exc=True, retry_attempts=0, dead_timeout=60)
    client.set_many(dict.fromkeys(KEYS, "1"))
    cluster.fail(NODES[1])
    for _ in range(2):
        client.get_many(KEYS)
    client.set_many(dict.fromkeys(KEYS, "2"))
    assert set(client.get_many(KEYS)) == set(KEYS)
    cluster.recover(NODES[1])
    time.sleep(61)
    # Its keys are asked for there again, and it came back empty.
    found = client.get_many(KEYS)
    assert 0 < len(found) < len(KEYS)


def test_without_ignoring_errors_a_lost_node_raises(cloud: Cloud, cluster: MemcachedCluster) -> None:
    client = hash_client()
    key = next(key for key in KEYS if client.hasher.get_node(key) == f"{NODES[1]}:{PORT}")
    cluster.fail(NODES[1])
    with pytest.raises(ConnectionRefusedError):
        client.get(key)
    for node in NODES:
        if cluster.node(node).up:
            cluster.fail(node)
    down = hash_client(retry_attempts=0)
    for _ in NODES:
        with pytest.raises(ConnectionRefusedError):
            down.get(key)
    with pytest.raises(MemcacheError, match="All servers seem to be down right now"):
        down.get(key)


def test_a_new_node_takes_over_some_keys_and_is_empty(cloud: Cloud, cluster: MemcachedCluster) -> None:
    hash_client().set_many(dict.fromkeys(KEYS, "1"))
    added = cluster.add("shop-0004.cache.lab")
    wider = hash_client([*NODES, added.host])
    moved = {key for key in KEYS if wider.hasher.get_node(key) == f"{added.host}:{PORT}"}
    assert 0 < len(moved) < len(KEYS) / 2
    assert set(wider.get_many(KEYS)) == set(KEYS) - moved


def test_the_configuration_endpoint_tells_the_nodes(cloud: Cloud, cluster: MemcachedCluster) -> None:
    def discover() -> list[bytes]:
        answer = Client((CONFIGURATION, PORT)).raw_command("config get cluster", "\n\r\nEND\r\n")
        header, version, nodes = answer.split(b"\n")
        assert header.split()[:3] == [b"CONFIG", b"cluster", b"0"]
        assert int(header.split()[3]) == len(version) + len(nodes) + 2
        return [version, *nodes.split()]

    assert discover() == [b"1", *(f"{node}|10.0.2.{11 + n}|{PORT}".encode() for n, node in enumerate(NODES))]
    cluster.add("shop-0004.cache.lab")
    version, *nodes = discover()
    assert version == b"2"
    assert nodes[-1] == b"shop-0004.cache.lab|10.0.2.14|11211"


def test_an_ordinary_client_of_the_configuration_endpoint_uses_one_node(
    cloud: Cloud, cluster: MemcachedCluster
) -> None:
    client = Client((CONFIGURATION, PORT))
    client.set_many(dict.fromkeys(KEYS, "1"))
    assert [len(keys) for keys in held(cloud).values()] == [len(KEYS), 0, 0]
    cluster.fail(NODES[0])
    assert Client((CONFIGURATION, PORT)).get(KEYS[0]) is None


def test_a_connection_leaves_an_event(cloud: Cloud) -> None:
    PooledClient(NODES[2]).get("a")
    assert told(cloud.trace.since()) == [
        ("shop-0003", "CONNECT", None, "ok"),
        ("shop-0003", "GET", "a", "miss"),
    ]
    assert cloud.clock.now_us == latency.CONNECT_US + latency.CACHE_ROUND_TRIP_US + latency.CACHE_COMMAND_US


def test_names_nobody_has_and_wrong_ports_raise_what_a_socket_raises(cloud: Cloud) -> None:
    with pytest.raises(socket.gaierror, match="Name or service not known"):
        Client(("shop-0009.cache.lab", PORT)).get("a")
    with pytest.raises(ConnectionRefusedError):
        Client((NODES[0], 6379)).get("a")


def test_a_retrying_client_waits_in_virtual_time(cloud: Cloud, cluster: MemcachedCluster) -> None:
    cluster.fail(NODES[0])
    client = RetryingClient(Client((NODES[0], PORT)), attempts=3, retry_delay=3600)
    with pytest.raises(ConnectionRefusedError):
        client.get("a")
    assert cloud.clock.now_ms > 2 * 3_600_000


def test_counters_and_the_version_are_told(client: Client) -> None:
    client.set("a", "1")
    client.get_many(["a", "b"])
    stats = client.stats()
    assert (stats[b"get_hits"], stats[b"get_misses"], stats[b"curr_items"]) == (1, 1, 1)
    assert client.version() == ENGINE_VERSION.encode()


def test_reset_brings_back_the_first_nodes_up_and_empty(cloud: Cloud, cluster: MemcachedCluster) -> None:
    client = hash_client(ignore_exc=True)
    client.set_many(dict.fromkeys(KEYS, "1"))
    cluster.fail(NODES[0])
    cluster.add("shop-0004.cache.lab")
    cloud.reset()
    assert held(cloud) == {node: set() for node in NODES}
    assert Client((NODES[0], PORT)).set("a", "1", noreply=False)
    with pytest.raises(socket.gaierror):
        Client(("shop-0004.cache.lab", PORT)).get("a")
    cluster.add("shop-0004.cache.lab")


def test_a_value_put_from_outside_is_there_and_leaves_no_trace(cloud: Cloud, cluster: MemcachedCluster) -> None:
    cluster.node(NODES[0]).put("a", "1", ttl_s=60)
    assert cloud.trace.since() == ()
    assert Client((NODES[0], PORT)).get("a") == b"1"


def test_a_drill_stops_and_replaces_nodes_by_their_host_names(cloud: Cloud, cluster: MemcachedCluster) -> None:
    client = hash_client(ignore_exc=True)
    client.set_many(dict.fromkeys(KEYS, "1"))
    drill.stop(NODES[1])
    assert not cluster.node(NODES[1]).up
    drill.start(NODES[1])
    assert held(cloud)[NODES[1]] == set()
    assert all(held(cloud)[node] for node in (NODES[0], NODES[2]))
    assert [(event.actor, event.op) for event in cloud.trace.since()[-2:]] == [
        ("ElastiCache", "NODE DOWN"),
        ("ElastiCache", "REPLACE"),
    ]


def test_a_drill_fails_a_replication_group_over_at_its_primary_endpoint(cloud: Cloud) -> None:
    group = cloud.replication_group("rank", primary="rank.cache.lab", reader="rank-ro.cache.lab", replicas=1)
    first = group.primary
    drill.stop("rank.cache.lab")
    time.sleep(10)
    assert group.primary is not first


def test_a_drill_knows_no_other_hosts(cloud: Cloud) -> None:
    for act in (drill.stop, drill.start):
        with pytest.raises(drill.DrillError, match="shop-0009"):
            act("shop-0009.cache.lab")


def test_a_client_that_greets_with_tls_is_not_understood(cloud: Cloud) -> None:
    with pytest.raises(OSError, match="WRONG_VERSION_NUMBER"):
        Client((NODES[0], PORT), tls_context=ssl.create_default_context()).get("a")


def test_a_client_library_that_was_changed_is_put_back() -> None:
    pristine = Pristine()
    original = Client.get
    Client.get = lambda self, key: b"mine"
    assert pristine.restore() == ["pymemcache.client.base.Client.get"]
    assert Client.get is original
