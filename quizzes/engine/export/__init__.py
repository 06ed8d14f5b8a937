"""The bank in the formats of other programs: one file a format. Only out: the YAML of `quizzes/bank` stays the source.

Every format can be read back, by this package for the lint rule `exports` and by foreign parsers in the tests. A question that
a format cannot hold is named with its reason, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quizzes.engine import markup
from quizzes.engine.bank import UnitBank
from quizzes.engine.export import anki, gift, qti, table
from quizzes.engine.export.format import Format
from quizzes.engine.model import Item
from quizzes.engine.question import Question
from quizzes.engine.rubric import Rubric, RubricItem, RubricLink

FORMATS: dict[str, Format] = {one.name: one for one in (gift.FORMAT, qti.FORMAT, anki.FORMAT, table.FORMAT)}


def questions(unit: UnitBank, rubric: Rubric, site: str | None = None) -> tuple[Question, ...]:
    """The items of a unit as questions. `site`: where the lessons are, for links to them; without it they are named only."""
    return tuple(_question(item, unit.file.title, rubric.items[item.id], site) for item in unit.file.items)


def sort_out(to: Format, asked: Sequence[Question]) -> tuple[list[Question], dict[str, list[str]]]:
    """The questions that a format holds, and the ids of the others by the reason."""
    held: list[Question] = []
    refused: dict[str, list[str]] = {}
    for question in asked:
        reason = to.refusal(question)
        if reason is None:
            held.append(question)
        else:
            refused.setdefault(reason, []).append(question.id)
    return held, refused


def _question(item: Item, unit: str, explained: RubricItem, site: str | None) -> Question:
    stem = markup.emphasised(item.stem.strip(), item.negative)
    exhibit = item.exhibit()
    return Question(
        id=item.id,
        rev=item.rev,
        unit=unit,
        kind=item.kind,
        prompt=f"{stem}\n\n{exhibit}" if exhibit else stem,
        instruction=item.instruction(),
        activity=item.activity(),
        after="\n\n".join(_after(item, explained, site)),
    )


def _after(item: Item, explained: RubricItem, site: str | None) -> Iterator[str]:
    yield f"**정리** {' '.join(item.takeaway.split())}"
    yield f"강의: {_lesson(explained.see, site)}"
    yield "출처: " + ", ".join(f"[{one.title}]({one.url}) ({one.checked} 확인)" for one in explained.sources)


def _lesson(see: RubricLink, site: str | None) -> str:
    return see.title if site is None else f"[{see.title}]({site.rstrip('/')}/{see.href})"
