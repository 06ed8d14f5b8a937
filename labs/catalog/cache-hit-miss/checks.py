"""캐시 히트와 미스: 확인"""

import json
from dataclasses import dataclass

from labs.engine.author import Call, Cloud, Record, Stage, TraceEvent, check, fail, shown

CACHE_HOST = "shop.cache.lab"
DB_HOST = "shop.db.lab"
TTL_SECONDS = 60


@dataclass(frozen=True)
class Shop:
    """The products of one data set: `id: (name, price)`. `absent` is an id nobody has."""

    products: dict[int, tuple[str, int]]
    absent: int
    repeats: int  # how often one product is asked for again

    def row(self, product_id: int) -> dict[str, str | int]:
        name, price = self.products[product_id]
        return {"id": product_id, "name": name, "price": price}

    @property
    def ids(self) -> list[int]:
        return list(self.products)


VARIANTS = [
    Shop({1: ("머그컵", 12000), 2: ("보온병", 29000), 3: ("원두 1kg", 24000)}, absent=404, repeats=2),
    Shop({31: ("우산", 15500), 47: ("장화", 38000), 58: ("비옷", 21700)}, absent=999, repeats=4),
]


def build(cloud: Cloud, shop: Shop) -> None:
    cloud.cache(CACHE_HOST)
    database = cloud.database(DB_HOST)
    database.script("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL)")
    database.fill("products", [shop.row(product_id) for product_id in shop.ids])
    # The code at the end of each step asks for products 1 to 3, whatever the shop sells.
    database.fill("products", [{"id": n, "name": "견본", "price": 1000} for n in (1, 2, 3) if n not in shop.products])


def key_of(product_id: int) -> str:
    return f"product:{product_id}"


def as_json(shop: Shop, product_id: int) -> str:
    return json.dumps(shop.row(product_id), ensure_ascii=False)


def expect_row(call: Call, shop: Shop, product_id: int) -> None:
    expected = shop.row(product_id)
    if call.value == expected:
        return
    if isinstance(call.value, str):
        fail(f"`get_product({product_id})` 결과가 글자입니다. `json.loads`를 써서 `dict`로 바꾸어 돌려주세요.")
    fail(
        f"`get_product({product_id})` 결과가 {shown(call.value)}입니다. "
        f"{shown(expected)}이어야 합니다. `return` 줄을 보세요."
    )


def expect_rate(rate: object, lookups: list[TraceEvent]) -> None:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        fail(f"`hit_rate()` 결과가 {shown(rate)}입니다. 0과 1 사이의 수를 돌려주세요.")
    hits = [event for event in lookups if event.outcome == "hit"]
    if abs(rate - len(hits) / len(lookups)) > 0.001:
        fail(
            f"조회 {len(lookups)}번 가운데 {len(hits)}번이 히트인데 적중률이 {rate:.1%}입니다. "
            "히트 수를 전체 조회 수(히트 + 미스)로 나누세요."
        )


# %% look-first
def arrange(cloud: Cloud, shop: Shop) -> None:
    first = shop.ids[0]
    cloud.caches[0].put(key_of(first), as_json(shop, first))


def play(stage: Stage, shop: Shop) -> None:
    cached, other, _ = shop.ids
    stage.cloud.caches[0].put(key_of(cached), as_json(shop, cached))
    stage.call("cached", "get_product", cached)
    stage.call("cached again", "get_product", cached)
    stage.call("other", "get_product", other)
    stage.call("absent", "get_product", shop.absent)


def asks_first(call: Call, product_id: int) -> None:
    key = key_of(product_id)
    if not call.lookups:
        fail(f"`get_product({product_id})` 호출이 캐시에 묻지 않았습니다. `cache.get(key)`로 먼저 읽어 보세요.")
    if not [event for event in call.lookups if event.key == key]:
        fail(f"캐시에 `{call.lookups[0].key}` 키를 물었습니다. 약속한 키는 `{key}`입니다. 키 이름을 보세요.")
    if call.db_reads and call.db_reads[0].seq < call.lookups[0].seq:
        fail("DB를 먼저 읽고 나서 캐시에 물었습니다. 캐시를 먼저 읽고, 없을 때만 DB로 가도록 순서를 바꾸세요.")


@check("캐시에 먼저 묻습니다")
def cache_before_database(record: Record, shop: Shop) -> None:
    asks_first(record["cached"], shop.ids[0])
    asks_first(record["other"], shop.ids[1])


@check("히트이면 DB를 읽지 않습니다")
def hit_saves_the_database(record: Record, shop: Shop) -> None:
    call = record["cached"]
    if call.db_reads:
        fail(
            f"캐시에 있는 상품인데 DB도 읽었습니다(DB 조회 {len(call.db_reads)}회). "
            "값이 있으면 거기서 바로 `return` 하는지 보세요."
        )
    if record["cached again"].db_reads:
        fail(
            "같은 상품을 한 번 더 물으니 DB를 읽었습니다. 읽은 값이 캐시에 그대로 있어야 합니다. "
            "`getdel`이나 `delete`로 지우지 않았는지 보세요."
        )


