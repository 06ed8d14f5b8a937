"""The labs on real servers: the same verdicts as in the simulation, and nobody else's keys touched."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis

from labs.__main__ import main
from labs.cloud.cloud import Cloud
from labs.engine import service
from labs.engine.checks import load_checks
from labs.engine.lab import LabError, lab_ids, load
from labs.engine.trial import Trial, perform
from labs.servers.address import Address
from labs.servers.cloud import Servers
from labs.servers.command_line import why_not
from labs.servers.line import Tls
from labs.servers.redis_server import RedisServer, visit
from tests.conformance.servers import free_port, memcached_server, redis_server

pytestmark = pytest.mark.server

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "labs:test:"
real_sleep = time.sleep
PATIENCE_S = 20.0

NEED_CONTROL = {
    "cache-security": ["security-group", "in-transit", "auth-token", "rbac", "least-privilege"],
    "eviction": ["survive-full", "protect-carts", "expire-or-evict", "choose-remedy"],
    "redis-vs-memcached": ["fail-over"],
}
"""The steps that need more control over a server than its address gives."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that belongs to somebody else as well."""
    with redis_server(tmp_path_factory.mktemp("shared")) as port:
        yield port


@pytest.fixture(scope="module")
def memcached_ports() -> Iterator[list[int]]:
    with ExitStack() as stack:
        yield [stack.enter_context(memcached_server()) for _ in range(2)]


@pytest.fixture
def foreign(port: int) -> Iterator[redis.Redis]:
    """Somebody else's client, and their keys of every type."""
    client = redis.Redis(port=port)
    client.flushall()
    client.set("product:1", "theirs", ex=5000)
    client.set("labs:other-run:0:product:1", "theirs too")
    client.rpush("a-list", "3", "1", "2")
    client.zadd("board:today", {"민준": 1.5})
    client.hset("a-hash", "f", "v")
    client.sadd("sessions-of:하은", "x")
    client.xadd("a-stream", {"f": "v"})
    before = everything(client)
    yield client
    assert everything(client) == before


def everything(client: redis.Redis) -> dict[bytes, tuple[object, object]]:
    """Every key with its value as the server would back it up, and the moment it expires."""
    names = [key for key in client.keys("*") if isinstance(key, bytes)]
    return {key: (client.dump(key), client.execute_command("PEXPIRETIME", key)) for key in sorted(names)}  # type: ignore[no-untyped-call]


@pytest.fixture
def servers(port: int, memcached_ports: list[int]) -> Iterator[Servers]:
    address = RedisServer(Address("127.0.0.1", port), Tls())
    made = Servers(PREFIX, visit(address, PREFIX).server, [Address("127.0.0.1", one) for one in memcached_ports])
    yield made
    made.clean()


def url(port: int) -> str:
    return f"redis://127.0.0.1:{port}"


# The catalog


def test_the_steps_that_need_control_say_why(servers: Servers) -> None:
    servers.reader = servers.redis
    refused = {
        lab_id: {step: why_not(checks, servers) for step, checks in load_checks(load(lab_id)).steps.items()}
        for lab_id in lab_ids()
    }
    assert {
        lab_id: [step for step, reason in steps.items() if reason]
        for lab_id, steps in refused.items()
        if any(steps.values())
    } == NEED_CONTROL
    for lab_id, steps in NEED_CONTROL.items():
        for step in steps:
            reason = load_checks(load(lab_id)).steps[step].needs_control
            assert reason in refused[lab_id][step]
            assert "`--own-servers`" in refused[lab_id][step]


def test_a_lab_that_asks_for_more_than_an_address_gives_must_say_so(servers: Servers) -> None:
    for lab_id in ("cache-security", "eviction"):
        checks = load_checks(load(lab_id))
        with pytest.raises(LabError, match="NEEDS_CONTROL"):
            checks.build(servers.new_cloud(), checks.variants[0])


