"""`python -m quizzes`: what it prints and the status it ends with."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from quizzes import __main__ as command
from quizzes.engine import bank as banks
from quizzes.engine import export, schema
from quizzes.engine.errors import BankError
from quizzes.engine.lint import history
from tests.quizzes.samples import bank_data, choice, write

NEWEST = max(item.verified.on for item in banks.load().items())


def test_lint_of_the_real_bank_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["lint", "--today", str(NEWEST)]) == 0
    assert capsys.readouterr().out == "오류 0개, 경고 0개\n"


def test_warnings_are_told_and_do_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["lint", "--today", str(NEWEST + timedelta(days=200))]) == 0
    assert "경고 [verified] redis-vs-memcached.yml:" in capsys.readouterr().out


def test_an_error_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["lint", "--today", str(NEWEST + timedelta(days=400))]) == 1
    assert "오류 [verified]" in capsys.readouterr().out


def test_a_bank_that_cannot_be_read_fails_with_every_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BankError):
        write(tmp_path, bank_data(choice(rev=0, level="guess")))
    monkeypatch.setattr(banks, "load", lambda: banks._load(tmp_path / "bank", tmp_path / "retired.yml"))
    assert command.main(["lint"]) == 1
    error = capsys.readouterr().err
    assert "`rev`" in error
    assert "문제 2개 때문에" in error


def test_list_shows_every_item_of_the_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list", "--unit", "redis-vs-memcached"]) == 0
    out = capsys.readouterr().out
    assert all(item.id in out for item in banks.load().unit("redis-vs-memcached").file.items)


def test_list_of_an_unknown_unit_fails_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list", "--unit", "none"]) == 1
    refusal = capsys.readouterr().err
    assert "있는 묶음: " in refusal
    assert "redis-vs-memcached" in refusal


def test_schema_says_whether_the_files_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["schema"]) == 0
    monkeypatch.setattr(schema, "SCHEMA", tmp_path / "schema.json")
    monkeypatch.setattr(schema, "TYPES", tmp_path / "types.ts")
    assert command.main(["schema"]) == 1
    assert "schema --write" in capsys.readouterr().out
    assert command.main(["schema", "--write"]) == 0
    assert command.main(["schema"]) == 0


@pytest.mark.parametrize("to", list(export.FORMATS))
def test_export_writes_a_unit_to_the_named_file(to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert command.main(["export", "--to", to, "--set", "db-cache", "--out", str(out)]) == 0
    items = banks.load().unit("db-cache").file.items
    written = export.FORMATS[to].read(out.read_bytes())
    said = capsys.readouterr()
    assert f"{len(written)}문항을 썼습니다" in said.out
    left_out = [item.id for item in items if item.id not in written]
    assert left_out == ([item.id for item in items if item.kind == "order"] if to == "gift" else [])
    assert all(item_id in said.err for item_id in left_out)
    assert ("순서를 정하는 문항의 표기가 없습니다" in said.err) is (to == "gift")


def test_export_names_its_file_after_the_set_and_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["export", "--to", "csv", "--set", "overview"]) == 0
    assert command.main(["export", "--to", "anki"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elasticache-bank.apkg", "elasticache-overview.csv"]


def test_export_links_to_the_lessons_of_the_named_site(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert command.main(["export", "--to", "csv", "--out", str(out), "--site-url", "https://example.org/a/"]) == 0
    assert "(https://example.org/a/lessons/db-cache/#" in out.read_text(encoding="utf-8-sig")


def test_export_to_a_place_that_cannot_be_written_fails_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["export", "--to", "csv", "--out", str(tmp_path / "none" / "out.csv")]) == 1
    assert "--out에 쓸 수 있는 곳을 적으세요" in capsys.readouterr().err


def test_export_of_an_unknown_unit_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["export", "--to", "csv", "--set", "none"]) == 1
    assert "있는 묶음: " in capsys.readouterr().err


def test_an_unknown_command_ends_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["nothing"])
    assert ended.value.code == 2


# ---- --since ----------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository whose only commit holds a bank of one item."""
    room = tmp_path / "quizzes"
    room.mkdir()
    write(room, bank_data(choice()), retired=["ec-rvm-099"])
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "bank"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    monkeypatch.setattr(history, "ROOM", room)
    return room


def test_the_bank_of_an_older_version_is_read_from_git(repository: Path) -> None:
    (repository / "bank" / "redis-vs-memcached.yml").unlink()
    older = history.bank_at("HEAD")
    assert [item.id for item in older.items()] == ["ec-rvm-001"]
    assert older.retired == ("ec-rvm-099",)


def test_a_version_git_does_not_know_is_refused(repository: Path) -> None:
    with pytest.raises(BankError, match="버전 이름을 확인하세요"):
        history.bank_at("no-such-version")
