"""Kind `command`: the learner types one redis-cli line for a goal. Lint runs it: every accepted line does what the first does.

The browser runs nothing: it compares the line, read as redis-cli reads it, with the accepted and the rejected ones.
"""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from labs.engine.command_line import split
from quizzes.engine import code, markup
from quizzes.engine.exam import EXAM
from quizzes.engine.model import Item, Part, Record, Slug, Text, refuse_repeated_ids
from quizzes.engine.question import Rejected, Type

PART = "command"
# Longer than any command an item asks for, short enough for the learning record.
LONGEST_INPUT = 200

type Lines = tuple[Text, ...]


class Reject(Record):
    """Lines that a misconception leads to, and what to say to them."""

    id: Slug
    inputs: Annotated[Lines, Field(min_length=1)]
    why: Text
    misconception: Slug


class CommandItem(Item):
    """`accept`: the key first, then the other lines with the same reply and effect. `setup`: what was run before.

    `also_setups` are other situations the stem speaks of (the lock is free, the key is missing). They are not shown; a line
    is accepted when it does what the key does in every situation, and rejected when it does not in one.
    """

    kind: Literal["command"]
    setup: Lines = ()
    also_setups: tuple[Lines, ...] = ()
    accept: Annotated[Lines, Field(min_length=1)]
    why: Text
    reject: Annotated[tuple[Reject, ...], Field(min_length=2)]

    def key(self) -> tuple[str, ...]:
        return self.accept

    def parts(self) -> tuple[Part, ...]:
        wrong = (Part(one.id, one.inputs[0], one.why, False) for one in self.reject)
        return (Part(PART, self.accept[0], self.why, True), *wrong)

    def rejects(self) -> dict[str, tuple[str, ...]]:
        return {one.id: one.inputs for one in self.reject}

    def situations(self) -> tuple[Lines, ...]:
        """Every setup the command has to be right after."""
        return (self.setup, *self.also_setups)

    def instruction(self) -> str:
        return "redis-cli에 넣을 명령 한 줄을 쓰세요."

    def activity(self) -> Type:
        rejected = tuple(Rejected(one.id, one.inputs, one.why) for one in self.reject)
        return Type(self.accept, self.why, rejected)

    def exhibit(self) -> str:
        return f"먼저 실행해 둔 명령:\n\n{code.indented('\n'.join(self.setup))}" if self.setup else ""

    def controls(self, prefix: str) -> str:
        return (
            f"{self._shown()}"
            f'<fieldset class="qz-field" aria-describedby="{prefix}-stem">'
            f'<legend class="qz-legend">{escape(self.instruction())}</legend>'
            f'<div class="qz-command" data-part="{PART}"><label class="qz-command-label"><span>명령</span>'
            f'<input class="qz-command-input" name="command" type="text" maxlength="{LONGEST_INPUT}" autocomplete="off" '
            'autocapitalize="off" autocorrect="off" spellcheck="false" enterkeyhint="done"></label></div></fieldset>'
        )

    def answer_sheet(self) -> str:
        accepted = " 또는 ".join(code.inline(line) for line in self.accept)
        rejected = "".join(
            f'<li class="qz-sheet-other"><p><b>오답</b> {code.inline(one.inputs[0])}</p><p>{markup.inline(one.why)}</p></li>'
            for one in self.reject
        )
        return (
            f'{self._shown()}<ul class="qz-sheet"><li class="qz-sheet-key"><p><b>정답</b> {accepted}</p>'
            f"<p>{markup.inline(self.why)}</p></li>{rejected}</ul>"
        )

    def _shown(self) -> str:
        if not self.setup:
            return ""
        return f'<p class="qz-setup">먼저 실행해 둔 명령</p>{code.plain("\n".join(self.setup), "먼저 실행해 둔 명령")}'

    @model_validator(mode="after")
    def _lines_can_be_read(self) -> Self:
        refuse_repeated_ids([PART, *(one.id for one in self.reject)], "reject")
        lines = [*self.accept, *(line for one in self.reject for line in one.inputs)]
        for line in (*(line for setup in self.situations() for line in setup), *self.accept):
            # Raises ValueError with what is wrong about the quotes.
            split(line)
        repeated = sorted({line for line in lines if lines.count(line) > 1})
        if repeated:
            raise ValueError(f"`{', '.join(repeated)}`를 두 번 적었습니다. 하나만 남기세요(duplicate line)")
        longest = max(lines, key=len)
        if len(longest) > LONGEST_INPUT:
            raise ValueError(f"`{longest[:30]}…`가 {LONGEST_INPUT}자를 넘어 칠 수 없습니다. 줄이세요(line too long)")
        if self.exam_format or "mock" in self.use:
            raise ValueError(
                f"{EXAM}에는 명령을 쓰는 문항이 없습니다. exam_format과 use의 mock을 빼세요(command items are practice only)"
            )
        return self
