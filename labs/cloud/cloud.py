"""A cloud: one clock, one network, one trace, and the endpoints a lab put there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from labs.cloud import latency
from labs.cloud.access import Access
from labs.cloud.clock import VirtualClock, installed
from labs.cloud.control import Control
from labs.cloud.door import Door, SecurityGroup
from labs.cloud.dump import StoreDump
from labs.cloud.network import Network, Wire, memcached_connections, redis_connections
from labs.cloud.settings import DEFAULT_POLICY, Policy
from labs.cloud.trace import Outcome, Trace

if TYPE_CHECKING:
    from labs.cloud.aio import VirtualLoop
    from labs.cloud.cache import CacheNode
    from labs.cloud.database import Connection, Database
    from labs.cloud.memcached import MemcachedCluster
    from labs.cloud.replication import ReplicationGroup

_active: list[Cloud] = []


class NoCloudError(RuntimeError):
    """Code for a lab ran outside a lab."""

    def __init__(self) -> None:
        super().__init__(
            "실습 밖에서 실행했습니다. `python -m labs run`으로 실행하세요. / No lab is running: use `python -m labs run`."
        )


def current() -> Cloud:
    """The cloud that code is running in. Raises NoCloudError outside one."""
    if not _active:
        raise NoCloudError
    return _active[-1]


class Cloud:
    """A small AWS of its own. Nothing in it is shared with another cloud."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.trace = Trace()
        self.network = Network()
        self.control = Control(self)
        self.actor = "app"
        self.caches: list[CacheNode] = []
        self.groups: list[ReplicationGroup] = []
        self.parameter_groups: dict[str, list[CacheNode]] = {}
        self.memcached_clusters: list[MemcachedCluster] = []
        self.databases: list[Database] = []

    def cache(
        self,
        host: str,
        *,
        port: int = 6379,
        label: str = "cache",
        tls: bool = False,
        auth_token: str | None = None,
        users: Sequence[str] = (),
        security_group: SecurityGroup | None = None,
        maxmemory: int | str | None = None,
        policy: Policy = DEFAULT_POLICY,
        parameter_group: str | None = None,
    ) -> CacheNode:
        """Put a cache node behind a host name. `label` is its name in the trace.

        `tls` is required of everybody, `auth_token` of `default`; `users` are lines such as
        `report on >its-own-password ~app::* +@read`. AWS calls know the node by the first part of its host name.
        `maxmemory` is bytes, or text such as "2mb"; `policy` says what goes when they are full. `parameter_group` is
        the name by which AWS calls change the parameters of the engine.
        """
        door = self.door(tls=tls, auth_token=auth_token, users=users, security_group=security_group)
        settings = {"maxmemory": str(maxmemory or 0), "maxmemory-policy": policy}
        node = self._make_cache(host, port, label, door, settings)
        self.network.add(node, door)
        self.control.manage(host.partition(".")[0], door, [node])
        self._parametrise([node], parameter_group)
        self.caches.append(node)
        return node

    def _make_cache(self, host: str, port: int, label: str, door: Door, settings: dict[str, str]) -> CacheNode:
        """What stands behind the host name of a cache."""
        from labs.cloud.cache import CacheNode

        return CacheNode(
            self.clock, self.trace, self._acting, host=host, port=port, label=label, door=door, settings=settings
        )

    def replication_group(
        self,
        group_id: str,
        *,
        primary: str,
        reader: str,
        replicas: int = 2,
        lag_ms: int | Sequence[int] = latency.REPLICATION_LAG_MS,
        port: int = 6379,
        tls: bool = False,
        auth_token: str | None = None,
        users: Sequence[str] = (),
        security_group: SecurityGroup | None = None,
        maxmemory: int | str | None = None,
        policy: Policy = DEFAULT_POLICY,
        parameter_group: str | None = None,
    ) -> ReplicationGroup:
        """Put a primary and its replicas behind a primary endpoint and a reader endpoint; options as for `cache`.

        The nodes are `shop-001`, `shop-002` … in the trace (of the group `shop`), and have host names of their own.
        `lag_ms` is how long a write takes to reach a replica: one number, or one for each replica.
        """
        door = self.door(tls=tls, auth_token=auth_token, users=users, security_group=security_group)
        settings = {"maxmemory": str(maxmemory or 0), "maxmemory-policy": policy}
        nodes: list[CacheNode] = []

        def make(host: str, label: str) -> CacheNode:
            node = self._make_member(nodes, host, port, label, door, settings)
            node.address = f"10.0.1.{10 + len(nodes)}"
            nodes.append(node)
            self.network.add(node, door)
            return node

        group = self._group_type()(
            self.clock,
            self.trace,
            self.network,
            make,
            group_id=group_id,
            primary=primary,
            reader=reader,
            replicas=replicas,
            lag_ms=lag_ms,
            door=door,
        )
        self.control.manage(group_id, door, nodes)
        self._parametrise(nodes, parameter_group)
        self.caches += nodes
        self.groups.append(group)
        return group

    def _group_type(self) -> type[ReplicationGroup]:
        """What keeps the nodes of a replication group alike."""
        from labs.cloud.replication import ReplicationGroup

        return ReplicationGroup

    def _make_member(
        self, others: Sequence[CacheNode], host: str, port: int, label: str, door: Door, settings: dict[str, str]
    ) -> CacheNode:
        """A node of a replication group, the primary first."""
        return Cloud._make_cache(self, host, port, label, door, settings)

    def door(
        self,
        *,
        tls: bool = False,
        auth_token: str | None = None,
        users: Sequence[str] = (),
        security_group: SecurityGroup | None = None,
    ) -> Door:
        """The way in to one or more nodes, made of the options of `cache`."""
        access = Access(users)
        if auth_token is not None:
            access.require([auth_token])
        return Door(security_group, "required" if tls else "off", access)

    def security_group(self, group_id: str) -> SecurityGroup:
        """Make a security group. As made, it lets nobody in."""
        return self.control.security_groups.setdefault(group_id, SecurityGroup(group_id))

    def memcached(
        self,
        host: str,
        *,
        nodes: Sequence[str],
        port: int = 11211,
        memory: int | None = None,
    ) -> MemcachedCluster:
        """Put Memcached nodes behind host names, and a configuration endpoint behind `host`.

        The trace calls a node by the first part of its name. `memory` is the bytes that each node keeps.
        """
        from labs.cloud.memcached import DEFAULT_MEMORY, MemcachedCluster

        cluster = MemcachedCluster(
            self.clock,
            self.trace,
            self.network,
            self._acting,
            host=host,
            nodes=nodes,
            port=port,
            memory=DEFAULT_MEMORY if memory is None else memory,
        )
        self.memcached_clusters.append(cluster)
        return cluster

    def database(self, host: str, *, label: str = "db") -> Database:
        """Put a database behind a host name. `label` is its name in the trace."""
        from labs.cloud.database import Database

        database = Database(self.clock, self.trace, self._acting, host=host, label=label)
        self.databases.append(database)
        return database

    def open_database(self, host: str) -> Connection:
        """What `labs.cloud.database.connect` gives an app."""
        from labs.cloud.database import Connection, DatabaseError

        for database in self.databases:
            if database.host == host:
                return Connection(database)
        raise DatabaseError(f'could not translate host name "{host}" to address: Name or service not known')

    def dial(self, host: str, port: int, timeout: float | None, name: str | None = None, *, tls: bool = False) -> Wire:
        """Open a connection for a client library; takes time and leaves a CONNECT event, under its name if it has one."""
        self.control.maintain()
        started = self.clock.now_us
        self.clock.advance_us(latency.CONNECT_US)
        target, outcome = host, _ERROR
        try:
            endpoint, session = self.network.connect(host, port, tls=tls)
            target = endpoint.label
            if self.network.door(host).speaks(tls):
                outcome = _OK
        except TimeoutError:
            target = self.network.resolve(host).label
            patience = latency.CONNECT_PATIENCE_US if timeout is None else round(timeout * 1_000_000)
            self.clock.advance_us(max(patience - latency.CONNECT_US, 0))
            raise
        finally:
            self.trace.add(
                at_us=started,
                kind="network",
                actor=name or self.actor,
                target=target,
                op="CONNECT",
                key=None,
                outcome=outcome,
                took_us=self.clock.now_us - started,
            )
        wire = Wire(self.clock, endpoint, session, timeout)
        wire.tls = self.network.door(host).encryption != "off"
        return wire

    @cached_property
    def loop(self) -> VirtualLoop:
        """The event loop of every `asyncio.run` in this cloud."""
        from labs.cloud.aio import VirtualLoop

        return VirtualLoop(self.clock)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Until the block ends, code in this thread lives in this cloud: its time, its host names, its endpoints."""
        from labs.cloud.aio import event_loops, redis_async_connections

        with (
            installed(self.clock),
            redis_connections(self.dial),
            redis_async_connections(self),
            memcached_connections(self.dial),
            event_loops(self),
        ):
            _active.append(self)
            try:
                yield
            finally:
                _active.pop()

    def keep(self) -> None:
        """Remember what the databases hold for `reset`, and what AWS keeps for `control.restart`."""
        self.control.keep()
        for database in self.databases:
            database.keep()

    def reset(self) -> None:
        """Empty caches, databases as at the last `keep`, counters and trace at zero. Connections stay open."""
        for node in self.caches:
            node.flush()
        for group in self.groups:
            group.reset()
        for cluster in self.memcached_clusters:
            cluster.reset()
        for database in self.databases:
            database.restore()
        self.trace.clear()

    def dump(self) -> tuple[StoreDump, ...]:
        """What every store holds now: caches first, each kind in the order they were made."""
        return (
            *(node.dump() for node in self.caches),
            *(node.dump() for cluster in self.memcached_clusters for node in cluster.nodes),
            *(database.dump() for database in self.databases),
        )

    def _parametrise(self, nodes: list[CacheNode], parameter_group: str | None) -> None:
        if parameter_group is not None:
            self.parameter_groups.setdefault(parameter_group, []).extend(nodes)

    def _acting(self) -> str:
        return self.actor


_OK: Outcome = "ok"
_ERROR: Outcome = "error"
