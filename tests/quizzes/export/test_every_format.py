"""What every format promises: what goes in comes out, the same bytes each time, and nothing is dropped in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.engine import export
from quizzes.engine.bank import ROOM
from quizzes.engine.export.format import ExportError, Format
from quizzes.engine.question import Activity, Answer, Arrange, Connect, Pair, Pick, Question, Rejected, Type
from tests.quizzes.export.questions import asked, of_the_bank
from tests.quizzes.samples import choice, command, match, multiple, order, predict

FORMATS = pytest.mark.parametrize("to", list(export.FORMATS.values()), ids=lambda to: to.name)
WITHOUT_ORDER = {"gift"}


def come_back(to: Format, questions: list[Question]) -> None:
    """Fails when a question is not what it was."""
    back = to.read(to.write(questions))
    assert back == {question.id: to.carried(question) for question in questions}


@FORMATS
def test_every_kind_comes_back_as_it_went(to: Format) -> None:
    held, refused = export.sort_out(to, asked(choice(), multiple(), order(), match(), predict(), command()))
    come_back(to, held)
    assert len(held) == (5 if to.name in WITHOUT_ORDER else 6)
    assert list(refused.values()) == ([["ec-rvm-003"]] if to.name in WITHOUT_ORDER else [])


@FORMATS
def test_the_whole_bank_comes_back_and_no_item_but_order_items_is_refused(to: Format) -> None:
    whole = of_the_bank()
    held, refused = export.sort_out(to, whole)
    come_back(to, held)
    missing = [one for ids in refused.values() for one in ids]
    assert missing == ([one.id for one in whole if one.kind == "order"] if to.name in WITHOUT_ORDER else [])


@FORMATS
def test_a_refusal_names_formats_that_hold_the_item(to: Format) -> None:
    _, refused = export.sort_out(to, asked(order()))
    for reason in refused:
        assert all(other in reason for other in export.FORMATS if other not in WITHOUT_ORDER)


def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    """Of a bank of every kind; sets and hashes are in another order there."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.quizzes.export.test_every_format import written\n"
        "for name, data in written().items(): (Path(sys.argv[1]) / name).write_bytes(data)"
    )
    seed = os.environ.get("PYTHONHASHSEED", "")
    environment = os.environ | {"PYTHONHASHSEED": "7" if seed != "7" else "8"}
    command_line = [sys.executable, "-c", script, str(tmp_path)]
    subprocess.run(command_line, cwd=ROOM.parent, env=environment, check=True)
    assert {name: (tmp_path / name).read_bytes() for name in export.FORMATS} == written()


def written() -> dict[str, bytes]:
    """One small bank in each format."""
    questions = asked(choice(), multiple(), order(), match(), predict(), command())
    return {name: to.write(export.sort_out(to, questions)[0]) for name, to in export.FORMATS.items()}


@FORMATS
def test_a_file_of_something_else_is_refused(to: Format) -> None:
    with pytest.raises(ExportError):
        to.read("다른 프로그램이 만든 파일\n\n입니다.".encode())


@FORMATS
def test_a_link_to_the_lesson_is_made_only_when_the_site_is_known(to: Format) -> None:
    link = "https://example.org/site/lessons/redis-vs-memcached/#choose"
    assert link not in str(to.carried(asked(choice())[0]))
    [question] = asked(choice(), site="https://example.org/site/")
    assert link in str(to.carried(question))
    come_back(to, [question])


# ---- any text ---------------------------------------------------------------------------------------

TEXTS = (
    st.text(alphabet="\\~=#{}:%*->[]()<>&\"'`|,;@+!_ \n가나a1.D", min_size=1, max_size=24).map(str.strip).filter(bool)
)
LINES = TEXTS.map(lambda text: " ".join(text.split()))
IDS = [f"part-{place}" for place in range(4)]


def answers(literal: bool) -> st.SearchStrategy[tuple[Answer, ...]]:
    rows = st.lists(st.tuples(TEXTS, TEXTS), min_size=4, max_size=4)
    return rows.map(lambda rows: tuple(Answer(*row, place == 1, literal) for place, row in enumerate(zip_ids(rows))))


def zip_ids(rows: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(id, text, why) for id, (text, why) in zip(IDS, rows, strict=True)]


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    kind = draw(st.sampled_from(["pick", "print", "arrange", "connect", "type"]))
    match kind:
        case "pick" | "print":
            return Pick(draw(answers(literal=kind == "print")))
        case "arrange":
            return Arrange(tuple(step._replace(right=True) for step in draw(answers(literal=False))))
        case "connect":
            texts = draw(st.lists(LINES, min_size=4, max_size=4, unique=True))
            rows = draw(answers(literal=False))
            pairs = (Pair(one.id, one.text, f"option-{place}", one.why) for place, one in enumerate(rows[:3]))
            return Connect(tuple(pairs), tuple((f"option-{place}", text) for place, text in enumerate(texts)))
        case _:
            first, second, third, fourth = draw(st.lists(LINES, min_size=4, max_size=4, unique=True))
            why, other = draw(st.lists(TEXTS, min_size=2, max_size=2, unique=True))
            return Type((first, second), why, (Rejected("wrong", (third, fourth), other),))


@FORMATS
@settings(max_examples=60, deadline=None)
@given(prompt=TEXTS, after=TEXTS, activity=activities())
def test_no_sign_in_any_text_is_lost(to: Format, prompt: str, after: str, activity: Activity) -> None:
    question = replace(asked_once(), prompt=prompt, after=after, activity=activity)
    held, _ = export.sort_out(to, [question])
    come_back(to, held)


SAMPLE: list[Question] = []


def asked_once() -> Question:
    """A question to put other texts into."""
    if not SAMPLE:
        SAMPLE.extend(asked(choice()))
    return SAMPLE[0]
