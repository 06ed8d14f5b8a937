"""Redis와 Memcached 견주기: 확인"""

from dataclasses import dataclass

from labs.engine.author import Call, Cloud, Record, Stage, TraceEvent, check, fail, shown

DB_HOST = "books.db.lab"
MEMCACHED_HOSTS = [f"mc-000{number}.cache.lab" for number in (1, 2, 3, 4)]
NODES = [(host, 11211) for host in MEMCACHED_HOSTS[:3]]
RANK = "sold:today"
TTL_SECONDS = 300
LAG_MS = 500


@dataclass(frozen=True)
class Shop:
    """The books of one data set, a node that is lost, and sales: (book, copies)."""

    first: int
    count: int
    lost_host: str
    sales: list[tuple[int, int]]
    late: tuple[int, int]  # sold just before the primary dies
    requests: list[list[str]]

    @property
    def ids(self) -> range:
        return range(self.first, self.first + self.count)

    def row(self, book_id: int) -> dict[str, str | int]:
        return {"id": book_id, "title": f"책갈피 문고 {book_id}", "price": 9000 + 100 * book_id}


VARIANTS = [
    Shop(
        first=1,
        count=24,
        lost_host=MEMCACHED_HOSTS[1],
        sales=[(7, 3), (12, 5), (7, 4), (3, 1)],
        late=(12, 6),
        requests=[
            ["객체 캐시"],
            ["객체 캐시", "멀티스레드"],
            ["순위", "멀티스레드"],
            ["노드 증감"],
            ["백업", "장애 조치"],
        ],
    ),
    Shop(
        first=301,
        count=30,
        lost_host=MEMCACHED_HOSTS[2],
        sales=[(310, 2), (305, 9), (322, 4), (310, 4)],
        late=(322, 3),
        requests=[["노드 증감", "객체 캐시"], ["게시/구독"], ["멀티스레드"], ["객체 캐시", "트랜잭션", "읽기 복제본"]],
    ),
]


def build(cloud: Cloud, shop: Shop) -> None:
    cloud.memcached("mc.cfg.cache.lab", nodes=MEMCACHED_HOSTS)
    cloud.replication_group("rank", primary="rank.cache.lab", reader="rank-ro.cache.lab", replicas=2, lag_ms=LAG_MS)
    database = cloud.database(DB_HOST)
    database.script(
        "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price INTEGER NOT NULL);"
        "CREATE TABLE sales (book_id INTEGER NOT NULL, copies INTEGER NOT NULL)"
    )
    # The code at the end of each step asks for books 1 to 24, whatever the shop sells.
    database.fill("books", [shop.row(book_id) for book_id in sorted({*range(1, 25), *shop.ids})])


def key_of(book_id: int) -> str:
    return f"book:{book_id}"


def holders(call: Call, book_id: int) -> list[str]:
    """The Memcached nodes that hold a book."""
    return [store.name for store in call.stores if store.name in MEMCACHED_HOSTS and store.get(key_of(book_id))]


def kept_share(call: Call) -> float:
    """The share of hits among the look-ups of a call, each key once."""
    looked = {event.key: event.outcome for event in call.lookups}
    return sum(outcome == "hit" for outcome in looked.values()) / len(looked) if looked else 0.0


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def on_rank(call: Call) -> list[TraceEvent]:
    """What a call did on the nodes of the ranking."""
    return [event for event in call.events if event.kind == "cache" and event.target.startswith("rank-")]


def totals(sales: list[tuple[int, int]]) -> dict[int, int]:
    return {book_id: sum(copies for other, copies in sales if other == book_id) for book_id, _ in sales}


def ranking(sales: list[tuple[int, int]]) -> list[list[int]]:
    """What `best` gives, sealed."""
    return [[book_id, copies] for book_id, copies in sorted(totals(sales).items(), key=lambda pair: -pair[1])]


def pairs(value: object) -> str:
    """A sealed list of pairs as the learner's code had it."""
    items = value if isinstance(value, list) else [value]
    tuples = [tuple(item) if isinstance(item, list) else item for item in items]
    return shown(tuples if isinstance(value, list) else value)


