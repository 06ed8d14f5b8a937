"""Right answers to `stampede` that are not the solution: each must pass.

What the starter prints at its end is left out. What stands before the first cell only tells ruff and mypy the names.
"""

# ruff: noqa: F401 - the cells are those of the starter

import asyncio
import json
import random
import secrets

import redis.asyncio as redis

from labs.cloud import database

TTL_SECONDS, JITTER_SECONDS, LOCK_MS = 60, 30, 500
cache = redis.Redis(host="deal.cache.lab", port=6379, decode_responses=True)
db = database.connect_async(host="deal.db.lab")


async def load_deal(deal_id): ...
async def load_deals(): ...
async def get_deal(deal_id): ...
def spread_ttl(): ...
async def fill(deal): ...


# %% see-the-stampede group
import asyncio
import json

import redis.asyncio as redis

from labs.cloud import database

TTL_SECONDS = 60

cache = redis.Redis(host="deal.cache.lab", port=6379, decode_responses=True)
db = database.connect_async(host="deal.db.lab")


async def load_deal(deal_id):
    """RDS에서 할인 상품을 읽습니다. 없는 상품이면 None을 돌려줍니다."""
    sql = "SELECT id, name, price FROM deals WHERE id = %s"
    return await db.query_one(sql, (deal_id,))


async def get_deal(deal_id):
    """손님 한 명의 요청을 처리합니다."""
    key = f"deal:{deal_id}"
    if (found := await cache.get(key)) is not None:
        return json.loads(found)
    deal = await load_deal(deal_id)
    await cache.setex(key, TTL_SECONDS, json.dumps(deal))
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    async with asyncio.TaskGroup() as group:
        for _ in range(visitors):
            group.create_task(get_deal(deal_id))
    return db.reads - before


# %% see-the-stampede tasks
import asyncio
import json

import redis.asyncio as redis

from labs.cloud import database

TTL_SECONDS = 60

cache = redis.Redis(host="deal.cache.lab", port=6379, decode_responses=True)
db = database.connect_async(host="deal.db.lab")


async def load_deal(deal_id):
    """RDS에서 할인 상품을 읽습니다. 없는 상품이면 None을 돌려줍니다."""
    sql = "SELECT id, name, price FROM deals WHERE id = %s"
    return await db.query_one(sql, (deal_id,))


async def get_deal(deal_id):
    """손님 한 명의 요청을 처리합니다."""
    key = f"deal:{deal_id}"
    found = await cache.get(key)
    if found is None:
        deal = await load_deal(deal_id)
        await cache.set(key, json.dumps(deal), px=TTL_SECONDS * 1000)
        return deal
    return json.loads(found)


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    tasks = [asyncio.create_task(get_deal(deal_id)) for _ in range(visitors)]
    await asyncio.wait(tasks)
    return db.reads - before


# %% jitter randrange
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return random.randrange(TTL_SECONDS, TTL_SECONDS + JITTER_SECONDS + 1)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.setex(key, spread_ttl(), json.dumps(deal))


# %% jitter random
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return TTL_SECONDS + int(random.random() * (JITTER_SECONDS + 1))


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal, ensure_ascii=False), px=spread_ttl() * 1000)


# %% one-refills watched
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    won = await cache.set(f"lock:deal:{deal_id}", token, nx=True, px=LOCK_MS)
    return token if won else None


async def release(deal_id, token):
    """내 token이 들어 있는 잠금만 지웁니다."""
    lock = f"lock:deal:{deal_id}"
    async with cache.pipeline() as pipe:
        await pipe.watch(lock)
        if await pipe.get(lock) == token:
            pipe.multi()
            pipe.delete(lock)
            await pipe.execute()


async def refill(deal_id, token):
    """잠금을 얻은 요청이 DB에서 읽어 채우고, 잠금을 풉니다."""
    try:
        deal = await load_deal(deal_id)
        if deal is not None:
            await fill(deal)
        return deal
    finally:
        await release(deal_id, token)


async def get_deal(deal_id):
    for _ in range(MOST_TRIES):
        cached = await cache.get(f"deal:{deal_id}")
        if cached is not None:
            return json.loads(cached)
        token = await acquire(deal_id)
        if token is not None:
            return await refill(deal_id, token)
        await asyncio.sleep(0.02)
    return await load_deal(deal_id)  # 1초를 기다려도 없으면 직접 읽습니다.


# %% one-refills looks-again
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    lock = f"lock:deal:{deal_id}"
    if not await cache.set(lock, token, px=LOCK_MS, nx=True):
        return None
    return token


async def release(deal_id, token):
    """내 token이 들어 있는 잠금만 지웁니다."""
    lock = f"lock:deal:{deal_id}"
    if await cache.get(lock) == token:
        await cache.delete(lock)


async def refill(deal_id, token):
    """잠금을 얻은 요청이 DB에서 읽어 채우고, 잠금을 풉니다."""
    try:
        cached = await cache.get(f"deal:{deal_id}")
        if cached is not None:
            return json.loads(cached)
        deal = await load_deal(deal_id)
        if deal is not None:
            await fill(deal)
        return deal
    finally:
        await release(deal_id, token)


async def get_deal(deal_id):
    for _ in range(MOST_TRIES):
        cached = await cache.get(f"deal:{deal_id}")
        if cached is not None:
            return json.loads(cached)
        token = await acquire(deal_id)
        if token is not None:
            return await refill(deal_id, token)
        await asyncio.sleep(random.uniform(0.01, 0.05))
    return await load_deal(deal_id)  # 1초를 기다려도 없으면 직접 읽습니다.


# %% prewarm one-after-another
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    for deal in deals:
        await fill(deal)
    return len(deals)


# %% prewarm pipeline
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    async with cache.pipeline(transaction=False) as pipe:
        for deal in deals:
            pipe.set(f"deal:{deal['id']}", json.dumps(deal), ex=spread_ttl())
        await pipe.execute()
    return len(deals)


# %% prewarm by-visits
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    for deal in deals:
        await get_deal(deal["id"])
    return len(deals)
