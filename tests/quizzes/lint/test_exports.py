from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from quizzes.engine import export
from quizzes.engine.export.format import ExportError
from quizzes.engine.lint.rules import exports
from quizzes.engine.question import Question
from tests.quizzes.export.questions import asked
from tests.quizzes.samples import bank, choice, command, docs, found, match, multiple, order, predict


def test_a_sound_bank_of_every_kind_comes_back_from_every_format(tmp_path: Path) -> None:
    judged = bank(choice(), multiple(), order(), match(), predict(), command())
    assert found(exports.check, judged, docs(tmp_path)) == []


def test_an_item_that_changes_on_the_way_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = export.FORMATS["csv"]

    def forgetful(questions: Sequence[Question]) -> bytes:
        return table.write([replace(one, after="") if one.id == "ec-rvm-002" else one for one in questions])

    monkeypatch.setitem(export.FORMATS, "csv", replace(table, write=forgetful))
    [finding] = found(exports.check, bank(choice(), multiple()), docs(tmp_path))
    assert finding.level == "error"
    assert finding.where.endswith("ec-rvm-002")
    assert "csv로 내보내면 글이 달라집니다" in finding.message


def test_an_item_that_is_lost_on_the_way_is_refused() -> None:
    to = replace(export.FORMATS["csv"], read=lambda data: {})
    assert [one for one, _ in exports.changed(to, asked(choice()))] == ["ec-rvm-001"]


def test_an_item_that_makes_a_file_unreadable_is_found_among_the_others() -> None:
    table = export.FORMATS["csv"]

    def picky(data: bytes) -> dict[str, object]:
        if b"ec-rvm-003" in data:
            raise ExportError("줄이 깨졌습니다")
        return dict(table.read(data))

    questions = asked(choice(), multiple(), order())
    [(item, message)] = exports.changed(replace(table, read=picky), questions)
    assert item == "ec-rvm-003"
    assert "다시 읽지 못했습니다(줄이 깨졌습니다)" in message


def test_a_kind_that_a_format_does_not_hold_is_no_fault_of_the_item(tmp_path: Path) -> None:
    assert export.FORMATS["gift"].refusal(asked(order())[0]) is not None
    assert found(exports.check, bank(order()), docs(tmp_path)) == []


def test_an_item_on_a_fact_that_does_not_exist_is_left_to_the_rule_about_references(tmp_path: Path) -> None:
    assert found(exports.check, bank(choice(facts=["F-NO1"])), docs(tmp_path)) == []