def expect_recorded(call: Call, book_id: int) -> None:
    writes = [event for event in on_rank(call) if event.outcome == "ok"]
    if not writes:
        fail(f"`sell({book_id}, …)` 뒤에도 순위가 그대로입니다. `rank.zincrby`로 점수를 올리는지 보세요.")
    if [event for event in writes if event.key != RANK]:
        fail(f"순위를 `{writes[0].key}` 키에 적었습니다. 약속한 키는 `{RANK}`입니다. `RANK`를 쓰세요.")


# %% share-keys
SERVERS: tuple[str, ...] = ("memcached",)


def play(stage: Stage, shop: Shop) -> None:
    for book_id in shop.ids:
        stage.call(f"miss {book_id}", "get_book", book_id)
        stage.call(f"hit {book_id}", "get_book", book_id)
        stage.call(f"node {book_id}", "node_of", book_id)
    stage.cloud.clock.sleep(TTL_SECONDS + 1)
    stage.call("expired", "get_book", shop.ids[0])


def expect_book(call: Call, shop: Shop, book_id: int) -> None:
    if call.value != shop.row(book_id):
        fail(f"`get_book({book_id})` 결과가 {shown(call.value)}입니다. {shown(shop.row(book_id))}이어야 합니다.")


@check("미스이면 읽은 책을 캐시에 담습니다")
def fills_the_cache(record: Record, shop: Shop) -> None:
    book_id = shop.ids[0]
    call = record[f"miss {book_id}"]
    expect_book(call, shop, book_id)
    if not holders(call, book_id):
        written = [entry.key for store in call.stores if store.name in MEMCACHED_HOSTS for entry in store.entries]
        if written:
            fail(f"캐시에 `{written[0]}` 키로 담았습니다. 읽을 때와 같은 `{key_of(book_id)}` 키로 담아야 합니다.")
        fail("DB에서 읽은 뒤에도 노드가 모두 비어 있습니다. `return` 앞에서 `cache.set(key, …)`으로 담는지 보세요.")


@check("담은 값은 300초 뒤에 만료됩니다")
def value_expires(record: Record, shop: Shop) -> None:
    book_id = shop.ids[0]
    entries = [store.get(key_of(book_id)) for store in record[f"miss {book_id}"].stores]
    ttl_ms = next(entry.ttl_ms for entry in entries if entry)
    if ttl_ms is None:
        fail("담은 값에 만료 시간이 없습니다. `cache.set`에 `expire=TTL_SECONDS`를 더하세요.")
    if not (TTL_SECONDS - 1) * 1000 < ttl_ms <= TTL_SECONDS * 1000:
        fail(f"담은 값이 {ttl_ms / 1000:g}초 뒤에 만료됩니다. `expire=`의 단위는 초입니다. `TTL_SECONDS`를 넘기세요.")


@check("다음 조회는 히트입니다")
def second_time_is_a_hit(record: Record, shop: Shop) -> None:
    for book_id in shop.ids:
        call = record[f"hit {book_id}"]
        if call.db_reads:
            fail(f"`get_book({book_id})` 두 번째 호출도 DB를 읽었습니다. 첫 호출에서 담은 값을 찾을 수 있는지 보세요.")
        expect_book(call, shop, book_id)
    if not record["expired"].db_reads:
        fail("처음 담고 301초가 지났는데도 캐시의 값을 돌려주었습니다. 히트일 때 다시 담지 않았는지 보세요.")


@check("키를 노드 셋에 나누어 담습니다")
def keys_are_shared(record: Record, shop: Shop) -> None:
    used = {host for book_id in shop.ids for host in holders(record[f"miss {book_id}"], book_id)}
    if len(used) < len(NODES):
        fail(
            f"책 {shop.count}권을 담았는데 쓰인 노드가 {len(used)}개입니다. "
            "`Client` 하나가 아니라 `HashClient(NODES)`로 담는지 보세요."
        )


@check("키를 맡은 노드를 압니다")
def knows_the_node(record: Record, shop: Shop) -> None:
    for book_id in shop.ids:
        host = holders(record[f"miss {book_id}"], book_id)[0]
        value = record[f"node {book_id}"].value
        if value not in (host, f"{host}:11211", [host, 11211]):
            fail(
                f"`{key_of(book_id)}` 키는 `{host}` 노드에 있는데 `node_of({book_id})` 결과가 {shown(value)}입니다. "
                "`cache.hasher`에 키를 물어보세요."
            )


