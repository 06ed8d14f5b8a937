"""Stages of a build: skipped while nothing changed, never half-made."""

from pathlib import Path

import pytest

from scripts.steps import stages
from scripts.steps.stages import Stage, StageError


@pytest.fixture(autouse=True)
def own_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "STAMPS", tmp_path / "stamps")


def copying(tmp_path: Path, made: list[str]) -> Stage:
    source = tmp_path / "source.txt"

    def make(out: Path) -> None:
        made.append(source.read_text())
        (out / "result.txt").write_text(source.read_text())

    return Stage("베끼기", tmp_path / "out", (source,), make)


def test_a_stage_runs_once_until_its_input_changes(tmp_path: Path) -> None:
    made: list[str] = []
    said: list[str] = []
    stage = copying(tmp_path, made)
    (tmp_path / "source.txt").write_text("one")
    assert stage.run(said.append) is True
    assert stage.run(said.append) is False
    (tmp_path / "source.txt").write_text("two")
    assert stage.run(said.append) is True
    assert made == ["one", "two"]
    assert (tmp_path / "out/result.txt").read_text() == "two"
    assert said[0] == "▸ 베끼기 …"
    assert "▸ 베끼기: 그대로" in said


def test_a_deleted_result_is_made_again(tmp_path: Path) -> None:
    made: list[str] = []
    stage = copying(tmp_path, made)
    (tmp_path / "source.txt").write_text("one")
    stage.run(lambda line: None)
    (tmp_path / "out/result.txt").unlink()
    (tmp_path / "out").rmdir()
    assert stage.run(lambda line: None) is True


def test_a_failing_stage_keeps_the_last_good_result_and_runs_again(tmp_path: Path) -> None:
    made: list[str] = []
    (tmp_path / "source.txt").write_text("one")
    copying(tmp_path, made).run(lambda line: None)

    def explode(out: Path) -> None:
        (out / "half.txt").write_text("half")
        raise OSError("디스크가 가득 찼습니다")

    broken = Stage("베끼기", tmp_path / "out", (tmp_path / "source.txt",), explode, settings="new")
    with pytest.raises(StageError, match="디스크가 가득") as caught:
        broken.run(lambda line: None)
    assert caught.value.stage == "베끼기"
    assert (tmp_path / "out/result.txt").read_text() == "one"
    assert not (tmp_path / "out/half.txt").exists()
    assert copying(tmp_path, made).run(lambda line: None) is False


def test_a_damaged_stamp_only_costs_a_second_run(tmp_path: Path) -> None:
    made: list[str] = []
    (tmp_path / "source.txt").write_text("one")
    copying(tmp_path, made).run(lambda line: None)
    for stamp in (tmp_path / "stamps").iterdir():
        stamp.write_text("{")
    assert copying(tmp_path, made).run(lambda line: None) is True
