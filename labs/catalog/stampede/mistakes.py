"""Wrong attempts at `stampede`, each with the message it must get.

What the starter prints at its end is left out. What stands before the first cell only tells ruff and mypy the names.
"""

# ruff: noqa: F401, F841, RET504 - they are mistakes

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


# %% see-the-stampede no-await
# > `get_deal(1)` 호출에서 오류가 났습니다. 값이 아니라 코루틴을 받았습니다. `async` 함수를 부를 때는 앞에 `await`를
# > 붙이세요.
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
    cached = cache.get(key)
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


# %% see-the-stampede one-by-one
# > 손님 50명 가운데 1명만 DB까지 갔습니다. 한 명씩 차례로 기다리면 첫 손님이 채운 값을 나머지가 읽습니다.
# > `asyncio.gather`로 함께 부르세요.
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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    for _ in range(visitors):
        await get_deal(deal_id)
    return db.reads - before


# %% see-the-stampede gather-not-awaited
# > 손님은 50명인데 캐시 조회는 1번입니다. `asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))`에 `await`를
# > 붙였는지 보세요.
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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))
    return db.reads - before


# %% see-the-stampede list-not-unpacked
# > `rush(2, 50)` 호출에서 오류가 났습니다. `list` 값은 키나 집합의 원소가 될 수 없습니다. `asyncio.gather`에 목록을
# > 넘겼다면 앞에 `*`를 붙여 풀어 주세요.
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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    await asyncio.gather([get_deal(deal_id) for _ in range(visitors)])
    return db.reads - before


# %% see-the-stampede never-fills
# > DB에서 읽은 뒤에도 캐시에 `deal:1` 키가 없습니다. `await cache.set(…)`으로 쓰는지 보세요.
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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    await asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))
    return db.reads - before


# %% see-the-stampede no-ttl
# > 캐시에 쓴 값의 TTL이 없습니다. `ex=TTL_SECONDS`로 60초를 정하세요.
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
    cached = await cache.get(key)
    if cached is not None:
        return json.loads(cached)
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal))
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    await asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))
    return db.reads - before


# %% see-the-stampede all-reads
# > 빈 캐시에서 `rush` 결과가 `51`인데 그동안 늘어난 DB 조회는 50회입니다. `return db.reads - before` 줄이 모두 끝난
# > 다음에 오는지 보세요.
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
    return db.reads


# %% see-the-stampede never-asks
# > `get_deal` 함수가 캐시에 묻지 않았습니다. `await cache.get(key)`로 먼저 읽어 보세요.
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
    deal = await load_deal(deal_id)
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)
    return deal


async def rush(deal_id, visitors):
    """손님 여럿이 같은 순간에 같은 상품을 엽니다. 그동안 늘어난 DB 조회 수를 돌려줍니다."""
    before = db.reads
    await asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))
    return db.reads - before


# %% jitter chosen-once
# > `spread_ttl()`이 1000번 내내 87초만 돌려주었습니다. 함수 안에서 `random`으로 고르세요.
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


CHOSEN = TTL_SECONDS + random.randint(0, JITTER_SECONDS)


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return CHOSEN


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter from-zero
# > `spread_ttl()` 결과에 0초가 있습니다. 60초보다 짧거나 90초보다 길면 안 됩니다. 0부터 `JITTER_SECONDS`까지의 수를
# > 더하세요.
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return random.randint(0, TTL_SECONDS + JITTER_SECONDS)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter too-little
# > 1000번 골랐더니 60초부터 63초까지만 나왔습니다. 60초부터 90초까지 고르게 나와야 합니다. 무작위 수의 범위를 보세요.
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return TTL_SECONDS + random.randint(0, 3)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter too-much
# > `spread_ttl()` 결과에 120초가 있습니다. 60초보다 짧거나 90초보다 길면 안 됩니다. 0부터 `JITTER_SECONDS`까지의 수를
# > 더하세요.
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return TTL_SECONDS + random.randint(0, TTL_SECONDS)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter a-fraction
# > `fill({'id': 1, 'name': '김치찌개 1호', 'price': 5100})` 호출에서 오류가 났습니다. `ex=`에는 정수를 넘깁니다.
# > 소수라면 `int(…)`로 바꾸거나 `random.randint`로 고르세요.
import random
from collections import Counter

