"""Replication: a primary and a replica, real and simulated, refuse, copy, count and are promoted alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud.cloud import Cloud
from labs.cloud.replication import ReplicationGroup
from tests.conformance.servers import redis_server

pytestmark = pytest.mark.server

PATIENCE_S = 10.0


def client(host: str, port: int = 6379) -> redis.Redis:
    return redis.Redis(host=host, port=port, decode_responses=True, retry=Retry(NoBackoff(), 0))


@dataclass
class Side:
    """A primary and its replica, and how the replica becomes a primary."""

    primary: redis.Redis
    replica: redis.Redis
    promote: Callable[[], object]


class Twins:
    """The two sides, and the same thing done on both."""

    def __init__(self, real: Side, simulated: Side, cloud: Cloud, group: ReplicationGroup) -> None:
        self.real = real
        self.simulated = simulated
        self.cloud = cloud
        self.group = group

    def both[T](self, act: Callable[[Side], T]) -> tuple[T, T]:
        with self.cloud.active():
            simulated = act(self.simulated)
        return act(self.real), simulated


@pytest.fixture
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    cloud = Cloud()
    group = cloud.replication_group("sim", primary="sim.cache.lab", reader="sim-ro.cache.lab", replicas=1, lag_ms=20)
    simulated = Side(client("sim.cache.lab"), client("sim-ro.cache.lab"), group.fail_primary)
    now = ("--repl-diskless-sync-delay", "0")
    with redis_server(tmp_path_factory.mktemp("primary"), *now) as primary_port:
        follows = ("--replicaof", "127.0.0.1", str(primary_port))
        with redis_server(tmp_path_factory.mktemp("replica"), *follows) as replica_port:
            primary, replica = client("127.0.0.1", primary_port), client("127.0.0.1", replica_port)
            until(lambda: bool(primary.set("ready", 1)) and primary.wait(1, 200) == 1)
            primary.delete("ready")
            primary.wait(1, 5000)
            real = Side(primary, replica, lambda: send(replica, "REPLICAOF", "NO", "ONE"))
            yield Twins(real, simulated, cloud, group)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("the real replica did not catch up")
        time.sleep(0.02)


def send(to: redis.Redis, *command: str | int) -> object:
    """A reply, errors as their class and text."""
    try:
        reply: object = to.execute_command(*command)  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return type(error).__name__, str(error)
    return reply


WRITES = """
SET k v|DEL k|EXPIRE k 10|INCR n|HSET h f v|LPUSH l v|SADD s v|ZADD z 1 m|FLUSHALL|MSET a 1 b 2|RENAME k other|PERSIST k
GETDEL k|SETEX k 5 v|APPEND k v|ZINCRBY z 1 m|SPOP s|COPY k other|UNLINK k|GETEX k|XADD x * f v|SORT l|MOVE k 1
""".replace("\n", "|").split("|")
READS = """
GET k|HGETALL h|LRANGE l 0 -1|SMEMBERS s|ZRANGE z 0 -1|TTL k|EXISTS k|TYPE k|DBSIZE|PING|STRLEN k|ZSCORE z m|SCARD s
ECHO hello|SELECT 0|PUBLISH channel message|OBJECT ENCODING k|WAIT 0 0|WAIT 1 10
""".replace("\n", "|").split("|")


def test_a_replica_refuses_what_a_real_one_refuses(twins: Twins) -> None:
    twins.both(lambda side: (side.primary.set("k", "v"), side.primary.wait(1, 1000)))
    for command in filter(None, [*WRITES, *READS]):
        with twins.cloud.active():
            simulated = send(twins.simulated.replica, *command.split())
        assert simulated == send(twins.real.replica, *command.split()), command
    assert (
        twins.both(lambda side: send(side.replica, "SET", "k", "w"))
        == (("ReadOnlyError", "You can't write against a read only replica."),) * 2
    )


def test_a_transaction_on_a_replica_is_given_up(twins: Twins) -> None:
    def write(side: Side) -> tuple[str, str]:
        with side.replica.pipeline() as pipe:
            pipe.get("k")
            pipe.set("k", "v")
            with pytest.raises(redis.RedisError) as caught:
                pipe.execute()
        return type(caught.value).__name__, str(caught.value)

    real, simulated = twins.both(write)
    assert simulated == real


def test_a_replica_has_what_was_written_once_wait_tells_so(twins: Twins) -> None:
    def write(side: Side) -> list[object]:
        side.primary.set("text", "값", ex=1000)
        side.primary.zadd("board", {"민준": 950, "서연": 870})
        side.primary.hset("h", mapping={"f": "1"})
        side.primary.delete("none")
        reached = side.primary.wait(1, 5000)
        left = side.replica.ttl("text")
        return [
            reached,
            side.replica.get("text"),
            999 <= left <= 1000,
            side.replica.zrange("board", 0, -1),
            side.replica.hgetall("h"),
        ]

    real, simulated = twins.both(write)
    assert simulated == real == [1, "값", True, ["서연", "민준"], {"f": "1"}]


def test_wait_counts_no_more_replicas_than_there_are(twins: Twins) -> None:
    def write(side: Side) -> object:
        side.primary.set("k", "v")
        return send(side.primary, "WAIT", 2, 200)

    assert twins.both(write) == (1, 1)


def test_both_sides_tell_their_roles(twins: Twins) -> None:
    def roles(side: Side) -> list[object]:
        primary, replica = side.primary.info("replication"), side.replica.info("replication")
        # Not `lag`: a real primary hears of its replica once a second, so it tells 0 or 1.
        return [
            (primary["role"], primary["connected_slaves"], primary["slave0"]["state"]),
            (replica["role"], replica["master_link_status"], replica["slave_read_only"], replica["connected_slaves"]),
        ]

    real, simulated = twins.both(roles)
    assert simulated == real


def test_every_field_of_info_replication_is_one_of_a_real_server(twins: Twins) -> None:
    def fields(side: Side) -> list[set[str]]:
        return [set(side.primary.info("replication")), set(side.replica.info("replication"))]

    real, simulated = twins.both(fields)
    assert all(ours <= theirs for ours, theirs in zip(simulated, real, strict=True))


def test_a_promoted_replica_takes_writes_and_keeps_what_it_had(twins: Twins) -> None:
    def promote(side: Side) -> list[object]:
        side.primary.set("copied", "yes")
        side.primary.wait(1, 5000)
        side.promote()
        # In the cloud this passes the time of a promotion; a real replica is promoted at once.
        time.sleep(6 if side is twins.simulated else 0)
        return [
            send(side.replica, "SET", "new", "v"),
            side.replica.get("copied"),
            side.replica.info("replication")["role"],
        ]

    real, simulated = twins.both(promote)
    assert simulated == real == [True, "yes", "master"]


def test_losing_the_primary_gives_the_same_errors(tmp_path_factory: pytest.TempPathFactory) -> None:
    def told(pooled: redis.Redis, held: redis.Redis, address: str) -> list[tuple[str, str]]:
        answers = []
        for one in (held, held, pooled):
            with pytest.raises(redis.RedisError) as caught:
                one.get("k")
            answers.append((type(caught.value).__name__, str(caught.value).replace(address, "HOST:PORT")))
        return answers

    def connected(host: str, port: int) -> tuple[redis.Redis, redis.Redis]:
        """A client that looks at its connection before it uses it, and one that holds on to its only one."""
        pooled = client(host, port)
        held = redis.Redis(host=host, port=port, retry=Retry(NoBackoff(), 0), single_connection_client=True)
        pooled.ping()
        held.ping()
        return pooled, held

    with redis_server(tmp_path_factory.mktemp("dying")) as port:
        real = connected("127.0.0.1", port)
    cloud = Cloud()
    group = cloud.replication_group("sim", primary="sim.cache.lab", reader="sim-ro.cache.lab", replicas=1)
    with cloud.active():
        simulated = connected("sim.cache.lab", 6379)
        group.fail_primary()
        answers = told(*simulated, "sim.cache.lab:6379")
    assert answers == told(*real, f"127.0.0.1:{port}")
    refused = ("ConnectionError", "Error 111 connecting to HOST:PORT. Connection refused.")
    assert answers == [("ConnectionError", "Connection closed by server."), refused, refused]
