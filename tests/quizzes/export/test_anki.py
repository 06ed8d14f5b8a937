"""Anki packages: the database that Anki opens, one note and one card an item, updated and never doubled by another import."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from quizzes.engine.export import anki
from quizzes.engine.export.format import ExportError, packed
from quizzes.engine.question import Question
from tests.quizzes.export.questions import asked, of_the_bank
from tests.quizzes.samples import choice, command, match, multiple, order, predict

EVERY_KIND = (choice(), multiple(), order(), match(), predict(), command())


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of a package of every kind."""
    with closing(database(asked(*EVERY_KIND), tmp_path)) as connection:
        yield connection


def database(questions: tuple[Question, ...] | list[Question], folder: Path) -> sqlite3.Connection:
    with zipfile.ZipFile(io.BytesIO(anki.write(questions))) as archive:
        assert archive.namelist() == ["collection.anki2", "media"]
        assert json.loads(archive.read("media")) == {}
        return sqlite3.connect(archive.extract("collection.anki2", folder))


def test_the_package_opens_and_holds_one_note_and_one_card_an_item(tmp_path: Path) -> None:
    whole = of_the_bank()
    with closing(database(whole, tmp_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        notes = connection.execute("SELECT id, guid FROM notes").fetchall()
        cards = connection.execute("SELECT nid FROM cards").fetchall()
    assert {guid for _, guid in notes} == {question.id for question in whole}
    assert len(notes) == len(whole)
    assert sorted(card for (card,) in cards) == sorted(note for note, _ in notes)


def test_ids_do_not_depend_on_the_neighbours(tmp_path: Path) -> None:
    """An item that is inserted must not become the note of another one."""
    (tmp_path / "two").mkdir()
    few, many = asked(match()), asked(choice(), order(), match())
    with closing(database(few, tmp_path)) as one, closing(database(many, tmp_path / "two")) as other:
        [number] = one.execute("SELECT id FROM notes").fetchall()
        assert number in other.execute("SELECT id FROM notes WHERE guid = 'ec-rvm-004'").fetchall()


def test_a_later_revision_is_newer(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    [question] = asked(choice())
    moments = []
    for folder, rev in ((tmp_path, 1), (tmp_path / "two", 2)):
        with closing(database([replace(question, rev=rev)], folder)) as connection:
            moments += connection.execute("SELECT mod FROM notes").fetchall()
    assert moments[0] < moments[1]


def test_every_unit_is_a_deck_below_one(opened: sqlite3.Connection) -> None:
    [(decks,)] = opened.execute("SELECT decks FROM col").fetchall()
    names = {number: deck["name"] for number, deck in json.loads(decks).items()}
    assert sorted(names.values()) == ["Default", "ElastiCache::Redis와 Memcached"]
    used = opened.execute("SELECT DISTINCT did FROM cards").fetchall()
    assert [names[str(number)] for (number,) in used] == ["ElastiCache::Redis와 Memcached"]


def test_a_note_has_the_fields_its_kind_of_note_names(opened: sqlite3.Connection) -> None:
    [(models,)] = opened.execute("SELECT models FROM col").fetchall()
    [(number, model)] = json.loads(models).items()
    fields = [field["name"] for field in model["flds"]]
    assert opened.execute("SELECT DISTINCT mid FROM notes").fetchall() == [(int(number),)]
    for (values,) in opened.execute("SELECT flds FROM notes"):
        assert len(values.split("\x1f")) == len(fields)
    assert "{{앞면}}" in model["tmpls"][0]["qfmt"]
    assert "{{뒷면}}" in model["tmpls"][0]["afmt"]


def test_the_front_asks_and_the_back_explains() -> None:
    notes = anki.read(anki.write(asked(*EVERY_KIND)))
    single = notes["ec-rvm-001"]
    assert single.front.endswith(
        '<ol type="A"><li>복제본을 둔 구성</li><li>노드를 둔 구성</li><li>샤드를 둔 구성</li><li>리전을 둔 구성</li></ol>'
    )
    assert "정답</b> 노드를 둔 구성" in single.back
    assert "까닭을 적은 해설" in single.back
    assert "까닭" not in single.front
    assert single.tags == ("kind-choice", "rev-1")
    assert "<pre><code>import redis" in notes["ec-rvm-005"].front
    assert "SET a 2 EX 60" not in notes["ec-rvm-006"].front
    assert "<code>SET a 2 EX 60</code> 또는 <code>SET a 2 PX 60000</code>" in notes["ec-rvm-006"].back


def test_the_front_gives_no_order_away() -> None:
    notes = anki.read(anki.write(asked(order(), match())))
    names = ("find", "make", "move", "drop")
    places = [notes["ec-rvm-003"].front.index(f"<li>{name}을") for name in names]
    assert places != sorted(places)
    options = [notes["ec-rvm-004"].front.index(f"<li>{name} 구성") for name in ("node", "replica", "shard", "region")]
    assert options != sorted(options)


def test_a_package_without_a_database_is_refused() -> None:
    with pytest.raises(ExportError, match=r"collection\.anki2이 없습니다"):
        anki.read(packed({"media": b"{}"}))


def test_a_package_with_a_note_twice_is_refused(tmp_path: Path) -> None:
    with closing(database(asked(choice()), tmp_path)) as connection:
        connection.execute(
            "INSERT INTO notes SELECT id + 1, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data FROM notes"
        )
        connection.execute(
            "INSERT INTO cards SELECT id + 1, nid + 1, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, "
            "odue, odid, flags, data FROM cards"
        )
        connection.commit()
    twice = packed({"collection.anki2": (tmp_path / "collection.anki2").read_bytes(), "media": b"{}"})
    with pytest.raises(ExportError, match="ec-rvm-001가 둘입니다"):
        anki.read(twice)
