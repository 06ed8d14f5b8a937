"""Questions for the tests of exports."""

from __future__ import annotations

import tempfile
from pathlib import Path

from quizzes.engine import export
from quizzes.engine.bank import load
from quizzes.engine.question import Question
from quizzes.engine.rubric import build
from tests.quizzes import samples
from tests.quizzes.samples import Data, bank
from theme import facts as site_facts


def asked(*items: Data, site: str | None = None) -> tuple[Question, ...]:
    """Questions of a small bank."""
    unit = bank(*items).unit("redis-vs-memcached")
    with tempfile.TemporaryDirectory() as folder:
        return export.questions(unit, build(unit, samples.facts(), samples.docs(Path(folder))), site)


def of_the_bank() -> list[Question]:
    """Every question of the real bank."""
    facts = site_facts.load()
    return [question for unit in load().units for question in export.questions(unit, build(unit, facts))]
