"""사용자 세션 저장소: 확인

세션 ID는 실행할 때마다 다르므로 어떤 메시지에도 적지 않습니다.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from labs.engine.author import Call, Cloud, Entry, Record, Span, Stage, TraceEvent, check, fail, shown

CACHE_HOST = "sessions.cache.lab"
IDLE_TTL = 1800
ABSENT = "no-such-session"
"""A session id that nobody was ever given."""

# Other commands that set a TTL on a key that is already there.
_EXPIRES = frozenset(("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"))
_SCANS = frozenset(("KEYS", "SCAN", "DBSIZE", "FLUSHALL", "FLUSHDB"))


@dataclass(frozen=True)
class Office:
    """Who orders lunch in one data set. `planted` is the id of a session that some other server made."""

    users: tuple[str, str, str]
    items: tuple[str, str]
    planted: str
    servers: tuple[str, str, str]  # the instances of the last step

    def session(self, *items: str) -> dict[str, object]:
        return {"user": self.users[2], "cart": [*items]}


VARIANTS = [
    Office(
        ("하은", "도윤", "지우"),
        ("김치찌개", "계란말이"),
        "made-elsewhere-1",
        ("app-11", "app-12", "app-13"),
    ),
    Office(
        ("서준", "예린", "민재"),
        ("비빔밥", "된장국"),
        "made-elsewhere-2",
        ("app-51", "app-52", "app-53"),
    ),
]


def build(cloud: Cloud, office: Office) -> None:
    cloud.cache(CACHE_HOST)


def key_of(session_id: object) -> str:
    return f"session:{session_id}"


def plant(stage: Stage, office: Office, *, ttl_s: int, items: tuple[str, ...] = ()) -> None:
    """A session as another server of the same app would have written it."""
    text = json.dumps(office.session(*items), ensure_ascii=False)
    stage.cloud.caches[0].put(key_of(office.planted), text, ttl_s=ttl_s)


def expect_id(call: Call) -> str:
    """The session id that a login returned."""
    if not isinstance(call.value, str):
        fail(f"`log_in` 결과가 {shown(call.value)}입니다. 세션 ID를 돌려주세요. `return` 줄을 보세요.")
    if len(call.value) < 22:
        fail(
            f"세션 ID가 {len(call.value)}글자여서 남이 짐작할 수 있습니다. "
            "`secrets.token_urlsafe(32)`로 만든 값을 그대로 쓰세요."
        )
    if len(call.value) > 256:
        fail(
            f"세션 ID가 {len(call.value):,}글자입니다. 쿠키에 담기에는 너무 깁니다. "
            "`secrets.token_urlsafe(32)`면 충분합니다."
        )
    return call.value


def expect_entry(span: Span, session_id: str) -> Entry:
    """The session in the cache. Other keys that hold the id are told with a stand-in for it."""
    entry = span.cache.get(key_of(session_id))
    if entry is None:
        others = [found.key for found in span.cache.entries]
        mine = [key.replace(session_id, "<세션 ID>") for key in others if session_id in key]
        if mine:
            fail(f"캐시에 `{mine[0]}` 키로 썼습니다. 약속한 키는 `session:<세션 ID>`입니다. 키 이름을 보세요.")
        if others:
            fail("캐시에 약속한 키가 없습니다. `session:<세션 ID>` 키로 썼는지 보세요.")
        fail("로그인한 뒤에도 캐시가 비어 있습니다. 세션을 `apps[app].set(…)`으로 쓰는지 보세요.")
    return entry


def expect_json(entry: Entry, expected: Mapping[str, object]) -> None:
    """The value is the session as JSON text, so that every server can read it."""
    if entry.type != "string":
        fail(
            f"세션 키의 값이 `{entry.type}` 종류입니다. 다른 서버도 읽을 수 있도록 약속대로 JSON 글자를 `SET`으로 쓰세요."
        )
    try:
        found = json.loads(entry.value)
    except ValueError:
        fail(f"캐시에 쓴 값이 {shown(entry.value)}입니다. JSON이 아닙니다. `json.dumps`로 바꾸어 쓰세요.")
    if found != expected:
        fail(f"캐시에 쓴 세션이 {shown(found)}입니다. {shown(expected)}이어야 합니다.")


def expect_ttl(entry: Entry) -> None:
    if entry.ttl_ms is None:
        fail("세션에 TTL이 없습니다. 이대로면 영원히 만료되지 않습니다. 쓸 때마다 `ex=IDLE_TTL`을 넘기세요.")
    if entry.ttl_ms < (IDLE_TTL - 1) * 1000:
        fail(
            f"세션의 TTL이 {entry.ttl_ms / 1000:,.0f}초입니다. {IDLE_TTL:,}초여야 합니다. "
            "`ex=`는 초, `px=`는 밀리초입니다. `IDLE_TTL`을 넘겼는지 보세요."
        )
    if entry.ttl_ms > IDLE_TTL * 1000:
        fail(f"세션의 TTL이 {entry.ttl_ms / 1000:,.0f}초입니다. `IDLE_TTL`({IDLE_TTL:,}초)을 그대로 쓰세요.")


def expect_session(call: Call, expected: Mapping[str, object], where: str) -> None:
    """The call found the session. `where` says what is special about it."""
    if call.value == expected:
        return
    if call.value is None:
        fail(f"{where} `None`이 나왔습니다. {shown(expected)}이어야 합니다. 캐시에서 읽는지, 키가 같은지 보세요.")
    if isinstance(call.value, str):
        fail(f"`{call.function}` 결과가 글자입니다. `json.loads`를 써서 `dict`로 바꾸어 돌려주세요.")
    fail(f"{where} {shown(call.value)}이 나왔습니다. {shown(expected)}이어야 합니다. `return` 줄을 보세요.")


def expect_actor(call: Call, app: str) -> None:
    """The instance that got the request used its own connection."""
    others = {event.actor for event in commands(call)} - {app}
    if others:
        fail(
            f"`{app}` 인스턴스의 요청인데 `{min(others)}` 연결로 캐시에 물었습니다. "
            "요청을 받은 인스턴스의 연결 `apps[app]`을 쓰세요."
        )


def commands(call: Call) -> list[TraceEvent]:
    return [event for event in call.events if event.kind == "cache"]


def members(span: Span, user: str) -> set[str]:
    """The session ids in a user's set."""
    entry = span.cache.get(f"sessions-of:{user}")
    if entry is None:
        return set()
    if entry.type != "set":
        fail(
            f"`sessions-of:{user}` 키의 값이 `{entry.type}` 종류입니다. 집합(set)이어야 합니다. `sadd`로 넣었는지 보세요."
        )
    return set(entry.value.split(", "))


