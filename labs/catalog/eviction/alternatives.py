"""Right answers to `eviction` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
"""

# ruff: noqa: SIM105 - contextlib would be one more thing to explain

import contextlib
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def memory_percent():
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    return last - first + 1


def set_policy(policy):
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": policy}],
    )


def volatile_keys():
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


TTL_SECONDS = 600


# %% survive-full suppress
import contextlib
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    if cached := cache.get(key):
        return json.loads(cached)
    book = load_book(book_id)
    with contextlib.suppress(redis.RedisError):
        cache.set(key, json.dumps(book))
    return book


def memory_percent():
    memory = cache.info()
    return round(100 * memory["used_memory"] / memory["maxmemory"], 2)


def show_books(first, last):
    return sum(1 for book_id in range(first, last + 1) if get_book(book_id))


# %% survive-full return-in-except
import json

import redis
from redis.exceptions import OutOfMemoryError

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
        return book
    except OutOfMemoryError as error:
        print("캐시에 담지 못했습니다:", error)
        return book


def memory_percent():
    used = cache.info("memory")["used_memory"]
    limit = cache.info("memory")["maxmemory"]
    return used * 100 / limit


def show_books(first, last):
    shown = 0
    for book_id in range(first, last + 1):
        get_book(book_id)
        shown += 1
    return shown


# %% protect-carts lfu
TTL_SECONDS = 600


def set_policy(policy):
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": policy}],
    )


def save_cart(user, book_ids):
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), px=TTL_SECONDS * 1000)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    set_policy("volatile-lfu")


# %% protect-carts setex
import contextlib


def set_policy(policy):
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": policy}],
    )


def save_cart(user, book_ids):
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    with contextlib.suppress(redis.RedisError):
        cache.setex(key, 600, json.dumps(book))
    return book


def open_shop():
    set_policy(policy="volatile-lru")


# %% protect-carts expire-afterwards
TTL_SECONDS = 600


def set_policy(policy):
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": policy}],
    )


def save_cart(user, book_ids):
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        with cache.pipeline() as pipe:
            pipe.set(key, json.dumps(book))
            pipe.expire(key, TTL_SECONDS)
            pipe.execute()
    except redis.exceptions.RedisError:
        pass
    return book


def open_shop():
    set_policy("volatile-lru")


# %% expire-or-evict everything
def metrics():
    info = cache.info()
    hits, misses = info["keyspace_hits"], info["keyspace_misses"]
    return {
        "Evictions": info["evicted_keys"],
        "Reclaimed": info["expired_keys"],
        "CacheHitRate": hits / max(hits + misses, 1),
        "DatabaseMemoryUsagePercentage": info["used_memory"] / info["maxmemory"] * 100,
    }


# %% expire-or-evict rounded
def metrics():
    stats = cache.info("stats")
    result = {
        "Evictions": int(stats["evicted_keys"]),
        "Reclaimed": int(stats["expired_keys"]),
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }
    try:
        rate = stats["keyspace_hits"] / (stats["keyspace_hits"] + stats["keyspace_misses"])
    except ZeroDivisionError:
        rate = 0.0
    result["CacheHitRate"] = round(rate, 4)
    return result


# %% choose-remedy difference-first
def volatile_keys():
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    evicted = after["Evictions"] - before["Evictions"]
    percent = after["DatabaseMemoryUsagePercentage"]
    if evicted:
        return "scale-up"
    if percent < 80 or volatile_keys():
        return "ok"
    return "check-ttl"


# %% choose-remedy match
def volatile_keys():
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    match (
        after["Evictions"] > before["Evictions"],
        after["DatabaseMemoryUsagePercentage"] >= 80 and not volatile_keys(),
    ):
        case (True, _):
            return "scale-up"
        case (False, True):
            return "check-ttl"
    return "ok"