JITTER_SECONDS = 30


async def load_deals():
    """RDS에서 할인 상품을 한 번에 모두 읽습니다."""
    return await db.query("SELECT id, name, price FROM deals ORDER BY id")


def spread_ttl():
    """60초부터 90초까지 가운데 하나를 무작위로 고릅니다. 부를 때마다 다릅니다."""
    return TTL_SECONDS + random.uniform(0, JITTER_SECONDS)


def many_ttls(count):
    return [spread_ttl() for _ in range(count)]


async def fill(deal):
    """상품 하나를 캐시에 씁니다. 상품마다 TTL이 다릅니다."""
    key = f"deal:{deal['id']}"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter fixed-ttl
# > 상품 40개의 TTL이 1가지뿐입니다. 쓸 때마다 `spread_ttl()`을 새로 불러 서로 다르게 하세요.
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
    await cache.set(key, json.dumps(deal), ex=TTL_SECONDS)


# %% jitter milliseconds
# > `deal:1` 값의 TTL이 0.063초입니다. `ex=`는 초, `px=`는 밀리초입니다.
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
    await cache.set(key, json.dumps(deal), px=spread_ttl())


# %% jitter not-awaited
# > `fill`을 부른 뒤에 캐시에 `deal:1` 키가 없습니다. 키 이름과 `await`를 보세요.
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
    cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% jitter one-key
# > `fill`을 부른 뒤에 캐시에 `deal:1` 키가 없습니다. 키 이름과 `await`를 보세요.
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
    key = "deals"
    await cache.set(key, json.dumps(deal), ex=spread_ttl())


# %% one-refills no-nx
# > 이미 있는 잠금을 덮어썼습니다. 키가 없을 때만 쓰도록 `nx=True`를 더하세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    won = await cache.set(f"lock:deal:{deal_id}", token, px=LOCK_MS)
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


# %% one-refills no-ttl
# > 잠금에 TTL이 없습니다. 얻은 앱이 멈추면 영원히 풀리지 않습니다. `px=LOCK_MS`를 더하세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    won = await cache.set(f"lock:deal:{deal_id}", token, nx=True)
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


# %% one-refills seconds-for-milliseconds
# > 잠금의 TTL이 500000ms입니다. `px=LOCK_MS`(500밀리초)로 쓰세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    won = await cache.set(f"lock:deal:{deal_id}", token, nx=True, ex=LOCK_MS)
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


# %% one-refills two-commands
# > 잠금을 얻는 데 명령을 여러 개 썼습니다(`SETNX`, `PEXPIRE`). 그 사이에 다른 요청이 끼어들거나 앱이 멈출 수 있습니다.
# > `cache.set(…, nx=True, px=LOCK_MS)` 하나로 쓰세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    lock = f"lock:deal:{deal_id}"
    won = await cache.setnx(lock, token)
    if not won:
        return None
    await cache.pexpire(lock, LOCK_MS)
    return token


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


# %% one-refills returns-the-reply
# > `acquire` 결과가 잠금에 쓴 값과 다릅니다. 풀 때 견줄 수 있도록 쓴 `token`을 그대로 돌려주세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    return await cache.set(f"lock:deal:{deal_id}", token, nx=True, px=LOCK_MS)


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


# %% one-refills one-lock-for-all
# > `acquire(1)`를 부른 뒤에 캐시에 `lock:deal` 키가 있습니다. `lock:deal:1` 키에 `token`을 쓰세요.
import secrets

LOCK_MS = 500
MOST_TRIES = 50


