"""캐시 스탬피드: 확인"""

import json
from dataclasses import dataclass

from labs.engine.author import Cloud, Entry, Record, Sealed, Span, Stage, check, fail, shown

CACHE_HOST = "deal.cache.lab"
DB_HOST = "deal.db.lab"
TTL_SECONDS = 60
JITTER_SECONDS = 30
LOCK_MS = 500
MENU = ("비빔밥", "김치찌개", "돈가스", "쌀국수", "떡볶이", "파스타", "초밥", "샐러드")


@dataclass(frozen=True)
class Deals:
    """The deals of one data set, and how many visitors come at once. `absent` is a deal nobody has."""

    first: int
    count: int
    visitors: int
    absent: int

    @property
    def ids(self) -> list[int]:
        return list(range(self.first, self.first + self.count))

    def row(self, deal_id: int) -> dict[str, str | int]:
        return {"id": deal_id, "name": f"{MENU[deal_id % len(MENU)]} {deal_id}호", "price": 5000 + 100 * deal_id}

    @property
    def rows(self) -> list[dict[str, str | int]]:
        return [self.row(deal_id) for deal_id in self.ids]


VARIANTS = [Deals(first=1, count=40, visitors=50, absent=404), Deals(first=1, count=36, visitors=33, absent=999)]


def build(cloud: Cloud, deals: Deals) -> None:
    cloud.cache(CACHE_HOST)
    database = cloud.database(DB_HOST)
    database.script("CREATE TABLE deals (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL)")
    database.fill("deals", deals.rows)


def key_of(deal_id: int) -> str:
    return f"deal:{deal_id}"


def lock_of(deal_id: int) -> str:
    return f"lock:deal:{deal_id}"


def stored(span: Span, key: str) -> Entry | None:
    return span.cache.get(key)


def put(stage: Stage, deals: Deals, deal_id: int) -> None:
    stage.cloud.caches[0].put(key_of(deal_id), json.dumps(deals.row(deal_id)), ttl_s=TTL_SECONDS)


def seconds(entry: Entry) -> float:
    return -1 if entry.ttl_ms is None else entry.ttl_ms / 1000


def expect_row(value: Sealed, deals: Deals, deal_id: int, what: str) -> None:
    expected = deals.row(deal_id)
    if value != expected:
        fail(f"{what} 결과가 {shown(value)}입니다. {shown(expected)}이어야 합니다. `return` 줄을 보세요.")


def expect_rows(value: Sealed, deals: Deals, deal_id: int, what: str) -> None:
    for one in value if isinstance(value, list) else [value]:
        expect_row(one, deals, deal_id, what)


def as_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value


# %% see-the-stampede


def play(stage: Stage, deals: Deals) -> None:
    first, second, third = deals.ids[:3]
    stage.call("miss", "get_deal", first)
    stage.call("hit", "get_deal", first)
    stage.call("cold", "rush", second, deals.visitors)
    stage.call("warm", "rush", second, deals.visitors)
    stage.cloud.clock.sleep(TTL_SECONDS + 1)
    stage.call("expired", "rush", second, deals.visitors)
    stage.fresh()
    stage.together("together", "get_deal", *[[third]] * 5)


@check("캐시에 먼저 묻고, 없으면 DB에서 읽어 채웁니다")
def cache_aside(record: Record, deals: Deals) -> None:
    deal_id = deals.ids[0]
    miss, hit = record["miss"], record["hit"]
    if not miss.lookups:
        fail("`get_deal` 함수가 캐시에 묻지 않았습니다. `await cache.get(key)`로 먼저 읽어 보세요.")
    expect_row(miss.value, deals, deal_id, "캐시에 없는 상품을 연")
    entry = stored(miss, key_of(deal_id))
    if entry is None:
        fail(f"DB에서 읽은 뒤에도 캐시에 `{key_of(deal_id)}` 키가 없습니다. `await cache.set(…)`으로 쓰는지 보세요.")
    if as_json(entry.value) != deals.row(deal_id):
        fail(f"캐시에 {shown(entry.value)}라고 썼습니다. 상품을 `json.dumps`로 바꾼 글자를 쓰세요.")
    if not TTL_SECONDS - 1 <= seconds(entry) <= TTL_SECONDS:
        told = "없습니다" if entry.ttl_ms is None else f"{seconds(entry):.3g}초입니다"
        fail(f"캐시에 쓴 값의 TTL이 {told}. `ex=TTL_SECONDS`로 60초를 정하세요.")
    if hit.db_reads:
        fail("방금 채운 상품인데 DB를 또 읽었습니다. 캐시에 값이 있으면 바로 `return` 하는지 보세요.")
    expect_row(hit.value, deals, deal_id, "캐시에 있는 상품을 연")
    expect_rows(record["together"].value, deals, deals.ids[2], "다섯 명이 함께 연")


