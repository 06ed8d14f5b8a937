"""Make the project runnable from nothing but git and a Python, then hand over to the real command.

`serve.py`, `test.py`, `build.py` and `bench.py` call :func:`enter`. It finds a Python >= 3.12, makes `.venv` from the
hash-pinned `requirements.txt`, makes `node_modules` with the Node that `.venv` carries, and replaces this process by
`.venv/bin/python -m scripts.commands.<command>`.

This one file is read by whatever `python3` the newcomer has, so it keeps to syntax that Python 3.8 can run and to the
standard library. A stage counts as done only when its stamp, written last, matches its inputs: an interrupted start never
leaves something that looks finished.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
MINIMUM = (3, 12)
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
LOGS = ROOT / "build" / "logs"

NO_PYTHON = (
    "Python 3.12 이상이 필요한데 {seen}만 찾았습니다. https://www.python.org/downloads/ 에서 3.13을 설치하거나 "
    "`uv python install 3.13`을 실행한 뒤 다시 시작하세요. / "
    "Python 3.12 or newer is needed, only {seen} was found: install 3.13 and start again."
)


class SetupError(Exception):
    """A stage of the set-up failed. `stage` is its name; the message says what was seen and what to do."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


def enter(command: str) -> None:
    """Set the project up and become `python -m scripts.commands.<command>` with the caller's arguments.

    Never returns: the process is replaced, or ends with status 1 after a sentence that says what to do.
    """
    python = _modern_python()
    if python != sys.executable:
        # The newer interpreter must also be the one that makes .venv.
        os.execv(python, [python, *sys.argv])
    if not any(flag in sys.argv[1:] for flag in ("-h", "--help")) or not VENV_PYTHON.exists():
        try:
            with _lock():
                prepare()
        except SetupError as error:
            _fail(
                f"[{error.stage}] 단계에서 멈췄습니다. {error} 다시 실행하면 이 단계부터 이어 갑니다. / "
                f"Stopped in the stage '{error.stage}'; running the command again resumes there."
            )
        except KeyboardInterrupt:
            _fail(
                "준비를 멈췄습니다. 다시 실행하면 이어 갑니다. / Set-up interrupted; run the command again to resume."
            )
    os.chdir(str(ROOT))
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONUTF8="1")
    # Some images set it; but here dozens of processes import the same modules.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execve(str(VENV_PYTHON), [str(VENV_PYTHON), "-m", f"scripts.commands.{command}", *sys.argv[1:]], environment)


def prepare() -> None:
    """Make `.venv` and `node_modules` match their pinned lists. Raises SetupError."""
    _stage("파이썬 환경(.venv)", VENV / ".complete", _venv_digest(), _make_venv)
    _stage("Node 패키지(node_modules)", NODE_MODULES / ".complete", _node_digest(), _make_node_modules)


def _stage(name: str, stamp: Path, digest: str, make: Callable[[str], None]) -> None:
    """Run `make` unless `stamp` already holds `digest`; write the stamp only after `make` has succeeded."""
    if stamp.exists() and stamp.read_text() == digest:
        return
    started = time.monotonic()
    print(f"▸ {name} 준비 중 …", flush=True)
    stamp.unlink(missing_ok=True)
    make(name)
    stamp.write_text(digest)
    print(f"  {name} 준비됨 ({time.monotonic() - started:.0f}초)", flush=True)


def _venv_digest() -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    return _digest([ROOT / "requirements.txt"], extra=f"{version} {VENV}")


def _node_digest() -> str:
    return _digest([ROOT / "package.json", ROOT / "package-lock.json", ROOT / "requirements.txt"])


def _digest(files: list[Path], extra: str = "") -> str:
    total = hashlib.sha256(extra.encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def _make_venv(stage: str) -> None:
    if VENV.exists():
        shutil.rmtree(str(VENV))
    _run(
        stage, [sys.executable, "-m", "venv", str(VENV)], "venv 모듈이 없다면 `apt install python3-venv`로 설치하세요."
    )
    _run(
        stage,
        [
            str(VENV_PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(ROOT / "requirements.txt"),
        ],
        "인터넷 연결을 확인하세요.",
    )


def _make_node_modules(stage: str) -> None:
    environment = dict(os.environ, PATH=f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    _run(
        stage,
        [str(VENV / "bin" / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "인터넷 연결을 확인하세요.",
        environment,
    )


def _run(stage: str, command: list[str], advice: str, environment: dict[str, str] | None = None) -> None:
    """Run a command with its output in a log; on failure raise SetupError with the log's last lines."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "setup.log"
    with log.open("w") as out:
        status = subprocess.call(
            command, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=environment
        )
    if status != 0:
        tail = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-6:])
        raise SetupError(stage, f"명령이 실패했습니다(종료 코드 {status}). {advice}\n{tail}\n")


def _modern_python() -> str:
    """Path of an interpreter >= MINIMUM: this one, or one on PATH, in pyenv, or known to uv. Ends the process if none."""
    if sys.version_info[:2] >= MINIMUM:
        # Whoever works with .venv activated runs the interpreter that a new .venv takes away: the one below it makes it.
        return os.path.realpath(sys.executable) if Path(sys.prefix).resolve() == VENV.resolve() else sys.executable
    for candidate in _candidates():
        if _is_modern(candidate):
            return candidate
    _fail(NO_PYTHON.format(seen=f"Python {sys.version_info[0]}.{sys.version_info[1]}"))
    raise AssertionError("unreachable")


def _candidates() -> list[str]:
    names = ["python3.13", "python3.14", "python3.12", "python3", "python"]
    found = [path for path in map(shutil.which, names) if path]
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    found += sorted((str(path) for path in pyenv.glob("3.*/bin/python3")), reverse=True)
    uv = shutil.which("uv")
    if uv:
        asked = subprocess.run(
            [uv, "python", "find", ">=3.12"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True
        )
        found += [asked.stdout.strip()] if asked.returncode == 0 else []
    return found


def _is_modern(python: str) -> bool:
    test = f"import sys, venv; sys.exit(sys.version_info[:2] < {MINIMUM})"
    try:
        return subprocess.call([python, "-c", test], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


class _lock:  # noqa: N801 - used as a function
    """Two starts at once must not make `.venv` at the same time: the second waits for the first."""

    def __enter__(self) -> None:
        import fcntl

        (ROOT / "build").mkdir(exist_ok=True)
        self._file = (ROOT / "build" / "setup.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("다른 창에서 준비하고 있어 기다립니다 …", flush=True)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *exc: object) -> None:
        self._file.close()


def _fail(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
    sys.exit(1)
