"""캐싱 패턴: 확인"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labs.engine.author import Call, Cloud, Record, Stage, check, fail, shown

CACHE_HOST = "news.cache.lab"
DB_HOST = "news.db.lab"
LOG_HOST = "log.db.lab"

ACTIONS = {"r": "read", "s": "save", "b": "batch"}


@dataclass(frozen=True)
class Event:
    """One line of the access log."""

    second: int
    action: str
    number: int
    title: str

    @property
    def label(self) -> str:
        return f"{self.second}"


@dataclass(frozen=True)
class Read:
    """What one read of the log is like under a strategy that works."""

    event: Event
    title: str
    current: str  # what the database held at that moment
    hit: bool

    @property
    def stale(self) -> bool:
        return self.title != self.current


@dataclass(frozen=True)
class News:
    """The articles of one data set, and a minute of traffic: `12s7` is an editor's change of article 7 in second 12."""

    names: dict[int, str]
    log: str
    ttl: int  # seconds
    candidates: tuple[int, ...]

    @property
    def events(self) -> list[Event]:
        found = re.findall(r"(\d+)([rsb])(\d+)", self.log)
        return [self._event(int(second), ACTIONS[letter], int(number)) for second, letter, number in found]

    def _event(self, second: int, action: str, number: int) -> Event:
        title = "" if action == "read" else f"{self.names[number]} ({second}초 수정)"
        return Event(second, action, number, title)

    @property
    def read_numbers(self) -> set[int]:
        return {event.number for event in self.events if event.action == "read"}

    def reads(self, *, fills: bool, writes: bool, ttl: int | None) -> list[Read]:
        """The log under a strategy: `fills` the cache on a miss, `writes` it on a save."""
        current = dict(self.names)
        cached: dict[int, tuple[str, int]] = {}
        made: list[Read] = []
        for event in self.events:
            number = event.number
            if event.action != "read":
                current[number] = event.title
                if event.action == "save" and writes:
                    cached[number] = (event.title, event.second)
                continue
            title, written = cached.get(number, ("", 0))
            hit = number in cached and (ttl is None or event.second < written + ttl)
            if not hit:
                title = current[number]
                if fills:
                    cached[number] = (title, event.second)
            made.append(Read(event, title, current[number], hit))
        return made

    @property
    def lazy(self) -> list[Read]:
        return self.reads(fills=True, writes=False, ttl=None)

    @property
    def through(self) -> list[Read]:
        return self.reads(fills=False, writes=True, ttl=None)

    def both(self, ttl: int) -> list[Read]:
        return self.reads(fills=True, writes=True, ttl=ttl)


VARIANTS = [
    News(
        {1: "첫눈 소식", 2: "장 마감 시황", 3: "축구 결승", 4: "버스 노선", 5: "지난 날씨", 6: "옛 공고", 7: "부고"},
        "1r1 2r2 3r1 4r3 5r2 6r3 8r1 9r2 10r1 12s7 15s1 16b2 17s6 18r3 19s3 21r3 23r2 24r1 27r1 28s2 29r3 30r4 31r1 "
        "32r1 33s7 34r1 35b1 37r4 38r2 39r1 40r1 41s5 42r3 43r3 45s7 46r4 47r2 48r1 49s7 50r1 51r2 52r1 53r2 54r3 "
        "55r3 56s4 57r2 58r4",
        ttl=15,
        candidates=(5, 15, 30, 60),
    ),
    News(
        {21: "태풍 경로", 34: "환율", 35: "개표 상황", 48: "지하철 지연", 50: "지난 운세", 51: "옛 광고", 52: "휴무"},
        "1r21 2r34 3r21 4r21 5b34 6s48 8s35 12r21 13r34 14r48 15s35 16r48 17r48 18r34 19r48 20r48 21r34 24r48 25r21 "
        "26r34 27r48 28r21 29r34 30s21 31s21 32r21 33s35 34r21 35s35 36r21 37s35 38s51 39s35 40r35 42r34 43r34 44b21 "
        "45r21 46r21 48s50 50r35 51r34 52r21 53r21 54r48 55r21 57b34 58r21",
        ttl=12,
        candidates=(4, 12, 25, 45),
    ),
]


