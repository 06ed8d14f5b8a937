"""Build the site, serve it, and build it again when a source changes."""

import argparse
import errno
import os
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from scripts.commands import build as build_command
from scripts.steps.stages import ROOT, StageError
from scripts.steps.static_server import Changes, StaticServer

SITE = ROOT / "site"
WATCHED = ("docs", "labs", "quizzes", "theme")
# Editors write a file in several steps; one build a burst is enough.
SETTLE_SECONDS = 0.3


def main() -> int:
    """Entry of `python3 scripts/serve.py`. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/serve.py", description="사이트를 준비하고 만들어 이 컴퓨터에서 보여 줍니다."
    )
    parser.add_argument("--host", default="127.0.0.1", help="들을 주소 (기본: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="들을 포트 (기본: 8000, 0이면 빈 포트)")
    parser.add_argument("--no-browser", action="store_true", help="브라우저를 열지 않습니다")
    parser.add_argument("--no-reload", action="store_true", help="파일이 바뀌어도 다시 만들지 않습니다")
    arguments = parser.parse_args()
    try:
        changes = None if arguments.no_reload else Changes()
        server = _listen(arguments.host, arguments.port, changes)
        build_command.build(SITE, server.url)
    except StageError as error:
        print(f"[{error.stage}] 단계에서 멈췄습니다.\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if changes:
        _watch(server.url, changes)
    print("\n사이트가 준비됐습니다. 끝내려면 Ctrl+C를 누르세요.")
    print(server.url, flush=True)
    if not arguments.no_browser and _has_desktop():
        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\n서버를 멈췄습니다.")
    return 0


def _listen(host: str, port: int, changes: Changes | None) -> StaticServer:
    """Take the port before the build starts, so that a taken port is said at once. Raises StageError."""
    try:
        return StaticServer(SITE, host, port, changes=changes)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = f"{port}번 포트를 다른 프로그램이 쓰고 있습니다. `--port {port + 1}`처럼 다른 포트를 정하세요."
        else:
            advice = f"{host}:{port}에서 들을 수 없습니다({error.strerror}). `--host`와 `--port`를 확인하세요."
        raise StageError("서버", advice) from error
    except OverflowError as error:
        raise StageError("서버", f"포트 {port}은(는) 쓸 수 없습니다. 0에서 65535 사이의 수를 정하세요.") from error


def _has_desktop() -> bool:
    """Whether opening a browser would show the learner a window (and not, say, start one in the terminal)."""
    return sys.stdout.isatty() and (
        sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    )


def _watch(url: str, changes: Changes) -> None:
    """Build again in a process of its own (so that changed Python is read afresh) whenever a source settles."""
    dirty = threading.Event()
    observer = Observer()
    for name in WATCHED:
        observer.schedule(_Marker(dirty), str(ROOT / name), recursive=True)
    observer.schedule(_Marker(dirty, only=ROOT / "mkdocs.yml"), str(ROOT), recursive=False)
    observer.daemon = True
    observer.start()

    def rebuild() -> None:
        while dirty.wait():
            dirty.clear()
            while dirty.wait(SETTLE_SECONDS):
                dirty.clear()
            command = [sys.executable, "-m", "scripts.commands.build", "--out", str(SITE), "--site-url", url]
            if subprocess.run(command, cwd=ROOT, check=False).returncode == 0:
                changes.announce()

    threading.Thread(target=rebuild, daemon=True).start()


class _Marker(FileSystemEventHandler):
    def __init__(self, dirty: threading.Event, only: Path | None = None) -> None:
        self._dirty = dirty
        self._only = only

    def on_any_event(self, event: FileSystemEvent) -> None:
        path = str(event.src_path)
        if event.event_type in {"opened", "closed_no_write"} or event.is_directory or "__pycache__" in path:
            return
        if self._only is None or path == str(self._only):
            self._dirty.set()


if __name__ == "__main__":
    sys.exit(main())
