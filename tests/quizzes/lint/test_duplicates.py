from __future__ import annotations

from quizzes.engine.lint.rules import duplicates
from tests.quizzes.samples import (
    bank,
    choice,
    choices,
    command,
    found,
    outputs,
    predict,
    printed,
    rejected,
    rejects,
    wrong,
)

STEM = "한 회사가 노드 기반 클러스터에서 읽기를 늘리려고 합니다. 무엇을 해야 합니까?"


def test_different_choices_and_questions_pass() -> None:
    assert found(duplicates.check, bank(choice(), choice("ec-rvm-002", stem=STEM))) == []


def test_choices_that_differ_in_spacing_and_signs_only_are_refused() -> None:
    [finding] = found(duplicates.check, bank(choice(choices=[*choices()[:3], wrong("delta", "노드를, 둔 `구성`")])))
    assert "2번 있습니다" in finding.message


def test_what_is_printed_or_typed_may_differ_by_a_sign() -> None:
    signs = [*outputs(), printed("delta", "2\n2")]
    typed = [*rejects(), rejected("negative", "SET a -2")]
    assert found(duplicates.check, bank(predict(choices=signs), command(reject=typed, stem=STEM))) == []


def test_the_same_output_twice_is_refused() -> None:
    twice = [*outputs(), printed("delta", "1\n-2")]
    [finding] = found(duplicates.check, bank(predict(choices=twice)))
    assert "2번 있습니다" in finding.message


def test_a_question_that_says_nearly_the_same_is_warned_about() -> None:
    near = STEM.replace("한 회사가", "어느 회사가")
    [finding] = found(duplicates.check, bank(choice(stem=STEM), choice("ec-rvm-002", stem=near)))
    assert finding.level == "warning"
    assert "ec-rvm-001와" in finding.message
