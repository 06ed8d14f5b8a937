"""캐시 보안: 확인"""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.engine.author import Cloud, Record, Stage, check, fail, shown

HOST = "books.cache.lab"
CACHE, APP, BATCH = "sg-cache", "sg-app", "sg-batch"

ADD_NOW = "`ApplyImmediately=True`가 없으면 다음 유지 관리 기간까지 기다립니다."
NEEDS_CONTROL = "보안 그룹, TLS, 비밀번호, 사용자를 AWS 호출로 바꿉니다."


@dataclass(frozen=True)
class Books:
    """The stock of one data set: `book id: copies`."""

    stock: dict[int, int]
    first_token: str
    second_token: str
    web_password: str
    report_password: str
    reco_password: str

    @property
    def book(self) -> int:
        return next(iter(self.stock))

    @property
    def key(self) -> str:
        return f"app::stock:{self.book}"

    @property
    def web(self) -> tuple[str, str]:
        return "web", self.web_password

    @property
    def report(self) -> tuple[str, str]:
        return "report", self.report_password

    @property
    def reco(self) -> tuple[str, str]:
        return "reco", self.reco_password


VARIANTS = [
    Books(
        {1: 12, 2: 5},
        "first-token-of-books",
        "second-token-of-books",
        "web-password-for-books",
        "report-password-for-books",
        "reco-password-for-books",
    ),
    Books(
        {31: 7, 47: 40},
        "A1b2C3d4E5f6A1b2C3d4",
        "F6e5D4c3B2a1F6e5D4c3",
        "another-web-password",
        "another-report-password",
        "another-reco-password",
    ),
]


def build(cloud: Cloud, books: Books) -> None:
    cloud.security_group(APP)
    cloud.security_group(BATCH)
    cloud.cache(HOST, security_group=cloud.security_group(CACHE))


def stand(cloud: Cloud, books: Books, *, tls: bool = False) -> None:
    """The app's way in is open, the stock is in the cache; nobody needs a password."""
    cloud.control.restart()
    cloud.security_group(CACHE).allow(APP)
    cloud.caches[0].door.encryption = "required" if tls else "off"
    fill_stock(cloud, books)


def fill_stock(cloud: Cloud, books: Books) -> None:
    for book_id, copies in books.stock.items():
        cloud.caches[0].put(f"app::stock:{book_id}", str(copies))
    # The code at the end of each step asks for book 1, whatever the shop sells.
    if 1 not in books.stock:
        cloud.caches[0].put("app::stock:1", "10")


def client(username: str | None = None, password: str | None = None, *, ssl: bool = True) -> redis.Redis:
    return redis.Redis(
        host=HOST,
        ssl=ssl,
        username=username,
        password=password,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=1,
    )


def refusal(action: Callable[[], object]) -> str:
    """How the cache refused, nothing when it did not."""
    try:
        action()
    except redis.RedisError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def unchanged(waiting: bool) -> str:
    """Why a setting is as it was."""
    return ADD_NOW if waiting else "`modify_replication_group`을 부르는지 보세요."


def with_token(cloud: Cloud, books: Books) -> None:
    """As step 3 left it: TLS, and one AUTH token."""
    stand(cloud, books, tls=True)
    for strategy in ("ROTATE", "SET"):
        cloud.control.do(
            "elasticache",
            "modify_replication_group",
            ReplicationGroupId="books",
            AuthToken=books.first_token,
            AuthTokenUpdateStrategy=strategy,
        )


def seen_at(record: Record, label: str) -> str:
    """How the cache refused, nothing when it did not."""
    value = record[label].value
    return value if isinstance(value, str) else ""


def allowed(record: Record, label: str, what: str) -> None:
    if seen := seen_at(record, label):
        look = (
            "사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요."
            if "AuthenticationError" in seen
            else "액세스 문자열의 명령과 키 패턴을 보세요."
        )
        fail(f"{what} 거절되었습니다(`{seen}`). {look}")


