"""A cache node that has a server of its own: what AWS calls change about it, the server is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import override

from labs.cloud.access import User
from labs.cloud.clock import VirtualClock
from labs.cloud.door import Door
from labs.cloud.network import Endpoint, Network, Session
from labs.cloud.settings import Settings
from labs.cloud.trace import Trace
from labs.servers import own_door, own_memory, own_ttl
from labs.servers.line import PATIENCE_S, Line, Reply, Tls
from labs.servers.own_certificate import Certificate
from labs.servers.own_memory import LimitedKeys
from labs.servers.own_server import OwnServer
from labs.servers.own_session import OwnSession
from labs.servers.redis_node import RealNode
from labs.servers.trouble import ServerTroubleError

_A_MOMENT_S = 0.001


class OwnNode(RealNode):
    """A `CacheNode` whose server belongs to the labs. Learners log in to it, and meet its refusals."""

    def __init__(
        self,
        lend: Callable[[], OwnServer],
        certificate: Callable[[], Certificate],
        clock: VirtualClock,
        trace: Trace,
        actor: Callable[[], str],
        *,
        host: str,
        port: int,
        label: str,
        door: Door,
        settings: Mapping[str, str],
    ) -> None:
        """`lend` gives a server that is as it started; `certificate` is asked for once TLS is."""
        self.own = lend()
        super().__init__(
            self.own.keeper, b"", clock, trace, actor, host=host, port=port, label=label, door=door, settings=settings
        )
        self._lend = lend
        self._certificate = certificate
        self._move_in()
        self.tell()

    def _move_in(self) -> None:
        """Begin with a server that is as it started."""
        self.server = self.own.keeper
        self.keys: WholeKeys = self._new_keys()
        self._told_users = own_door.AS_STARTED
        self._told_settings: dict[str, str] = {}
        own_memory.prepare(self.own)

    def _new_keys(self) -> WholeKeys:
        return WholeKeys(self.own, self._clock, self.settings)

    def tell(self) -> None:
        """Let the server know what the door and the parameters have become since it was told last."""
        if self.down:
            return
        users = own_door.users_of(self.door.access)
        if users != self._told_users:
            self.own.ask(*own_door.changes(self._told_users, users))
            self._told_users = users
        settings = dict(self.settings.all())
        if settings != self._told_settings:
            self.tell_settings({name: text for name, text in settings.items() if self._told_settings.get(name) != text})
            self._told_settings = settings

    def tell_settings(self, changed: Mapping[str, str]) -> None:
        """Set these parameters of the server. What its memory is held to, its keys know."""
        self.own.set_parameters({name: text for name, text in changed.items() if name != "maxmemory"})

    @override
    def accept(self) -> OwnSession:  # type: ignore[override]
        return self._session(self._dialled(tls=False))

    def connect(self, *, tls: bool) -> Session:
        """A connection of a client that uses TLS, or does not. Raises the OSError that the client would get."""
        if self.down:
            raise ConnectionRefusedError(111, "Connection refused")
        if tls and self.door.encryption == "off":
            with self.server.watched():
                return _GreetedInVain(self.own)
        return self._session(self._dialled(tls=tls))

    @override
    def hang_up_strangers(self) -> None:
        self.tell()
        for session in self.sessions:
            user = session.user
            if user is not None and self.door.access.users.get(user.name) is not user:
                session.close()

    @property
    def sessions(self) -> list[OwnSession]:
        """The connections of clients that are open."""
        return [one for one in self._sessions if isinstance(one, OwnSession) and not one.ended]

    @override
    def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        self.keys.begin()
        self.keys.expect("set", () if ttl_s is None else (str(ttl_s),))
        super().put(key, value, ttl_s=ttl_s)

    @override
    def flush(self) -> None:
        super().flush()
        self.settings.restore()
        self.tell()
        self.own.ask(("SLOWLOG", "RESET"))

    @override
    def reset_counters(self) -> None:
        super().reset_counters()
        self.own.ask(("CONFIG", "RESETSTAT"))

    @override
    def shut_down(self) -> None:
        self.down = True
        for session in self.sessions:
            session.close()

    @override
    def leave(self) -> None:
        """Hang up. Whoever uses the server next makes it empty first."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()

    @contextmanager
    def asking_replicas(self) -> Iterator[None]:
        """In the block the server may ask its replicas, if it has any, how far they are."""
        yield

    def replication_told(self) -> Mapping[bytes, int | str]:
        """What INFO replication must say otherwise than the server does."""
        return {}

    def _dialled(self, *, tls: bool) -> Line:
        """A line to the port that such a client finds behind the node's one port."""
        self.tell()
        address, trusted = self.own.plain, Tls()
        if tls or self.door.encryption == "required":
            self.own.speak_tls(self._certificate())
            address, trusted = (
                (self.own.secure, Tls(self._certificate().authority)) if tls else (self.own.tls_only, Tls())
            )
        with self.server.watched():
            return Line(address, trusted)

    def _session(self, line: Line) -> OwnSession:
        access = self.door.access
        user: User | None = None if access.asks else access.default
        password = own_door.optional_password(access)
        if password:
            with self.server.watched():
                line.ask("AUTH", password)
        session = OwnSession(self, line, self._clock, self._trace, self._actor, user)
        self._sessions.append(session)
        return session


