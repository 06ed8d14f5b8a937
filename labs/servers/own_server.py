"""A redis-server of the labs' own: a private process on the loopback, which keeps nothing and ends with this one."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep

from labs.servers.address import Address
from labs.servers.line import Line, Reply, Tls
from labs.servers.own_certificate import Certificate
from labs.servers.own_process import A_MOMENT_S, ATTEMPTS, LOOPBACK, START_S, OwnProcess, free_port
from labs.servers.redis_server import RedisServer
from labs.servers.trouble import ServerTroubleError

PROGRAMS = ("redis-server", "valkey-server")
"""What is looked for on PATH, in this order."""

KEEPER = "labs-keeper"
"""The user by whom the labs work on the server. Learners do not see it."""

OPEN_DEFAULT = ("reset", "on", "nopass", "~*", "&*", "+@all")
"""The user `default` of a server as it starts."""


def find_program(named: str = "") -> str:
    """The path of the program that was named, or of the first of `PROGRAMS` that there is. Raises ServerTroubleError."""
    found = shutil.which(named) if named else next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None and named:
        raise ServerTroubleError(
            f"`--own-servers`에 적은 `{named}`은(는) 실행할 수 있는 프로그램이 아닙니다. redis-server나 valkey-server의 "
            "경로를 적으세요. 실습이나 단계의 이름이면 `--own-servers` 앞에 적으세요."
        )
    if found is None:
        raise ServerTroubleError(
            f"서버 프로그램을 찾지 못했습니다. PATH에서 {'과 '.join(f'`{name}`' for name in PROGRAMS)}를 찾았습니다. "
            "`apt-get install redis-server`나 `brew install redis`로 설치하거나, `--own-servers=/경로/redis-server`로 적으세요."
        )
    return found


class OwnServer:
    """One process, from `start` to `stop`. Plain text and TLS are two ports of it.

    `reset` makes it as it was when it started. Methods that talk to the server raise ServerTroubleError when it cannot.
    """

    def __init__(self, program: str, folder: Path, password: str) -> None:
        """`folder` is for this server alone; `password` is the keeper's."""
        self._program = program
        self._password = password
        self._process = OwnProcess(folder)
        self._line: Line | None = None
        self._parameters: dict[bytes, bytes] = {}
        self.port = 0
        self.tls_port = 0
        """0 until `speak_tls`."""

    def __str__(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process; 0 when there is none."""
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.running

    @property
    def keeper(self) -> RedisServer:
        """The server as the labs themselves connect to it: as a user who may do anything."""
        return RedisServer(Address(LOOPBACK, self.port, username=KEEPER, password=self._password), Tls())

    @property
    def plain(self) -> Address:
        """Where a client connects that does not use TLS."""
        return Address(LOOPBACK, self.port)

    @property
    def secure(self) -> Address:
        """Where a client connects that uses TLS."""
        return Address(LOOPBACK, self.tls_port, tls=True)

    @property
    def tls_only(self) -> Address:
        """Where a client connects in plain text that should use TLS."""
        return Address(LOOPBACK, self.tls_port)

    def ask(self, *commands: tuple[bytes | str, ...]) -> list[Reply]:
        """Commands of the keeper, over a connection of its own, and their replies. None of them may be refused."""
        keeper = self.keeper
        try:
            with keeper.watched():
                if self._line is None:
                    self._line = keeper.connect()
                    self._line.ask("CLIENT", "SETNAME", KEEPER)
                replies = self._line.ask_all(commands)
        except BaseException:
            # An interrupt leaves replies unread, which the next question would take for its own.
            self.hang_up()
            raise
        for command, reply in zip(commands, replies, strict=True):
            if reply.error:
                words = " ".join(
                    word if isinstance(word, str) else word.decode(errors="replace") for word in command[:2]
                )
                raise ServerTroubleError(f"직접 시작한 서버 {self}이(가) `{words}`에 `{reply.error}`라고 답했습니다.")
        return replies

    def start(self) -> None:
        """Run the program on a free port, until it answers."""
        self._process.folder.mkdir(mode=0o700, exist_ok=True)
        for _ in range(ATTEMPTS):
            self.port = free_port()
            self._run()
            # Somebody may have taken the port since it was seen free: then the program ends at once.
            if self._answers():
                self._parameters = self._configuration()
                return
            self.stop()
        raise ServerTroubleError(
            f"`{self._program}`이(가) 시작하지 못했습니다. 마지막으로 남긴 말: `{self._process.last_words()}`. "
            "Redis 7.0 이상이나 Valkey를 설치하거나, `--own-servers=/경로/redis-server`로 다른 프로그램을 적으세요."
        )

    def stop(self) -> None:
        """End the process, by force if it does not go by itself. Without one, nothing."""
        self.hang_up()
        self._process.stop()
        self.tls_port = 0

    def kill(self) -> None:
        """The process dies at once, as when its machine does."""
        self._process.kill()

    def hang_up(self) -> None:
        """End the keeper's connection; the next question opens another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def reset(self) -> None:
        """As it started: no keys, users, scripts, counters, logs or clients, the parameters it had, nobody's replica."""
        self.hang_up()
        users = [reply.data for reply in self.ask(("ACL", "USERS"))[0].items]
        strangers = [name for name in users if name not in (KEEPER.encode(), b"default")]
        self.ask(
            ("CLIENT", "UNPAUSE"),
            *((("ACL", "DELUSER", *strangers),) if strangers else ()),
            ("ACL", "SETUSER", "default", *OPEN_DEFAULT),
            ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
            ("CLIENT", "KILL", "TYPE", "pubsub"),
            ("REPLICAOF", "NO", "ONE"),
        )
        now = self._configuration()
        changed = {name: value for name, value in self._parameters.items() if now.get(name) != value}
        self.ask(
            *(("CONFIG", "SET", name, value) for name, value in changed.items()),
            ("FLUSHALL", "SYNC"),
            ("SCRIPT", "FLUSH", "SYNC"),
            ("FUNCTION", "FLUSH", "SYNC"),
            ("SLOWLOG", "RESET"),
            ("LATENCY", "RESET"),
            ("ACL", "LOG", "RESET"),
            ("CONFIG", "RESETSTAT"),
        )

    def set_parameters(self, parameters: Mapping[str, str]) -> None:
        """CONFIG SET, one after the other."""
        self.ask(*(("CONFIG", "SET", name, value) for name, value in parameters.items()))

    def speak_tls(self, certificate: Certificate) -> None:
        """Open a port for TLS, unless there is one."""
        if self.tls_port:
            return
        port = free_port()
        files = {
            "tls-cert-file": str(certificate.file),
            "tls-key-file": str(certificate.key),
            "tls-ca-cert-file": str(certificate.authority),
            "tls-auth-clients": "no",
        }
        try:
            self.set_parameters({**files, "tls-port": str(port)})
        except ServerTroubleError as trouble:
            # One that crashed says nothing of use.
            why = "" if trouble.__cause__ else f" ({trouble.message})"
            raise ServerTroubleError(
                f"`{self._program}`에서 TLS를 켜지 못했습니다. TLS를 넣어 만든 redis-server나 valkey-server를 쓰세요.{why}"
            ) from trouble
        self.tls_port = port
        self._parameters |= {name: value for name, value in self._configuration().items() if name.startswith(b"tls-")}

    def _run(self) -> None:
        settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "dir": f'"{self._process.folder}"',
            "databases": "1",
            "save": '""',
            "appendonly": "no",
            "shutdown-timeout": "0",
            "repl-diskless-sync-delay": "0",
            "user": f"{KEEPER} on >{self._password} ~* &* +@all",
        }
        # A file, since other users of the machine see the words of a command.
        file = self._process.folder / "redis.conf"
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
        self._process.start([self._program, str(file)])

    def _answers(self) -> bool:
        """Whether it is this server that answers; waits until it does or is gone."""
        until = monotonic() + START_S
        while self.running and monotonic() < until:
            try:
                socket.create_connection((LOOPBACK, self.port), START_S).close()
            except ConnectionRefusedError:
                sleep(A_MOMENT_S)
                continue
            try:
                self.ask(("PING",))
            except ServerTroubleError:
                # Somebody else is at this port, to whom the keeper is a stranger.
                return False
            return self.running
        return False

    def _configuration(self) -> dict[bytes, bytes]:
        words = [reply.data for reply in self.ask(("CONFIG", "GET", "*"))[0].items]
        return dict(zip(words[::2], words[1::2], strict=True))