def build(cloud: Cloud, news: News) -> None:
    cloud.cache(CACHE_HOST)
    database = cloud.database(DB_HOST)
    database.script("CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, first_title TEXT NOT NULL)")
    rows = news.names.items()
    database.fill("articles", [{"id": number, "title": name, "first_title": name} for number, name in rows])
    log = cloud.database(LOG_HOST, label="log")
    log.script("CREATE TABLE access_log (second INTEGER, action TEXT, number INTEGER, title TEXT)")
    columns = ("second", "action", "number", "title")
    log.fill("access_log", [{name: getattr(event, name) for name in columns} for event in news.events])


def run_log(stage: Stage, news: News, read: str, save: str) -> None:
    """The log against the learner's two functions, each event at its second."""
    started = stage.cloud.clock.now_s
    for event in news.events:
        stage.cloud.clock.sleep(max(0.0, started + event.second - stage.cloud.clock.now_s))
        if event.action == "read":
            stage.call(event.label, read, event.number)
        elif event.action == "save":
            stage.call(event.label, save, event.number, event.title)
        else:
            title = event.title.replace("'", "''")
            stage.cloud.databases[0].script(f"UPDATE articles SET title = '{title}' WHERE id = {event.number}")


def expect_reads(record: Record, reads: Sequence[Read], read: str, name: str) -> None:
    """Every read of the log asked the cache, hit or missed, and answered as the strategy does."""
    for one in reads:
        call, key = record[one.event.label], f"news:{name}:{one.event.number}"
        when = f"기록의 {one.event.second}초에 `{read}({one.event.number})`"
        if not call.lookups:
            fail(f"{when} 호출이 캐시에 묻지 않았습니다. `cache.get(key)`로 먼저 읽어 보세요.")
        if not [event for event in call.lookups if event.key == key]:
            fail(f"캐시에 `{call.lookups[0].key}` 키를 물었습니다. 약속한 키는 `{key}`입니다. 키 이름을 보세요.")
        if [event for event in call.events if event.op == "APPEND"]:
            fail(
                "`append`는 있던 값 뒤에 이어 붙입니다. 두 서버가 함께 미스를 내면 제목이 두 번 이어집니다. "
                "`cache.set`으로 쓰세요."
            )
        if one.hit and call.db_reads:
            fail(
                f"{when} 호출이 DB를 읽었습니다. 앞에서 쓴 `{key}` 값이 캐시에 있어야 합니다. "
                "캐시에 쓰는 줄과 값이 있을 때 `return` 하는 줄을 보고, 지우는 줄이 없는지도 보세요."
            )
        if not one.hit and not call.db_reads:
            fail(
                f"{when} 호출이 히트였습니다. 이 전략이라면 미스입니다. "
                "쓰지 않기로 한 값을 캐시에 쓰거나, 히트일 때 다시 써서 TTL을 늘리지 않았는지 보세요."
            )
        if one.stale and call.value == one.current:
            fail(
                f"{when} 결과가 벌써 새 제목입니다. 이 전략에서는 캐시에 남은 {shown(one.title)}이 나옵니다. "
                "이 제목을 고칠 때 캐시를 지우거나 쓰지 않았는지 보세요."
            )
        if call.value != one.title:
            fail(f"{when} 결과가 {shown(call.value)}입니다. {shown(one.title)}이어야 합니다. `return` 줄을 보세요.")


