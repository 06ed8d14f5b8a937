"""Logins, access strings, TLS and silence: a simulated cache refuses what a real redis-server refuses, in its words."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud.access import WITHOUT_LOGIN, Access, AccessStringError, User
from labs.cloud.cache import CacheNode
from labs.cloud.cloud import Cloud
from labs.cloud.command_table import CATEGORIES, COMMANDS
from tests.conformance.servers import free_port, redis_server

pytestmark = pytest.mark.server

HOST = "sim.cache.lab"
PASSWORD = "a-password-of-the-user"

type Told = str | tuple[str, str]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of its own: other tests must not meet its users."""
    with redis_server(tmp_path_factory.mktemp("access")) as port:
        yield port


@dataclass
class Sides:
    """A real server and a simulated node with the same users."""

    port: int
    cloud: Cloud
    node: CacheNode

    @property
    def admin(self) -> redis.Redis:
        return redis.Redis(port=self.port, username="admin", password="admin", decode_responses=True)

    def client(self, real: bool, **options: object) -> redis.Redis:
        where = {"host": "localhost", "port": self.port} if real else {"host": HOST}
        return redis.Redis(**where, decode_responses=True, retry=Retry(NoBackoff(), 0), **options)  # type: ignore[arg-type]

    def both(self, lines: Sequence[str], **options: object) -> list[tuple[str, Told, Told]]:
        """Each line on one connection a side, with what came of it."""
        told: list[list[Told]] = []
        for real in (True, False):
            client = self.client(real, single_connection_client=False, max_connections=1, **options)
            told.append([refusal(client, line) for line in lines])
            client.close()
        return list(zip(lines, *told, strict=True))

    def users(self, *lines: str) -> None:
        """The users of both sides, in the form of an ACL file without the word `user`; `default` is reset first."""
        for name in self.admin.acl_users():
            if name not in ("default", "admin"):
                self.admin.acl_deluser(str(name))
        reset(self.admin)
        for line in lines:
            name, _, rules = line.partition(" ")
            self.admin.execute_command("ACL", "SETUSER", name, *rules.split())  # type: ignore[no-untyped-call]
        self.node.door.access.users.clear()
        self.node.door.access.users |= Access(lines).users


def reset(client: redis.Redis) -> None:
    client.execute_command("ACL", "SETUSER", "default", "reset", "on", "nopass", "~*", "&*", "+@all")  # type: ignore[no-untyped-call]


@pytest.fixture
def sides(port: int) -> Iterator[Sides]:
    cloud = Cloud()
    node = cloud.cache(HOST)
    first = redis.Redis(port=port)
    first.execute_command("ACL", "SETUSER", "admin", "on", ">admin", "~*", "&*", "+@all")  # type: ignore[no-untyped-call]
    first.flushall()
    made = Sides(port, cloud, node)
    with cloud_for_simulated_hosts(cloud):
        yield made
    reset(redis.Redis(port=port, username="admin", password="admin"))


@contextmanager
def cloud_for_simulated_hosts(cloud: Cloud) -> Iterator[None]:
    """Inside, a host name of the cloud is simulated and any other one is real."""
    from redis.connection import Connection, SSLConnection

    real_connect, real_wrap = Connection._connect, SSLConnection._wrap_socket_with_ssl
    with cloud.active(), pytest.MonkeyPatch.context() as patch:
        simulated_connect, simulated_wrap = Connection._connect, SSLConnection._wrap_socket_with_ssl

        def connect(connection: Connection) -> object:
            return (simulated_connect if connection.host == HOST else real_connect)(connection)  # type: ignore[no-untyped-call]

        def wrap(connection: SSLConnection, wire: object) -> object:
            return (simulated_wrap if connection.host == HOST else real_wrap)(connection, wire)  # type: ignore[no-untyped-call]

        patch.setattr(Connection, "_connect", connect)
        patch.setattr(SSLConnection, "_wrap_socket_with_ssl", wrap)
        yield


def refusal(client: redis.Redis, line: str) -> Told:
    """`ok`, or the class and text of the error, without the address."""
    try:
        client.execute_command(*line.split())  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return type(error).__name__, re.sub(r"(localhost\.?|sim\.cache\.lab):\d+", "HOST", str(error))
    return "ok"


# --- The table


