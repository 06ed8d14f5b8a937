"""Grading honestly: other data, other approaches, and libraries that were tampered with."""

from __future__ import annotations

import json

import pytest
import redis

from labs.engine.author import Opaque, seal
from labs.engine.grade import NOT_YET
from labs.engine.lab import load
from tests.labs.conftest import Check

LAB = load("cache-hit-miss")
SOLUTION = {step.id: step.solution for step in LAB.steps}


def test_an_answer_known_by_heart_is_refused_on_other_data(check: Check) -> None:
    code = (
        SOLUTION["look-first"].partition("def get_product")[0]
        + """
SHOP = {1: {"id": 1, "name": "머그컵", "price": 12000}, 2: {"id": 2, "name": "보온병", "price": 29000}}


def get_product(product_id):
    if cache.get(f"product:{product_id}") is None:
        load_product(product_id)
    return SHOP.get(product_id)
"""
    )
    report = check("look-first", code)
    assert report["outcome"] == "failed"
    assert report["message"].startswith("다른 데이터로")


@pytest.mark.parametrize(
    "tampering",
    [
        "redis.Redis.get = lambda self, key: None",
        "redis.client.Redis.execute_command = lambda self, *a: None",
        "import fakeredis\nfakeredis.FakeServer.__init__ = lambda self, **k: None",
        "from labs.engine import grade\ngrade._results = lambda *a: []",
        "from labs.engine import author\nauthor.fail = print",
        "database.Connection.query_one = lambda self, *a: {}",
        "json.loads.__code__ = (lambda s, **k: {}).__code__",
        "import sys\nsys.modules['redis'] = json",
        "import builtins\nbuiltins.len = lambda x: 0",
    ],
)
def test_tampering_does_not_pass_and_does_not_last(check: Check, tampering: str) -> None:
    assert check("look-first", SOLUTION["look-first"] + "\n" + tampering + "\n")["outcome"] != "passed"
    assert check("look-first", SOLUTION["look-first"])["outcome"] == "passed"


def test_tampering_is_named(check: Check) -> None:
    report = check("look-first", SOLUTION["look-first"] + "\nredis.Redis.set = lambda self, *a, **k: True\n")
    assert report["outcome"] == "failed"
    assert report["message"] == (
        "라이브러리나 파이썬의 함수를 바꾸는 코드가 있어 채점하지 않았습니다(`redis.client.Redis.set`). "
        "그 줄을 지우고, 바꾸지 않은 `redis`로 풀어 보세요."
    )


def test_tampering_in_a_run_does_not_reach_the_next_one(check: Check) -> None:
    original = redis.Redis.set
    check("look-first", SOLUTION["look-first"] + "\nredis.Redis.set = None\n1 / 0\n")
    assert redis.Redis.set is original


def test_ordinary_code_is_never_called_tampering(check: Check) -> None:
    code = SOLUTION["fill-on-miss"] + (
        "\nimport asyncio, concurrent.futures, decimal, queue, random, uuid\n"
        "class Cache(redis.Redis):\n    def get(self, name):\n        return super().get(name)\n"
        "print(Cache(host='shop.cache.lab').get('product:1'), random.random(), uuid.uuid4())\n"
    )
    report = check("fill-on-miss", code)
    assert report["outcome"] == "passed", report["message"]


def test_checks_after_the_first_refusal_are_listed_as_not_reached(check: Check) -> None:
    results = check("fill-on-miss", LAB.step("fill-on-miss").starter)["checks"]
    assert [result["passed"] for result in results] == [False] * len(results)
    assert results[0]["message"].startswith("DB에서 읽은 뒤에도")
    assert {result["message"] for result in results[1:]} == {NOT_YET}


def test_a_renamed_function_is_asked_for_by_name(check: Check) -> None:
    report = check("look-first", SOLUTION["look-first"].replace("get_product", "find_product"))
    assert report["outcome"] == "failed"
    assert report["message"] == "`get_product` 함수가 보이지 않습니다. 함수 이름이 그대로인지 보세요."


def test_a_function_name_that_became_a_value_is_explained(check: Check) -> None:
    report = check("look-first", SOLUTION["look-first"] + "\nget_product = get_product(1)\n")
    assert "함수가 아닌 값" in report["message"]


def test_an_error_in_a_call_of_the_check_names_the_call_and_the_line(check: Check) -> None:
    code = SOLUTION["look-first"].partition("print(")[0].replace("if cached is not None:", "if True:")
    report = check("look-first", code)
    error = report["report"]["error"]
    assert report["outcome"] == "error"
    assert report["message"].startswith("`get_product(2)` 호출에서 오류가 났습니다. ")
    assert error is not None
    assert error["line"] == 1 + code[: code.index("json.loads")].count("\n")


def test_a_returned_value_that_pretends_to_be_equal_to_everything_is_not_believed(check: Check) -> None:
    code = SOLUTION["look-first"].replace(
        "return json.loads(cached)",
        'return type("Any", (dict,), {"__eq__": lambda self, other: True})()',
    )
    assert check("look-first", code)["outcome"] == "failed"


def test_sealed_values_share_nothing_with_the_learners(check: Check) -> None:
    value = {"a": [1, (2, "b")], 3: None}
    sealed = seal(value)
    assert sealed == {"a": [1, [2, "b"]], 3: None}
    value["a"] = []
    assert sealed == {"a": [1, [2, "b"]], 3: None}
    assert isinstance(seal(object()), Opaque)


def test_clearing_the_trace_from_inside_does_not_help(check: Check) -> None:
    code = SOLUTION["look-first"].replace(
        "cached = cache.get(key)",
        "from labs.cloud.cloud import current\n    current().trace.clear()\n    cached = None",
    )
    assert check("look-first", code)["outcome"] != "passed"


def test_a_message_is_plain_text_with_code_in_backticks(check: Check) -> None:
    for step in LAB.steps:
        message = check(step.id, step.starter)["message"]
        assert message.count("`") % 2 == 0
        assert "<" not in message
        assert json.loads(json.dumps(message)) == message
