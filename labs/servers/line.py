"""A connection to a real Redis or Valkey server, in real time: commands out, replies in.

While a lab runs, `time` and redis-py belong to its cloud; plain sockets do not.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from labs.servers.address import Address

PATIENCE_S = 5.0
"""How long a server may take to answer. Real time."""

_END = b"\r\n"
_TEXTS = (b"$", b"=", b"!")
_LISTS = (b"*", b"~", b">", b"%", b"|")


class NotRespError(Exception):
    """The other end sent something that is no RESP. `seen` is how it begins."""

    def __init__(self, seen: bytes) -> None:
        super().__init__(seen)
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of RESP2 or RESP3. `kind` is its first byte.

    `body` is the text of a line or a string, or the items of an array, set, push or map (keys and values in turn); None
    for the nothings of RESP2.
    """

    kind: bytes
    body: bytes | tuple[Reply, ...] | None

    @property
    def error(self) -> str:
        """The text of an error; empty for what is none."""
        return self.text if self.kind in (b"-", b"!") else ""

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else b""

    @property
    def number(self) -> int:
        """Of an integer reply; 0 for anything else."""
        return int(self.data) if self.kind == b":" else 0

    @property
    def items(self) -> tuple[Reply, ...]:
        return self.body if isinstance(self.body, tuple) else ()

    @property
    def is_nothing(self) -> bool:
        return self.body is None or self.kind == b"_"

    def encode(self) -> bytes:
        if self.kind in _TEXTS:
            return self.kind + (b"-1\r\n" if self.body is None else b"%d\r\n%s\r\n" % (len(self.data), self.data))
        if self.kind not in _LISTS:
            return self.kind + self.data + _END
        if self.body is None:
            return self.kind + b"-1\r\n"
        count = len(self.items) // 2 if self.kind in (b"%", b"|") else len(self.items)
        return b"%s%d\r\n" % (self.kind, count) + b"".join(item.encode() for item in self.items)

    def without(self, prefix: bytes) -> Reply:
        """The same with the prefix taken off every text."""
        if isinstance(self.body, tuple):
            return replace(self, body=tuple(item.without(prefix) for item in self.body))
        return self if self.body is None else replace(self, body=self.body.replace(prefix, b""))


def simple(text: str) -> Reply:
    return Reply(b"+", text.encode())


def integer(number: int) -> Reply:
    return Reply(b":", b"%d" % number)


def failure(text: str) -> Reply:
    return Reply(b"-", text.encode())


def bulk(data: bytes | None) -> Reply:
    return Reply(b"$", data)


def array(items: Sequence[Reply]) -> Reply:
    return Reply(b"*", tuple(items))


@dataclass(frozen=True, slots=True)
class Tls:
    """How servers are verified: against a CA of one's own, under another name than that of the URL (a tunnel)."""

    ca_file: Path | None = None
    name: str = ""

    def wrap(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        """Raises OSError, `ssl.SSLError` among them; FileNotFoundError for the CA file."""
        context = ssl.create_default_context(cafile=None if self.ca_file is None else str(self.ca_file))
        return context.wrap_socket(plain, server_hostname=self.name or host)


class Line:
    """One connection. Every method raises OSError when the server is gone or silent for `PATIENCE_S`."""

    def __init__(self, address: Address, tls: Tls, *, certificate_host: str = "") -> None:
        """Connect, without a greeting. `certificate_host`: what the certificate calls a node that has only an IP address."""
        self.address = address
        plain = socket.create_connection((address.host, address.port), PATIENCE_S)
        self._socket: socket.socket = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if address.tls:
                self._socket = tls.wrap(plain, _name_of(address.host, certificate_host))
        except BaseException:
            plain.close()
            raise
        self._incoming = bytearray()

    def ask(self, *fields: bytes | str) -> Reply:
        """One command and its reply."""
        return self.ask_all([fields])[0]

    def ask_all(self, commands: Sequence[Sequence[bytes | str]]) -> list[Reply]:
        """Several commands at once, and the reply of each."""
        self.send(commands)
        return [self.read() for _ in commands]

    def send(self, commands: Sequence[Sequence[bytes | str]]) -> None:
        if commands:
            self._socket.sendall(b"".join(map(_packed, commands)))

    def read(self) -> Reply:
        head = self._read_line()
        kind, rest = head[:1], head[1:]
        if kind in _TEXTS or kind in _LISTS:
            return self._read_body(kind, rest)
        if kind not in (b"+", b"-", b":", b"_", b"#", b",", b"("):
            raise NotRespError(head)
        return Reply(kind, rest)

    def send_bytes(self, data: bytes) -> None:
        """For what is no RESP."""
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()

    def _read_body(self, kind: bytes, rest: bytes) -> Reply:
        try:
            count = int(rest)
        except ValueError:
            raise NotRespError(kind + rest) from None
        if count < 0:
            return Reply(kind, None)
        if kind in _TEXTS:
            return Reply(kind, self._read_exactly(count + len(_END))[:-2])
        doubled = 2 * count if kind in (b"%", b"|") else count
        items = tuple(self.read() for _ in range(doubled))
        # An attribute comes before the reply that it is about; nobody here asks for one.
        return self.read() if kind == b"|" else Reply(kind, items)

    def _read_line(self) -> bytes:
        while (end := self._incoming.find(_END)) < 0:
            self._receive()
        return self._take(end + len(_END))[:-2]

    def _read_exactly(self, size: int) -> bytes:
        while len(self._incoming) < size:
            self._receive()
        return self._take(size)

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        self._incoming += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._incoming[:size])
        del self._incoming[:size]
        return taken


def _packed(fields: Sequence[bytes | str]) -> bytes:
    words = [field.encode() if isinstance(field, str) else field for field in fields]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _name_of(host: str, certificate_host: str) -> str:
    if not certificate_host:
        return host
    try:
        ip_address(host)
    except ValueError:
        return host
    return certificate_host
