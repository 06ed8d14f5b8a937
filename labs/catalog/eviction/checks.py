"""메모리가 가득 찰 때: 확인"""

from dataclasses import dataclass

from labs.engine.author import Call, Cloud, Record, Span, Stage, check, fail, shown

CACHE_HOST = "books.cache.lab"
DB_HOST = "books.db.lab"
PARAMETER_GROUP = "books-params"
TTL_SECONDS = 600
CART_BOOKS = [3, 7, 11]
NAMES = ["Evictions", "Reclaimed", "CacheHitRate", "DatabaseMemoryUsagePercentage"]
NEEDS_CONTROL = "캐시의 메모리 한도를 작게 정하고 제거 정책을 바꿉니다."


@dataclass(frozen=True)
class Store:
    """A bookshop of one data set: books `first` to `last`, and a cache of `memory` bytes that cannot hold them all."""

    first: int
    last: int
    memory: int
    intro: str
    users: tuple[str, ...]

    @property
    def ids(self) -> range:
        return range(self.first, self.last + 1)

    def row(self, book_id: int) -> dict[str, str | int]:
        return {"id": book_id, "title": f"{book_id}번째 이야기", "intro": self.intro}


VARIANTS = [
    Store(1, 40, 8 * 1024, "바닷가 마을의 작은 책방에서 시작되는 편지와 여름의 이야기. " * 4, ("mina", "joon")),
    Store(501, 540, 12 * 1024, "산 너머 도서관에 남은 오래된 지도와 겨울을 건너는 사람들. " * 5, ("sora", "hana")),
]


def build(cloud: Cloud, store: Store) -> None:
    cloud.cache(CACHE_HOST, maxmemory=store.memory, policy="noeviction", parameter_group=PARAMETER_GROUP)
    database = cloud.database(DB_HOST)
    database.script("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, intro TEXT NOT NULL)")
    # The code at the end of each step asks for books 1 to 30, whatever the shop sells.
    ids = sorted({*store.ids, *range(1, 31)})
    database.fill("books", [store.row(book_id) for book_id in ids])


def key_of(book_id: int) -> str:
    return f"book:{book_id}"


def books_in(span: Span) -> list[str]:
    return [entry.key for entry in span.cache.entries if entry.key.startswith("book:")]


def expect_book(call: Call, store: Store, book_id: int) -> None:
    if call.value != store.row(book_id):
        fail(
            f"`get_book({book_id})` 결과가 {shown(call.value)}입니다. "
            "DB에서 읽은 책을 그대로 돌려주어야 합니다. `return` 줄을 보세요."
        )


def number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        fail(f"{what} 값이 {shown(value)}입니다. 수를 돌려주세요.")
    return value


# %% survive-full
def play(stage: Stage, store: Store) -> None:
    stage.call("empty", "memory_percent")
    stage.call("first", "get_book", store.first)
    stage.call("again", "get_book", store.first)
    stage.call("one", "memory_percent")
    for book_id in store.ids:
        shown_books = stage.call("fill", "show_books", book_id, book_id)
        if shown_books != 1:
            return
    stage.call("full", "memory_percent")
    stage.call("refused", "get_book", store.last)
    stage.call("kept", "get_book", store.first)
    stage.call("many", "show_books", store.first, store.last)


@check("캐시가 가득 차도 책을 보여 줍니다")
def shows_books_when_full(record: Record, store: Store) -> None:
    expect_book(record["first"], store, store.first)
    filled = [call for call in record.calls if call.label == "fill"]
    if filled[-1].value != 1:
        kept = len(books_in(filled[-1]))
        fail(
            f"캐시에 책 {kept}권을 담은 뒤로 `get_book`이 메모리 부족 오류로 멈춥니다. "
            "`cache.set`이 실패해도 책을 돌려주도록 `try`와 `except`로 감싸세요."
        )
    expect_book(record["refused"], store, store.last)
    if record["many"].value != len(store.ids):
        fail(
            f"책 {len(store.ids)}권을 보여 주었는데 `show_books` 결과가 {shown(record['many'].value)}입니다. "
            "`show_books`는 그대로 두고 `get_book`을 고치세요."
        )


