"""Typical wrong attempts at `eviction`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

# ruff: noqa: F401, F841, RET504, SIM105 - they are mistakes

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


def get_book(book_id):
    return load_book(book_id)


def set_policy(policy):
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": policy}],
    )


TTL_SECONDS = 600


# %% survive-full nothing-returned
# > `get_book(40)` 결과가 `None`입니다. DB에서 읽은 책을 그대로 돌려주어야 합니다. `return` 줄을 보세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        return None
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full read-not-guarded
# > 캐시에 책 17권을 담은 뒤로 `get_book`이 메모리 부족 오류로 멈춥니다. `cache.set`이 실패해도 책을 돌려주도록 `try`와
# > `except`로 감싸세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    cache.set(key, json.dumps(book, ensure_ascii=False))
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full other-error
# > 캐시에 책 17권을 담은 뒤로 `get_book`이 메모리 부족 오류로 멈춥니다. `cache.set`이 실패해도 책을 돌려주도록 `try`와
# > `except`로 감싸세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except MemoryError:
        pass  # 캐시에 못 담았을 뿐, 책은 보여 줄 수 있습니다.
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full empties-the-cache
# > 캐시에 책이 17권까지 있었는데 지금은 5권이고, 처음 담은 책은 다시 DB에서 읽었습니다. 자리를 만들려고 지우지 말고, 못
# > 담은 책은 보여 주기만 하세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        cache.flushdb()
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full never-caches
# > 자리가 있는데도 `book:1` 키가 캐시에 없습니다. `cache.set`은 그대로 두고, 실패했을 때만 넘어가게 하세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full ratio-not-percent
# > 가득 찬 캐시인데 `memory_percent()` 결과가 1.04입니다. 퍼센트가 되도록 100을 곱하세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        pass  # 캐시에 못 담았을 뿐, 책은 보여 줄 수 있습니다.
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"]


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full upside-down
# > 캐시가 비어 있는데 `memory_percent()` 결과가 `819200.0`입니다. 0이어야 합니다.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        pass  # 캐시에 못 담았을 뿐, 책은 보여 줄 수 있습니다.
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["maxmemory"] / max(memory["used_memory"], 1) * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full human-text
# > `memory_percent()` 값이 `'0B'`입니다. 수를 돌려주세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        pass  # 캐시에 못 담았을 뿐, 책은 보여 줄 수 있습니다.
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory_human"]


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            print(f"{book_id}번 책: {error}")
    return shown


# %% survive-full show-books-instead
# > `get_book(40)` 호출에서 오류가 났습니다. 캐시 메모리가 가득 찼습니다. `maxmemory-policy`와 키의 TTL을 보세요.
import json

import redis

from labs.cloud import aws, database

cache = redis.Redis(host="books.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="books.db.lab")


def load_book(book_id):
    """RDS에서 책 소개를 읽습니다. 없는 책이면 None을 돌려줍니다."""
    return db.query_one("SELECT id, title, intro FROM books WHERE id = %s", (book_id,))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    cache.set(key, json.dumps(book, ensure_ascii=False))
    return book


def memory_percent():
    """캐시가 메모리를 몇 퍼센트 쓰는지 0에서 100 사이의 수로 돌려줍니다."""
    memory = cache.info("memory")
    return memory["used_memory"] / memory["maxmemory"] * 100


def show_books(first, last):
    """책을 차례로 보여 줍니다. 보여 준 책이 몇 권인지 돌려줍니다."""
    shown = 0
    for book_id in range(first, last + 1):
        try:
            get_book(book_id)
            shown += 1
        except redis.exceptions.OutOfMemoryError as error:
            shown += 1
    return shown


# %% protect-carts no-ttl
# > 캐시에 쓴 책에 TTL이 없습니다. volatile- 정책은 TTL이 있는 키만 밀어냅니다. `cache.set`에 `ex=TTL_SECONDS`를
# > 더하세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False))
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile-lru")


# %% protect-carts milliseconds
# > 책의 TTL이 0.6초입니다. 600초여야 합니다. `ex=`는 초, `px=`는 밀리초입니다.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), px=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile-lru")


# %% protect-carts carts-expire-too
# > 장바구니 `cart:mina` 키에 TTL이 있어 밀려날 수도, 만료될 수도 있습니다. TTL은 책에만 거세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids), ex=TTL_SECONDS)


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile-lru")


# %% protect-carts stays-noeviction
# > 책 40권을 읽고 나니 마지막 책이 캐시에 없습니다. 아무 키도 밀려나지 않은 것입니다. `open_shop`에서 고른 정책이 TTL
# > 있는 키를 밀어내는지 보세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("noeviction")


# %% protect-carts all-keys
# > 책이 들어오는 동안 `cart:mina` 키가 밀려났습니다. allkeys-는 모든 키를 후보로 삼습니다. TTL이 있는 키만 후보로 삼는
# > 정책을 고르세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("allkeys-lru")


# %% protect-carts nearest-expiry
# > 계속 읽던 `book:1` 책이 밀려나 DB를 2번 다시 읽었습니다. 오래 쓰지 않았거나 드물게 쓴 키부터 밀어내는 정책을
# > 고르세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile-ttl")


# %% protect-carts policy-misspelt
# > `open_shop()` 호출에서 오류가 났습니다. AWS가 요청을 거절했습니다. 괄호 안의 오류 코드와 넘긴 파라미터를 보세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile_lru")


# %% protect-carts config-set
# > `CONFIG SET`은 직접 설치한 Redis에서 쓰는 명령이고, ElastiCache에서는 쓸 수 없습니다. 파라미터 그룹을 바꾸는
# > `set_policy`를 부르세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    try:
        cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    except redis.exceptions.OutOfMemoryError:
        pass
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    cache.config_set("maxmemory-policy", "volatile-lru")


# %% protect-carts guard-lost
# > `get_book(18)` 호출에서 오류가 났습니다. 캐시 메모리가 가득 찼습니다. `maxmemory-policy`와 키의 TTL을 보세요.
TTL_SECONDS = 600


def set_policy(policy):
    """파라미터 그룹의 제거 정책을 바꿉니다. 바로 적용됩니다."""
    aws.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="books-params",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": policy},
        ],
    )


def save_cart(user, book_ids):
    """장바구니는 캐시에만 있습니다. 사라지면 되살릴 수 없습니다."""
    cache.set(f"cart:{user}", json.dumps(book_ids))


def get_book(book_id):
    key = f"book:{book_id}"
    cached = cache.get(key)
    if cached is not None:
        return json.loads(cached)
    book = load_book(book_id)
    cache.set(key, json.dumps(book, ensure_ascii=False), ex=TTL_SECONDS)
    return book


def open_shop():
    """문을 열 때 한 번 부릅니다."""
    set_policy("volatile-lru")


# %% expire-or-evict swapped
# > TTL이 있는 책 3권이 601초 뒤에 만료되었는데 `Reclaimed`가 `0`입니다. `stats`의 `expired_keys`를 넣으세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["expired_keys"],
        "Reclaimed": stats["evicted_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict added-together
# > 키가 만료되기만 했는데 `Evictions`가 `3`입니다. 만료와 제거를 따로 세세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"] + stats["expired_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict reclaimed-counts-both
# > 더 만료된 키가 없는데 `Reclaimed`가 `27`(으)로 바뀌었습니다. 만료와 제거를 따로 세세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"],
        "Reclaimed": stats["evicted_keys"] + stats["expired_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict division-by-zero
# > `metrics()` 호출에서 오류가 났습니다. 0으로 나누었습니다. 조회가 한 번도 없을 때처럼 나누는 수가 0인 때를 먼저
# > 처리하세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict hits-over-misses
# > 조회 8번 가운데 5번이 히트인데 `CacheHitRate`가 `1.6666666666666667`입니다. 히트를 히트와 미스의 합으로 나누세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict percent
# > `CacheHitRate`가 `62.5`입니다. 퍼센트가 아니라 0과 1 사이의 수로 돌려주세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups * 100 if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict other-name
# > `metrics()` 결과에 `Evictions` 지표가 없습니다. 이름의 철자와 대소문자를 보세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "evictions": stats["evicted_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


# %% expire-or-evict memory-in-bytes
# > 가득 찬 캐시인데 `DatabaseMemoryUsagePercentage`가 `8064`입니다. `memory_percent()`를 넣으세요.
import time


def metrics():
    """CloudWatch 지표의 이름으로 캐시의 지금 숫자를 돌려줍니다."""
    stats = cache.info("stats")
    hits = stats["keyspace_hits"]
    lookups = hits + stats["keyspace_misses"]
    return {
        "Evictions": stats["evicted_keys"],
        "Reclaimed": stats["expired_keys"],
        "CacheHitRate": hits / lookups if lookups else 0,
        "DatabaseMemoryUsagePercentage": cache.info("memory")["used_memory"],
    }


# %% choose-remedy total-not-change
# > `Evictions`가 90에서 그대로입니다. 쌓인 값이 아니라 늘었는지를 보세요. 할 일은 `"ok"`이어야 하는데
# > `"scale-up"`입니다.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > 0:
        return "scale-up"
    if after["DatabaseMemoryUsagePercentage"] >= 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"


# %% choose-remedy reclaimed-alarm
# > `Reclaimed`만 늘었습니다. TTL이 끝난 키가 사라진 것이니 할 일은 `"ok"`이어야 하는데 `"scale-up"`입니다.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Reclaimed"] > before["Reclaimed"] or after["Evictions"] > before["Evictions"]:
        return "scale-up"
    if after["DatabaseMemoryUsagePercentage"] >= 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"


# %% choose-remedy memory-alone
# > 메모리가 93%이지만 TTL이 있는 키가 있어 자리를 낼 수 있습니다. 할 일은 `"ok"`이어야 하는데 `"check-ttl"`입니다.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "scale-up"
    if after["DatabaseMemoryUsagePercentage"] >= 80:
        return "check-ttl"
    return "ok"


# %% choose-remedy ttl-alone
# > `Evictions`는 그대로이고 메모리는 45%입니다. 할 일은 `"ok"`이어야 하는데 `"check-ttl"`입니다.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "scale-up"
    if volatile_keys() == 0:
        return "check-ttl"
    return "ok"


# %% choose-remedy over-not-at
# > 메모리가 80%인데 TTL이 있는 키가 하나도 없습니다. 할 일은 `"check-ttl"`이어야 하는데 `"ok"`입니다.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "scale-up"
    if after["DatabaseMemoryUsagePercentage"] > 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"


# %% choose-remedy other-word
# > `remedy` 결과가 `'scale-out'`입니다. `"scale-up"`, `"check-ttl"`, `"ok"` 가운데 하나를 돌려주세요.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "scale-out"
    if after["DatabaseMemoryUsagePercentage"] >= 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"


# %% choose-remedy replica
# > `remedy` 결과가 `'add-replica'`입니다. `"scale-up"`, `"check-ttl"`, `"ok"` 가운데 하나를 돌려주세요.
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "add-replica"
    if after["DatabaseMemoryUsagePercentage"] >= 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"
