"""The rubric and the printable answers: complete, rendered, sourced, and apart from the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pydantic import TypeAdapter

from quizzes.engine import rubric
from quizzes.engine.bank import load
from quizzes.engine.errors import BankError
from quizzes.engine.rubric import Rubric, answers_page, build
from tests.quizzes.samples import Data, bank, choice, command, docs, facts, match, multiple, order, predict

UNIT = "redis-vs-memcached"


def built(folder: Path, *items: Data, **fact: object) -> Rubric:
    return build(bank(*items).unit(UNIT), facts(**fact), docs(folder))


def test_each_kind_has_its_key_as_attempts_hold_it(tmp_path: Path) -> None:
    made = built(tmp_path, choice(), multiple(), order(), match(), predict(), command())
    assert {id: (item.kind, item.key) for id, item in made.items.items()} == {
        "ec-rvm-001": ("choice", ("bravo",)),
        "ec-rvm-002": ("choice", ("alpha", "charlie")),
        "ec-rvm-003": ("order", ("find", "make", "move", "drop")),
        "ec-rvm-004": ("match", ("cheap:node", "safe:replica", "large:shard")),
        "ec-rvm-005": ("predict", ("bravo",)),
        "ec-rvm-006": ("command", ("SET a 2 EX 60", "SET a 2 PX 60000")),
    }


def test_every_part_has_its_reason_as_html(tmp_path: Path) -> None:
    data = choice()
    assert isinstance(data["choices"], list)
    data["choices"][0]["why"] = "`SET`은 <여기>에서 **다릅니다**. 그래서 맞지 않습니다."
    item = built(tmp_path, data).items["ec-rvm-001"]
    assert set(item.why) == {"alpha", "bravo", "charlie", "delta"}
    assert item.why["alpha"] == "<code>SET</code>은 &lt;여기&gt;에서 <strong>다릅니다</strong>. 그래서 맞지 않습니다."


def test_a_typed_kind_names_its_wrong_answers_and_no_other_kind_has_any(tmp_path: Path) -> None:
    made = built(tmp_path, choice(), predict(), command()).items
    assert made["ec-rvm-006"].rejects == {"no-expiry": ("SET a 2",), "longer": ("SET a 2 EX 90", "SETEX a 90 2")}
    assert set(made["ec-rvm-006"].why) == {"command", "no-expiry", "longer"}
    assert made["ec-rvm-001"].rejects == made["ec-rvm-005"].rejects == {}


def test_the_printable_page_shows_programs_and_accepted_commands(tmp_path: Path) -> None:
    judged = bank(predict(), command())
    made = build(judged.unit(UNIT), facts(), docs(tmp_path))
    program, typed = BeautifulSoup(answers_page(judged.unit(UNIT), made), "lxml").select("section")
    assert 'print(cache.incr("a"))' in program.text
    assert "정답 2\n-2" in program.text
    assert "정답 SET a 2 EX 60 또는 SET a 2 PX 60000" in typed.text
    assert "먼저 실행해 둔 명령" in typed.text


def test_an_item_links_to_its_section_by_its_heading(tmp_path: Path) -> None:
    item = built(tmp_path, choice(see="lessons/redis-vs-memcached.md#backup")).items["ec-rvm-001"]
    assert item.see.model_dump() == {"title": "백업과 복원", "href": "lessons/redis-vs-memcached/#backup"}


def test_an_item_names_the_first_source_of_each_fact_with_its_date(tmp_path: Path) -> None:
    item = built(tmp_path, choice(), sources=["guide", "blog"], checked="2026-10-01").items["ec-rvm-001"]
    [source] = item.sources
    assert (source.title, source.checked.isoformat()) == ("설명서", "2026-10-01")


def test_an_objective_says_where_to_read_again(tmp_path: Path) -> None:
    objective = built(tmp_path, choice()).objectives["pick"]
    assert (objective.title, objective.see.title) == ("고른다", "엔진 고르기")


def test_an_unknown_fact_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"문항 `ec-rvm-001`: .*F-NO1"):
        built(tmp_path, choice(facts=["F-NO1"]))


def test_a_section_that_does_not_exist_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="#none`에 해당하는 제목이 없습니다"):
        built(tmp_path, choice(see="lessons/redis-vs-memcached.md#none"))


def test_the_printable_page_says_every_answer_and_asks_not_to_be_indexed(tmp_path: Path) -> None:
    judged = bank(choice(), multiple(), order(), match())
    made = build(judged.unit(UNIT), facts(), docs(tmp_path))
    soup = BeautifulSoup(answers_page(judged.unit(UNIT), made), "lxml")
    assert [meta["content"] for meta in soup.select('meta[name="robots"]')] == ["noindex"]
    assert [section["id"] for section in soup.select("section")] == [
        "ec-rvm-001",
        "ec-rvm-002",
        "ec-rvm-003",
        "ec-rvm-004",
    ]
    first = soup.select("section")[0].text
    assert "정답 노드를 둔 구성" in first
    assert "오답 복제본을 둔 구성" in first
    assert soup.select("script, style, [style]") == []


def test_the_real_bank_is_written_for_every_unit(tmp_path: Path) -> None:
    rubric.write_all(tmp_path / "quizzes")
    for unit in load().units:
        written = json.loads((tmp_path / "quizzes" / f"{unit.unit}.rubric.json").read_text(encoding="utf-8"))
        assert written["schema"] == 1
        assert list(written["items"]) == [item.id for item in unit.file.items]
        assert all(item["sources"] and item["see"]["href"] for item in written["items"].values())
        answers = (tmp_path / "quizzes" / f"{unit.unit}.answers.html").read_text(encoding="utf-8")
        assert all(f'id="{item.id}"' in answers for item in unit.file.items)


def test_what_is_written_can_be_read_by_its_own_model(tmp_path: Path) -> None:
    made = built(tmp_path, choice(), match())
    written = json.loads(made.model_dump_json(by_alias=True))
    items = TypeAdapter(dict[str, rubric.RubricItem]).validate_python(written["items"])
    assert items == made.items