@check("자리가 있을 때는 캐시에 씁니다")
def fills_while_there_is_room(record: Record, store: Store) -> None:
    if record["first"].cache.get(key_of(store.first)) is None:
        fail(
            f"자리가 있는데도 `{key_of(store.first)}` 키가 캐시에 없습니다. "
            "`cache.set`은 그대로 두고, 실패했을 때만 넘어가게 하세요."
        )
    if any(event.op == "APPEND" for event in record["first"].events):
        fail("`append`는 있던 값 뒤에 덧붙입니다. 책을 통째로 쓰는 `cache.set`을 쓰세요.")
    if record["again"].db_reads:
        fail("방금 캐시에 쓴 책인데 DB를 다시 읽었습니다. 값이 있으면 바로 `return` 하는지 보세요.")
    expect_book(record["again"], store, store.first)


@check("담아 둔 책은 지우지 않습니다")
def keeps_what_is_there(record: Record, store: Store) -> None:
    most = max(len(books_in(call)) for call in record.calls if call.label == "fill")
    left = len(books_in(record["kept"]))
    if record["kept"].db_reads or left < most:
        fail(
            f"캐시에 책이 {most}권까지 있었는데 지금은 {left}권이고, 처음 담은 책은 다시 DB에서 읽었습니다. "
            "자리를 만들려고 지우지 말고, 못 담은 책은 보여 주기만 하세요."
        )


@check("메모리 사용률을 퍼센트로 계산합니다")
def measures_memory(record: Record, store: Store) -> None:
    empty, one, full = (number(record[label].value, "`memory_percent()`") for label in ("empty", "one", "full"))
    if empty != 0:
        fail(f"캐시가 비어 있는데 `memory_percent()` 결과가 {shown(empty)}입니다. 0이어야 합니다.")
    if 0.9 < full < 1.2:
        fail(f"가득 찬 캐시인데 `memory_percent()` 결과가 {full:.2f}입니다. 퍼센트가 되도록 100을 곱하세요.")
    if not 95 < full < 115:
        fail(
            f"가득 찬 캐시인데 `memory_percent()` 결과가 {shown(full)}입니다. 100에 가까워야 합니다. "
            "`used_memory`를 `maxmemory`로 나누고 100을 곱하세요."
        )
    expected = full / len(books_in(record["full"]))
    if abs(one - expected) > 1:
        fail(
            f"책 한 권을 담았을 때 `memory_percent()` 결과가 {shown(one)}입니다. {expected:.1f}쯤이어야 합니다. "
            "부를 때마다 `cache.info`로 다시 읽는지 보세요."
        )


PASSED = (
    "캐시가 가득 차도 손님은 책을 봅니다. 다만 새 책은 캐시에 담기지 않으니 DB가 계속 일합니다. "
    "다음 단계에서는 오래된 책이 자리를 내주게 합니다."
)


# %% protect-carts
def play(stage: Stage, store: Store) -> None:
    stage.call("noeviction", "get_book", store.first)
    for book_id in store.ids:
        stage.call("noeviction full", "get_book", book_id)
    stage.fresh()
    stage.call("open", "open_shop")
    for user in store.users:
        stage.call(f"cart {user}", "save_cart", user, CART_BOOKS)
    stage.call("hot", "get_book", store.first)
    for book_id in store.ids[1:]:
        stage.call("busy", "get_book", book_id)
        stage.call("hot again", "get_book", store.first)
    stage.call("last", "get_book", store.last)


@check("캐시가 가득 차도 책을 보여 줍니다")
def still_shows_books_when_full(record: Record, store: Store) -> None:
    expect_book(record["noeviction"], store, store.first)
    *_, last = [call for call in record.calls if call.label == "noeviction full"]
    expect_book(last, store, store.last)


