"""What every page keeps, not only lessons: headings with English ids, one voice, one name for one thing, fences that are closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.test_lessons import (
    DOCS,
    Lesson,
    Rule,
    calls_a_thing_by_one_name,
    headings_have_english_ids,
    one_title_on_top,
    read,
    reads_like_korean,
    spells_names_right,
    uses_no_italics,
)

# README.md is for those who write pages, in English.
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.name != "README.md")
RULES: list[Rule] = [
    headings_have_english_ids,
    one_title_on_top,
    reads_like_korean,
    spells_names_right,
    calls_a_thing_by_one_name,
    uses_no_italics,
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).with_suffix("").as_posix())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_page_keeps_the_rule(rule: Rule, path: Path) -> None:
    assert list(rule(read(path))) == []


def test_every_kind_of_page_is_looked_at() -> None:
    folders = {path.parent.relative_to(DOCS).as_posix() for path in PAGES}
    assert folders >= {".", "lessons", "labs", "quizzes", "reference"}


def test_code_that_looks_like_a_heading_is_none() -> None:
    page = Lesson("page", "# 제목 { #title }\n\n```python\n# 주석\n```\n")
    assert list(headings_have_english_ids(page)) == []
