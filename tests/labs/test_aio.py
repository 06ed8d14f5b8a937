"""Concurrency in virtual time: asyncio, `redis.asyncio` and the database, as a web app uses them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from random import Random
from time import monotonic as real_monotonic

import pytest
import redis.asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from labs.cloud import database, latency
from labs.cloud.aio import StuckError, VirtualLoop
from labs.cloud.cloud import Cloud
from labs.cloud.trace import TraceEvent
from labs.engine import service
from labs.engine.gate import _limited
from labs.engine.trial import Stopped

HOST = "shop.cache.lab"
ROUND_TRIP_MS = (latency.CACHE_ROUND_TRIP_US + latency.CACHE_COMMAND_US) / 1000
WORK_MS = latency.CACHE_COMMAND_US / 1000
READ_MS = latency.DATABASE_READ_US / 1000


def client(**options: object) -> aioredis.Redis:
    return aioredis.Redis(host=HOST, decode_responses=True, **options)  # type: ignore[arg-type]


def told(cloud: Cloud, op: str) -> list[TraceEvent]:
    return [event for event in cloud.trace.since() if event.op == op]


# Time


def test_an_hour_of_waiting_takes_no_time_and_moves_the_clock(cloud: Cloud) -> None:
    began = real_monotonic()

    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert asyncio.run(main()) == 3600
    assert cloud.clock.now_us == 3_600_000_000
    assert real_monotonic() - began < 2


def test_tasks_that_wait_together_wait_once(cloud: Cloud) -> None:
    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(5) for _ in range(100)))

    asyncio.run(main())
    assert cloud.clock.now_ms == 5000


def test_a_wait_that_is_no_whole_number_of_microseconds_ends(cloud: Cloud) -> None:
    random = Random(1)
    lengths = [random.uniform(0, 1e-5) for _ in range(200)] + [10**9 + 0.123_456_45]

    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(length) for length in lengths))

    asyncio.run(main())
    assert cloud.clock.now_us == pytest.approx(max(lengths) * 1e6, abs=2)


def test_timers_for_one_moment_go_off_in_the_order_they_were_set(cloud: Cloud) -> None:
    order: list[int] = []

    async def note(number: int) -> None:
        await asyncio.sleep(0.5)
        order.append(number)

    async def main() -> None:
        await asyncio.gather(*(note(number) for number in range(50)))

    asyncio.run(main())
    assert order == list(range(50))


def test_what_is_not_awaited_stops_everybody(cloud: Cloud) -> None:
    async def blocking() -> None:
        time.sleep(3)

    async def main() -> float:
        other = asyncio.create_task(asyncio.sleep(1))
        await asyncio.sleep(0)
        await blocking()
        await other
        return time.time()

    began = time.time()
    assert asyncio.run(main()) - began == pytest.approx(3)


def test_timeouts_locks_groups_and_threads_of_asyncio_work(cloud: Cloud) -> None:
    async def main() -> list[object]:
        seen: list[object] = []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), timeout=2)
        seen.append(time.monotonic())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.Event().wait()
        seen.append(time.monotonic())
        lock = asyncio.Lock()

        async def hold(name: str) -> None:
            async with lock:
                await asyncio.sleep(1)
                seen.append((name, time.monotonic()))

        async with asyncio.TaskGroup() as group:
            group.create_task(hold("a"))
            group.create_task(hold("b"))
        seen.append(await asyncio.to_thread(lambda: "done"))
        return seen

    assert asyncio.run(main()) == [2.0, 3.0, ("a", 4.0), ("b", 5.0), "done"]


def test_a_program_where_all_wait_for_each_other_ends_with_an_error(cloud: Cloud) -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="nothing is left that could wake"):
        asyncio.run(main())
    assert asyncio.run(asyncio.sleep(0, "still works")) == "still works"


def test_tasks_left_over_are_cancelled_and_generators_closed(cloud: Cloud) -> None:
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.sleep(10**6)
        finally:
            ended.append("task")

    async def numbers() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.append("generator")

    kept = numbers()

    async def main() -> None:
        asyncio.create_task(endless())  # noqa: RUF006 - it is to be forgotten
        await anext(kept)
        await asyncio.sleep(0)

    for _ in range(2):
        kept, ended[:] = numbers(), []
        asyncio.run(main())
        assert sorted(ended) == ["generator", "task"]


# Which loop


def test_every_way_to_run_uses_the_loop_of_the_cloud(cloud: Cloud) -> None:
    async def mine() -> bool:
        return isinstance(asyncio.get_running_loop(), VirtualLoop)

    assert asyncio.run(mine())
    with asyncio.Runner() as runner:
        assert runner.run(mine())
    assert asyncio.new_event_loop().run_until_complete(mine())
    with pytest.raises(RuntimeError, match="no current event loop"):
        asyncio.get_event_loop()
    asyncio.set_event_loop(asyncio.new_event_loop())
    assert asyncio.get_event_loop().run_until_complete(mine())


def test_a_run_inside_a_run_is_refused(cloud: Cloud) -> None:
    async def main() -> None:
        inner = asyncio.sleep(0)
        try:
            asyncio.run(inner)
        finally:
            inner.close()

    with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
        asyncio.run(main())


def test_outside_of_a_cloud_asyncio_is_as_ever() -> None:
    names = ("run", "Runner", "new_event_loop", "get_event_loop", "set_event_loop")
    before = [getattr(asyncio, name) for name in names]
    with Cloud().active():
        assert asyncio.run is not before[0]
    assert [getattr(asyncio, name) for name in names] == before

    async def real() -> bool:
        return isinstance(asyncio.get_running_loop(), VirtualLoop)

    assert asyncio.run(real()) is False


def test_a_cloud_inside_a_running_task_begins_outside_of_it_and_gives_it_back(cloud: Cloud) -> None:
    """As in the browser, where Python itself runs inside a task of Pyodide's loop."""

    async def outer() -> tuple[object, bool]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        with Cloud().active():
            with pytest.raises(RuntimeError, match="no running event loop"):
                asyncio.get_running_loop()
            inner = asyncio.run(asyncio.sleep(1, "inner"))
        await asyncio.sleep(0)
        return inner, asyncio.get_running_loop() is loop and asyncio.current_task() is task

    assert asyncio.run(outer()) == ("inner", True)


