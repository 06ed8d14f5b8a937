"""What the tests of the labs share: a small cloud to talk to, and requests to the service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import redis

from labs.cloud.cloud import Cloud
from labs.engine import service
from labs.engine.report import CheckReport, RunReport

HOST = "shop.cache.lab"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A cloud with one cache node and one database, entered."""
    made = Cloud()
    made.cache(HOST)
    made.database("shop.db.lab").script(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price INTEGER);"
        "INSERT INTO products VALUES (1, '머그컵', 12000), (2, '보온병', 29000);"
    )
    made.keep()
    with made.active():
        yield made


@pytest.fixture
def client(cloud: Cloud) -> redis.Redis:
    """A client of the cache node, connected; the trace begins after its greeting."""
    client = redis.Redis(host=HOST, port=6379, decode_responses=True)
    client.ping()
    cloud.reset()
    return client


type Run = Callable[[str, str], RunReport]
type Check = Callable[[str, str], CheckReport]


@pytest.fixture
def printed() -> list[str]:
    """What the code of `run` and `check` printed, piece by piece."""
    return []


@pytest.fixture
def run(printed: list[str]) -> Run:
    """Run code for a step of the first lab, through the service."""

    def ask(step: str, code: str) -> RunReport:
        request = {"op": "run", "lab": "cache-hit-miss", "step": step, "code": code, "accepted": {}}
        report: RunReport = json.loads(service.handle(json.dumps(request), lambda stream, text: printed.append(text)))
        return report

    return ask


@pytest.fixture
def check(printed: list[str]) -> Check:
    """Grade code for a step of the first lab, through the service."""

    def ask(step: str, code: str) -> CheckReport:
        request = {"op": "check", "lab": "cache-hit-miss", "step": step, "code": code, "accepted": {}}
        report: CheckReport = json.loads(service.handle(json.dumps(request), lambda stream, text: printed.append(text)))
        return report

    return ask
