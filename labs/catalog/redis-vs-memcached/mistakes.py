"""Typical wrong attempts at `redis-vs-memcached`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

# ruff: noqa: F401, F841, RET504 - they are mistakes, and a cell keeps what its starter imports

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


# %% share-keys never-stored
# > DB에서 읽은 뒤에도 노드가 모두 비어 있습니다. `return` 앞에서 `cache.set(key, …)`으로 담는지 보세요.
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
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys no-expiry
# > 담은 값에 만료 시간이 없습니다. `cache.set`에 `expire=TTL_SECONDS`를 더하세요.
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
    cache.set(key, json.dumps(book))
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys redis-ttl
# > `get_book(1)` 호출에서 오류가 났습니다. Memcached 클라이언트의 만료 시간은 `expire=`에 초로 넣습니다. `ex=`는
# > `redis`의 것입니다.
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
    cache.set(key, json.dumps(book), ex=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys milliseconds
# > 담은 값이 300000초 뒤에 만료됩니다. `expire=`의 단위는 초입니다. `TTL_SECONDS`를 넘기세요.
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
    cache.set(key, json.dumps(book), expire=TTL_SECONDS * 1000)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys dict-not-json
# > `get_book(1)` 호출에서 오류가 났습니다. 한글이 든 글자는 그대로 담을 수 없습니다. `json.dumps`로 바꾸거나,
# > `.encode()`로 바이트를 만들어 넘기세요.
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
    cache.set(key, book, expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys korean-letters
# > `get_book(1)` 호출에서 오류가 났습니다. 한글이 든 글자는 그대로 담을 수 없습니다. `json.dumps`로 바꾸거나,
# > `.encode()`로 바이트를 만들어 넘기세요.
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
    text = json.dumps(book, ensure_ascii=False)
    cache.set(key, text, expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys other-key
# > 캐시에 `1` 키로 담았습니다. 읽을 때와 같은 `book:1` 키로 담아야 합니다.
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
    cache.set(str(book_id), json.dumps(book), expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys one-client
# > 책 24권을 담았는데 쓰인 노드가 1개입니다. `Client` 하나가 아니라 `HashClient(NODES)`로 담는지 보세요.
import json
from collections import Counter

from pymemcache.client.base import Client

from labs.cloud import database

NODES = [
    ("mc-0001.cache.lab", 11211),
    ("mc-0002.cache.lab", 11211),
    ("mc-0003.cache.lab", 11211),
]
BOOKS = range(1, 25)
TTL_SECONDS = 300

cache = Client(NODES[0])
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
    return NODES[0]


# %% share-keys configuration-endpoint
# > 책 24권을 담았는데 쓰인 노드가 1개입니다. `Client` 하나가 아니라 `HashClient(NODES)`로 담는지 보세요.
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

cache = HashClient([("mc.cfg.cache.lab", 11211)])
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
    return cache.hasher.get_node(f"book:{book_id}")


# %% share-keys modulo-node
# > `book:1` 키는 `mc-0003.cache.lab` 노드에 있는데 `node_of(1)` 결과가 `'mc-0002.cache.lab:11211'`입니다.
# > `cache.hasher`에 키를 물어보세요.
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
    cache.set(key, json.dumps(book), expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    host, port = NODES[book_id % len(NODES)]
    return f"{host}:{port}"


# %% share-keys node-of-number
# > `book:1` 키는 `mc-0003.cache.lab` 노드에 있는데 `node_of(1)` 결과가 `'mc-0001.cache.lab:11211'`입니다.
# > `cache.hasher`에 키를 물어보세요.
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
    cache.set(key, json.dumps(book), expire=TTL_SECONDS)
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    return cache.hasher.get_node(book_id)


# %% lose-a-node errors-reach-the-page
# > `hit_share(range(1, 25))` 호출에서 오류가 났습니다. 노드가 연결을 끊었습니다. 노드가 멈추었을 수 있습니다. 오류를
# > 미스로 여기려면 `ignore_exc=True`를 쓰세요.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = cache.get_many(keys)
    return len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node short-timeout-only
# > `hit_share(range(1, 25))` 호출에서 오류가 났습니다. 노드가 연결을 끊었습니다. 노드가 멈추었을 수 있습니다. 오류를
# > 미스로 여기려면 `ignore_exc=True`를 쓰세요.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, timeout=0.5, connect_timeout=0.5)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = cache.get_many(keys)
    return len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node counts-every-key
# > 일부만 담았을 때 책 20권 가운데 5권이 캐시에 있는데 `hit_share` 결과가 `1.0`입니다. 찾은 수를 물은 수로 나누면
# > 0.25입니다.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = [cache.get(key) for key in keys]
    return len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node reads-the-database
# > `hit_share`가 DB를 읽었습니다(DB 조회 15회). 캐시에만 묻는 `cache.get_many`를 쓰세요.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = [get_book(book_id) for book_id in book_ids]
    return sum(book is not None for book in found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node percent
# > 노드가 모두 있을 때 책 24권 가운데 24권이 캐시에 있는데 `hit_share` 결과가 `100.0`입니다. 찾은 수를 물은 수로 나누면
# > 1입니다.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = cache.get_many(keys)
    return 100 * len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node a-count
# > 노드가 모두 있을 때 책 24권 가운데 24권이 캐시에 있는데 `hit_share` 결과가 `24`입니다. 찾은 수를 물은 수로 나누면
# > 1입니다.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    return len(cache.get_many(keys))


cache = open_cache(NODES)


# %% lose-a-node wrong-keys
# > `hit_share`가 `1` 키를 물었습니다. 담을 때와 같은 `keys`를 물어야 합니다.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes, ignore_exc=True)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    found = cache.get_many([str(book_id) for book_id in book_ids])
    return len(found) / len(keys)


cache = open_cache(NODES)


# %% lose-a-node gives-up-on-error
# > 노드를 잃은 뒤 책 24권 가운데 18권이 캐시에 있는데 `hit_share` 결과가 `0`입니다. 찾은 수를 물은 수로 나누면
# > 0.75입니다.
def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    return HashClient(nodes)


def get_book(book_id):
    try:
        cached = cache.get(f"book:{book_id}")
        if cached is None:
            book = load_book(book_id)
            cache.set(f"book:{book_id}", json.dumps(book), expire=TTL_SECONDS)
            return book
        return json.loads(cached)
    except Exception:
        return None


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    try:
        return len(cache.get_many(keys)) / len(keys)
    except Exception:
        return 0


cache = open_cache(NODES)

# %% add-a-node always-first
# > 키 60개를 노드 3개에 나누었더니 어떤 노드는 0개만 맡았습니다. `number`를 노드 수로 나눈 나머지가 노드의 자리입니다.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    return nodes[0]


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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node a-number
# > 노드가 3개일 때 `pick_by_modulo` 결과가 `2`입니다. 받은 `nodes` 가운데 하나를 돌려주어야 합니다.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    return number % len(nodes)


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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node fixed-three
# > 키 60개를 노드 4개에 나누었더니 어떤 노드는 0개만 맡았습니다. `number`를 노드 수로 나눈 나머지가 노드의 자리입니다.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    return nodes[number % 3]


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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node random-node
# > 같은 키를 두 번 물었더니 다른 노드가 나왔습니다. 같은 키는 늘 같은 노드로 가야 다시 찾을 수 있습니다.
import random
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    return random.choice(nodes)


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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node rendezvous
# > 노드가 셋에서 넷이 될 때 키 60개 가운데 12개만 옮겨 갔습니다. 나머지로 고르면 네 개 가운데 세 개쯤 옮겨 갑니다.
# > `number`를 `len(nodes)`로 나눈 나머지를 쓰는지 보세요.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    return RendezvousHash(list(nodes)).get_node(key)


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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node found-share
# > 책 24권 가운데 18권이 옮겨 가게 했는데 `moved_share` 결과가 `0.25`입니다(읽기에서 미스 18번). `four`가 찾지 못한
# > 수를 전체로 나누세요.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
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
    return len(four.get_many(list(books))) / len(books)


# %% add-a-node same-client
# > 책 24권 가운데 18권이 옮겨 가게 했는데 `moved_share` 결과가 `0.0`입니다(읽기에서 미스 0번). `four`가 찾지 못한 수를
# > 전체로 나누세요.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
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
    found = three.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node never-stored
# > 책 24권을 담아야 하는데 노드에 쓴 키가 0개입니다. `three.set_many(books)`로 모두 담으세요.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
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
    found = four.get_many(list(books))
    return 1 - len(found) / len(books)


# %% add-a-node not-measured
# > 책 24권을 담아야 하는데 노드에 쓴 키가 0개입니다. `three.set_many(books)`로 모두 담으세요.
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
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
    keys = list(books)
    return sum(three.hasher.get_node(k) != four.hasher.get_node(k) for k in keys) / len(keys)


# %% rank-and-read database-only
# > `sell(7, …)` 뒤에도 순위가 그대로입니다. `rank.zincrby`로 점수를 올리는지 보세요.
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


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read overwritten
# > 순위의 점수가 `{'3': '1', '7': '4', '12': '5'}`입니다. 판 부수를 더하면 `{'7': 7, '12': 5, '3': 1}`입니다. `zadd`로
# > 덮어쓰지 않고 `zincrby(키, 부수, 책 번호)`로 더하는지 보세요.
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
    rank.zadd(RANK, {book_id: copies})


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read written-at-the-reader
# > `sell(7, 3)` 호출에서 오류가 났습니다. 읽기 전용 복제본에 쓰려 했습니다. 쓰기는 기본(primary) 엔드포인트로 보내세요.
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
    reader.zincrby(RANK, copies, book_id)


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read other-key
# > 순위를 `sold` 키에 적었습니다. 약속한 키는 `sold:today`입니다. `RANK`를 쓰세요.
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
    rank.zincrby("sold", copies, book_id)


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read swapped
# > 순위의 점수가 `{'1': '3', '3': '7', '4': '7', '5': '12'}`입니다. 판 부수를 더하면 `{'7': 7, '12': 5, '3': 1}`입니다.
# > `zadd`로 덮어쓰지 않고 `zincrby(키, 부수, 책 번호)`로 더하는지 보세요.
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
    rank.zincrby(RANK, book_id, copies)


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    pairs = reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read read-at-the-primary
# > `best`가 프라이머리 노드에서 읽었습니다. `rank`가 아니라 읽기 엔드포인트에 연결한 `reader`를 쓰세요.
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
    pairs = rank.zrange(RANK, 0, count - 1, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read text-numbers
# > `best(10)` 결과가 `[('7', 7.0), ('12', 5.0), ('3', 1.0)]`입니다. 책 번호와 부수는 `int`로 바꾸어 돌려주세요.
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
    return reader.zrange(RANK, 0, count - 1, desc=True, withscores=True)


# %% rank-and-read fewest-first
# > `best(10)` 결과가 `[(3, 1), (12, 5), (7, 7)]`입니다. `[(7, 7), (12, 5), (3, 1)]`이어야 합니다.
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
    pairs = reader.zrange(RANK, 0, count - 1, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% rank-and-read one-too-many
# > `best(2)` 결과가 `[(7, 7), (12, 5), (3, 1)]`입니다. `[(7, 7), (12, 5)]`이어야 합니다.
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
    pairs = reader.zrange(RANK, 0, count, desc=True, withscores=True)
    return [(int(book_id), int(copies)) for book_id, copies in pairs]


# %% fail-over gives-up-soon
# > `sell(7, 1)` 호출에서 오류가 났습니다. `rank.cache.lab` 서버가 연결을 받지 않습니다. 노드가 멈추어 장애 조치를 하는
# > 중일 수 있으니 잠시 뒤에 다시 시도하세요.
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(host="rank.cache.lab")


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

# %% fail-over no-retry
# > `sell(7, 1)` 호출에서 오류가 났습니다. `rank.cache.lab` 서버가 연결을 받지 않습니다. 노드가 멈추어 장애 조치를 하는
# > 중일 수 있으니 잠시 뒤에 다시 시도하세요.
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(host="rank.cache.lab", retry=Retry(ConstantBackoff(1), 0))


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

# %% fail-over old-node
# > `sell(7, 1)` 호출에서 오류가 났습니다. `rank-001.cache.lab` 서버가 연결을 받지 않습니다. 노드가 멈추어 장애 조치를
# > 하는 중일 수 있으니 잠시 뒤에 다시 시도하세요.
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(
        host="rank-001.cache.lab",
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
    lost = {}
    for book_id, copies in sold.items():
        counted = rank.zscore(RANK, book_id) or 0
        if counted < copies:
            lost[book_id] = copies - int(counted)
    return lost


rank = open_rank()

# %% fail-over reader-for-writes
# > `sell(7, 3)` 호출에서 오류가 났습니다. 읽기 전용 복제본에 쓰려 했습니다. 쓰기는 기본(primary) 엔드포인트로 보내세요.
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    return redis.Redis(
        host="rank-ro.cache.lab",
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
    lost = {}
    for book_id, copies in sold.items():
        counted = rank.zscore(RANK, book_id) or 0
        if counted < copies:
            lost[book_id] = copies - int(counted)
    return lost


rank = open_rank()

# %% fail-over nothing-found
# > 순위를 모르는 프로그램이 DB에만 판매를 적은 뒤 `lost_sales()` 결과가 `{}`입니다. `{12: 6, 2: 2}`이어야 합니다.
# > 책마다 DB의 부수에서 순위의 점수를 빼 보세요.
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
    return {}


rank = open_rank()

# %% fail-over database-totals
# > 판 책이 모두 순위에 있을 때 `lost_sales()` 결과가 `{3: 1, 7: 7, 12: 5}`입니다. `{}`이어야 합니다. 책마다 DB의
# > 부수에서 순위의 점수를 빼 보세요.
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
    return sold


rank = open_rank()

# %% fail-over read-at-the-reader
# > `lost_sales`가 복제본의 점수를 읽었습니다. 아직 복제되지 않았을 뿐인 쓰기까지 잃은 것으로 셉니다. `reader`가 아니라
# > `rank`에서 읽으세요.
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
    lost = {}
    for book_id, copies in sold.items():
        counted = reader.zscore(RANK, book_id) or 0
        if counted < copies:
            lost[book_id] = copies - int(counted)
    return lost


rank = open_rank()

# %% fail-over missing-is-none
# > `lost_sales()` 호출에서 오류가 났습니다. 값의 종류가 맞지 않습니다. 이 줄에 들어가는 값이 무엇인지 `print`로 찍어
# > 보세요.
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
    lost = {}
    for book_id, copies in sold.items():
        counted = rank.zscore(RANK, book_id)
        if counted < copies:
            lost[book_id] = copies - int(counted)
    return lost


rank = open_rank()

# %% fail-over rank-minus-database
# > 순위를 모르는 프로그램이 DB에만 판매를 적은 뒤 `lost_sales()` 결과가 `{2: -2, 12: -6}`입니다. `{12: 6, 2: 2}`이어야
# > 합니다. 책마다 DB의 부수에서 순위의 점수를 빼 보세요.
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
    lost = {}
    for book_id, copies in sold.items():
        counted = rank.zscore(RANK, book_id) or 0
        if counted < copies:
            lost[book_id] = int(counted) - copies
    return lost


rank = open_rank()

# %% fail-over every-book
# > 판 책이 모두 순위에 있을 때 `lost_sales()` 결과가 `{3: 0, 7: 0, 12: 0}`입니다. `{}`이어야 합니다. 책마다 DB의
# > 부수에서 순위의 점수를 빼 보세요.
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
    return {book_id: copies - int(rank.zscore(RANK, book_id) or 0) for book_id, copies in sold.items()}


rank = open_rank()

# %% choose empty-list
# > `blockers(['객체 캐시'])` 결과가 `['객체 캐시']`입니다. `[]`이어야 합니다. 값을 통째로 담고 꺼내는 일은 첫 단계에서
# > Memcached로 했습니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = set()


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Valkey" if blockers(needs) else "Memcached"


# %% choose keeps-sessions
# > `blockers(['장애 조치'])` 결과가 `[]`입니다. `['장애 조치']`이어야 합니다. 두 번째 단계에서 멈춘 노드의 키는
# > 어디에도 없었습니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감", "장애 조치"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Valkey" if blockers(needs) else "Memcached"


# %% choose no-threads
# > `blockers(['멀티스레드'])` 결과가 `['멀티스레드']`입니다. `[]`이어야 합니다. 비교표에서 멀티스레드는
# > Memcached뿐입니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Valkey" if blockers(needs) else "Memcached"


# %% choose first-blocker-only
# > `blockers(['백업', '장애 조치'])` 결과가 `['백업']`입니다. `['백업', '장애 조치']`이어야 합니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED][:1]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Valkey" if blockers(needs) else "Memcached"


# %% choose turned-round
# > `blockers(['객체 캐시'])` 결과가 `['객체 캐시']`입니다. `[]`이어야 합니다. 값을 통째로 담고 꺼내는 일은 첫 단계에서
# > Memcached로 했습니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Valkey" if blockers(needs) else "Memcached"


# %% choose any-is-enough
# > `choose(['순위', '멀티스레드'])` 결과가 `'Memcached'`입니다. `'Valkey'`이어야 합니다. `순위` 요구를 Memcached가
# > 채우지 못합니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Memcached" if set(needs) & MEMCACHED else "Valkey"


# %% choose swapped
# > `choose(['객체 캐시'])` 결과가 `'Valkey'`입니다. `'Memcached'`이어야 합니다. Memcached로 모두 채울 수 있습니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Memcached" if blockers(needs) else "Valkey"


# %% choose other-name
# > `choose(['순위', '멀티스레드'])` 결과가 `'Redis'`입니다. `'Valkey'`이어야 합니다. `순위` 요구를 Memcached가 채우지
# > 못합니다.
# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"객체 캐시", "멀티스레드", "노드 증감"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    return [need for need in needs if need not in MEMCACHED]


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    return "Redis" if blockers(needs) else "Memcached"
