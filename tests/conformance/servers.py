"""Real servers for the tests, on free ports of the loopback, started here and stopped by their process id."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

_PATIENCE_S = 10.0


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[int]:
    """A redis-server that keeps nothing; gives its port. `folder` is its working directory."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail(
            "redis-server를 찾지 못했습니다. `apt-get install redis-server` 또는 `scripts/test.py --fast`. / "
            "redis-server is missing: install it, or run scripts/test.py --fast."
        )
    port = _free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    client = redis.Redis(port=port)
    while True:
        try:
            client.ping()
            return
        except redis.ConnectionError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"redis-server did not answer on port {port} (exit code {process.poll()})")
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