def expect_no_scan(call: Call) -> None:
    scans = [event.op for event in commands(call) if event.op in _SCANS]
    if scans:
        fail(
            f"`{call.function}` 함수가 `{scans[0]}` 명령을 썼습니다. 다른 손님의 키까지 모두 건드리는 명령입니다. "
            "`user_key(user)` 집합에 모아 둔 세션 ID만 쓰세요."
        )


# %% share-the-login
def play(stage: Stage, office: Office) -> None:
    plant(stage, office, ttl_s=600)
    stage.call("planted", "find_session", "app-2", office.planted)
    stage.call("absent", "find_session", "app-1", ABSENT)
    stage.fresh()
    first = stage.call("first", "log_in", "app-1", office.users[0])
    stage.call("same", "find_session", "app-1", first)
    stage.call("other", "find_session", "app-2", first)
    second = stage.call("second", "log_in", "app-2", office.users[1])
    stage.call("second found", "find_session", "app-1", second)
    stage.call("first again", "find_session", "app-2", first)
    stage.call("twice", "log_in", "app-2", office.users[0])
    stage.cloud.clock.sleep(IDLE_TTL + 1)
    stage.call("expired", "find_session", "app-1", first)


@check("로그인하면 세션을 캐시에 씁니다")
def login_writes_to_the_cache(record: Record, office: Office) -> None:
    for label, user in (("first", office.users[0]), ("second", office.users[1])):
        entry = expect_entry(record[label], expect_id(record[label]))
        expect_json(entry, {"user": user, "cart": []})


@check("세션 ID는 로그인할 때마다 새로 만듭니다")
def ids_differ(record: Record, office: Office) -> None:
    if expect_id(record["first"]) == expect_id(record["twice"]):
        fail("같은 사람이 두 번 로그인했는데 세션 ID가 같습니다. 로그인할 때마다 `secrets`로 새로 만드세요.")


