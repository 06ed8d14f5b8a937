"""Cache nodes: ordinary redis-py code against a host name, and the trace it leaves."""

from __future__ import annotations

import time

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import latency
from labs.cloud.cloud import Cloud
from labs.cloud.trace import TraceEvent

HOST = "shop.cache.lab"


def told(events: tuple[TraceEvent, ...]) -> list[tuple[str, str | None, str]]:
    return [(event.op, event.key, event.outcome) for event in events]


def send(client: redis.Redis, *command: str) -> object:
    """Any command, also one that redis-py has no method for."""
    reply: object = client.execute_command(*command)  # type: ignore[no-untyped-call]
    return reply


def test_reads_are_hits_or_misses_and_writes_are_neither(cloud: Cloud, client: redis.Redis) -> None:
    client.get("a")
    client.set("a", "1")
    client.get("a")
    client.delete("a")
    assert told(cloud.trace.since()) == [
        ("GET", "a", "miss"),
        ("SET", "a", "ok"),
        ("GET", "a", "hit"),
        ("DEL", "a", "ok"),
    ]


def test_an_expired_key_is_a_miss(cloud: Cloud, client: redis.Redis) -> None:
    client.set("a", "1", px=500)
    time.sleep(1)
    client.get("a")
    assert told(cloud.trace.since())[-1] == ("GET", "a", "miss")


def test_a_command_with_several_keys_leaves_an_event_for_each(cloud: Cloud, client: redis.Redis) -> None:
    client.mset({"a": "1", "b": "2"})
    client.mget("a", "gone", "b")
    assert told(cloud.trace.since()) == [
        ("MSET", "a", "ok"),
        ("MSET", "b", "ok"),
        ("MGET", "a", "hit"),
        ("MGET", "gone", "miss"),
        ("MGET", "b", "hit"),
    ]
    assert [event.ms > 0 for event in cloud.trace.since()] == [True, False, True, False, False]


def test_other_types_are_classified_too(cloud: Cloud, client: redis.Redis) -> None:
    client.hget("h", "f")
    client.hset("h", "f", "1")
    client.hgetall("h")
    client.zadd("z", {"m": 1})
    client.zrevrank("z", "m")
    assert [event.outcome for event in cloud.trace.since()] == ["miss", "ok", "hit", "ok", "hit"]


def test_a_refused_command_leaves_an_error(cloud: Cloud, client: redis.Redis) -> None:
    client.rpush("list", "1")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.get("list")
    with pytest.raises(redis.ResponseError, match="unknown command"):
        send(client, "NOSUCH", "x")
    with pytest.raises(redis.ResponseError, match="wrong number of arguments"):
        send(client, "GET")
    assert told(cloud.trace.since())[1:] == [
        ("GET", "list", "error"),
        ("NOSUCH", None, "error"),
        ("GET", None, "error"),
    ]


def test_opening_a_connection_is_one_event(cloud: Cloud) -> None:
    redis.Redis(host=HOST, port=6379).get("a")
    assert told(cloud.trace.since()) == [("CONNECT", None, "ok"), ("GET", "a", "miss")]


def test_a_named_client_is_the_actor_of_its_events(cloud: Cloud) -> None:
    for name in ("app-1", "app-2"):
        redis.Redis(host=HOST, client_name=name).get("a")
    redis.Redis(host=HOST).get("a")
    assert [(event.op, event.actor) for event in cloud.trace.since()] == [
        *(("CONNECT", "app-1"), ("GET", "app-1")),
        *(("CONNECT", "app-2"), ("GET", "app-2")),
        *(("CONNECT", "app"), ("GET", "app")),
    ]


def test_a_client_named_later_is_the_actor_from_then_on(cloud: Cloud, client: redis.Redis) -> None:
    client.get("a")
    client.client_setname("app-9")
    client.get("a")
    assert [event.actor for event in cloud.trace.since()] == ["app", "app-9"]


