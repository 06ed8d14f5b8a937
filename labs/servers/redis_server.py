"""One real Redis, Valkey or ElastiCache server (or cluster): connecting to it, and telling clearly why it cannot be used."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from labs.servers.address import Address
from labs.servers.line import PATIENCE_S, Line, NotRespError, Reply, Tls
from labs.servers.trouble import ServerTroubleError

_PROBE_MS = "10000"
_PROBE_WAIT_MS = "1000"

# Errors that are the server's, whoever asks: by the first word of the reply.
_SERVER_FAULTS = {
    "NOAUTH": "{server}이(가) 비밀번호를 물었습니다. `redis://:비밀번호@{server}`처럼 URL에 적으세요.",
    "WRONGPASS": "{server}이(가) 사용자 이름이나 비밀번호를 받아들이지 않았습니다. URL의 `사용자:비밀번호@`를 확인하세요.",
    "NOPERM": "{server}에서 이 사용자가 쓸 수 없는 명령이나 키가 있습니다({error}). `{prefix}*` 키를 읽고 쓸 수 있는 사용자로 연결하세요.",
    "READONLY": "{server}은(는) 읽기 전용 복제본입니다. 기본 엔드포인트의 주소를 적으세요.",
    "OOM": "{server}의 메모리가 가득 차서 쓰지 못했습니다. 실습은 남의 키를 지우지 않습니다. 비어 있는 서버나 더 큰 서버를 쓰세요.",
    "MISCONF": "{server}이(가) 디스크에 저장하지 못해 쓰기를 거절했습니다. 서버의 로그를 확인하세요.",
    "LOADING": "{server}이(가) 데이터를 불러오는 중입니다. 잠시 뒤에 다시 실행하세요.",
    "MASTERDOWN": "{server}은(는) 프라이머리와 연결이 끊긴 복제본입니다. 기본 엔드포인트의 주소를 적으세요.",
    "CLUSTERDOWN": "{server}의 클러스터에 맡은 노드가 없는 슬롯이 있습니다. `cluster info`로 상태를 확인하세요.",
    "DENIED": "{server}의 보호 모드(protected mode)가 연결을 거절했습니다. 서버에 비밀번호를 정하거나 같은 컴퓨터에서 연결하세요.",
}
_SUSPICIOUS = {
    "ERROR": "Memcached 서버 같습니다. Memcached는 `--memcached {server}`로 적으세요.",
    "HTTP/": "웹 서버가 답했습니다. 호스트와 포트를 확인하세요.",
}
_ASKS_NOTHING = "without any password configured"
_MOVED = (
    "{server}은(는) 클러스터 모드 서버입니다. `--cluster`를 함께 적으세요. "
    "실습의 키를 모두 한 슬롯에 두고, 그 슬롯을 맡은 노드에서 실행합니다."
)
_MOVED_AWAY = "실행하는 동안 클러스터가 슬롯을 다른 노드로 옮겼습니다({error}). 옮기기가 끝난 뒤에 다시 실행하세요."
_NO_CLUSTER = "{server}은(는) 클러스터 모드 서버가 아닙니다. `--cluster`를 빼고 다시 실행하세요."


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where commands go. In a cluster that is the node of the one slot that holds every key of a run.

    A `replica` is one on purpose: that it refuses writes is the learner's to see.
    """

    address: Address
    tls: Tls
    cluster: bool = False
    certificate_host: str = ""
    replica: bool = False

    def __str__(self) -> str:
        return str(self.address)

    def connect(self) -> Line:
        """A line that has logged in. Raises ServerTroubleError."""
        with self.watched():
            line = Line(self.address, self.tls, certificate_host=self.certificate_host)
        try:
            with self.watched():
                self._log_in(line)
        except BaseException:
            line.close()
            raise
        return line

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Turn what the socket or the protocol says into a ServerTroubleError."""
        try:
            yield
        except NotRespError as error:
            raise ServerTroubleError(self._no_resp(error.seen)) from error
        except OSError as error:
            raise ServerTroubleError(self._unreachable(error)) from error

    def examine(self, reply: Reply, prefix: str = "labs:") -> Reply:
        """The reply, unless it is an error that no code of a learner causes: that one is raised."""
        word = reply.error.partition(" ")[0].rstrip(":")
        if word in ("MOVED", "ASK"):
            text = _MOVED_AWAY if self.cluster else _MOVED
            raise ServerTroubleError(text.format(server=self, error=reply.error))
        if word in _SERVER_FAULTS and not (self.replica and word == "READONLY"):
            raise ServerTroubleError(_SERVER_FAULTS[word].format(server=self, error=reply.error, prefix=prefix))
        return reply

    def _log_in(self, line: Line) -> None:
        address = self.address
        if address.password:
            named = (address.username,) if address.username else ()
            reply = line.ask("AUTH", *named, address.password)
            if _ASKS_NOTHING in reply.error:
                raise ServerTroubleError(
                    f"{self}은(는) 비밀번호를 쓰지 않는 서버입니다. URL에서 비밀번호를 빼고 다시 실행하세요."
                )
            if reply.error.startswith("ERR invalid password"):
                reply = replace(reply, body=b"WRONGPASS")  # Redis 5 and before
            self._expect_ok(reply, "AUTH")
        else:
            pinged = line.ask("PING")
            if pinged.text != "PONG":
                self._expect_ok(pinged, "PING")
        if address.database:
            self._expect_ok(line.ask("SELECT", str(address.database)), "SELECT")

    def _expect_ok(self, reply: Reply, command: str) -> None:
        self.examine(reply)
        if reply.error:
            raise ServerTroubleError(f"{self}이(가) `{command}`에 `{reply.error}`라고 답했습니다. URL을 확인하세요.")

    def _no_resp(self, seen: bytes) -> str:
        begin = seen[:20].decode(errors="replace").strip()
        reason = next(
            (text for word, text in _SUSPICIOUS.items() if begin.startswith(word)), "호스트와 포트를 확인하세요."
        )
        return f"{self}은(는) Redis나 Valkey 서버가 아닙니다(`{begin}`라고 답했습니다). {reason.format(server=self)}"

    def _unreachable(self, error: OSError) -> str:
        match error:
            case ssl.SSLCertVerificationError():
                return (
                    f"{self}의 인증서를 믿을 수 없습니다({error.verify_message}). 사설 인증 기관이면 `--ca-file ca.crt`를, "
                    "터널로 연결하면 인증서에 적힌 이름을 `--tls-name`으로 적으세요."
                )
            case ssl.SSLError():
                return (
                    f"{self}과(와) TLS로 연결하지 못했습니다({error.reason or error}). TLS를 쓰지 않는 서버이면 "
                    "`redis://`로 적으세요."
                )
            case FileNotFoundError():
                return f"인증 기관 파일 `{self.tls.ca_file}`이(가) 없습니다. `--ca-file`의 경로를 확인하세요."
            case socket.gaierror():
                return f"`{self.address.host}` 호스트를 찾지 못했습니다. 이름을 확인하세요."
            case ConnectionRefusedError():
                return f"{self}에 연결하지 못했습니다. 서버가 켜져 있는지, 포트가 맞는지 확인하세요."
            case TimeoutError() if self.address.tls:
                return (
                    f"{self}이(가) TLS 인사에 {PATIENCE_S:.0f}초 동안 답하지 않았습니다. TLS를 쓰지 않는 서버이면 "
                    "`redis://`로 적으세요. ElastiCache라면 보안 그룹도 확인하세요."
                )
            case TimeoutError():
                return (
                    f"{self}이(가) {PATIENCE_S:.0f}초 동안 답하지 않았습니다. 방화벽이나 보안 그룹을 확인하세요. "
                    "ElastiCache는 같은 VPC 안에서만 연결됩니다."
                )
            case ConnectionError():
                return (
                    f"{self}이(가) 연결을 끊었습니다. TLS만 받는 서버이면 `rediss://`로 적으세요. "
                    "아니면 서버가 멈추지 않았는지 확인하세요."
                )
        return f"{self}에 연결하지 못했습니다({error}). 호스트와 포트를 확인하세요."


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a server said of itself. `foreign` is how many keys it holds that are not ours, None when it does not tell."""

    server: RedisServer
    version: str
    foreign: int | None


