from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import catch_all
from tests.quizzes.samples import bank, choice, choices, found, wrong


def test_choices_that_say_something_pass() -> None:
    assert found(catch_all.check, bank(choice())) == []


@pytest.mark.parametrize(
    "text", ["위의 모든 것", "모두 정답입니다", "정답 없음", "해당 사항 없음", "None of the above"]
)
def test_a_choice_about_the_other_choices_is_refused(text: str) -> None:
    [finding] = found(catch_all.check, bank(choice(choices=[*choices()[:3], wrong("delta", text)])))
    assert "보기 `delta`" in finding.message