def refused(record: Record, label: str, what: str) -> None:
    if record[label].value == "":
        fail(what)


# %% security-group
IMITATED = "보안 그룹은 Redis의 기능이 아니어서 여기서도 흉내 냅니다."


def arrange(cloud: Cloud, books: Books) -> None:
    cloud.control.restart()
    fill_stock(cloud, books)


def play(stage: Stage, books: Books) -> None:
    cloud = stage.cloud
    cloud.control.restart()
    stage.call("open", "open_to_app")
    for name in (CACHE, APP, BATCH):
        rules = cloud.security_group(name).rules
        stage.note(name, [f"{rule.first_port} {rule.last_port} {rule.source}" for rule in rules])
    stage.note("app", refusal(client(ssl=False).ping))
    cloud.network.client_groups = frozenset((BATCH,))
    stage.note("batch", refusal(client(ssl=False).ping))


def rules_of(record: Record, group: str) -> list[tuple[int, int, str]]:
    """The rules of a security group: first port, last port, source."""
    rules = record[group].value
    assert isinstance(rules, list)
    return [(int(first), int(last), source) for first, last, source in (str(rule).split() for rule in rules)]


@check("캐시의 보안 그룹에 규칙이 생깁니다")
def rule_is_there(record: Record, books: Books) -> None:
    if rules_of(record, CACHE):
        return
    for other in (APP, BATCH):
        if rules_of(record, other):
            fail(
                f"규칙이 `{other}`에 생겼습니다. 연결을 받는 쪽은 캐시이니 "
                f"`GroupId`에는 `{CACHE}`를, 소스에는 `{APP}`을 적으세요."
            )
    fail(f"`{CACHE}`에 인바운드 규칙이 없습니다. `ec2.authorize_security_group_ingress`를 부르는지 보세요.")


@check("앱 서버의 보안 그룹에서 온 연결만 받습니다")
def only_the_app(record: Record, books: Books) -> None:
    for _, _, source in rules_of(record, CACHE):
        if "/" in source:
            fail(
                f"소스가 IP 범위 `{source}`입니다. 그 안의 서버라면 누구나 들어오고, 앱 서버의 주소가 바뀌면 막힙니다. "
                f"`UserIdGroupPairs`에 `{APP}`을 적으세요."
            )
        if source != APP:
            fail(f"소스가 `{source}`입니다. 앱 서버의 보안 그룹은 `{APP}`입니다.")


@check("6379번 포트만 엽니다")
def only_that_port(record: Record, books: Books) -> None:
    for first, last, _ in rules_of(record, CACHE):
        if not first <= 6379 <= last:
            fail(f"{first}번 포트를 열었습니다. 이 캐시는 6379번에서 기다립니다. `FromPort`와 `ToPort`를 보세요.")
        if first != last:
            fail(f"포트 {first}번부터 {last}번까지 열었습니다. 캐시에 필요한 6379번 하나만 여세요.")


@check("앱은 연결되고 다른 서버는 연결되지 않습니다")
def app_gets_in(record: Record, books: Books) -> None:
    if seen := seen_at(record, "app"):
        fail(f"규칙을 더한 뒤에도 앱 서버가 연결하지 못합니다(`{seen}`).")
    if record["batch"].value == "":
        fail(f"규칙에 없는 `{BATCH}` 서버도 연결됩니다. 규칙의 소스를 보세요.")


PASSED = (
    "이제 앱 서버만 캐시에 닿습니다. 규칙이 없을 때 돌아온 것은 거절이 아니라 침묵이라, 앱은 시간 초과를 기다렸습니다. "
    "그런데 오가는 내용은 아직 누구나 엿볼 수 있습니다."
)


# %% in-transit
IMITATED = "암호화는 진짜입니다. 인증서는 실습이 클라이언트를 대신해 확인합니다. 보통 연결과 TLS 연결은 서버의 다른 포트로 갑니다."


