"""`docs/labs/index.md`, the navigation and the catalog name the same labs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labs.engine.lab import lab_ids, load

ROOT = Path(__file__).resolve().parent.parent.parent
INDEX = (ROOT / "docs/labs/index.md").read_text(encoding="utf-8")
NAVIGATION = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \[(?P<title>[^]]+)\]\((?P<lab>[\w-]+)\.md\) \| (?P<steps>\d+) \| \d+분 \|", re.MULTILINE)


def test_the_index_lists_every_lab_once() -> None:
    assert sorted(row["lab"] for row in ROW.finditer(INDEX)) == list(lab_ids())


@pytest.mark.parametrize("lab_id", lab_ids())
def test_a_row_has_the_title_and_the_number_of_steps_of_its_lab(lab_id: str) -> None:
    lab = load(lab_id)
    row = next(row for row in ROW.finditer(INDEX) if row["lab"] == lab_id)
    assert (row["title"], int(row["steps"])) == (lab.title, len(lab.steps))
    assert f"- {lab.title}: labs/{lab_id}.md\n" in NAVIGATION
