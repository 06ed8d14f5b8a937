"""Kind `predict`: a short program is shown, and the learner picks what it prints. Lint runs it: the key is what happens."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from quizzes.engine import code, markup
from quizzes.engine.exam import EXAM
from quizzes.engine.model import Item, Part, Record, Slug, Text, refuse_repeated_ids
from quizzes.engine.question import Answer, Pick

# What a screen of 390 px shows of a line without scrolling.
LONGEST_LINE = 37


class Output(Record):
    """What the program might print; a wrong one names the misconception that would lead there."""

    id: Slug
    output: Text
    key: bool = False
    why: Text
    misconception: Slug | None = None


class PredictItem(Item):
    """`virtual_only` says why the program is not run on a real server: it waits too long for a test."""

    kind: Literal["predict"]
    program: Text
    virtual_only: str = ""
    choices: Annotated[tuple[Output, ...], Field(min_length=3, max_length=5)]

    def key(self) -> tuple[str, ...]:
        return tuple(choice.id for choice in self.choices if choice.key)

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(choice.id, choice.output, choice.why, choice.key) for choice in self.choices)

    def instruction(self) -> str:
        return "출력되는 것 1개를 고르세요."

    def activity(self) -> Pick:
        return Pick(tuple(Answer(one.id, one.output, one.why, one.key, literal=True) for one in self.choices))

    def exhibit(self) -> str:
        return code.indented(self.program)

    def controls(self, prefix: str) -> str:
        rows = "".join(
            f'<li class="qz-choice" data-part="{choice.id}"><label class="qz-choice-label">'
            f'<input type="radio" name="choice" value="{choice.id}">'
            f'<span class="qz-choice-text">{code.inline(choice.output)}</span></label></li>'
            for choice in self.choices
        )
        return (
            f"{self._shown()}"
            f'<fieldset class="qz-field" data-select="1" aria-describedby="{prefix}-stem">'
            f'<legend class="qz-legend">{escape(self.instruction())}</legend><ul class="qz-choices">{rows}</ul></fieldset>'
        )

    def answer_sheet(self) -> str:
        rows = "".join(
            f'<li class="qz-sheet-{"key" if choice.key else "other"}"><p><b>{"정답" if choice.key else "오답"}</b> '
            f"{code.inline(choice.output)}</p><p>{markup.inline(choice.why)}</p></li>"
            for choice in self.choices
        )
        return f'{self._shown()}<ul class="qz-sheet">{rows}</ul>'

    def _shown(self) -> str:
        return code.python(self.program, "프로그램")

    @model_validator(mode="after")
    def _one_output_is_the_key(self) -> Self:
        refuse_repeated_ids([choice.id for choice in self.choices], "보기")
        if len(self.key()) != 1:
            raise ValueError(f"`key: true`인 보기가 {len(self.key())}개입니다. 하나만 두세요(exactly one key)")
        for choice in self.choices:
            if choice.key == (choice.misconception is not None):
                raise ValueError(
                    f"보기 `{choice.id}`: misconception은 틀린 보기에만, 틀린 보기마다 적으세요"
                    "(exactly the wrong choices name a misconception)"
                )
        longest = max(len(line) for line in self.program.splitlines())
        if longest > LONGEST_LINE:
            raise ValueError(
                f"program에 {longest}자인 줄이 있습니다. 휴대전화에서 읽히게 {LONGEST_LINE}자 이하로 나누세요(line too long)"
            )
        if self.exam_format or "mock" in self.use:
            raise ValueError(
                f"{EXAM}에는 프로그램의 출력을 묻는 문항이 없습니다. exam_format과 use의 mock을 빼세요"
                "(predict items are practice only)"
            )
        return self