def arrange(cloud: Cloud, books: Books) -> None:
    stand(cloud, books)


def play(stage: Stage, books: Books) -> None:
    cloud = stage.cloud
    stand(cloud, books)
    door, group = cloud.caches[0].door, cloud.control.groups["books"]
    stage.call("start", "start_encryption")
    stage.note("started", [door.encryption, *group.pending])
    stage.note("plain", refusal(client(ssl=False).ping))
    if door.encryption == "off":
        return
    stage.call("early", "read_stock", books.book)
    stage.call("require", "require_encryption")
    stage.note("required", [door.encryption, *group.pending])
    stage.note("plain again", refusal(client(ssl=False).ping))
    stage.call("read", "read_stock", books.book)


def mode(record: Record, label: str) -> tuple[str, bool]:
    """The mode after a call, and whether something waits for the maintenance window."""
    value = record[label].value
    assert isinstance(value, list)
    return str(value[0]), len(value) > 1


@check("처음에는 두 가지 연결을 모두 받습니다")
def preferred_first(record: Record, books: Books) -> None:
    now, waiting = mode(record, "started")
    if now == "off":
        fail(f"`start_encryption()` 뒤에도 TLS가 켜지지 않았습니다. {unchanged(waiting)}")
    if now == "required":
        fail("첫 단계에서 암호화하지 않은 연결까지 끊었습니다. `TransitEncryptionMode`를 `preferred`로 하세요.")


@check("앱은 TLS로 연결합니다")
def app_uses_tls(record: Record, books: Books) -> None:
    expected = str(books.stock[books.book])
    for label in ("early", "read"):
        if record[label].value != expected:
            fail(
                f"`read_stock({books.book})` 결과가 {shown(record[label].value)}입니다. "
                f"{shown(expected)}이어야 합니다. `open_cache`가 클라이언트를 돌려주는지 보세요."
            )


@check("나중에는 암호화한 연결만 받습니다")
def required_later(record: Record, books: Books) -> None:
    now, waiting = mode(record, "required")
    if now != "required":
        fail(f"`require_encryption()` 뒤에도 `TransitEncryptionMode`가 `{now}`입니다. {unchanged(waiting)}")
    if record["plain again"].value == "":
        fail("암호화하지 않은 연결이 아직 됩니다. `TransitEncryptionMode`를 `required`로 하세요.")


PASSED = (
    "`preferred`를 거쳐 갔기 때문에 앱은 한순간도 끊기지 않았습니다. 이제 엿들어도 읽을 수 없습니다. "
    "그러나 앱 서버에 들어온 사람이라면 아직 누구나 명령을 실행할 수 있습니다."
)


# %% auth-token
IMITATED = "첫 `ROTATE` 뒤에 토큰 없이 온 연결은 실습이 대신 로그인합니다. redis-server에서는 비밀번호를 정하면 모두가 써야 합니다."


def arrange(cloud: Cloud, books: Books) -> None:
    stand(cloud, books, tls=True)


def play(stage: Stage, books: Books) -> None:
    stand(stage.cloud, books, tls=True)
    group = stage.cloud.control.groups["books"]
    steps = (
        ("add first", "add_token", books.first_token),
        ("keep first", "keep_only", books.first_token),
        ("add second", "add_token", books.second_token),
        ("keep second", "keep_only", books.second_token),
    )
    for label, function, token in steps:
        stage.call(f"call {label}", function, token)
        stage.note(
            label,
            {
                "none": refusal(client().ping),
                "first": refusal(client(password=books.first_token).ping),
                "second": refusal(client(password=books.second_token).ping),
                "waiting": bool(group.pending),
            },
        )


def gets_in(record: Record, label: str, who: str) -> bool:
    value = record[label].value
    assert isinstance(value, dict)
    return value[who] == ""


def waits(record: Record, label: str) -> bool:
    value = record[label].value
    assert isinstance(value, dict)
    return value["waiting"] is True