def expect_measured(call: Call, reads: Sequence[Read], keys: int) -> None:
    """What `measure` returned is what the log holds."""
    if not isinstance(call.value, dict):
        fail(f"`measure` 결과가 {shown(call.value)}입니다. 재는 도구를 고치지 않았는지 보세요.")
    hits, stale = sum(one.hit for one in reads), sum(one.stale for one in reads)
    if call.value.get("stale") != stale:
        fail(
            f"잰 낡은 응답이 {shown(call.value.get('stale'))}개입니다. 조회 {len(reads)}번 가운데 {stale}번이 DB와 "
            "다른 제목이었습니다. 돌려준 제목과 그때 DB의 제목이 다른 것만 세는지 보세요."
        )
    if not close(call.value.get("hit_rate"), hits / len(reads)):
        fail(
            f"잰 적중률이 {percent(call.value.get('hit_rate'))}입니다. "
            f"조회 {len(reads)}번 가운데 {hits}번이 히트여야 합니다. 재는 도구를 고치지 않았는지 보세요."
        )
    if call.value.get("keys") != keys:
        fail(f"캐시에 남은 키가 {shown(call.value.get('keys'))}개입니다. {keys}개여야 합니다. 키 이름을 보세요.")


def close(rate: object, expected: float) -> bool:
    # A learner may ask twice for one read (EXISTS, then GET): then the rate is a little higher.
    return isinstance(rate, (int, float)) and expected - 0.001 <= rate <= 2 * expected / (1 + expected) + 0.001


def percent(rate: object) -> str:
    return f"{rate:.0%}" if isinstance(rate, (int, float)) else shown(rate)


def expect_no_ttl(call: Call, key: str) -> None:
    entry = call.cache.get(key)
    if entry is not None and entry.ttl_ms is not None:
        fail(
            f"`{key}` 값에 TTL {entry.ttl_ms / 1000:.0f}초가 있습니다. "
            "이 단계에서는 TTL이 없을 때를 재려고 합니다. `ex=`를 빼 보세요."
        )


# %% lazy-loading
ANSWERS = [["가", "가"], ["나", "다"], ["라", "마"], ["바", "바"], ["사", "아"]]


def play(stage: Stage, news: News) -> None:
    run_log(stage, news, "read_lazy", "update_title")
    stage.fresh()
    stage.call("measured", "measure", "lazy")
    stage.call("some", "count_stale", ANSWERS)
    stage.call("none", "count_stale", [])


@check("기록의 조회마다 캐시에 먼저 묻고, 없을 때만 DB에서 읽어 채웁니다")
def lazy_reads(record: Record, news: News) -> None:
    first = news.lazy[0].event
    expect_no_ttl(record[first.label], f"news:lazy:{first.number}")
    expect_reads(record, news.lazy, "read_lazy", "lazy")


@check("낡은 응답을 셉니다")
def counts_stale(record: Record, news: News) -> None:
    some = record["some"].value
    if some != 3 or isinstance(some, bool):
        fail(
            f"다섯 응답 가운데 셋이 DB와 다른데 `count_stale` 결과가 {shown(some)}입니다. "
            "쌍의 두 제목을 `!=`로 견주어 다른 것만 세세요."
        )
    if record["none"].value != 0:
        fail(f"응답이 하나도 없을 때 `count_stale` 결과가 {shown(record['none'].value)}입니다. 0이어야 합니다.")


@check("잰 값이 기록과 맞습니다")
def lazy_measured(record: Record, news: News) -> None:
    expect_measured(record["measured"], news.lazy, len(news.read_numbers))


PASSED = (
    "적중률은 높지만 낡은 응답이 절반을 넘습니다. 편집자가 고쳐도 캐시는 모르고, 잊게 할 TTL도 없기 때문입니다. "
    "다음 단계에서는 고칠 때 캐시에도 씁니다."
)

# %% write-through


def play(stage: Stage, news: News) -> None:
    run_log(stage, news, "read_through", "save_through")
    stage.call("unread", "unread_keys", "through")
    stage.fresh()
    stage.call("measured", "measure", "through")
    stage.call("unread lazy", "unread_keys", "lazy")


