"""A program that a run starts for itself: in a folder of its own, on the loopback, and gone when the run is."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

LOOPBACK = "127.0.0.1"
START_S = 10.0
"""How long a program may take to answer. Real time."""
A_MOMENT_S = 0.002
ATTEMPTS = 5
"""How often a port that was seen free may be somebody else's by the time that the program wants it."""

_STOP_S = 5.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class OwnProcess:
    """One process at a time. What it says goes to a file in `folder`, which is made when it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """0 when there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, words: Sequence[str], *, user: str | None = None) -> None:
        """`user`: somebody else to run it as, which only root can."""
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                words,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C at a terminal is for this program, which then ends its servers.
                start_new_session=True,
                user=user,
                preexec_fn=_end_with_parent,
            )

    def stop(self) -> None:
        """End it, by force if it does not go by itself. Without one, nothing."""
        if self._process is None:
            return
        self._process.terminate()
        # Not by `wait` with a timeout: it would sleep in the time of the lab.
        until = monotonic() + _STOP_S
        while self.running and monotonic() < until:
            sleep(A_MOMENT_S)
        self.kill()
        self._process = None

    def kill(self) -> None:
        """It dies at once, as when its machine does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """The last line that it said."""
        with suppress(OSError, IndexError):
            return (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1]
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _end_with_parent() -> None:
    """In the child, before the program runs: the kernel ends it when this process is gone, however that ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
