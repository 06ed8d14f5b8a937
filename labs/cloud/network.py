"""The network between an app and its endpoints: host names, connections, and the socket a client library is given.

redis-py is left as it is except for one thing: where it would open a TCP socket, it is handed a `Wire` to the endpoint
of that host name. Everything above (pool, RESP parser, retries, pipelines, error classes) is the library's own.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from labs.cloud.access import DEFAULT_USER
from labs.cloud.clock import VirtualClock, sleep
from labs.cloud.door import APP_GROUP, Door

if TYPE_CHECKING:
    from redis.asyncio.connection import Connection as AsyncConnection
    from redis.connection import Connection


class Session(Protocol):
    """The node's end of one connection."""

    def receive(self, data: bytes) -> None:
        """Take bytes from the client and run the commands they complete."""

    def collect(self) -> bytes:
        """The replies made since the last call."""

    def close(self) -> None:
        """The client hung up."""

    @property
    def ended(self) -> bool:
        """Whether the node hung up: it is gone, or the client asked it to."""


class Endpoint(Protocol):
    """Something with a host name and a port that clients can connect to."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def label(self) -> str:
        """What the trace calls it: "cache", "db", or a name of the lab's own."""

    @property
    def address(self) -> str:
        """The private IP address that the host name resolves to."""

    def accept(self) -> Session:
        """Open a connection, or raise the OSError a real client would get."""


class Network:
    """Host names and the endpoints behind them."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}
        self._aliases: dict[str, Callable[[], Endpoint]] = {}
        self._doors: dict[str, Door] = {}
        self.client_groups = frozenset((APP_GROUP,))
        """The security groups of the server that the learner's code runs on."""

    def add(self, endpoint: Endpoint, door: Door | None = None) -> None:
        """Put an endpoint behind its host name; without a door, anybody may connect in plain text."""
        if endpoint.host in self._endpoints or endpoint.host in self._aliases:
            raise ValueError(f"host name already taken: {endpoint.host}")
        self._endpoints[endpoint.host] = endpoint
        if door is not None:
            self._doors[endpoint.host] = door

    def alias(self, host: str, choose: Callable[[], Endpoint], door: Door | None = None) -> None:
        """Let a host name stand for whichever endpoint is chosen each time somebody looks the name up."""
        if host in self._endpoints or host in self._aliases:
            raise ValueError(f"host name already taken: {host}")
        self._aliases[host] = choose
        if door is not None:
            self._doors[host] = door

    def remove(self, host: str) -> None:
        """Nobody has this host name any more."""
        del self._endpoints[host]

    def resolve(self, host: str) -> Endpoint:
        """The endpoint of a host name. Raises `socket.gaierror`, as name resolution does."""
        if host in self._aliases:
            return self._aliases[host]()
        try:
            return self._endpoints[host]
        except KeyError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None

    def door(self, host: str) -> Door:
        return self._doors.get(host) or Door()

    def connect(self, host: str, port: int, *, tls: bool = False) -> tuple[Endpoint, Session]:
        """Open a connection, or raise OSError as a socket does.

        An unknown name is told at once, and so is a port nobody listens on. A security group says nothing: the client's
        patience (`Cloud.dial`) decides how long it waits for the TimeoutError. A node that takes TLS only hangs up on
        the first plain bytes it reads.
        """
        endpoint, door = self.resolve(host), self.door(host)
        if not door.lets_in(port, self.client_groups):
            raise TimeoutError(110, "Connection timed out")
        if not tls and not door.speaks(tls):
            return endpoint, _HungUp()
        if port != endpoint.port:
            raise ConnectionRefusedError(111, "Connection refused")
        return endpoint, endpoint.accept()


class _HungUp:
    """The other end did not understand the greeting and reset the connection."""

    ended = False

    def receive(self, data: bytes) -> None:
        """Read, not understood."""

    def collect(self) -> bytes:
        raise ConnectionResetError(104, "Connection reset by peer")

    def close(self) -> None:
        """It is closed already."""