@check("책에 600초 TTL이 있습니다")
def books_expire(record: Record, store: Store) -> None:
    entry = record["hot"].cache.get(key_of(store.first))
    if entry is None:
        fail(f"책을 읽었는데 `{key_of(store.first)}` 키가 캐시에 없습니다. 읽은 책을 캐시에 쓰는지 보세요.")
    if entry.ttl_ms is None:
        fail(
            "캐시에 쓴 책에 TTL이 없습니다. volatile- 정책은 TTL이 있는 키만 밀어냅니다. "
            "`cache.set`에 `ex=TTL_SECONDS`를 더하세요."
        )
    if abs(entry.ttl_ms - TTL_SECONDS * 1000) > 1000:
        fail(
            f"책의 TTL이 {entry.ttl_ms / 1000:g}초입니다. {TTL_SECONDS}초여야 합니다. `ex=`는 초, `px=`는 밀리초입니다."
        )


@check("장바구니에는 TTL이 없습니다")
def carts_do_not_expire(record: Record, store: Store) -> None:
    for user in store.users:
        entry = record[f"cart {user}"].cache.get(f"cart:{user}")
        if entry is None:
            fail(f"`save_cart`를 불렀는데 `cart:{user}` 키가 캐시에 없습니다. `save_cart`는 그대로 두세요.")
        if entry.ttl_ms is not None:
            fail(f"장바구니 `cart:{user}` 키에 TTL이 있어 밀려날 수도, 만료될 수도 있습니다. TTL은 책에만 거세요.")


@check("책이 밀려나고 새 책이 들어옵니다")
def new_books_get_in(record: Record, store: Store) -> None:
    if any(event.op == "CONFIG SET" for event in record["open"].events):
        fail(
            "`CONFIG SET`은 직접 설치한 Redis에서 쓰는 명령이고, ElastiCache에서는 쓸 수 없습니다. "
            "파라미터 그룹을 바꾸는 `set_policy`를 부르세요."
        )
    if not any(event.op == "ModifyCacheParameterGroup" for event in record["open"].events):
        fail("`open_shop`이 제거 정책을 바꾸지 않았습니다. `set_policy`를 부르세요.")
    if record["last"].cache.get(key_of(store.last)) is None:
        fail(
            f"책 {len(store.ids)}권을 읽고 나니 마지막 책이 캐시에 없습니다. 아무 키도 밀려나지 않은 것입니다. "
            "`open_shop`에서 고른 정책이 TTL 있는 키를 밀어내는지 보세요."
        )


@check("장바구니는 끝까지 남습니다")
def carts_stay(record: Record, store: Store) -> None:
    for user in store.users:
        entry = record["last"].cache.get(f"cart:{user}")
        if entry is None:
            fail(
                f"책이 들어오는 동안 `cart:{user}` 키가 밀려났습니다. allkeys-는 모든 키를 후보로 삼습니다. "
                "TTL이 있는 키만 후보로 삼는 정책을 고르세요."
            )


@check("자주 읽는 책은 남습니다")
def hot_book_stays(record: Record, store: Store) -> None:
    expect_book(record["hot again"], store, store.first)
    missed = [call for call in record.calls if call.label == "hot again" and call.db_reads]
    if missed:
        fail(
            f"계속 읽던 `{key_of(store.first)}` 책이 밀려나 DB를 {len(missed)}번 다시 읽었습니다. "
            "오래 쓰지 않았거나 드물게 쓴 키부터 밀어내는 정책을 고르세요."
        )


PASSED = (
    "책은 TTL이 있어 후보가 되고, 장바구니는 TTL이 없어 남습니다. 장바구니를 지킨 것은 정책과 TTL의 짝입니다. "
    "다음 단계에서는 이 일이 지표에 어떻게 나타나는지 봅니다."
)


# %% expire-or-evict
EARLY = 3


def play(stage: Stage, store: Store) -> None:
    stage.call("open", "open_shop")
    stage.call("idle", "metrics")
    for book_id in [*store.ids[:EARLY], *store.ids[:EARLY], store.first, store.first]:
        stage.call("early", "get_book", book_id)
    stage.call("busy", "metrics")
    stage.cloud.clock.sleep(TTL_SECONDS + 1)
    stage.call("expired", "metrics")
    for book_id in store.ids:
        stage.call("late", "get_book", book_id)
    stage.call("evicted", "metrics")