PASSED = (
    "서버 셋은 서로를 모릅니다. 어느 키를 어디에 둘지는 클라이언트가 키를 해싱해서 정했고, "
    "키마다 담은 노드는 하나뿐입니다. 그 노드가 멈추면 어떻게 될까요?"
)


# %% lose-a-node
SERVERS = ("memcached",)
IMITATED = "노드가 멈추는 일은 연결을 끊고 그 노드에 둔 실습의 키를 지워서 흉내 냅니다. 서버는 그대로 돌아갑니다."


def play(stage: Stage, shop: Shop) -> None:
    # A client that gave a node up in the step's own code takes it back after a while.
    stage.cloud.clock.sleep(600)
    for book_id in shop.ids:
        stage.call(f"warm {book_id}", "get_book", book_id)
    stage.call("before", "hit_share", shop.ids)
    half = stage.call("half", "hit_share", [*shop.ids[:5], *range(9001, 9016)])
    if half != 5 / 20:
        # The first check says so. Without the share, losing a node would show nothing.
        return
    stage.cloud.memcached_clusters[0].fail(shop.lost_host)
    stage.call("after", "hit_share", shop.ids)
    for turn in range(2):
        for book_id in shop.ids:
            stage.call(f"page {turn} {book_id}", "get_book", book_id)


def expect_share(call: Call, asked: int, when: str) -> int:
    """How many of the books were in the cache."""
    if call.db_reads:
        fail(f"`hit_share`가 DB를 읽었습니다(DB 조회 {len(call.db_reads)}회). 캐시에만 묻는 `cache.get_many`를 쓰세요.")
    if not call.lookups:
        fail("`hit_share`가 캐시에 묻지 않았습니다. `cache.get_many(keys)`로 읽어 보세요.")
    strange = [event.key for event in call.lookups if not str(event.key).startswith("book:")]
    if strange:
        fail(f"`hit_share`가 `{strange[0]}` 키를 물었습니다. 담을 때와 같은 `keys`를 물어야 합니다.")
    hits = len({event.key for event in call.hits})
    if not is_number(call.value) or abs(float(str(call.value)) - hits / asked) > 0.001:
        fail(
            f"{when} 책 {asked}권 가운데 {hits}권이 캐시에 있는데 `hit_share` 결과가 {shown(call.value)}입니다. "
            f"찾은 수를 물은 수로 나누면 {hits / asked:.3g}입니다."
        )
    return hits


@check("캐시에 있는 책의 비율을 잽니다")
def measures_the_share(record: Record, shop: Shop) -> None:
    kept = expect_share(record["before"], shop.count, "노드가 모두 있을 때")
    if kept < shop.count:
        fail(
            f"책 페이지 {shop.count}개를 모두 연 뒤에 캐시에서 찾은 것이 {kept}권입니다. "
            "`open_cache`가 받은 `nodes`를 모두 쓰는지 보세요."
        )
    expect_share(record["half"], 20, "일부만 담았을 때")


@check("노드를 잃으면 그 노드의 키만 미스입니다")
def only_its_keys_are_lost(record: Record, shop: Shop) -> None:
    expect_share(record["after"], shop.count, "노드를 잃은 뒤")
    before, after = kept_share(record["before"]), float(str(record["after"].value))
    lost = sum(shop.lost_host in holders(record[f"warm {book_id}"], book_id) for book_id in shop.ids)
    if abs(after - (before - lost / shop.count)) > 0.001:
        fail(
            f"노드 하나를 잃은 뒤 비율이 {after:.0%}입니다. 그 노드의 책 {lost}권만 사라졌으니 "
            f"{before - lost / shop.count:.0%}이어야 합니다. 남은 노드의 키까지 놓치지 않는지 보세요."
        )


@check("노드가 없어도 책을 보여 줍니다")
def pages_still_come(record: Record, shop: Shop) -> None:
    for turn in range(2):
        for book_id in shop.ids:
            call = record[f"page {turn} {book_id}"]
            if call.value != shop.row(book_id):
                fail(
                    f"노드 하나를 잃은 뒤 `get_book({book_id})` 결과가 {shown(call.value)}입니다. "
                    "미스이면 DB에서 읽어 책을 돌려주어야 합니다."
                )