def test_what_watches_a_run_from_outside_finds_the_loop_outside() -> None:
    """In the browser the guard of a run waits for messages in Pyodide's loop, in the midst of a run."""
    outside = asyncio.new_event_loop()
    asyncio.set_event_loop(outside)
    watch = eval("lambda: asyncio.get_event_loop()", {"__name__": "lab_guard", "asyncio": asyncio})
    ask = eval("lambda: asyncio.get_event_loop()", {"__name__": "__main__", "asyncio": asyncio})

    async def main() -> list[bool]:
        found = [watch() is outside, isinstance(ask(), VirtualLoop)]
        await asyncio.sleep(1)
        return [*found, isinstance(asyncio.get_running_loop(), VirtualLoop)]

    try:
        with Cloud().active():
            assert asyncio.run(main()) == [True, True, True]
    finally:
        asyncio.set_event_loop(None)
        outside.close()


def test_tasks_are_numbered_from_one_in_every_run(cloud: Cloud) -> None:
    async def main() -> list[str]:
        child = asyncio.create_task(asyncio.sleep(0))
        await child
        current = asyncio.current_task()
        return [current.get_name() if current else "", child.get_name()]

    assert [asyncio.run(main()) for _ in range(2)] == [["Task-1", "Task-2"]] * 2


# The cache


def test_commands_of_two_tasks_overlap(cloud: Cloud) -> None:
    cache = client()

    async def main() -> list[object]:
        await cache.set("a", "1")
        await asyncio.gather(*(cache.get("a") for _ in range(2)))
        cloud.trace.clear()
        return list(await asyncio.gather(cache.get("a"), cache.get("b")))

    assert asyncio.run(main()) == ["1", None]
    hit, miss = cloud.trace.since()
    assert [(event.op, event.key, event.outcome) for event in (hit, miss)] == [
        ("GET", "a", "hit"),
        ("GET", "b", "miss"),
    ]
    assert hit.t == miss.t
    assert (hit.ms, miss.ms) == pytest.approx((ROUND_TRIP_MS, ROUND_TRIP_MS + WORK_MS))


def test_a_task_alone_takes_as_long_as_code_without_asyncio(cloud: Cloud) -> None:
    async def main() -> None:
        cache = client()
        await cache.set("a", "1")
        await cache.get("a")

    asyncio.run(main())
    connect, *commands = cloud.trace.since()
    assert (connect.op, connect.t, connect.ms) == ("CONNECT", 0, latency.CONNECT_US / 1000)
    assert [event.t for event in commands] == pytest.approx([1, 1 + ROUND_TRIP_MS])
    assert [event.ms for event in commands] == pytest.approx([ROUND_TRIP_MS] * 2)
    assert cloud.clock.now_ms == pytest.approx(1 + 2 * ROUND_TRIP_MS)


