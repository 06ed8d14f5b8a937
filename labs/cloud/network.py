"""The network between an app and its endpoints: host names, connections, and the socket a client library is given.

redis-py is left as it is except for one thing: where it would open a TCP socket, it is handed a `Wire` to the endpoint
of that host name. Everything above (pool, RESP parser, retries, pipelines, error classes) is the library's own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from labs.cloud.clock import VirtualClock, sleep


class Session(Protocol):
    """The node's end of one connection."""

    def receive(self, data: bytes) -> None:
        """Take bytes from the client and run the commands they complete."""

    def collect(self) -> bytes:
        """The replies made since the last call."""

    def close(self) -> None:
        """The client hung up."""


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

    def add(self, endpoint: Endpoint) -> None:
        if endpoint.host in self._endpoints:
            raise ValueError(f"host name already taken: {endpoint.host}")
        self._endpoints[endpoint.host] = endpoint

    def resolve(self, host: str) -> Endpoint:
        """The endpoint of a host name. Raises `socket.gaierror`, as name resolution does."""
        try:
            return self._endpoints[host]
        except KeyError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None

    def connect(self, host: str, port: int) -> tuple[Endpoint, Session]:
        """Open a connection. Raises OSError as a socket does: unknown name, or nothing listening on that port."""
        endpoint = self.resolve(host)
        if port != endpoint.port:
            raise ConnectionRefusedError(111, "Connection refused")
        return endpoint, endpoint.accept()


class Wire:
    """The socket methods a client library calls, over a session in this process."""

    def __init__(self, clock: VirtualClock, endpoint: Endpoint, session: Session, timeout: float | None) -> None:
        self._clock = clock
        self._endpoint = endpoint
        self._session = session
        self._timeout = timeout
        self._incoming = bytearray()

    def sendall(self, data: bytes) -> None:
        self._session.receive(bytes(data))

    def recv(self, size: int) -> bytes:
        """Bytes from the node. With nothing to read, the timeout passes in virtual time, or the call would block."""
        self._incoming += self._session.collect()
        if not self._incoming:
            if self._timeout == 0:
                raise BlockingIOError(socket.EWOULDBLOCK if hasattr(socket, "EWOULDBLOCK") else 11, "would block")
            if self._timeout is not None:
                self._clock.sleep(self._timeout)
            raise TimeoutError("timed out")
        chunk = bytes(self._incoming[:size])
        del self._incoming[:size]
        return chunk

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
    """Opens a wire to a host and port, or raises the OSError a socket would. The timeout is for connecting only."""

    def __call__(self, host: str, port: int, timeout: float | None) -> Wire: ...


@contextmanager
def redis_connections(dial: Dialler) -> Iterator[None]:
    """Let redis-py connect through `dial` instead of TCP, and wait in virtual time, until the block ends."""
    from redis import retry
    from redis.connection import Connection, SSLConnection

    def connect(connection: Connection) -> Wire:
        wire = dial(connection.host, connection.port, connection.socket_connect_timeout)
        wire.settimeout(connection.socket_timeout)
        return wire

    def wrap_with_tls(connection: SSLConnection, wire: Wire) -> Wire:
        # The node answers a TLS greeting in plain RESP, which no TLS library can read.
        raise OSError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")

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


def _set_all(values: list[tuple[object, str, object]]) -> None:
    for owner, name, value in values:
        setattr(owner, name, value)
