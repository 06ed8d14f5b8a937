"""Anki: a deck package, one note an item. The question in front, the answer with all its reasons on the back.

The package is a zip file with an SQLite database of Anki's oldest schema (11), which every Anki still imports. It is written
here because the one library for it (genanki) has stood still since 2023 on three packages that have stood still for longer.
A note's guid is its item's id: importing a newer package updates the notes and keeps the learner's schedule.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from quizzes.engine.export.explained import folded
from quizzes.engine.export.format import ExportError, Format, holds_all, packed, unpacked
from quizzes.engine.question import Activity, Arrange, Connect, Pick, Question, Type, in_html, shown_order

DATABASE = "collection.anki2"
FIELDS = ("문항", "앞면", "뒷면")
_BETWEEN_FIELDS = "\x1f"
# Any moment will do that is the same each time: 2026-01-01.
_MADE_S = 1_767_225_600
# Changing it would make a second kind of note in every learner's collection.
_MODEL = 1_767_225_600_001
_STYLE = """.card { max-width: 40em; margin: 0 auto; padding: 0.5em; font-family: sans-serif; font-size: 18px; line-height: 1.6;
  word-break: keep-all; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.6em; border: 1px solid; text-align: left; }
li { margin: 0.4em 0; }
li p { margin: 0.2em 0; }"""
_SCHEMA = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL, scm integer NOT NULL, ver integer NOT NULL,
  dty integer NOT NULL, usn integer NOT NULL, ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL,
  dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL,
  tags text NOT NULL, flds text NOT NULL, sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, ord integer NOT NULL, mod integer NOT NULL,
  usn integer NOT NULL, type integer NOT NULL, queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL,
  factor integer NOT NULL, reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL,
  odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL, ivl integer NOT NULL,
  lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""


class Note(NamedTuple):
    """What a learner turns over. `deck` is the unit."""

    id: str
    deck: str
    front: str
    back: str
    tags: tuple[str, ...]


def carried(question: Question) -> Note:
    """Two sides of a card, and no more structure than that."""
    html = in_html(question)
    front = f"{html.prompt}<p>{escape(html.instruction, quote=False)}</p>{_shown(html.id, html.activity)}"
    tags = (f"kind-{html.kind}", f"rev-{html.rev}")
    return Note(html.id, f"ElastiCache::{html.unit}", front, folded(html).after, tags)


def write(questions: Sequence[Question]) -> bytes:
    notes = [carried(question) for question in questions]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE
        with closing(sqlite3.connect(path)) as database:
            database.executescript(_SCHEMA)
            _fill(database, notes)
            database.commit()
        return packed({DATABASE: path.read_bytes(), "media": b"{}"})


def _fill(database: sqlite3.Connection, notes: Sequence[Note]) -> None:
    decks = {name: _number(name) for name, _ in groupby(notes, key=lambda note: note.deck)}
    database.execute(
        "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')",
        (
            _MADE_S,
            _MADE_S * 1000,
            _MADE_S * 1000,
            _json({"curModel": str(_MODEL), "curDeck": 1, "activeDecks": [1], "nextPos": len(notes) + 1}),
            _json({str(_MODEL): _model()}),
            _json({"1": _deck(1, "Default")} | {str(number): _deck(number, name) for name, number in decks.items()}),
            _json({"1": _options()}),
        ),
    )
    for place, note in enumerate(notes, 1):
        number = _number(note.id)
        fields = _BETWEEN_FIELDS.join((note.id, note.front, note.back))
        tags = f" {' '.join(note.tags)} "
        database.execute(
            "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
            (number, note.id, _MODEL, _modified(note), tags, fields, note.id, _checksum(note.id)),
        )
        database.execute(
            "INSERT INTO cards VALUES (?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
            (number, number, decks[note.deck], _modified(note), place),
        )


def _shown(item_id: str, activity: Activity) -> str:
    """The answers as they are asked: letters for those to pick, and no order that gives anything away."""
    match activity:
        case Pick(answers):
            return f'<ol type="A">{"".join(f"<li>{answer.text}</li>" for answer in answers)}</ol>'
        case Arrange(steps):
            shown = shown_order(item_id, steps, lambda step: step.id)
            return f"<ul>{''.join(f'<li>{step.text}</li>' for step in shown)}</ul>"
        case Connect(pairs, options):
            mixed = shown_order(item_id, options, lambda option: option[0])
            texts = "".join(f"<li>{escape(text, quote=False)}</li>" for _, text in mixed)
            return f"<ol>{''.join(f'<li>{pair.text}</li>' for pair in pairs)}</ol><p>보기</p><ul>{texts}</ul>"
        case Type():
            return ""


def _number(name: str) -> int:
    """An id that Anki takes for a moment in milliseconds, the same for the same name; collisions are beyond a bank's size."""
    return _MADE_S * 1000 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:5])