class WholeKeys(LimitedKeys):
    """The keys of a server that holds nobody else's."""

    def __init__(self, own: OwnServer, clock: VirtualClock, settings: Settings) -> None:
        super().__init__(own.keeper, b"", clock, settings)
        self._own = own
        self._meant_ms: frozenset[int] = frozenset()
        self._handed_on = False
        self._sent_s = monotonic()

    def begin(self) -> None:
        """A command is about to be sent: what real time it takes is not the lab's."""
        self._sent_s = monotonic()

    def expect(self, name: str, words: Sequence[bytes | str]) -> None:
        """What `learn` is told next comes of this command, by these words."""
        self._meant_ms = own_ttl.meant_ms(name, words)
        self._handed_on = own_ttl.hands_on(name)

    @override
    def learn(self, key: bytes, pttl: int) -> None:
        """The TTL that was meant, or that there was before: the server's own is another one by then."""
        before = self._deadlines.get(key)
        super().learn(key, pttl)
        if pttl < 0:
            return
        lost_ms = (monotonic() - self._sent_s) * 1000 + 1
        meant_ms = next((ttl_ms for ttl_ms in self._meant_ms if 0 <= ttl_ms - pttl <= lost_ms), None)
        if meant_ms is not None:
            self._deadlines[key].at_us = self._clock.now_us + meant_ms * 1000
        elif before is not None and not self._handed_on:
            self._deadlines[key].at_us = before.at_us

    @override
    def set_to_show(self, keys: Collection[bytes]) -> list[tuple[bytes | str, ...]]:
        return []

    @override
    def left_ms(self, key: bytes, pttl: int) -> int:
        left = self.deadline_ms(key)
        return pttl if pttl < 0 or left is None else left

    def deadline_ms(self, key: bytes) -> int | None:
        """How far the deadline of a key is in the lab's time; None for a key without one."""
        deadline = self._deadlines.get(key)
        return None if deadline is None else max((deadline.at_us - self._clock.now_us) // 1000, 0)

    @override
    def ask(self, commands: Collection[tuple[bytes | str, ...]]) -> list[Reply]:
        return self._own.ask(*commands) if commands else []

    @override
    def existing(self) -> list[bytes]:
        self.pass_time()
        return sorted(reply.data for reply in self.ask([("KEYS", "*")])[0].items)

    @override
    def delete_all(self) -> None:
        self.ask([("FLUSHALL", "SYNC")])
        self.forget_all()


class OwnNetwork(Network):
    """A network where nodes with servers of their own hear how a client greets them."""

    @override
    def connect(self, host: str, port: int, *, tls: bool = False) -> tuple[Endpoint, Session]:
        endpoint, door = self.resolve(host), self.door(host)
        if not isinstance(endpoint, OwnNode) or not door.lets_in(port, self.client_groups) or port != endpoint.port:
            return super().connect(host, port, tls=tls)
        return endpoint, endpoint.connect(tls=tls)


class _GreetedInVain:
    """A client's TLS greeting at a port where the server speaks plain text: the server's answer, if it gives one."""

    ended = False

    def __init__(self, own: OwnServer) -> None:
        """Send the greeting. Returns when the server has read it, and answered or not."""
        self._error: OSError | None = None
        self._socket = socket.create_connection((own.plain.host, own.plain.port), PATIENCE_S)
        try:
            self._greet(own)
        except BaseException:
            self._socket.close()
            raise

    def receive(self, data: bytes) -> None:
        """Nobody gets so far."""

    def collect(self) -> bytes:
        if self._error is not None:
            raise self._error
        return b""

    def close(self) -> None:
        self._socket.close()

    def _greet(self, own: OwnServer) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        greeter = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(incoming, outgoing, server_hostname=own.plain.host)
        self._shake_hands(greeter)
        greeting = outgoing.read()
        self._socket.sendall(greeting)
        host, port = self._socket.getsockname()
        mark = f" addr={host}:{port} ".encode()
        self._socket.settimeout(_A_MOMENT_S)
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            try:
                answer = self._socket.recv(1 << 16)
            except TimeoutError:
                (clients,) = own.ask(("CLIENT", "LIST"))
                line = next((line for line in clients.data.splitlines() if mark in line), b"")
                if f" qbuf={len(greeting)} ".encode() in line:
                    # Read, and taken for the beginning of a command: there will be no answer.
                    return
                continue
            except OSError as error:
                self._error = error
                return
            incoming.write(answer) if answer else incoming.write_eof()
            self._shake_hands(greeter)
            if self._error is not None:
                return
        raise ServerTroubleError(f"직접 시작한 서버 {own}이(가) {PATIENCE_S:.0f}초 동안 TLS 인사를 읽지 않았습니다.")

    def _shake_hands(self, greeter: ssl.SSLObject) -> None:
        try:
            greeter.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._error = error
