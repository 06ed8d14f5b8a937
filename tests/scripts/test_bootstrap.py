"""The set-up as a newcomer meets it: in a copy of the tree, with the real venv and pip, and no network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap

ROOT = bootstrap.ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A tree with the bootstrap, one requirement that cannot be had without a network, and a command that says hello."""
    (tmp_path / "scripts/commands").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/bootstrap.py", tmp_path / "scripts")
    shutil.copy(ROOT / "scripts/serve.py", tmp_path / "scripts")
    (tmp_path / "scripts/__init__.py").touch()
    (tmp_path / "scripts/commands/__init__.py").touch()
    (tmp_path / "scripts/commands/serve.py").write_text("import sys; print('hello', *sys.argv[1:])")
    (tmp_path / "requirements.txt").write_text("six==1.16.0 --hash=sha256:" + "0" * 64 + "\n")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    return tmp_path


def start(clone: Path, python: str = sys.executable, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "scripts/serve.py", "--port", "1"],
        cwd=clone,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_network_the_stage_is_named_and_the_next_start_begins_it_again(clone: Path) -> None:
    first = start(clone)
    assert first.returncode == 1
    assert "[파이썬 환경(.venv)] 단계에서 멈췄습니다" in first.stderr
    assert "인터넷 연결을 확인하세요" in first.stderr
    assert "Stopped in the stage" in first.stderr
    assert (clone / ".venv").exists(), "the half-made folder is there, as after a cut connection"
    assert not (clone / ".venv/.complete").exists()

    # The network is back: the same command must not trust what the first start left behind.
    (clone / "requirements.txt").write_text("")
    (clone / "node_modules").mkdir()
    digest = "import sys; sys.path.insert(0, 'scripts'); import bootstrap; print(bootstrap._node_digest(), end='')"
    stamp = subprocess.run([sys.executable, "-c", digest], cwd=clone, capture_output=True, text=True, check=True).stdout
    (clone / "node_modules/.complete").write_text(stamp)
    second = start(clone)
    assert second.returncode == 0, second.stderr
    assert "파이썬 환경(.venv) 준비됨" in second.stdout
    assert "hello --port 1" in second.stdout

    third = start(clone)
    assert third.stdout.strip() == "hello --port 1", "a finished stage is not done again"

    # A new version asks for other packages, and the one who pulled it has .venv activated.
    (clone / "requirements.txt").write_text("# other packages\n")
    (clone / "node_modules/.complete").write_text(
        subprocess.run([sys.executable, "-c", digest], cwd=clone, capture_output=True, text=True, check=True).stdout
    )
    fourth = start(clone, str(clone / ".venv/bin/python"))
    assert fourth.returncode == 0, fourth.stderr
    assert "파이썬 환경(.venv) 준비됨" in fourth.stdout
    assert "hello --port 1" in fourth.stdout


def test_a_too_old_python_with_no_newer_one_in_sight_says_what_to_install(tmp_path: Path) -> None:
    program = "import bootstrap; bootstrap.MINIMUM = (99, 0); bootstrap._modern_python()"
    seen = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "scripts",
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert seen.returncode == 1
    assert "Python 3.12 이상이 필요한데" in seen.stderr
    assert "Python 3.12 or newer is needed" in seen.stderr
    assert "Traceback" not in seen.stderr


def test_a_newer_python_in_pyenv_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "versions/3.13.0/bin/python3"
    newer.parent.mkdir(parents=True)
    newer.symlink_to(sys.executable)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap._candidates() == [str(newer)]
    assert bootstrap._is_modern(str(newer))
    assert not bootstrap._is_modern(str(tmp_path / "missing"))


def test_requirements_are_pinned_with_hashes_and_name_no_index() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    requirements = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(requirements) > 40
    assert all("==" in line for line in requirements)
    assert sum("--hash=sha256:" in line for line in lines) >= len(requirements)
    assert not [line for line in lines if "://" in line or "index-url" in line]
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
