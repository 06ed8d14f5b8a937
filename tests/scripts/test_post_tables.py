"""The empty corner of a comparison table is a plain cell."""

from pathlib import Path

import pytest

from scripts.steps.post import tables


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<tr><th></th><th>Redis</th></tr>", "<tr><td></td><th>Redis</th></tr>"),
        ('<th align="left"> \n</th>', '<td align="left"></td>'),
        ("<thead></thead>", "<thead></thead>"),
        ("<th><code>GET</code></th>", "<th><code>GET</code></th>"),
    ],
)
def test_only_an_empty_header_cell_changes(before: str, after: str) -> None:
    assert tables.with_plain_corners(before) == after


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text("<th></th>", encoding="utf-8")
    (tmp_path / "404.html").write_text("<th>x</th>", encoding="utf-8")
    tables.apply(tmp_path)
    assert (tmp_path / "a/index.html").read_text("utf-8") == "<td></td>"
    assert (tmp_path / "404.html").read_text("utf-8") == "<th>x</th>"
