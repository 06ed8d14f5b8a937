"""캐시 스탬피드: 정답"""

# %% see-the-stampede
import asyncio
import json
import time

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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    await asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))
    return db.reads - before


async def report(title):
    started = time.perf_counter()
    reads = await rush(1, 50)
    ms = (time.perf_counter() - started) * 1000
    print(f"{title}: 손님 50명, DB 조회 {reads}회, 가장 늦은 응답 {ms:.1f}ms")


async def main():
    await report("빈 캐시")
    await report("채워진 캐시")
    await asyncio.sleep(TTL_SECONDS + 1)
    await report("61초 뒤")


asyncio.run(main())

# %% jitter
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return TTL_SECONDS + random.randint(0, JITTER_SECONDS)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


async def main():
    deals = await load_deals()
    await asyncio.gather(*(fill(deal) for deal in deals))
    ttls = [await cache.ttl(f"deal:{deal['id']}") for deal in deals]
    expiring = Counter(ttl // 5 * 5 for ttl in ttls)
    many = many_ttls(1000)
    print(f"천 번 고르면 {min(many)}초부터 {max(many)}초까지")
    print(f"상품 {len(deals)}개가 만료되는 때")
    for second in range(55, 95, 5):
        print(f"{second}초 뒤 {expiring[second]:3}개 {'█' * expiring[second]}")


asyncio.run(main())

# %% one-refills
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
    if await cache.get(lock) == token:
        await cache.delete(lock)


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


async def main():
    await report("빈 캐시")
    await asyncio.sleep(TTL_SECONDS + JITTER_SECONDS + 1)
    await report("91초 뒤")

    # 다른 서버가 잠금을 얻은 채 멈추었습니다.
    await cache.delete("deal:1")
    await cache.set("lock:deal:1", "멈춘 서버", nx=True, px=LOCK_MS)
    started = time.perf_counter()
    reads = await rush(1, 3)
    ms = (time.perf_counter() - started) * 1000
    print(f"서버가 멈춘 뒤: 손님 3명, DB 조회 {reads}회, 가장 늦은 응답 {ms:.0f}ms")


asyncio.run(main())


# %% prewarm
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    await asyncio.gather(*(fill(deal) for deal in deals))
    return len(deals)


async def open_event(deals, visitors):
    """상품마다 손님 visitors명이 함께 엽니다. 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    requests = [get_deal(deal["id"]) for deal in deals for _ in range(visitors)]
    await asyncio.gather(*requests)
    return db.reads - before


async def main():
    deals = await load_deals()
    print(f"채우지 않고 열면 DB 조회 {await open_event(deals, 2)}회")
    await cache.delete(*(f"deal:{deal['id']}" for deal in deals))

    before = db.reads
    count = await prewarm()
    print(f"행사 전에 {count}개를 채우며 DB 조회 {db.reads - before}회")
    print(f"채우고 나서 열면 DB 조회 {await open_event(deals, 2)}회")


asyncio.run(main())