def metric(call: Call, name: str) -> float:
    if not isinstance(call.value, dict):
        fail(f"`metrics()` 결과가 {shown(call.value)}입니다. 지표 이름과 값의 `dict`를 돌려주세요.")
    for wanted in NAMES:
        if wanted not in call.value:
            fail(f"`metrics()` 결과에 `{wanted}` 지표가 없습니다. 이름의 철자와 대소문자를 보세요.")
    return number(call.value[name], f"`{name}`")


@check("만료된 키를 Reclaimed로 셉니다")
def counts_expired_keys(record: Record, store: Store) -> None:
    if (early := metric(record["busy"], "Reclaimed")) != 0:
        fail(f"아직 만료된 키가 없는데 `Reclaimed`가 {shown(early)}입니다. `stats`의 `expired_keys`를 넣으세요.")
    if (late := metric(record["expired"], "Reclaimed")) != EARLY:
        fail(
            f"TTL이 있는 책 {EARLY}권이 601초 뒤에 만료되었는데 `Reclaimed`가 {shown(late)}입니다. "
            "`stats`의 `expired_keys`를 넣으세요."
        )


@check("밀려난 키를 Evictions로 셉니다")
def counts_evicted_keys(record: Record, store: Store) -> None:
    if (early := metric(record["expired"], "Evictions")) != 0:
        fail(f"키가 만료되기만 했는데 `Evictions`가 {shown(early)}입니다. 만료와 제거를 따로 세세요.")
    evicted = len(store.ids) - len(books_in(record["evicted"]))
    if (late := metric(record["evicted"], "Evictions")) != evicted:
        fail(
            f"책 {len(store.ids)}권 가운데 {evicted}권이 밀려났는데 `Evictions`가 {shown(late)}입니다. "
            "`stats`의 `evicted_keys`를 넣으세요."
        )
    if (late := metric(record["evicted"], "Reclaimed")) != EARLY:
        fail(f"더 만료된 키가 없는데 `Reclaimed`가 {shown(late)}(으)로 바뀌었습니다. 만료와 제거를 따로 세세요.")


@check("적중률을 0과 1 사이로 계산합니다")
def measures_hit_rate(record: Record, store: Store) -> None:
    if (idle := metric(record["idle"], "CacheHitRate")) != 0:
        fail(f"조회가 없을 때 `CacheHitRate`가 {shown(idle)}입니다. 0이어야 합니다.")
    for label, during in (("busy", ("early",)), ("evicted", ("early", "late"))):
        lookups = [event for call in record.calls if call.label in during for event in call.lookups]
        hits = sum(event.outcome == "hit" for event in lookups)
        rate = metric(record[label], "CacheHitRate")
        if abs(rate - 100 * hits / len(lookups)) < 0.1:
            fail(f"`CacheHitRate`가 {shown(rate)}입니다. 퍼센트가 아니라 0과 1 사이의 수로 돌려주세요.")
        if abs(rate - hits / len(lookups)) > 0.001:
            fail(
                f"조회 {len(lookups)}번 가운데 {hits}번이 히트인데 `CacheHitRate`가 {shown(rate)}입니다. "
                "히트를 히트와 미스의 합으로 나누세요."
            )


@check("메모리 사용률도 함께 돌려줍니다")
def tells_memory(record: Record, store: Store) -> None:
    if metric(record["expired"], "DatabaseMemoryUsagePercentage") != 0:
        fail("키가 모두 만료되었는데 `DatabaseMemoryUsagePercentage`가 0이 아닙니다. `memory_percent()`를 넣으세요.")
    if not 80 < (full := metric(record["evicted"], "DatabaseMemoryUsagePercentage")) < 115:
        fail(f"가득 찬 캐시인데 `DatabaseMemoryUsagePercentage`가 {shown(full)}입니다. `memory_percent()`를 넣으세요.")


PASSED = (
    "TTL이 끝난 키는 Reclaimed, 메모리가 모자라 밀려난 키는 Evictions입니다. 밀려나기 시작하면 적중률이 떨어집니다. "
    "마지막 단계에서는 이 숫자를 보고 할 일을 정합니다."
)