@check("손님을 한꺼번에 보냅니다")
def all_at_once(record: Record, deals: Deals) -> None:
    cold = record["cold"]
    if len(cold.lookups) < deals.visitors:
        fail(
            f"손님은 {deals.visitors}명인데 캐시 조회는 {len(cold.lookups)}번입니다. "
            "`asyncio.gather(*(get_deal(deal_id) for _ in range(visitors)))`에 `await`를 붙였는지 보세요."
        )
    if len(cold.db_reads) < deals.visitors:
        fail(
            f"손님 {deals.visitors}명 가운데 {len(cold.db_reads)}명만 DB까지 갔습니다. 한 명씩 차례로 기다리면 첫 손님이 "
            "채운 값을 나머지가 읽습니다. `asyncio.gather`로 함께 부르세요."
        )


@check("DB 조회 수를 돌려줍니다")
def tells_reads(record: Record, deals: Deals) -> None:
    for label, when in (("cold", "빈 캐시에서"), ("warm", "채워진 캐시에서"), ("expired", "만료된 뒤에")):
        call = record[label]
        if call.value != len(call.db_reads):
            fail(
                f"{when} `rush` 결과가 {shown(call.value)}인데 그동안 늘어난 DB 조회는 {len(call.db_reads)}회입니다. "
                "`return db.reads - before` 줄이 모두 끝난 다음에 오는지 보세요."
            )
    if record["warm"].db_reads or not record["expired"].db_reads:
        fail("채운 값이 60초 동안만 남아야 합니다. `cache.set`의 `ex=`를 보세요.")


PASSED = (
    "같은 값을 얻으려고 모두가 DB에 다녀왔습니다. DB가 한 번에 처리하는 수보다 많아서 뒤의 손님은 더 오래 기다렸습니다. "
    "이것이 캐시 스탬피드입니다. 다음 단계부터 하나씩 막습니다."
)

# %% jitter
MANY = 1000


def play(stage: Stage, deals: Deals) -> None:
    stage.call("many", "many_ttls", MANY)
    stage.call("many again", "many_ttls", MANY)
    stage.together("filled", "fill", *[[row] for row in deals.rows])
    stage.call("read", "get_deal", deals.ids[-1])


@check("부를 때마다 60초에서 90초 사이의 다른 TTL을 고릅니다")
def spreads(record: Record, deals: Deals) -> None:
    many = record["many"].value
    ttls = many if isinstance(many, list) else [many]
    numbers = [ttl for ttl in ttls if isinstance(ttl, (int, float)) and not isinstance(ttl, bool)]
    if len(numbers) < MANY:
        other = next((ttl for ttl in ttls if ttl not in numbers), many)
        fail(f"`spread_ttl()` 결과가 {shown(other)}입니다. 60과 90 사이의 수를 돌려주세요.")
    if many == record["many again"].value and len(set(numbers)) > 1:
        fail("두 번 불렀는데 똑같은 수들이 똑같은 차례로 나왔습니다. `random`으로 그때그때 고르는지 보세요.")
    low, high = min(numbers), max(numbers)
    if low == high:
        fail(f"`spread_ttl()`이 {MANY}번 내내 {low:g}초만 돌려주었습니다. 함수 안에서 `random`으로 고르세요.")
    if low < TTL_SECONDS or high > TTL_SECONDS + JITTER_SECONDS:
        wrong = low if low < TTL_SECONDS else high
        fail(
            f"`spread_ttl()` 결과에 {wrong:g}초가 있습니다. 60초보다 짧거나 90초보다 길면 안 됩니다. "
            "0부터 `JITTER_SECONDS`까지의 수를 더하세요."
        )
    if low >= TTL_SECONDS + 1 or high < TTL_SECONDS + JITTER_SECONDS - 2:
        fail(
            f"{MANY}번 골랐더니 {low:g}초부터 {high:g}초까지만 나왔습니다. 60초부터 90초까지 고르게 나와야 합니다. "
            "무작위 수의 범위를 보세요."
        )