def test_a_step_names_the_server_that_is_missing(servers: Servers) -> None:
    steps = load_checks(load("redis-vs-memcached")).steps
    without = Servers(PREFIX, None)
    assert "`--memcached" in why_not(steps["share-keys"], without)
    assert "`--redis-url" in why_not(steps["rank-and-read"], without)
    assert "`--redis-reader-url" in why_not(steps["rank-and-read"], servers)
    assert why_not(steps["choose"], without) == ""


@pytest.mark.parametrize("lab_id", [lab_id for lab_id in lab_ids() if lab_id not in ("cache-security", "eviction")])
def test_solutions_pass_on_real_servers(lab_id: str, foreign: redis.Redis, servers: Servers) -> None:
    lab, passed = load(lab_id), []
    for step in lab.steps:
        if why_not(load_checks(lab).steps[step.id], servers):
            continue
        report = service.check(service.Request(lab, step, step.solution, {}, servers.new_cloud), _unheard)
        assert report["outcome"] == "passed", (step.id, report["message"], report["report"]["error"])
        passed.append(step.id)
    assert passed


@pytest.mark.parametrize(
    ("lab_id", "step_id"),
    [
        *[("cache-hit-miss", step) for step in ("look-first", "fill-on-miss", "expire-and-invalidate")],
        *[("leaderboard", step) for step in ("my-rank", "weekly-boards", "season")],
        *[("redis-vs-memcached", step) for step in ("share-keys", "lose-a-node", "add-a-node")],
        ("caching-patterns", "lazy-loading"),
        ("stampede", "jitter"),
    ],
)
def test_a_solution_leaves_the_same_trace_on_a_real_server(lab_id: str, step_id: str, servers: Servers) -> None:
    simulated, real = played(lab_id, step_id, Cloud), played(lab_id, step_id, servers.new_cloud)
    assert told(real) == told(simulated)


def played(lab_id: str, step_id: str, new_cloud: Callable[[], Cloud]) -> tuple[str, Trial]:
    lab, printed = load(lab_id), list[str]()
    step = lab.step(step_id)
    trial = perform(
        lab,
        step,
        step.solution,
        {},
        checks=load_checks(lab),
        variant=0,
        write=lambda stream, text: printed.append(text),
        guard=None,
        play=True,
        new_cloud=new_cloud,
    )
    assert trial.record is not None
    return "".join(printed), trial


def told(result: tuple[str, Trial]) -> object:
    """What was printed, every event, and every entry; TTLs to the second, since real time passes as well."""
    printed, trial = result
    assert trial.record is not None
    spans = [trial.record.run, *trial.record.calls]
    entries = [
        [
            (one.key, one.type, one.value, None if one.ttl_ms is None else round(one.ttl_ms / 1000))
            for one in store.entries
        ]
        for span in spans
        for store in span.stores
    ]
    return printed, [span.events for span in spans], entries


@pytest.mark.parametrize("lab_id", ["cache-hit-miss", "leaderboard", "session-store"])
def test_mistakes_get_the_same_message_on_a_real_server(lab_id: str, servers: Servers) -> None:
    lab = load(lab_id)
    for mistake in lab.mistakes:
        request = service.Request(lab, lab.step(mistake.step), mistake.code, {}, servers.new_cloud)
        report = service.check(request, _unheard)
        assert (report["outcome"] != "passed", report["message"]) == (True, mistake.message), mistake.id


# Whose keys


NOSY = """
import redis
from labs.cloud import database
cache = redis.Redis(host="shop.cache.lab", decode_responses=True)
cache.delete("product:1")
print("keys", cache.keys(), list(cache.scan_iter("*")), cache.dbsize(), cache.randomkey(), cache.info("keyspace"))
cache.set("mine", "1", ex=100)
cache.rpush("numbers", 3, 1, 2)
print("keys", sorted(cache.keys()), sorted(cache.scan_iter("*")), cache.dbsize(), cache.info("keyspace")["db0"]["keys"])
print("get", cache.get("product:1"), cache.exists("product:1", "a-hash"), cache.ttl("mine"))
print("sort", cache.sort("numbers", by="weight*", get=["*", "#"]))
for command in ["SWAPDB 0 1", "MOVE mine 1", "COPY mine other DB 1", "CONFIG SET maxmemory 1", "SHUTDOWN NOSAVE",
                "DEBUG SLEEP 0", "MONITOR", "CLIENT LIST", "CLIENT KILL TYPE normal", "RESET", "PUBLISH a b",
                "SLOWLOG GET", "GEORADIUS g 0 0 1 m STORE a STORE product:1", "FUNCTION FLUSH", "SELECT 1",
                "EVAL return(redis.call('get','product:1')) 0", "SCRIPT FLUSH", "CLIENT TRACKING ON BCAST"]:
    try:
        print("DONE", command, cache.execute_command(*command.split()))
    except redis.RedisError as error:
        print("refused", type(error).__name__)
cache.flushall()
print("after", cache.dbsize(), cache.get("mine"))
"""


