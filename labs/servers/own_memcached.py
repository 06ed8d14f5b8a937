"""A memcached of the labs' own: a private process on the loopback, which ends with this one."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from time import monotonic, sleep

from labs.servers.address import Address
from labs.servers.own_process import A_MOMENT_S, ATTEMPTS, LOOPBACK, START_S, OwnProcess, free_port
from labs.servers.trouble import ServerTroubleError


def find_memcached() -> str | None:
    """The path of the program, None when there is none."""
    return shutil.which("memcached")


class OwnMemcached:
    """One process, from `start` to `stop`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._process = OwnProcess(folder)
        self._port = 0

    @property
    def address(self) -> Address:
        return Address(LOOPBACK, self._port)

    def start(self) -> None:
        """Run the program on a free port, until it answers. Raises ServerTroubleError."""
        self._process.folder.mkdir(mode=0o700, exist_ok=True)
        # Root it refuses to be. By `-u` it would give that up itself, and no longer end with its parent.
        user = "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
        for _ in range(ATTEMPTS):
            self._port = free_port()
            self._process.start([self._program, "-l", LOOPBACK, "-p", str(self._port), "-U", "0"], user=user)
            if self._answers():
                return
            self.stop()
        raise ServerTroubleError(
            f"`{self._program}`이(가) 시작하지 못했습니다. 마지막으로 남긴 말: `{self._process.last_words()}`. "
            "이미 켜 둔 서버를 `--memcached 호스트:11211`로 적어 보세요."
        )

    def stop(self) -> None:
        # It has nothing to save, and would take up to a second to end when asked to.
        self._process.kill()

    def _answers(self) -> bool:
        until = monotonic() + START_S
        while self._process.running and monotonic() < until:
            try:
                socket.create_connection((LOOPBACK, self._port), START_S).close()
            except ConnectionRefusedError:
                sleep(A_MOMENT_S)
            else:
                return self._process.running
        return False
