"""`python -m quizzes`: what it prints and the status it ends with."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from quizzes import __main__ as command
from quizzes.engine import bank as banks
from quizzes.engine import schema
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
