"""Right answers to `cache-hit-miss` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
"""

import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


TTL_SECONDS = 60


def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=60)
    return product


# %% look-first walrus
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    if found := cache.get(f"product:{product_id}"):
        return json.loads(found)
    return load_product(product_id)


# %% look-first exists-then-get
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    key = f"product:{product_id}"
    if cache.exists(key):
        return json.loads(cache.get(key))
    return load_product(product_id)


# %% look-first bytes
import json

import redis

from labs.cloud import database

cache = redis.Redis(host="shop.cache.lab", port=6379)
db = database.connect(host="shop.db.lab")


def load_product(product_id):
    return db.query_one("SELECT id, name, price FROM products WHERE id = %s", (product_id,))


def get_product(product_id):
    found = cache.get("product:" + str(product_id))
    return load_product(product_id) if found is None else json.loads(found)


# %% fill-on-miss setex
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.setex(key, 60, json.dumps(product))
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% fill-on-miss pipeline
def get_product(product_id):
    key = f"product:{product_id}"
    try:
        return json.loads(cache.get(key))
    except TypeError:
        product = load_product(product_id)
        with cache.pipeline() as pipe:
            pipe.set(key, json.dumps(product))
            pipe.expire(key, 60)
            pipe.execute()
        return product


def hit_rate():
    everything = cache.info()
    hits = everything["keyspace_hits"]
    try:
        return hits / (hits + everything["keyspace_misses"])
    except ZeroDivisionError:
        return 0.0


# %% fill-on-miss timedelta
from datetime import timedelta


def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    cache.set(key, json.dumps(product), ex=timedelta(minutes=1))
    return product


def hit_rate():
    stats = cache.info("stats")
    return round(stats["keyspace_hits"] / max(stats["keyspace_hits"] + stats["keyspace_misses"], 1), 4)


# %% fill-on-miss not-for-absent
def get_product(product_id):
    key = f"product:{product_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    product = load_product(product_id)
    if product is not None:
        cache.set(key, json.dumps(product), px=60_000, nx=True)
    return product


def hit_rate():
    stats = cache.info("stats")
    lookups = stats["keyspace_hits"] + stats["keyspace_misses"]
    return stats["keyspace_hits"] / lookups if lookups else 0


# %% expire-and-invalidate write-through
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.set(f"product:{product_id}", json.dumps(load_product(product_id)), ex=TTL_SECONDS)


def seconds_left(product_id):
    left = cache.ttl(f"product:{product_id}")
    return left if left > 0 else 0


# %% expire-and-invalidate unlink
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.unlink(f"product:{product_id}")


def seconds_left(product_id):
    return max(0, cache.pttl(f"product:{product_id}") / 1000)


# %% expire-and-invalidate refill-at-once
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(f"product:{product_id}")
    get_product(product_id)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)