@check("첫 토큰을 더합니다")
def first_is_added(record: Record, books: Books) -> None:
    if waits(record, "add first"):
        fail(f"`add_token` 뒤에도 토큰이 더해지지 않았습니다. {ADD_NOW}")
    if gets_in(record, "add first", "second"):
        fail(
            "`add_token` 뒤에도 아무 비밀번호나 통합니다. 토큰이 더해지지 않았습니다. "
            "`modify_replication_group`에 `AuthToken`을 넘기는지 보세요."
        )
    if gets_in(record, "add first", "first") and not gets_in(record, "add first", "none"):
        fail(
            "첫 토큰을 더하자마자 토큰 없는 연결이 막혔습니다. 앱을 옮기기 전이니 아직 받아야 합니다. "
            "`add_token`은 `ROTATE`입니다."
        )


@check("SET 뒤에는 토큰이 꼭 있어야 합니다")
def first_is_required(record: Record, books: Books) -> None:
    if gets_in(record, "keep first", "none"):
        if waits(record, "keep first"):
            fail(f"`keep_only` 뒤에도 토큰 없이 연결됩니다. {ADD_NOW}")
        fail("`keep_only` 뒤에도 토큰 없이 연결됩니다. `AuthTokenUpdateStrategy`를 `SET`으로 했는지 보세요.")
    if not gets_in(record, "keep first", "first"):
        fail("`keep_only(토큰)` 뒤에 그 토큰으로 연결되지 않습니다. 받은 `token`을 그대로 `AuthToken`에 넘기세요.")


@check("새 토큰을 더해도 옛 토큰이 됩니다")
def both_work(record: Record, books: Books) -> None:
    if not gets_in(record, "add second", "first") or not gets_in(record, "add second", "second"):
        fail("두 번째 `add_token` 뒤에는 옛 토큰과 새 토큰이 모두 통해야 합니다. `ROTATE`로 더했는지 보세요.")


@check("마지막에는 새 토큰만 됩니다")
def only_the_new_one(record: Record, books: Books) -> None:
    if gets_in(record, "keep second", "first"):
        fail("옛 토큰으로 아직 연결됩니다. `keep_only`는 새 토큰을 `SET`으로 남겨야 합니다.")


PASSED = (
    "`ROTATE`로 더하고, 앱을 옮기고, `SET`으로 남깁니다. 서비스는 멈추지 않았습니다. "
    "다만 토큰 하나를 모두가 나눠 쓰니, 가진 사람은 무엇이든 할 수 있습니다."
)


# %% rbac
def arrange(cloud: Cloud, books: Books) -> None:
    with_token(cloud, books)


def play(stage: Stage, books: Books) -> None:
    cloud = stage.cloud
    with_token(cloud, books)
    stage.call("users", "create_users", books.web_password, books.report_password)
    stage.call("group", "use_rbac")
    group = cloud.control.groups["books"]
    stage.note("groups", [*group.user_groups, *(f"waiting {name}" for name in group.pending)])
    web, report = client(*books.web), client(*books.report)
    cloud.caches[0].put("session::1", "kim")
    stage.note("nobody", refusal(lambda: client().get(books.key)))
    stage.note("old token", refusal(lambda: client(password=books.first_token).get(books.key)))
    stage.note("web reads", refusal(lambda: web.get(books.key)))
    stage.note("web writes", refusal(lambda: web.decr(books.key)))
    stage.note("web elsewhere", refusal(lambda: web.get("session::1")))
    stage.note("report reads", refusal(lambda: report.get(books.key)))
    stage.note("report writes", refusal(lambda: report.set(books.key, 0)))
    stage.note("report elsewhere", refusal(lambda: report.get("session::1")))


