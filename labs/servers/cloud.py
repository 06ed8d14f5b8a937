"""A cloud whose cache endpoints stand on real servers, and the servers of a whole run of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import override

from labs.cloud.cache import CacheNode
from labs.cloud.cloud import Cloud
from labs.cloud.door import Door
from labs.cloud.memcached import DEFAULT_MEMORY, MemcachedCluster
from labs.cloud.replication import ReplicationGroup
from labs.cloud.settings import DEFAULT_POLICY
from labs.engine.lab import LabError
from labs.servers.address import Address
from labs.servers.memcached_node import RealMemcachedCluster
from labs.servers.own_group import OwnMember, OwnReplicationGroup
from labs.servers.own_keys import sweep
from labs.servers.own_node import OwnNetwork, OwnNode
from labs.servers.own_pool import OwnPool
from labs.servers.redis_node import RealNode
from labs.servers.redis_server import RedisServer


class RealCloud(Cloud):
    """Time, databases and the network are simulated as ever; the caches that a lab asks for are real."""

    def __init__(self, servers: Servers) -> None:
        super().__init__()
        self._servers = servers
        if servers.own is not None:
            self.network = OwnNetwork()
        self.real_nodes: list[RealNode] = []
        self.real_clusters: list[RealMemcachedCluster] = []

    @override
    def _make_cache(self, host: str, port: int, label: str, door: Door, settings: dict[str, str]) -> CacheNode:
        if self._servers.own is not None:
            return self._make_own(OwnNode, self._servers.own, host, port, label, door, settings)
        if self._servers.redis is None:
            return super()._make_cache(host, port, label, door, settings)
        if _asks_for_control(door, settings):
            raise LabError(
                f"{host}의 문이나 메모리를 정하는 단계는 진짜 서버에서 할 수 없습니다. checks.py에 NEEDS_CONTROL을 적으세요. "
                "/ The step needs NEEDS_CONTROL."
            )
        return self._make_real(self._servers.redis, host, port, label, door)

    @override
    def _make_member(
        self, others: Sequence[CacheNode], host: str, port: int, label: str, door: Door, settings: dict[str, str]
    ) -> CacheNode:
        if self._servers.own is not None:
            return self._make_own(OwnMember, self._servers.own, host, port, label, door, settings)
        if self._servers.reader is None:
            return super()._make_member(others, host, port, label, door, settings)
        if not others:
            return self._make_cache(host, port, label, door, settings)
        primary = others[0]
        assert isinstance(primary, RealNode)  # noqa: S101 - it was made by the line above
        return self._make_real(self._servers.reader, host, port, label, door, primary)

    def _make_own(
        self,
        kind: type[OwnNode],
        pool: OwnPool,
        host: str,
        port: int,
        label: str,
        door: Door,
        settings: dict[str, str],
    ) -> OwnNode:
        node = kind(
            pool.lend,
            lambda: pool.certificate,
            self.clock,
            self.trace,
            self._acting,
            host=host,
            port=port,
            label=label,
            door=door,
            settings=settings,
        )
        self.real_nodes.append(node)
        return node

    @override
    def _group_type(self) -> type[ReplicationGroup]:
        return super()._group_type() if self._servers.own is None else OwnReplicationGroup

    def _make_real(
        self, server: RedisServer, host: str, port: int, label: str, door: Door, primary: RealNode | None = None
    ) -> RealNode:
        node = RealNode(
            server,
            self._servers.prefix_of(len(self.real_nodes)),
            self.clock,
            self.trace,
            self._acting,
            host=host,
            port=port,
            label=label,
            door=door,
            primary=primary,
        )
        self.real_nodes.append(node)
        return node

    @override
    def memcached(
        self, host: str, *, nodes: Sequence[str], port: int = 11211, memory: int | None = None
    ) -> MemcachedCluster:
        own = self._servers.own
        addresses = self._servers.memcached or (() if own is None else own.lend_memcached(len(nodes)))
        if not addresses:
            return super().memcached(host, nodes=nodes, port=port, memory=memory)
        cluster = RealMemcachedCluster(
            self.clock,
            self.trace,
            self.network,
            self._acting,
            host=host,
            nodes=nodes,
            port=port,
            memory=DEFAULT_MEMORY if memory is None else memory,
            servers=addresses,
            prefix=self._servers.prefix,
        )
        self.memcached_clusters.append(cluster)
        self.real_clusters.append(cluster)
        return cluster

    def close(self) -> None:
        """Delete what this cloud put on the servers, and hang up."""
        with ExitStack() as every_one:
            for node in self.real_nodes:
                every_one.callback(node.leave)
            for cluster in self.real_clusters:
                every_one.callback(cluster.leave)


def _asks_for_control(door: Door, settings: Mapping[str, str]) -> bool:
    """Whether a lab asks for more than an address gives: to lock the door, to set the memory."""
    locked = door.security_group is not None or door.encryption != "off" or door.access.asks
    return locked or settings != {"maxmemory": "0", "maxmemory-policy": DEFAULT_POLICY}


class Servers:
    """Real servers, and the clouds of one run on them, one after another."""

    def __init__(
        self,
        prefix: str,
        redis: RedisServer | None,
        memcached: Sequence[Address] = (),
        reader: RedisServer | None = None,
        own: OwnPool | None = None,
    ) -> None:
        """`own` are servers that the run starts itself; then there is no `redis` and no `reader`."""
        self.prefix = prefix
        self.redis = redis
        self.memcached = tuple(memcached)
        self.reader = reader
        self.own = own
        self._cloud: RealCloud | None = None

    @property
    def has_memcached(self) -> bool:
        """Whether Memcached nodes of a cloud stand on real servers."""
        return bool(self.memcached) or (self.own is not None and self.own.memcached_program is not None)

    def prefix_of(self, number: int) -> bytes:
        """Of one node of a lab: nodes that share a server do not share keys."""
        return f"{self.prefix}{number}:".encode()

    def new_cloud(self) -> Cloud:
        """An empty cloud; the one before is done with."""
        self._end()
        self._cloud = RealCloud(self)
        return self._cloud

    def clean(self) -> None:
        """Delete every key of the run, over new connections, and stop the servers that the run started."""
        with ExitStack() as every_one:
            if self.own is not None:
                every_one.callback(self.own.close)
            if self.redis is not None:
                every_one.callback(sweep, self.redis, self.prefix.encode())
            every_one.callback(self._end)

    def _end(self) -> None:
        if self._cloud is not None:
            # An interrupt here leaves it in its place, for the next one to end.
            self._cloud.close()
            self._cloud = None
        if self.own is not None:
            self.own.take_back()