@check("상품마다 다른 TTL로 씁니다")
def fills_apart(record: Record, deals: Deals) -> None:
    filled = record["filled"]
    entries = [stored(filled, key_of(deal_id)) for deal_id in deals.ids]
    for deal_id, entry in zip(deals.ids, entries, strict=True):
        if entry is None:
            fail(f"`fill`을 부른 뒤에 캐시에 `{key_of(deal_id)}` 키가 없습니다. 키 이름과 `await`를 보세요.")
        if as_json(entry.value) != deals.row(deal_id):
            fail(f"캐시에 {shown(entry.value)}라고 썼습니다. 상품을 `json.dumps`로 바꾼 글자를 쓰세요.")
        if entry.ttl_ms is None:
            fail(f"`{key_of(deal_id)}` 값에 TTL이 없습니다. `ex=spread_ttl()`을 더하세요.")
        if not TTL_SECONDS - 1 <= seconds(entry) <= TTL_SECONDS + JITTER_SECONDS:
            fail(f"`{key_of(deal_id)}` 값의 TTL이 {seconds(entry):.3g}초입니다. `ex=`는 초, `px=`는 밀리초입니다.")
    different = {round(seconds(entry)) for entry in entries if entry is not None}
    if len(different) < len(entries) / 4:
        fail(
            f"상품 {len(entries)}개의 TTL이 {len(different)}가지뿐입니다. "
            "쓸 때마다 `spread_ttl()`을 새로 불러 서로 다르게 하세요."
        )


@check("쓴 값을 다시 읽을 수 있습니다")
def still_reads(record: Record, deals: Deals) -> None:
    read = record["read"]
    if read.db_reads:
        fail("`fill`로 쓴 상품인데 `get_deal`이 DB를 읽었습니다. 두 함수의 키가 같은지 보세요.")
    expect_row(read.value, deals, deals.ids[-1], "`fill`로 쓴 상품을 연")


PASSED = (
    "만료가 30초에 걸쳐 흩어졌습니다. 여러 키가 한 순간에 만료되는 일은 막았지만, 인기 키 하나가 만료될 때 몰리는 손님은 "
    "그대로입니다. 다음 단계에서 막습니다."
)

# %% one-refills


def play(stage: Stage, deals: Deals) -> None:
    first, second, third, fourth = deals.ids[:4]
    stage.call("taken", "acquire", first)
    stage.call("refused", "acquire", first)
    stage.call("other", "acquire", second)
    mine = stage.call("mine", "acquire", third)
    stage.call("not mine", "release", third, "남의 표")
    stage.call("released", "release", third, mine)
    stage.fresh()
    stage.together("rush", "get_deal", *[[first]] * deals.visitors)
    stage.together("late", "get_deal", *[[second]] * 20, every_ms=1)
    put(stage, deals, fourth)
    stage.call("hit", "get_deal", fourth)
    stage.call("absent", "get_deal", deals.absent)
    stage.fresh()
    stage.cloud.caches[0].put(lock_of(fourth), "멈춘 서버", ttl_s=1)
    stage.cloud.clock.sleep(1 - LOCK_MS / 1000)
    stage.together("dead holder", "get_deal", *[[fourth]] * 3)
    stage.fresh()
    stage.cloud.caches[0].put(lock_of(fourth), "풀지 않는 서버")
    stage.call("stuck", "get_deal", fourth)