def test_learner_code_sees_and_deletes_its_own_keys_only(
    port: int, foreign: redis.Redis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = foreign.dbsize()
    file = tmp_path / "nosy.py"
    file.write_text(NOSY, encoding="utf-8")
    assert main(["run", "cache-hit-miss", "look-first", "--code", str(file), "--redis-url", url(port)]) == 0
    out = capsys.readouterr().out
    assert f"데이터가 이미 있습니다(키 {held}개). 건드리지 않습니다." in out
    # The data that the step begins with has been deleted by then.
    assert "keys [] [] 0 None {}" in out
    assert "keys ['mine', 'numbers'] ['mine', 'numbers'] 2 2" in out
    assert "get None 0 100" in out
    assert "sort [None, '3', None, '1', None, '2']" in out or "sort [None, '1', None, '2', None, '3']" in out
    assert out.count("refused ResponseError") == 18
    assert "DONE" not in out
    assert "after 0 None" in out
    assert "서버에 둔 실습의 키를 모두 지웠습니다." in out


FORGETFUL = """
import redis
cache = redis.Redis(host="shop.cache.lab")
for n in range(1200):
    cache.set(f"left:{n}", "x")
"""


@pytest.mark.parametrize(
    ("ending", "code"), [("", 0), ("raise ValueError('half done')", 1), ("raise SystemExit", 0), ("cache.get(", 1)]
)
def test_keys_are_gone_however_the_code_ends(
    ending: str, code: int, port: int, foreign: redis.Redis, tmp_path: Path
) -> None:
    file = tmp_path / "step.py"
    file.write_text(FORGETFUL + ending + "\n", encoding="utf-8")
    assert main(["run", "cache-hit-miss", "look-first", "--code", str(file), "--redis-url", url(port)]) == code


def test_keys_are_gone_after_a_check_that_failed(port: int, foreign: redis.Redis, tmp_path: Path) -> None:
    lab = load("cache-hit-miss")
    file = tmp_path / "step.py"
    file.write_text(lab.steps[0].starter, encoding="utf-8")
    assert main(["check", lab.id, "look-first", "--code", str(file), "--redis-url", url(port)]) == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_keys_are_gone_after_an_interrupt(
    ending: signal.Signals, port: int, foreign: redis.Redis, memcached_ports: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "step.py"
    file.write_text(FORGETFUL + "while True:\n    cache.incr('endless')\n", encoding="utf-8")
    command = [sys.executable, "-m", "labs", "run", "cache-hit-miss", "look-first", "--code", str(file)]
    with started([*command, "--redis-url", url(port)]) as process:
        wait_until(lambda: bool(foreign.keys("labs:*:endless")))
        process.send_signal(ending)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, err
    assert "서버에 둔 실습의 키를 모두 지웠습니다." in out


def test_a_server_that_dies_ends_the_run_with_a_message(tmp_path: Path) -> None:
    file = tmp_path / "step.py"
    file.write_text(
        "import redis\ncache = redis.Redis(host='shop.cache.lab')\nwhile True:\n"
        "    try:\n        cache.incr('endless')\n    except Exception:\n        pass\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "labs", "run", "cache-hit-miss", "look-first", "--code", str(file)]
    with ExitStack() as runs:
        with redis_server(tmp_path) as port:
            client = redis.Redis(port=port)
            process = runs.enter_context(started([*command, "--redis-url", url(port)]))
            wait_until(lambda: bool(client.keys("labs:*:endless")))
        err = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 2
    assert "연결을 끊었습니다" in err or "연결하지 못했습니다" in err
    assert "실습의 키를 지우지 못했습니다" in err


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The command as somebody at a terminal starts it, and dead in the end.

    Whoever runs the tests may have started them in the background, where signals are ignored, and children inherit that.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_signals,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _hear_signals() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


# Time


def test_short_ttls_outlast_a_slow_connection(servers: Servers) -> None:
    cloud = servers.new_cloud()
    node = cloud.cache("slow.cache.lab")
    with cloud.active():
        client = redis.Redis(host="slow.cache.lab", decode_responses=True)
        client.set("lock", "me", px=120)
        real_sleep(0.3)
        assert client.get("lock") == "me"
        assert 100 <= client.pttl("lock") <= 120
        client.set("copied-from", "x", px=90_000)
        client.copy("copied-from", "copied-to")
        cloud.clock.sleep(0.2)
        assert client.get("lock") is None
        assert client.pttl("copied-to") < 89_900
        cloud.clock.sleep(100)
        assert client.exists("copied-from", "copied-to") == 0
        assert client.info("stats")["expired_keys"] == 3
    assert node.dump().entries == ()


def test_moments_are_those_of_the_lab(servers: Servers) -> None:
    cloud = servers.new_cloud()
    cloud.cache("moments.cache.lab")
    with cloud.active():
        client = redis.Redis(host="moments.cache.lab")
        now = int(cloud.clock.now_s)
        client.set("a", "1")
        client.expireat("a", now + 500)
        client.set("b", "1", exat=now + 700)
        client.set("c", "1")
        client.expireat("c", now - 5)
        client.set("d", "1", pxat=(now + 900) * 1000)
        client.getex("d", exat=now + 950)
        assert [client.ttl(key) for key in "abcd"] == [500, 700, -2, 950]
        assert abs(client.expiretime("a") - (now + 500)) <= 1
        assert client.time()[0] == now


# Commands one by one


def test_replies_of_every_kind_lose_the_prefix(servers: Servers) -> None:
    cloud = servers.new_cloud()
    cloud.cache("kinds.cache.lab")
    with cloud.active():
        for protocol in (2, 3):
            client = redis.Redis(host="kinds.cache.lab", decode_responses=True, protocol=protocol)
            client.flushdb()
            client.xadd("s", {"f": "v"}, id="1-1")
            assert str(client.xread({"s": "0"})).count("labs:") == 0
            client.rpush("l", "1", "2", "3")
            assert list(client.blpop(["none", "l"], timeout=1) or ()) == ["l", "1"]
            assert client.lmpop(2, "none", "l", direction="LEFT", count=5) == ["l", ["2", "3"]]
            before = cloud.clock.now_us
            assert client.blpop(["none"], timeout=7) is None
            assert 7_000_000 <= cloud.clock.now_us - before < 7_100_000
            client.hset("h", mapping={"a": "1", "b": "2"})
            assert client.hgetall("h") == {"a": "1", "b": "2"}
            assert client.type("h") == "hash"
            client.zadd("z", {"m": 1.5})
            assert client.zscore("z", "m") == 1.5
            assert client.object("encoding", "h") in ("listpack", "ziplist")
            assert (client.memory_usage("h") or 0) > 0
            with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
                client.get("h")
            with pytest.raises(redis.ResponseError, match="unknown command 'NOPE'"):
                client.execute_command("NOPE", "x")  # type: ignore[no-untyped-call]
            assert client.rpush("words", "STORE", "STORE", "DB") == 3
            assert client.wait(1, 60_000) == 0
            with client.lock("guard", timeout=5):
                assert client.exists("guard")
            assert client.exists("guard") == 0
            client.mset({"x": "1", "y": "2"})
            with client.pipeline() as pipe:
                pipe.watch("x")  # type: ignore[no-untyped-call]
                other = redis.Redis(host="kinds.cache.lab")
                other.set("x", "3")
                pipe.multi()
                pipe.set("y", "4")
                with pytest.raises(redis.WatchError):
                    pipe.execute()
            with client.pipeline() as pipe:
                pipe.get("x")
                pipe.get("none")
                pipe.incr("y")
                pipe.expire("y", 30)
                pipe.mget("x", "y")
                assert pipe.execute() == ["3", None, 3, True, ["3", "3"]]
    hits = [(event.key, event.outcome) for event in cloud.trace.since() if event.op == "MGET"]
    assert hits[:2] == [("x", "hit"), ("y", "hit")]


# What can be wrong with a server


def refusal_of(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What the command line says, once it refused a server."""
    capsys.readouterr()
    assert main(["check", "cache-hit-miss", "look-first", *options]) == 2
    return capsys.readouterr().err


def test_the_wrong_kind_of_server(
    port: int, memcached_ports: list[int], capsys: pytest.CaptureFixture[str], foreign: redis.Redis
) -> None:
    assert "Memcached 서버 같습니다" in refusal_of(capsys, "--redis-url", url(memcached_ports[0]))
    assert "Redis나 Valkey 서버 같습니다" in refusal_of(capsys, "--memcached", f"127.0.0.1:{port}")
    assert "클러스터 모드 서버가 아닙니다" in refusal_of(capsys, "--redis-url", url(port), "--cluster")
    assert "Redis나 Valkey 서버에서 합니다" in said(capsys, "--memcached", f"127.0.0.1:{memcached_ports[0]}")


def said(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main(["check", "cache-hit-miss", "look-first", *options]) == 2
    return capsys.readouterr().out


def test_passwords(tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert "비밀번호를 쓰지 않는 서버입니다" in refusal_of(capsys, "--redis-url", f"redis://:x@127.0.0.1:{port}")
    with redis_server(tmp_path) as locked:
        admin = redis.Redis(port=locked)
        admin.execute_command(  # type: ignore[no-untyped-call]
            "ACL", "SETUSER", "learner", "on", ">p@ss/word", "~labs:*", "+@all", "-@dangerous", "-scan"
        )
        admin.config_set("requirepass", "s3cret")
        admin.auth("s3cret")
        place = f"127.0.0.1:{locked}"
        assert "비밀번호를 물었습니다" in refusal_of(capsys, "--redis-url", f"redis://{place}")
        wrong = refusal_of(capsys, "--redis-url", f"redis://:wrong-one@{place}")
        assert "받아들이지 않았습니다" in wrong
        assert "wrong-one" not in wrong
        check = ["check", "cache-hit-miss", "--redis-url"]
        assert main([*check, f"redis://:s3cret@{place}/3"]) == 0
        assert main(["check", "leaderboard", "season", "--redis-url", f"redis://learner:p%40ss%2Fword@{place}"]) == 0
        admin.execute_command("ACL", "SETUSER", "learner", "resetkeys", "~app:*")  # type: ignore[no-untyped-call]
        narrow = refusal_of(capsys, "--redis-url", f"redis://learner:p%40ss%2Fword@{place}")
        assert "이 사용자가 쓸 수 없는" in narrow
        assert admin.keys() == []


def test_a_read_only_replica_and_a_full_server(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], foreign: redis.Redis
) -> None:
    with redis_server(tmp_path, "--replicaof", "127.0.0.1", str(port)) as replica:
        client = redis.Redis(port=replica)
        wait_until(lambda: client.info("replication")["master_link_status"] == "up")
        assert "읽기 전용 복제본입니다" in refusal_of(capsys, "--redis-url", url(replica))
    with redis_server(tmp_path, "--maxmemory", "1") as full:
        assert "메모리가 가득 차서" in refusal_of(capsys, "--redis-url", url(full))


def test_tls(tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    program = shutil.which("openssl")
    assert program is not None, "openssl is missing: apt-get install openssl"
    subprocess.run(
        [
            *(program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=cache.example"),
            *("-addext", "subjectAltName=DNS:cache.example", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    tls_port = free_port()
    options = ["--tls-port", str(tls_port), "--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"]
    with redis_server(tmp_path, *options, "--tls-ca-cert-file", "cert.pem", "--tls-auth-clients", "no"):
        place, ca = f"127.0.0.1:{tls_port}", str(tmp_path / "cert.pem")
        secure = ["--redis-url", f"rediss://{place}"]
        named = [*secure, "--ca-file", ca, "--tls-name", "cache.example"]
        assert main(["check", "cache-hit-miss", *named]) == 0
        assert "인증서를 믿을 수 없습니다" in refusal_of(capsys, *secure)
        assert "`--tls-name`" in refusal_of(capsys, *secure, "--ca-file", ca)
        assert "인증 기관 파일" in refusal_of(capsys, *secure, "--ca-file", str(tmp_path / "none.pem"))
        assert "`rediss://`로 적으세요" in refusal_of(capsys, "--redis-url", f"redis://{place}")
    monkeypatch.setattr("labs.servers.line.PATIENCE_S", 0.3)
    assert "TLS를 쓰지 않는 서버이면" in refusal_of(capsys, "--redis-url", f"rediss://127.0.0.1:{port}")


def test_a_silent_server(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.servers.line.PATIENCE_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert "동안 답하지 않았습니다" in refusal_of(capsys, "--redis-url", url(silent.getsockname()[1]))


def test_a_replica_is_read_for_the_reader_endpoint(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], foreign: redis.Redis
) -> None:
    step = ["redis-vs-memcached", "rank-and-read", "--redis-url", url(port)]
    with redis_server(tmp_path, "--replicaof", "127.0.0.1", str(port)) as replica:
        client = redis.Redis(port=replica)
        wait_until(lambda: client.info("replication")["master_link_status"] == "up")
        reader = ["--redis-reader-url", url(replica)]
        assert main(["check", *step, *reader]) == 0
        assert main(["run", *step, *reader]) == 0
        out = capsys.readouterr().out
        assert "1초 뒤의 순위: [(7, 7), (12, 5)]" in out
        assert "You can't write against a read only replica." in out
        assert main(["check", *step, "--redis-reader-url", url(port)]) == 2
        assert "복제본이 아닙니다" in capsys.readouterr().err
        # Deletions have reached the replica as well.
        wait_until(lambda: everything(client) == everything(foreign))


# Clusters


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[int]]:
    """Two nodes that serve half of the slots each."""
    with ExitStack() as stack:
        ports = []
        for number in range(2):
            folder = tmp_path / str(number)
            folder.mkdir()
            bus = ("--cluster-port", str(free_port()))
            ports.append(stack.enter_context(redis_server(folder, "--cluster-enabled", "yes", *bus)))
        nodes = [redis.Redis(port=one, decode_responses=True) for one in ports]
        nodes[0].execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 8191)  # type: ignore[no-untyped-call]
        nodes[1].execute_command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383)  # type: ignore[no-untyped-call]
        bus_port = nodes[1].config_get("cluster-port")["cluster-port"]
        nodes[0].execute_command("CLUSTER", "MEET", "127.0.0.1", ports[1], bus_port)  # type: ignore[no-untyped-call]
        wait_until(lambda: all("cluster_state:ok" in _cluster_info(node) for node in nodes))
        yield ports


def _cluster_info(node: redis.Redis) -> str:
    return str(node.execute_command("CLUSTER", "INFO", NEVER_DECODE=""))  # type: ignore[no-untyped-call]


def test_a_cluster_holds_a_run_in_one_slot_of_the_node_that_serves_it(
    cluster: list[int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [redis.Redis(port=one, decode_responses=True) for one in cluster]
    assert "`--cluster`를 함께 적으세요" in refusal_of(capsys, "--redis-url", url(cluster[0]))
    # Slots of these ids: one for each node. The lab has a hash tag of its own; ours comes first.
    for run_id, home in (("foo", 1), ("bar", 0)):
        monkeypatch.setattr("secrets.token_hex", lambda size, run_id=run_id: run_id)
        slot = nodes[0].execute_command("CLUSTER", "KEYSLOT", run_id)  # type: ignore[no-untyped-call]
        assert (slot > 8191) == bool(home)
        assert main(["check", "leaderboard", "season", "--redis-url", url(cluster[0]), "--cluster"]) == 0
        assert f"127.0.0.1:{cluster[home]}" in capsys.readouterr().out
    assert main(["check", "session-store", "--redis-url", url(cluster[1]), "--cluster"]) == 0
    assert [node.dbsize() for node in nodes] == [0, 0]


# Memcached


def test_items_of_others_survive_on_memcached(
    memcached_ports: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pymemcache.client.base import Client  # type: ignore[import-untyped]

    theirs = [Client(("127.0.0.1", one)) for one in memcached_ports]
    for client in theirs:
        client.set("book:1", "theirs", expire=4000)
    before = [client.gets("book:1") for client in theirs]
    where = ",".join(f"127.0.0.1:{one}" for one in memcached_ports)
    file = tmp_path / "step.py"
    file.write_text(
        "from pymemcache.client.base import Client\nimport time\n"
        "c = Client(('mc-0001.cache.lab', 11211), default_noreply=False)\n"
        "print('first', c.get('book:1'))\n"
        "c.set('book:1', 'mine', expire=20)\nprint(c.get('book:1'), c.touch('book:1', 30))\n"
        "time.sleep(25)\nprint('kept', c.get('book:1'))\ntime.sleep(6)\nprint('over', c.get('book:1'))\n"
        "c.set('n', '9'); print(c.incr('n', 3), c.decr('n', 1), c.add('n', '1'), c.replace('n', '5'), c.append('n', '0'), c.get('n'))\n"
        "value, cas = c.gets('n'); print(c.cas('n', 'new', cas), c.cas('n', 'newer', cas), c.delete('n'), c.delete('n'))\n"
        "c.set('gone', '1'); c.flush_all(); print('flushed', c.get('gone'))\nprint(c.version() != b'', int(c.stats()[b'get_hits']))\n",
        encoding="utf-8",
    )
    assert main(["run", "redis-vs-memcached", "share-keys", "--code", str(file), "--memcached", where]) == 0
    out = capsys.readouterr().out
    for line in ("first None", "b'mine' True", "kept b'mine'", "over None", "12 11 False True True b'50'"):
        assert line in out
    assert "True False True False" in out
    assert "flushed None" in out
    assert main(["check", "redis-vs-memcached", "--memcached", where]) == 0
    assert "흉내 냅니다" in capsys.readouterr().out
    assert [client.gets("book:1") for client in theirs] == before
    for client in theirs:
        assert client.stats()[b"cmd_flush"] == 0


def test_a_memcached_server_keeps_nothing_of_a_run(tmp_path: Path) -> None:
    with memcached_server() as one:
        where = f"127.0.0.1:{one}"
        assert main(["check", "redis-vs-memcached", "share-keys", "--memcached", where]) == 0
        assert "labs" not in memcached_keys(one)


def test_a_memcached_server_keeps_nothing_of_an_interrupted_run(tmp_path: Path) -> None:
    file = tmp_path / "step.py"
    file.write_text(
        "from pymemcache.client.base import Client\nc = Client(('mc-0001.cache.lab', 11211))\n"
        "for n in range(500):\n    c.set(f'left:{n}', 'x')\n"
        "while True:\n    c.set('endless', 'x')\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "labs", "run", "redis-vs-memcached", "share-keys", "--code", str(file)]
    with memcached_server() as one, started([*command, "--memcached", f"127.0.0.1:{one}"]) as process:
        wait_until(lambda: "endless" in memcached_keys(one))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130, err
        assert "labs" not in memcached_keys(one)


def memcached_keys(port: int) -> str:
    """The lines that a server tells of the items it holds."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain:
        plain.sendall(b"lru_crawler metadump all\r\n")
        held = b""
        while not held.endswith(b"END\r\n"):
            held += plain.recv(1 << 16)
    return held.decode()


def _unheard(stream: str, text: str) -> None:
    """What code prints while it is only checked."""
