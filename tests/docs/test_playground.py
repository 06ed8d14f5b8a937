"""Every reply that `docs/labs/playground.md` shows is what the prompt prints."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from labs.engine.prompt import PLACES, Prompt

TEXT = (Path(__file__).resolve().parent.parent.parent / "docs/labs/playground.md").read_text(encoding="utf-8")
SAMPLE = unescape(TEXT.partition("<pre>")[2].partition("</pre>")[0])

PASSED = re.compile(r"(?P<amount>\d+)(?P<unit>초|분|시간|일) 뒤")
SECONDS = {"초": 1, "분": 60, "시간": 3_600, "일": 86_400}
MISSION = re.compile(r"^### [^\n]+ \{ #(?P<id>[\w-]+) \}\n(?P<body>.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^(?P<indent> *)```text\n(?P<lines>.*?)^ *```$", re.MULTILINE | re.DOTALL)


def fences(body: str, indent: int) -> list[str]:
    """The `text` blocks of a mission: what to send stands at the margin, what comes of it in the fold."""
    return [
        "".join(line[indent:] for line in found["lines"].splitlines(keepends=True))
        for found in FENCE.finditer(body)
        if len(found["indent"]) == indent
    ]


MISSIONS = {found["id"]: found["body"] for found in MISSION.finditer(TEXT)}


def replayed(prompt: Prompt, session: str, sign: str = "> ") -> str:
    """The session as `prompt` has it: the same lines sent, the same time passed. `sign` is the prompt, "" for its own."""
    printed = ""
    for line in session.splitlines():
        if (passed := PASSED.match(line)) is not None:
            printed += prompt.advance(int(passed["amount"]) * SECONDS[passed["unit"]])["reply"] + "\n"
            continue
        before = sign or prompt.open()["prompt"]
        if line.startswith(before):
            typed = line.removeprefix(before)
            printed += f"{before}{typed}\n{prompt.enter(typed)['reply']}\n"
    return printed


def test_the_sample_session_is_real() -> None:
    assert replayed(Prompt(), SAMPLE, sign="") == SAMPLE + "\n"


def test_there_are_eight_missions_and_each_leads_to_a_lesson() -> None:
    assert len(MISSIONS) == 8
    for name, body in MISSIONS.items():
        assert re.search(r"\(\.\./lessons/[\w-]+\.md#[\w-]+\)", body), name


@pytest.mark.parametrize("name", MISSIONS)
def test_a_mission_has_the_answers_of_a_fresh_prompt(name: str) -> None:
    (session,) = fences(MISSIONS[name], 4)
    assert replayed(Prompt(), session) == session


def test_missions_done_in_order_disturb_no_answers() -> None:
    prompt = Prompt()
    for name, body in MISSIONS.items():
        (session,) = fences(body, 4)
        assert (name, replayed(prompt, session)) == (name, session)


@pytest.mark.parametrize("name", MISSIONS)
def test_the_lines_to_paste_are_those_that_are_answered(name: str) -> None:
    pasted = "".join(fences(MISSIONS[name], 0)).splitlines()
    (session,) = fences(MISSIONS[name], 4)
    assert pasted == [line.removeprefix("> ") for line in session.splitlines() if line.startswith("> ")]


def test_the_list_says_of_each_endpoint_what_the_prompt_says() -> None:
    rows = re.findall(r"^- `([\w.-]+)`: (.+)$", TEXT, re.MULTILINE)
    assert rows == [(place.host, place.about) for place in PLACES]