def test_a_node_serves_one_command_after_another(cloud: Cloud) -> None:
    cache = client()

    async def main() -> None:
        await asyncio.gather(*(cache.incr("n") for _ in range(100)))

    asyncio.run(main())
    lengths = [event.ms for event in told(cloud, "INCRBY")]
    assert lengths == pytest.approx([ROUND_TRIP_MS + number * WORK_MS for number in range(100)])
    assert cloud.clock.now_ms == pytest.approx(1 + ROUND_TRIP_MS + 99 * WORK_MS)


def test_a_pipeline_pays_one_round_trip_and_a_transaction_is_one_piece(cloud: Cloud) -> None:
    cache = client()

    async def swap(value: str) -> list[object]:
        async with cache.pipeline(transaction=True) as pipe:
            pipe.set("a", value)
            pipe.get("a")
            return list(await pipe.execute())

    async def main() -> list[list[object]]:
        return list(await asyncio.gather(*(swap(str(number)) for number in range(5))))

    assert asyncio.run(main()) == [[True, str(number)] for number in range(5)]


def test_of_many_that_set_a_lock_one_gets_it(cloud: Cloud) -> None:
    cache = client()

    async def main() -> list[object]:
        return list(await asyncio.gather(*(cache.set("lock", str(n), nx=True, px=5000) for n in range(100))))

    assert asyncio.run(main()) == [True, *[None] * 99]


def test_keys_expire_while_tasks_wait(cloud: Cloud) -> None:
    cache = client()

    async def main() -> list[object]:
        await cache.set("a", "1", px=1000)
        seen: list[object] = []
        for _ in range(3):
            seen.append(await cache.get("a"))
            await asyncio.sleep(0.5)
        return seen

    assert asyncio.run(main()) == ["1", "1", None]


def test_a_client_made_outside_keeps_its_connections_from_run_to_run(cloud: Cloud) -> None:
    cache = client()

    async def main() -> None:
        await asyncio.gather(*(cache.get("a") for _ in range(20)))

    for _ in range(3):
        asyncio.run(main())
    assert len(told(cloud, "CONNECT")) == 20


def test_a_message_reaches_a_subscriber_of_another_task(cloud: Cloud) -> None:
    async def main() -> object:
        async with client().pubsub() as subscriber:
            await subscriber.subscribe("news")
            waiting = asyncio.create_task(anext(aiter(subscriber.listen())))
            await waiting
            heard = asyncio.create_task(anext(aiter(subscriber.listen())))
            await asyncio.sleep(1)
            await client().publish("news", "hello")
            return (await heard)["data"]

    assert asyncio.run(main()) == "hello"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "shop.cahce.lab"}, r"Error -2 connecting to shop\.cahce\.lab:6379\. Name or service not known"),
        ({"host": HOST, "port": 6380}, r"connecting to shop\.cache\.lab:6380\. Connection refused"),
        ({"host": HOST, "ssl": True}, "SSL"),
    ],
)
def test_a_failed_connection_gives_the_library_its_own_error(
    cloud: Cloud, options: dict[str, object], message: str
) -> None:
    async def main() -> None:
        await aioredis.Redis(retry=Retry(NoBackoff(), 0), **options).get("a")  # type: ignore[arg-type]

    with pytest.raises(RedisConnectionError, match=message):
        asyncio.run(main())
    assert {event.outcome for event in told(cloud, "CONNECT")} == {"error"}


def test_a_closed_security_group_keeps_one_task_waiting_and_no_other() -> None:
    cloud = Cloud()
    cloud.cache(HOST, security_group=cloud.security_group("sg-cache"))

    async def main() -> float:
        waiting = asyncio.ensure_future(client(socket_connect_timeout=5, retry=Retry(NoBackoff(), 0)).get("a"))
        await asyncio.sleep(1)
        at = time.monotonic()
        with pytest.raises(aioredis.TimeoutError, match="Timeout connecting to server"):
            await waiting
        return at

    with cloud.active():
        assert asyncio.run(main()) == 1
    assert cloud.clock.now_ms == 5000


# The database