@check("사용자 그룹을 캐시에 붙입니다")
def group_is_attached(record: Record, books: Books) -> None:
    groups = record["groups"].value
    assert isinstance(groups, list)
    if not groups:
        fail("캐시에 붙은 사용자 그룹이 없습니다. `modify_replication_group`에 `UserGroupIdsToAdd`를 넘기는지 보세요.")
    if str(groups[0]).startswith("waiting"):
        fail(f"사용자 그룹이 아직 붙지 않았습니다. {ADD_NOW}")


@check("로그인하지 않으면 아무것도 하지 못합니다")
def default_is_locked(record: Record, books: Books) -> None:
    refused(
        record,
        "nobody",
        "로그인하지 않고도 재고를 읽었습니다. AWS가 만들어 둔 사용자 `default`는 비밀번호 없이 무엇이든 합니다. "
        "`UserName`이 `default`이고 꺼진(`off`) 사용자를 따로 만들어 그룹에 넣으세요.",
    )
    refused(record, "old token", "지운 AUTH 토큰이 아직 통합니다. `default`를 꺼진(`off`) 사용자로 바꾸세요.")


@check("web은 app:: 키를 읽고 씁니다")
def web_reads_and_writes(record: Record, books: Books) -> None:
    allowed(record, "web reads", "`web`의 재고 읽기가")
    allowed(record, "web writes", "`web`의 재고 줄이기가")
    refused(record, "web elsewhere", "`web`이 `session::1`까지 읽었습니다. 키 패턴을 `~app::*`로 좁히세요.")


@check("report는 app:: 키를 읽기만 합니다")
def report_only_reads(record: Record, books: Books) -> None:
    allowed(record, "report reads", "`report`의 재고 읽기가")
    refused(record, "report writes", "`report`가 재고를 바꾸었습니다. `-@all`로 모두 막은 다음 `+@read`만 여세요.")
    refused(record, "report elsewhere", "`report`가 `session::1`까지 읽었습니다. 키 패턴을 `~app::*`로 좁히세요.")


PASSED = (
    "같은 캐시에서도 사용자마다 할 수 있는 일이 달라졌습니다. "
    "그런데 `web`은 지금 `FLUSHALL`도 할 수 있습니다. 왜 그런지 다음 단계에서 봅니다."
)


# %% least-privilege
def arrange(cloud: Cloud, books: Books) -> None:
    with_token(cloud, books)


def with_users(cloud: Cloud, books: Books) -> None:
    """As step 4 left it: two users, a locked default, and the group in place."""
    stand(cloud, books, tls=True)
    people = (
        ("web", "web", books.web_password, "on ~app::* -@all +@read +@write"),
        ("report", "report", books.report_password, "on ~app::* -@all +@read"),
        ("locked-default", "default", "locked-default-password", "off -@all"),
    )
    do = cloud.control.do
    for user_id, name, password, rules in people:
        do(
            "elasticache",
            "create_user",
            UserId=user_id,
            UserName=name,
            Engine="redis",
            Passwords=[password],
            AccessString=rules,
        )
    members = [user_id for user_id, *_ in people]
    do("elasticache", "create_user_group", UserGroupId="books-team", Engine="redis", UserIds=members)
    do("elasticache", "modify_replication_group", ReplicationGroupId="books", UserGroupIdsToAdd=["books-team"])


def play(stage: Stage, books: Books) -> None:
    cloud = stage.cloud
    with_users(cloud, books)
    still_open = client(*books.web)
    still_open.get(books.key)
    stage.call("protect", "protect_keys")
    web, report = client(*books.web), client(*books.report)
    stage.note("web reads", refusal(lambda: web.get(books.key)))
    stage.note("web writes", refusal(lambda: web.decr(books.key)))
    stage.note("web elsewhere", refusal(lambda: web.get("session::1")))
    stage.note("still open", refusal(lambda: still_open.get(books.key)))
    stage.note("still open keys", refusal(lambda: still_open.keys("*")))
    stage.note("web keys", refusal(lambda: web.keys("*")))
    stage.note("web flushdb", refusal(web.flushdb))
    stage.note("web flushall", refusal(web.flushall))
    fill_stock(cloud, books)
    stage.call("recommender", "add_recommender", books.reco_password)
    reco = client(*books.reco)
    stage.note("reco reads", refusal(lambda: reco.get(books.key)))
    stage.note("reco writes own", refusal(lambda: reco.set("reco::1", "3,7")))
    stage.note("reco reads own", refusal(lambda: reco.get("reco::1")))
    stage.note("reco writes stock", refusal(lambda: reco.set(books.key, 0)))
    stage.note("reco elsewhere", refusal(lambda: reco.get("session::1")))
    stage.note("reco flushall", refusal(reco.flushall))
    stage.note("web after", refusal(lambda: web.get(books.key)))
    stage.note("report after", refusal(lambda: report.get(books.key)))


