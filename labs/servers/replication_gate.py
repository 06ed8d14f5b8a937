"""A gate between a replica and its primary: the replication stream gets through as far as somebody says, and no further.

A real replica has a write at once; in a lab it comes later, in the lab's time. So the replica follows the gate
(`REPLICAOF 127.0.0.1 <port of the gate>`) instead of the primary. The gate lets through the handshake, a full
synchronisation, and whatever the replica says (its acknowledgements). Of the stream that follows it keeps what lies
beyond an offset of the primary:

    gate = ReplicationGate(lambda: socket.create_connection(primary))
    gate.let_through(master_repl_offset)    # the replica gets every write up to here, and none after it
    gate.cut()                              # the primary died: what was kept is lost, and the replica's link is down
"""

from __future__ import annotations

import re
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from threading import Lock, Thread

_CHUNK = 1 << 16
_MARK_SIZE = 40
_PSYNC = re.compile(rb"\$5\r\nPSYNC\r\n\$\d+\r\n[^\r]+\r\n\$\d+\r\n(-?\d+)\r\n", re.IGNORECASE)
_FULL = re.compile(rb"\+FULLRESYNC \S+ (\d+)")
_LENGTH = re.compile(rb"\$(\d+)\r\n")
_MARKED = re.compile(rb"\$EOF:(.{%d})\r\n" % _MARK_SIZE)


class _Phase(Enum):
    """What the primary sends: answers to the greeting, how long the copy of its keys is, that copy, its writes."""

    GREETING = auto()
    ANNOUNCING = auto()
    COPYING = auto()
    STREAMING = auto()


class PrimarySide:
    """What a primary sends to one replica, in whatever pieces it comes: `take` gives what may pass."""

    def __init__(self) -> None:
        self.passed: int | None = None
        """The offset of the last byte that was taken; None until a stream has begun."""
        self._phase = _Phase.GREETING
        self._kept = bytearray()
        self._asked_for = 0
        self._left: int | None = None
        self._mark = b""
        self._requests = bytearray()

    def hear_replica(self, data: bytes) -> None:
        """What the replica says to the primary: where it goes on, if it asks for a part only."""
        if self._phase is not _Phase.GREETING:
            return
        self._requests += data
        if found := _PSYNC.search(self._requests):
            self._asked_for = int(found[1])

    def add(self, data: bytes) -> None:
        self._kept += data

    def take(self, limit: int) -> bytes:
        """Everything that may pass as long as the stream must not go beyond the offset `limit`."""
        taken = bytearray()
        while (size := self._may_pass(limit)) > 0:
            taken += self._kept[:size]
            del self._kept[:size]
        return bytes(taken)

    def _may_pass(self, limit: int) -> int:
        """How many of the bytes at hand may pass now. What they say moves on to the next phase."""
        match self._phase:
            case _Phase.GREETING:
                return self._line(self._greet)
            case _Phase.ANNOUNCING:
                return self._line(self._announce)
            case _Phase.COPYING:
                return self._copy()
            case _Phase.STREAMING:
                assert self.passed is not None  # noqa: S101 - the phase begins by setting it
                size = max(min(len(self._kept), limit - self.passed), 0)
                self.passed += size
                return size

    def _line(self, understand: Callable[[bytes], None]) -> int:
        end = self._kept.find(b"\n") + 1
        if end:
            understand(bytes(self._kept[:end]))
        return end

    def _greet(self, line: bytes) -> None:
        if full := _FULL.match(line):
            self._phase, self._asked_for = _Phase.ANNOUNCING, int(full[1]) + 1
        elif line.startswith(b"+CONTINUE"):
            self._begin_stream()

    def _announce(self, line: bytes) -> None:
        """The head of the copy. Before it come empty lines, so that the replica sees that somebody is there."""
        if marked := _MARKED.match(line):
            self._phase, self._left, self._mark = _Phase.COPYING, None, marked[1]
        elif length := _LENGTH.match(line):
            self._phase, self._left = _Phase.COPYING, int(length[1])

    def _copy(self) -> int:
        if self._left is None:
            end = self._kept.find(self._mark)
            if end < 0:
                # The mark may have come in part.
                return max(len(self._kept) - _MARK_SIZE + 1, 0)
            self._left = end + _MARK_SIZE
        size = min(self._left, len(self._kept))
        self._left -= size
        if not self._left:
            self._begin_stream()
        return size

    def _begin_stream(self) -> None:
        self._phase, self.passed = _Phase.STREAMING, self._asked_for - 1
        self._requests.clear()


