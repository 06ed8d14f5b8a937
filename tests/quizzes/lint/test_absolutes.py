from __future__ import annotations

from quizzes.engine.lint.rules import absolutes
from tests.quizzes.samples import Data, bank, choice, found, right, wrong


def worded(n: int, key: str, distractor: str) -> Data:
    body = [right("alpha", key), *(wrong(name, f"{distractor} {name}") for name in ("bravo", "charlie", "delta"))]
    return choice(f"ec-rvm-{n:03}", choices=body)


def test_absolutes_spread_evenly_pass() -> None:
    assert found(absolutes.check, bank(*(worded(n, "항상 켭니다", "항상 끕니다") for n in range(4)))) == []


def test_a_habit_of_absolutes_in_distractors_is_warned_about() -> None:
    [finding] = found(absolutes.check, bank(*(worded(n, "켭니다", "절대 끄지 않습니다") for n in range(4))))
    assert finding.level == "warning"
    assert "오답의 100%, 정답의 0%" in finding.message


def test_a_few_words_are_no_habit() -> None:
    assert found(absolutes.check, bank(worded(1, "켭니다", "절대 끄지 않습니다"))) == []