@check("web은 하던 일을 그대로 합니다")
def web_goes_on(record: Record, books: Books) -> None:
    allowed(record, "web reads", "`web`의 재고 읽기가")
    allowed(record, "web writes", "`web`의 재고 줄이기가")
    allowed(record, "still open", "`web`이 이미 맺어 둔 연결이")
    refused(record, "web elsewhere", "`web`이 `session::1`까지 읽었습니다. 키 패턴 `~app::*`를 그대로 두세요.")


@check("web은 키를 한꺼번에 지우거나 훑지 못합니다")
def web_cannot_flush(record: Record, books: Books) -> None:
    refused(
        record,
        "web flushall",
        "`web`이 아직 `FLUSHALL`을 할 수 있습니다. 규칙은 왼쪽부터 차례로 적용되고 `@write`에는 `FLUSHALL`도 들어 있습니다. "
        "`-@dangerous`를 맨 뒤에 두세요.",
    )
    refused(
        record,
        "web flushdb",
        "`FLUSHALL`은 막았지만 `FLUSHDB`로 똑같이 지울 수 있습니다. 명령 하나씩이 아니라 범주 `-@dangerous`로 막으세요.",
    )
    refused(
        record,
        "web keys",
        "`web`이 아직 `KEYS *`로 모든 키를 훑을 수 있습니다. 범주 `-@dangerous`로 함께 막으세요.",
    )


@check("reco는 app:: 키를 읽기만 하고 reco:: 키는 읽고 씁니다")
def reco_has_two_prefixes(record: Record, books: Books) -> None:
    allowed(record, "reco reads", "`reco`의 재고 읽기가")
    allowed(record, "reco writes own", "`reco`의 `reco::1` 쓰기가")
    allowed(record, "reco reads own", "`reco`의 `reco::1` 읽기가")
    refused(
        record,
        "reco writes stock",
        "`reco`가 재고까지 바꾸었습니다. 읽기만 여는 키 패턴은 `%R~app::*`입니다.",
    )
    refused(record, "reco elsewhere", "`reco`가 `session::1`까지 읽었습니다. 키 패턴을 두 접두어로 좁히세요.")


@check("reco도 모든 키를 지우지 못합니다")
def reco_cannot_flush(record: Record, books: Books) -> None:
    refused(
        record,
        "reco flushall",
        "`reco`가 `FLUSHALL`을 했습니다. 키 이름을 적지 않는 명령은 키 패턴이 막지 못합니다. `-@dangerous`를 더하세요.",
    )


@check("다른 사용자는 그룹에 그대로 있습니다")
def others_stay(record: Record, books: Books) -> None:
    allowed(record, "web after", "`reco`를 더한 뒤 `web`의 재고 읽기가")
    allowed(record, "report after", "`reco`를 더한 뒤 `report`의 재고 읽기가")


PASSED = (
    "꼭 필요한 명령과 키만 남겼습니다. 첫머리의 사고에서 스크립트가 쓴 `FLUSHALL`은 이제 `web`에게도 `reco`에게도 없습니다. "
    "네 겹이 저마다 다른 것을 막는 모습을 모두 보았습니다."
)