@check("고칠 때 DB를 먼저, 캐시를 다음에 씁니다")
def writes_through(record: Record, news: News) -> None:
    saves = [event for event in news.events if event.action == "save"]
    for event in saves:
        call, key = record[event.label], f"news:through:{event.number}"
        if not call.db_writes:
            fail("`save_through` 함수가 DB를 고치지 않았습니다. `update_title` 줄을 지우지 않았는지 보세요.")
        entry = call.cache.get(key)
        if entry is None:
            written = [one.key for one in call.cache.entries]
            if written:
                fail(f"캐시에 `{written[-1]}` 키로 썼습니다. 읽을 때와 같은 `{key}` 키로 쓰세요.")
            fail("`save_through`를 부른 뒤에도 캐시가 비어 있습니다. DB를 고친 다음 `cache.set`으로도 쓰세요.")
        if entry.value != event.title:
            fail(f"캐시에 {shown(entry.value)}라고 썼습니다. 새 제목 {shown(event.title)}을 그대로 쓰세요.")
        if call.on(key)[0].seq < call.db_writes[-1].seq:
            fail(
                "캐시를 먼저 쓰고 DB를 고쳤습니다. DB 쓰기가 실패하면 캐시에만 있는 제목이 남습니다. "
                "DB를 먼저 고치세요."
            )
        expect_no_ttl(call, key)


@check("읽기만 한 기사는 캐시에 채우지 않습니다")
def through_reads(record: Record, news: News) -> None:
    expect_reads(record, news.through, "read_through", "through")


@check("아무도 읽지 않은 키를 셉니다")
def counts_unread(record: Record, news: News) -> None:
    saved = {event.number for event in news.events if event.action == "save"}
    unread = len(saved - news.read_numbers)
    if record["unread"].value != unread:
        fail(
            f'`unread_keys("through")` 결과가 {shown(record["unread"].value)}입니다. 캐시의 키 {len(saved)}개 가운데 '
            f"{unread}개는 기록에서 아무도 읽지 않았습니다. 키 끝의 번호를 `int`로 바꾸어 `read`에 없는 것만 세세요."
        )
    if record["unread lazy"].value != 0:
        fail(
            f'캐시에 키가 없을 때 `unread_keys("lazy")` 결과가 {shown(record["unread lazy"].value)}입니다. 0이어야 합니다.'
        )


@check("잰 값이 기록과 맞습니다")
def through_measured(record: Record, news: News) -> None:
    saved = {event.number for event in news.events if event.action == "save"}
    expect_measured(record["measured"], news.through, len(saved))


PASSED = (
    "낡은 응답이 확 줄었습니다. 남은 것은 캐시를 모르는 일괄 작업이 고친 기사입니다. 대신 읽기만 한 기사는 늘 미스이고, "
    "아무도 읽지 않는 키가 쌓입니다. 다음 단계에서 둘을 합칩니다."
)

# %% both-with-ttl


def play(stage: Stage, news: News) -> None:
    stage.call("ttl", "use_ttl", news.ttl)
    run_log(stage, news, "read_both", "save_both")
    stage.fresh()
    stage.call("measured", "measure", "both")


@check("미스일 때도, 고칠 때도 캐시에 씁니다")
def fills_both(record: Record, news: News) -> None:
    first = news.both(news.ttl)[0].event
    save = next(event for event in news.events if event.action == "save")
    for event, function in ((first, "read_both"), (save, "save_both")):
        call, key = record[event.label], f"news:both:{event.number}"
        entry = call.cache.get(key)
        if entry is None:
            fail(f"`{function}({event.number})` 호출 뒤에 캐시에 `{key}` 키가 없습니다. `fill`을 부르는지 보세요.")
        if entry.ttl_ms is None:
            fail(f"`{key}` 값에 TTL이 없습니다. `fill`에서 `ex=ttl_seconds`를 더하세요.")
        if not (news.ttl - 1) * 1000 <= entry.ttl_ms <= news.ttl * 1000:
            fail(
                f"`use_ttl({news.ttl})` 다음에 쓴 `{key}` 값의 TTL이 {entry.ttl_ms / 1000:.3g}초입니다. "
                "`ex=`에 `ttl_seconds`를 그대로 넘기세요."
            )