@check("값과 TTL을 한 번에 씁니다")
def value_and_ttl_together(record: Record, office: Office) -> None:
    call = record["first"]
    expect_ttl(expect_entry(call, expect_id(call)))
    operations = [event.op for event in commands(call)]
    if _EXPIRES & set(operations) and "MULTI" not in operations:
        fail(
            "값을 쓴 다음 TTL을 따로 걸었습니다. 그 사이에 앱이 멈추면 끝나지 않는 세션이 남습니다. "
            "`set`에 `ex=IDLE_TTL`을 함께 넘기세요."
        )


@check("어느 인스턴스가 받아도 세션을 찾습니다")
def every_instance_finds_it(record: Record, office: Office) -> None:
    first = {"user": office.users[0], "cart": []}
    expect_session(record["same"], first, "로그인을 처리한 `app-1`에서 찾았는데")
    expect_session(record["other"], first, "`app-1`에서 로그인하고 `app-2`에서 찾았는데")
    expect_session(
        record["second found"], {"user": office.users[1], "cart": []}, "`app-2`에서 로그인하고 `app-1`에서 찾았는데"
    )
    expect_session(record["first again"], first, "다른 사람이 로그인한 뒤에 찾았는데")
    expect_session(record["planted"], office.session(), "다른 서버가 캐시에 넣은 세션을 찾았는데")


@check("인스턴스마다 자기 연결을 씁니다")
def instances_use_their_own_connections(record: Record, office: Office) -> None:
    expect_actor(record["first"], "app-1")
    expect_actor(record["second"], "app-2")
    expect_actor(record["other"], "app-2")
    expect_actor(record["second found"], "app-1")


@check("없거나 만료된 세션은 None입니다")
def gone_sessions_are_none(record: Record, office: Office) -> None:
    if record["absent"].value is not None:
        fail(f"없는 세션을 찾은 결과가 {shown(record['absent'].value)}입니다. `None`을 돌려주세요.")
    if record["expired"].value is not None:
        fail(
            f"로그인하고 {IDLE_TTL + 1:,}초가 지났는데 세션이 보입니다. "
            "인스턴스의 메모리에 따로 적어 두지 않았는지 보세요."
        )


PASSED = (
    "이제 어느 인스턴스가 요청을 받아도 로그인한 손님을 알아봅니다. 인스턴스에 남은 기록은 없습니다. "
    "그런데 30분이 지나면 쓰던 손님도 로그아웃됩니다. 다음 단계에서 고칩니다."
)


# %% slide-the-ttl
def play(stage: Stage, office: Office) -> None:
    stage.call("absent", "open_session", "app-1", ABSENT)
    stage.call("cart absent", "add_to_cart", "app-1", ABSENT, office.items[0])
    plant(stage, office, ttl_s=60)
    stage.call("late", "open_session", "app-2", office.planted)
    stage.cloud.clock.sleep(1200)
    stage.call("kept", "open_session", "app-1", office.planted)
    stage.cloud.clock.sleep(1200)
    stage.call("kept again", "open_session", "app-2", office.planted)
    stage.cloud.clock.sleep(600)
    stage.call("cart", "add_to_cart", "app-1", office.planted, office.items[0])
    stage.call("cart 2", "add_to_cart", "app-2", office.planted, office.items[1])
    stage.call("seen", "open_session", "app-1", office.planted)
    stage.cloud.clock.sleep(IDLE_TTL + 60)
    stage.call("idle", "open_session", "app-2", office.planted)
    stage.call("cart idle", "add_to_cart", "app-2", office.planted, office.items[0])


@check("세션을 열면 TTL이 처음으로 돌아갑니다")
def opening_extends(record: Record, office: Office) -> None:
    late = record["late"]
    expect_session(late, office.session(), "60초 남은 세션을 열었는데")
    entry = late.cache.get(key_of(office.planted))
    if entry is None:
        fail("세션을 열었더니 캐시에서 사라졌습니다. `getdel`이나 `delete`를 쓰지 않았는지 보세요.")
    if entry.ttl_ms is not None and entry.ttl_ms <= 60_000:
        fail(
            f"60초 남은 세션을 열었는데 남은 시간이 {entry.ttl_ms / 1000:.0f}초입니다. {IDLE_TTL:,}초로 되돌아가야 합니다. "
            "`getex(key, ex=IDLE_TTL)`은 읽으면서 TTL도 되돌립니다."
        )
    expect_ttl(entry)