def visit(server: RedisServer, prefix: str) -> Welcome:
    """See that the labs can use a server, and which node of a cluster. Raises ServerTroubleError.

    Leaves nothing behind: the one key it writes is its own, and deleted.
    """
    server = _node_of(server, prefix) if server.cluster else server
    line = server.connect()
    probe = f"{prefix}probe"
    try:
        with server.watched():
            written = server.examine(line.ask("SET", probe, "1", "PX", _PROBE_MS), prefix)
            if written.error:
                raise ServerTroubleError(f"{server}에 시험 삼아 쓰지 못했습니다(`{written.error}`).")
            server.examine(line.ask("DEL", probe), prefix)
            about, held = _info(line, "server"), line.ask("DBSIZE")
            if about.get("redis_mode") == "cluster" and not server.cluster:
                # One node may hold every slot: then nothing is moved, and commands on several keys fail all the same.
                raise ServerTroubleError(_MOVED.format(server=server))
    finally:
        with suppress(OSError):
            line.close()
    return Welcome(server, version_of(about), None if held.error else held.number)


def visit_replica(replica: RedisServer, primary: RedisServer, prefix: str) -> None:
    """See that one server follows the other. Raises ServerTroubleError."""
    probe = f"{prefix}probe"
    lines = [primary.connect()]
    try:
        lines.append(replica.connect())
        with primary.watched():
            lines[0].ask("SET", probe, "1", "PX", _PROBE_MS)
            lines[0].ask("WAIT", "1", _PROBE_WAIT_MS)
        with replica.watched():
            role, seen = _info(lines[1], "replication").get("role"), lines[1].ask("EXISTS", probe).number
        with primary.watched():
            lines[0].ask("DEL", probe)
    finally:
        for line in lines:
            line.close()
    if role != "slave" or not seen:
        raise ServerTroubleError(
            f"{replica}은(는) {primary}의 복제본이 아닙니다. `--redis-reader-url`에 그 서버의 읽기 엔드포인트를 적으세요."
        )


