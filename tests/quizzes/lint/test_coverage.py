from __future__ import annotations

from quizzes.engine.lint.rules import coverage
from tests.quizzes.samples import bank, choice, found


def three(**changes: object) -> list[dict[str, object]]:
    return [choice(f"ec-rvm-{n:03}", **changes) for n in (1, 2, 3)]


def test_three_items_with_one_in_use_pass() -> None:
    assert found(coverage.check, bank(*three())) == []


def test_an_objective_with_two_items_is_refused() -> None:
    [finding] = found(coverage.check, bank(*three()[:2]))
    assert "`pick`의 문항이 2개" in finding.message


def test_an_objective_that_is_only_recalled_is_refused() -> None:
    [finding] = found(coverage.check, bank(*three(level="recall")))
    assert "level: apply" in finding.message


def test_exam_items_without_stories_are_refused() -> None:
    [finding] = found(coverage.check, bank(*three(scenario=False)))
    assert "시나리오가 0%" in finding.message
