"""A replication group: a primary, replicas that follow it with a lag, and a failover that keeps the names.

The primary tells the group each change of a key. A replica gets it `lag_ms` later, in virtual time, as the value the
key had then: nobody waits for it. When the primary dies, what had not arrived anywhere is lost.

    group = cloud.replication_group("shop", primary="shop.cache.lab", reader="shop-ro.cache.lab", replicas=2)
    group.fail_primary()      # connections are cut; the primary endpoint refuses for `latency.PROMOTION_US`
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Protocol

from fakeredis._core import Database, Item

from labs.cloud import latency
from labs.cloud.cache import CacheNode
from labs.cloud.clock import VirtualClock
from labs.cloud.door import Door
from labs.cloud.network import Network
from labs.cloud.trace import Trace

SERVICE = "ElastiCache"
"""The actor of what the service does by itself."""


class Arriving(Protocol):
    """What is on its way to a replica."""

    def reach(self, replica: CacheNode) -> None:
        """It is there now."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a key became: a value of fakeredis and when it expires (Unix time), or None for deleted."""

    number: int
    key: bytes
    value: object
    expires: float | None

    def reach(self, replica: CacheNode) -> None:
        replica.follow(self.apply)

    def apply(self, databases: dict[int, Database]) -> None:
        database = databases[self.number]
        database.notify_watch(self.key)
        if self.value is None:
            database.pop(self.key, None)
            return
        item = Item(_copied(self.value))
        item.expireat = self.expires  # type: ignore[assignment]  # fakeredis leaves its type to be guessed from None
        database[self.key] = item


@dataclass(slots=True)
class Link:
    """The stream of changes to one replica. `sent` are on their way: (when they arrive, offset, change)."""

    replica: CacheNode
    lag_us: int
    offset: int = 0
    sent: deque[tuple[int, int, Arriving]] = field(default_factory=deque)

    def send(self, now_us: int, offset: int, change: Arriving) -> None:
        # A change never overtakes an earlier one, also when the lag was made shorter meanwhile.
        earliest = self.sent[-1][0] if self.sent else 0
        self.sent.append((max(earliest, now_us + self.lag_us), offset, change))

    def deliver(self, now_us: int) -> None:
        """Let arrive what is due."""
        while self.sent and self.sent[0][0] <= now_us:
            _, self.offset, change = self.sent.popleft()
            change.reach(self.replica)

    def arrival_us(self, offset: int) -> int:
        """When the replica has everything up to an offset; 0 when it has it already."""
        return max((due for due, sent, _ in self.sent if sent <= offset), default=0)