def key_of(spec: dict[str, dict[str, object]], name: str) -> str:
    """A key specification of COMMAND, as a row of the table writes it."""
    flags = set(spec["flags"])
    needs = ("r" if "access" in flags else "") + ("w" if flags & {"insert", "delete", "update"} else "") or "-"
    begin, find = spec["begin_search"], spec["find_keys"]
    if begin["type"] == "unknown":
        return "" if needs == "r" else f"{needs}STORE"
    where, how = begin["spec"], find["spec"]
    assert isinstance(where, dict)
    assert isinstance(how, dict)
    text = f"{needs}{where.get('index') or where['keyword']}"
    if find["type"] == "keynum":
        return text + "#"
    if how["limit"]:
        return text + "/"
    if how["lastkey"]:
        text += f"..{how['lastkey']}" if how["lastkey"] < 0 else f"..+{how['lastkey']}"
    return text + (f"%{how['keystep']}" if how["keystep"] != 1 else "")


def as_maps(flat: object) -> object:
    """RESP2 gives maps as flat lists: a list of names and values becomes a dict again."""
    if not isinstance(flat, list):
        return flat
    pairs = dict(zip(flat[::2], flat[1::2], strict=False)) if len(flat) % 2 == 0 else {}
    if (
        flat
        and all(isinstance(name, str) for name in flat[::2])
        and {"flags", "type", "index", "keyword", "lastkey", "keynumidx"} & set(pairs)
    ):
        return {name: value if name == "flags" else as_maps(value) for name, value in pairs.items()}
    return [as_maps(item) for item in flat]


def commands_of(port: int) -> Iterator[tuple[str, frozenset[str], tuple[str, ...], frozenset[str]]]:
    """Name, categories, keys and flags of every command of a real server, subcommands included."""
    connection = redis.Connection(port=port, protocol=2, decode_responses=True)  # type: ignore[no-untyped-call]
    connection.send_command("COMMAND")  # type: ignore[no-untyped-call]
    rows = connection.read_response()
    connection.disconnect()  # type: ignore[no-untyped-call]
    while rows:
        name, _, flags, _, _, _, categories, _, keys, subcommands = rows.pop()
        rows += subcommands
        specs = tuple(filter(None, (key_of(as_maps(spec), name) for spec in keys)))  # type: ignore[arg-type]
        yield name, frozenset(one.removeprefix("@") for one in categories), specs, frozenset(flags)


def test_the_table_is_that_of_a_real_server(port: int) -> None:
    real = {name: (categories, keys) for name, categories, keys, _ in commands_of(port)}
    assert {name: (one.categories, one.keys) for name, one in COMMANDS.items()} == real


def test_what_needs_no_login_is_the_same(port: int) -> None:
    assert {name for name, _, _, flags in commands_of(port) if "no_auth" in flags} == WITHOUT_LOGIN


def test_acl_cat_tells_the_same(sides: Sides) -> None:
    real, simulated = sides.client(True), sides.client(False)
    assert simulated.acl_cat() == real.acl_cat() == list(CATEGORIES)
    for category in CATEGORIES:
        assert set(simulated.acl_cat(category)) == set(real.acl_cat(category)), category


# --- Access strings

ACCESS_STRINGS = """
~app::* -@all +@read
~app::* +@read +@write
~app::* +@read +@write -@dangerous
~app::* -@dangerous +@read +@write
~app::* +@all -@admin -@dangerous
allkeys allcommands
~* +get +set
~* +@all -set
allkeys +@string -@write
%R~app::* %W~log::* +@all
%R~app::* ~log::* +@read +@write
%RW~app::* +@all
%R +@all
~ +@all
~app::?:[ab] ~x\\* +@all
+@all
~* -@all +ping +acl|whoami +client|setname
~* allcommands -acl
~* resetkeys ~app::* +@all
~app::* +@all &news:*
~* +@all allchannels
~* +@transaction +get
~* nocommands
""".strip().splitlines()

