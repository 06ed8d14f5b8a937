"""Right answers to `redis-vs-memcached` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
"""

# ruff: noqa: F401 - a cell keeps what its starter imports

import hashlib
import json
import random
import time
import zlib

import redis
from pymemcache.client.base import Client
from pymemcache.client.hash import HashClient
from pymemcache.client.rendezvous import RendezvousHash
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import database

NODES = [("mc-0001.cache.lab", 11211), ("mc-0002.cache.lab", 11211), ("mc-0003.cache.lab", 11211)]
TTL_SECONDS = 300
RANK = "sold:today"
cache = HashClient(NODES)
db = database.connect(host="books.db.lab")
rank = redis.Redis(host="rank.cache.lab", decode_responses=True)
reader = redis.Redis(host="rank-ro.cache.lab", decode_responses=True)


def load_book(book_id):
    return db.query_one("SELECT id, title, price FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    return load_book(book_id)


# %% share-keys bytes-and-client
import json
from collections import Counter

from pymemcache.client.hash import HashClient

from labs.cloud import database

NODES = [
    ("mc-0001.cache.lab", 11211),
    ("mc-0002.cache.lab", 11211),
    ("mc-0003.cache.lab", 11211),
]
BOOKS = range(1, 25)
TTL_SECONDS = 300

cache = HashClient(NODES)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책을 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one(
        "SELECT id, title, price FROM books WHERE id = %s",
        (book_id,),
    )


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    value = json.dumps(book, ensure_ascii=False).encode()
    cache.set(key, value, TTL_SECONDS, noreply=False)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    node = cache.hasher.get_node(f"book:{book_id}")
    return node.partition(":")[0]


# %% share-keys hash-by-hand
import json
from collections import Counter

from pymemcache.client.hash import HashClient

from pymemcache.client.rendezvous import RendezvousHash

from labs.cloud import database

NODES = [
    ("mc-0001.cache.lab", 11211),
    ("mc-0002.cache.lab", 11211),
    ("mc-0003.cache.lab", 11211),
]
BOOKS = range(1, 25)
TTL_SECONDS = 300

cache = HashClient(NODES)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책을 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one(
        "SELECT id, title, price FROM books WHERE id = %s",
        (book_id,),
    )


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    cache.set(key, json.dumps(book), expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    picker = RendezvousHash([f"{host}:{port}" for host, port in NODES])
    return picker.get_node(f"book:{book_id}")


# %% lose-a-node give-up-at-once
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(
        nodes,
        ignore_exc=True,
        retry_attempts=0,
        dead_timeout=30,
        timeout=0.5,
    )


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = cache.get_many(keys)
    return len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node one-by-one
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    hits = 0
    for key in keys:
        if cache.get(key) is not None:
            hits += 1
    return hits / len(keys)


cache = open_cache(NODES)

# %% add-a-node one-by-one
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    place = number % len(nodes)
    return list(nodes)[place]


def open_empty(nodes, hasher):
    """이 해시를 쓰는 클라이언트를 만들고, 노드를 모두 비웁니다."""
    client = HashClient(
        nodes,
        hasher=hasher,
        default_noreply=False,
        ignore_exc=True,
    )
    client.flush_all()
    return client


def moved_share(hasher, book_ids):
    """노드가 셋에서 넷이 되면 찾지 못하게 되는 키의 비율입니다."""
    four = open_empty(MORE, hasher)
    three = open_empty(NODES, hasher)
    books = {f"book:{book_id}": book_id for book_id in book_ids}
    for key, value in books.items():
        three.set(key, value)
    missed = [key for key in books if four.get(key) is None]
    return len(missed) / len(books)


# %% add-a-node other-hash
import hashlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = int.from_bytes(hashlib.md5(key.encode()).digest())
    return nodes[number % len(nodes)]


def open_empty(nodes, hasher):
    """이 해시를 쓰는 클라이언트를 만들고, 노드를 모두 비웁니다."""
    client = HashClient(
        nodes,
        hasher=hasher,
        default_noreply=False,
        ignore_exc=True,
    )
    client.flush_all()
    return client


def moved_share(hasher, book_ids):
    """노드가 셋에서 넷이 되면 찾지 못하게 되는 키의 비율입니다."""
    four = open_empty(MORE, hasher)
    three = open_empty(NODES, hasher)
    books = {f"book:{book_id}": book_id for book_id in book_ids}
    three.set_many(books)
    return len(books.keys() - four.get_many(list(books)).keys()) / len(books)


# %% rank-and-read zrevrange
import time

import redis

RANK = "sold:today"


def connect(host):
    """순위를 담은 복제 그룹의 엔드포인트에 연결합니다."""
    return redis.Redis(host=host, decode_responses=True)


rank = connect("rank.cache.lab")
reader = connect("rank-ro.cache.lab")


def sell(book_id, copies):
    """책을 팝니다. DB에 적은 다음 오늘의 순위에 더합니다."""
    db.execute(
        "INSERT INTO sales (book_id, copies) VALUES (%s, %s)",
        (book_id, copies),
    )
    rank.zadd(RANK, {book_id: copies}, incr=True)


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrevrange(RANK, 0, count - 1, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read sorted-here
import time

import redis

RANK = "sold:today"


def connect(host):
    """순위를 담은 복제 그룹의 엔드포인트에 연결합니다."""
    return redis.Redis(host=host, decode_responses=True)


rank = connect("rank.cache.lab")
reader = connect("rank-ro.cache.lab")


def sell(book_id, copies):
    """책을 팝니다. DB에 적은 다음 오늘의 순위에 더합니다."""
    db.execute(
        "INSERT INTO sales (book_id, copies) VALUES (%s, %s)",
        (book_id, copies),
    )
    rank.zincrby(RANK, copies, book_id)


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    scores = {}
    for member in reader.zrange(RANK, 0, -1):
        scores[int(member)] = int(reader.zscore(RANK, member) or 0)
    return sorted(scores.items(), key=lambda pair: -pair[1])[:count]


# %% fail-over wait-in-sell
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(host="rank.cache.lab")


def sell(book_id, copies):
    db.execute("INSERT INTO sales (book_id, copies) VALUES (%s, %s)", (book_id, copies))
    for _ in range(20):
        try:
            rank.zincrby(RANK, copies, book_id)
            return
        except redis.ConnectionError:
            time.sleep(1)


SOLD = """
SELECT book_id, SUM(copies) AS copies
FROM sales GROUP BY book_id
"""


def sold_copies():
    """DB에 적힌 판매를 {책 번호: 부수}로 돌려줍니다."""
    rows = db.query(SOLD)
    return {row["book_id"]: row["copies"] for row in rows}


def lost_sales():
    """DB에만 있고 순위에는 없는 부수를 {책 번호: 부수}로 알려 줍니다."""
    sold = sold_copies()
    lost = {}
    for book_id, copies in sold.items():
        counted = rank.zscore(RANK, book_id) or 0
        if counted < copies:
            lost[book_id] = copies - int(counted)
    return lost


rank = open_rank()

# %% fail-over one-read
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(
        host="rank.cache.lab",
        retry=Retry(ConstantBackoff(1), ATTEMPTS),
    )


SOLD = """
SELECT book_id, SUM(copies) AS copies
FROM sales GROUP BY book_id
"""


def sold_copies():
    """DB에 적힌 판매를 {책 번호: 부수}로 돌려줍니다."""
    rows = db.query(SOLD)
    return {row["book_id"]: row["copies"] for row in rows}


def lost_sales():
    """DB에만 있고 순위에는 없는 부수를 {책 번호: 부수}로 알려 줍니다."""
    sold = sold_copies()
    scores = dict(rank.zrange(RANK, 0, -1, withscores=True))
    behind = {book_id: copies - int(scores.get(str(book_id).encode(), 0)) for book_id, copies in sold.items()}
    return {book_id: copies for book_id, copies in behind.items() if copies > 0}


rank = open_rank()

# %% choose sets
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    missing = set(needs) - MEMCACHED
    return [need for need in needs if need in missing]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    if set(needs) <= MEMCACHED:
        return "Memcached"
    return "Valkey"
