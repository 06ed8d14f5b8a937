"""What a rule is given and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from quizzes.engine.bank import Bank
from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.lessons import DOCS
from quizzes.engine.model import Item
from theme.facts import Facts

type Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing to change. `where` is file, line and item, or "bank"; `message` is Korean and says what to do."""

    rule: str
    level: Level
    where: str
    message: str

    def __str__(self) -> str:
        return f"{'오류' if self.level == 'error' else '경고'} [{self.rule}] {self.where}: {self.message}"


@dataclass(frozen=True)
class Context:
    """The bank and what it is judged against. `previous` is an older bank, when one was named."""

    bank: Bank
    facts: Facts
    today: date
    previous: Bank | None = None
    docs: Path = field(default=DOCS)

    def choices(self) -> Iterator[ChoiceItem]:
        for item in self.bank.items():
            if isinstance(item, ChoiceItem):
                yield item

    def single_answers(self) -> list[ChoiceItem]:
        return [item for item in self.choices() if item.select == 1]

    def where(self, item: Item) -> str:
        return self.bank.where(item)