@check("계속 쓰면 30분이 지나도 로그인한 그대로입니다")
def stays_while_used(record: Record, office: Office) -> None:
    expect_session(record["kept"], office.session(), "20분 쉬고 열었는데")
    expect_session(record["kept again"], office.session(), "20분 쉬고 또 열었는데")


@check("장바구니를 어느 인스턴스에서나 봅니다")
def cart_is_shared(record: Record, office: Office) -> None:
    first, second = office.items
    if record["cart"].value != [first]:
        fail(
            f"`add_to_cart` 결과가 {shown(record['cart'].value)}입니다. {shown([first])}이어야 합니다. "
            "`return` 줄을 보세요. `append`는 `None`을 돌려줍니다."
        )
    if record["cart 2"].value != [first, second]:
        fail(
            f"`app-1`에서 하나, `app-2`에서 하나를 담았는데 장바구니가 {shown(record['cart 2'].value)}입니다. "
            f"{shown([first, second])}이어야 합니다. 고친 세션을 캐시에 다시 쓰는지 보세요."
        )
    expect_session(record["seen"], office.session(first, second), "두 가지를 담은 뒤 열었는데")
    expect_json(expect_entry(record["cart 2"], office.planted), office.session(first, second))


@check("장바구니를 고쳐도 TTL이 남습니다")
def cart_keeps_the_ttl(record: Record, office: Office) -> None:
    expect_ttl(expect_entry(record["cart 2"], office.planted))


@check("쓰지 않는 세션은 만료됩니다")
def idle_sessions_end(record: Record, office: Office) -> None:
    if record["idle"].value is not None:
        fail("31분 동안 쓰지 않은 세션이 열렸습니다. 세션을 쓸 때마다 `ex=IDLE_TTL`을 넘겼는지 보세요.")


@check("없는 세션을 되살리지 않습니다")
def gone_sessions_stay_gone(record: Record, office: Office) -> None:
    for label, what in (("absent", "없는"), ("cart absent", "없는"), ("cart idle", "만료된")):
        call = record[label]
        if call.cache.entries:
            fail(
                f"{what} 세션인데 `{call.function}` 함수가 캐시에 새로 썼습니다. 로그인하지 않은 사람의 세션이 생깁니다. "
                "세션을 찾지 못하면 먼저 `return None` 하세요."
            )
        if call.value is not None:
            fail(
                f"{what} 세션으로 `{call.function}` 함수를 불렀더니 결과가 {shown(call.value)}입니다. `None`이어야 합니다."
            )


PASSED = (
    "TTL은 이제 로그인한 때부터가 아니라 마지막으로 쓴 때부터 흐릅니다. 이것을 슬라이딩 만료라고 합니다. "
    "다음 단계에서는 기다리지 않고 바로 끝냅니다."
)


# %% log-out-everywhere
def play(stage: Stage, office: Office) -> None:
    user, other, nobody = office.users
    stage.call("nobody", "log_out_everywhere", "app-1", nobody)
    stage.call("absent", "log_out", "app-1", ABSENT)
    phone = stage.call("phone", "log_in", "app-1", user)
    laptop = stage.call("laptop", "log_in", "app-2", user)
    stranger = stage.call("stranger", "log_in", "app-1", other)
    stage.call("out", "log_out", "app-2", phone)
    stage.call("phone gone", "find_session", "app-1", phone)
    stage.call("laptop stays", "find_session", "app-1", laptop)
    tablet = stage.call("tablet", "log_in", "app-1", user)
    stage.call("everywhere", "log_out_everywhere", "app-2", user)
    stage.call("laptop gone", "find_session", "app-1", laptop)
    stage.call("tablet gone", "find_session", "app-1", tablet)
    stage.call("stranger stays", "find_session", "app-2", stranger)
    stage.fresh()
    stage.call("old", "log_in", "app-1", user)
    stage.cloud.clock.sleep(IDLE_TTL + 1)
    stage.call("new", "log_in", "app-2", user)
    stage.call("only the new", "log_out_everywhere", "app-1", user)


