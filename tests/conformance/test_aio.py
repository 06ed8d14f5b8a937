"""Concurrent programs: real asyncio with a real redis-server, and the simulation, come to the same results.

Results only: how long things take is the simulation's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import redis.asyncio as aioredis

from labs.cloud.cloud import Cloud

pytestmark = pytest.mark.server

HOST = "sim.cache.lab"

type Connect = Callable[[], aioredis.Redis]
type Program = Callable[[Connect], Awaitable[object]]


def both(port: int, program: Program) -> tuple[object, object]:
    """What a program comes to on a real server, and here. Each begins with an empty cache."""

    async def real() -> object:
        clients: list[aioredis.Redis] = []

        def connect() -> aioredis.Redis:
            clients.append(aioredis.Redis(port=port, decode_responses=True))
            return clients[-1]

        try:
            await connect().flushall()
            return await program(connect)
        finally:
            for client in clients:
                await client.aclose()

    async def simulated() -> object:
        return await program(lambda: aioredis.Redis(host=HOST, decode_responses=True))

    cloud = Cloud()
    cloud.cache(HOST)
    with cloud.active():
        here = asyncio.run(simulated())
    return asyncio.run(real()), here


async def one_lock_for_many(connect: Connect) -> object:
    cache = connect()

    async def contend(token: str) -> bool:
        if not await cache.set("lock", token, nx=True, px=5000):
            return False
        await asyncio.sleep(0.05)
        if await cache.get("lock") == token:
            await cache.delete("lock")
        return True

    won = await asyncio.gather(*(contend(str(number)) for number in range(30)))
    return sum(won), await cache.exists("lock"), await cache.set("lock", "again", nx=True, px=5000)


async def a_lock_that_expires(connect: Connect) -> object:
    cache = connect()
    first = await cache.set("lock", "a", nx=True, px=60)
    second = await cache.set("lock", "b", nx=True, px=60)
    await asyncio.sleep(0.3)
    third = await cache.set("lock", "c", nx=True, px=5000)
    return first, second, third, await cache.get("lock")


async def one_refills(connect: Connect) -> object:
    cache, reads = connect(), 0

    async def get() -> str:
        nonlocal reads
        while True:
            found = await cache.get("value")
            if found is not None:
                return str(found)
            if await cache.set("lock", "1", nx=True, px=5000):
                break
            await asyncio.sleep(0.02)
        # Between the look and the lock another one may have filled it and gone.
        if (filled := await cache.get("value")) is not None:
            await cache.delete("lock")
            return str(filled)
        reads += 1
        await asyncio.sleep(0.05)
        await cache.set("value", "from the database", ex=60)
        await cache.delete("lock")
        return "from the database"

    return set(await asyncio.gather(*(get() for _ in range(30)))), reads


async def many_reads_at_once(connect: Connect) -> object:
    cache = connect()
    await cache.mset({f"k{number}": number for number in range(0, 50, 2)})
    return await asyncio.gather(*(cache.get(f"k{number}") for number in range(50)))


async def many_add_to_one(connect: Connect) -> object:
    cache = connect()
    replies = await asyncio.gather(*(cache.incr("n") for _ in range(80)))
    return sorted(replies), await cache.get("n")


async def transactions_side_by_side(connect: Connect) -> object:
    cache = connect()

    async def both_or_none(value: int) -> object:
        async with cache.pipeline(transaction=True) as pipe:
            pipe.set("a", value)
            pipe.get("a")
            pipe.incr("count")
            replies = await pipe.execute()
        return replies[1] == str(value)

    kept = await asyncio.gather(*(both_or_none(number) for number in range(20)))
    return all(kept), await cache.get("count")


async def a_watched_key_changed_by_another(connect: Connect) -> object:
    mine, other = connect(), connect()
    await mine.set("stock", 5)
    async with mine.pipeline() as pipe:
        await pipe.watch("stock")
        await other.decr("stock")
        pipe.multi()  # type: ignore[no-untyped-call]
        pipe.set("stock", 4)
        try:
            await pipe.execute()
        except aioredis.WatchError as error:
            return type(error).__name__, await mine.get("stock")
    return "executed"


async def errors_reach_their_own_task(connect: Connect) -> object:
    cache = connect()
    await cache.rpush("list", "a")
    replies = await asyncio.gather(
        cache.get("list"),
        cache.llen("list"),
        cache.execute_command("NOSUCH", "x"),  # type: ignore[no-untyped-call]
        return_exceptions=True,
    )
    return [(type(reply).__name__, str(reply)) for reply in replies]


async def a_read_given_up(connect: Connect) -> object:
    cache = connect()
    try:
        await asyncio.wait_for(cache.blpop(["empty"], timeout=30), timeout=0.1)
    except TimeoutError as error:
        given_up = type(error).__name__
    await cache.set("a", "1")
    return given_up, await cache.get("a")


async def a_message_to_another_task(connect: Connect) -> object:
    heard = asyncio.Event()

    async def listen() -> object:
        async with connect().pubsub() as subscriber:
            await subscriber.subscribe("news")
            async for message in subscriber.listen():
                if message["type"] == "subscribe":
                    heard.set()
                else:
                    return message["data"]
        return None

    listening = asyncio.create_task(listen())
    await heard.wait()
    receivers = await connect().publish("news", "hello")
    return receivers, await listening


PROGRAMS: list[Program] = [
    one_lock_for_many,
    a_lock_that_expires,
    one_refills,
    many_reads_at_once,
    many_add_to_one,
    transactions_side_by_side,
    a_watched_key_changed_by_another,
    errors_reach_their_own_task,
    a_read_given_up,
    a_message_to_another_task,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_concurrent_program_comes_to_the_same(real_port: int, program: Program) -> None:
    real, simulated = both(real_port, program)
    assert simulated == real