@check("잠금은 한 명령으로, 없을 때만, 0.5초 동안 얻습니다")
def acquires(record: Record, deals: Deals) -> None:
    first, taken = deals.ids[0], record["taken"]
    entry = stored(taken, lock_of(first))
    if entry is None:
        written = [one.key for one in taken.cache.entries]
        told = f"`{written[0]}` 키가 있습니다" if written else "아무 키도 없습니다"
        fail(f"`acquire({first})`를 부른 뒤에 캐시에 {told}. `{lock_of(first)}` 키에 `token`을 쓰세요.")
    if entry.ttl_ms is None:
        fail("잠금에 TTL이 없습니다. 얻은 앱이 멈추면 영원히 풀리지 않습니다. `px=LOCK_MS`를 더하세요.")
    if not LOCK_MS - 100 <= entry.ttl_ms <= LOCK_MS:
        fail(f"잠금의 TTL이 {entry.ttl_ms}ms입니다. `px=LOCK_MS`(500밀리초)로 쓰세요.")
    if len(taken.on(lock_of(first))) > 1:
        ops = ", ".join(f"`{event.op}`" for event in taken.on(lock_of(first)))
        fail(
            f"잠금을 얻는 데 명령을 여러 개 썼습니다({ops}). 그 사이에 다른 요청이 끼어들거나 앱이 멈출 수 있습니다. "
            "`cache.set(…, nx=True, px=LOCK_MS)` 하나로 쓰세요."
        )
    refused = record["refused"]
    kept = stored(refused, lock_of(first))
    if kept is None or kept.value != entry.value:
        fail("이미 있는 잠금을 덮어썼습니다. 키가 없을 때만 쓰도록 `nx=True`를 더하세요.")
    if refused.value is not None:
        fail(f"잠금을 얻지 못했는데 `acquire` 결과가 {shown(refused.value)}입니다. `None`을 돌려주세요.")
    if taken.value != entry.value:
        fail("`acquire` 결과가 잠금에 쓴 값과 다릅니다. 풀 때 견줄 수 있도록 쓴 `token`을 그대로 돌려주세요.")
    if record["other"].value in (None, taken.value):
        fail("다른 상품의 잠금은 따로 얻을 수 있어야 합니다. 키에 상품 번호가 들어 있는지 보세요.")


@check("내 잠금만 풉니다")
def releases(record: Record, deals: Deals) -> None:
    third = deals.ids[2]
    if stored(record["not mine"], lock_of(third)) is None:
        fail(
            "남의 잠금을 지웠습니다. 내 잠금이 만료된 사이에 다른 요청이 얻은 잠금일 수 있습니다. "
            "잠금에 든 값이 `token`과 같을 때만 지우세요."
        )
    if stored(record["released"], lock_of(third)) is not None:
        fail("내 잠금을 풀지 않았습니다. 잠금에 든 값이 `token`과 같으면 `await cache.delete(lock)`으로 지우세요.")


@check("함께 온 손님 가운데 한 명만 DB에 갑니다")
def one_reads(record: Record, deals: Deals) -> None:
    for label, deal_id in (("rush", deals.ids[0]), ("late", deals.ids[1])):
        call = record[label]
        if len(call.db_reads) != 1:
            fail(
                f"손님 {len(call.value) if isinstance(call.value, list) else 0}명이 몰리자 DB를 {len(call.db_reads)}번 "
                "읽었습니다. 한 번이어야 합니다. 잠금을 얻지 못한 요청이 DB로 가지 않는지 보세요."
            )
        expect_rows(call.value, deals, deal_id, "함께 온 손님이 받은")
        if stored(call, lock_of(deal_id)) is not None:
            fail("다 채운 뒤에도 잠금이 남아 있습니다. `finally`에서 `release`를 부르는지 보세요.")


@check("기다리는 손님은 쉬엄쉬엄 다시 봅니다")
def waits_calmly(record: Record, deals: Deals) -> None:
    rush = record["rush"]
    # Two rounds: one that finds nothing, and one that finds the value; some leave for those who come in between.
    most = 6 * deals.visitors
    asked = [event for event in rush.events if event.kind == "cache"]
    if len(asked) > most:
        fail(
            f"손님 {deals.visitors}명이 기다리는 동안 캐시에 명령을 {len(asked)}번 보냈습니다. 쉬지 않고 다시 물으면 캐시가 "
            "바빠집니다. 다시 보기 전에 `await asyncio.sleep(0.02)`로 기다리세요."
        )
    times = [event.t + event.ms for event in rush.events]
    if max(times) - min(event.t for event in rush.events) > 500:
        fail("값이 채워진 뒤에도 오래 기다렸습니다. `asyncio.sleep(0.02)`처럼 짧게 기다렸다가 다시 보세요.")


@check("있는 값은 바로, 없는 상품은 None, 멈춘 잠금은 0.5초 뒤에 풀립니다")
def other_cases(record: Record, deals: Deals) -> None:
    hit, absent, dead = record["hit"], record["absent"], record["dead holder"]
    if hit.db_reads or len(hit.events) != 1:
        fail("캐시에 있는 상품인데 잠금을 얻거나 DB를 읽었습니다. 값이 있으면 바로 `return` 하세요.")
    if absent.value is not None:
        fail(f"없는 상품의 결과가 {shown(absent.value)}입니다. `None`을 그대로 돌려주세요.")
    expect_rows(dead.value, deals, deals.ids[3], "잠금을 얻은 서버가 멈추었을 때 받은")
    expect_row(record["stuck"].value, deals, deals.ids[3], "잠금이 끝내 풀리지 않을 때 받은")
    if len(dead.db_reads) != 1:
        fail(
            f"잠금을 얻은 서버가 멈추자 손님 셋이 DB를 {len(dead.db_reads)}번 읽었습니다. 잠금이 만료되면 한 요청만 "
            "이어받도록, 다시 볼 때마다 `acquire`로 잠금을 얻으세요."
        )