def test_a_client_name_with_other_letters_than_ascii_is_refused(cloud: Cloud) -> None:
    with pytest.raises(redis.ResponseError, match="Client names cannot contain spaces, newlines or special characters"):
        redis.Redis(host=HOST, client_name="앱 1").get("a")


def test_a_transaction_leaves_its_commands_when_they_run(cloud: Cloud, client: redis.Redis) -> None:
    with client.pipeline() as pipe:
        pipe.set("a", "1")
        pipe.get("a")
        assert pipe.execute() == [True, "1"]
    assert told(cloud.trace.since()) == [
        ("MULTI", None, "ok"),
        ("SET", "a", "ok"),
        ("GET", "a", "hit"),
        ("EXEC", None, "ok"),
    ]


def test_a_pipeline_pays_one_round_trip(cloud: Cloud, client: redis.Redis) -> None:
    with client.pipeline(transaction=False) as pipe:
        for number in range(10):
            pipe.set(f"k{number}", "v")
        pipe.execute()
    assert cloud.clock.now_us - _before(cloud) == latency.CACHE_ROUND_TRIP_US + 10 * latency.CACHE_COMMAND_US


def test_commands_one_by_one_pay_a_round_trip_each(cloud: Cloud, client: redis.Redis) -> None:
    for number in range(10):
        client.set(f"k{number}", "v")
    assert cloud.clock.now_us - _before(cloud) == 10 * (latency.CACHE_ROUND_TRIP_US + latency.CACHE_COMMAND_US)


def _before(cloud: Cloud) -> int:
    return round(cloud.trace.since()[0].t * 1000)


def test_times_never_go_back_and_fit_together(cloud: Cloud, client: redis.Redis) -> None:
    client.set("a", "1")
    time.sleep(2)
    client.get("a")
    first, second = cloud.trace.since()
    assert second.t - first.t == pytest.approx(2000 + first.ms)
    assert cloud.clock.now_ms == pytest.approx(second.t + second.ms)


def test_info_counts_what_the_trace_shows(cloud: Cloud, client: redis.Redis) -> None:
    client.set("a", "1", ex=5)
    client.get("a")
    client.mget("a", "b", "c")
    stats = client.info("stats")
    assert (stats["keyspace_hits"], stats["keyspace_misses"]) == (2, 2)
    assert client.info("keyspace")["db0"] == {"keys": 1, "expires": 1, "avg_ttl": 0}
    assert client.info()["redis_version"] == "7.1.0"
    client.config_resetstat()
    assert client.info("stats")["keyspace_hits"] == 0


def test_an_unknown_host_gives_the_library_its_own_error(cloud: Cloud) -> None:
    with pytest.raises(redis.ConnectionError, match=r"Error -2 connecting to shop\.cahce\.lab:6379\. Name or service"):
        redis.Redis(host="shop.cahce.lab").get("a")
    assert {(event.op, event.target, event.outcome) for event in cloud.trace.since()} == {
        ("CONNECT", "shop.cahce.lab", "error")
    }


def test_a_port_nobody_listens_on_refuses(cloud: Cloud) -> None:
    with pytest.raises(redis.ConnectionError, match="Connection refused"):
        redis.Redis(host=HOST, port=6380).get("a")


def test_tls_to_a_node_without_it_fails(cloud: Cloud) -> None:
    with pytest.raises(redis.TimeoutError, match="Timeout connecting to server"):
        redis.Redis(host=HOST, ssl=True).get("a")


def test_a_url_connects_as_well(cloud: Cloud) -> None:
    assert redis.Redis.from_url(f"redis://{HOST}:6379/0").ping() is True


