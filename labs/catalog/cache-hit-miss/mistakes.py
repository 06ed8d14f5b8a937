"""Typical wrong attempts at `cache-hit-miss`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

# ruff: noqa: RET503, RET504 - they are mistakes

import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


# %% look-first database-first
# > DB를 먼저 읽고 나서 캐시에 물었습니다. 캐시를 먼저 읽고, 없을 때만 DB로 가도록 순서를 바꾸세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    product = load_product(product_id)
    cached = cache.get(f"product:{product_id}")
    if cached is not None:
        return json.loads(cached)
    return product


# %% look-first other-key
# > 캐시에 `products/1` 키를 물었습니다. 약속한 키는 `product:1`입니다. 키 이름을 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    cached = cache.get(f"products/{product_id}")
    if cached is not None:
        return json.loads(cached)
    return load_product(product_id)


# %% look-first text-not-dict
# > `get_product(1)` 결과가 글자입니다. `json.loads`를 써서 `dict`로 바꾸어 돌려주세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    cached = cache.get(f"product:{product_id}")
    if cached is not None:
        return cached
    return load_product(product_id)


# %% look-first cache-only
# > 캐시에 없는 상품인데 DB를 읽지 않았습니다. 미스일 때 `load_product`를 부르는지 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    cached = cache.get(f"product:{product_id}")
    if cached is not None:
        return json.loads(cached)


# %% look-first no-miss-test
# > `get_product(2)` 호출에서 오류가 났습니다. `json.loads`에 `None`이 들어왔습니다. 캐시 미스일 때 `cache.get`은
# > `None`을 돌려줍니다. 먼저 `None`인지 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    return json.loads(cache.get(f"product:{product_id}"))


# %% look-first hit-not-returned
# > 캐시에 있는 상품인데 DB도 읽었습니다(DB 조회 1회). 값이 있으면 거기서 바로 `return` 하는지 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    cached = cache.get(f"product:{product_id}")
    if cached is not None:
        json.loads(cached)
    return load_product(product_id)


# %% look-first hard-coded
# > 다른 데이터로 바꾸어 다시 확인했습니다. `get_product(31)` 결과가 `{'id': 1, 'name': '머그컵', 'price':
# > 12000}`입니다. `{'id': 31, 'name': '우산', 'price': 15500}`이어야 합니다. `return` 줄을 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    if cache.get(f"product:{product_id}"):
        return {"id": 1, "name": "머그컵", "price": 12000}
    return load_product(product_id)


# %% look-first misspelt-host
# > `shop.cahce.lab` 이름의 서버를 찾지 못했습니다. 엔드포인트 주소의 철자를 보세요.
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cahce.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    cached = cache.get(f"product:{product_id}")
    if cached is not None:
        return json.loads(cached)
    return load_product(product_id)


print(get_product(1))


# %% fill-on-miss never-written
# > DB에서 읽은 뒤에도 캐시가 비어 있습니다. `return` 앞에서 `cache.set(key, …)`으로 쓰는지 보세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss no-ttl
# > 캐시에 쓴 값에 TTL이 없습니다. `cache.set`에 `ex=TTL_SECONDS`를 더하세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product))
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss milliseconds
# > TTL이 0.06초로 너무 짧습니다. `ex=`는 초, `px=`는 밀리초입니다. `TTL_SECONDS`를 초로 넘겼는지 보세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), px=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss ttl-too-long
# > TTL이 3600초로 너무 깁니다. `TTL_SECONDS`(60초)를 그대로 쓰세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60 * 60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss dict-not-json
# > `get_product(1)` 호출에서 오류가 났습니다. 캐시에는 글자, 숫자, 바이트만 쓸 수 있는데 `dict` 값을 넘겼습니다.
# > `json.dumps`로 글자로 바꾸세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, product, ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss str-not-json
# > `get_product(1)` 호출에서 오류가 났습니다. JSON이 아닌 글자를 `json.loads`로 읽었습니다. 캐시에 쓸 때 `json.dumps`로
# > 바꾸었는지 보세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, str(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss other-key
# > 캐시에 `1` 키로 썼습니다. 읽을 때와 같은 `product:1` 키로 써야 합니다.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(product_id, json.dumps(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss written-before-read
# > `get_product(1)` 결과가 `None`입니다. `{'id': 1, 'name': '머그컵', 'price': 12000}`이어야 합니다. `return` 줄을
# > 보세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    cache.set(key, json.dumps(None), ex=60)
    return load_product(product_id)


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss extended-by-hits
# > 처음 쓰고 61초가 지났는데도 캐시의 값을 돌려주었습니다. 히트일 때 다시 써서 TTL이 늘어나지 않았는지 보세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        cache.expire(key, 60)
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss miss-rate
# > 조회 3번 가운데 2번이 히트인데 적중률이 33.3%입니다. 히트 수를 전체 조회 수(히트 + 미스)로 나누세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_misses"] / lookups if lookups else 0


# %% fill-on-miss hits-over-misses
# > 조회 2번 가운데 1번이 히트인데 적중률이 100.0%입니다. 히트 수를 전체 조회 수(히트 + 미스)로 나누세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    if not stats["keyspace_misses"]:
        return 0
    return stats["keyspace_hits"] / stats["keyspace_misses"]


# %% fill-on-miss zero-division
# > `hit_rate()` 호출에서 오류가 났습니다. 0으로 나누었습니다. 조회가 한 번도 없을 때처럼 나누는 수가 0인 때를 먼저
# > 처리하세요.
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


def hit_rate():
    stats = cache.info("stats")
    return stats["keyspace_hits"] / (stats["keyspace_hits"] + stats["keyspace_misses"])


# %% expire-and-invalidate stale
# > 가격을 바꾼 뒤에도 옛 가격 12000이 보입니다. 캐시에 남은 `product:1` 값을 지우는지 보세요.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate delete-first
# > 캐시를 먼저 지우고 DB를 바꾸었습니다. 그 사이에 다른 서버가 옛 값을 다시 채울 수 있습니다. DB를 먼저 바꾸세요.
def change_price(product_id, price):
    cache.delete(f"product:{product_id}")
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate flush-all
# > 가격을 바꾸지 않은 `product:2` 값까지 캐시에서 사라졌습니다. `flushall`처럼 모두 지우는 명령 대신 키 하나만
# > 지우세요.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.flushall()


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate other-key
# > 가격을 바꾼 뒤에도 옛 가격 12000이 보입니다. 캐시에 남은 `product:1` 값을 지우는지 보세요.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(product_id)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate price-only
# > 가격을 바꾼 뒤 조회한 결과가 `{'price': 9900}`입니다. `{'id': 1, 'name': '머그컵', 'price': 9900}`이어야 합니다.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.set(f"product:{product_id}", json.dumps({"price": price}), ex=60)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate written-without-ttl
# > DB만 바뀐 가격이 61초가 지나도 보이지 않습니다. 캐시에 새 값을 쓴다면 TTL(`ex=TTL_SECONDS`)도 다시 거는지 보세요.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.set(f"product:{product_id}", json.dumps(load_product(product_id)))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate cache-only
# > `change_price` 함수가 DB를 바꾸지 않았습니다. `UPDATE` 문을 지우지 않았는지 보세요.
def change_price(product_id, price):
    product = {**get_product(product_id), "price": price}
    cache.set(f"product:{product_id}", json.dumps(product), ex=60)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate minus-two
# > 캐시에 없는 상품인데 `seconds_left` 결과가 `-2`입니다. 0이어야 합니다. `cache.ttl`은 키가 없으면 -2를 돌려줍니다.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(f"product:{product_id}")


def seconds_left(product_id):
    return cache.ttl(f"product:{product_id}")


# %% expire-and-invalidate milliseconds
# > 캐시에 쓰고 20초가 지났는데 `seconds_left` 결과가 `39999`입니다. 40이어야 합니다. `cache.ttl(키)`이 남은 초를 알려
# > 줍니다.
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(f"product:{product_id}")


def seconds_left(product_id):
    return max(cache.pttl(f"product:{product_id}"), 0)
