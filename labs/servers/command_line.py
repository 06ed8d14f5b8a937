"""What `python -m labs run | check` says and does about real servers: options, greetings, refusals, cleaning up."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from labs.engine.checks import StepChecks
from labs.servers import memcached_node, redis_server
from labs.servers.address import memcached_addresses, redis_address
from labs.servers.cloud import Servers
from labs.servers.line import Tls
from labs.servers.own_pool import OwnPool
from labs.servers.own_server import find_program
from labs.servers.redis_server import RedisServer
from labs.servers.trouble import ServerTroubleError

_ENDING_SIGNALS = ("SIGTERM", "SIGHUP")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that name servers. Without any of them a lab is simulated."""
    group = parser.add_argument_group("진짜 서버에서", "적지 않으면 시뮬레이션에서 합니다")
    group.add_argument(
        "--redis-url", metavar="URL", help="redis://[사용자:비밀번호@]호스트[:포트][/번호], TLS는 rediss://"
    )
    group.add_argument(
        "--own-servers",
        nargs="?",
        const="",
        metavar="PROGRAM",
        help="redis-server나 valkey-server를 직접 시작해서 쓰고 멈춥니다. 이름 뒤에 적으세요",
    )
    group.add_argument("--redis-reader-url", metavar="URL", help="그 서버의 읽기 엔드포인트나 복제본")
    group.add_argument("--cluster", action="store_true", help="클러스터 모드 서버입니다")
    group.add_argument("--ca-file", type=Path, metavar="FILE", help="서버의 인증서를 발급한 인증 기관")
    group.add_argument("--tls-name", default="", metavar="NAME", help="인증서에 적힌 호스트 이름 (터널로 연결할 때)")
    group.add_argument("--memcached", metavar="HOST:PORT,…", help="Memcached 서버. 노드 수보다 적으면 나누어 씁니다")


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Servers | None]:
    """The servers that the options name, None for none. Whatever happens, the keys of the run are gone afterwards.

    Servers that the run started have ended by then. Raises ServerTroubleError for servers that cannot be used.
    """
    if options.own_servers is not None and options.redis_url is not None:
        raise ServerTroubleError(
            "`--own-servers`와 `--redis-url`은 함께 쓸 수 없습니다. 직접 시작한 서버에서 하려면 `--own-servers`만 적으세요."
        )
    if options.redis_url is None:
        _expect_no_lone_option(options)
    if options.redis_url is None and options.memcached is None and options.own_servers is None:
        yield None
        return
    servers = _visited(options)
    with _on_signals(_ENDING_SIGNALS, _interrupt):
        try:
            if servers.own is not None:
                _greet_own(servers.own)
            yield servers
        finally:
            _clean(servers)


def why_not(step: StepChecks, servers: Servers) -> str:
    """Why a step cannot be done on these servers; empty when it can."""
    if step.needs_control and servers.own is None:
        return (
            f"이 단계는 서버의 주소만으로는 할 수 없습니다. {step.needs_control} `--own-servers`를 적으면 서버를 직접 시작해서 하고, "
            "아무것도 적지 않으면 시뮬레이션에서 합니다."
        )
    if "redis" in step.servers and servers.redis is None and servers.own is None:
        return "이 단계는 Redis나 Valkey 서버에서 합니다. `--redis-url redis://호스트:6379`를 함께 적으세요."
    if "replica" in step.servers and servers.reader is None and servers.own is None:
        return "이 단계는 복제본도 씁니다. `--redis-reader-url redis://복제본:6379`를 함께 적으세요."
    if "memcached" in step.servers and not servers.has_memcached:
        installed = "" if servers.own is None else " memcached를 설치하면 직접 시작합니다."
        return f"이 단계는 Memcached 서버에서 합니다. `--memcached 호스트:11211`을 함께 적으세요.{installed}"
    return ""


def _expect_no_lone_option(options: argparse.Namespace) -> None:
    for given, name in (
        (options.redis_reader_url, "--redis-reader-url"),
        (options.cluster, "--cluster"),
        (options.ca_file, "--ca-file"),
        (options.tls_name, "--tls-name"),
    ):
        if given:
            raise ServerTroubleError(f"`{name}`는 `--redis-url`과 함께 적으세요.")


def _visited(options: argparse.Namespace) -> Servers:
    """See every server, and say what was found there."""
    run_id = secrets.token_hex(4)
    # In a cluster all keys of a run share a slot, so that commands on several keys and transactions work.
    prefix = f"labs:{{{run_id}}}:" if options.cluster else f"labs:{run_id}:"
    redis: RedisServer | None = None
    reader: RedisServer | None = None
    if options.redis_url is not None:
        tls = Tls(options.ca_file, options.tls_name)
        welcome = redis_server.visit(RedisServer(redis_address(options.redis_url), tls, options.cluster), prefix)
        redis = welcome.server
        if options.redis_reader_url is not None and options.cluster:
            raise ServerTroubleError(
                "`--redis-reader-url`은 `--cluster`와 함께 쓸 수 없습니다. 둘 가운데 하나만 적으세요."
            )
        if options.redis_reader_url is not None:
            reader = RedisServer(redis_address(options.redis_reader_url), tls, options.cluster, replica=True)
            redis_server.visit_replica(reader, redis, prefix)
        _greet(welcome.version, str(redis), prefix, welcome.foreign)
    addresses = () if options.memcached is None else memcached_addresses(options.memcached)
    for address in addresses:
        seen = memcached_node.visit(address, prefix)
        _greet(seen.version, str(address), prefix, seen.foreign)
    own = None if options.own_servers is None else OwnPool(find_program(options.own_servers))
    return Servers(prefix, redis, addresses, reader, own)


def _greet_own(pool: OwnPool) -> None:
    """Start the first server, so that what is wrong with the program is told before anything else."""
    print(f"서버 {pool.try_out()}을(를) 직접 시작했습니다({pool.program}). 이 실행에만 쓰고 멈춥니다.")


def _greet(version: str, where: str, prefix: str, foreign: int | None) -> None:
    print(f"서버 {version} ({where}), 실습의 키는 `{prefix}…`")
    if foreign:
        print(
            f"  데이터가 이미 있습니다(키 {foreign:,}개). 건드리지 않습니다. 위 접두사로 시작하는 키만 쓰고 지웁니다."
        )


def _clean(servers: Servers) -> None:
    """Delete the keys of the run; an impatient second Ctrl-C waits until they are gone."""
    with _on_signals((*_ENDING_SIGNALS, "SIGINT"), signal.SIG_IGN):
        started = servers.own is not None and servers.own.has_started
        try:
            servers.clean()
        except ServerTroubleError as trouble:
            print(
                f"{trouble.message}\n실습의 키를 지우지 못했습니다. 서버가 돌아오면 `{servers.prefix}*` 키를 지우세요.",
                file=sys.stderr,
            )
        else:
            if started:
                print("직접 시작한 서버를 모두 멈추었습니다.")
            if servers.redis is not None or servers.memcached:
                print("서버에 둔 실습의 키를 모두 지웠습니다.")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """What would kill the process at once (a closed terminal, `kill`) ends it as Ctrl-C does, cleaning up."""
    raise KeyboardInterrupt


@contextmanager
def _on_signals(
    names: Sequence[str], handler: Callable[[int, FrameType | None], None] | signal.Handlers
) -> Iterator[None]:
    before = {}
    for name in names:
        # Windows has no SIGHUP, and only the main thread may set handlers.
        with suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
