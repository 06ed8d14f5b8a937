"""A replication group on servers of the labs' own: replicas that really follow, a death that is one, a real promotion.

Replication is the servers' own. When a write reaches a replica is the lab's to say, since time is virtual: each replica
follows its primary through a `ReplicationGate`. Whatever the primary wrote by some moment of the lab may pass a lag
later, when somebody looks at the replica. The process of a primary that fails is killed: what the gates kept is lost.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic, sleep
from typing import override

from labs.cloud.cache import CacheNode
from labs.cloud.clock import VirtualClock
from labs.cloud.dump import StoreDump
from labs.cloud.replication import Link, ReplicationGroup
from labs.servers.line import PATIENCE_S, Reply
from labs.servers.own_keys import Deadline
from labs.servers.own_node import OwnNode, WholeKeys
from labs.servers.own_server import OwnServer
from labs.servers.replication_gate import ReplicationGate
from labs.servers.trouble import ServerTroubleError

_PARAMETERS = {
    # How soon a server sees that the copy for a replica is made.
    "hz": "100",
    # A primary that copies from a file begins the stream at once, else up to a second later. Some replicas that copy to
    # a file notice its end up to a second later.
    "repl-diskless-sync": "no",
    "repl-diskless-load": "swapdb",
    "rdb-del-sync-files": "yes",
    # A gate that keeps the stream keeps what says that the primary is alive, too.
    "repl-timeout": "1000000",
    "repl-ping-replica-period": "500000",
}
# Newer servers may copy over a second connection; a gate is made for one.
_SECOND_CHANNEL = ("repl-rdb-channel", "dual-channel-replication-enabled")
_FOLLOWING_S = 15.0
_A_MOMENT_S = 0.0005
# More than a server sends its replicas to ask how far they are.
_QUESTION = 1 << 10

# What PTTL says of a key that there is not, and of one without a TTL.
_GONE, _NO_TTL = -2, -1

type _Command = tuple[bytes | str, ...]


class OwnMember(OwnNode):
    """A node of the group. Its process may die, and another one take its place."""

    keys: MemberKeys

    arrived = 0
    """The offset up to which it was last seen to have the stream."""
    _gate: ReplicationGate | None = None
    _leader: OwnServer | None = None

    @property
    def offset(self) -> int:
        """How far the stream is that it writes, or has taken in."""
        return int(self._replication()["master_repl_offset"])

    @override
    def boot(self) -> None:
        if self.down:
            self.own = self._lend()
            self._move_in()
        super().boot()
        self.tell()

    @override
    def shut_down(self) -> None:
        """The process is killed."""
        super().shut_down()
        self.own.kill()
        self.own.hang_up()

    @override
    def flush(self) -> None:
        if self.down:
            self.stats.reset()
            self.settings.restore()
        else:
            super().flush()

    @override
    def dump(self) -> StoreDump:
        return StoreDump("cache", self.host, (), self.label) if self.down else super().dump()

    @override
    def leave(self) -> None:
        if self.own.running:
            # Whoever is given the port of the gate next must not be taken for a primary.
            self.own.ask(("REPLICAOF", "NO", "ONE"))
        self._part()
        super().leave()

    @override
    @contextmanager
    def asking_replicas(self) -> Iterator[None]:
        assert isinstance(self.group, OwnReplicationGroup)  # noqa: S101 - what made the group made this node
        with self.group.asking():
            yield

    @override
    def replication_told(self) -> Mapping[bytes, int | str]:
        assert isinstance(self.group, OwnReplicationGroup)  # noqa: S101 - what made the group made this node
        return self.group.told_to(self)

    def lead(self) -> None:
        """Be a primary: a replica is promoted, with what it has."""
        self.own.ask(("REPLICAOF", "NO", "ONE"))
        self._part()
        self.keys.begin_to_lead()

    def replicate(self, primary: OwnMember) -> None:
        """Begin to follow this one, if it does not yet. `has_all_of` tells when it has caught up."""
        if self._leader is primary.own:
            return
        before, self._gate = self._gate, ReplicationGate(primary.own_line)
        self._leader, self.arrived = primary.own, 0
        keeper = primary.own.keeper.address
        self.own.set_parameters(
            {
                "masteruser": keeper.username,
                "masterauth": keeper.password,
                "replica-announce-ip": self.address,
                "replica-announce-port": str(self.port),
            }
        )
        self.own.ask(("REPLICAOF", "127.0.0.1", str(self._gate.port)))
        if before is not None:
            before.close()

    def own_line(self) -> socket.socket:
        """A connection to the server. Raises OSError."""
        address = self.own.plain
        return socket.create_connection((address.host, address.port), PATIENCE_S)

    def may_have(self, offset: int) -> None:
        """Let the stream through up to here."""
        if self._gate is not None:
            self._gate.let_through(offset)

    def has_all_of(self, primary: OwnMember) -> bool:
        """Whether it is online as a replica of this one, and has everything. Lets through what it lacks."""
        theirs = primary._replication()
        offset = theirs["master_repl_offset"]
        self.may_have(int(offset))
        ours = self._replication()
        if (ours.get("master_link_status"), ours.get("slave_repl_offset")) != ("up", offset):
            return False
        return any(f"ip={self.address}," in text and ",state=online," in text for text in theirs.values())

    def has(self, offset: int) -> bool:
        """Whether it has taken in the stream up to here."""
        self.arrived = int(self._replication().get("slave_repl_offset", 0))
        return self.arrived >= offset

    def lose_primary(self) -> None:
        """The primary is gone, and what was on its way as well. Returns when the server has seen it."""
        assert self._gate is not None  # noqa: S101 - who has a primary follows it through a gate
        self._gate.cut()
        self._leader = None
        wait_until(
            lambda: self._replication()["master_link_status"] == "down", f"{self.label}에서 프라이머리가 사라지기를"
        )

    @override
    def _move_in(self) -> None:
        super()._move_in()
        self._part()
        known = self.own.ask(*(("CONFIG", "GET", name) for name in _SECOND_CHANNEL))
        single = {name: "no" for name, reply in zip(_SECOND_CHANNEL, known, strict=True) if reply.items}
        self.own.set_parameters({**_PARAMETERS, **single})

    @override
    def _new_keys(self) -> MemberKeys:
        return MemberKeys(self, self._clock)

    def _part(self) -> None:
        self._leader = None
        if self._gate is not None:
            self._gate.close()
            self._gate = None

    def _replication(self) -> dict[str, str]:
        text = self.own.ask(("INFO", "replication"))[0].text
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


class MemberKeys(WholeKeys):
    """The keys of one node of a group. A replica learns what it has from what arrives.

    The real TTLs of a replica come with the stream, and are the primary's. When one of them could be noticed it is set to
    what the lab's time says, by the keeper, on the replica itself: what sets it on the primary may still be kept by a gate.
    """

    def __init__(self, node: OwnMember, clock: VirtualClock) -> None:
        super().__init__(node.own, clock, node.settings)
        self._node = node
        # Keys that were written, and those that are gone, since the last `changes`.
        self._touched: dict[bytes, bool] = {}
        self._emptied = False
        self.wrote_us: int | None = None
        """When a client last wrote, since the last `changes`."""
        # Whether a client's command was run since the last `changes`.
        self._commanded = True

    @override
    def ask(self, commands: Collection[_Command]) -> list[Reply]:
        if not self._follows or all(command[0] != "PEXPIRE" for command in commands):
            return super().ask(commands)
        return super().ask([_read_only("no"), *commands, _read_only("yes")])[1:-1]

    @override
    def learn(self, key: bytes, pttl: int) -> None:
        if not self._follows:
            super().learn(key, pttl)
            self._touched[key] = pttl == _GONE
            self.wrote_us = self._clock.now_us

    @override
    def note(self, keys: Iterable[bytes]) -> None:
        if not self._follows:
            super().note(keys)

    @override
    def pass_time(self) -> None:
        self._group.deliver()
        self.expire()
        # A command of a client comes next.
        self._commanded = True

    @override
    def existing(self) -> list[bytes]:
        names = super().existing()
        # No client asked.
        self._commanded = False
        return names

    def expire(self) -> None:
        """Let the server expire what is over in the lab's time. On a replica that is counted by its primary."""
        counted = self.expired
        super().pass_time()
        if self._follows:
            self.expired = counted

    @override
    def set_exactly(self, keys: Collection[bytes]) -> list[_Command]:
        exact = super().set_exactly(keys)
        if not self._follows:
            return exact
        self.ask(exact)
        return []

    @override
    def keep_from_ending(self) -> None:
        for keys in self._group.every_keys():
            keys.keep_own_from_ending()

    def keep_own_from_ending(self) -> None:
        super().keep_from_ending()

    @override
    def lengthened(self, key: bytes) -> int | None:
        self._touched[key] = False
        return super().lengthened(key)

    @override
    def make_room(self) -> None:
        """A replica evicts what its primary does."""
        if not self._follows:
            super().make_room()

    @override
    @contextmanager
    def held_to_limit(self, needs_room: bool) -> Iterator[None]:
        with super().held_to_limit(needs_room and not self._follows):
            yield

    @override
    def delete_all(self) -> None:
        """A replica loses what its primary does."""
        if not self._follows:
            super().delete_all()

    @override
    def forget(self, key: bytes) -> None:
        super().forget(key)
        self._touched[key] = True

    @override
    def forget_all(self) -> None:
        super().forget_all()
        self._touched.clear()
        self._emptied = True
        self.wrote_us = self._clock.now_us

    @property
    def may_have_written(self) -> bool:
        """Whether anything was done since the last `changes` that can have moved the offset of a primary."""
        return self._commanded or self._emptied or bool(self._touched)

    def expect_more(self) -> None:
        """The server may have added to the stream by itself."""
        self._commanded = True

    def changes(self) -> Changes:
        """What became of the keys since this was asked last."""
        kept = {key: self._deadlines.get(key) for key, gone in self._touched.items() if not gone}
        changes = Changes(
            self._emptied,
            tuple(key for key, gone in self._touched.items() if gone),
            {key: replace(deadline) if deadline else None for key, deadline in kept.items()},
        )
        self._touched.clear()
        self._emptied, self.wrote_us, self._commanded = False, None, False
        return changes

    def take(self, changes: Changes) -> None:
        """Of a replica: this has arrived."""
        if changes.emptied:
            super().forget_all()
        for key in changes.gone:
            super().forget(key)
        for key, deadline in changes.kept.items():
            super().learn(key, _NO_TTL)
            if deadline is not None:
                self._deadlines[key] = replace(deadline)

    def take_all(self, primary: MemberKeys) -> None:
        """Of a replica: it has every key of this primary."""
        deadlines = {key: replace(one, set_at_s=0, left_ms=0) for key, one in primary._deadlines.items()}
        there = super().ask([("KEYS", "*")])[0].items
        self.take(Changes(True, (), {key.data: deadlines.get(key.data) for key in there}))
        self.set_exactly(self._deadlines)

    def begin_to_lead(self) -> None:
        """What became of the keys until now is no news to anybody."""
        self.changes()

    @property
    def _follows(self) -> bool:
        return self._node.read_only

    @property
    def _group(self) -> OwnReplicationGroup:
        assert isinstance(self._node.group, OwnReplicationGroup)  # noqa: S101 - what made the group made its nodes
        return self._node.group

    @override
    def _told(self, key: bytes, deadline: Deadline, left_ms: float) -> _Command:
        self._touched[key] = False
        return super()._told(key, deadline, left_ms)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a stretch of the stream does: all keys go first, or none; `gone` go; `kept` have these TTLs, or none."""

    emptied: bool
    gone: Sequence[bytes]
    kept: Mapping[bytes, Deadline | None]

    def reach(self, replica: CacheNode) -> None:
        _member(replica).keys.take(self)


class OwnReplicationGroup(ReplicationGroup):
    """`offset` is the primary's own: bytes."""

    def every_keys(self) -> list[MemberKeys]:
        """Of every node that is there."""
        return [_member(node).keys for node in self.nodes if not node.down]

    @override
    def set_lag(self, lag_ms: int, replica: CacheNode | None = None) -> None:
        self._note_writes()
        super().set_lag(lag_ms, replica)

    @override
    def sync(self) -> None:
        self._note_writes()
        super().sync()
        self._hand_over()

    @override
    def deliver(self) -> None:
        if self.available:
            # What is over is deleted by the primary, and on replicas by its stream.
            _member(self._primary).keys.expire()
        self._note_writes()
        super().deliver()
        self._hand_over()

    @override
    def wait(self, replicas: int, timeout_ms: int, *, blocking: bool) -> int | None:
        self._note_writes()
        return super().wait(replicas, timeout_ms, blocking=blocking)

    @override
    def fail_primary(self) -> None:
        if not self.available:
            return
        super().fail_primary()
        for link in self._links:
            _member(link.replica).lose_primary()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Until the block ends the primary may ask the replicas that have everything how far they are, and hear it."""
        self.deliver()
        for link in self._links:
            if not link.sent:
                _member(link.replica).may_have(self.offset + _QUESTION)
        try:
            yield
        finally:
            # The question is a part of the stream, if there was one.
            _member(self._primary).keys.expect_more()
            self.deliver()
            for link in self._links:
                _member(link.replica).may_have(link.offset)

    def told_to(self, node: CacheNode) -> Mapping[bytes, int | str]:
        """Lines of INFO replication in which the lab's addresses, and its moment, stand for those of the servers."""
        self.deliver()
        if node is not self._primary:
            return {b"master_host": self._primary.address, b"master_port": self._primary.port}
        return {b"slave%d" % number: self._described(link) for number, link in enumerate(self._links)}

    @override
    def _begin(self) -> None:
        super()._begin()
        self._appoint(self.nodes[0])
        _member(self._primary).empty()
        for link in self._links:
            _member(link.replica).replicate(_member(self._primary))
        for link in self._links:
            self._copy_everything(link)

    @override
    def _appoint(self, node: CacheNode) -> None:
        super()._appoint(node)
        _member(node).lead()
        self.offset = _member(node).offset

    @override
    def _copy_everything(self, link: Link) -> None:
        primary, replica = _member(self._primary), _member(link.replica)
        replica.replicate(primary)
        wait_until(lambda: replica.has_all_of(primary), f"{replica.label}이(가) {primary.label}을(를) 복제하기를")
        replica.keys.take_all(primary.keys)
        self._note_writes()
        link.sent.clear()
        link.offset = self.offset

    def _note_writes(self) -> None:
        """See how far the primary's stream is, and when each replica is to have it."""
        if not self.available:
            return
        primary = _member(self._primary)
        if not primary.keys.may_have_written:
            return
        offset, wrote_us = primary.offset, primary.keys.wrote_us
        changes = primary.keys.changes()
        if offset == self.offset:
            return
        self.offset = offset
        for link in self._links:
            # What the keeper did alone takes no time of the lab. Like all the rest it overtakes nothing.
            link.send(self._clock.now_us - link.lag_us if wrote_us is None else wrote_us, offset, changes)

    def _hand_over(self) -> None:
        """Let the servers have what has arrived by now in the lab, and wait until they do."""
        behind = [(_member(link.replica), link.offset) for link in self._links]
        behind = [(replica, offset) for replica, offset in behind if replica.arrived < offset]
        for replica, offset in behind:
            replica.may_have(offset)
        for replica, offset in behind:
            wait_until(
                lambda replica=replica, offset=offset: replica.has(offset),  # type: ignore[misc]
                f"{replica.label}이(가) 쓰기를 받기를",
            )


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Ask the servers until they are so far. Raises ServerTroubleError; `what` is what was waited for, in Korean."""
    until = monotonic() + _FOLLOWING_S
    while not true():
        if monotonic() > until:
            raise ServerTroubleError(
                f"직접 시작한 서버의 복제가 멈추었습니다. {what} {_FOLLOWING_S:.0f}초 동안 기다렸습니다. 다시 실행하세요."
            )
        sleep(_A_MOMENT_S)


def _read_only(answer: str) -> _Command:
    """Whether a replica refuses to write, the keeper among others."""
    return ("CONFIG", "SET", "replica-read-only", answer)


def _member(node: CacheNode) -> OwnMember:
    assert isinstance(node, OwnMember)  # noqa: S101 - what made the group made its nodes
    return node
