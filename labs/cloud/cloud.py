"""A cloud: one clock, one network, one trace, and the endpoints a lab put there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from labs.cloud import latency
from labs.cloud.clock import VirtualClock, installed
from labs.cloud.dump import StoreDump
from labs.cloud.network import Network, Wire, redis_connections
from labs.cloud.trace import Outcome, Trace

if TYPE_CHECKING:
    from labs.cloud.cache import CacheNode
    from labs.cloud.database import Connection, Database

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
        self.actor = "app"
        self.caches: list[CacheNode] = []
        self.databases: list[Database] = []

    def cache(self, host: str, *, port: int = 6379, label: str = "cache") -> CacheNode:
        """Put a cache node behind a host name. `label` is its name in the trace."""
        from labs.cloud.cache import CacheNode

        node = CacheNode(self.clock, self.trace, self._acting, host=host, port=port, label=label)
        self.network.add(node)
        self.caches.append(node)
        return node

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

    def dial(self, host: str, port: int, timeout: float | None) -> Wire:
        """Open a connection for a client library; takes time and leaves a CONNECT event."""
        started = self.clock.now_us
        self.clock.advance_us(latency.CONNECT_US)
        target, outcome = host, _ERROR
        try:
            endpoint, session = self.network.connect(host, port)
            target, outcome = endpoint.label, _OK
        finally:
            self.trace.add(
                at_us=started,
                kind="network",
                actor=self.actor,
                target=target,
                op="CONNECT",
                key=None,
                outcome=outcome,
                took_us=self.clock.now_us - started,
            )
        return Wire(self.clock, endpoint, session, timeout)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Until the block ends, code in this thread lives in this cloud: its time, its host names, its endpoints."""
        with installed(self.clock), redis_connections(self.dial):
            _active.append(self)
            try:
                yield
            finally:
                _active.pop()

    def keep(self) -> None:
        """Remember what the databases hold for `reset`."""
        for database in self.databases:
            database.keep()

    def reset(self) -> None:
        """Empty caches, databases as at the last `keep`, counters and trace at zero. Connections stay open."""
        for node in self.caches:
            node.flush()
        for database in self.databases:
            database.restore()
        self.trace.clear()

    def dump(self) -> tuple[StoreDump, ...]:
        """What every store holds now: caches first, each kind in the order they were made."""
        return (
            *(node.dump() for node in self.caches),
            *(database.dump() for database in self.databases),
        )

    def _acting(self) -> str:
        return self.actor


_OK: Outcome = "ok"
_ERROR: Outcome = "error"
