"""Real servers for the tests, on free ports of the loopback, started here and stopped by their process id."""

from __future__ import annotations

import os
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
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


@contextmanager
def memcached_server(*options: str, port: int | None = None) -> Iterator[int]:
    """A memcached with nothing in it; gives its port, a free one if none is named."""
    program = shutil.which("memcached")
    if program is None:
        pytest.fail(
            "memcached를 찾지 못했습니다. `apt-get install memcached` 또는 `scripts/test.py --fast`. / "
            "memcached is missing: install it, or run scripts/test.py --fast."
        )
    port = port or free_port()
    # As root it refuses to run without the name of another user.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [program, "-l", "127.0.0.1", "-p", str(port), *user, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_connection(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait_for_connection(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"memcached did not answer on port {port} (exit code {process.poll()})")
            time.sleep(0.02)


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
