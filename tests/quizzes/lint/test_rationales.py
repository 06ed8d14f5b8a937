from __future__ import annotations

from quizzes.engine.lint.rules import rationales
from tests.quizzes.samples import bank, choice, choices, found, match, order


def test_reasons_of_every_kind_pass() -> None:
    assert found(rationales.check, bank(choice(), order(), match())) == []


def test_a_reason_too_short_to_teach_is_refused() -> None:
    short = [*choices()[:3], choices()[3] | {"why": "`리전`이 달라요."}]
    [finding] = found(rationales.check, bank(choice(choices=short)))
    assert "`delta`의 해설이 8자입니다" in finding.message


def test_one_reason_for_two_choices_is_refused() -> None:
    same = [one | {"why": choices()[0]["why"]} if one["id"] == "delta" else one for one in choices()]
    [finding] = found(rationales.check, bank(choice(choices=same)))
    assert "2번 썼습니다" in finding.message