class ReplicationGroup:
    """One shard of ElastiCache, cluster mode disabled. `nodes` keeps its order; roles move from node to node."""

    def __init__(
        self,
        clock: VirtualClock,
        trace: Trace,
        network: Network,
        make_node: Callable[[str, str], CacheNode],
        *,
        group_id: str,
        primary: str,
        reader: str,
        replicas: int,
        lag_ms: int | Sequence[int],
        door: Door,
    ) -> None:
        """`make_node` makes a node from its host name and its label. `lag_ms`: of each replica, or of all alike."""
        lags = [lag_ms] * replicas if isinstance(lag_ms, int) else [*lag_ms]
        if len(lags) != replicas:
            raise ValueError(f"lag_ms names {len(lags)} replicas, there are {replicas}")
        self.id = group_id
        self.primary_host = primary
        self.reader_host = reader
        self.offset = 0
        self._clock = clock
        self._trace = trace
        self._lags = lags
        domain = primary.partition(".")[2]
        names = [f"{group_id}-{number:03}" for number in range(1, replicas + 2)]
        self.nodes = [make_node(f"{name}.{domain}", name) for name in names]
        for node in self.nodes:
            node.group = self
        self._begin()
        network.alias(primary, lambda: self.primary, door)
        network.alias(reader, self._next_reader, door)

    @property
    def primary(self) -> CacheNode:
        """The node that the primary endpoint points at. While a promotion is under way, that is the dead one."""
        return self._primary

    @property
    def replicas(self) -> list[CacheNode]:
        """The replicas that are there, in the order of their nodes."""
        return [link.replica for link in self._links]

    @property
    def available(self) -> bool:
        """Whether there is a primary that answers."""
        return not self._primary.down

    def set_lag(self, lag_ms: int, replica: CacheNode | None = None) -> None:
        """From now on changes take so long to one replica, or to all of them."""
        for link in self._links:
            if replica in (None, link.replica):
                link.lag_us = lag_ms * 1000

    def lag_ms(self, replica: CacheNode) -> float:
        """How far a replica is behind: the time since the oldest write that it lacks (`ReplicationLag`)."""
        self.deliver()
        sent = self._link(replica).sent
        return (self._clock.now_us - sent[0][0] + self._link(replica).lag_us) / 1000 if sent else 0.0

    def sync(self) -> None:
        """Every replica has every write now, whatever its lag. For setting a stage."""
        for link in self._links:
            link.deliver(max(self._clock.now_us, link.arrival_us(self.offset)))

    def fail_primary(self) -> None:
        """The primary's machine dies now, with what it held.

        Its connections are cut. The primary endpoint keeps pointing at it, and refuses, until a replica is promoted:
        the one with the most of the primary's writes. Without a replica, a new and empty node takes its place.
        """
        if not self.available:
            return
        self.deliver()
        dead = self._primary
        dead.shut_down()
        for link in self._links:
            link.sent.clear()
        self._tell("FAILOVER", dead, failed=True)
        self._later(latency.PROMOTION_US, self._promote)

    def changed(self, number: int, key: bytes, item: Item | None) -> None:
        """The primary wrote this key."""
        if not self._links:
            return
        self.offset += 1
        change = Change(number, key, _copied(item.value), item.expireat) if item else Change(number, key, None, None)
        for link in self._links:
            link.send(self._clock.now_us, self.offset, change)

    def deliver(self) -> None:
        """Let every replica have what is due to it."""
        for link in self._links:
            link.deliver(self._clock.now_us)

    def wait(self, replicas: int, timeout_ms: int, *, blocking: bool) -> int | None:
        """WAIT: pass time until so many replicas have everything written so far, or the timeout (0: none) is over.

        Returns how many have it; None for a wait that would never end.
        """
        now = self._clock.now_us
        arrivals = sorted(max(now, link.arrival_us(self.offset)) for link in self._links)
        until = now
        if blocking and sum(due <= now for due in arrivals) < replicas:
            needed = arrivals[replicas - 1] if replicas <= len(arrivals) else None
            if needed is None and not timeout_ms:
                return None
            limits = [moment for moment in (needed, now + timeout_ms * 1000 if timeout_ms else None) if moment]
            until = min(limits)
        self._clock.advance_us(until - now)
        self.deliver()
        return sum(due <= until for due in arrivals)

    def info(self, node: CacheNode) -> list[str]:
        """INFO replication of one of the nodes."""
        self.deliver()
        if node is self._primary:
            lines = [f"slave{number}:{self._described(link)}" for number, link in enumerate(self._links)]
            return [
                "role:master",
                f"connected_slaves:{len(lines)}",
                *lines,
                "master_failover_state:no-failover",
                f"master_repl_offset:{self.offset}",
            ]
        return [
            "role:slave",
            f"master_host:{self._primary.address}",
            f"master_port:{self._primary.port}",
            f"master_link_status:{'up' if self.available else 'down'}",
            f"slave_repl_offset:{self._link(node).offset}",
            "slave_read_only:1",
            "connected_slaves:0",
            f"master_repl_offset:{self._link(node).offset}",
        ]

    def reset(self) -> None:
        """The group as it was made. The nodes have been emptied."""
        for cancel in self._alarms:
            cancel()
        if self._primary is not self.nodes[0]:
            # Connections that the primary endpoint led to it would go on writing to what is a replica again.
            self._primary.shut_down()
        self._begin()

    def _begin(self) -> None:
        self._alarms: list[Callable[[], None]] = []
        self._primary = self.nodes[0]
        self._links = [Link(node, lag * 1000) for node, lag in zip(self.nodes[1:], self._lags, strict=True)]
        self._turn = 0
        self.offset = 0
        for node in self.nodes:
            node.boot()

    def _appoint(self, node: CacheNode) -> None:
        """From now on this one is the primary."""
        self._primary = node

    def _promote(self) -> None:
        dead = self._primary
        if not self._links:
            dead.boot()
            self._tell("REPLACE", dead)
            return
        best = max(self._links, key=lambda link: (link.offset, -link.lag_us))
        self._appoint(best.replica)
        self._links.remove(best)
        self._tell("PROMOTE", self._primary)
        for link in self._links:
            self._copy_everything(link)
        self._later(latency.REPLACEMENT_US, lambda: self._replace(Link(dead, best.lag_us)))

    def _replace(self, link: Link) -> None:
        """A new machine takes the place of the dead one, as a replica."""
        link.replica.boot()
        self._copy_everything(link)
        self._links = sorted([*self._links, link], key=lambda one: self.nodes.index(one.replica))
        self._tell("REPLACE", link.replica)

    def _copy_everything(self, link: Link) -> None:
        link.replica.empty()
        for number, database in self._primary.databases.items():
            for key in database:
                item = database[key]
                link.replica.follow(Change(number, key, item.value, item.expireat).apply)
        link.offset = self.offset

    def _next_reader(self) -> CacheNode:
        """Each look-up of the reader endpoint gives the next replica; the primary when there is no replica."""
        replicas = self.replicas or [self._primary]
        self._turn += 1
        return replicas[(self._turn - 1) % len(replicas)]

    def _link(self, replica: CacheNode) -> Link:
        return next((link for link in self._links if link.replica is replica), Link(replica, 0))

    def _described(self, link: Link) -> str:
        lag = (self._clock.now_us - link.sent[0][0] + link.lag_us) // 1_000_000 if link.sent else 0
        node = link.replica
        return f"ip={node.address},port={node.port},state=online,offset={link.offset},lag={lag}"

    def _later(self, delay_us: int, action: Callable[[], None]) -> None:
        self._alarms.append(self._clock.call_at(self._clock.now_us + delay_us, action))

    def _tell(self, op: str, node: CacheNode, *, failed: bool = False) -> None:
        self._trace.add(
            at_us=self._clock.now_us,
            kind="network",
            actor=SERVICE,
            target=node.label,
            op=op,
            key=None,
            outcome="error" if failed else "ok",
            took_us=0,
        )


def _copied(value: object) -> object:
    """A value of fakeredis that shares nothing with the original."""
    return value if isinstance(value, bytes) else deepcopy(value)