class Wire:
    """The socket methods a client library calls, over a session in this process."""

    def __init__(self, clock: VirtualClock, endpoint: Endpoint, session: Session, timeout: float | None) -> None:
        self._clock = clock
        self._endpoint = endpoint
        self._session = session
        self._timeout = timeout
        self._incoming = bytearray()
        self._reset = False
        self.tls = False
        """Whether the endpoint takes a TLS greeting."""

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def sendall(self, data: bytes) -> None:
        """Bytes to the node. When it has hung up, TCP still takes the first ones; only the next attempt is told."""
        if self._reset:
            raise BrokenPipeError(32, "Broken pipe")
        if self._session.ended:
            self._reset = True
            return
        self._session.receive(bytes(data))

    def recv(self, size: int) -> bytes:
        """Bytes from the node, none when it has hung up.

        With nothing to read, the timeout passes in virtual time, or the call would block.
        """
        self._incoming += self._session.collect()
        if not self._incoming:
            if self._session.ended:
                return b""
            if self._timeout == 0:
                raise BlockingIOError(socket.EWOULDBLOCK if hasattr(socket, "EWOULDBLOCK") else 11, "would block")
            if self._timeout is not None:
                self._clock.sleep(self._timeout)
            raise TimeoutError("timed out")
        chunk = bytes(self._incoming[:size])
        del self._incoming[:size]
        return chunk

    def has_news(self) -> bool:
        """Whether `recv` has something to tell at once."""
        self._incoming += self._session.collect()
        return bool(self._incoming) or self._session.ended

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = timeout

    def gettimeout(self) -> float | None:
        return self._timeout

    def getpeername(self) -> tuple[str, int]:
        return self._endpoint.address, self._endpoint.port

    def shutdown(self, how: int) -> None:
        """Nothing is in flight on this wire; `close` does the rest."""

    def close(self) -> None:
        self._session.close()


class Dialler(Protocol):
    """Opens a wire to a host and port, or raises the OSError a socket would. The timeout is for connecting only.

    `name` is what the client will call its connection (CLIENT SETNAME) or log in by, if anything; `tls` tells whether
    it will greet with TLS.
    """

    def __call__(
        self, host: str, port: int, timeout: float | None, name: str | None = None, *, tls: bool = False
    ) -> Wire: ...


@contextmanager
def redis_connections(dial: Dialler) -> Iterator[None]:
    """Let redis-py connect through `dial` instead of TCP, and wait in virtual time, until the block ends."""
    from redis import retry
    from redis.connection import Connection, SSLConnection

    def connect(connection: Connection) -> Wire:
        wire = dial(
            connection.host,
            connection.port,
            connection.socket_connect_timeout,
            own_name(connection),
            tls=isinstance(connection, SSLConnection),
        )
        wire.settimeout(connection.socket_timeout)
        return wire

    def wrap_with_tls(connection: SSLConnection, wire: Wire) -> Wire:
        if not wire.tls:
            # The node takes the greeting for a command whose line has not ended, and waits. So does the client.
            wire.recv(1)
        return wire

    replacements: list[tuple[object, str, object]] = [
        (Connection, "_connect", connect),
        (SSLConnection, "_wrap_socket_with_ssl", wrap_with_tls),
        (retry, "sleep", sleep),
    ]
    saved = [(owner, name, getattr(owner, name)) for owner, name, _ in replacements]
    _set_all(replacements)
    try:
        yield
    finally:
        _set_all(saved)


@contextmanager
def memcached_connections(dial: Dialler) -> Iterator[None]:
    """Let pymemcache connect through `dial` instead of TCP, and wait in virtual time, until the block ends."""
    from pymemcache.client import retrying  # type: ignore[import-untyped]
    from pymemcache.client.base import Client  # type: ignore[import-untyped]

    def connect(client: Client) -> None:
        client.close()
        if not isinstance(client.server, tuple):
            # The path of a Unix socket: no node of a cloud has one.
            raise FileNotFoundError(2, "No such file or directory")
        host, port = client.server
        wire = dial(host, int(port), client.connect_timeout, tls=client.tls_context is not None)
        if client.tls_context is not None and not wire.tls:
            raise OSError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
        wire.settimeout(client.timeout)
        client.sock = wire

    replacements: list[tuple[object, str, object]] = [(Client, "_connect", connect), (retrying, "sleep", sleep)]
    saved = [(owner, name, getattr(owner, name)) for owner, name, _ in replacements]
    _set_all(replacements)
    try:
        yield
    finally:
        _set_all(saved)


def own_name(connection: Connection | AsyncConnection) -> str | None:
    """What tells a connection from others in the trace: its CLIENT SETNAME, or the user it logs in as if that is not everybody."""
    return connection.client_name or (connection.username if connection.username != DEFAULT_USER else None)


def _set_all(values: list[tuple[object, str, object]]) -> None:
    for owner, name, value in values:
        setattr(owner, name, value)
