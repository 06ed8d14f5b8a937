"""Lines are split as redis-cli splits them; the player is held to the same cases (quizzes/player/score/command.test.ts)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labs.engine.command_line import split

CASES = json.loads(Path(__file__).with_name("command_lines.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_a_line_is_split(case: dict[str, object]) -> None:
    line, words = str(case["line"]), case["words"]
    if words is None:
        with pytest.raises(ValueError, match="따옴표"):
            split(line)
    else:
        assert [word.decode() for word in split(line)] == words


def test_bytes_that_are_no_text_can_be_written() -> None:
    assert split(r'"\xff"') == [b"\xff"]
