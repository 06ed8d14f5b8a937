"""Learner code shares the interpreter with the libraries: what it changes is found and put back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
import redis

from labs.cloud import cache, database
from labs.engine.pristine import Pristine


@pytest.fixture
def pristine() -> Iterator[Pristine]:
    made = Pristine()
    yield made
    made.restore()


def test_untouched_libraries_are_left_alone(pristine: Pristine) -> None:
    assert pristine.restore() == []


def _set(owner: object, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(owner, name, value)


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (_set(redis.client.Redis, "get", None), "redis.client.Redis.get"),
        (_set(redis.client.Redis, "pipeline", len), "redis.client.Redis.pipeline"),
        (_set(redis.connection, "Connection", object), "redis.connection.Connection"),
        (_set(database.Database, "run", len), "labs.cloud.database.Database.run"),
        (_set(cache.CacheNode, "dump", len), "labs.cloud.cache.CacheNode.dump"),
        (_set(json, "loads", len), "json.loads"),
        (lambda: sys.modules.__setitem__("redis.client", json), "redis.client"),
    ],
)
def test_a_change_is_named_and_undone(pristine: Pristine, tamper: Callable[[], None], named: str) -> None:
    tamper()
    assert pristine.restore() == [named]
    assert pristine.restore() == []


def test_a_function_whose_body_was_exchanged_is_mended(pristine: Pristine) -> None:
    json.dumps.__code__ = (lambda value, **options: "").__code__
    assert pristine.restore() == ["json.dumps"]
    assert json.dumps({"a": 1}) == '{"a": 1}'
