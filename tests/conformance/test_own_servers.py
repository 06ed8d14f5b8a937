"""The labs on servers of their own: real refusals, the verdicts of the simulation, and nothing left running."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.__main__ import main
from labs.cloud.cloud import Cloud
from labs.cloud.door import Encryption
from labs.engine import service
from labs.engine.checks import load_checks
from labs.engine.lab import lab_ids, load
from labs.servers.cloud import Servers
from labs.servers.command_line import why_not
from labs.servers.own_certificate import make_certificate
from labs.servers.own_node import OwnNode
from labs.servers.own_pool import OwnPool
from labs.servers.own_server import KEEPER, OwnServer, find_program
from labs.servers.trouble import ServerTroubleError
from tests.conformance.test_labs_on_real_servers import PATIENCE_S, played, started, told, wait_until

pytestmark = pytest.mark.server

PREFIX = "labs:test:"
HOST = "own.cache.lab"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    made = Servers(PREFIX, None, own=OwnPool(find_program()))
    yield made
    made.clean()


def own_node(cloud: Cloud, **options: object) -> OwnNode:
    node = cloud.cache(HOST, **options)  # type: ignore[arg-type]
    assert isinstance(node, OwnNode)
    return node


def client(**options: object) -> redis.Redis:
    return redis.Redis(host=HOST, decode_responses=True, retry=Retry(NoBackoff(), 0), **options)  # type: ignore[arg-type]


def answer(asked: redis.Redis, line: str) -> object:
    """The reply, or the class and text of the error without the address."""
    try:
        return asked.execute_command(*line.split())  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return type(error).__name__, str(error).replace(f"{HOST}:6379", "HOST")


# The catalog


ALL = [(lab_id, step.id) for lab_id in lab_ids() for step in load(lab_id).steps]


def test_no_step_is_beyond_servers_of_its_own(servers: Servers) -> None:
    for lab_id, step_id in ALL:
        assert why_not(load_checks(load(lab_id)).steps[step_id], servers) == ""


def with_mistakes() -> list[tuple[str, str]]:
    """The steps that other servers cannot do, and the quick labs: what is wrong elsewhere takes a minute to be refused."""
    quick = ("cache-hit-miss", "leaderboard", "session-store")
    steps = [(lab_id, step_id, load_checks(load(lab_id)).steps[step_id]) for lab_id, step_id in ALL]
    return [(lab, step) for lab, step, one in steps if lab in quick or one.needs_control or "replica" in one.servers]


@pytest.mark.parametrize(("lab_id", "step_id"), ALL)
def test_every_right_program_passes(lab_id: str, step_id: str, servers: Servers) -> None:
    lab = load(lab_id)
    step = lab.step(step_id)
    for code in (step.solution, *(one.code for one in lab.alternatives if one.step == step_id)):
        report = service.check(service.Request(lab, step, code, {}, servers.new_cloud), _unheard)
        assert report["outcome"] == "passed", (report["message"], report["report"]["error"], code)


@pytest.mark.parametrize(("lab_id", "step_id"), with_mistakes())
def test_every_mistake_gets_the_message_of_the_simulation(lab_id: str, step_id: str, servers: Servers) -> None:
    lab = load(lab_id)
    for mistake in (one for one in lab.mistakes if one.step == step_id):
        request = service.Request(lab, lab.step(step_id), mistake.code, {}, servers.new_cloud)
        report = service.check(request, _unheard)
        assert (report["outcome"] != "passed", report["message"]) == (True, mistake.message), mistake.id


# How many pages SCAN takes, and in which order keys come, is up to a server; a session id is drawn anew each time.
@pytest.mark.parametrize(
    ("lab_id", "step_id"),
    [
        *[
            (lab_id, step_id)
            for lab_id, step_id in ALL
            if lab_id in ("cache-hit-miss", "cache-security", "leaderboard")
        ],
        ("caching-patterns", "lazy-loading"),
        ("stampede", "jitter"),
    ],
)
def test_a_solution_leaves_the_trace_of_the_simulation(lab_id: str, step_id: str, servers: Servers) -> None:
    assert told(played(lab_id, step_id, servers.new_cloud)) == told(played(lab_id, step_id, Cloud))


# Whose refusals


def test_the_server_itself_refuses(servers: Servers) -> None:
    """What AWS calls change in the simulated cloud, the server knows: it is asked by a client of its own."""
    cloud = servers.new_cloud()
    node = own_node(cloud, users=["web on >web-password-of-own ~app::* -@all +@read", "default off -@all"])
    direct = redis.Redis(port=node.own.port, protocol=2, retry=Retry(NoBackoff(), 0))
    asked = ("GET app::1", "GET session::1", "SET app::1 x", "FLUSHALL", "AUTH web wrong-password")
    with cloud.active():
        learner = client(username="web", password="web-password-of-own")
        seen = [answer(learner, line) for line in asked]
        assert [one[0] if isinstance(one, tuple) else one for one in seen] == [
            *(None, "NoPermissionError", "NoPermissionError", "NoPermissionError", "AuthenticationError")
        ]
        unknown = answer(client(protocol=2), "GET app::1")
    assert unknown == answer(direct, "GET app::1") == ("AuthenticationError", "Authentication required.")
    direct = redis.Redis(
        port=node.own.port, username="web", password="web-password-of-own", retry=Retry(NoBackoff(), 0)
    )
    assert [answer(direct, line) for line in asked] == seen


def test_a_learner_does_not_meet_the_keeper(servers: Servers) -> None:
    cloud = servers.new_cloud()
    own_node(cloud, users=["web on >web-password-of-own ~* +@all"])
    with cloud.active():
        for protocol in (2, 3):
            learner = client(protocol=protocol)
            learner.config_set("slowlog-log-slower-than", 0)
            learner.set("a", "1", ex=5)
            cloud.control.do("elasticache", "describe_users")
            for line in ("ACL LIST", "ACL USERS", "ACL WHOAMI", "CONFIG GET *", "SLOWLOG GET", "INFO", "ACL CAT"):
                shown = answer(learner, line)
                assert shown
                assert KEEPER not in str(shown)
                assert servers.own is not None
                assert servers.own.password not in str(shown)
            assert learner.acl_users() == ["default", "web"]
            assert learner.acl_whoami() == "default"
            assert learner.info("clients")["connected_clients"] == 1
            assert "masterauth" not in learner.config_get("*")
            assert learner.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        for line in (
            *("ACL SETUSER me on", "ACL DELUSER web", "CONFIG SET dir /", "CONFIG SET maxmemory 1 dir /", "SHUTDOWN"),
            *("DEBUG SLEEP 0", "MONITOR", "CLIENT LIST", "CLIENT KILL TYPE normal", "REPLICAOF NO ONE", "SUBSCRIBE a"),
            *("MIGRATE h 1 a 0 1", "CONFIG REWRITE", "SAVE", "FUNCTION FLUSH", "CLIENT TRACKING ON", "SELECT 1"),
        ):
            refused = answer(client(), line)
            assert isinstance(refused, tuple), line
            assert refused[0] == "ResponseError", line
        assert answer(client(), f"AUTH {KEEPER} guess") == (
            "AuthenticationError",
            "invalid username-password pair or user is disabled.",
        )


def test_a_token_that_is_optional_is_checked_all_the_same(servers: Servers) -> None:
    cloud = servers.new_cloud()
    node = own_node(cloud)
    node.door.access.require(["first-token-of-own"], optional=True)
    with cloud.active():
        assert answer(client(), "PING") is True
        assert answer(client(password="first-token-of-own"), "PING") is True
        assert answer(client(password="another-token"), "PING") == (
            "AuthenticationError",
            "invalid username-password pair or user is disabled.",
        )


def test_rules_count_at_once_and_users_who_go_are_hung_up_on(servers: Servers) -> None:
    cloud = servers.new_cloud()
    node = own_node(cloud, users=["web on >web-password-of-own ~* +@all"])
    with cloud.active():
        learner = client(username="web", password="web-password-of-own")
        assert answer(learner, "SET a 1") is True
        node.door.access.users["web"].set_rules("on ~* +get")
        assert answer(learner, "SET a 1") == (
            "NoPermissionError",
            "this user has no permissions to run the 'set' command",
        )
        assert answer(learner, "GET a") == "1"
        del node.door.access.users["web"]
        node.hang_up_strangers()
        assert answer(learner, "GET a") == (
            "AuthenticationError",
            "invalid username-password pair or user is disabled.",
        )
        assert "web" not in node.own.ask(("ACL", "USERS"))[0].encode().decode()


def test_transactions_and_blocking_commands_need_the_rights_of_their_user(servers: Servers) -> None:
    cloud = servers.new_cloud()
    own_node(cloud, users=["reader on >reader-password-own ~* -@all +get +multi +exec +blpop"])
    with cloud.active():
        reader = client(username="reader", password="reader-password-own")
        client().set("a", "1", ex=100)
        with reader.pipeline() as pipe:
            pipe.get("a")
            pipe.get("none")
            assert pipe.execute() == ["1", None]
        with reader.pipeline() as pipe:
            pipe.set("a", "2")
            with pytest.raises(redis.exceptions.NoPermissionError, match="'set' command"):
                pipe.execute()
        before = cloud.clock.now_us
        assert reader.blpop(["none"], timeout=7) is None
        assert 7_000_000 <= cloud.clock.now_us - before < 7_100_000
        assert answer(reader, "BRPOP none 7") == (
            "NoPermissionError",
            "this user has no permissions to run the 'brpop' command",
        )
    outcomes = [(event.op, event.key, event.outcome) for event in cloud.trace.since() if event.actor == "reader"]
    assert ("GET", "a", "hit") in outcomes
    assert ("GET", "none", "miss") in outcomes


@pytest.mark.parametrize("protocol", [2, 3])
def test_what_is_no_command_is_refused_in_the_words_of_the_server(protocol: int, servers: Servers) -> None:
    """And the connection goes on: each line is answered by its own reply."""
    cloud = servers.new_cloud()
    node = own_node(cloud)
    direct = redis.Redis(port=node.own.port, protocol=protocol, decode_responses=True)
    lines = (
        *("GET", "GET a b", "NOPE x", "TTL", "SET a", "SET a 1 EX", "SET a 1 EX soon", "EXPIRE a soon", "INCR a b"),
        *("BLPOP a soon", "BLPOP a -1", "BLPOP", "XREAD BLOCK soon STREAMS s 0", "BLMPOP 0", "MULTI", "GET", "EXEC"),
        *("MULTI", "GET a", "SET a 1", "GET a", "TTL a", "EXEC", "EXEC", "MULTI", "MULTI", "DISCARD", "WATCH a"),
        *(
            "HELLO 9",
            "AUTH",
            "SELECT 1",
            "CONFIG GET",
            "OBJECT ENCODING",
            "LPUSH a 1",
            "ECHO x",
            "DEL a",
            "RESET",
            "PING",
        ),
    )
    with cloud.active():
        learner = client(protocol=protocol, max_connections=1, single_connection_client=True)
        seen = [answer(learner, line) for line in lines]
    assert seen == [answer(direct, line) for line in lines]


# TLS


def test_a_client_that_uses_tls_gets_tls(servers: Servers) -> None:
    cloud = servers.new_cloud()
    node = own_node(cloud)
    with cloud.active():
        assert answer(client(ssl=True), "PING") == ("TimeoutError", "Timeout connecting to server")
        modes: list[tuple[Encryption, bool]] = [("preferred", True), ("required", False)]
        for encryption, plain in modes:
            node.door.encryption = encryption
            secret = client(ssl=True)
            assert answer(secret, "PING") is True
            assert ports_of_clients(node.own) == {node.own.tls_port}
            secret.close()
            seen = answer(client(), "PING")
            cut = ("ConnectionError", "Error while reading from HOST : (104, 'Connection reset by peer')")
            assert seen == (True if plain else cut)
            node.leave()


def ports_of_clients(own: OwnServer) -> set[int]:
    """The ports of the server that clients other than the keeper are connected to."""
    (clients,) = own.ask(("CLIENT", "LIST", "TYPE", "normal"))
    lines = [line for line in clients.text.splitlines() if f"user={KEEPER}" not in line]
    return {int(found[1]) for line in lines if (found := re.search(r"laddr=127\.0\.0\.1:(\d+)", line))}


def test_a_program_without_tls_is_told_and_costs_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = Servers(PREFIX, None, own=OwnPool(find_program()))
    try:
        cloud = servers.new_cloud()
        node = own_node(cloud, tls=True)
        tried: list[OwnServer] = []

        def crash(own: OwnServer, parameters: object) -> None:
            tried.append(own)
            own.kill()
            own.ask(("PING",))

        monkeypatch.setattr(OwnServer, "set_parameters", crash)
        with cloud.active(), pytest.raises(ServerTroubleError) as refused:
            client(ssl=True).ping()
        assert refused.value.message.endswith("TLS를 넣어 만든 redis-server나 valkey-server를 쓰세요.")
        assert node.own not in tried
        assert node.own.running
    finally:
        servers.clean()
    assert not any(own.running for own in tried)


def test_no_openssl_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerTroubleError) as refused:
        make_certificate(tmp_path)
    assert "`openssl`" in refused.value.message


# One cloud after another


def test_a_server_keeps_nothing_between_clouds(servers: Servers) -> None:
    cloud = servers.new_cloud()
    first = own_node(cloud, users=["web on >web-password-of-own ~* +@all", "default off -@all"])
    pid, started_with = first.own.pid, configuration(first.own)
    with cloud.active():
        learner = client(username="web", password="web-password-of-own")
        for line in (
            *("SET a 1", "CONFIG SET slowlog-log-slower-than 0", "CONFIG SET hash-max-listpack-entries 3", "GET a"),
            *("CONFIG SET maxmemory-policy allkeys-lfu", "GET a", "SCRIPT LOAD x"),
        ):
            answer(learner, line)
        open_line = first.accept()
    cloud = servers.new_cloud()
    second = own_node(cloud)
    assert second.own.pid == pid
    assert configuration(second.own) == started_with
    with cloud.active():
        learner = client()
        assert learner.dbsize() == 0
        assert learner.acl_users() == ["default"]
        assert learner.slowlog_get() == []
        assert learner.info("clients")["connected_clients"] == 1
        stats = learner.info("stats")
        assert (stats["keyspace_hits"], stats["keyspace_misses"], stats["expired_keys"]) == (0, 0, 0)
        assert answer(learner, "SET a 1") is True
    assert open_line.ended


def configuration(own: OwnServer) -> dict[str, str]:
    words = [reply.text for reply in own.ask(("CONFIG", "GET", "*"))[0].items]
    return {name: value for name, value in zip(words[::2], words[1::2], strict=True) if not name.startswith("tls")}


def test_a_server_that_died_is_not_lent_again(servers: Servers) -> None:
    node = own_node(servers.new_cloud())
    pid = node.own.pid
    node.own.kill()
    cloud = servers.new_cloud()
    assert own_node(cloud).own.pid != pid
    with cloud.active():
        assert answer(client(), "PING") is True


def test_time_is_that_of_the_lab(servers: Servers) -> None:
    cloud = servers.new_cloud()
    own_node(cloud)
    with cloud.active():
        learner = client()
        now = int(cloud.clock.now_s)
        learner.set("a", "1", ex=100)
        learner.set("b", "1", px=1500)
        learner.set("c", "1", exat=now + 50)
        learner.copy("a", "d")
        learner.incr("b")
        time.sleep(40)
        assert [learner.ttl(key) for key in "abcd"] == [60, -2, 10, 60]
        learner.expire("a", 70, gt=True)
        learner.expire("c", 70, lt=True)
        assert [learner.ttl(key) for key in "ac"] == [70, 10]
        assert learner.expiretime("d") - now in (99, 100)
        assert learner.time()[0] == now + 40
        time.sleep(65)
        assert sorted(learner.keys()) == ["a"]
        assert learner.info("stats")["expired_keys"] == 3


# The command line


def test_a_whole_lab_that_needs_control(capsys: pytest.CaptureFixture[str]) -> None:
    before = running_servers()
    assert main(["check", "cache-security", "--own-servers"]) == 0
    out = capsys.readouterr().out
    assert re.match(r"서버 (Redis|Valkey) [\d.]+을\(를\) 직접 시작했습니다", out)
    assert out.count("✔") == 20
    assert "직접 시작한 서버를 모두 멈추었습니다." in out
    assert running_servers() == before


def test_an_address_is_not_enough_and_the_way_is_told(capsys: pytest.CaptureFixture[str], servers: Servers) -> None:
    own = own_node(servers.new_cloud()).own
    assert main(["check", "cache-security", "--redis-url", f"redis://127.0.0.1:{own.port}"]) == 2
    assert "`--own-servers`를 적으면" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--own-servers", "--redis-url", "redis://127.0.0.1:1"], "함께 쓸 수 없습니다"),
        (["--own-servers=/nowhere/redis-server"], "`/nowhere/redis-server`은(는) 실행할 수 있는 프로그램이 아닙니다"),
        (["--own-servers=true"], "시작하지 못했습니다"),
        (["--own-servers", "--cluster"], "`--cluster`는 `--redis-url`과 함께 적으세요."),
    ],
)
def test_what_cannot_be_started_is_told(options: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "cache-hit-miss", "look-first", *options]) == 2
    assert text in capsys.readouterr().err


def test_no_program_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["check", "cache-hit-miss", "look-first", "--own-servers"]) == 2
    err = capsys.readouterr().err
    assert "`redis-server`" in err
    assert "`valkey-server`" in err
    assert "apt-get install redis-server" in err


def test_another_name_of_the_program_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "valkey-server").symlink_to(find_program())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program() == str(tmp_path / "valkey-server")
    assert main(["check", "cache-hit-miss", "look-first", "--own-servers"]) == 0


ENDLESS = """
print("begun", flush=True)
while True:
    pass
