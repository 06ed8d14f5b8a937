"""Memcached: the same bytes, and the same pymemcache calls, on a real server and on a simulated node."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymemcache.client.base import Client, PooledClient  # type: ignore[import-untyped]
from pymemcache.client.hash import HashClient  # type: ignore[import-untyped]
from pymemcache.exceptions import MemcacheError  # type: ignore[import-untyped]

from labs.cloud.cloud import Cloud
from labs.cloud.memcached import LARGEST_ITEM, MemcachedCluster
from tests.conformance.servers import memcached_server

pytestmark = pytest.mark.server

HOST = "sim-0001.cache.lab"
# Sent after each text so that its end can be seen; memcached answers it to nothing else.
MARK = b"verbosity\r\nversion\r\n"

# A real day so that a relative expiry cannot run out during a test, and a moment after both clocks.
DAY_S = 86_400
FUTURE_S = 4_000_000_000 // 2


@pytest.fixture(scope="module")
def real_port() -> Iterator[int]:
    with memcached_server() as port:
        yield port


class Pair:
    """A real node and a simulated one."""

    def __init__(self, port: int) -> None:
        self.cloud = Cloud()
        self.cluster: MemcachedCluster = self.cloud.memcached("sim.cfg.cache.lab", nodes=[HOST])
        self._port = port

    def both(self, use: Callable[[tuple[str, int]], object]) -> tuple[object, object]:
        """What a function of a server's address gives on each side, real first."""
        with self.cloud.active():
            simulated = use((HOST, 11211))
        return use(("127.0.0.1", self._port)), simulated

    def empty(self) -> None:
        self.both(lambda server: Client(server).flush_all(noreply=False))

    def talk(self, *texts: bytes) -> tuple[list[bytes], list[bytes]]:
        """The bytes each side sends back for some bytes on one connection."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as real:
            heard = [self._heard(real, text) for text in texts]
        with self.cloud.active():
            wire = self.cloud.dial(HOST, 11211, None)
            said = []
            for text in texts:
                wire.sendall(text + MARK)
                said.append(_before_mark(wire.recv(1 << 22)))
        return heard, said

    def _heard(self, real: socket.socket, text: bytes) -> bytes:
        real.sendall(text + MARK)
        heard = b""
        while b"VERSION" not in heard and (chunk := real.recv(1 << 16)):
            heard += chunk
        return _before_mark(heard)


@pytest.fixture
def pair(real_port: int) -> Pair:
    made = Pair(real_port)
    made.empty()
    return made


def _before_mark(text: bytes) -> bytes:
    return text.partition(b"VERSION")[0]


def line(command: str, value: str | None = None) -> bytes:
    """A command, and the value that follows it."""
    return command.encode() + b"\r\n" + (b"" if value is None else value.encode() + b"\r\n")


LINES = {
    "get": "get a|get a a missing|get|gets|get " + "k" * 251,
    "store": "set a 0 0|set a x 0 1|set a 0 x 1|set a 0 0 x|set a 0 0 -1|set a 0 0 1 2 3|cas a 0 0 1|cas a 0 0 1 x",
    "delete": "delete a|delete missing|delete|delete a 0|delete a 5|delete a b c d|delete a noreply|delete a 0 noreply",
    "count": "incr a 1|incr missing 1|incr a|incr a x|incr a -1|incr a 18446744073709551616|decr a 3|incr a 1 noreply",
    "touch": "touch a 100|touch missing 100|touch a|touch a x|touch a 100 noreply|touch",
    "gat": "gat 100 a missing|gat 100|gat|gat x a|gat -1 a",
    "flush": "flush_all|flush_all 0|flush_all noreply|flush_all x|flush_all -1|flush_all 100",
    "other": "nosuch a|GET a|quit now|verbosity 1|stats reset|cache_memlimit 64|cache_memlimit 1|cache_memlimit| |get  a",
}
CASES = [text for texts in LINES.values() for text in texts.split("|")]


@pytest.mark.parametrize("text", CASES, ids=[text[:40] for text in CASES])
def test_a_line_gets_the_same_bytes(pair: Pair, text: str) -> None:
    real, simulated = pair.talk(line("set a 0 0 2", "10"), line(text), line("get a"))
    assert simulated == real


@pytest.mark.parametrize(
    "text",
    [
        line("set a 70000 0 1", "x") + line("get a"),
        line("set a 4294967296 0 1", "x") + line("get a"),
        line("set a -1 0 1", "x") + line("get a"),
        line("set a 0 0 1", "xyz") + line("get a"),
        line("set a 0 0 1 norepl", "x") + line("get a"),
        line("set a 0 0 1 noreply", "xyz") + line("get a"),
        line("add a 0 0 1", "x") + line("add a 0 0 1", "y") + line("get a"),
        line("replace a 0 0 1", "x") + line("append a 0 0 1", "y") + line("prepend a 0 0 1", "z") + line("get a"),
        line("set a 3 0 1", "x") + line("append a 9 -1 1", "y") + line("prepend a 9 0 1", "z") + line("get a"),
        line("cas a 0 0 1 1", "x"),
        line("set a 0 0 1", "x") + line("cas a 0 0 1 0", "y") + line("get a"),
        line("set " + "k" * 251 + " 0 0 1", "x"),
        line("set " + "k" * 250 + " 0 0 1", "x") + line("get " + "k" * 250),
        line("set n 0 0 3", "abc") + line("incr n 1"),
        line("set n 0 0 3", " 12") + line("incr n 1") + line("get n"),
        line("set n 0 0 3", "12 ") + line("incr n 1") + line("get n"),
        line("set n 0 0 3", "+12") + line("incr n 1") + line("get n"),
        line("set n 0 0 3", "-12") + line("incr n 1"),
        line("set n 0 0 5", "12 34") + line("incr n 1") + line("get n"),
        line("set n 0 0 3", "12x") + line("incr n 1"),
        line("set n 0 0 0", "") + line("incr n 1"),
        line("set n 0 0 5", "00010") + line("incr n 1") + line("get n"),
        line("set n 0 0 2", "99") + line("incr n 1") + line("decr n 95") + line("get n") + line("decr n 9"),
        line("set n 0 0 20", "18446744073709551615") + line("incr n 2") + line("get n"),
        line("set n 0 0 21", "184467440737095516150") + line("incr n 1"),
        line("set n 7 0 1", "9") + line("incr n 1") + line("get n"),
        line("set a 0 -1 1", "x") + line("get a") + line("add a 0 0 1", "y") + line("get a"),
        line(f"set a 0 {DAY_S} 1", "x") + line("get a"),
        line("set a 0 2592001 1", "x") + line("get a"),
        line(f"set a 0 {FUTURE_S} 1", "x") + line("get a"),
        line("set a 0 0 1", "x") + line("touch a -1") + line("get a"),
        line("set a 0 0 1", "x") + line("flush_all") + line("get a") + line("set a 0 0 1", "y") + line("get a"),
        b"get a\nset q 0 0 1\nx\r\nget q\n",
    ],
)
def test_values_flags_expiries_and_counters_get_the_same_bytes(pair: Pair, text: bytes) -> None:
    real, simulated = pair.talk(text)
    assert simulated == real


@pytest.mark.parametrize("spare", [0, -1], ids=["fits", "one byte too many"])
@pytest.mark.parametrize("command", ["set", "add", "append"])
def test_an_item_may_take_one_mebibyte_with_everything(pair: Pair, command: str, spare: int) -> None:
    room = LARGEST_ITEM - 60 - spare
    before = line("set a 0 0 1", "x") if command != "add" else b""
    size = room - 1 if command == "append" else room
    real, simulated = pair.talk(before, line(f"{command} a 0 0 {size}", "x" * size), line("get a"))
    assert simulated == real


# A stored value, its CAS number by rank: two servers do not number alike.
type Call = tuple[str, tuple[object, ...], dict[str, object]]

CALLS: list[list[Call]] = [
    [("set", ("a", "1"), {}), ("get", ("a",), {}), ("delete", ("a",), {"noreply": False}), ("get", ("a", "none"), {})],
    [("set_many", ({"a": "1", "b": "2"},), {"noreply": False}), ("get_many", (["a", "b", "missing"],), {})],
    [
        ("set_many", ({"a": "1", "b": "2"},), {}),
        ("delete_many", (["a", "missing"],), {}),
        ("get_many", (["a", "b"],), {}),
    ],
    [("add", ("a", "1"), {"noreply": False}), ("add", ("a", "2"), {"noreply": False}), ("add", ("a", "2"), {})],
    [
        ("replace", ("a", "1"), {"noreply": False}),
        ("append", ("a", "1"), {"noreply": False}),
        ("prepend", ("a", "1"), {}),
    ],
    [("cas", ("a", "1", 1), {}), ("cas", ("a", "1", "x"), {}), ("cas", ("a", "1", 1.5), {}), ("gets", ("a",), {})],
    [
        ("incr", ("a", 1), {}),
        ("set", ("a", "5"), {}),
        ("incr", ("a", 1), {}),
        ("decr", ("a", 10), {}),
        ("get", ("a",), {}),
    ],
    [
        ("set", ("a", "x"), {}),
        ("incr", ("a", 1), {}),
        ("incr", ("a", -1), {}),
        ("incr", ("a", "1"), {}),
        ("get", ("a",), {}),
    ],
    [("touch", ("a", 10), {"noreply": False}), ("set", ("a", "1"), {}), ("touch", ("a", 10), {"noreply": False})],
    [("set", ("a", "1"), {"expire": -1}), ("get", ("a",), {}), ("set", ("a", "1", "soon"), {})],
    [
        ("set", ("a b", "1"), {}),
        ("get", ("한글",), {}),
        ("get", ("a\0",), {}),
        ("get", ("k" * 251,), {}),
        ("get", ("",), {}),
    ],
    [
        ("set", ("a", "한글"), {}),
        ("set", ("a", 5), {}),
        ("get", ("a",), {}),
        ("set", ("a", {"b": 1}), {}),
        ("get", ("a",), {}),
    ],
    [
        ("set", ("a", "x" * LARGEST_ITEM), {"noreply": False}),
        ("set", ("a", "x" * LARGEST_ITEM), {}),
        ("get", ("a",), {}),
    ],
    [("set", ("a", "1"), {}), ("flush_all", (), {}), ("get", ("a",), {}), ("quit", (), {}), ("get", ("a",), {})],
    [("cache_memlimit", (1,), {}), ("cache_memlimit", (64,), {}), ("shutdown", (), {})],
    [("set", ("a", "1"), {}), ("raw_command", ("gat 100 a", "END\r\n"), {}), ("raw_command", ("nosuch",), {})],
]


@pytest.mark.parametrize("kind", [Client, PooledClient])
@pytest.mark.parametrize("calls", CALLS, ids=[" ".join(name for name, _, _ in calls) for calls in CALLS])
def test_calls_give_the_same_results_and_errors(pair: Pair, kind: type[Client], calls: list[Call]) -> None:
    # A pool has no such methods.
    asked = [call for call in calls if hasattr(kind, call[0])]
    real, simulated = pair.both(lambda server: _results(kind(server), asked))
    assert simulated == real


def test_a_hash_client_puts_keys_where_it_would_put_them_on_real_nodes() -> None:
    """The same names on both sides decide the same nodes."""
    keys = [f"k{n}" for n in range(40)]
    with ExitStack() as stack:
        ports = [stack.enter_context(memcached_server()) for _ in range(2)]
        cloud = Cloud()
        for port in ports:
            cloud.memcached(f"cfg-{port}.cache.lab", nodes=[f"node-{port}.cache.lab"], port=port)
        real = HashClient([("127.0.0.1", port) for port in ports])
        real.set_many(dict.fromkeys(keys, "1"), noreply=False)
        held = [set(Client(("127.0.0.1", port)).get_many(keys)) for port in ports]
        with cloud.active():
            simulated = HashClient([(f"node-{port}.cache.lab", port) for port in ports])
            # The hash is of "host:port-key": give it the names of the real nodes.
            simulated.hasher.nodes = [f"127.0.0.1:{port}" for port in ports]
            simulated.clients = {
                f"127.0.0.1:{port}": simulated.clients[f"node-{port}.cache.lab:{port}"] for port in ports
            }
            assert all(simulated.set(key, "1") for key in keys)
        assert [{entry.key for entry in dump.entries} for dump in cloud.dump()] == held
        assert all(held)


@pytest.mark.parametrize("before", ["get", "set", "set noreply"])
def test_losing_a_node_raises_the_same_errors(before: str) -> None:
    def act(client: Client) -> object:
        match before:
            case "get":
                return client.get("a")
            case "set":
                return client.set("a", "1", noreply=False)
        return client.set("a", "1", noreply=True)

    def results(server: tuple[str, int], kill: Callable[[], None]) -> list[object]:
        client = Client(server)
        client.set("a", "1", noreply=False)
        kill()
        return [_caught(lambda: act(client)) for _ in range(4)]

    with ExitStack() as stack:
        port = stack.enter_context(memcached_server())
        real = results(("127.0.0.1", port), stack.close)
    cloud = Cloud()
    cluster = cloud.memcached("sim.cfg.cache.lab", nodes=[HOST])
    with cloud.active():
        assert results((HOST, 11211), lambda: cluster.fail(HOST)) == real


def test_a_unix_socket_that_is_not_there_raises_the_same_error() -> None:
    def error() -> object:
        return _caught(lambda: Client("/no/such/socket").get("a"))

    real = error()
    with Cloud().active():
        assert error() == real


def test_memory_is_counted_alike() -> None:
    texts = [("a", "1", 0), ("k" * 30, "v" * 500, 7), ("b", "", 0)]

    def use(server: tuple[str, int]) -> object:
        client = Client(server)
        for key, value, flags in texts:
            client.set(key, value, flags=flags, noreply=False)
        for key in ("a", "missing", "a"):
            client.get(key)
        client.incr("a", 10)
        client.touch("b", 100, noreply=False)
        client.delete("k" * 30, noreply=False)
        client.cas("a", "1", 0)
        told = client.stats()
        with told_by_simulation() as names:
            return {name: told[name] for name in names}

    with memcached_server() as port:
        pair = Pair(port)
        real, simulated = pair.both(use)
    assert simulated == real


@contextmanager
def told_by_simulation() -> Iterator[list[bytes]]:
    names = "bytes curr_items total_items cmd_get cmd_set cmd_touch get_hits get_misses incr_hits incr_misses"
    more = "touch_hits touch_misses delete_hits delete_misses cas_badval cas_misses limit_maxbytes evictions cmd_flush"
    yield [name.encode() for name in f"{names} {more}".split()]


def test_a_full_node_forgets_the_least_recently_used() -> None:
    """Both keep the newest keys, forget old ones, and never refuse a write. How many are kept differs."""
    value = "x" * 100_000

    def use(server: tuple[str, int]) -> tuple[bool, bool, bool]:
        client = Client(server)
        client.cache_memlimit(8)
        done = [client.set(f"k{n}", value, noreply=False) for n in range(200)]
        return all(done), client.get("k199") is not None, client.get("k0") is None

    with memcached_server("-m", "8") as port:
        pair = Pair(port)
        real, simulated = pair.both(use)
    assert real == simulated == (True, True, True)


KEYS = st.sampled_from(["a", "b", "n"])
VALUES = st.sampled_from(["", "1", "10", "99", "-3", "text", "x" * 300])
# Real time passes on one side only: nothing here may expire by itself during a test.
EXPIRIES = st.sampled_from([-1, 0, DAY_S, FUTURE_S, 2_592_001])
NOREPLY = st.booleans()
STEPS: st.SearchStrategy[Call] = st.one_of(
    st.builds(
        lambda name, key, value, expire, noreply: (name, (key, value, expire), {"noreply": noreply}),
        st.sampled_from(["set", "add", "replace", "append", "prepend"]),
        KEYS,
        VALUES,
        EXPIRIES,
        NOREPLY,
    ),
    st.builds(lambda key: ("get", (key,), {}), KEYS),
    st.builds(lambda keys: ("get_many", (keys,), {}), st.lists(KEYS, max_size=3)),
    st.builds(lambda key, value: ("cas", (key, value, "last"), {}), KEYS, VALUES),
    st.builds(lambda key: ("gets", (key,), {}), KEYS),
    st.builds(
        lambda name, key, delta, noreply: (name, (key, delta), {"noreply": noreply}),
        st.sampled_from(["incr", "decr"]),
        KEYS,
        st.sampled_from([0, 1, 95, -1, 1 << 64]),
        NOREPLY,
    ),
    st.builds(lambda key, expire: ("touch", (key, expire), {"noreply": False}), KEYS, EXPIRIES),
    st.builds(lambda key, noreply: ("delete", (key,), {"noreply": noreply}), KEYS, NOREPLY),
    st.builds(lambda noreply: ("flush_all", (), {"noreply": noreply}), NOREPLY),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=14))
def test_the_same_sequences_give_the_same_results(pair: Pair, steps: list[Call]) -> None:
    pair.empty()
    real, simulated = pair.both(lambda server: _results(Client(server, no_delay=True), steps))
    assert simulated == real


def _results(client: Client, calls: list[Call]) -> list[object]:
    """The result of each call on one connection. A CAS number "last" is the one told last; results show its rank."""
    seen: list[bytes] = []
    results: list[object] = []
    for name, arguments, options in calls:
        given = [(seen[-1] if seen else b"1") if argument == "last" else argument for argument in arguments]
        result = _result(client, (name, tuple(given), options))
        if name == "gets" and isinstance(result, tuple) and isinstance(result[1], bytes):
            seen += [] if result[1] in seen else [result[1]]
            result = result[0], seen.index(result[1])
        results.append(result)
    return results


def _result(client: Client, call: Call) -> object:
    name, arguments, options = call
    return _caught(lambda: getattr(client, name)(*arguments, **options))


def _caught(call: Callable[[], object]) -> object:
    """What a call gives; an error as its class and text."""
    try:
        return call()
    except (MemcacheError, OSError) as error:
        return type(error).__name__, str(error)
