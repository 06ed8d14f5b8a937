from __future__ import annotations

from datetime import timedelta

import pytest

from quizzes.engine.lint.rules import verified
from tests.quizzes.samples import TODAY, bank, choice, found


@pytest.mark.parametrize("age", [0, 180])
def test_half_a_year_passes(age: int) -> None:
    assert found(verified.check, bank(choice()), today=TODAY + timedelta(days=age)) == []


@pytest.mark.parametrize(("age", "level"), [(181, "warning"), (365, "warning"), (366, "error")])
def test_an_older_item_is_warned_about_then_refused(age: int, level: str) -> None:
    [finding] = found(verified.check, bank(choice()), today=TODAY + timedelta(days=age))
    assert finding.level == level
    assert f"{age}일 지났습니다" in finding.message


def test_a_date_in_the_future_is_refused() -> None:
    [finding] = found(verified.check, bank(choice()), today=TODAY - timedelta(days=1))
    assert "미래입니다" in finding.message
