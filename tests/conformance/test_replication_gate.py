"""The gate between a real replica and its real primary: nothing of the stream passes before it may."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.servers.replication_gate import PrimarySide, ReplicationGate
from tests.conformance.servers import free_port, redis_server

pytestmark = pytest.mark.server

PATIENCE_S = 20.0
# How long nothing is seen to happen where nothing must.
A_WHILE_S = 0.15
COPIES = {
    "streamed": ("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"),
    "from-a-file": ("--repl-diskless-sync", "no", "--rdb-del-sync-files", "yes"),
}
WRITES = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"


class Node:
    """A real server, and a gate where it follows another one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client = redis.Redis(port=port, decode_responses=True, retry=Retry(NoBackoff(), 0))
        self.gate: ReplicationGate | None = None

    def replication(self) -> dict[str, object]:
        return dict(self.client.info("replication"))

    @property
    def offset(self) -> int:
        """How far the stream is that it wrote, or that it took in."""
        return int(str(self.replication()["master_repl_offset"]))

    def is_online(self, followers: int) -> bool:
        """Whether it has so many replicas, and sends to all of them."""
        told = self.replication()
        states = [dict(told[f"slave{number}"]) for number in range(int(str(told["connected_slaves"])))]  # type: ignore[call-overload]
        return [state["state"] for state in states] == ["online"] * followers

    def follow(self, gate: ReplicationGate) -> None:
        self.gate = gate
        send(self, "REPLICAOF", "127.0.0.1", gate.port)
        until(lambda: self.replication()["master_link_status"] == "up")

    def let_through(self, offset: int) -> None:
        """Open the gate up to an offset, and wait until the replica is there."""
        assert self.gate is not None
        self.gate.let_through(offset)
        until(lambda: self.replication()["slave_repl_offset"] == offset)


@pytest.fixture
def world() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(world: ExitStack, tmp_path: Path) -> Callable[..., Node]:
    def started(*options: str) -> Node:
        folder = tmp_path / str(free_port())
        folder.mkdir(exist_ok=True)
        options = options or COPIES["from-a-file"]
        return Node(world.enter_context(redis_server(folder, "--hz", "100", *options)))

    return started


@pytest.fixture
def gate_to(world: ExitStack) -> Callable[[Node], ReplicationGate]:
    def made(primary: Node) -> ReplicationGate:
        gate = ReplicationGate(lambda: socket.create_connection(("127.0.0.1", primary.port), PATIENCE_S))
        world.callback(gate.close)
        return gate

    return made


def send(node: Node, *words: object) -> object:
    return node.client.execute_command(*words)  # type: ignore[no-untyped-call]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("it did not come to that")
        time.sleep(0.002)


