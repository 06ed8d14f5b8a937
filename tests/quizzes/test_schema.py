"""The generated files say what the models say, and the player knows every kind the bank knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

from quizzes.engine import schema
from quizzes.engine.bank import BANK, ROOM
from quizzes.engine.kinds import KINDS
from quizzes.engine.yaml_source import read


def test_the_generated_files_are_not_stale() -> None:
    assert [path.name for path in schema.stale()] == [], "python -m quizzes schema --write"


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    files = {tmp_path / "schema.json": "new", tmp_path / "types.ts": "same"}
    (tmp_path / "schema.json").write_text("old", encoding="utf-8")
    (tmp_path / "types.ts").write_text("same", encoding="utf-8")
    assert schema.differing(files) == [tmp_path / "schema.json"]


def test_every_kind_has_a_file_on_each_side() -> None:
    for side, suffix in ((ROOM / "engine" / "kinds", "py"), (ROOM / "player" / "kinds", "ts")):
        assert {kind for kind in KINDS if (side / f"{kind}.{suffix}").is_file()} == set(KINDS)


def test_the_types_name_every_field_the_player_reads() -> None:
    types = schema.TYPES.read_text(encoding="utf-8")
    assert 'export type Kind = "choice" | "order" | "match" | "predict" | "command";' in types
    assert "readonly key: readonly string[];" in types
    assert "readonly items: Readonly<Record<string, RubricItem>>;" in types
    assert "readonly kind: Kind;" in types


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    made = json.loads(schema.SCHEMA.read_text(encoding="utf-8"))
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(made)))
    assert references <= set(made["$defs"])


def test_bank_files_use_only_keys_that_the_schema_knows() -> None:
    definitions = json.loads(schema.SCHEMA.read_text(encoding="utf-8"))["$defs"]
    names = {kind: model.__name__ for kind, model in KINDS.items()}
    for path in sorted(BANK.glob("*.yml")):
        data = read(path).data
        assert isinstance(data, dict)
        assert set(data) <= set(definitions["BankFile"]["properties"])
        for item in data["items"]:
            assert set(item) <= set(definitions[names[item["kind"]]]["properties"])