class _Link:
    """A replica's connection, and the one to the primary that was opened for it."""

    def __init__(self, replica: socket.socket, primary: socket.socket) -> None:
        self.replica = replica
        self.primary = primary
        self.side = PrimarySide()

    def hang_up(self) -> None:
        """Both connections end now; whoever waits for one of them is woken up."""
        for one in (self.replica, self.primary):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        self.replica.close()
        self.primary.close()


class ReplicationGate:
    """A port on the loopback that one replica follows as if it were the primary. A thread serves it until `close`."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        """`connect` opens a connection to the primary, or raises OSError."""
        self._connect = connect
        self._lock = Lock()
        self._limit = 0
        self._is_cut = False
        self._link: _Link | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._bell, self._button = socket.socketpair()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._bell, selectors.EVENT_READ, self._answer_bell)
        self._closing = False
        # A daemon: it must not keep alive a program that ends without a word.
        self._thread = Thread(target=self._serve, name=f"replication gate {self.port}", daemon=True)
        self._thread.start()

    @property
    def passed(self) -> int | None:
        """The offset up to which the replica was given the stream; None while there is no stream."""
        with self._lock:
            return None if self._link is None else self._link.side.passed

    def let_through(self, offset: int) -> None:
        """Let the replica have the stream up to this offset of the primary, also what is still to come, and no more."""
        with self._lock:
            self._limit = offset
        self._ring()

    def cut(self) -> None:
        """Lose what was kept, and hang up on both. Who connects from now on is hung up on as well."""
        with self._lock:
            self._is_cut = True
        self._ring()

    def close(self) -> None:
        """End, and give back the port. A replica that still follows it will look for it in vain."""
        with self._lock:
            self._is_cut = self._closing = True
            if self._link is not None:
                # The thread may be waiting for one of them to take what it sends.
                self._link.hang_up()
        self._ring()
        self._thread.join()

    def _ring(self) -> None:
        with suppress(OSError):
            self._button.send(b"!")

    def _serve(self) -> None:
        try:
            while not self._closing:
                for key, _ in self._selector.select():
                    key.data()
        finally:
            self._drop_link()
            self._selector.close()
            for one in (self._listener, self._bell, self._button):
                one.close()

    def _answer_bell(self) -> None:
        self._bell.recv(_CHUNK)
        if self._is_cut:
            self._drop_link()
        else:
            self._pass_on()

    def _accept(self) -> None:
        replica, _ = self._listener.accept()
        # A replica that comes again has given up its connection of before.
        self._drop_link()
        if self._is_cut:
            replica.close()
            return
        try:
            primary = self._connect()
        except OSError:
            replica.close()
            return
        for one in (replica, primary):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = _Link(replica, primary)
        with self._lock:
            self._link = link
        self._selector.register(replica, selectors.EVENT_READ, self._from_replica)
        self._selector.register(primary, selectors.EVENT_READ, self._from_primary)

    def _from_replica(self) -> None:
        link = self._link
        if link is not None and (data := self._received(link.replica)):
            with self._lock:
                link.side.hear_replica(data)
            self._send(link.primary, data)

    def _from_primary(self) -> None:
        link = self._link
        if link is not None and (data := self._received(link.primary)):
            with self._lock:
                link.side.add(data)
            self._pass_on()

    def _pass_on(self) -> None:
        with self._lock:
            link = self._link
            # Taken under the lock, so that after `cut` nothing passes that was kept before it.
            data = b"" if link is None or self._is_cut else link.side.take(self._limit)
        if link is not None and data:
            self._send(link.replica, data)

    def _received(self, one: socket.socket) -> bytes:
        """What has come; when it is the end of the connection, both ends are hung up."""
        try:
            data = one.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._drop_link()
        return data

    def _send(self, one: socket.socket, data: bytes) -> None:
        try:
            one.sendall(data)
        except OSError:
            self._drop_link()

    def _drop_link(self) -> None:
        link = self._link
        if link is None:
            return
        with self._lock:
            self._link = None
        self._selector.unregister(link.replica)
        self._selector.unregister(link.primary)
        link.close()
