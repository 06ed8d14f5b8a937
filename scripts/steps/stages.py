"""Named stages that are skipped while their inputs have not changed."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMPS = ROOT / "build" / "stamps"
_NEVER_INPUT = {"__pycache__", "node_modules", ".venv"}


class StageError(Exception):
    """A stage failed. `stage` is the Korean name the maintainer saw; the message says what was seen and what to do."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


@dataclass(frozen=True)
class Stage:
    """One step of a build.

    `inputs` are files or folders (folders count with everything below them); `settings` is any further text the result
    depends on. `make(out)` writes into a fresh folder that becomes `out` only when `make` has returned, so a half-made
    result is never taken for a finished one.
    """

    name: str
    out: Path
    inputs: tuple[Path, ...]
    make: Callable[[Path], None]
    settings: str = ""

    @property
    def _stamp(self) -> Path:
        return STAMPS / f"{hashlib.sha256(str(self.out).encode()).hexdigest()[:16]}.json"

    def run(self, say: Callable[[str], None] = print) -> bool:
        """Bring `out` up to date. Returns whether anything was made. Raises StageError."""
        digest = digest_of(self.inputs, self.settings)
        if self.out.exists() and self._recorded() == digest:
            say(f"▸ {self.name}: 그대로")
            return False
        started = time.monotonic()
        say(f"▸ {self.name} …")
        fresh = self.out.with_name(self.out.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        try:
            self.make(fresh)
        except StageError:
            raise
        except Exception as error:
            raise StageError(self.name, f"{type(error).__name__}: {error}") from error
        _replace(self.out, fresh)
        STAMPS.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(json.dumps({"stage": self.name, "digest": digest}))
        say(f"  {self.name}: 완료 ({time.monotonic() - started:.1f}초)")
        return True

    def _recorded(self) -> str | None:
        try:
            recorded = json.loads(self._stamp.read_text())["digest"]
        except (OSError, ValueError, KeyError):
            return None
        return str(recorded)


def digest_of(inputs: Iterable[Path], settings: str = "") -> str:
    """SHA-256 over the names and bytes of `inputs`, in a stable order, and over `settings`."""
    total = hashlib.sha256(settings.encode())
    for file in sorted(set(_files(inputs))):
        total.update(file.relative_to(ROOT).as_posix().encode() if file.is_relative_to(ROOT) else file.name.encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(inputs: Iterable[Path]) -> Iterable[Path]:
    for path in inputs:
        if path.is_dir():
            for folder, names, files in path.walk():
                names[:] = [name for name in names if name not in _NEVER_INPUT]
                yield from (folder / file for file in files)
        elif path.exists():
            yield path


def _replace(out: Path, fresh: Path) -> None:
    """Put `fresh` where `out` is. Two renames, so that a server reading `out` misses it only for an instant."""
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
