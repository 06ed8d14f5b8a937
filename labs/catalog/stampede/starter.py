"""캐시 스탬피드

한꺼번에 나는 미스를 눈으로 보고, TTL 흩뜨리기, 잠금, 미리 채우기로 DB를 지킵니다.
"""

# ruff: noqa: F401, F841, RET504 - a starter has gaps

# %% see-the-stampede rev=1 title="한꺼번에 미스를 내 보기"
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
    # 여기를 채우세요: 캐시에 먼저 묻고, 없으면 DB에서 읽어 TTL_SECONDS초 동안 씁니다.
    return await load_deal(deal_id)


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    # 여기를 채우세요: get_deal(deal_id)를 visitors번 함께 부르고, 모두 끝날 때까지 기다립니다.
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

# %% jitter rev=1 title="TTL 흩뜨리기"
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    # 여기를 채우세요: TTL_SECONDS에 0부터 JITTER_SECONDS까지의 무작위 수를 더합니다.
    return TTL_SECONDS


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    # 여기를 채우세요: 상품을 JSON 글자로 바꾸어 씁니다. TTL은 spread_ttl()로 정합니다.


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

# %% one-refills rev=1 title="한 요청만 채우기"
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    # 여기를 채우세요: lock:deal:<상품 번호> 키가 없을 때만 token을 씁니다.
    # TTL은 LOCK_MS밀리초입니다. 쓰지 못했으면 None을 돌려줍니다.
    return token


async def release(deal_id, token):
    """내 token이 들어 있는 잠금만 지웁니다."""
    lock = f"lock:deal:{deal_id}"
    # 여기를 채우세요: 잠금에 든 값이 token과 같을 때만 지웁니다.
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
        # 여기를 채우세요: 다른 요청이 채우는 중입니다. 0.02초 기다렸다가 다시 봅니다.
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


# %% prewarm rev=1 title="행사 전에 미리 채우기"
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    # 여기를 채우세요: load_deals()로 한 번에 읽어, 상품마다 fill로 씁니다.
    return 0


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
