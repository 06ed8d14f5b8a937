"""Kind `order`: steps to be put in the right order. Practice only: the SAA-C03 guide lists no ordering questions."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from quizzes.engine import markup
from quizzes.engine.exam import EXAM
from quizzes.engine.model import Item, Part, Record, Slug, Text, refuse_repeated_ids
from quizzes.engine.question import Answer, Arrange, shown_order


class Step(Record):
    """A step; `why` says why it stands where it stands."""

    id: Slug
    text: Text
    why: Text


class OrderItem(Item):
    """`steps` stand in the right order in the file, and in another one in the page."""

    kind: Literal["order"]
    steps: Annotated[tuple[Step, ...], Field(min_length=3, max_length=6)]

    def key(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.steps)

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(step.id, step.text, step.why, True) for step in self.steps)

    def instruction(self) -> str:
        return f"먼저 할 일부터 {len(self.steps)}개를 차례대로 놓으세요."

    def activity(self) -> Arrange:
        return Arrange(tuple(Answer(step.id, step.text, step.why, right=True) for step in self.steps))

    def controls(self, prefix: str) -> str:
        rows = "".join(
            f'<li class="qz-step" data-part="{step.id}"><span class="qz-step-text">{markup.inline(step.text)}</span></li>'
            for step in shown_order(self.id, self.steps, lambda step: step.id)
        )
        return (
            f'<fieldset class="qz-field" aria-describedby="{prefix}-stem">'
            f'<legend class="qz-legend">{escape(self.instruction())}</legend><ul class="qz-steps">{rows}</ul></fieldset>'
        )

    def answer_sheet(self) -> str:
        rows = "".join(
            f"<li><p>{markup.inline(step.text)}</p><p>{markup.inline(step.why)}</p></li>" for step in self.steps
        )
        return f'<ol class="qz-sheet">{rows}</ol>'

    @model_validator(mode="after")
    def _is_for_practice(self) -> Self:
        refuse_repeated_ids([step.id for step in self.steps], "단계")
        if self.exam_format or "mock" in self.use:
            raise ValueError(
                f"{EXAM}에는 순서 문항이 없습니다. exam_format과 use의 mock을 빼세요(order items are practice only)"
            )
        return self
