"""The committed bank itself: clean, and what each unit promises."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from quizzes.engine import lint
from quizzes.engine.bank import load
from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.model import Item

BANK = load()
NEWEST = max(item.verified.on for item in BANK.items())


def test_lint_has_nothing_to_say_on_the_day_the_bank_was_verified() -> None:
    assert [str(finding) for finding in lint.run(lint.context(BANK, NEWEST))] == []


def test_lint_asks_for_a_new_look_half_a_year_later() -> None:
    findings = lint.run(lint.context(BANK, NEWEST + timedelta(days=200)))
    assert {finding.rule for finding in findings} == {"verified"}


def test_redis_vs_memcached_has_the_promised_mixture() -> None:
    items = BANK.unit("redis-vs-memcached").file.items
    formal = [item for item in items if item.exam_format]
    kinds = Counter(item.kind for item in items)
    assert len(items) >= 12
    assert len(formal) >= 8
    assert kinds["order"] >= 1
    assert kinds["match"] >= 1
    assert any(isinstance(item, ChoiceItem) and item.select > 1 for item in items)


@pytest.mark.parametrize("item", list(BANK.items()), ids=lambda item: item.id)
def test_an_item_asks_one_question(item: Item) -> None:
    assert item.stem.count("?") == 1
    assert item.stem.rstrip().endswith("?")