PASSED = (
    "사라진 것은 멈춘 노드가 맡던 키뿐입니다. 복제가 없으니 그 키는 어디에도 없고, 읽기가 한꺼번에 DB로 갔습니다. "
    "클라이언트가 노드를 포기한 뒤에는 남은 노드가 그 키를 나누어 맡습니다."
)


# %% add-a-node
SERVERS = ("memcached",)


def play(stage: Stage, shop: Shop) -> None:
    nodes = [f"n{number}" for number in range(1, 5)]
    for number, key in enumerate(sample_keys(shop)):
        for count in (3, 4):
            stage.call(f"pick {count} {number}", "pick_by_modulo", key, nodes[:count])
    stage.call("again", "pick_by_modulo", sample_keys(shop)[0], nodes[:3])
    stage.call("modulo", "moved_share", Modulo, shop.ids)
    stage.call("one third", "moved_share", FirstOrFourth, shop.ids)
    stage.call("none", "moved_share", AlwaysFirst, shop.ids)


def sample_keys(shop: Shop) -> list[str]:
    return [key_of(shop.first + number) for number in range(60)]


class Named(type):
    """Messages show a class by its name."""

    def __repr__(cls) -> str:
        return cls.__name__


class Modulo(metaclass=Named):
    """A hasher of our own, for measuring with a learner's `moved_share`."""

    def __init__(self) -> None:
        self.nodes: list[str] = []

    def add_node(self, node: str) -> None:
        self.nodes.append(node)

    def remove_node(self, node: str) -> None:
        self.nodes.remove(node)

    def get_node(self, key: str) -> str:
        return self.nodes[int(key.partition(":")[2]) % len(self.nodes)]


class FirstOrFourth(Modulo):
    """The fourth node, when there is one, takes every third book."""

    def get_node(self, key: str) -> str:
        return self.nodes[-1 if len(self.nodes) == 4 and int(key.partition(":")[2]) % 3 == 0 else 0]


class AlwaysFirst(Modulo):
    def get_node(self, key: str) -> str:
        return self.nodes[0]


@check("나머지로 노드를 고릅니다")
def picks_by_modulo(record: Record, shop: Shop) -> None:
    keys = sample_keys(shop)
    picks = {count: [record[f"pick {count} {number}"].value for number in range(len(keys))] for count in (3, 4)}
    for count in (3, 4):
        allowed = [f"n{number}" for number in range(1, count + 1)]
        strange = [value for value in picks[count] if value not in allowed]
        if strange:
            fail(
                f"노드가 {count}개일 때 `pick_by_modulo` 결과가 {shown(strange[0])}입니다. "
                "받은 `nodes` 가운데 하나를 돌려주어야 합니다."
            )
        fewest = min(picks[count].count(node) for node in allowed)
        if fewest < len(keys) // (count * 3):
            fail(
                f"키 {len(keys)}개를 노드 {count}개에 나누었더니 어떤 노드는 {fewest}개만 맡았습니다. "
                "`number`를 노드 수로 나눈 나머지가 노드의 자리입니다."
            )
    if record["again"].value != picks[3][0]:
        fail("같은 키를 두 번 물었더니 다른 노드가 나왔습니다. 같은 키는 늘 같은 노드로 가야 다시 찾을 수 있습니다.")
    moved = sum(three != four for three, four in zip(picks[3], picks[4], strict=True))
    if moved < len(keys) // 2:
        fail(
            f"노드가 셋에서 넷이 될 때 키 {len(keys)}개 가운데 {moved}개만 옮겨 갔습니다. 나머지로 고르면 네 개 가운데 "
            "세 개쯤 옮겨 갑니다. `number`를 `len(nodes)`로 나눈 나머지를 쓰는지 보세요."
        )


