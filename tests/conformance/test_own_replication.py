"""Replication groups on servers that the labs started: what holds in the simulation holds there, and is real."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from inspect import signature

import pytest
import redis

from labs.cloud import latency
from labs.cloud.cloud import Cloud
from labs.cloud.replication import ReplicationGroup
from labs.servers import own_group
from labs.servers.cloud import Servers
from labs.servers.own_group import OwnMember
from labs.servers.own_pool import OwnPool
from labs.servers.own_server import find_program
from labs.servers.trouble import ServerTroubleError
from tests.conformance.test_labs_on_real_servers import played, told
from tests.labs import test_replication as simulated
from tests.labs.test_replication import LAG_S, PRIMARY, PROMOTION_S, READER, connect

pytestmark = pytest.mark.server

REPLACEMENT_S = latency.REPLACEMENT_US / 1_000_000
real_sleep = time.sleep

# Offsets of a real server are bytes, and not those of one that was only just started.
OTHERWISE = {"test_info_tells_roles_offsets_and_lag", "test_an_alarm_of_the_clock_rings_when_time_gets_there"}
SAME: list[Callable[..., None]] = [
    value
    for name, value in vars(simulated).items()
    if name.startswith("test_") and name not in OTHERWISE and not hasattr(value, "pytestmark")
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    made = Servers("labs:test:", None, own=OwnPool(find_program()))
    yield made
    made.clean()


@pytest.fixture
def cloud(servers: Servers) -> Iterator[Cloud]:
    made = servers.new_cloud()
    with made.active():
        yield made


@pytest.fixture
def group(cloud: Cloud) -> ReplicationGroup:
    return cloud.replication_group("shop", primary=PRIMARY, reader=READER, replicas=2, lag_ms=100)


def members(group: ReplicationGroup) -> list[OwnMember]:
    return [node for node in group.nodes if isinstance(node, OwnMember)]


def info(node: OwnMember, section: str) -> dict[str, str]:
    """What the server itself says, past the lab."""
    text = node.own.ask(("INFO", section))[0].text
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def keys(node: OwnMember) -> list[str]:
    """Those of the server itself."""
    return sorted(item.text for item in node.own.ask(("KEYS", "*"))[0].items)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("behaviour", SAME, ids=lambda one: one.__name__)
def test_what_holds_in_the_simulation_holds_on_servers(
    behaviour: Callable[..., None], request: pytest.FixtureRequest
) -> None:
    behaviour(**{name: request.getfixturevalue(name) for name in signature(behaviour).parameters})


@pytest.mark.parametrize("step_id", ["rank-and-read", "fail-over"])
def test_a_solution_leaves_the_trace_of_the_simulation(step_id: str, servers: Servers) -> None:
    real = told(played("redis-vs-memcached", step_id, servers.new_cloud))
    assert real == told(played("redis-vs-memcached", step_id, Cloud))


# Real replication


def test_a_write_is_kept_from_a_real_replica_until_its_moment(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    node, replica, _ = members(group)
    primary.set("k", "v")
    assert reader.get("k") is None
    assert reader.info("replication")["slave_repl_offset"] < primary.info("replication")["master_repl_offset"]
    time.sleep(LAG_S)
    assert reader.get("k") == "v"
    told = primary.info("replication"), reader.info("replication")
    assert told[0]["slave0"]["offset"] == told[0]["master_repl_offset"] == told[1]["slave_repl_offset"]
    assert told[0]["slave0"]["ip"] == replica.address
    assert (told[1]["master_host"], told[1]["master_port"]) == (node.address, 6379)
    assert reader.execute_command("ROLE")[:4] == ["slave", node.address, 6379, "connected"]  # type: ignore[no-untyped-call]


def test_each_replica_has_its_own_lag_which_may_change(cloud: Cloud, group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    near, far = (connect(f"shop-00{number}.cache.lab") for number in (2, 3))
    group.set_lag(900, group.replicas[1])
    primary.set("k", "v")
    time.sleep(LAG_S)
    assert [near.get("k"), far.get("k")] == ["v", None]
    assert 100 < group.lag_ms(group.replicas[1]) < 110
    time.sleep(0.8)
    assert far.get("k") == "v"
    assert group.lag_ms(group.replicas[1]) == 0


def test_wait_tells_what_the_server_counted(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    group.set_lag(900, group.replicas[1])
    primary.set("k", "v")
    assert primary.wait(2, 300) == 1
    counted = [line for name, line in info(members(group)[0], "replication").items() if name in ("slave0", "slave1")]
    assert len({line.partition("offset=")[2].partition(",")[0] for line in counted}) == 2
    primary.set("k", "w")
    assert reader.get("k") == "v", "the gates are closed again after WAIT"
    for line in ("WAIT x 1", "WAIT 1", "WAIT 1 -5"):
        with pytest.raises(redis.ResponseError):
            primary.execute_command(*line.split())  # type: ignore[no-untyped-call]
    with pytest.raises(redis.ResponseError, match="WAIT cannot be used with replica instances"):
        reader.wait(1, 5)


# TTLs


def test_a_replica_tells_the_ttl_that_has_reached_it(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v", ex=10)
    group.sync()
    primary.expire("k", 500)
    assert (primary.ttl("k"), reader.ttl("k")) == (500, 10)
    time.sleep(LAG_S)
    assert reader.ttl("k") == 500
    time.sleep(400)
    assert reader.ttl("k") == 100


def test_real_time_ends_no_ttl_on_a_replica(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v", px=150)
    real_sleep(0.3)
    time.sleep(0.12)
    assert reader.get("k") == "v"
    real_sleep(0.3)
    assert 0 < reader.pttl("k") < 30
    time.sleep(0.05)
    assert (reader.get("k"), reader.dbsize(), primary.get("k")) == (None, 0, None)


def test_a_key_that_is_over_is_deleted_by_the_stream_of_the_primary(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v", ex=5)
    group.sync()
    time.sleep(6)
    assert reader.get("k") is None
    assert (primary.info("stats")["expired_keys"], reader.info("stats")["expired_keys"]) == (1, 0)


def test_a_key_ends_on_a_replica_also_while_its_stream_is_kept(cloud: Cloud, group: ReplicationGroup) -> None:
    primary, reader = connect(PRIMARY), connect(READER)
    primary.set("k", "v", px=200)
    group.sync()
    group.set_lag(1000)
    primary.set("other", "v")
    time.sleep(0.3)
    assert (reader.get("k"), reader.get("other")) == (None, None)
    # It arrives after its own end.
    primary.set("short", "v", px=500)
    time.sleep(1.2)
    assert (reader.get("short"), reader.keys()) == (None, ["other"])


# Real deaths


def test_the_process_of_a_primary_dies_and_its_replica_is_promoted(cloud: Cloud, group: ReplicationGroup) -> None:
    dead, promoted, other = members(group)
    pids = [node.own.pid for node in (dead, promoted, other)]
    primary = connect(PRIMARY)
    primary.set("copied", "v")
    group.sync()
    primary.set("lost", "v")
    group.fail_primary()
    assert [is_alive(pid) for pid in pids] == [False, True, True]
    assert info(promoted, "replication")["role"] == "slave"
    time.sleep(PROMOTION_S)
    assert info(promoted, "replication")["role"] == "master"
    assert [keys(node) for node in (promoted, other)] == [["copied"], ["copied"]]
    stats = info(promoted, "stats")
    assert (stats["sync_full"], stats["sync_partial_ok"]) == ("0", "1"), "the other one took what it lacked"
    primary.set("new", "v")
    time.sleep(REPLACEMENT_S)
    assert dead.own.pid not in pids
    assert keys(dead) == ["copied", "new"]
    assert connect("shop-001.cache.lab").execute_command("ROLE")[1] == promoted.address  # type: ignore[no-untyped-call]


def test_two_failovers_in_a_row_bring_the_first_primary_back(cloud: Cloud, group: ReplicationGroup) -> None:
    primary = connect(PRIMARY)
    for number in range(2):
        primary.set(f"k{number}", "v", ex=1000)
        group.sync()
        group.fail_primary()
        time.sleep(PROMOTION_S + REPLACEMENT_S)
    assert (group.primary.label, sorted(primary.keys())) == ("shop-001", ["k0", "k1"])
    # What a copy brought along has the TTLs of the lab too.
    passed_s = PROMOTION_S + REPLACEMENT_S
    ttls = [(one.ttl("k0"), one.ttl("k1")) for one in (primary, connect(READER))]
    assert ttls == [pytest.approx((1000 - 2 * passed_s, 1000 - passed_s), abs=1)] * 2
    time.sleep(1000)
    assert [one.dbsize() for one in (primary, connect(READER))] == [0, 0]


def test_a_group_behind_tls_and_a_password_replicates(cloud: Cloud) -> None:
    token = "a-token-of-sixteen-or-more"
    group = cloud.replication_group(
        "safe", primary="safe.cache.lab", reader="safe-ro.cache.lab", replicas=1, tls=True, auth_token=token
    )
    primary, reader = (
        redis.Redis(host=host, password=token, ssl=True, ssl_cert_reqs="none", decode_responses=True)
        for host in ("safe.cache.lab", "safe-ro.cache.lab")
    )
    primary.set("k", "v")
    assert reader.get("k") is None
    group.sync()
    group.fail_primary()
    time.sleep(PROMOTION_S + REPLACEMENT_S)
    assert (primary.get("k"), reader.get("k")) == ("v", "v")


# What may go wrong


def test_replication_that_stands_still_ends_the_run_with_a_message(
    cloud: Cloud, group: ReplicationGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_group, "_FOLLOWING_S", 0.2)
    monkeypatch.setattr(OwnMember, "may_have", lambda node, offset: None)
    connect(PRIMARY).set("k", "v")
    with pytest.raises(ServerTroubleError) as caught:
        group.sync()
    assert "shop-002이(가) 쓰기를 받기를" in caught.value.message


def test_nothing_is_left_of_a_group(tmp_path: object) -> None:
    threads = set(threading.enumerate())
    servers = Servers("labs:test:", None, own=OwnPool(find_program()))
    cloud = servers.new_cloud()
    with cloud.active():
        group = cloud.replication_group("shop", primary=PRIMARY, reader=READER, replicas=2)
        pids = [node.own.pid for node in members(group)]
        connect(PRIMARY).set("k", "v")
        group.fail_primary()
        time.sleep(PROMOTION_S + REPLACEMENT_S)
        pids += [node.own.pid for node in members(group)]
    servers.clean()
    assert len(set(pids)) == 4
    assert not any(is_alive(pid) for pid in pids)
    assert set(threading.enumerate()) == threads