PASSED = (
    "몇 명이 몰려도 DB는 한 번만 읽습니다. 나머지는 20밀리초쯤 기다렸다가 캐시에서 받아 갑니다. 얻은 서버가 멈추어도 잠금의 "
    "TTL이 끝나면 다른 요청이 이어받습니다."
)

# %% prewarm


def play(stage: Stage, deals: Deals) -> None:
    stage.call("warmed", "prewarm")
    stage.together("opened", "get_deal", *[[deal_id] for deal_id in deals.ids for _ in range(2)])


@check("행사 상품을 모두 미리 씁니다")
def all_there(record: Record, deals: Deals) -> None:
    warmed = record["warmed"]
    missing = [deal_id for deal_id in deals.ids if stored(warmed, key_of(deal_id)) is None]
    if missing:
        fail(
            f"`prewarm`이 끝났는데 상품 {len(deals.ids)}개 가운데 {len(missing)}개가 캐시에 없습니다. "
            f"첫 번째는 `{key_of(missing[0])}`입니다. 모든 상품에 `await fill(deal)`을 부르는지 보세요."
        )
    for deal_id in deals.ids:
        entry = stored(warmed, key_of(deal_id))
        if entry is not None and as_json(entry.value) != deals.row(deal_id):
            fail(f"`{key_of(deal_id)}`에 {shown(entry.value)}라고 썼습니다. `fill`로 쓰세요.")


@check("미리 채우면서 DB를 괴롭히지 않습니다")
def few_reads(record: Record, deals: Deals) -> None:
    reads = len(record["warmed"].db_reads)
    if reads > len(deals.ids) + 1:
        fail(f"`prewarm`이 DB를 {reads}번 읽었습니다. `load_deals()`로 한 번에 읽으세요.")


@check("미리 쓴 값도 흩어져 만료됩니다")
def warm_apart(record: Record, deals: Deals) -> None:
    entries = [stored(record["warmed"], key_of(deal_id)) for deal_id in deals.ids]
    ttls = [round(seconds(entry)) for entry in entries if entry is not None]
    if min(ttls) < TTL_SECONDS - 1 or max(ttls) > TTL_SECONDS + JITTER_SECONDS:
        fail(
            f"미리 쓴 값의 TTL이 {min(ttls)}초에서 {max(ttls)}초입니다. `fill`로 써서 60초에서 90초 사이가 되게 하세요."
        )
    if len(set(ttls)) < len(ttls) / 4:
        fail(
            f"미리 쓴 상품 {len(ttls)}개의 TTL이 {len(set(ttls))}가지뿐입니다. 한꺼번에 쓰면 한꺼번에 만료됩니다. "
            "`fill`로 써서 TTL을 흩뜨리세요."
        )


@check("행사를 열어도 DB를 읽지 않습니다")
def opens_quietly(record: Record, deals: Deals) -> None:
    opened = record["opened"]
    if opened.db_reads:
        fail(f"행사를 열자 DB를 {len(opened.db_reads)}번 읽었습니다. `get_deal`이 읽는 키로 썼는지 보세요.")
    values = opened.value if isinstance(opened.value, list) else []
    for value, deal_id in zip(values, [deal_id for deal_id in deals.ids for _ in range(2)], strict=True):
        expect_row(value, deals, deal_id, f"행사를 연 뒤 `get_deal({deal_id})`")


@check("쓴 상품의 수를 돌려줍니다")
def tells_count(record: Record, deals: Deals) -> None:
    if record["warmed"].value != len(deals.ids):
        fail(
            f"`prewarm()` 결과가 {shown(record['warmed'].value)}입니다. 쓴 상품의 수를 돌려주세요. 여기서는 {len(deals.ids)}입니다."
        )


PASSED = (
    "문을 열기 전에 채워 두니 첫 손님부터 히트입니다. 흩뜨리기는 여러 키의 만료에, 잠금은 인기 키 하나의 만료에, 미리 "
    "채우기는 빈 캐시에 알맞습니다. 셋은 함께 씁니다."
)