@check("DB를 먼저 고칩니다")
def database_first(record: Record, news: News) -> None:
    for event in [event for event in news.events if event.action == "save"]:
        call, key = record[event.label], f"news:both:{event.number}"
        if not call.db_writes:
            fail("`save_both` 함수가 DB를 고치지 않았습니다. `update_title` 줄을 지우지 않았는지 보세요.")
        if call.on(key) and call.on(key)[0].seq < call.db_writes[-1].seq:
            fail("캐시를 먼저 쓰고 DB를 고쳤습니다. DB를 먼저 고치세요.")


@check("기록의 조회가 모두 맞습니다")
def both_reads(record: Record, news: News) -> None:
    expect_reads(record, news.both(news.ttl), "read_both", "both")


@check("잰 값이 기록과 맞습니다")
def both_measured(record: Record, news: News) -> None:
    keys = {entry.key for entry in record["measured"].cache.entries}
    expect_measured(record["measured"], news.both(news.ttl), len(keys))


PASSED = (
    "고친 제목은 바로 보이고, 읽은 기사는 채워지고, 일괄 작업이 고친 제목도 TTL만큼만 낡습니다. 적중률은 지연 로딩보다 "
    "낮지만 그 차이는 낡은 값으로 얻은 히트였습니다. 다음 단계에서는 TTL을 숫자로 고릅니다."
)

# %% choose-ttl
MEASURED: dict[int, dict[str, float]] = {
    9: {"hit_rate": 0.5, "stale": 1},
    3: {"hit_rate": 0.2, "stale": 0},
    40: {"hit_rate": 0.9, "stale": 7},
    20: {"hit_rate": 0.8, "stale": 4},
}
LIMITS = {0: 3, 2: 9, 4: 20, 100: 40}


def play(stage: Stage, news: News) -> None:
    stage.call("tried", "try_ttls", list(news.candidates))
    for limit in LIMITS:
        stage.call(f"pick {limit}", "pick", MEASURED, limit)
    stage.call("pick none", "pick", {9: MEASURED[9]}, 0)


@check("후보 TTL을 하나씩 잽니다")
def tries_each(record: Record, news: News) -> None:
    results = record["tried"].value
    if not isinstance(results, dict) or list(results) != list(news.candidates):
        tried = list(results) if isinstance(results, dict) else results
        fail(
            f"`try_ttls({list(news.candidates)})` 결과에 든 TTL이 {shown(tried)}입니다. "
            "후보마다 재어 `results[seconds]`에 넣으세요."
        )
    for seconds in news.candidates:
        reads, result = news.both(seconds), results[seconds]
        expected = sum(one.hit for one in reads) / len(reads)
        rate = result.get("hit_rate") if isinstance(result, dict) else result
        if not close(rate, expected):
            fail(
                f"TTL {seconds}초로 잰 적중률이 {percent(rate)}입니다. {expected:.0%}여야 합니다. "
                '`use_ttl(seconds)`를 부른 다음 `measure("both")`로 재는지 보세요.'
            )


@check("참을 수 있는 만큼만 낡은 TTL을 고릅니다")
def picks(record: Record, news: News) -> None:
    for limit, best in LIMITS.items():
        picked = record[f"pick {limit}"].value
        if picked != best:
            told = ", ".join(
                f"{seconds}초는 {result['stale']}개에 {result['hit_rate']:.0%}" for seconds, result in MEASURED.items()
            )
            fail(
                f"낡은 응답과 적중률이 {told}일 때, 낡은 응답을 {limit}개까지 참는다면 {best}초를 골라야 합니다. "
                f"`pick` 결과는 {shown(picked)}입니다. 낡은 응답이 많은 TTL을 먼저 빼고, 남은 것에서 적중률을 견주세요."
            )
    if record["pick none"].value is not None:
        fail(f"조건에 맞는 TTL이 없을 때 `pick` 결과가 {shown(record['pick none'].value)}입니다. `None`을 돌려주세요.")


PASSED = (
    "TTL이 길수록 적중률도 낡은 응답도 늘어납니다. 얼마나 낡아도 되는지를 먼저 정하고, 그 안에서 가장 긴 TTL을 "
    "고르면 됩니다. 감이 아니라 잰 값으로 골랐습니다."
)
