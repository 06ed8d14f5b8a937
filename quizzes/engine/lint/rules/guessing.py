"""Three readers who know nothing: one always picks the same place, one the longest choice, one the choice without an absolute
word. On a fair bank none does better, or worse, than chance."""

from collections.abc import Callable, Iterator
from math import comb

from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.lint.rules.absolutes import ABSOLUTE
from quizzes.engine.markup import length, plain

RULE = "guessing"
TOLERANCE = 0.08
# One item is then 1.25 points and a fair bank strays 4.8 points by chance: the tolerance is above noise, not inside it.
SMALLEST_BANK = 80
PLACES = 4

type Strategy = Callable[[ChoiceItem], list[str]]


def check(context: Context) -> Iterator[Finding]:
    items = list(context.choices())
    if len(items) < SMALLEST_BANK:
        return
    chance = sum(1 / comb(len(item.choices), item.select) for item in items) / len(items)
    for name, strategy in strategies().items():
        score = sum(set(strategy(item)) == set(item.key()) for item in items) / len(items)
        if abs(score - chance) > TOLERANCE:
            yield Finding(
                RULE,
                "error",
                "bank",
                f"‘{name}’만으로 {score:.0%}를 맞힙니다(우연은 {chance:.0%}). 보기의 순서, 길이, 말투를 고르게 하세요.",
            )


def strategies() -> dict[str, Strategy]:
    """Name and picks of each reader who knows nothing."""
    places: dict[str, Strategy] = {
        f"늘 {place + 1}번째 고르기": lambda item, place=place: _from_place(item, place)  # type: ignore[misc]
        for place in range(PLACES)
    }
    return places | {"가장 긴 것 고르기": _longest, "단정하는 말이 없는 것 고르기": _mildest}


def _from_place(item: ChoiceItem, place: int) -> list[str]:
    choices = [*item.choices, *item.choices]
    return [choice.id for choice in choices[place : place + item.select]]


def _longest(item: ChoiceItem) -> list[str]:
    return [choice.id for choice in sorted(item.choices, key=lambda choice: -length(choice.text))[: item.select]]


def _mildest(item: ChoiceItem) -> list[str]:
    mild = sorted(item.choices, key=lambda choice: bool(ABSOLUTE.search(plain(choice.text))))
    return [choice.id for choice in mild[: item.select]]
