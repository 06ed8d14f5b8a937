"""The commands that the page completes and hints at: each exists, takes these arguments, and no fewer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from labs.cloud.command_table import COMMANDS
from labs.engine.prompt import PLACES, Prompt

PLAYER = Path(__file__).resolve().parent.parent.parent / "labs/player/prompt"


class Hint(NamedTuple):
    """A row of commands.ts."""

    name: str
    syntax: str
    gloss: str


HINTS = [
    Hint(*json.loads(row))
    for row in re.findall(
        r'^ {2}(\["[A-Z ]+", "[^"]*", "[^"]+"\]),$', (PLAYER / "commands.ts").read_text("utf-8"), re.MULTILINE
    )
]

# Arguments are named for people; these are the kinds of them.
NUMBERS = {"seconds", "increment", "offset", "count", "start", "stop", "index", "cursor", "score", "min", "max"}
NUMBERS |= {"milliseconds", "numreplicas", "timeout"}
WORDS = {"key", "value", "newkey", "pattern", "field", "element", "member", "password", "message", "section"}
WORDS |= {"username", "parameter"}
# These want a range of their kind before them.
RANGES = {
    "BYSCORE": "ZRANGE k 3 3 BYSCORE",
    "BYLEX": "ZRANGE k - + BYLEX",
    "LIMIT offset count": "ZRANGE k 3 3 BYSCORE LIMIT 3 3",
}


def example(name: str) -> str:
    """What a learner might put for an argument of this name."""
    assert name in NUMBERS | WORDS, f"what is a {name!r}?"
    return "0" if name in ("numreplicas", "timeout", "cursor", "index") else "3" if name in NUMBERS else "maxmemory"


def required(syntax: str) -> list[str]:
    return re.sub(r"\[[^]]*\]", "", syntax).split()


def options(syntax: str) -> list[str]:
    """The choices in brackets, such as "EX seconds"; a bracket that ends in … repeats and is no choice."""
    brackets = re.findall(r"\[([^]]*)\]", syntax)
    return [choice for bracket in brackets if not bracket.endswith("…") for choice in bracket.split("|")]


def arguments(words: list[str]) -> str:
    return " ".join(word if word.isupper() else example(word) for word in words)


def test_the_whole_file_is_read() -> None:
    source = (PLAYER / "commands.ts").read_text(encoding="utf-8")
    assert len(HINTS) == source.count('\n  ["') >= 60
    assert len({hint.name for hint in HINTS}) == len(HINTS)


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.name)
def test_a_command_is_one_of_redis(hint: Hint) -> None:
    assert hint.name.lower().replace(" ", "|") in COMMANDS


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.name)
def test_a_command_takes_its_arguments(hint: Hint) -> None:
    reply = Prompt().enter(f"{hint.name} {arguments(required(hint.syntax))}")["reply"]
    assert "wrong number of arguments" not in reply
    assert "unknown" not in reply
    assert "syntax error" not in reply


@pytest.mark.parametrize("hint", [hint for hint in HINTS if required(hint.syntax)], ids=lambda hint: hint.name)
def test_a_command_takes_no_fewer_arguments(hint: Hint) -> None:
    fewer = arguments(required(hint.syntax)[:-1])
    assert re.search(r"wrong number of arguments|syntax error", Prompt().enter(f"{hint.name} {fewer}")["reply"])


@pytest.mark.parametrize(
    ("hint", "option"),
    [(hint, option) for hint in HINTS for option in options(hint.syntax)],
    ids=lambda value: value.name if isinstance(value, Hint) else value,
)
def test_a_command_knows_its_options(hint: Hint, option: str) -> None:
    before = hint.syntax.partition("[")[0].split()
    after = required(hint.syntax)[len(before) :]
    line = RANGES.get(option) or f"{hint.name} {arguments([*before, *option.split(), *after])}"
    reply = Prompt().enter(line)["reply"]
    assert "syntax error" not in reply, line
    assert "wrong number" not in reply, line
    assert "unknown" not in reply, line


def test_the_page_begins_at_the_prompts_first_endpoint() -> None:
    session = (PLAYER / "session.ts").read_text(encoding="utf-8")
    assert f'FIRST_HOST = "{PLACES[0].host}"' in session
    assert Prompt().open()["prompt"] == f"{PLACES[0].host}:6379> "