@pytest.mark.parametrize("copy", COPIES)
def test_a_replica_gets_a_copy_and_then_no_more_than_it_may(
    copy: str, start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(*COPIES[copy]), start(*COPIES[copy])
    for number in range(300):
        # Text that looks like the protocol, and more than comes in one piece.
        primary.client.set(f"k{number}", "+FULLRESYNC x 5\r\n$3\r\n" * number)
    gate = gate_to(primary)
    replica.follow(gate)
    assert replica.client.dbsize() == 300
    assert replica.client.get("k299") == primary.client.get("k299")
    offsets = []
    for value in "abc":
        primary.client.set("k", value)
        offsets.append(primary.offset)
    time.sleep(A_WHILE_S)
    assert replica.client.get("k") is None
    for value, offset in zip("abc", offsets, strict=True):
        replica.let_through(offset)
        assert (replica.client.get("k"), gate.passed) == (value, offset)


def test_what_may_pass_passes_at_once_when_it_comes(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    replica.follow(gate_to(primary))
    assert replica.gate is not None
    replica.gate.let_through(primary.offset + 100_000)
    primary.client.set("k", "v")
    until(lambda: replica.client.get("k") == "v")


def test_each_replica_has_a_gate_of_its_own(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, near, far = start(), start(), start()
    for replica in (near, far):
        replica.follow(gate_to(primary))
    primary.client.zincrby("board", 1, "민준")
    first = primary.offset
    primary.client.zincrby("board", 2, "민준")
    second = primary.offset
    near.let_through(second)
    far.let_through(first)
    assert [one.client.zscore("board", "민준") for one in (primary, near, far)] == [3, 3, 1]


def test_the_primary_hears_what_its_replicas_have(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    replica.follow(gate_to(primary))
    until(lambda: primary.is_online(1))
    primary.client.set("k", "v")
    assert send(primary, "WAIT", 1, 50) == 0
    assert replica.gate is not None
    # WAIT itself asks the replicas through the stream.
    replica.gate.let_through(primary.offset + 1000)
    assert send(primary, "WAIT", 1, 5000) == 1


def test_what_was_kept_is_lost_with_the_primary(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate], world: ExitStack
) -> None:
    primary, near, far = start(), start(), start()
    for replica in (near, far):
        replica.follow(gate_to(primary))
    offsets = []
    for value in "abc":
        primary.client.set("k", value)
        offsets.append(primary.offset)
    near.let_through(offsets[1])
    far.let_through(offsets[0])
    with suppress(redis.ConnectionError):
        send(primary, "SHUTDOWN", "NOW", "NOSAVE", "FORCE")
    for replica in (near, far):
        until(lambda replica=replica: replica.replication()["master_link_status"] == "down")  # type: ignore[misc]
        assert replica.gate is not None
        replica.gate.let_through(offsets[2] + 1000)
    time.sleep(A_WHILE_S)
    assert [one.client.get("k") for one in (near, far)] == ["b", "a"]

    send(near, "REPLICAOF", "NO", "ONE")
    gate = gate_to(near)
    gate.let_through(near.offset)
    far.follow(gate)
    until(lambda: far.client.get("k") == "b")
    stats = near.client.info("stats")
    assert (stats["sync_partial_ok"], stats["sync_full"]) == (1, 0), "it only took what it lacked"
    near.client.set("k", "d")
    offset = near.offset
    time.sleep(A_WHILE_S)
    assert far.client.get("k") == "b"
    far.let_through(offset)
    assert far.client.get("k") == "d"


def test_a_gate_that_was_cut_loses_what_it_kept_while_the_primary_lives(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    replica.follow(gate_to(primary))
    assert replica.gate is not None
    primary.client.set("k", "v")
    offset = primary.offset
    replica.gate.cut()
    replica.gate.let_through(offset)
    until(lambda: replica.replication()["master_link_status"] == "down")
    # It tries to come again once a second.
    time.sleep(1.2)
    assert (replica.client.get("k"), replica.replication()["master_link_status"]) == (None, "down")
    assert not primary.is_online(1)


def test_a_replica_that_comes_again_goes_on_where_it_was(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    replica.follow(gate_to(primary))
    primary.client.set("k", "before")
    replica.let_through(primary.offset)
    primary.client.set("k", "after")
    offset = primary.offset
    send(primary, "CLIENT", "KILL", "TYPE", "replica")
    # It comes again at once: its link may be up before anybody has seen it down.
    until(lambda: primary.client.info("stats")["sync_partial_ok"] == 1)
    until(lambda: replica.replication()["master_link_status"] == "up")
    assert replica.client.get("k") == "before"
    replica.let_through(offset)
    assert replica.client.get("k") == "after"


def test_a_gate_without_a_primary_lets_a_replica_try_again(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    gate = gate_to(primary)
    real, primary.port = primary.port, free_port()
    send(replica, "REPLICAOF", "127.0.0.1", gate.port)
    time.sleep(A_WHILE_S)
    assert replica.replication()["master_link_status"] == "down"
    primary.port = real
    until(lambda: replica.replication()["master_link_status"] == "up")


def test_a_closed_gate_leaves_no_thread_and_no_port(
    start: Callable[..., Node], gate_to: Callable[[Node], ReplicationGate]
) -> None:
    primary, replica = start(), start()
    threads = set(threading.enumerate())
    gates = [gate_to(primary), gate_to(primary)]
    replica.follow(gates[0])
    for gate in gates:
        gate.close()
        gate.close()
        gate.let_through(1)
        gate.cut()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", gate.port), PATIENCE_S)
    assert set(threading.enumerate()) == threads
    until(lambda: not primary.is_online(1))


# The primary's bytes


HEAD = b"+PONG\r\n+OK\r\n-ERR no such thing\r\n"
MARK = b"m" * 40
PSYNC = b"*3\r\n$5\r\nPSYNC\r\n$40\r\n" + b"a" * 40 + b"\r\n$3\r\n501\r\n"
CONVERSATIONS = {
    "by-length": (HEAD + b"+FULLRESYNC abc 500\r\n\n\n$11\r\n+CONTINUE\r\n", WRITES),
    "by-mark": (HEAD + b"+FULLRESYNC abc 500\r\n\n$EOF:" + MARK + b"\r\n$5\r\n" + b"m" * 20 + b"x" + MARK, WRITES),
    "empty": (HEAD + b"+FULLRESYNC abc 500\r\n$0\r\n", WRITES),
    "part-only": (HEAD + b"+CONTINUE abc\r\n", WRITES),
}


@pytest.mark.parametrize("kind", CONVERSATIONS)
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_bytes_may_come_in_any_pieces(kind: str, piece: int) -> None:
    before, stream = CONVERSATIONS[kind]
    side = PrimarySide()
    for place in range(0, len(PSYNC), piece):
        side.hear_replica(PSYNC[place : place + piece])
    passed = bytearray()
    everything = before + stream
    for place in range(0, len(everything), piece):
        side.add(everything[place : place + piece])
        passed += side.take(500)
    assert (bytes(passed), side.passed) == (before, 500)
    assert side.take(503) + side.take(503) + side.take(0) == stream[:3]
    assert side.take(10_000) == stream[3:]
    assert side.passed == 500 + len(stream)


def test_a_replica_that_never_had_anything_asks_for_all_of_it() -> None:
    side = PrimarySide()
    side.hear_replica(re.sub(rb"\$3\r\n501", b"$2\r\n-1", PSYNC))
    side.add(b"+FULLRESYNC abc 0\r\n$0\r\n" + WRITES)
    assert side.take(0).endswith(b"$0\r\n")
    assert side.take(1) == WRITES[:1]
