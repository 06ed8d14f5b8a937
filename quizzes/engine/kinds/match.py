"""Kind `match`: each prompt gets one option; credit only when every pair is right. Practice only, like `order`."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from quizzes.engine import markup
from quizzes.engine.exam import EXAM
from quizzes.engine.model import Item, Part, Record, Slug, Text, refuse_repeated_ids
from quizzes.engine.question import Connect, Pair, shown_order

# A closed <select> shows one line; at 390 px this many Hangul fit.
LONGEST_OPTION = 24


class Option(Record):
    """What can be matched to a prompt. Plain text: an HTML <option> holds nothing else."""

    id: Slug
    text: Text


class Prompt(Record):
    """`option` is the id of the right option; `why` says why it is that one."""

    id: Slug
    text: Text
    option: Slug
    why: Text


class MatchItem(Item):
    """At least as many options as prompts, so that the last pair is not given away."""

    kind: Literal["match"]
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=3, max_length=7)]
    options: Annotated[tuple[Option, ...], Field(min_length=3)]

    def key(self) -> tuple[str, ...]:
        return tuple(f"{prompt.id}:{prompt.option}" for prompt in self.prompts)

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(prompt.id, prompt.text, prompt.why, True) for prompt in self.prompts)

    def instruction(self) -> str:
        return f"{len(self.prompts)}개 항목마다 알맞은 것을 하나씩 고르세요."

    def activity(self) -> Connect:
        pairs = tuple(Pair(prompt.id, prompt.text, prompt.option, prompt.why) for prompt in self.prompts)
        return Connect(pairs, tuple((option.id, option.text) for option in self.options))

    def controls(self, prefix: str) -> str:
        shown = shown_order(self.id, self.options, lambda option: option.id)
        options = "".join(f'<option value="{one.id}">{escape(markup.plain(one.text))}</option>' for one in shown)
        rows = "".join(
            f'<li class="qz-pair" data-part="{prompt.id}"><label class="qz-pair-label" for="{prefix}-{prompt.id}">'
            f'{markup.inline(prompt.text)}</label><select class="qz-pair-select" id="{prefix}-{prompt.id}" '
            f'name="{prompt.id}"><option value="">고르세요</option>{options}</select></li>'
            for prompt in self.prompts
        )
        return (
            f'<fieldset class="qz-field" aria-describedby="{prefix}-stem">'
            f'<legend class="qz-legend">{escape(self.instruction())}</legend><ul class="qz-pairs">{rows}</ul></fieldset>'
        )

    def answer_sheet(self) -> str:
        texts = {option.id: markup.plain(option.text) for option in self.options}
        rows = "".join(
            f"<li><p>{markup.inline(prompt.text)} → <b>{escape(texts[prompt.option])}</b></p>"
            f"<p>{markup.inline(prompt.why)}</p></li>"
            for prompt in self.prompts
        )
        return f'<ul class="qz-sheet">{rows}</ul>'

    @model_validator(mode="after")
    def _pairs_exist(self) -> Self:
        refuse_repeated_ids([prompt.id for prompt in self.prompts], "항목")
        refuse_repeated_ids([option.id for option in self.options], "짝")
        options = {option.id for option in self.options}
        for prompt in self.prompts:
            if prompt.option not in options:
                raise ValueError(
                    f"항목 `{prompt.id}`의 option `{prompt.option}`가 options에 없습니다. 철자를 확인하세요(unknown option)"
                )
        if len(self.options) < len(self.prompts):
            raise ValueError(
                f"options({len(self.options)}개)가 prompts({len(self.prompts)}개)보다 적습니다. 더하세요(too few options)"
            )
        for option in self.options:
            if markup.length(option.text) > LONGEST_OPTION:
                raise ValueError(
                    f"짝 `{option.id}`가 {markup.length(option.text)}자입니다. 휴대전화에서 잘리지 않게 {LONGEST_OPTION}자 이하로 "
                    "줄이세요(option too long)"
                )
        if self.exam_format or "mock" in self.use:
            raise ValueError(
                f"{EXAM}에는 짝짓기 문항이 없습니다. exam_format과 use의 mock을 빼세요(match items are practice only)"
            )
        return self
