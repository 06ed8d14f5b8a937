"""Edits of the bank are safe: whatever is inserted, deleted or moved, a stored answer stays with its item and its words."""

from __future__ import annotations

import copy
from pathlib import Path

from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.engine.bank import Bank, parse
from quizzes.engine.fence import render_quiz
from quizzes.engine.model import Item
from quizzes.engine.yaml_source import Document
from tests.quizzes.samples import Data, bank_data, choice, match, multiple, order, predict, wrong

type Stored = tuple[str, int, tuple[str, ...], bool]

ORIGINAL = [
    choice("ec-rvm-001"),
    multiple("ec-rvm-002"),
    order("ec-rvm-003"),
    match("ec-rvm-004"),
    predict("ec-rvm-005"),
    choice("ec-rvm-006"),
]


def loaded(items: list[Data]) -> Bank:
    return Bank((parse(Document(Path("redis-vs-memcached.yml"), bank_data(*items), None)),), ())


def words(judged: Bank) -> dict[tuple[str, int], dict[str, str]]:
    """What the page says for each id an answer can hold, by item and revision."""
    soup = BeautifulSoup(render_quiz(judged, {"set": "redis-vs-memcached"}), "lxml")
    shown: dict[tuple[str, int], dict[str, str]] = {}
    for form in soup.select("form"):
        texts = {str(row["data-part"]): row.find(["label", "span"]) for row in form.select("[data-part]")}
        options = {str(option["value"]): option.text for option in form.select("option") if option["value"]}
        said = {part: tag.text for part, tag in texts.items() if tag}
        shown[str(form["data-item"]), int(str(form["data-rev"]))] = said | options
    return shown


def answers(judged: Bank) -> list[Stored]:
    """A right and a wrong answer of each item, as the learning record keeps them."""
    stored: list[Stored] = []
    for item in judged.items():
        stored += [(item.id, item.rev, item.key(), True), (item.id, item.rev, a_wrong_answer(item), False)]
    return stored


def a_wrong_answer(item: Item) -> tuple[str, ...]:
    if item.kind == "order":
        return item.key()[::-1]
    if item.kind == "match":
        prompts = [pair.split(":")[0] for pair in item.key()]
        return tuple(f"{prompt}:region" for prompt in prompts)
    return tuple(part.id for part in item.parts() if not part.key)[: len(item.key())]


def graded(item: Item, chosen: tuple[str, ...]) -> bool:
    return chosen == item.key() if item.kind == "order" else sorted(chosen) == sorted(item.key())


@st.composite
def edited(draw: st.DrawFn) -> list[Data]:
    """The original items after a random editing session that follows the rules: ids are never reused, meanings never change."""
    items = copy.deepcopy(ORIGINAL)
    for step in range(draw(st.integers(1, 6))):
        edit = draw(
            st.sampled_from(
                ["insert", "delete", "move", "shuffle parts", "add a distractor", "delete a distractor", "new revision"]
            )
        )
        at = draw(st.integers(0, len(items) - 1))
        match edit:
            case "insert":
                items.insert(at, choice(f"ec-rvm-{100 + step}"))
            case "delete" if len(items) > 1:
                del items[at]
            case "move":
                items.insert(draw(st.integers(0, len(items) - 1)), items.pop(at))
            case "shuffle parts":
                for list_ in ("choices", "prompts", "options"):
                    if list_ in items[at]:
                        items[at][list_] = draw(st.permutations(as_list(items[at][list_])))
            case "add a distractor" if items[at]["kind"] == "choice":
                place = draw(st.integers(0, len(as_list(items[at]["choices"]))))
                as_list(items[at]["choices"]).insert(place, wrong(f"extra-{step}", f"새 오답 {step}"))
            case "delete a distractor" if (
                items[at]["kind"] in ("choice", "predict") and len(as_list(items[at]["choices"])) > 3
            ):
                # Left without a new revision on purpose: an author who forgets it must not move an answer either.
                options = as_list(items[at]["choices"])
                options.remove(draw(st.sampled_from([one for one in options if not one.get("key")])))
            case "new revision":
                items[at]["rev"] = int(str(items[at]["rev"])) + 1
                items[at]["stem"] = f"뜻이 바뀐 문제 {step}입니다. 알맞은 것은 무엇입니까?"
            case _:
                pass
    return items


def as_list(value: object) -> list[Data]:
    assert isinstance(value, list)
    return value


@settings(max_examples=200, deadline=None)
@given(edited())
def test_no_edit_moves_a_stored_answer(items: list[Data]) -> None:
    before, after = loaded(ORIGINAL), loaded(items)
    said_before, said_after = words(before), words(after)
    now = {item.id: item for item in after.items()}
    for item_id, rev, chosen, was_right in answers(before):
        item = now.get(item_id)
        if item is None or item.rev != rev:
            assert (item_id, rev) not in said_after
            continue
        shown = said_after[item_id, rev]
        for entry in chosen:
            for id in entry.split(":"):
                # A choice that is gone is gone; none takes its place.
                assert id not in shown or shown[id] == said_before[item_id, rev][id]
                assert id in shown or not was_right
        assert graded(item, chosen) is was_right


@settings(max_examples=50, deadline=None)
@given(edited())
def test_a_new_revision_touches_its_own_item_only(items: list[Data]) -> None:
    before = {item.id: item for item in loaded(ORIGINAL).items()}
    for item in loaded(items).items():
        if item.id in before and item.rev == before[item.id].rev:
            assert item.stem == before[item.id].stem
            assert sorted(item.key()) == sorted(before[item.id].key())