def _node_of(server: RedisServer, prefix: str) -> RedisServer:
    """The node of a cluster that serves the slot of the prefix."""
    line = server.connect()
    try:
        with server.watched():
            reply = line.ask("GET", f"{prefix}probe")
            info = line.ask("CLUSTER", "INFO")
    finally:
        line.close()
    if "cluster support disabled" in info.error:
        raise ServerTroubleError(_NO_CLUSTER.format(server=server))
    word, _, rest = reply.error.partition(" ")
    if word != "MOVED":
        server.examine(reply, prefix)
        return server
    host, _, port = rest.split()[-1].rpartition(":")
    # A node may leave its name out, or tell an address that its certificate does not name.
    moved = replace(server.address, host=host.strip("[]") or server.address.host, port=int(port))
    return replace(server, address=moved, certificate_host=server.address.host)


def _info(line: Line, section: str) -> dict[str, str]:
    """A section of INFO; nothing for a user who may not ask."""
    return fields_of(line.ask("INFO", section))


def fields_of(info: Reply) -> dict[str, str]:
    """What a reply to INFO tells, by name."""
    return dict(one.split(":", 1) for one in info.text.splitlines() if ":" in one)


def version_of(info: dict[str, str]) -> str:
    """`Valkey 8.0.1` or `Redis 7.0.15`."""
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info['redis_version']}" if "redis_version" in info else "Redis"
