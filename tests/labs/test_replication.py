"""Replication groups: copies that come late, an endpoint that only reads, and a failover that loses what was on its way."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry

from labs.cloud import aws, latency
from labs.cloud.clock import VirtualClock
from labs.cloud.cloud import Cloud
from labs.cloud.replication import ReplicationGroup

PRIMARY, READER = "shop.cache.lab", "shop-ro.cache.lab"
LAG_S = 0.1
PROMOTION_S = latency.PROMOTION_US / 1_000_000


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    with made.active():
        yield made


@pytest.fixture
def group(cloud: Cloud) -> ReplicationGroup:
    return cloud.replication_group("shop", primary=PRIMARY, reader=READER, replicas=2, lag_ms=100)


def connect(host: str, retry: Retry | None = None) -> redis.Redis:
    return redis.Redis(host=host, decode_responses=True, retry=retry or Retry(NoBackoff(), 0))


def told(cloud: Cloud, kind: str) -> list[tuple[str, str, str]]:
    return [(event.target, event.op, event.outcome) for event in cloud.trace.since() if event.kind == kind]


def test_a_write_is_seen_on_a_replica_after_the_lag(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    reader.ping()
    primary.set("k", "v")
    assert reader.get("k") is None
    time.sleep(LAG_S)
    assert reader.get("k") == "v"


def test_an_old_value_is_seen_until_the_new_one_arrives(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "old")
    group.sync()
    primary.set("k", "new")
    assert reader.get("k") == "old"
    time.sleep(LAG_S)
    assert reader.get("k") == "new"


def test_every_kind_of_change_is_copied(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("s", "1", ex=100)
    primary.rpush("l", "a", "b")
    primary.hset("h", mapping={"f": "1", "g": "2"})
    primary.zadd("z", {"m": 1, "n": 2})
    primary.sadd("set", "a", "b")
    primary.set("gone", "v")
    primary.delete("gone")
    primary.rename("l", "list")
    with primary.pipeline() as pipe:
        pipe.incr("s")
        pipe.hdel("h", "f")
        pipe.execute()
    time.sleep(LAG_S)
    assert [reader.get("s"), reader.lrange("list", 0, -1), reader.hgetall("h")] == ["2", ["a", "b"], {"g": "2"}]
    assert [reader.zrange("z", 0, -1), reader.smembers("set"), reader.exists("gone", "l")] == [
        ["m", "n"],
        {"a", "b"},
        0,
    ]
    assert 99 <= int(reader.ttl("s")) <= 100
    primary.flushall()
    time.sleep(LAG_S)
    assert reader.dbsize() == 0


def test_a_key_expires_on_the_replica_at_the_same_moment(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v", px=300)
    time.sleep(0.2)
    assert reader.get("k") == "v"
    time.sleep(0.2)
    assert reader.get("k") is None


def test_a_copy_shares_nothing_with_the_original(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.zadd("z", {"m": 1})
    time.sleep(LAG_S)
    primary.zadd("z", {"m": 2})
    assert reader.zscore("z", "m") == 1


def test_the_reader_endpoint_refuses_writes_and_tells_which_key(cloud: Cloud, group: ReplicationGroup) -> None:
    with pytest.raises(redis.exceptions.ReadOnlyError, match="You can't write against a read only replica"):
        connect(READER).set("k", "v")
    event = cloud.trace.since()[-1]
    assert (event.target, event.op, event.key, event.outcome) == ("shop-002", "SET", "k", "error")


def test_connections_to_the_reader_endpoint_take_turns(cloud: Cloud, group: ReplicationGroup) -> None:
    for _ in range(4):
        connect(READER).ping()
    targets = [target for target, op, _ in told(cloud, "network") if op == "CONNECT"]
    assert targets == ["shop-002", "shop-003", "shop-002", "shop-003"]


def test_without_replicas_the_reader_endpoint_is_the_primary(cloud: Cloud) -> None:
    cloud.replication_group("one", primary="one.cache.lab", reader="one-ro.cache.lab", replicas=0)
    assert connect("one-ro.cache.lab").set("k", "v")
    assert connect("one.cache.lab").get("k") == "v"


def test_each_node_has_a_name_of_its_own(group: ReplicationGroup) -> None:
    connect(PRIMARY).set("k", "v")
    assert connect("shop-001.cache.lab").get("k") == "v"
    with pytest.raises(redis.exceptions.ReadOnlyError):
        connect("shop-002.cache.lab").set("k", "v")


def test_wait_passes_time_until_enough_replicas_have_the_write(cloud: Cloud) -> None:
    cloud.replication_group("far", primary="far.cache.lab", reader="far-ro.cache.lab", lag_ms=[100, 900])
    primary = connect("far.cache.lab")
    assert primary.wait(2, 0) == 2, "nothing was written yet"
    primary.set("k", "v")
    before = time.monotonic()
    assert primary.wait(1, 0) == 1
    assert time.monotonic() - before == pytest.approx(0.1, abs=0.01)
    primary.set("k", "w")
    assert primary.wait(2, 300) == 1
    assert primary.wait(2, 5000) == 2
    assert connect("far-ro.cache.lab").get("k") == "w"


def test_wait_for_more_replicas_than_there_are_ends_with_the_timeout(group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    primary.set("k", "v")
    before = time.monotonic()
    assert primary.wait(5, 2000) == 2
    assert time.monotonic() - before == pytest.approx(2, abs=0.01)


def test_info_tells_roles_offsets_and_lag(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v")
    info = primary.info("replication")
    assert (info["role"], info["connected_slaves"], info["master_repl_offset"], info["slave0"]["offset"]) == (
        *("master", 2, 1),
        0,
    )
    assert reader.info("replication")["role"] == "slave"
    assert 0 < group.lag_ms(group.replicas[0]) < 10
    time.sleep(LAG_S)
    assert primary.info("replication")["slave0"]["offset"] == 1
    assert group.lag_ms(group.replicas[0]) == 0


def test_after_a_failover_the_same_name_reaches_the_promoted_replica(cloud: Cloud, group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    primary.set("k", "v")
    group.sync()
    group.fail_primary()
    with pytest.raises(
        redis.ConnectionError, match=r"Error 111 connecting to shop\.cache\.lab:6379\. Connection refused"
    ):
        primary.get("k")
    time.sleep(PROMOTION_S)
    assert primary.get("k") == "v"
    assert primary.set("k", "w")
    assert told(cloud, "network")[-3:] == [
        ("shop.cache.lab", "CONNECT", "error"),
        ("shop-002", "PROMOTE", "ok"),
        ("shop-002", "CONNECT", "ok"),
    ]
    assert ("shop-001", "FAILOVER", "error") in told(cloud, "network")


def test_the_promotion_happens_at_its_moment_not_when_somebody_looks(cloud: Cloud, group: ReplicationGroup) -> None:
    group.fail_primary()
    died = cloud.clock.now_ms
    time.sleep(60)
    promoted = next(event for event in cloud.trace.since() if event.op == "PROMOTE")
    assert promoted.t == died + latency.PROMOTION_US / 1000


def test_what_was_on_its_way_is_lost(group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    primary.set("copied", "v")
    time.sleep(LAG_S)
    primary.set("lost", "v")
    group.fail_primary()
    time.sleep(PROMOTION_S)
    assert (primary.get("copied"), primary.get("lost")) == ("v", None)


def test_a_write_that_wait_confirmed_survives(group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    primary.set("k", "v")
    primary.wait(1, 0)
    group.fail_primary()
    time.sleep(PROMOTION_S)
    assert primary.get("k") == "v"


def test_the_replica_with_the_least_lag_is_promoted(cloud: Cloud) -> None:
    group = cloud.replication_group("far", primary="far.cache.lab", reader="far-ro.cache.lab", lag_ms=[900, 100])
    primary = connect("far.cache.lab")
    primary.set("k", "v")
    time.sleep(0.2)
    group.fail_primary()
    time.sleep(PROMOTION_S)
    assert group.primary.label == "far-003"
    assert primary.get("k") == "v"
    assert connect("far-ro.cache.lab").get("k") == "v", "the other replica was synchronised with the new primary"


def test_a_client_that_retries_long_enough_sees_no_error(group: ReplicationGroup) -> None:
    patient = connect(PRIMARY, Retry(ConstantBackoff(1), 8))
    patient.set("k", "v")
    group.sync()
    group.fail_primary()
    assert patient.get("k") == "v"


def test_a_connection_in_use_is_cut(group: ReplicationGroup) -> None:
    held = redis.Redis(host=PRIMARY, retry=Retry(NoBackoff(), 0), single_connection_client=True)
    held.ping()
    group.fail_primary()
    with pytest.raises(redis.ConnectionError, match="Connection closed by server"):
        held.get("k")


def test_replicas_go_on_answering_while_there_is_no_primary(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v")
    group.sync()
    reader.ping()
    group.fail_primary()
    assert reader.get("k") == "v"
    assert reader.info("replication")["master_link_status"] == "down"


def test_the_dead_node_is_replaced_by_an_up_to_date_replica(group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    primary.set("k", "v")
    group.sync()
    group.fail_primary()
    time.sleep(PROMOTION_S)
    assert [node.label for node in group.replicas] == ["shop-003"]
    time.sleep(latency.REPLACEMENT_US / 1_000_000)
    assert [node.label for node in group.replicas] == ["shop-001", "shop-003"]
    assert connect("shop-001.cache.lab").get("k") == "v"
    primary.set("k", "w")
    assert primary.wait(2, 0) == 2


def test_a_group_of_one_comes_back_empty(cloud: Cloud) -> None:
    group = cloud.replication_group("one", primary="one.cache.lab", reader="one-ro.cache.lab", replicas=0)
    one = connect("one.cache.lab")
    one.set("k", "v")
    group.fail_primary()
    time.sleep(PROMOTION_S)
    assert one.get("k") is None


def test_a_dump_shows_each_node_as_it_is_now(cloud: Cloud, group: ReplicationGroup) -> None:
    connect(PRIMARY).set("k", "v")
    assert [len(dump.entries) for dump in cloud.dump()] == [1, 0, 0]
    time.sleep(LAG_S)
    assert [len(dump.entries) for dump in cloud.dump()] == [1, 1, 1]
    group.fail_primary()
    assert [(dump.label, len(dump.entries)) for dump in cloud.dump()] == [
        *[("shop-001", 0), ("shop-002", 1)],
        ("shop-003", 1),
    ]


def test_reset_brings_the_group_back_as_it_was_made(cloud: Cloud, group: ReplicationGroup) -> None:
    connect(PRIMARY).set("k", "v")
    group.fail_primary()
    cloud.reset()
    time.sleep(latency.REPLACEMENT_US / 1_000_000 + PROMOTION_S)
    assert (group.primary.label, [node.label for node in group.replicas]) == ("shop-001", ["shop-002", "shop-003"])
    assert connect(PRIMARY).get("k") is None
    assert not [op for _, op, _ in told(cloud, "network") if op != "CONNECT"], "no promotion from before"


def test_a_shorter_lag_lets_no_write_overtake_an_earlier_one(group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    reader.ping()
    primary.set("k", "first")
    group.set_lag(0)
    primary.set("k", "second")
    assert reader.get("k") is None
    time.sleep(LAG_S)
    assert reader.get("k") == "second"


def test_the_failover_test_of_the_api_lets_the_primary_fail(cloud: Cloud, group: ReplicationGroup) -> None:
    answer = aws.client("elasticache").test_failover(ReplicationGroupId="shop", NodeGroupId="0001")
    assert answer["ReplicationGroup"]["ReplicationGroupId"] == "shop"
    assert not group.available
    time.sleep(PROMOTION_S)
    assert group.primary.label == "shop-002"


@pytest.mark.parametrize(
    ("group_id", "shard", "code"),
    [
        ("none", "0001", "ReplicationGroupNotFoundFault"),
        ("shop", "0002", "NodeGroupNotFoundFault"),
        ("alone", "0001", "InvalidReplicationGroupState"),
    ],
)
def test_the_failover_test_is_refused(
    cloud: Cloud, group: ReplicationGroup, group_id: str, shard: str, code: str
) -> None:
    cloud.replication_group("alone", primary="alone.cache.lab", reader="alone-ro.cache.lab", replicas=0)
    with pytest.raises(aws.ClientError) as caught:
        aws.client("elasticache").test_failover(ReplicationGroupId=group_id, NodeGroupId=shard)
    assert caught.value.response["Error"]["Code"] == code


def test_a_replica_evicts_nothing_by_itself(cloud: Cloud) -> None:
    cloud.replication_group(
        "small",
        primary="small.cache.lab",
        reader="small-ro.cache.lab",
        replicas=1,
        maxmemory=2000,
        policy="allkeys-lru",
    )
    primary, reader = connect("small.cache.lab"), connect("small-ro.cache.lab")
    for number in range(40):
        primary.set(f"k{number}", "v" * 40)
    primary.ping()  # the last write was over the limit: the next command makes room
    time.sleep(LAG_S)
    assert sorted(reader.keys()) == sorted(primary.keys())
    assert reader.info("stats")["evicted_keys"] == 0
    assert primary.info("stats")["evicted_keys"] > 0


def test_an_alarm_of_the_clock_rings_when_time_gets_there() -> None:
    clock, rung = VirtualClock(), list[tuple[str, int]]()
    clock.call_at(2_000_000, lambda: rung.append(("late", clock.now_us)))
    clock.call_at(1_000_000, lambda: rung.append(("early", clock.now_us)))
    cancel = clock.call_at(1_500_000, lambda: rung.append(("never", clock.now_us)))
    cancel()
    clock.sleep(0.5)
    assert rung == []
    clock.sleep(9)
    assert (rung, clock.now_us) == ([("early", 1_000_000), ("late", 2_000_000)], 9_500_000)
