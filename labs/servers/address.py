"""Where servers are: the URLs and host lists of the command line."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from labs.servers.trouble import ServerTroubleError

_SCHEMES = {"redis": False, "valkey": False, "rediss": True, "valkeys": True}
_REDIS_PORT = 6379
_MEMCACHED_PORT = 11211


@dataclass(frozen=True, slots=True)
class Address:
    """One server. `database` is the number that the labs see as database 0."""

    host: str
    port: int
    tls: bool = False
    username: str = ""
    password: str = ""
    database: int = 0

    def __str__(self) -> str:
        """Host and port: never the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def redis_address(url: str) -> Address:
    """Of `redis://[user:password@]host[:port][/database]`, or `rediss://…` with TLS. Raises ServerTroubleError."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not url.startswith(f"{parts.scheme}://"):
        raise ServerTroubleError(
            f"`{_hidden(url)}`은(는) 알 수 없는 주소입니다. "
            "`redis://호스트:6379`나, TLS를 쓰는 서버이면 `rediss://호스트:6379`로 적으세요."
        )
    port, path = _port(parts.netloc, _REDIS_PORT), parts.path.strip("/")
    if not parts.hostname or port is None or not (path == "" or path.isdigit()):
        raise ServerTroubleError(
            f"`{_hidden(url)}`에서 호스트와 포트를 읽지 못했습니다. `{parts.scheme}://호스트:6379`처럼 적으세요."
        )
    return Address(
        parts.hostname,
        port,
        _SCHEMES[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        int(path or 0),
    )


def memcached_addresses(text: str) -> tuple[Address, ...]:
    """Of `host:port,host:port`. Raises ServerTroubleError."""
    return tuple(_memcached_address(one.strip()) for one in text.split(","))


def _memcached_address(text: str) -> Address:
    parts = urlsplit(f"//{text}")
    port = _port(parts.netloc, _MEMCACHED_PORT)
    if "//" in text or not parts.hostname or port is None or parts.path or "@" in text:
        raise ServerTroubleError(
            f"`--memcached`에서 `{_hidden(text)}`을(를) 읽지 못했습니다. `호스트:11211,호스트:11212`처럼 쉼표로 이어 적으세요."
        )
    return Address(parts.hostname, port)


def _port(netloc: str, default: int) -> int | None:
    try:
        port = urlsplit(f"//{netloc}").port
    except ValueError:
        return None
    return default if port is None else port


def _hidden(text: str) -> str:
    """A URL that may be wrong, without what may be a password in it."""
    before, at, host = text.rpartition("@")
    scheme, end, _ = before.rpartition("://")
    return f"{scheme}{end}…@{host}" if at else text
