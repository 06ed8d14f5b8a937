from __future__ import annotations

from quizzes.engine.lint.rules import clang
from tests.quizzes.samples import Data, bank, choice, found, right, wrong

STEM = "리더보드를 실시간으로 보여 주려고 합니다. 알맞은 구성은 무엇입니까?"


def worded(key: str, distractor: str = "복제본") -> Data:
    return choice(
        stem=STEM,
        choices=[right("alpha", key), *(wrong(n, f"{distractor} {n}") for n in ("bravo", "charlie", "delta"))],
    )


def test_a_key_in_words_of_its_own_passes() -> None:
    assert found(clang.check, bank(worded("정렬된 집합"))) == []


def test_a_word_that_distractors_share_passes() -> None:
    assert found(clang.check, bank(worded("리더보드용 정렬된 집합", "리더보드용 복제본"))) == []


def test_a_rare_word_of_the_question_only_in_the_key_is_warned_about() -> None:
    [finding] = found(clang.check, bank(worded("리더보드에 맞는 집합")))
    assert "“리더보드”" in finding.message


def test_a_word_of_many_questions_tells_nothing() -> None:
    others = [choice(f"ec-rvm-{n:03}", stem=f"{n}: {STEM}") for n in range(10, 14)]
    assert found(clang.check, bank(worded("리더보드에 맞는 집합"), *others)) == []
