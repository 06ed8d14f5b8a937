"""`python -m labs` in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labs.__main__ import main
from labs.engine.lab import load

LAB = load("cache-hit-miss")
ROOT = Path(__file__).resolve().parent.parent.parent


def test_list_shows_labs_and_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "cache-hit-miss  캐시 히트와 미스" in lines
    assert "  2. fill-on-miss  미스일 때 채우기" in lines


def test_run_prints_output_and_counters_of_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "cache-hit-miss"]) == 0
    out = capsys.readouterr().out
    assert out.count("── ") == 3
    assert "적중률 62.5%, DB 조회 3회" in out
    assert "히트 5 · 미스 3 · 적중률 62.5% · DB 읽기 3 · DB 쓰기 0" in out


def test_run_of_one_step_runs_that_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "cache-hit-miss", "look-first"]) == 0
    assert capsys.readouterr().out.count("── ") == 1


def test_check_passes_the_solutions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "cache-hit-miss"]) == 0
    assert "✘" not in capsys.readouterr().out


def test_an_exported_lab_fails_until_it_is_filled_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "my.py"
    assert main(["export", "cache-hit-miss", "--out", str(file)]) == 0
    assert main(["check", "cache-hit-miss", "--code", str(file)]) == 1
    assert "캐시에 묻지 않았습니다" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    for step in LAB.steps:
        assert step.starter in text
        text = text.replace(step.starter, step.solution)
    file.write_text(text, encoding="utf-8")
    assert main(["check", "cache-hit-miss", "--code", str(file)]) == 0


def test_export_prints_when_no_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "cache-hit-miss"]) == 0
    assert '# %% look-first title="캐시에 먼저 묻기"' in capsys.readouterr().out


def test_export_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "my.py"
    file.write_text("mine", encoding="utf-8")
    assert main(["export", "cache-hit-miss", "--out", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_file_with_the_code_of_one_step_is_checked_as_that_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "step.py"
    file.write_text(LAB.step("fill-on-miss").solution, encoding="utf-8")
    assert main(["check", "cache-hit-miss", "fill-on-miss", "--code", str(file)]) == 0
    assert main(["check", "cache-hit-miss", "--code", str(file)]) == 2
    assert "No step cells in the file" in capsys.readouterr().err


def test_an_error_is_explained_on_the_error_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "step.py"
    file.write_text("print('전')\nprint(cahce)\n", encoding="utf-8")
    assert main(["run", "cache-hit-miss", "look-first", "--code", str(file)]) == 1
    captured = capsys.readouterr()
    assert "전" in captured.out
    assert "NameError" in captured.err
    assert "`cahce` 이름을 찾을 수 없습니다" in captured.err


@pytest.mark.parametrize(
    "arguments",
    [["run", "nope"], ["check", "cache-hit-miss", "nope"], ["run", "cache-hit-miss", "--code", "no-such-file.py"]],
)
def test_a_request_that_makes_no_sense_exits_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--redis-url", "http://cache.example"], "알 수 없는 주소입니다"),
        (["--redis-url", "cache.example:6379"], "알 수 없는 주소입니다"),
        (["--redis-url", "redis://cache.example:port"], "호스트와 포트를 읽지 못했습니다"),
        (["--redis-url", "redis://cache.example/shop"], "호스트와 포트를 읽지 못했습니다"),
        (["--redis-url", "redis://127.0.0.1:1"], "127.0.0.1:1에 연결하지 못했습니다"),
        (["--redis-url", "redis://nowhere.invalid"], "`nowhere.invalid` 호스트를 찾지 못했습니다"),
        (["--memcached", "127.0.0.1:1,127.0.0.1:2"], "127.0.0.1:1에 연결하지 못했습니다"),
        (["--memcached", "redis://127.0.0.1"], "`--memcached`에서"),
        (["--cluster"], "`--cluster`는 `--redis-url`과 함께"),
        (["--ca-file", "ca.crt"], "`--ca-file`는 `--redis-url`과 함께"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_and_exits_with_two(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "cache-hit-miss", "look-first", *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "── " not in captured.out


def test_no_message_tells_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    for url in (
        "redis://:hush@127.0.0.1:1",
        "rediss://me:hush@127.0.0.1:port",
        "http://me:hush@cache.example",
        "hush@a",
    ):
        assert main(["run", "cache-hit-miss", "--redis-url", url]) == 2
        captured = capsys.readouterr()
        assert "hush" not in captured.out + captured.err


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("labs.engine.service.check", interrupted)
    assert main(["check", "cache-hit-miss"]) == 130
    assert "실행을 멈추었습니다." in capsys.readouterr().err


def test_wrong_usage_exits_with_two() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["dance"])


def test_what_labs_print_does_not_depend_on_the_process() -> None:
    def printed(seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "labs", "run", "cache-hit-miss"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Seoul" if seed == "1" else "America/New_York"},
            capture_output=True,
            check=True,
        ).stdout

    assert printed("1") == printed("2")