@check("옮겨 간 키의 비율을 노드에서 잽니다")
def measures_what_moved(record: Record, shop: Shop) -> None:
    for label in ("modulo", "one third", "none"):
        call = record[label]
        written = {event.key for event in call.events if event.op == "SET"}
        if len(written) < shop.count:
            fail(
                f"책 {shop.count}권을 담아야 하는데 노드에 쓴 키가 {len(written)}개입니다. "
                "`three.set_many(books)`로 모두 담으세요."
            )
        if not call.lookups:
            fail("담은 다음 읽지 않았습니다. `four.get_many(list(books))`로 읽어 찾은 것을 세세요.")
        missed = len({event.key for event in call.misses})
        if not is_number(call.value) or abs(float(str(call.value)) - expected_share(label, shop)) > 0.001:
            fail(
                f"책 {shop.count}권 가운데 {round(expected_share(label, shop) * shop.count)}권이 옮겨 가게 했는데 "
                f"`moved_share` 결과가 {shown(call.value)}입니다(읽기에서 미스 {missed}번). "
                "`four`가 찾지 못한 수를 전체로 나누세요."
            )


def expected_share(label: str, shop: Shop) -> float:
    match label:
        case "modulo":
            moved = sum(book_id % 3 != book_id % 4 for book_id in shop.ids)
        case "one third":
            moved = sum(book_id % 3 == 0 for book_id in shop.ids)
        case _:
            moved = 0
    return moved / shop.count


PASSED = (
    "나머지로 나누면 노드를 하나 더했을 뿐인데 캐시가 거의 다 비는 셈입니다. "
    "랑데부 해싱은 새 노드가 맡을 만큼만 옮깁니다. AWS가 일관된 해싱을 권하는 까닭입니다."
)


# %% rank-and-read
SERVERS = ("redis", "replica")
IMITATED = (
    "`--redis-reader-url`의 복제 지연은 서버의 것입니다. 쓰자마자 읽어도 이미 복제되어 있을 수 있습니다. "
    "`--own-servers`에서는 진짜 복제 스트림을 붙잡아 두었다가 실습의 시계로 0.5초 뒤에 복제본에 넘깁니다."
)


def play(stage: Stage, shop: Shop) -> None:
    stage.call("empty", "best", 3)
    for number, (book_id, copies) in enumerate(shop.sales):
        stage.call(f"sell {number}", "sell", book_id, copies)
    stage.cloud.clock.sleep(LAG_MS / 1000)
    stage.call("best", "best", 2)
    stage.call("all", "best", 10)


@check("판 부수를 DB와 순위에 적습니다")
def writes_both(record: Record, shop: Shop) -> None:
    for number, (book_id, _) in enumerate(shop.sales):
        call = record[f"sell {number}"]
        if not call.db_writes:
            fail("`sell` 함수가 DB에 판매를 적지 않았습니다. `INSERT` 문을 지우지 않았는지 보세요.")
        expect_recorded(call, book_id)
    store = next(store for store in record["all"].stores if store.name == "rank-001.cache.lab")
    entry = store.get(RANK)
    seen = dict(pair.split(": ") for pair in entry.value.split(", ")) if entry and entry.type == "zset" else {}
    expected = {str(book_id): copies for book_id, copies in totals(shop.sales).items()}
    if {member: float(score) for member, score in seen.items()} != expected:
        fail(
            f"순위의 점수가 {shown(seen)}입니다. 판 부수를 더하면 {shown(expected)}입니다. "
            "`zadd`로 덮어쓰지 않고 `zincrby(키, 부수, 책 번호)`로 더하는지 보세요."
        )


@check("순위는 읽기 엔드포인트에서 읽습니다")
def reads_at_the_reader(record: Record, shop: Shop) -> None:
    reads = [event for label in ("best", "all") for event in record[label].lookups]
    if not reads:
        fail("`best`가 순위를 읽지 않았습니다. `reader.zrange(RANK, …)`로 읽어 보세요.")
    if [event for event in reads if event.target == "rank-001"]:
        fail("`best`가 프라이머리 노드에서 읽었습니다. `rank`가 아니라 읽기 엔드포인트에 연결한 `reader`를 쓰세요.")


@check("많이 팔린 순서로 돌려줍니다")
def tells_the_best(record: Record, shop: Shop) -> None:
    expected = ranking(shop.sales)
    for label, count in (("all", 10), ("best", 2)):
        value = record[label].value
        if isinstance(value, list) and [book for book in value if isinstance(book, list) and isinstance(book[0], str)]:
            fail(f"`best({count})` 결과가 {pairs(value)}입니다. 책 번호와 부수는 `int`로 바꾸어 돌려주세요.")
        if value != expected[:count]:
            fail(f"`best({count})` 결과가 {pairs(value)}입니다. {pairs(expected[:count])}이어야 합니다.")
    if record["empty"].value != []:
        fail(f"아무것도 팔리지 않았을 때 `best(3)` 결과가 {shown(record['empty'].value)}입니다. `[]`이어야 합니다.")


