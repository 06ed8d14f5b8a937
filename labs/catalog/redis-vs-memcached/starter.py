"""Redis와 Memcached 견주기

같은 일을 Memcached와 Valkey/Redis OSS에 시키고, 노드를 하나씩 멈추어 보고, 본 것으로 엔진을 고릅니다.
"""

# ruff: noqa: F401, F841, RET504 - a starter has gaps

# %% share-keys rev=1 title="키를 나누어 담기"
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
    # 여기를 채우세요: JSON 글자로 바꾸어 TTL_SECONDS초 동안 담습니다.
    return book


def node_of(book_id):
    """이 책의 키를 맡은 노드를 "이름:포트"로 돌려줍니다."""
    # 여기를 채우세요: cache가 키를 보고 고른 노드를 알아냅니다.
    return ""


for book_id in BOOKS:
    get_book(book_id)
print(f"처음: DB 조회 {db.reads}회")
for book_id in BOOKS:
    get_book(book_id)
print(f"한 번 더: DB 조회 {db.reads}회")

counts = Counter(node_of(book_id) for book_id in BOOKS)
for node, count in sorted(counts.items()):
    print(f"{node} 키 {count}개")

# %% lose-a-node rev=1 title="노드 하나를 잃으면"
import time

from pymemcache.exceptions import MemcacheError

from labs.cloud import drill


def open_cache(nodes):
    """노드가 멈춰도 페이지는 나오는 클라이언트를 만듭니다."""
    # 여기를 채우세요: 노드의 오류를 미스로 여기게 합니다.
    return HashClient(nodes)


def hit_share(book_ids):
    """캐시가 지금 가진 책의 비율을 0과 1 사이의 수로 돌려줍니다."""
    keys = [f"book:{book_id}" for book_id in book_ids]
    # 여기를 채우세요: 키를 한꺼번에 읽어, 찾은 것의 비율을 구합니다.
    return 0


def open_pages():
    """적중률을 잰 다음 책 페이지를 모두 엽니다."""
    share, before = hit_share(BOOKS), db.reads
    for book_id in BOOKS:
        get_book(book_id)
    return f"적중률 {share:.0%}, DB 조회 {db.reads - before}회"


cache = open_cache(NODES)
open_pages()
print("평소:", open_pages())

drill.stop("mc-0002.cache.lab")
for turn in range(1, 6):
    try:
        print(f"{turn}번째:", open_pages())
    except (MemcacheError, OSError) as error:
        print(f"{turn}번째: 페이지가 나오지 않습니다.", repr(error))
    time.sleep(2)
drill.start("mc-0002.cache.lab")  # 돌아온 노드는 비어 있습니다.

# %% add-a-node rev=1 title="노드를 하나 더하면"
import zlib

from pymemcache.client.rendezvous import RendezvousHash

MORE = [*NODES, ("mc-0004.cache.lab", 11211)]


def pick_by_modulo(key, nodes):
    """키의 해시를 노드 수로 나눈 나머지로 노드를 고릅니다."""
    number = zlib.crc32(key.encode())
    # 여기를 채우세요: number로 nodes 가운데 하나를 고릅니다.
    return nodes[0]


class ModuloHash:
    """HashClient에 끼우는 해시: 노드 목록과 고르는 방법."""

    def __init__(self):
        self.nodes = []

    def add_node(self, node):
        self.nodes.append(node)

    def remove_node(self, node):
        self.nodes.remove(node)

    def get_node(self, key):
        return pick_by_modulo(key, self.nodes)


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
    # 여기를 채우세요: three로 모두 담고, four로 모두 읽습니다.
    return 0


many = range(1, 101)
print(f"나머지: {moved_share(ModuloHash, many):.0%}가 미스")
print(f"랑데부: {moved_share(RendezvousHash, many):.0%}가 미스")

# %% rank-and-read rev=1 title="복제본에서 읽기"
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
    # 여기를 채우세요: RANK에서 이 책의 점수를 copies만큼 올립니다.


def best(count):
    """많이 팔린 순서로 (책 번호, 부수)를 count개 돌려줍니다."""
    # 여기를 채우세요: 읽기 엔드포인트에서 읽습니다.
    return []


sell(7, 3)
sell(12, 5)
sell(7, 4)
print("바로 읽은 순위:", best(3))
time.sleep(1)
print("1초 뒤의 순위:", best(3))

try:
    reader.zincrby(RANK, 1, 7)
except redis.ReadOnlyError as error:
    print("복제본에 쓰면:", error)

# %% fail-over rev=1 title="장애 조치와 잃어버린 쓰기"
import time

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from labs.cloud import drill


ATTEMPTS = 10


def open_rank():
    """승격이 끝날 때까지 다시 연결해 보는 클라이언트를 만듭니다."""
    # 여기를 채우세요: 1초 간격으로 ATTEMPTS번까지 다시 시도하게 합니다.
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
    # 여기를 채우세요: 책마다 순위의 점수와 견줍니다.
    return {}


rank = open_rank()
sell(7, 3)
sell(12, 5)
time.sleep(1)
print("평소 순위:", best(3), "잃은 부수:", lost_sales())

sell(12, 2)
drill.stop("rank.cache.lab")
print("프라이머리가 멈추었습니다.")
began = time.time()
try:
    sell(7, 1)
    print("같은 주소에 다시 썼습니다.", end=" ")
except redis.ConnectionError as error:
    print("쓰지 못했습니다.", error, end=" ")
print(f"{time.time() - began:.0f}초 걸렸습니다.")
time.sleep(1)
print("승격 뒤 순위:", best(3), "잃은 부수:", lost_sales())

for book_id, copies in lost_sales().items():
    rank.zincrby(RANK, copies, book_id)
print("DB로 고친 뒤 잃은 부수:", lost_sales())

# %% choose rev=1 title="증거로 엔진 고르기"
REQUESTS = {
    "책 페이지": ["객체 캐시", "멀티스레드"],
    "검색 결과": ["객체 캐시", "노드 증감"],
    "오늘의 순위": ["순위", "읽기 복제본"],
    "장바구니": ["객체 캐시", "장애 조치"],
}

# 노드 기반 Memcached가 채우는 요구
MEMCACHED = {"여기를 채우세요"}


def blockers(needs):
    """needs 가운데 Memcached가 못 채우는 것을 순서대로 돌려줍니다."""
    # 여기를 채우세요: MEMCACHED에 없는 요구를 모읍니다.
    return []


def choose(needs):
    """요구에 맞는 엔진을 "Memcached"나 "Valkey"로 돌려줍니다."""
    # 여기를 채우세요: 못 채우는 요구가 하나라도 있으면 Valkey입니다.
    return ""


for team, needs in REQUESTS.items():
    reason = ", ".join(blockers(needs)) or "없음"
    print(f"{team}: {choose(needs)} (막는 요구: {reason})")
