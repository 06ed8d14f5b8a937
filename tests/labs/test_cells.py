"""Percent cells."""

from __future__ import annotations

import pytest

from labs.engine.cells import CellError, parse


def test_a_file_is_cut_at_its_headers() -> None:
    file = parse('"""Title"""\n\n# %% one rev=2 title="첫 단계"\na = 1\n\n\n# %% two wrong-key\nb = 2\n', "f.py")
    assert file.preamble == '"""Title"""\n\n'
    assert [cell.words for cell in file.cells] == [("one",), ("two", "wrong-key")]
    assert file.cells[0].options == {"rev": "2", "title": "첫 단계"}
    assert [cell.code for cell in file.cells] == ["a = 1\n", "b = 2\n"]


def test_blank_lines_inside_a_cell_stay() -> None:
    assert parse("# %% one\n\na = 1\n\n\nb = 2\n\n\n", "f.py").cells[0].code == "a = 1\n\n\nb = 2\n"


def test_a_cell_knows_the_line_its_code_begins_on() -> None:
    assert [cell.line for cell in parse("x = 1\n# %% one\n\n\na = 1\n# %% two\nb = 2\n", "f.py").cells] == [5, 7]


def test_a_file_without_headers_is_all_preamble() -> None:
    file = parse("a = 1\n", "f.py")
    assert (file.preamble, file.cells) == ("a = 1\n", ())


def test_a_header_without_an_id_is_refused_with_its_line() -> None:
    with pytest.raises(CellError, match=r"f\.py:2: a cell header begins with an id"):
        parse("\n# %% rev=1\na = 1\n", "f.py")


def test_a_header_with_an_open_quote_is_refused() -> None:
    with pytest.raises(CellError, match="check its quotes"):
        parse('# %% one title="open\n', "f.py")