@check("로그인하면 사용자의 집합에 세션 ID를 넣습니다")
def login_joins_the_set(record: Record, office: Office) -> None:
    user, other, _ = office.users
    for label in ("phone", "laptop", "stranger"):
        call = record[label]
        entry = expect_entry(call, expect_id(call))
        expect_json(entry, {"user": other if label == "stranger" else user, "cart": []})
        expect_ttl(entry)
    ids = {expect_id(record["phone"]), expect_id(record["laptop"])}
    found = members(record["laptop"], user)
    if not found:
        fail(
            f"로그인한 뒤에 `sessions-of:{user}` 집합이 비어 있습니다. "
            "`log_in`에서 `sadd(user_key(user), session_id)`로 넣으세요."
        )
    if found != ids:
        fail(
            f"두 번 로그인했는데 `sessions-of:{user}` 집합의 내용이 세션 ID 두 개와 다릅니다. "
            "세션 키가 아니라 세션 ID만 넣었는지 보세요."
        )
    if members(record["stranger"], other) != {expect_id(record["stranger"])}:
        fail(f"`sessions-of:{other}` 집합에 그 사람의 세션 ID 하나만 있어야 합니다. `user_key(user)`를 썼는지 보세요.")


@check("로그아웃하면 그 세션이 바로 끝납니다")
def logout_ends_the_session(record: Record, office: Office) -> None:
    if record["phone gone"].value is not None:
        fail(
            "`app-2`에서 로그아웃했는데 `app-1`에서 세션이 보입니다. `log_out`에서 `session:<세션 ID>` 키를 지우는지 보세요."
        )


@check("로그아웃은 다른 기기를 건드리지 않습니다")
def logout_spares_the_others(record: Record, office: Office) -> None:
    expect_session(
        record["laptop stays"], {"user": office.users[0], "cart": []}, "휴대폰만 로그아웃하고 노트북을 찾았는데"
    )
    expect_no_scan(record["out"])
    if members(record["out"], office.users[0]) != {expect_id(record["laptop"])}:
        fail(
            f"휴대폰만 로그아웃했으니 `sessions-of:{office.users[0]}` 집합에는 노트북의 세션 ID만 남아야 합니다. "
            "`srem`으로 그 ID 하나를 빼는지 보세요."
        )


@check("모든 기기에서 로그아웃하면 남는 세션이 없습니다")
def everywhere_ends_all(record: Record, office: Office) -> None:
    call = record["everywhere"]
    for label in ("laptop gone", "tablet gone"):
        if record[label].value is not None:
            fail(
                "모든 기기에서 로그아웃했는데 살아 있는 세션이 있습니다. "
                "`smembers(user_key(user))`로 읽은 세션 ID마다 `session:<세션 ID>` 키를 지우세요."
            )
    expect_no_scan(call)
    if members(call, office.users[0]):
        fail(f"끝난 세션의 ID가 `sessions-of:{office.users[0]}` 집합에 남았습니다. 집합에서도 빼세요.")


@check("다른 사람의 로그인은 그대로 둡니다")
def others_stay(record: Record, office: Office) -> None:
    other = office.users[1]
    expect_session(record["stranger stays"], {"user": other, "cart": []}, f"{other}님은 로그아웃하지 않았는데")
    if members(record["everywhere"], other) != {expect_id(record["stranger"])}:
        fail(f"로그아웃하지 않은 사람의 `sessions-of:{other}` 집합이 바뀌었습니다. `user_key(user)`만 고치세요.")


@check("끝낸 세션의 수를 돌려줍니다")
def counts_what_ended(record: Record, office: Office) -> None:
    for label, expected, what in (
        ("nobody", 0, "로그인한 적이 없는 사람인데"),
        ("everywhere", 2, "기기 두 대에서 로그인해 있었는데"),
        ("only the new", 1, "하나는 이미 만료되고 하나만 살아 있었는데"),
    ):
        if record[label].value != expected:
            fail(
                f"{what} `log_out_everywhere` 결과가 {shown(record[label].value)}입니다. 맞는 값은 {expected}입니다. "
                "`delete`는 정말로 지운 키의 수를 돌려줍니다."
            )


PASSED = (
    "비밀번호를 바꾸었거나 휴대폰을 잃어버린 손님의 로그인을 한꺼번에 끝낼 수 있습니다. "
    "그런데 저절로 만료된 세션의 ID는 집합에 남습니다. 다음 단계에서 정리합니다."
)


