from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import grammar_cue
from tests.quizzes.samples import bank, choice, choices, found, wrong


def test_choices_of_one_form_pass() -> None:
    assert found(grammar_cue.check, bank(choice())) == []


def test_a_sentence_among_noun_phrases_is_warned_about() -> None:
    [finding] = found(grammar_cue.check, bank(choice(choices=[*choices()[:3], wrong("delta", "리전을 둡니다.")])))
    assert "끝맺음이 섞였습니다" in finding.message


def test_a_blank_whose_particle_fits_some_choices_only_is_warned_about() -> None:
    mixed = [*choices()[:3], wrong("delta", "복제")]
    [finding] = found(grammar_cue.check, bank(choice(stem="읽기를 늘리려면 ___을 둡니다.", choices=mixed)))
    assert "“을”은 보기 `delta`에" in finding.message


def test_a_blank_with_both_particles_passes() -> None:
    mixed = [*choices()[:3], wrong("delta", "복제")]
    assert found(grammar_cue.check, bank(choice(stem="읽기를 늘리려면 ___을(를) 둡니다.", choices=mixed))) == []


@pytest.mark.parametrize(
    ("text", "particle", "expected"),
    [
        ("복제본", "을", True),
        ("샤드", "을", False),
        ("샤드", "를", True),
        ("서울", "로", True),
        ("복제본", "로", False),
        ("복제본", "으로", True),
        ("`AOF`", "을", True),
    ],
)
def test_particles_follow_the_final_consonant(text: str, particle: str, expected: bool) -> None:
    assert grammar_cue.fits(text, particle) is expected
