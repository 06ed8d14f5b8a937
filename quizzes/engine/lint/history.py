"""The bank as it was at an older git version, for the rule about revisions."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from quizzes.engine.bank import BANK, RETIRED, ROOM, Bank, load
from quizzes.engine.errors import BankError


def bank_at(reference: str) -> Bank:
    """The bank of a commit, branch or tag. Raises BankError when git does not know it or its bank cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder)
        (old / BANK.name).mkdir()
        for name in _git("ls-tree", "--full-tree", "--name-only", f"{reference}:quizzes/{BANK.name}").split():
            (old / BANK.name / name).write_text(_git("show", f"{reference}:quizzes/{BANK.name}/{name}"), "utf-8")
        (old / RETIRED.name).write_text(_git("show", f"{reference}:quizzes/{RETIRED.name}"), "utf-8")
        return load(old / BANK.name, old / RETIRED.name)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOM, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BankError(f"git {' '.join(arguments)}: {done.stderr.strip()} 버전 이름을 확인하세요(unknown version).")
    return done.stdout