@pytest.mark.parametrize("protocol", [2, 3])
def test_replies_have_the_types_of_the_protocol(cloud: Cloud, protocol: int) -> None:
    client = redis.Redis(host=HOST, protocol=protocol, decode_responses=True)
    client.hset("h", mapping={"f": "값"})
    client.zadd("z", {"m": 1.5})
    client.sadd("s", "m")
    assert client.hgetall("h") == {"f": "값"}
    assert client.zscore("z", "m") == 1.5
    assert client.smembers("s") == {"m"}
    assert client.get("none") is None
    assert client.lrange("none", 0, -1) == []
    assert client.incr("n") == 1


def test_values_of_any_bytes_and_size_survive(cloud: Cloud) -> None:
    client = redis.Redis(host=HOST)
    for value in (b"", b"\r\n$5\r\n", bytes(range(256)), b"x" * 200_000):
        client.set("k", value)
        assert client.get("k") == value


def test_a_blocking_read_waits_in_virtual_time(cloud: Cloud, client: redis.Redis) -> None:
    before = time.time()
    assert client.blpop("empty", timeout=3) is None
    assert time.time() - before == pytest.approx(3, abs=0.1)


def test_a_wait_without_end_runs_into_the_socket_timeout(cloud: Cloud) -> None:
    client = redis.Redis(host=HOST, socket_timeout=2, retry=Retry(NoBackoff(), 0))
    with pytest.raises(redis.TimeoutError):
        client.blpop("empty")


def test_pub_sub_reaches_a_subscriber(client: redis.Redis) -> None:
    subscriber = client.pubsub()  # type: ignore[no-untyped-call]
    subscriber.subscribe("news")
    assert client.publish("news", "hello") == 1
    kinds = [message["type"] for message in (subscriber.get_message(), subscriber.get_message()) if message]
    assert kinds == ["subscribe", "message"]


def test_a_changed_watch_stops_a_transaction(client: redis.Redis) -> None:
    with client.pipeline() as pipe:
        pipe.watch("a")  # type: ignore[no-untyped-call]
        client.set("a", "other")
        pipe.multi()
        pipe.set("a", "mine")
        with pytest.raises(redis.WatchError):
            pipe.execute()


def test_a_dump_shows_every_key_without_counting_as_a_read(cloud: Cloud, client: redis.Redis) -> None:
    client.set("s", "값", ex=10)
    client.hset("h", mapping={"f": "1"})
    client.rpush("l", "x", "y")
    client.sadd("set", "b", "a")
    client.zadd("z", {"m": 2})
    events = len(cloud.trace)
    dump = cloud.caches[0].dump()
    assert [(entry.key, entry.type, entry.value, entry.ttl_ms is None) for entry in dump.entries] == [
        ("h", "hash", "f: 1", True),
        ("l", "list", "x, y", True),
        ("s", "string", "값", False),
        ("set", "set", "a, b", True),
        ("z", "zset", "m: 2", True),
    ]
    entry = dump.get("s")
    assert entry is not None
    assert entry.bytes == len("값".encode())
    assert entry.ttl_ms is not None
    assert 9_000 < entry.ttl_ms <= 10_000
    assert len(cloud.trace) == events
    assert client.info("stats")["keyspace_hits"] == 0


def test_reset_empties_the_node_and_keeps_connections(cloud: Cloud, client: redis.Redis) -> None:
    client.set("a", "1")
    client.get("a")
    cloud.reset()
    assert len(cloud.trace) == 0
    assert client.get("a") is None
    assert told(cloud.trace.since()) == [("GET", "a", "miss")]


def test_two_clouds_share_nothing() -> None:
    values = []
    for _ in range(2):
        cloud = Cloud()
        cloud.cache(HOST)
        with cloud.active():
            client = redis.Redis(host=HOST, decode_responses=True)
            values.append(client.get("a"))
            client.set("a", "1")
    assert values == [None, None]


def test_outside_a_cloud_redis_connects_as_ever() -> None:
    with pytest.raises(redis.ConnectionError, match=r"connecting to 127\.0\.0\.1:1"):
        redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0)).ping()
