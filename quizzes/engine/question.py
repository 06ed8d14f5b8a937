"""A question as other programs know it: a prompt, one of four activities, and what to say afterwards.

Each kind of item says which activity it is (`Item.activity`); the exporters (`quizzes.engine.export`) know the activities and no kinds. Texts
are Markdown until `in_html` makes HTML of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from quizzes.engine import code, markup


class Answer(NamedTuple):
    """Something to pick, or a step to put in its place. `literal`: the text is printed output, not Markdown."""

    id: str
    text: str
    why: str
    right: bool
    literal: bool = False


class Pair(NamedTuple):
    """A prompt of a matching activity and the id of the option that belongs to it."""

    id: str
    text: str
    option: str
    why: str


class Rejected(NamedTuple):
    """Typed lines that are known to be wrong, and what to say to them."""

    id: str
    lines: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Pick:
    """Pick every right answer and no other."""

    answers: tuple[Answer, ...]

    @property
    def several(self) -> bool:
        return sum(answer.right for answer in self.answers) > 1


@dataclass(frozen=True)
class Arrange:
    """Put the steps in order. They stand here in the right one."""

    steps: tuple[Answer, ...]


@dataclass(frozen=True)
class Connect:
    """Give each prompt one of the options; an option may be left over or be used twice. `options`: texts by id."""

    pairs: tuple[Pair, ...]
    options: tuple[tuple[str, str], ...]

    def used_twice(self) -> tuple[str, ...]:
        used = [pair.option for pair in self.pairs]
        return tuple(sorted({option for option in used if used.count(option) > 1}))


@dataclass(frozen=True)
class Type:
    """Type one line. The first accepted one is the model answer."""

    accepted: tuple[str, ...]
    why: str
    rejected: tuple[Rejected, ...]


type Activity = Pick | Arrange | Connect | Type


@dataclass(frozen=True)
class Question:
    """`prompt`: the stem and whatever is shown with it; `instruction`: what to do; `after`: takeaway, lesson and sources."""

    id: str
    rev: int
    unit: str
    kind: str
    prompt: str
    instruction: str
    activity: Activity
    after: str


def shown_order[T](item_id: str, parts: Sequence[T], id_of: Callable[[T], str]) -> tuple[T, ...]:
    """An order that depends on the ids alone, so that a page never shows the right one by an accident of editing."""
    digest = {id_of(part): hashlib.sha256(f"{item_id}/{id_of(part)}".encode()).digest() for part in parts}
    shown = tuple(sorted(parts, key=lambda part: digest[id_of(part)]))
    return (*shown[1:], *shown[:1]) if shown == tuple(parts) else shown


# Every format asks for the same questions, twice.
@lru_cache(maxsize=1024)
def in_html(question: Question) -> Question:
    """The same question with HTML in place of Markdown. Plain texts (options, lines to type) stay plain."""
    return replace(
        question,
        prompt=markup.block(question.prompt),
        activity=_activity_in_html(question.activity),
        after=markup.block(question.after),
    )


def _activity_in_html(activity: Activity) -> Activity:
    match activity:
        case Pick(answers):
            return Pick(tuple(_answer_in_html(answer) for answer in answers))
        case Arrange(steps):
            return Arrange(tuple(_answer_in_html(step) for step in steps))
        case Connect(pairs, options):
            texts = tuple((option, markup.plain(text)) for option, text in options)
            html = (pair._replace(text=markup.inline(pair.text), why=markup.inline(pair.why)) for pair in pairs)
            return Connect(tuple(html), texts)
        case Type(accepted, why, rejected):
            html_of = tuple(one._replace(why=markup.inline(one.why)) for one in rejected)
            return Type(accepted, markup.inline(why), html_of)


def _answer_in_html(answer: Answer) -> Answer:
    text = code.lines(answer.text) if answer.literal else markup.inline(answer.text)
    return answer._replace(text=text, why=markup.inline(answer.why))
