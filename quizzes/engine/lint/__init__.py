"""The rules that refuse a bad bank: `rules/` holds one file each, with one function `check(context) -> findings`.

Rule 1 (the schema) is the loader's.
A rule over the whole bank waits for a bank large enough that chance alone cannot trip it; each such rule says its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from quizzes.engine.bank import Bank
from quizzes.engine.errors import BankError
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.lint.rules import (
    absolutes,
    blind_review,
    catch_all,
    clang,
    coverage,
    duplicates,
    exam_format,
    executed,
    exports,
    grammar_cue,
    guessing,
    ids,
    key_position,
    length_cue,
    named_positions,
    negative_stem,
    rationales,
    references,
    revisions,
    terminology,
    verified,
)
from theme import facts as site_facts
from theme.facts import FactsError

type Rule = Callable[[Context], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    ids.check,
    exam_format.check,
    rationales.check,
    references.check,
    verified.check,
    length_cue.check,
    key_position.check,
    catch_all.check,
    named_positions.check,
    negative_stem.check,
    absolutes.check,
    duplicates.check,
    clang.check,
    grammar_cue.check,
    terminology.check,
    coverage.check,
    executed.check,
    revisions.check,
    blind_review.check,
    guessing.check,
    exports.check,
)


def context(bank: Bank, today: date, previous: Bank | None = None) -> Context:
    """What the rules are given, with the site's own facts and lessons. Raises BankError when the facts cannot be read."""
    try:
        return Context(bank, site_facts.load(), today, previous)
    except FactsError as error:
        raise BankError(*error.problems) from error


def run(judged: Context) -> list[Finding]:
    """Every finding of every rule, errors first."""
    found = [finding for rule in RULES for finding in rule(judged)]
    return sorted(found, key=lambda finding: finding.level)