"""
CALLS_FOR_EVER = """
import redis
cache = redis.Redis(host="shop.cache.lab")
print("begun", flush=True)
while True:
    try:
        cache.incr("endless")
    except Exception:
        pass
"""


@pytest.mark.parametrize(
    ("step", "ending"),
    [
        ("cache-hit-miss look-first", signal.SIGTERM),
        ("cache-hit-miss look-first", signal.SIGHUP),
        ("redis-vs-memcached share-keys", signal.SIGINT),
        ("redis-vs-memcached share-keys", signal.SIGKILL),
    ],
)
def test_no_server_outlives_its_run(
    step: str, ending: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    file = tmp_path / "step.py"
    file.write_text(ENDLESS, encoding="utf-8")
    words = [sys.executable, "-m", "labs", "run", *step.split(), "--code", str(file), "--own-servers"]
    with started(words) as process:
        assert process.stdout is not None
        while "begun" not in process.stdout.readline():
            assert process.poll() is None
        children = children_of(process.pid)
        programs = {Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip() for child in children}
        assert programs == ({"redis-server"} if "hit-miss" in step else {"redis-server", "memcached"})
        process.send_signal(ending)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == (-ending if ending is signal.SIGKILL else 130), err
    wait_until(lambda: not any(alive(child) for child in children))
    if ending is not signal.SIGKILL:
        assert list(tmp_path.glob("labs-servers-*")) == []


def test_an_error_of_the_code_leaves_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    file = tmp_path / "step.py"
    file.write_text("raise ValueError", encoding="utf-8")
    before = running_servers()
    assert main(["run", "cache-hit-miss", "look-first", "--code", str(file), "--own-servers"]) == 1
    assert running_servers() == before


def test_a_server_that_dies_ends_the_run_with_a_message(tmp_path: Path) -> None:
    file = tmp_path / "step.py"
    file.write_text(CALLS_FOR_EVER, encoding="utf-8")
    words = [sys.executable, "-m", "labs", "run", "cache-hit-miss", "look-first", "--code", str(file), "--own-servers"]
    with started(words) as process:
        assert process.stdout is not None
        while "begun" not in process.stdout.readline():
            assert process.poll() is None
        (child,) = children_of(process.pid)
        os.kill(child, signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert "멈추었습니다" in err or "연결" in err


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def running_servers() -> list[int]:
    """The server processes that this test process has started and not waited for."""
    program = Path(shutil.which("redis-server") or "").name
    return [
        pid for pid in children_of(os.getpid()) if program in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    ]


def alive(pid: int) -> bool:
    return subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, check=False).stdout.strip()[
        :1
    ] not in (b"", b"Z")


def _unheard(stream: str, text: str) -> None:
    """What code prints while it is only checked."""