@check("히트이면 캐시의 값을 dict로 돌려줍니다")
def hit_returns_the_product(record: Record, shop: Shop) -> None:
    expect_row(record["cached"], shop, shop.ids[0])


@check("미스이면 DB에서 읽습니다")
def miss_reads_the_database(record: Record, shop: Shop) -> None:
    call = record["other"]
    if not call.db_reads:
        fail("캐시에 없는 상품인데 DB를 읽지 않았습니다. 미스일 때 `load_product`를 부르는지 보세요.")
    expect_row(call, shop, shop.ids[1])
    if record["absent"].value is not None:
        fail(
            f"DB에도 없는 상품의 결과가 {shown(record['absent'].value)}입니다. "
            "`load_product`가 돌려준 `None`을 그대로 돌려주세요."
        )


PASSED = "캐시에 있는 상품은 이제 DB까지 가지 않습니다. 그런데 미스였던 상품은 다시 물어도 또 미스입니다. 다음 단계에서 채웁니다."


# %% fill-on-miss
def play(stage: Stage, shop: Shop) -> None:
    first, second, third = shop.ids
    stage.call("idle", "hit_rate")
    stage.call("miss", "get_product", first)
    stage.call("hit 0", "get_product", first)
    stage.call("rate 0", "hit_rate")
    for n in range(1, shop.repeats):
        stage.call(f"hit {n}", "get_product", first)
        stage.call(f"rate {n}", "hit_rate")
    stage.call("second", "get_product", second)
    stage.call("absent", "get_product", shop.absent)
    stage.fresh()
    stage.call("written", "get_product", third)
    stage.cloud.clock.sleep(TTL_SECONDS / 2)
    stage.call("halfway", "get_product", third)
    stage.cloud.clock.sleep(TTL_SECONDS / 2 + 1)
    stage.call("expired", "get_product", third)


@check("미스이면 읽은 값을 캐시에 씁니다")
def fills_the_cache(record: Record, shop: Shop) -> None:
    product_id = shop.ids[0]
    call = record["miss"]
    expect_row(call, shop, product_id)
    if call.cache.get(key_of(product_id)) is None:
        written = [entry.key for entry in call.cache.entries]
        if written:
            fail(f"캐시에 `{written[0]}` 키로 썼습니다. 읽을 때와 같은 `{key_of(product_id)}` 키로 써야 합니다.")
        fail("DB에서 읽은 뒤에도 캐시가 비어 있습니다. `return` 앞에서 `cache.set(key, …)`으로 쓰는지 보세요.")


@check("다음 조회는 히트입니다")
def second_time_is_a_hit(record: Record, shop: Shop) -> None:
    for n in range(shop.repeats):
        call = record[f"hit {n}"]
        if call.db_reads:
            fail(
                f"{n + 2}번째 조회도 DB를 읽었습니다(DB 조회 {len(call.db_reads)}회). "
                "첫 조회에서 쓴 값을 먼저 읽고 바로 돌려주는지 보세요."
            )
        expect_row(call, shop, shop.ids[0])
    expect_row(record["second"], shop, shop.ids[1])


@check("쓴 값에 60초 TTL이 있습니다")
def value_expires(record: Record, shop: Shop) -> None:
    entry = record["miss"].cache.get(key_of(shop.ids[0]))
    if entry is None or entry.ttl_ms is None:
        fail("캐시에 쓴 값에 TTL이 없습니다. `cache.set`에 `ex=TTL_SECONDS`를 더하세요.")
    if entry.ttl_ms < (TTL_SECONDS - 1) * 1000:
        fail(
            f"TTL이 {entry.ttl_ms / 1000:g}초로 너무 짧습니다. "
            "`ex=`는 초, `px=`는 밀리초입니다. `TTL_SECONDS`를 초로 넘겼는지 보세요."
        )
    if entry.ttl_ms > TTL_SECONDS * 1000:
        fail(f"TTL이 {entry.ttl_ms / 1000:g}초로 너무 깁니다. `TTL_SECONDS`(60초)를 그대로 쓰세요.")


@check("60초가 지나면 DB에서 다시 읽습니다")
def expires_though_read(record: Record, shop: Shop) -> None:
    if record["halfway"].db_reads:
        fail("30초 만에 다시 DB를 읽었습니다. 히트일 때는 캐시의 값을 바로 돌려주세요.")
    if not record["expired"].db_reads:
        fail(
            "처음 쓰고 61초가 지났는데도 캐시의 값을 돌려주었습니다. "
            "히트일 때 다시 써서 TTL이 늘어나지 않았는지 보세요."
        )


@check("적중률을 잽니다")
def measures_the_hit_rate(record: Record, shop: Shop) -> None:
    idle = record["idle"].value
    lookups = [*record["miss"].lookups]
    for n in range(shop.repeats):
        lookups += record[f"hit {n}"].lookups
        expect_rate(record[f"rate {n}"].value, lookups)
    if idle != 0:
        fail(f"조회가 없을 때 적중률이 {shown(idle)}입니다. 0이어야 합니다.")


