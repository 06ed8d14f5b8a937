from __future__ import annotations

from quizzes.engine.lint.rules import negative_stem
from tests.quizzes.samples import bank, choice, found

NEGATIVE = "캐시가 있습니다.\n\n옳지 않은 것은 무엇입니까?"


def test_a_positive_question_passes_even_when_its_story_negates() -> None:
    assert (
        found(negative_stem.check, bank(choice(stem="비용을 쓰지 않는 방법을 찾습니다. 알맞은 것은 무엇입니까?"))) == []
    )


def test_a_declared_negative_question_passes() -> None:
    assert found(negative_stem.check, bank(choice(stem=NEGATIVE, negative=True))) == []


def test_an_undeclared_negative_question_is_refused() -> None:
    [finding] = found(negative_stem.check, bank(choice(stem=NEGATIVE)))
    assert "“않은”" in finding.message


def test_a_declaration_without_negation_is_refused() -> None:
    [finding] = found(negative_stem.check, bank(choice(negative=True)))
    assert "negative를 지우세요" in finding.message


def test_too_many_negative_questions_are_refused() -> None:
    items = [choice(f"ec-rvm-{n:03}", **({"stem": NEGATIVE, "negative": True} if n < 2 else {})) for n in range(20)]
    [finding] = found(negative_stem.check, bank(*items))
    assert "10%입니다" in finding.message
