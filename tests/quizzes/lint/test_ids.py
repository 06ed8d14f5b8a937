from __future__ import annotations

from quizzes.engine.lint.rules import ids
from tests.quizzes.samples import bank, choice, choices, found, right


def test_sound_ids_pass() -> None:
    assert found(ids.check, bank(choice(), retired=["ec-rvm-099"])) == []


def test_a_retired_id_cannot_return() -> None:
    [finding] = found(ids.check, bank(choice("ec-rvm-099"), retired=["ec-rvm-099"]))
    assert finding.level == "error"
    assert "폐기한 id를 다시 썼습니다" in finding.message


def test_a_choice_id_does_not_tell_the_answer() -> None:
    [finding] = found(ids.check, bank(choice(choices=[*choices()[:1], right("correct-one", "노드"), *choices()[2:]])))
    assert "`correct-one`가 정답을 알려 줍니다" in finding.message