# %% count-devices
def play(stage: Stage, office: Office) -> None:
    user, other, nobody = office.users
    stage.call("nobody", "devices", "app-1", nobody)
    stage.call("old", "log_in", "app-1", user)
    stage.cloud.clock.sleep(1200)
    stage.call("new", "log_in", "app-2", user)
    newest = stage.call("newest", "log_in", "app-1", user)
    stage.call("stranger", "log_in", "app-1", other)
    stage.call("three", "devices", "app-2", user)
    stage.cloud.clock.sleep(900)
    stage.call("two", "devices", "app-1", user)
    stage.call("out", "log_out", "app-1", newest)
    stage.call("one", "devices", "app-2", user)
    stage.cloud.clock.sleep(1000)
    stage.call("none", "devices", "app-1", user)


@check("세기만 하고 세션을 늘리거나 끝내지 않습니다")
def counting_leaves_sessions_alone(record: Record, office: Office) -> None:
    for label in ("three", "two"):
        expect_no_scan(record[label])
    old, new = (record["three"].cache.get(key_of(expect_id(record[label]))) for label in ("old", "new"))
    if old is None or new is None or old.ttl_ms is None or new.ttl_ms is None:
        fail("기기를 세는 동안 살아 있던 세션이나 그 TTL이 없어졌습니다. 있는지만 확인하는 `exists`를 쓰세요.")
    if old.ttl_ms > (IDLE_TTL - 1200) * 1000:
        fail(
            "기기를 세었을 뿐인데 쉬고 있던 세션의 TTL이 늘어났습니다. 손님이 쓴 것이 아닙니다. "
            "`open_session` 대신 `exists`로 있는지만 확인하세요."
        )


@check("살아 있는 세션만 셉니다")
def counts_the_living(record: Record, office: Office) -> None:
    for label, expected, what in (
        ("nobody", 0, "로그인한 적이 없는 사람인데"),
        ("three", 3, "기기 세 대에서 로그인했는데"),
        ("two", 2, "세 대 가운데 하나가 만료되었는데"),
        ("one", 1, "두 대 가운데 하나에서 로그아웃했는데"),
        ("none", 0, "모두 만료되었는데"),
    ):
        if record[label].value != expected:
            fail(
                f"{what} `devices` 결과가 {shown(record[label].value)}입니다. 맞는 값은 {expected}입니다. "
                "집합의 세션 ID마다 `session:<세션 ID>` 키가 있는지(`exists`) 보세요."
            )


@check("끝난 세션의 ID를 집합에서 뺍니다")
def drops_the_dead(record: Record, office: Office) -> None:
    user, other, _ = office.users
    left = members(record["two"], user)
    alive = {expect_id(record["new"]), expect_id(record["newest"])}
    if expect_id(record["old"]) in left:
        fail(f"만료된 세션의 ID가 `sessions-of:{user}` 집합에 남아 있습니다. `srem`으로 빼세요.")
    if left != alive:
        fail(f"살아 있는 세션의 ID까지 `sessions-of:{user}` 집합에서 빠졌습니다. 키가 없는 ID만 빼세요.")
    if members(record["none"], user):
        fail(f"모두 만료된 뒤에도 `sessions-of:{user}` 집합에 ID가 남아 있습니다. `srem`으로 빼세요.")
    if members(record["none"], other) != {expect_id(record["stranger"])}:
        fail(f"묻지 않은 사람의 `sessions-of:{other}` 집합이 바뀌었습니다. `user_key(user)`만 고치세요.")


PASSED = (
    "TTL은 키 하나의 일입니다. 세션이 만료되어도 그 ID를 적어 둔 다른 키는 저절로 바뀌지 않으니 앱이 맞춥니다. "
    "마지막 단계에서는 인스턴스를 잃어 봅니다."
)


# %% lose-an-instance
def play(stage: Stage, office: Office) -> None:
    first, second, third = office.servers
    for app in ("app-1", "app-2", "app-3"):
        stage.call(f"stop {app}", "stop", app)
    stage.call("start first", "start", first)
    stage.call("start second", "start", second)
    stage.call("absent", "serve", 0, ABSENT)
    plant(stage, office, ttl_s=60, items=(office.items[0],))
    for number in range(4):
        stage.call(f"both {number}", "serve", number, office.planted)
    stage.call("stop first", "stop", first)
    for number in range(4, 8):
        stage.call(f"one {number}", "serve", number, office.planted)
    stage.cloud.clock.sleep(1200)
    stage.call("start third", "start", third)
    for number in range(8, 12):
        stage.call(f"new {number}", "serve", number, office.planted)


