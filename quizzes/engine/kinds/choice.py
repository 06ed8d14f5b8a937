"""Kind `choice`: one right answer of four, or N right answers of five or more; all or nothing, as AWS scores it."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from quizzes.engine import markup
from quizzes.engine.model import Item, Part, Record, Slug, Text, refuse_repeated_ids
from quizzes.engine.question import Answer, Pick


class Choice(Record):
    """A choice; a wrong one names the misconception it embodies."""

    id: Slug
    text: Text
    key: bool = False
    why: Text
    misconception: Slug | None = None


class ChoiceItem(Item):
    """`select` is the number of keys; the prompt "정답 N개" is made from it."""

    kind: Literal["choice"]
    select: PositiveInt = 1
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)]

    def key(self) -> tuple[str, ...]:
        return tuple(choice.id for choice in self.choices if choice.key)

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(choice.id, choice.text, choice.why, choice.key) for choice in self.choices)

    def instruction(self) -> str:
        return f"정답 {self.select}개를 고르세요."

    def activity(self) -> Pick:
        return Pick(tuple(Answer(choice.id, choice.text, choice.why, choice.key) for choice in self.choices))

    def controls(self, prefix: str) -> str:
        control = "radio" if self.select == 1 else "checkbox"
        rows = "".join(
            f'<li class="qz-choice" data-part="{choice.id}"><label class="qz-choice-label">'
            f'<input type="{control}" name="choice" value="{choice.id}">'
            f'<span class="qz-choice-text">{markup.inline(choice.text)}</span></label></li>'
            for choice in self.choices
        )
        return (
            f'<fieldset class="qz-field" data-select="{self.select}" aria-describedby="{prefix}-stem">'
            f'<legend class="qz-legend">{escape(self.instruction())}</legend><ul class="qz-choices">{rows}</ul></fieldset>'
        )

    def answer_sheet(self) -> str:
        rows = "".join(
            f'<li class="qz-sheet-{"key" if choice.key else "other"}"><p><b>{"정답" if choice.key else "오답"}</b> '
            f"{markup.inline(choice.text)}</p><p>{markup.inline(choice.why)}</p></li>"
            for choice in self.choices
        )
        return f'<ul class="qz-sheet">{rows}</ul>'

    @model_validator(mode="after")
    def _select_counts_the_keys(self) -> Self:
        refuse_repeated_ids([choice.id for choice in self.choices], "보기")
        keys = len(self.key())
        if keys != self.select:
            raise ValueError(
                f"select는 {self.select}인데 `key: true`인 보기는 {keys}개입니다. 둘을 같게 하세요"
                "(select must equal the number of keys)"
            )
        if keys == len(self.choices):
            raise ValueError("모든 보기가 정답입니다. 틀린 보기를 더하세요(no distractor)")
        for choice in self.choices:
            if choice.key == (choice.misconception is not None):
                raise ValueError(
                    f"보기 `{choice.id}`: misconception은 틀린 보기에만, 틀린 보기마다 적으세요"
                    "(exactly the wrong choices name a misconception)"
                )
        return self
