"""Users, passwords and access strings of a simulated cache: what is refused, how, and what the trace tells of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud.access import Access, AccessStringError, User
from labs.cloud.cloud import Cloud

HOST = "guarded.cache.lab"
TOKEN = "the-token-of-everybody"
USERS = (
    "web on >web-password-for-web ~app::* -@all +@read +@write -@dangerous",
    "report on >report-password-12 ~app::* -@all +@read",
    "reco on >reco-password-1234 %R~app::* ~reco::* +@all",
)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    made.cache(HOST, users=USERS, auth_token=TOKEN)
    with made.active():
        yield made


def client(username: str | None = None, password: str | None = None, **options: object) -> redis.Redis:
    return redis.Redis(
        host=HOST,
        username=username,
        password=password,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        **options,  # type: ignore[arg-type]
    )


def told(cloud: Cloud) -> list[tuple[str, str, str | None, str]]:
    return [(event.actor, event.op, event.key, event.outcome) for event in cloud.trace.since()]


def test_a_token_is_the_password_of_the_default_user(cloud: Cloud) -> None:
    for login in (client(password=TOKEN), client("default", TOKEN)):
        assert login.set("k", "v") is True
        assert login.acl_whoami() == "default"


@pytest.mark.parametrize("protocol", [2, 3])
def test_without_the_token_a_command_is_refused_and_recorded(cloud: Cloud, protocol: int) -> None:
    with pytest.raises(redis.AuthenticationError, match=r"already authenticated|Authentication required"):
        client(protocol=protocol).get("k")
    assert told(cloud)[0] == ("app", "CONNECT", None, "ok")
    assert told(cloud)[1][3] == "error"


def test_a_wrong_password_is_refused_and_recorded_under_the_name(cloud: Cloud) -> None:
    with pytest.raises(redis.AuthenticationError, match="invalid username-password pair"):
        client("web", "not-the-password").get("app::1")
    assert told(cloud) == [("web", "CONNECT", None, "ok"), ("web", "HELLO", None, "error")]


def test_a_user_is_the_actor_of_what_he_does(cloud: Cloud) -> None:
    client("web", "web-password-for-web").get("app::1")
    assert told(cloud) == [("web", "CONNECT", None, "ok"), ("web", "GET", "app::1", "miss")]


def test_a_refused_command_changes_nothing_and_is_recorded_with_its_key(cloud: Cloud) -> None:
    report = client("report", "report-password-12")
    cloud.caches[0].put("app::1", "7")
    with pytest.raises(redis.exceptions.NoPermissionError, match="'set' command"):
        report.set("app::1", "0")
    with pytest.raises(redis.exceptions.NoPermissionError, match="one of the keys"):
        report.mget("app::1", "session::1")
    assert report.get("app::1") == "7"
    assert told(cloud)[1:] == [
        ("report", "SET", None, "error"),
        ("report", "MGET", "session::1", "error"),
        ("report", "GET", "app::1", "hit"),
    ]


def test_a_refused_command_counts_neither_as_hit_nor_as_miss(cloud: Cloud) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        client("report", "report-password-12").get("session::1")
    stats = client(password=TOKEN).info("stats")
    assert (stats["keyspace_hits"], stats["keyspace_misses"]) == (0, 0)


def test_a_category_is_wider_than_it_sounds() -> None:
    user = User("web")
    user.add_rules("on ~app::* -@all +@read +@write")
    assert user.refusal([b"FLUSHALL"]) == ("", None)
    user.add_rules("-@dangerous")
    assert user.refusal([b"FLUSHALL"])[0].startswith("NOPERM")
    assert user.refusal([b"SET", b"app::1", b"v"]) == ("", None)


def test_rules_count_from_left_to_right() -> None:
    user = User("web")
    user.add_rules("on ~* -@dangerous +@write")
    assert user.refusal([b"FLUSHALL"]) == ("", None)


def test_a_key_may_be_open_for_reading_only(cloud: Cloud) -> None:
    reco = client("reco", "reco-password-1234")
    reco.get("app::1")
    reco.set("reco::1", "v")
    for refused in ("SET app::1 v", "COPY reco::1 app::1", "GETDEL app::1"):
        with pytest.raises(redis.exceptions.NoPermissionError):
            reco.execute_command(*refused.split())  # type: ignore[no-untyped-call]


def test_a_user_as_made_is_off() -> None:
    access = Access(["new >its-password-12345 ~* +@all"])
    assert access.log_in("new", "its-password-12345") is None
    access.users["new"].add_rules("on")
    assert access.log_in("new", "its-password-12345") is access.users["new"]


def test_other_rules_keep_the_passwords() -> None:
    access = Access(["new on >its-password-12345 ~* +@all"])
    access.users["new"].set_rules("on ~app::* +get")
    assert access.log_in("new", "its-password-12345") is access.users["new"]
    assert access.users["new"].refusal([b"SET", b"app::1", b"v"])[0].startswith("NOPERM")


@pytest.mark.parametrize("rule", ["+@nosuch", "+nosuch", "readonly", "%X~app::*"])
def test_a_rule_nobody_knows_is_refused(rule: str) -> None:
    with pytest.raises(AccessStringError) as refused:
        User("new").add_rules(f"on {rule}")
    assert refused.value.rule == rule


def test_a_broken_access_string_leaves_the_user_as_it_was() -> None:
    user = User("new")
    user.add_rules("on ~* +get")
    with pytest.raises(AccessStringError):
        user.set_rules("off +@nosuch")
    assert user.enabled
    assert user.access_string == "on ~* +get"


def test_users_are_not_changed_through_the_engine(cloud: Cloud) -> None:
    with pytest.raises(redis.ResponseError, match="unknown subcommand 'SETUSER'"):
        client(password=TOKEN).acl_setuser("web", enabled=False)
    assert client("web", "web-password-for-web").get("app::1") is None


def test_acl_list_shows_rules_and_no_passwords(cloud: Cloud) -> None:
    lines = client(password=TOKEN).acl_list()
    assert [line.split()[1] for line in lines] == ["default", "reco", "report", "web"]
    assert "password" not in str(lines)


def test_what_the_library_sends_of_itself_leaves_no_event(cloud: Cloud) -> None:
    client("report", "report-password-12").get("app::1")
    assert [event.op for event in cloud.trace.since()] == ["CONNECT", "GET"]


def test_a_refused_client_name_is_told(cloud: Cloud) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError, match="setname"):
        client("report", "report-password-12", client_name="batch").get("app::1")
