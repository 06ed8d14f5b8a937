"""The committed bank itself: clean, and what each unit promises."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from math import comb

import pytest

from quizzes.engine import lint
from quizzes.engine.bank import UnitBank, load
from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.lint.rules import guessing
from quizzes.engine.lint.rules.length_cue import longest_key_ratio
from quizzes.engine.model import UNIT_CODES, Item
from theme import facts as site_facts

BANK = load()
NEWEST = max(item.verified.on for item in BANK.items())


def choices() -> list[ChoiceItem]:
    return [item for item in BANK.items() if isinstance(item, ChoiceItem)]


def test_lint_has_nothing_to_say_on_the_day_the_bank_was_verified() -> None:
    assert [str(finding) for finding in lint.run(lint.context(BANK, NEWEST))] == []


def test_lint_asks_for_a_new_look_half_a_year_later() -> None:
    findings = lint.run(lint.context(BANK, NEWEST + timedelta(days=200)))
    assert {finding.rule for finding in findings} == {"verified"}


def test_the_bank_is_as_large_as_promised() -> None:
    items = list(BANK.items())
    kinds = Counter(item.kind for item in items)
    assert {unit.unit for unit in BANK.units} == set(UNIT_CODES)
    assert len(items) >= 150
    assert len(BANK.unit("redis-vs-memcached").file.items) >= 30
    assert len(BANK.unit("cache-security").file.items) >= 30
    assert sum(item.exam_format for item in items) >= 90
    assert kinds["command"] + kinds["predict"] >= 15
    assert kinds["order"] >= 8
    assert kinds["match"] >= 8


@pytest.mark.parametrize("unit", BANK.units, ids=lambda unit: unit.unit)
def test_every_unit_asks_in_several_ways(unit: UnitBank) -> None:
    kinds = Counter(item.kind for item in unit.file.items)
    assert kinds["order"] >= 1
    assert kinds["match"] >= 1
    assert any(isinstance(item, ChoiceItem) and item.select > 1 for item in unit.file.items)


def test_every_objective_is_asked_three_times_and_once_in_use() -> None:
    for unit in BANK.units:
        for objective in unit.file.objectives:
            levels = [item.level for item in unit.file.items if item.objective == objective.id]
            assert len(levels) >= 3, objective.id
            assert {"apply", "analyze"} & set(levels), objective.id


def test_three_fifths_of_the_exam_format_tell_a_story() -> None:
    formal = [item for item in BANK.items() if item.exam_format]
    assert sum(item.scenario for item in formal) / len(formal) >= 0.6


def test_the_key_is_not_known_by_its_place_or_its_length() -> None:
    """The figures of the lint rules, counted a second time."""
    formal = [item for item in choices() if item.select == 1 and len(item.choices) == 4]
    places = Counter([choice.key for choice in item.choices].index(True) for item in formal)
    expected = len(formal) / 4
    assert sum((places[place] - expected) ** 2 / expected for place in range(4)) < 11.34
    single = [longest_key_ratio(item) for item in choices() if item.select == 1]
    assert 0.15 <= sum(ratio > 1 for ratio in single) / len(single) <= 0.35
    assert sum(ratio >= 1.2 for ratio in single) / len(single) <= 0.10
    assert max(longest_key_ratio(item) for item in choices()) < 1.5


@pytest.mark.parametrize("name", guessing.strategies())
def test_who_knows_nothing_scores_within_chance_by_eight_points(name: str) -> None:
    """Chance is what blind picking scores on the same items: one of four, or the one pair of five that is right."""
    items = choices()
    chance = sum(1 / comb(len(item.choices), item.select) for item in items) / len(items)
    strategy = guessing.strategies()[name]
    score = sum(set(strategy(item)) == set(item.key()) for item in items) / len(items)
    assert abs(score - chance) <= 0.08, f"{name}: {score:.1%}, chance {chance:.1%}"


@pytest.mark.parametrize("item", list(BANK.items()), ids=lambda item: item.id)
def test_an_item_was_solved_with_its_key_hidden(item: Item) -> None:
    assert item.review is not None
    assert item.review.rev == item.rev
    assert item.review.outcome == "agreed" or len(item.review.note) > 20


def test_where_the_exam_and_today_differ_the_stem_says_which_is_asked() -> None:
    known = site_facts.load()
    for item in BANK.items():
        if any(known.fact(fact).status in {"exam-only", "outdated"} for fact in item.facts):
            assert re.search(r"20\d\d년|SAA-C03|시험", item.stem), item.id


@pytest.mark.parametrize("item", list(BANK.items()), ids=lambda item: item.id)
def test_an_item_asks_one_question(item: Item) -> None:
    assert item.stem.count("?") == 1
    assert item.stem.rstrip().endswith("?")