def expect_served(record: Record, office: Office, phase: str, apps: tuple[str, ...], where: str) -> None:
    """The running instances took turns, each on its own connection, and every one of them knew the user."""
    calls = [call for call in record.calls if call.label.startswith(f"{phase} ")]
    for call in calls:
        value = call.value
        if not isinstance(value, list) or len(value) != 2:
            fail(f"`serve` 결과가 {shown(value)}입니다. `return app, user`처럼 인스턴스와 사용자를 함께 돌려주세요.")
        app, user = value
        if app not in apps:
            fail(
                f"{where} `serve`가 {shown(app)}에 요청을 맡겼습니다. 살아 있는 것은 {', '.join(f'`{a}`' for a in apps)}입니다. "
                "`list(apps)`에서 고르세요."
            )
        if user != office.users[2]:
            fail(
                f"{where} 사용자가 {shown(user)}입니다. {shown(office.users[2])}이어야 합니다. "
                "맡은 인스턴스가 `open_session`으로 세션을 여는지 보세요."
            )
        asked = {event.actor for event in commands(call)}
        if asked != {app}:
            fail(
                f"{where} `{app}` 인스턴스가 맡았다고 했지만 캐시에는 "
                f"{', '.join(f'`{actor}`' for actor in sorted(asked)) or '아무도'} 연결로 물었습니다. "
                "맡은 인스턴스의 연결로 세션을 여세요."
            )
    turns = [call.value[0] for call in calls if isinstance(call.value, list)]
    if {turns.count(app) for app in apps} != {len(turns) // len(apps)}:
        fail(
            f"{where} 요청 {len(turns)}개를 맡은 횟수가 고르지 않습니다"
            f"({', '.join(f'`{app}` {turns.count(app)}번' for app in apps)}). "
            "`number`를 인스턴스 수로 나눈 나머지로 고르세요."
        )


@check("새 인스턴스는 캐시에 연결하기만 합니다")
def starting_only_connects(record: Record, office: Office) -> None:
    for label in ("start first", "start third"):
        if commands(record[label]):
            fail(
                "`start`가 캐시에 명령을 보냈습니다. 옮길 세션이 없으니 `connect(app)` 결과를 `apps`에 넣기만 하면 됩니다."
            )


@check("두 인스턴스가 번갈아 맡습니다")
def both_take_turns(record: Record, office: Office) -> None:
    expect_served(record, office, "both", office.servers[:2], "인스턴스가 둘일 때")


@check("인스턴스를 잃어도 로그인이 이어집니다")
def survives_a_loss(record: Record, office: Office) -> None:
    expect_served(record, office, "one", office.servers[1:2], f"`{office.servers[0]}` 인스턴스를 잃은 뒤")


@check("새 인스턴스도 손님을 바로 알아봅니다")
def a_new_instance_knows_everyone(record: Record, office: Office) -> None:
    expect_served(record, office, "new", office.servers[1:], f"`{office.servers[2]}` 인스턴스를 띄운 뒤")


@check("장바구니와 TTL도 그대로입니다")
def session_is_intact(record: Record, office: Office) -> None:
    entry = expect_entry(record["new 11"], office.planted)
    expect_json(entry, office.session(office.items[0]))
    expect_ttl(entry)


@check("세션이 없으면 사용자는 None입니다")
def no_session_no_user(record: Record, office: Office) -> None:
    value = record["absent"].value
    if value != [office.servers[0], None]:
        fail(
            f"없는 세션으로 `serve`를 불렀더니 결과가 {shown(value)}입니다. "
            f"{shown([office.servers[0], None])}이어야 합니다. 세션이 `None`인 때를 먼저 처리하세요."
        )


PASSED = (
    "인스턴스를 언제 잃거나 늘려도 손님은 모릅니다. 앱은 무상태가 되었습니다. "
    "이제 하나뿐인 기록은 캐시에 있으니, 다음은 캐시를 지킬 차례입니다."
)
