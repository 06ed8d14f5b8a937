"""What grades the items: one rubric file a unit, fetched by the player at the first check, and its printable twin.

A static site cannot keep a secret. These files are apart from the pages so that neither the page's source, nor its
search index, nor a reader's eye meets an answer by accident.
"""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from quizzes.engine import markup
from quizzes.engine.bank import UnitBank, load
from quizzes.engine.errors import BankError
from quizzes.engine.lessons import DOCS, section
from quizzes.engine.model import Item, Objective, Record
from theme import facts as site_facts
from theme.facts import Facts, FactsError


class RubricLink(Record):
    """A section of a lesson. `href` is below the site's root."""

    title: str
    href: str


class RubricSource(Record):
    """A page that says so, and the day it was last compared with what the item says."""

    title: str
    url: str
    checked: date


class RubricObjective(Record):
    """What the unit's result names as weak, and where to read it again."""

    title: str
    see: RubricLink


class RubricItem(Record):
    """Everything shown after a check. `key` is the right `chosen` (of a typed kind: every accepted line); `why` holds inline
    HTML by part id; `rejects` the typed answers that the reason of a part is for."""

    kind: str
    rev: int
    objective: str
    key: tuple[str, ...]
    why: dict[str, str]
    rejects: dict[str, tuple[str, ...]]
    takeaway: str
    sources: tuple[RubricSource, ...]
    see: RubricLink
    verified: date


class Rubric(Record):
    """assets/quizzes/<unit>.rubric.json."""

    schema_: Annotated[Literal[1], Field(serialization_alias="schema")]
    unit: str
    title: str
    objectives: dict[str, RubricObjective]
    items: dict[str, RubricItem]


def write_all(out: Path) -> None:
    """Write `<unit>.rubric.json` and `<unit>.answers.html` of every unit into `out`. Raises BankError."""
    bank, facts = load(), _facts()
    out.mkdir(parents=True, exist_ok=True)
    for unit in bank.units:
        rubric = build(unit, facts)
        (out / f"{unit.unit}.rubric.json").write_text(rubric.model_dump_json(by_alias=True), encoding="utf-8")
        (out / f"{unit.unit}.answers.html").write_text(answers_page(unit, rubric), encoding="utf-8")


def build(unit: UnitBank, facts: Facts, docs: Path = DOCS) -> Rubric:
    """The rubric of one unit. Raises BankError for a fact or a section that does not exist."""
    return Rubric(
        schema_=1,
        unit=unit.unit,
        title=unit.file.title,
        objectives={one.id: _objective(one, docs) for one in unit.file.objectives},
        items={item.id: _item(item, facts, docs) for item in unit.file.items},
    )


def answers_page(unit: UnitBank, rubric: Rubric) -> str:
    """A page of its own for readers without JavaScript and for paper; search engines are asked to leave it out."""
    title = f"정답과 해설: {escape(unit.file.title)}"
    items = "".join(_printed(number, item, rubric) for number, item in enumerate(unit.file.items, 1))
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        # Where the post-build step writes the site's policy.
        "<!-- content-security-policy -->"
        f'<title>{title}</title><link rel="stylesheet" href="../app/site.css"></head>'
        f'<body class="qz-answers" data-md-color-scheme="default"><main class="md-typeset"><h1>{title}</h1>'
        f"<p>문제를 먼저 풀어 본 다음에 읽으세요.</p>{items}</main></body></html>\n"
    )


def _facts() -> Facts:
    try:
        return site_facts.load()
    except FactsError as error:
        raise BankError(*error.problems) from error


def _objective(objective: Objective, docs: Path) -> RubricObjective:
    return RubricObjective(title=objective.title, see=_link(f"학습 목표 `{objective.id}`", objective.see, docs))


def _item(item: Item, facts: Facts, docs: Path) -> RubricItem:
    return RubricItem(
        kind=item.kind,
        rev=item.rev,
        objective=item.objective,
        key=item.key(),
        why={part.id: markup.inline(part.why) for part in item.parts()},
        rejects=item.rejects(),
        takeaway=markup.inline(item.takeaway),
        sources=tuple(_sources(item, facts)),
        see=_link(f"문항 `{item.id}`", item.see, docs),
        verified=item.verified.on,
    )


def _sources(item: Item, facts: Facts) -> list[RubricSource]:
    """The first page behind each of an item's facts, each once, with the oldest date: it vouches for all of them."""
    checked: dict[str, date] = {}
    for fact_id in item.facts:
        try:
            fact = facts.fact(fact_id)
        except FactsError as error:
            raise BankError(f"문항 `{item.id}`: {error}") from error
        key = fact.sources[0]
        checked[key] = min(checked.get(key, fact.checked), fact.checked)
    return [
        RubricSource(title=facts.source(key).title, url=facts.source(key).url, checked=day)
        for key, day in checked.items()
    ]


def _link(subject: str, anchor: str, docs: Path) -> RubricLink:
    found = section(anchor, docs)
    if found is None:
        raise BankError(
            f"{subject}: see `{anchor}`에 해당하는 제목이 없습니다(no such section). docs/{anchor.partition('#')[0]}의 "
            "제목 id(`{ #id }`)를 확인하세요."
        )
    return RubricLink(title=found.title, href=found.href)


def _printed(number: int, item: Item, rubric: Rubric) -> str:
    entry = rubric.items[item.id]
    sources = ", ".join(
        f'<a href="{escape(source.url)}">{escape(source.title)}</a>(확인 {source.checked.isoformat()})'
        for source in entry.sources
    )
    return (
        f'<section id="{item.id}"><h2>문항 {number}</h2>{markup.stem(item.stem, item.negative)}'
        f"<p>{escape(item.instruction())}</p>{item.answer_sheet()}"
        f"<p><b>정리</b> {entry.takeaway}</p>"
        f'<p class="qz-sheet-meta">강의 <a href="../../{escape(entry.see.href)}">{escape(entry.see.title)}</a> · 출처 {sources}</p>'
        "</section>"
    )