def _modified(note: Note) -> int:
    """Seconds. Anki updates a note when the imported one is newer: a later revision is."""
    return _MADE_S + int(note.tags[-1].removeprefix("rev-"))


def _checksum(first_field: str) -> int:
    """What Anki finds duplicates by: the start of a SHA-1 of the first field."""
    return int(hashlib.sha1(first_field.encode(), usedforsecurity=False).hexdigest()[:8], 16)


def _model() -> dict[str, object]:
    sides = {"qfmt": "{{앞면}}", "afmt": "{{FrontSide}}<hr id=answer>{{뒷면}}", "bqfmt": "", "bafmt": "", "did": None}
    fields = [
        {"name": name, "ord": place, "sticky": False, "rtl": False, "font": "Arial", "size": 18, "media": []}
        for place, name in enumerate(FIELDS)
    ]
    return {
        "id": _MODEL,
        "name": "ElastiCache 교실",
        "type": 0,
        "mod": _MADE_S,
        "usn": -1,
        "sortf": 0,
        "did": 1,
        "tmpls": [{"name": "문항", "ord": 0} | sides],
        "flds": fields,
        "css": _STYLE,
        "latexPre": "",
        "latexPost": "",
        "tags": [],
        "vers": [],
        "req": [[0, "any", [1]]],
    }


def _deck(number: int, name: str) -> dict[str, object]:
    today = {day: [0, 0] for day in ("newToday", "revToday", "lrnToday", "timeToday")}
    return today | {
        "id": number,
        "name": name,
        "desc": "",
        "mod": _MADE_S,
        "usn": -1,
        "dyn": 0,
        "conf": 1,
        "extendNew": 0,
        "extendRev": 0,
        "collapsed": False,
    }


def _options() -> dict[str, object]:
    """The options every collection starts with."""
    return {
        "id": 1,
        "name": "Default",
        "mod": 0,
        "usn": 0,
        "maxTaken": 60,
        "autoplay": True,
        "timer": 0,
        "replayq": True,
        "new": {"bury": False, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7], "order": 1, "perDay": 20},
        "rev": {"bury": False, "ease4": 1.3, "ivlFct": 1, "maxIvl": 36500, "perDay": 200, "hardFactor": 1.2},
        "lapse": {"delays": [10], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0},
    }


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


# ---- reading ----------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Note]:
    """The notes of a package that `write` made, by guid. Raises ExportError."""
    files = unpacked(data)
    if DATABASE not in files:
        raise ExportError(f"{DATABASE}이 없습니다. 있는 파일: {', '.join(files)}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE
        path.write_bytes(files[DATABASE])
        with closing(sqlite3.connect(path)) as database:
            return _read_notes(database)


def _read_notes(database: sqlite3.Connection) -> dict[str, Note]:
    [(decks,)] = database.execute("SELECT decks FROM col").fetchall()
    names = {int(number): str(deck["name"]) for number, deck in json.loads(decks).items()}
    rows: list[tuple[str, str, str, int]] = database.execute(
        "SELECT guid, flds, tags, did FROM notes JOIN cards ON cards.nid = notes.id"
    ).fetchall()
    found: dict[str, Note] = {}
    for guid, fields, tags, deck in rows:
        if guid in found:
            raise ExportError(f"노트 {guid}가 둘입니다")
        _, front, back = fields.split(_BETWEEN_FIELDS)
        found[guid] = Note(guid, names[deck], front, back, tuple(tags.split()))
    return found


FORMAT = Format("anki", ".apkg", holds_all, write, read, carried)
