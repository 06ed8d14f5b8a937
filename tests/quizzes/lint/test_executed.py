from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import executed
from tests.quizzes.samples import (
    PROGRAM,
    Data,
    bank,
    choice,
    command,
    found,
    outputs,
    predict,
    printed,
    rejected,
    rejects,
)

KEY = {"key": True, "misconception": None}
WAITING = "import time\n\ntime.sleep({})\n" + PROGRAM


def messages(item: Data) -> list[str]:
    findings = found(executed.check, bank(item))
    assert {finding.level for finding in findings} <= {"error"}
    return [finding.message for finding in findings]


def test_items_that_say_what_happens_pass() -> None:
    assert found(executed.check, bank(choice(), predict(), command())) == []


# ---- programs ---------------------------------------------------------------------------------------


def test_a_key_that_is_not_printed_is_refused_with_what_is() -> None:
    claimed = [outputs()[0], printed("bravo", "3\n-2", **KEY), outputs()[2]]
    [message] = messages(predict(choices=claimed))
    assert "정답 `bravo`와 달리 실제로는 “2\n-2”가 출력됩니다" in message


def test_a_distractor_that_is_printed_is_refused() -> None:
    same = [printed("alpha", "2\n-2"), *outputs()[1:]]
    [message] = messages(predict(choices=same))
    assert "오답 `alpha`가 실제로 출력되는 것과 같습니다" in message


def test_a_program_that_fails_is_refused_with_its_error() -> None:
    [message] = messages(predict(program=PROGRAM + 'cache.lpush("a", "x")'))
    assert "ResponseError: WRONGTYPE" in message


def test_a_program_that_waits_too_long_for_a_real_server_says_why() -> None:
    [message] = messages(predict(program=WAITING.format(60)))
    assert "60초를 기다려" in message
    assert messages(predict(program=WAITING.format(60), virtual_only="만료를 보여 주려고 1분을 기다립니다.")) == []


def test_a_program_that_a_real_server_can_run_is_not_kept_from_it() -> None:
    [message] = messages(predict(program=WAITING.format(1), virtual_only="오래 기다립니다."))
    assert "virtual_only를 지우세요" in message


def test_programs_do_not_see_what_others_wrote() -> None:
    reader = PROGRAM.replace('cache.set("a", "1", ex=60)\nprint(cache.incr("a"))', 'print(cache.get("a"))')
    left = [printed("alpha", "2\n-2"), printed("bravo", "None\n-2", **KEY), printed("charlie", "1\n-2")]
    assert found(executed.check, bank(predict(), predict("ec-rvm-007", program=reader, choices=left))) == []


# ---- commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("SETEX a 61 2", "another lifetime"),
        ("SET a 3 EX 60", "another value"),
        ("GETSET a 2", "another reply"),
        ("SET a 2 EX 60 NX", "nothing written"),
        ("SET a 2 EX soon", "an error"),
    ],
)
def test_an_accepted_command_that_does_otherwise_is_refused(line: str, why: str) -> None:
    [message] = messages(command(accept=["SET a 2 EX 60", line]))
    assert f"accept의 `{line}`은" in message, why


def test_a_key_that_the_cache_refuses_is_refused() -> None:
    [message] = messages(command(accept=["SET a 2 EX"]))
    assert "정답 `SET a 2 EX`를 캐시가 거절합니다" in message


def test_a_rejected_command_that_does_what_the_key_does_is_refused() -> None:
    [message] = messages(command(reject=[*rejects(), rejected("old-form", "GET a", "SETEX a 60 2")]))
    assert "reject `old-form`의 `SETEX a 60 2`은 정답과 응답도 결과도 같습니다" in message


def test_a_command_is_held_to_every_situation_of_its_stem() -> None:
    only_then = command(setup=["SET a 1"], accept=["SET a 2 EX 60 XX"], also_setups=[[]])
    assert messages(only_then) == []
    [message] = messages(only_then | {"accept": ["SET a 2 EX 60 XX", "SET a 2 EX 60"]})
    assert "정답의 응답 None" in message


def test_a_rejected_command_has_to_fail_in_one_situation_only() -> None:
    lock = command(setup=[], accept=["SET a 2 EX 60 NX"], reject=[*rejects(), rejected("grabs", "SET a 2 EX 60")])
    assert len(messages(lock)) == 1
    assert messages(lock | {"also_setups": [["SET a 1"]]}) == []


def test_a_setup_that_fails_is_refused() -> None:
    [message] = messages(command(setup=["SET a text", "INCR a"]))
    assert "setup이 실행되지 않습니다(INCR a: error" in message


@pytest.mark.parametrize(
    ("setup", "line", "other"),
    [
        ("HSET k f 1", "HSET k f 2", "HSET k f 3"),
        ("RPUSH k a b", "LSET k 0 c", "LSET k 0 d"),
        ("SADD k a", "SADD k b", "SADD k c"),
        ("ZADD k 1 a", "ZADD k 2 a", "ZADD k 3 a"),
        ("SET k 1", "EXPIRE k 60", "EXPIRE k 90"),
    ],
)
def test_effects_are_told_apart_in_every_type_of_key(setup: str, line: str, other: str) -> None:
    """Both lines get the same reply: only what the key then holds differs."""
    [message] = messages(command(setup=[setup], accept=[line, other]))
    assert f"accept의 `{other}`은" in message