def new_token():
    return secrets.token_hex(8)


async def acquire(deal_id):
    """잠금을 얻으면 나만 아는 token을, 얻지 못하면 None을 돌려줍니다."""
    token = new_token()
    won = await cache.set("lock:deal", token, nx=True, px=LOCK_MS)
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


# %% one-refills releases-any
# > 남의 잠금을 지웠습니다. 내 잠금이 만료된 사이에 다른 요청이 얻은 잠금일 수 있습니다. 잠금에 든 값이 `token`과 같을
# > 때만 지우세요.
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


# %% one-refills never-releases
# > 내 잠금을 풀지 않았습니다. 잠금에 든 값이 `token`과 같으면 `await cache.delete(lock)`으로 지우세요.
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
        print("다 채웠습니다")


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


# %% one-refills no-rest
# > 손님 50명이 기다리는 동안 캐시에 명령을 762번 보냈습니다. 쉬지 않고 다시 물으면 캐시가 바빠집니다. 다시 보기 전에
# > `await asyncio.sleep(0.02)`로 기다리세요.
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
    return await load_deal(deal_id)  # 1초를 기다려도 없으면 직접 읽습니다.


# %% one-refills long-rest
# > 값이 채워진 뒤에도 오래 기다렸습니다. `asyncio.sleep(0.02)`처럼 짧게 기다렸다가 다시 보세요.
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
        await asyncio.sleep(2)
    return await load_deal(deal_id)  # 1초를 기다려도 없으면 직접 읽습니다.


# %% one-refills reads-anyway
# > 손님 50명이 몰리자 DB를 50번 읽었습니다. 한 번이어야 합니다. 잠금을 얻지 못한 요청이 DB로 가지 않는지 보세요.
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
        return await refill(deal_id, token)
    return await load_deal(deal_id)  # 1초를 기다려도 없으면 직접 읽습니다.


# %% prewarm not-awaited
# > `prewarm`이 끝났는데 상품 40개 가운데 40개가 캐시에 없습니다. 첫 번째는 `deal:1`입니다. 모든 상품에 `await
# > fill(deal)`을 부르는지 보세요.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    for deal in deals:
        fill(deal)
    return len(deals)


# %% prewarm same-ttl
# > 미리 쓴 상품 40개의 TTL이 1가지뿐입니다. 한꺼번에 쓰면 한꺼번에 만료됩니다. `fill`로 써서 TTL을 흩뜨리세요.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    for deal in deals:
        await cache.set(f"deal:{deal['id']}", json.dumps(deal), ex=TTL_SECONDS)
    return len(deals)


# %% prewarm first-only
# > `prewarm`이 끝났는데 상품 40개 가운데 39개가 캐시에 없습니다. 첫 번째는 `deal:2`입니다. 모든 상품에 `await
# > fill(deal)`을 부르는지 보세요.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    await fill(deals[0])
    return len(deals)


# %% prewarm no-count
# > `prewarm()` 결과가 `None`입니다. 쓴 상품의 수를 돌려주세요. 여기서는 40입니다.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    await asyncio.gather(*(fill(deal) for deal in deals))


# %% prewarm lost-await
# > `prewarm()` 호출에서 오류가 났습니다. 값이 아니라 코루틴을 받았습니다. `async` 함수를 부를 때는 앞에 `await`를
# > 붙이세요.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = load_deals()
    await asyncio.gather(*(fill(deal) for deal in deals))
    return len(deals)


# %% prewarm load-again-and-again
# > `prewarm`이 DB를 81번 읽었습니다. `load_deals()`로 한 번에 읽으세요.
async def prewarm():
    """행사 상품을 모두 캐시에 미리 씁니다. 쓴 상품의 수를 돌려줍니다."""
    deals = await load_deals()
    for deal in deals:
        for other in await load_deals():
            if other["id"] == deal["id"]:
                await fill(await load_deal(deal["id"]))
    return len(deals)