PASSED = (
    "더하기와 정렬은 서버가 했고, 읽기는 복제본이 맡았습니다. 복제는 비동기라 방금 판 책은 잠시 뒤에야 보입니다. "
    "Memcached에서는 이 순위를 통째로 꺼내 앱이 고쳐야 합니다."
)


# %% fail-over
NEEDS_CONTROL = "프라이머리를 멈추어 장애 조치를 일으킵니다."
IMITATED = (
    "프라이머리의 프로세스를 끝내고 복제본을 승격하는 것은 진짜입니다. 언제 어느 복제본을 승격할지는 ElastiCache 대신 "
    "실습이 정하고, 승격까지의 5초는 실습의 시계로 흐릅니다."
)


def play(stage: Stage, shop: Shop) -> None:
    group, (book_id, copies) = stage.cloud.groups[0], shop.late
    for number, sale in enumerate(shop.sales):
        stage.call(f"sell {number}", "sell", *sale)
    stage.call("nothing lost", "lost_sales")
    values = ", ".join(f"({other}, {number})" for other, number in elsewhere(shop).items())
    stage.cloud.databases[0].script(f"INSERT INTO sales VALUES {values}")
    if stage.call("elsewhere", "lost_sales") != elsewhere(shop):
        # The first check says so. Without this answer, a failover would show nothing.
        return
    stage.fresh()
    for sale in shop.sales:
        stage.call("again", "sell", *sale)
    stage.cloud.clock.sleep(LAG_MS / 1000)
    stage.call("late", "sell", book_id, copies)
    group.fail_primary()
    stage.call("after", "sell", shop.sales[0][0], 1)
    stage.call("lost", "lost_sales")
    stage.cloud.clock.sleep(LAG_MS / 1000)
    stage.call("best", "best", 10)


def elsewhere(shop: Shop) -> dict[int, int]:
    """Sales that only the database knows: of a book of the ranking, and of one that is not in it."""
    return {shop.late[0]: shop.late[1], shop.first + 1: 2}


WHEN = {
    "nothing lost": "판 책이 모두 순위에 있을 때",
    "elsewhere": "순위를 모르는 프로그램이 DB에만 판매를 적은 뒤",
    "lost": "마지막 판매가 복제되기 전에 프라이머리가 멈춘 뒤",
}


def expect_lost(call: Call, expected: dict[int, int]) -> None:
    if not call.db_reads:
        fail("`lost_sales`가 DB의 판매를 읽지 않았습니다. 원본은 DB의 `sales` 테이블입니다.")
    primary = "rank-002" if call.label == "lost" else "rank-001"
    if [event for event in call.lookups if event.target != primary]:
        fail(
            "`lost_sales`가 복제본의 점수를 읽었습니다. 아직 복제되지 않았을 뿐인 쓰기까지 잃은 것으로 셉니다. "
            "`reader`가 아니라 `rank`에서 읽으세요."
        )
    if call.value != expected:
        fail(
            f"{WHEN[call.label]} `lost_sales()` 결과가 {shown(call.value)}입니다. {shown(expected)}이어야 합니다. "
            "책마다 DB의 부수에서 순위의 점수를 빼 보세요."
        )


@check("순위에서 빠진 부수를 찾습니다")
def finds_what_is_missing(record: Record, shop: Shop) -> None:
    expect_lost(record["nothing lost"], {})
    expect_lost(record["elsewhere"], elsewhere(shop))


@check("장애 조치 뒤에도 같은 주소에 씁니다")
def goes_on_writing(record: Record, shop: Shop) -> None:
    writes = [event for event in on_rank(record["after"]) if event.outcome == "ok" and event.key == RANK]
    if not writes:
        fail("장애 조치 뒤에 판 책이 순위에 적히지 않았습니다. `rank = open_rank()`가 그대로 있는지 보세요.")
    took_s = (writes[0].t - record["after"].events[0].t) / 1000
    if took_s > 30:
        fail(f"다시 쓰기까지 {took_s:.0f}초가 걸렸습니다. 승격은 몇 초면 끝나니 1초 간격으로 다시 시도하세요.")


