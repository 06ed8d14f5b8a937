"""What every item has, whatever its kind, and the shape of a bank file's head.

These models are the source of truth: `quizzes/schema.json` and the player's types are generated from them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

from quizzes.engine.exam import TASKS, DomainId
from quizzes.engine.question import Activity

UNIT_CODES = {
    "overview": "ovw",
    "db-cache": "dbc",
    "session-store": "ses",
    "redis-vs-memcached": "rvm",
    "cache-security": "sec",
    "caching-patterns": "pat",
    "leaderboard": "ldb",
    "deployment-scaling": "dep",
    "operations": "ops",
    "service-choice": "svc",
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ItemId = Annotated[str, StringConstraints(pattern=r"^ec-[a-z]+-\d{3}$")]
FactId = Annotated[str, StringConstraints(pattern=r"^F-[A-Z0-9]+(-[A-Z0-9]+)*$")]
Anchor = Annotated[str, StringConstraints(pattern=r"^lessons/[a-z0-9-]+\.md#[a-z0-9-]+$")]
Unit = Literal[
    "overview",
    "db-cache",
    "session-store",
    "redis-vs-memcached",
    "cache-security",
    "caching-patterns",
    "leaderboard",
    "deployment-scaling",
    "operations",
    "service-choice",
]
# practice: the unit's set; check: a question at the end of a lesson's section; mock: the timed exam.
Use = Literal["practice", "check", "mock"]
Level = Literal["recall", "understand", "apply", "analyze"]


class Record(BaseModel):
    """Immutable, and refuses keys that no field is made for: a misspelt key would otherwise be dropped in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Objective(Record):
    """What a learner can do after the unit; the section of the lesson that teaches it."""

    id: Slug
    title: Text
    see: Anchor


class Verified(Record):
    """The day the item was last compared with its facts' sources."""

    on: date


class Review(Record):
    """The finished item solved once more with the key hidden, from its stem, its choices in another order, and its facts.

    `answered` is what that solver chose, in the encoding of Item.key; `outcome` is "fixed" when an earlier wording led to
    another answer or left a second one defensible, and the note then says what was changed.
    """

    on: date
    rev: PositiveInt
    answered: Annotated[tuple[str, ...], Field(min_length=1)]
    outcome: Literal["agreed", "fixed"]
    note: str = ""

    @model_validator(mode="after")
    def _a_fix_says_what_changed(self) -> Self:
        if self.outcome == "fixed" and not self.note.strip():
            raise ValueError("outcome이 fixed이면 note에 무엇을 고쳤는지 적으세요(say what was changed)")
        return self


class Part(NamedTuple):
    """One thing the learner chooses, places or matches, as the rules of `lint` see it."""

    id: str
    text: str
    why: str
    key: bool


class Item(Record, ABC):
    """A question. Ids of items and of their parts are permanent: answers of learners are stored under them."""

    id: ItemId
    rev: PositiveInt
    kind: str
    use: Annotated[tuple[Use, ...], Field(min_length=1)]
    exam_format: bool = False
    scenario: bool = False
    negative: bool = False
    legacy_name: bool = False
    domain: DomainId
    task: Text
    objective: Slug
    level: Level
    stem: Text
    takeaway: Text
    facts: Annotated[tuple[FactId, ...], Field(min_length=1)]
    see: Anchor
    verified: Verified
    review: Review | None = None

    @abstractmethod
    def key(self) -> tuple[str, ...]:
        """The right answer, as an attempt in the learning record would hold it in `chosen`."""

    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """What the learner handles, in the author's order. Every part has a rationale."""

    @abstractmethod
    def instruction(self) -> str:
        """What to do, generated so that it can never disagree with the key: "정답 2개를 고르세요."."""

    @abstractmethod
    def controls(self, prefix: str) -> str:
        """HTML of the form controls, without a trace of the key. Ids in it start with `prefix`."""

    @abstractmethod
    def answer_sheet(self) -> str:
        """HTML of the right answer with the rationales, for the printable page."""

    @abstractmethod
    def activity(self) -> Activity:
        """What there is to do, in the words of `quizzes.engine.question`: for programs that do not know our kinds."""

    def exhibit(self) -> str:
        """Markdown of what is shown with the stem: a program, or commands run before. Most kinds show nothing."""
        return ""

    def rejects(self) -> dict[str, tuple[str, ...]]:
        """Typed answers that are known to be wrong, by the part whose reason answers them. Only a typed kind has any."""
        return {}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text a learner reads, with its place in the file."""
        yield "stem", self.stem
        for part in self.parts():
            yield f"{part.id}.text", part.text
            yield f"{part.id}.why", part.why
        yield "takeaway", self.takeaway

    @model_validator(mode="after")
    def _task_belongs_to_domain(self) -> Self:
        tasks = TASKS[self.domain]
        if self.task not in tasks:
            raise ValueError(
                f"task `{self.task}`는 도메인 {self.domain}의 과제가 아닙니다. {', '.join(tasks)} 가운데 하나를 "
                f'따옴표로 감싸 적으세요(task must be one of the domain, quoted: "{tasks[0]}")'
            )
        return self


def refuse_repeated_ids(ids: list[str], what: str) -> None:
    """Raise ValueError when an id is there twice."""
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise ValueError(f"{what} id `{', '.join(repeated)}`를 두 번 썼습니다. 서로 다른 id를 주세요(duplicate id)")
