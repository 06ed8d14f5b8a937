"""Every lab page shows where the simulation differs from real servers; the list is complete and well formed."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from labs.engine import page
from labs.engine.differences import load, of_lab, render_table
from labs.engine.lab import LabError, lab_ids

COMPLETE = "- id: a\n  labs: [eviction]\n  sim: 여기.\n  real: 저기.\n"


@pytest.mark.parametrize("lab_id", lab_ids())
def test_every_lab_page_shows_its_differences(lab_id: str) -> None:
    text = (page.DOCS / f"{lab_id}.md").read_text(encoding="utf-8")
    assert f'```{{ .differences lab="{lab_id}" }}\n```' in text
    rows = BeautifulSoup(render_table({"lab": lab_id}), "lxml").select("tbody tr")
    assert len(rows) == len(of_lab(lab_id))


def test_every_difference_is_told_in_whole_sentences() -> None:
    for difference in load():
        assert difference.sim.endswith("."), difference.id
        assert difference.real.endswith("."), difference.id
        assert difference.sim.count("`") % 2 == 0
        assert difference.real.count("`") % 2 == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "목록이 없습니다"),
        (COMPLETE.replace("  real: 저기.\n", ""), "id, labs, sim, real"),
        (COMPLETE.replace("[eviction]", "[]"), "없는 실습"),
        (COMPLETE.replace("[eviction]", "[nowhere]"), "nowhere"),
        (COMPLETE * 2, "두 번"),
    ],
)
def test_a_list_that_is_not_complete_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "differences.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=told):
        load(file)


@pytest.mark.parametrize("attrs", [{}, {"lab": "nowhere"}, {"lab": "eviction", "step": "x"}])
def test_a_fence_names_one_lab(attrs: dict[str, str]) -> None:
    with pytest.raises(LabError):
        render_table(attrs)


def test_signs_of_html_and_backticks_come_out_right() -> None:
    table = BeautifulSoup(render_table({"lab": "playground"}), "lxml")
    assert table.select_one("td code") is not None
    assert "`" not in table.get_text()
