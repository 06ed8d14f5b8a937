"""GIFT, read by a parser that is not ours: gift-pegjs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from quizzes.engine import export
from quizzes.engine.bank import ROOM
from quizzes.engine.export import gift
from quizzes.engine.export.format import ExportError
from quizzes.engine.question import Connect, Pick, Question, Type
from tests.quizzes.export.questions import asked, of_the_bank
from tests.quizzes.samples import choice, choices, command, match, multiple, order, predict

NODE = ROOM.parent / ".venv/bin/node"


class Parsed(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Text(Parsed):
    format: str
    text: str


class Choice(Parsed):
    is_correct: bool
    weight: float | None
    text: Text
    feedback: Text


class MatchPair(Parsed):
    subquestion: Text
    subanswer: str


class Entry(Parsed):
    """What gift-pegjs says of an entry; a category has a type and a title only."""

    type: str
    title: str
    id: str = ""
    tags: tuple[str, ...] = ()
    stem: Text | None = None
    global_feedback: Text | None = None
    choices: tuple[Choice, ...] = ()
    match_pairs: tuple[MatchPair, ...] = ()


def understood(questions: list[Question]) -> list[Entry]:
    """The entries that gift-pegjs finds in our file."""
    done = subprocess.run(
        [NODE, Path(__file__).with_name("read_gift.mjs")],
        input=gift.write(questions),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return TypeAdapter(list[Entry]).validate_python(json.loads(done.stdout))


def only(*questions: Question) -> Entry:
    [category, entry] = understood(list(questions))
    assert (category.type, category.title) == ("Category", "ElastiCache/Redis와 Memcached")
    return entry


def test_a_single_answer_has_one_right_choice_with_a_reason_at_each() -> None:
    entry = only(*asked(choice()))
    assert (entry.type, entry.id, entry.title, entry.tags) == ("MC", "ec-rvm-001", "ec-rvm-001", ("choice", "rev1"))
    assert [one.is_correct for one in entry.choices] == [False, True, False, False]
    assert [one.weight for one in entry.choices] == [None] * 4
    assert [(one.text.text, one.feedback.text) for one in entry.choices] == [
        (str(one["text"]), str(one["why"])) for one in choices()
    ]
    assert entry.stem
    assert entry.stem.format == "html"
    assert entry.stem.text.endswith("<p>알맞은 구성은 무엇입니까?</p><p>정답 1개를 고르세요.</p>")
    assert entry.global_feedback
    assert "요구에서 시작해 고릅니다." in entry.global_feedback.text


def test_several_answers_share_the_points_and_a_wrong_one_takes_them() -> None:
    entry = only(*asked(multiple()))
    assert [one.weight for one in entry.choices] == [50, -100, 50, -100, -100]


def test_thirds_are_written_as_moodle_knows_them() -> None:
    [question] = asked(multiple())
    assert isinstance(question.activity, Pick)
    three = tuple(one._replace(right=place < 3) for place, one in enumerate(question.activity.answers))
    text = gift.write([replace(question, activity=Pick(three))]).decode()
    assert text.count("~%33.33333%") == 3


def test_pairs_keep_the_options_that_are_left_over_and_their_reasons_come_afterwards() -> None:
    entry = only(*asked(match()))
    assert entry.type == "Matching"
    assert [(one.subquestion.text, one.subanswer) for one in entry.match_pairs] == [
        ("cheap 요구", "node 구성"),
        ("safe 요구", "replica 구성"),
        ("large 요구", "shard 구성"),
        ("", "region 구성"),
    ]
    assert entry.global_feedback
    assert "safe에 replica이(가) 맞는 까닭" in entry.global_feedback.text


def test_a_command_accepts_every_line_and_answers_the_known_wrong_ones() -> None:
    entry = only(*asked(command()))
    assert entry.type == "Short"
    assert [(one.text.text, one.weight) for one in entry.choices] == [
        ("SET a 2 EX 60", None),
        ("SET a 2 PX 60000", None),
        ("SET a 2", 0),
        ("SET a 2 EX 90", 0),
        ("SETEX a 90 2", 0),
    ]
    assert "SET a 2이(가) 다른 일을 하는 까닭" in entry.choices[2].feedback.text
    assert entry.stem
    assert "<pre><code>SET a 1</code></pre>" in entry.stem.text


def test_an_asterisk_in_a_command_is_not_a_wildcard() -> None:
    entry = only(*asked(command(accept=["KEYS a*"])))
    assert entry.choices[0].text.text == "KEYS a\\*"


def test_a_program_and_its_outputs_keep_their_lines() -> None:
    entry = only(*asked(predict()))
    assert entry.stem
    assert 'decode_responses=True,<br />)<br />cache.set("a", "1", ex=60)' in entry.stem.text
    assert entry.choices[1].text.text == "<code>2<br />-2</code>"


def test_signs_of_the_format_are_text() -> None:
    signs = "{a=b} ~ # : \\ -> %50% ####"
    entry = only(*asked(choice(choices=[*choices()[:3], choices()[3] | {"text": signs}])))
    assert entry.choices[3].text.text == signs.replace(">", "&gt;")


def test_the_whole_bank_is_understood() -> None:
    held, _ = export.sort_out(gift.FORMAT, of_the_bank())
    entries = [entry for entry in understood(held) if entry.type != "Category"]
    assert [entry.id for entry in entries] == [question.id for question in held]
    types = {Pick: "MC", Connect: "Matching", Type: "Short"}
    assert [entry.type for entry in entries] == [types[type(question.activity)] for question in held]
    for entry, question in zip(entries, held, strict=True):
        if isinstance(question.activity, Pick):
            right = [one.is_correct or (one.weight or 0) > 0 for one in entry.choices]
            assert right == [answer.right for answer in question.activity.answers]


def test_order_items_are_refused_by_name_and_never_written() -> None:
    [question] = asked(order())
    assert "순서" in str(gift.refusal(question))
    with pytest.raises(ExportError, match="순서 문항"):
        gift.write([question])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (("####", "##"), "GIFT 문항을 읽을 수 없습니다"),
        (("~[html]복제본을", "~복제본을"), "GIFT 보기를 읽을 수 없습니다"),
    ],
)
def test_a_damaged_file_is_refused_with_what_was_seen(damage: tuple[str, str], words: str) -> None:
    text = gift.write(asked(choice())).decode()
    assert damage[0] in text
    with pytest.raises(ExportError, match=words):
        gift.read(text.replace(*damage).encode())


def test_a_damaged_line_to_type_is_refused() -> None:
    text = gift.write(asked(command())).decode()
    with pytest.raises(ExportError, match="GIFT 단답을 읽을 수 없습니다"):
        gift.read(text.replace("=SET a 2 EX 60#[html]", "=SET a 2 EX 60").encode())
