from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import named_positions
from tests.quizzes.samples import bank, choice, choices, found


@pytest.mark.parametrize(
    "text",
    [
        "복제본을 둔 구성이 알맞습니다.",
        "두 번째 조회부터 히트입니다.",
        "6379번 포트를 엽니다.",
        "명령이 5번 반영됩니다.",
        "정답 2개를 고릅니다.",
        "클래스 A 주소입니다.",
    ],
)
def test_texts_that_name_things_pass(text: str) -> None:
    assert found(named_positions.check, bank(choice(takeaway=text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "보기 B가 맞습니다.",
        "위의 보기와 다릅니다.",
        "A번은 틀립니다.",
        "세 번째 선택지를 보세요.",
        "③이 아니라 답 2입니다.",
    ],
)
def test_a_text_that_counts_choices_is_refused(text: str) -> None:
    [finding] = found(named_positions.check, bank(choice(takeaway=text)))
    assert "`takeaway`의" in finding.message


def test_reasons_are_read_too() -> None:
    pointing = [choices()[0] | {"why": "다음 보기에 적힌 구성이 요구에 더 잘 맞기 때문입니다."}, *choices()[1:]]
    [finding] = found(named_positions.check, bank(choice(choices=pointing)))
    assert "`alpha.why`의 “다음 보기”" in finding.message