def test_statements_overlap_until_the_database_has_no_worker_left(cloud: Cloud) -> None:
    db = database.connect_async(host="shop.db.lab")
    many = latency.DATABASE_WORKERS + 1

    async def main() -> list[object]:
        return list(
            await asyncio.gather(*(db.query_one("SELECT price FROM products WHERE id = %s", (1,)) for _ in range(many)))
        )

    assert asyncio.run(main()) == [{"price": 12000}] * many
    assert [event.ms for event in cloud.trace.since()] == [READ_MS] * latency.DATABASE_WORKERS + [2 * READ_MS]
    assert (db.reads, db.writes, cloud.clock.now_ms) == (many, 0, 2 * READ_MS)


def test_a_write_is_seen_when_it_is_done(cloud: Cloud) -> None:
    db = database.connect_async(host="shop.db.lab")

    async def price_after(seconds: float) -> object:
        await asyncio.sleep(seconds)
        return (await db.query("SELECT price FROM products WHERE id = 1"))[0]["price"]

    async def main() -> list[object]:
        write = db.execute("UPDATE products SET price = 9900 WHERE id = 1")
        return list(await asyncio.gather(write, price_after(0), price_after(0.01)))

    assert asyncio.run(main()) == [1, 12000, 9900]


def test_a_statement_given_up_counts_and_changes_nothing(cloud: Cloud) -> None:
    db = database.connect_async(host="shop.db.lab")

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(db.execute("DELETE FROM products"), timeout=0.001)

    asyncio.run(main())
    assert [(event.op, event.outcome, event.ms) for event in cloud.trace.since()] == [("DELETE", "error", 1.0)]
    assert (db.writes, len(database.connect(host="shop.db.lab").query("SELECT * FROM products"))) == (1, 2)


def test_a_refused_statement_raises_where_it_is_awaited(cloud: Cloud) -> None:
    db = database.connect_async(host="shop.db.lab")

    async def main() -> None:
        await db.query("SELECT * FROM prodcuts")

    with pytest.raises(database.DatabaseError, match="no such table: prodcuts"):
        asyncio.run(main())
    with pytest.raises(database.DatabaseError, match="could not translate host name"):
        database.connect_async(host="shop.lab")


# Who did it


def test_the_trace_tells_named_tasks_and_clients_apart(cloud: Cloud) -> None:
    cache, db = client(), database.connect_async(host="shop.db.lab")

    async def visit() -> None:
        await cache.get("a")
        await db.query("SELECT 1")

    async def main() -> None:
        await asyncio.gather(asyncio.create_task(visit(), name="손님 1"), asyncio.create_task(visit()))
        await client(client_name="batch").get("a")

    asyncio.run(main())
    assert [event.actor for event in told(cloud, "GET")] == ["손님 1", "app", "batch"]
    assert sorted(event.actor for event in told(cloud, "SELECT")) == ["app", "손님 1"]
    assert [event.actor for event in told(cloud, "CONNECT")] == ["손님 1", "app", "batch"]


# Stopping

type Program = Callable[[], Coroutine[object, object, None]]
SPIN: dict[str, Program] = {}


def spins(function: Program) -> Program:
    SPIN[function.__name__] = function
    return function


async def spin() -> None:
    while True:
        await asyncio.sleep(0)


@spins
async def alone() -> None:
    await spin()


@spins
async def gathered() -> None:
    await asyncio.gather(spin(), asyncio.sleep(1))


@spins
async def grouped() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(spin())
        group.create_task(asyncio.sleep(10**9))


@spins
async def forgotten() -> None:
    task = asyncio.create_task(spin())
    await asyncio.sleep(10**9)
    await task


@spins
async def in_seconds() -> None:
    while True:
        await asyncio.sleep(60)


@spins
async def in_cleaning_up() -> None:
    try:
        await spin()
    finally:
        await spin()


@pytest.mark.parametrize("name", SPIN)
def test_an_endless_program_can_be_stopped(cloud: Cloud, name: str) -> None:
    function = SPIN[name]
    with pytest.raises(Stopped), _limited([spin.__code__, function.__code__]):
        asyncio.run(function())
    assert asyncio.run(asyncio.sleep(0, "sound")) == "sound"


def test_a_lab_run_reports_an_endless_coroutine_as_out_of_time() -> None:
    code = "import asyncio\nasync def main():\n    while True:\n        await asyncio.sleep(0)\nasyncio.run(main())\n"
    request = {"op": "run", "lab": "cache-hit-miss", "step": "look-first", "code": code, "accepted": {}}
    report = json.loads(service.handle(json.dumps(request), lambda stream, text: None, _limited))
    assert report["outcome"] == "deadline"