PASSED = "같은 상품을 여러 번 물어도 DB는 60초에 한 번만 읽습니다. 다음 단계에서는 값이 바뀌는 때를 다룹니다."


# %% expire-and-invalidate
def play(stage: Stage, shop: Shop) -> None:
    first, second, third = shop.ids
    stage.call("warm", "get_product", first)
    stage.call("other", "get_product", second)
    stage.call("change", "change_price", first, 9900)
    stage.call("after", "get_product", first)
    stage.call("untouched", "get_product", second)
    stage.call("cold", "change_price", third, 4500)
    stage.call("cold-after", "get_product", third)
    stage.fresh()
    stage.call("empty", "seconds_left", first)
    stage.call("fill", "get_product", first)
    stage.cloud.clock.sleep(20)
    stage.call("left", "seconds_left", first)
    stage.call("again", "change_price", first, 5000)
    stage.call("again-read", "get_product", first)
    stage.cloud.databases[0].script(f"UPDATE products SET price = 100 WHERE id = {int(first)}")
    stage.cloud.clock.sleep(TTL_SECONDS + 1)
    stage.call("late", "get_product", first)


@check("DB의 가격을 바꿉니다")
def database_is_updated(record: Record, shop: Shop) -> None:
    if not record["change"].db_writes:
        fail("`change_price` 함수가 DB를 바꾸지 않았습니다. `UPDATE` 문을 지우지 않았는지 보세요.")


@check("바꾼 가격이 바로 보입니다")
def new_price_shows(record: Record, shop: Shop) -> None:
    product_id = shop.ids[0]
    new = {**shop.row(product_id), "price": 9900}
    call = record["after"]
    if call.value == shop.row(product_id):
        fail(
            f"가격을 바꾼 뒤에도 옛 가격 {shop.row(product_id)['price']}이 보입니다. "
            f"캐시에 남은 `{key_of(product_id)}` 값을 지우는지 보세요."
        )
    if call.value != new:
        fail(f"가격을 바꾼 뒤 조회한 결과가 {shown(call.value)}입니다. {shown(new)}이어야 합니다.")
    cold = {**shop.row(shop.ids[2]), "price": 4500}
    if record["cold-after"].value != cold:
        fail(
            f"캐시에 없던 상품의 가격을 바꾼 뒤 조회한 결과가 {shown(record['cold-after'].value)}입니다. "
            f"{shown(cold)}이어야 합니다."
        )


@check("DB를 먼저, 캐시를 나중에 바꿉니다")
def database_first(record: Record, shop: Shop) -> None:
    call = record["change"]
    touched = [event for event in call.events if event.kind == "cache" and event.outcome == "ok"]
    if touched and touched[0].seq < call.db_writes[-1].seq:
        fail(
            "캐시를 먼저 지우고 DB를 바꾸었습니다. 그 사이에 다른 서버가 옛 값을 다시 채울 수 있습니다. "
            "DB를 먼저 바꾸세요."
        )


@check("다른 상품의 캐시는 그대로 둡니다")
def others_stay(record: Record, shop: Shop) -> None:
    if record["untouched"].db_reads:
        fail(
            f"가격을 바꾸지 않은 `{key_of(shop.ids[1])}` 값까지 캐시에서 사라졌습니다. "
            "`flushall`처럼 모두 지우는 명령 대신 키 하나만 지우세요."
        )


@check("캐시를 모르는 변경도 TTL이 지나면 보입니다")
def ttl_bounds_staleness(record: Record, shop: Shop) -> None:
    late = record["late"].value
    if not isinstance(late, dict) or late.get("price") != 100:
        fail(
            "DB만 바뀐 가격이 61초가 지나도 보이지 않습니다. "
            "캐시에 새 값을 쓴다면 TTL(`ex=TTL_SECONDS`)도 다시 거는지 보세요."
        )


@check("남은 TTL을 초로 알려 줍니다")
def tells_seconds_left(record: Record, shop: Shop) -> None:
    left, empty = record["left"].value, record["empty"].value
    if empty != 0:
        fail(
            f"캐시에 없는 상품인데 `seconds_left` 결과가 {shown(empty)}입니다. 0이어야 합니다. "
            "`cache.ttl`은 키가 없으면 -2를 돌려줍니다."
        )
    if isinstance(left, bool) or not isinstance(left, (int, float)) or not 39 <= left <= 40:
        fail(
            f"캐시에 쓰고 20초가 지났는데 `seconds_left` 결과가 {shown(left)}입니다. "
            "40이어야 합니다. `cache.ttl(키)`이 남은 초를 알려 줍니다."
        )


PASSED = (
    "무효화는 알고 있는 변경을 바로 보이게 하고, TTL은 모르는 변경이 묵는 시간을 60초로 막아 줍니다. "
    "캐시 어사이드의 세 부분을 모두 만들었습니다."
)
