from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import exam_format
from tests.quizzes.samples import bank, choice, choices, found, multiple, right, wrong


def test_one_of_four_and_two_of_five_pass() -> None:
    assert found(exam_format.check, bank(choice(), multiple())) == []


def test_three_choices_pass_in_a_check_of_a_lesson() -> None:
    small = choice(choices=choices()[:3], exam_format=False, use=["check"])
    assert found(exam_format.check, bank(small)) == []


@pytest.mark.parametrize("count", [3, 5])
def test_a_single_answer_of_another_size_is_refused(count: int) -> None:
    five = [*choices(), wrong("echo", "다른 구성")]
    [finding] = found(exam_format.check, bank(choice(choices=five[:count])))
    assert f"보기가 {count}개입니다" in finding.message


def test_two_of_four_is_refused() -> None:
    four = [right("alpha", "하나"), right("bravo", "둘"), wrong("charlie", "셋"), wrong("delta", "넷")]
    [finding] = found(exam_format.check, bank(multiple(choices=four)))
    assert "5개 이상" in finding.message


def test_what_is_not_in_exam_format_stays_out_of_the_mock_exam() -> None:
    [finding] = found(exam_format.check, bank(choice(exam_format=False)))
    assert "mock을 빼세요" in finding.message


@pytest.mark.parametrize(
    "typed", ["옳은 것을 2개 고르세요.", "알맞은 것은 무엇입니까? (2개 선택)", "두 가지를 고르세요. 2가지를 고르세요."]
)
def test_the_number_of_picks_is_not_typed(typed: str) -> None:
    [finding] = found(exam_format.check, bank(multiple(stem=typed)))
    assert "개수는 select에서" in finding.message
