"""메모리가 가득 찰 때: 정답"""

# ruff: noqa: SIM105 - contextlib would be one more thing to explain

# %% survive-full
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


print(f"책 25권 가운데 {show_books(1, 25)}권을 보여 주었습니다.")
print(f"캐시에 담은 책 {cache.dbsize()}권, 메모리 {memory_percent():.0f}%")

# %% protect-carts
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
    set_policy("volatile-lru")


def busy_day():
    """장바구니 하나를 담고 책 30권을 차례로 읽은 다음, 무엇이 남았는지 봅니다."""
    for key in cache.scan_iter("book:*"):
        cache.delete(key)
    save_cart("mina", [3, 7])
    before = cache.info("stats")["evicted_keys"]
    for book_id in range(1, 31):
        get_book(book_id)
    evicted = cache.info("stats")["evicted_keys"] - before
    newest = "있음" if cache.exists("book:30") else "없음"
    cart = "남음" if cache.exists("cart:mina") else "사라짐"
    return f"밀려난 키 {evicted}개, 30번 책 {newest}, 장바구니 {cart}"


for policy in ["noeviction", "allkeys-lru", "volatile-lru"]:
    set_policy(policy)
    print(f"{policy}: {busy_day()}")
open_shop()
print("내가 고른 정책:", busy_day())

# %% expire-or-evict
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
        "DatabaseMemoryUsagePercentage": memory_percent(),
    }


def show(moment):
    now = metrics()
    print(
        f"{moment}: 제거 {now['Evictions']}, 만료 {now['Reclaimed']},",
        f"적중률 {now['CacheHitRate']:.0%},",
        f"메모리 {now['DatabaseMemoryUsagePercentage']:.0f}%",
    )


open_shop()
for book_id in [1, 2, 3, 1, 2, 3, 1, 2]:
    get_book(book_id)
show("책 3권을 여러 번")
time.sleep(601)
show("601초 뒤")
for book_id in range(1, 31):
    get_book(book_id)
show("책 30권을 한 번씩")


# %% choose-remedy
def volatile_keys():
    """TTL이 있는 키가 몇 개인지 돌려줍니다."""
    return cache.info("keyspace").get("db0", {}).get("expires", 0)


def remedy(before, after):
    """지표를 두 번 잰 사이에 일어난 일을 보고 할 일을 돌려줍니다."""
    if after["Evictions"] > before["Evictions"]:
        return "scale-up"
    if after["DatabaseMemoryUsagePercentage"] >= 80 and volatile_keys() == 0:
        return "check-ttl"
    return "ok"


def watch(story, work):
    before = metrics()
    work()
    print(f"{story}: {remedy(before, metrics())}")


def read_books(first, last):
    for book_id in range(first, last + 1):
        get_book(book_id)


def fill_carts():
    for number in range(70):
        save_cart(f"guest-{number}", list(range(12)))


open_shop()
watch("조용한 아침", lambda: read_books(1, 5))
watch("TTL이 한꺼번에 끝난 뒤", lambda: time.sleep(601))
watch("새 책 30권을 소개한 날", lambda: read_books(1, 30))
time.sleep(601)
watch("장바구니만 쌓인 날", fill_carts)