LINES = (
    """
GET app::1|GET app::x:a|GET log::1|GET other|GET x*|SET app::1 v|SET app::1 v GET|SET log::1 v|SET log::1 v GET|SET other v
MGET app::1 app::2|MGET app::1 other|MSET app::1 v log::1 v|DEL app::1 other|EXISTS app::1|EXISTS log::1|TTL app::1|INCR app::n
COPY app::1 log::1|COPY log::1 app::1|RENAME app::1 app::2|GETEX app::1|GETDEL app::1|EXPIRE app::1 9|APPEND app::1 v|STRLEN log::1
HSET app::h f v|HGETALL app::h|ZADD app::z 1 m|ZRANGE app::z 0 -1|ZUNIONSTORE log::z 1 app::z|ZUNIONSTORE app::z2 1 log::z
ZINTERCARD 2 app::z other|SUNIONSTORE app::s log::s|SINTER app::s other|LPUSH app::l v|LMOVE app::l log::l LEFT RIGHT
XADD app::q * f v|XREAD COUNT 1 STREAMS app::q 0|XREAD STREAMS app::q other 0 0|SORT app::l|SORT app::l STORE log::l
BITOP AND app::b app::1 log::1|SETBIT app::bit 0 1
PING|ECHO hi|DBSIZE|KEYS *|SCAN 0|FLUSHALL|FLUSHDB|SELECT 0|ACL WHOAMI|ACL CAT|CLIENT SETNAME app|CLIENT ID|MULTI|DISCARD
PUBLISH news:1 hi|PUBLISH other hi|NOSUCH|GET|QUIT
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("rules", ACCESS_STRINGS)
def test_an_access_string_lets_the_same_commands_pass(sides: Sides, rules: str) -> None:
    sides.users(f"someone on >{PASSWORD} {rules}")
    for line, real, simulated in sides.both(LINES, username="someone", password=PASSWORD):
        # Which other error a command meets (no such key, another type) is the matter of other tests.
        if "NoPermissionError" in (real[0], simulated[0]) or "NOSUCH" in line or line == "GET":
            assert simulated == real, line


@pytest.mark.parametrize(
    "rule", ["badrule", "+nosuch", "+@nosuch", "%X~a", "%~a", "+config|nosuch", "-@nosuch", "%", "?"]
)
def test_a_bad_rule_is_refused_in_the_same_words(sides: Sides, rule: str) -> None:
    sides.users()
    with pytest.raises(redis.ResponseError) as real:
        sides.admin.execute_command("ACL", "SETUSER", "someone", rule)  # type: ignore[no-untyped-call]
    with pytest.raises(AccessStringError) as simulated:
        User("someone").add_rules(rule)
    assert str(simulated.value) == str(real.value)


def test_a_useless_pattern_is_refused_in_the_same_words(sides: Sides) -> None:
    with pytest.raises(redis.ResponseError) as real:
        sides.admin.execute_command("ACL", "SETUSER", "someone", "~*", "~app::*")  # type: ignore[no-untyped-call]
    with pytest.raises(AccessStringError) as simulated:
        User("someone").add_rules("~* ~app::*")
    assert str(simulated.value) == str(real.value)


def test_a_refused_command_spoils_its_transaction(sides: Sides) -> None:
    sides.users(f"someone on >{PASSWORD} ~app::* +@read +@transaction")
    lines = ["MULTI", "GET app::1", "SET app::1 v", "EXEC", "MULTI", "GET other", "EXEC", "MULTI", "GET app::1", "EXEC"]
    for line, real, simulated in sides.both(lines, username="someone", password=PASSWORD):
        assert simulated == real, line


# --- Logging in

DEFAULTS = {
    "open": "default on nopass ~* &* +@all",
    "token": f"default resetpass on >{PASSWORD} ~* &* +@all",
    "two tokens": f"default resetpass on >{PASSWORD} >another-one-of-them ~* &* +@all",
    "off": "default off",
}
LOGINS: list[dict[str, str]] = [
    {},
    {"password": PASSWORD},
    {"password": "another-one-of-them"},
    {"password": "wrong"},
    {"username": "default", "password": PASSWORD},
    {"username": "someone", "password": PASSWORD},
    {"username": "someone", "password": "wrong"},
    {"username": "nobody", "password": PASSWORD},
    {"username": "sleeper", "password": PASSWORD},
    {"username": "anybody", "password": "anything"},
]


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("default", DEFAULTS)
def test_logins_end_the_same_way(sides: Sides, default: str, protocol: int) -> None:
    sides.users(
        DEFAULTS[default],
        f"someone on >{PASSWORD} ~* +@all",
        f"sleeper off >{PASSWORD} ~* +@all",
        "anybody on nopass ~* +@all",
    )
    for login in LOGINS:
        for line, real, simulated in sides.both(["GET k", "ACL WHOAMI"], protocol=protocol, **login):
            assert simulated == real, (login, line)


def test_before_the_login_errors_come_in_the_same_order(sides: Sides) -> None:
    sides.users(DEFAULTS["token"])
    lines = [
        *(
            "NOSUCH",
            "GET",
            "GET k",
            "PING",
            "ACL WHOAMI",
            "CLIENT SETNAME app",
            "MULTI",
            "AUTH",
            "AUTH wrong",
            "AUTH a b c",
        ),
        *("HELLO", "HELLO 3", "HELLO 4", "HELLO 3 AUTH default", "HELLO 3 AUTH default wrong"),
        *(f"AUTH {PASSWORD}", "GET k", "AUTH wrong", "GET k"),
    ]
    # In RESP2, and without its name and version, redis-py sends nothing of its own, so that the connection stands.
    for line, real, simulated in sides.both(lines, protocol=2, driver_info=None):
        assert simulated == real, line


def test_a_connection_outlives_a_new_password(sides: Sides) -> None:
    sides.users(DEFAULTS["open"])
    clients = [sides.client(real) for real in (True, False)]
    assert [refusal(client, "GET k") for client in clients] == ["ok", "ok"]
    sides.admin.execute_command("ACL", "SETUSER", "default", "resetpass", f">{PASSWORD}")  # type: ignore[no-untyped-call]
    sides.node.door.access.require([PASSWORD])
    assert [refusal(client, "GET k") for client in clients] == ["ok", "ok"]
    fresh = [refusal(sides.client(real), "GET k") for real in (True, False)]
    assert fresh[0] == fresh[1]
    assert fresh[0][0] == "AuthenticationError"


def test_new_rules_count_for_connections_that_are_open(sides: Sides) -> None:
    sides.users(f"someone on >{PASSWORD} ~* +@all")
    clients = [sides.client(real, username="someone", password=PASSWORD) for real in (True, False)]
    assert [refusal(client, "GET k") for client in clients] == ["ok", "ok"]
    sides.admin.execute_command("ACL", "SETUSER", "someone", "-@all", "+set")  # type: ignore[no-untyped-call]
    sides.node.door.access.users["someone"].set_rules("on ~* +set")
    told = [refusal(client, "GET k") for client in clients]
    assert told[0] == told[1] == ("NoPermissionError", "this user has no permissions to run the 'get' command")


def test_the_connection_of_a_user_who_is_gone_is_ended(sides: Sides) -> None:
    sides.users(f"someone on >{PASSWORD} ~* +@all")
    clients = [sides.client(real, username="someone", password=PASSWORD) for real in (True, False)]
    assert [refusal(client, "GET k") for client in clients] == ["ok", "ok"]
    sides.admin.acl_deluser("someone")
    del sides.node.door.access.users["someone"]
    sides.node.hang_up_strangers()
    # The library notices, connects anew, and the login fails.
    told = [refusal(client, "GET k") for client in clients]
    assert told[0] == told[1] == ("AuthenticationError", "invalid username-password pair or user is disabled.")


# --- TLS and silence


@pytest.fixture(scope="module")
def tls_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that takes TLS on this port, with a certificate of its own for localhost."""
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder)
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"]
    with redis_server(folder, *options, "--tls-ca-cert-file", "cert.pem", "--tls-auth-clients", "no"):
        yield port


def certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("login", [{}, {"password": PASSWORD}], ids=["no password", "password"])
def test_plain_text_to_a_tls_port_is_cut_off(sides: Sides, tls_port: int, login: dict[str, str], protocol: int) -> None:
    sides.port = tls_port
    sides.node.door.encryption = "required"
    ((_, real, simulated),) = sides.both(["GET k"], protocol=protocol, **login)
    assert simulated == real == ("ConnectionError", "Error while reading from HOST : (104, 'Connection reset by peer')")


def test_tls_to_a_tls_port_works(sides: Sides, tls_port: int) -> None:
    sides.port = tls_port
    sides.node.door.encryption = "required"
    ((_, real, simulated),) = sides.both(["GET k"], ssl=True, ssl_cert_reqs="none")
    assert simulated == real == "ok"


def test_tls_to_a_plain_port_gets_no_answer(sides: Sides) -> None:
    ((_, real, simulated),) = sides.both(["GET k"], ssl=True, socket_timeout=0.2)
    assert simulated == real == ("TimeoutError", "Timeout connecting to server")


def test_silence_ends_in_the_same_timeout(sides: Sides) -> None:
    """A listener whose queue is full drops what comes, as a security group does."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        sides.port = listener.getsockname()[1]
        sides.node.door.security_group = sides.cloud.security_group("sg-cache")
        ((_, real, simulated),) = sides.both(["PING"], socket_connect_timeout=0.2)
    assert simulated == real == ("TimeoutError", "Timeout connecting to server")