@check("복제된 판매는 순위에 그대로 있습니다")
def keeps_the_ranking(record: Record, shop: Shop) -> None:
    expected = ranking([*shop.sales, (shop.sales[0][0], 1)])
    if record["best"].value != expected:
        fail(f"승격 뒤에 `best(10)` 결과가 {pairs(record['best'].value)}입니다. {pairs(expected)}이어야 합니다.")


@check("복제되지 않은 쓰기를 찾습니다")
def finds_what_is_lost(record: Record, shop: Shop) -> None:
    expect_lost(record["lost"], {shop.late[0]: shop.late[1]})


PASSED = (
    "주소는 그대로였고, 앱은 다시 연결했을 뿐입니다. 다만 “저장했다”는 답을 받은 마지막 판매는 사라졌습니다. "
    "원본이 DB에 있어서 찾아내고 고칠 수 있었습니다."
)


# %% choose
SERVERS = ()


def play(stage: Stage, shop: Shop) -> None:
    for number, needs in enumerate(shop.requests):
        stage.call(f"blockers {number}", "blockers", needs)
        stage.call(f"choose {number}", "choose", needs)
    for need in ("객체 캐시", "멀티스레드", "노드 증감", "순위", "읽기 복제본", "장애 조치", "백업", "트랜잭션"):
        stage.call(need, "blockers", [need])


EVIDENCE = {
    "객체 캐시": "값을 통째로 담고 꺼내는 일은 첫 단계에서 Memcached로 했습니다.",
    "멀티스레드": "비교표에서 멀티스레드는 Memcached뿐입니다.",
    "노드 증감": "세 번째 단계에서 Memcached 노드를 셋에서 넷으로 늘렸습니다.",
    "순위": "정렬된 집합은 Valkey/Redis OSS에만 있습니다.",
    "읽기 복제본": "노드 기반 Memcached에는 복제본이 없습니다.",
    "장애 조치": "두 번째 단계에서 멈춘 노드의 키는 어디에도 없었습니다.",
    "백업": "노드 기반 Memcached에는 백업이 없습니다.",
    "트랜잭션": "트랜잭션은 Valkey/Redis OSS에만 있습니다.",
}
CAN = ("객체 캐시", "멀티스레드", "노드 증감")


@check("Memcached가 채우는 요구를 압니다")
def knows_what_it_can(record: Record, shop: Shop) -> None:
    for need, evidence in EVIDENCE.items():
        expected = [] if need in CAN else [need]
        value = record[need].value
        if value != expected:
            fail(f"`blockers({[need]})` 결과가 {shown(value)}입니다. {shown(expected)}이어야 합니다. {evidence}")


@check("막는 요구를 모두 말합니다")
def tells_all_blockers(record: Record, shop: Shop) -> None:
    for number, needs in enumerate(shop.requests):
        expected = [need for need in needs if need not in CAN]
        value = record[f"blockers {number}"].value
        if value != expected:
            fail(f"`blockers({needs})` 결과가 {shown(value)}입니다. {shown(expected)}이어야 합니다.")


@check("요구에 맞는 엔진을 고릅니다")
def chooses(record: Record, shop: Shop) -> None:
    for number, needs in enumerate(shop.requests):
        blocked = [need for need in needs if need not in CAN]
        expected = "Valkey" if blocked else "Memcached"
        value = record[f"choose {number}"].value
        if value != expected:
            reason = (
                f"`{blocked[0]}` 요구를 Memcached가 채우지 못합니다."
                if blocked
                else "Memcached로 모두 채울 수 있습니다."
            )
            fail(f"`choose({needs})` 결과가 {shown(value)}입니다. {shown(expected)}이어야 합니다. {reason}")


PASSED = (
    "잃어도 되는 객체를 담는 단순한 캐시라면 Memcached, 그 밖의 요구가 하나라도 있으면 Valkey/Redis OSS입니다. "
    "시험에서도 요구를 하나씩 이렇게 지워 가며 고르세요."
)