# %% choose-remedy
def measured(evictions: int, reclaimed: int, rate: float, percent: float) -> dict[str, float]:
    return dict(zip(NAMES, (evictions, reclaimed, rate, percent), strict=True))


CALM = measured(0, 4, 0.9, 40)
SITUATIONS = {
    "calm": (CALM, measured(0, 4, 0.9, 45)),
    "expired": (CALM, measured(0, 250, 0.7, 12)),
    "evicting": (measured(5, 4, 0.9, 97), measured(6, 4, 0.8, 97)),
    "evicted long ago": (measured(90, 4, 0.8, 60), measured(90, 4, 0.8, 61)),
    "filling": (CALM, measured(0, 4, 0.9, 93)),
    "just under": (CALM, measured(0, 4, 0.9, 79.9)),
    "at the limit": (CALM, measured(0, 4, 0.9, 80)),
}


def play(stage: Stage, store: Store) -> None:
    cache = stage.cloud.caches[0]
    for name, (before, after) in SITUATIONS.items():
        stage.call(name, "remedy", before, after)
    cache.put("book:0", "견본", ttl_s=TTL_SECONDS)
    for name, (before, after) in SITUATIONS.items():
        stage.call(f"{name}, with TTL", "remedy", before, after)


def expect_remedy(record: Record, label: str, expected: str, why: str) -> None:
    value = record[label].value
    if value not in ("scale-up", "check-ttl", "ok"):
        fail(f'`remedy` 결과가 {shown(value)}입니다. `"scale-up"`, `"check-ttl"`, `"ok"` 가운데 하나를 돌려주세요.')
    if value != expected:
        fail(f'{why} `"{expected}"`이어야 하는데 `"{value}"`입니다.')


@check("밀려난 키가 늘면 메모리를 키웁니다")
def scales_up_when_evicting(record: Record, store: Store) -> None:
    for label in ("evicting", "evicting, with TTL"):
        expect_remedy(record, label, "scale-up", "`Evictions`가 5에서 6으로 늘었습니다.")
    expect_remedy(
        record,
        "evicted long ago, with TTL",
        "ok",
        "`Evictions`가 90에서 그대로입니다. 쌓인 값이 아니라 늘었는지를 보세요. 할 일은",
    )


@check("만료된 키가 느는 것은 괜찮습니다")
def expiring_is_fine(record: Record, store: Store) -> None:
    for label in ("calm", "calm, with TTL"):
        expect_remedy(record, label, "ok", "`Evictions`는 그대로이고 메모리는 45%입니다. 할 일은")
    expect_remedy(record, "evicted long ago", "ok", "`Evictions`는 그대로이고 메모리는 61%입니다. 할 일은")
    for label in ("expired", "expired, with TTL"):
        expect_remedy(record, label, "ok", "`Reclaimed`만 늘었습니다. TTL이 끝난 키가 사라진 것이니 할 일은")


@check("밀어낼 후보가 없이 차오르면 TTL을 살핍니다")
def checks_ttl_when_nothing_can_go(record: Record, store: Store) -> None:
    for label, percent in (("filling", "93%"), ("at the limit", "80%")):
        expect_remedy(record, label, "check-ttl", f"메모리가 {percent}인데 TTL이 있는 키가 하나도 없습니다. 할 일은")
        expect_remedy(
            record,
            f"{label}, with TTL",
            "ok",
            f"메모리가 {percent}이지만 TTL이 있는 키가 있어 자리를 낼 수 있습니다. 할 일은",
        )
    for label in ("just under", "just under, with TTL"):
        expect_remedy(record, label, "ok", "메모리가 79.9%로 아직 80% 아래입니다. 할 일은")


PASSED = (
    "Evictions가 늘면 메모리를, 후보 없이 차오르면 TTL을 살핍니다. Reclaimed가 느는 것은 정상입니다. "
    "캐시가 가득 찰 때 일어나는 일을 모두 보았습니다."
)
