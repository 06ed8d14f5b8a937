"""Connections that do not come about: silence, and ends that do not speak the same language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import latency
from labs.cloud.cloud import Cloud
from labs.cloud.door import Door, Rule, SecurityGroup
from labs.engine.explain import explain

HOST = "shop.cache.lab"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    made.cache(HOST, security_group=made.security_group("sg-cache"))
    with made.active():
        yield made


def client(**options: object) -> redis.Redis:
    options = {"retry": Retry(NoBackoff(), 0), **options}
    return redis.Redis(host=HOST, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({"socket_connect_timeout": 2}, 2),
        ({"socket_connect_timeout": 0.25}, 0.25),
        ({}, 5),
        ({"socket_connect_timeout": None, "socket_timeout": None}, latency.CONNECT_PATIENCE_US / 1_000_000),
    ],
)
def test_a_closed_security_group_lets_the_timeout_pass(
    cloud: Cloud, options: dict[str, object], seconds: float
) -> None:
    with pytest.raises(redis.TimeoutError, match=r"^Timeout connecting to server$"):
        client(**options).ping()
    assert cloud.clock.now_us == seconds * 1_000_000
    (event,) = cloud.trace.since()
    assert (event.op, event.target, event.outcome, event.ms) == ("CONNECT", "cache", "error", seconds * 1000)


def test_silence_says_nothing_of_the_port(cloud: Cloud) -> None:
    with pytest.raises(redis.TimeoutError):
        client(port=6380).ping()
    cloud.security_group("sg-cache").rules.append(Rule(0, 65535, "sg-app"))
    with pytest.raises(redis.ConnectionError, match="Connection refused"):
        client(port=6380).ping()


def test_retries_wait_each_time(cloud: Cloud) -> None:
    with pytest.raises(redis.TimeoutError):
        client(socket_connect_timeout=1, retry=Retry(NoBackoff(), 2)).ping()
    assert [event.op for event in cloud.trace.since()] == ["CONNECT"] * 3
    assert cloud.clock.now_ms == 3000


@pytest.mark.parametrize(
    ("source", "port", "enters"),
    [
        ("sg-app", 6379, True),
        ("sg-batch", 6379, False),
        ("sg-app", 11211, False),
        ("10.0.0.0/16", 6379, True),
        ("0.0.0.0/0", 6379, True),
        ("192.168.0.0/16", 6379, False),
    ],
)
def test_a_rule_looks_at_source_and_port(cloud: Cloud, source: str, port: int, enters: bool) -> None:
    cloud.security_group("sg-cache").allow(source, port)
    if enters:
        assert client().ping() is True
    else:
        with pytest.raises(redis.TimeoutError):
            client().ping()


def test_a_member_of_several_groups_needs_one_that_is_allowed() -> None:
    group = SecurityGroup("sg-cache", [Rule(6379, 6379, "sg-ops")])
    assert Door(group).lets_in(6379, frozenset(("sg-app", "sg-ops")))
    assert not Door(group).lets_in(6379, frozenset(("sg-app",)))


def test_plain_text_to_tls_is_cut_off_and_recorded() -> None:
    cloud = Cloud()
    cloud.cache(HOST, tls=True)
    with cloud.active():
        with pytest.raises(redis.ConnectionError, match=r"\(104, 'Connection reset by peer'\)") as error:
            client().ping()
        assert client(ssl=True).ping() is True
    assert [(event.op, event.outcome) for event in cloud.trace.since()] == [
        *(("CONNECT", "error"), ("CONNECT", "ok"), ("PING", "ok")),
    ]
    assert "`ssl=True`" in explain(error.value, str(error.value))


def test_tls_to_plain_text_waits_for_an_answer_that_never_comes() -> None:
    cloud = Cloud()
    cloud.cache(HOST)
    with cloud.active(), pytest.raises(redis.TimeoutError, match=r"^Timeout connecting to server$"):
        client(ssl=True, socket_timeout=3).ping()
    (event,) = cloud.trace.since()
    assert (event.op, event.outcome) == ("CONNECT", "error")
    assert cloud.clock.now_ms == pytest.approx(3000, abs=2)


def test_a_tls_url_connects() -> None:
    cloud = Cloud()
    cloud.cache(HOST, tls=True, auth_token="a-token-for-the-url")
    with cloud.active():
        assert redis.Redis.from_url(f"rediss://:a-token-for-the-url@{HOST}:6379/0").ping() is True
