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
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate delete-first
def change_price(product_id, price):
    cache.delete(f"product:{product_id}")
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate flush-all
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.flushall()


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate other-key
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(product_id)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate price-only
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.set(f"product:{product_id}", json.dumps({"price": price}), ex=60)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate written-without-ttl
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.set(f"product:{product_id}", json.dumps(load_product(product_id)))


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate cache-only
def change_price(product_id, price):
    product = {**get_product(product_id), "price": price}
    cache.set(f"product:{product_id}", json.dumps(product), ex=60)


def seconds_left(product_id):
    return max(cache.ttl(f"product:{product_id}"), 0)


# %% expire-and-invalidate minus-two
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(f"product:{product_id}")


def seconds_left(product_id):
    return cache.ttl(f"product:{product_id}")


# %% expire-and-invalidate milliseconds
def change_price(product_id, price):
    db.execute("UPDATE products SET price = %s WHERE id = %s", (price, product_id))
    cache.delete(f"product:{product_id}")


def seconds_left(product_id):
    return max(cache.pttl(f"product:{product_id}"), 0)
