"""Runs the engine so that a learner can stop it, and so that print() cannot flood the page.

Learner code is watched by `sys.monitoring`: each loop and each call of its own code objects is counted, and now and then the clock
is read. Where the browser can wait inside Python (JSPI) the worker listens for Stop every `_LISTEN_S`; where it cannot, the
deadline still holds. What runs in C in one piece is out of reach; then the page replaces the worker.

In the runtime bundle this is the module `lab_guard`. worker.ts calls `begin`, after which learner code cannot import it.
"""

import builtins
import gc
import importlib.abc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from time import perf_counter  # the real one, before any lab installs its clock
from types import CodeType, ModuleType, SimpleNamespace
from typing import NoReturn

from labs.engine import service

# Functions look built-in names up where their module says. A copy of its own keeps `del builtins.max` from blinding the watch.
globals()["__builtins__"] = vars(builtins).copy()

# redis-py reads its own version from a file for every client that is made.
metadata.version = cache(metadata.version)

_monitoring = sys.monitoring
_events = _monitoring.events
_EACH_WATCHED = (_events.PY_START, _events.PY_RESUME, _events.JUMP)
_WATCHED = sum(_EACH_WATCHED)
_TOOL = 4

_LISTEN_S = 0.05
# Reading the clock costs more than a turn of an empty loop, so it is read about this often and not at every event.
_LOOK_S = 0.005
_MOST_EVENTS_UNSEEN = 256

_MOST_CHARACTERS = 250_000
_MOST_LINES = 10_000
_SEND_CHARACTERS = 16_384
_CAPPED = "\n[출력이 너무 많아 여기까지만 보입니다. 코드는 끝까지 실행됩니다.]\n"

_NO_JAVASCRIPT = "실습 코드에서는 `{name}` 모듈을 쓸 수 없습니다. 브라우저와 네트워크는 막혀 있습니다."
_JAVASCRIPT = frozenset({"js", "pyodide_js"})
_LIBRARY = tuple(path for path in sys.path if path)
_LISTS = ("path", "meta_path", "path_hooks", "argv")


class Output:
    """What one run prints: sent in batches, and cut where it becomes too much."""

    def __init__(self, send: Callable[[str, str], None]) -> None:
        self._send = send
        self._stream = "stdout"
        self._parts: list[str] = []
        self._size = 0
        self._begun_at = 0.0
        self._characters = _MOST_CHARACTERS
        self._lines = _MOST_LINES

    def write(self, stream: str, text: str) -> None:
        """Take `text` for `stream`."""
        if self._characters <= 0 or not text:
            return
        if stream != self._stream:
            self.flush()
            self._stream = stream
        if not self._parts:
            self._begun_at = perf_counter()
        text = self._fitting(text)
        self._parts.append(text)
        self._size += len(text)
        if self._characters <= 0:
            self.flush()
            self._send("stderr", _CAPPED)
        elif self._size >= _SEND_CHARACTERS or perf_counter() - self._begun_at >= _LISTEN_S:
            self.flush()

    def flush(self) -> None:
        """Send what has gathered."""
        if self._parts:
            # Half of a surrogate pair cannot leave Python.
            self._send(self._stream, "".join(self._parts).encode("utf-8", "replace").decode("utf-8"))
            self._parts.clear()
        self._size = 0

    def _fitting(self, text: str) -> str:
        """As much of `text` as may still be shown. Afterwards `_characters` is 0 when nothing more may."""
        text = text[: self._characters]
        self._characters -= len(text)
        lines = text.count("\n")
        if lines < self._lines:
            self._lines -= lines
            return text
        self._characters = 0
        return "".join(text.splitlines(keepends=True)[: self._lines])


@dataclass(frozen=True)
class Worker:
    """What the worker lends to Python: how to print, and how to hear a stop.

    `wait` is run_sync of pyodide.ffi and `can_wait` its can_run_sync; `listen` returns a promise that is kept once waiting messages
    were heard, and `asked` says whether one of them was a stop.
    """

    send: Callable[[str, str], None]
    listen: Callable[[], object]
    asked: Callable[[], bool]
    wait: Callable[[object], object]
    can_wait: Callable[[], bool]


class Watch:
    """One run: whether it was stopped, and when its time is over. Its clock starts with the learner's first code."""

    def __init__(self, output: Output, deadline_s: float, worker: Worker) -> None:
        self._output = output
        self._deadline_s = deadline_s
        self._worker = worker
        self._started_at: float | None = None
        self._looked_at = 0.0
        self._listened_at = 0.0
        self._stride = 1
        self._unseen = 0
        self._verdict: type[service.Stopped] | None = None
        self._codes: list[CodeType] = []

    @contextmanager
    def guard(self, codes: list[CodeType]) -> Iterator[None]:
        """Watch `codes`, and whatever they exec, until the block ends (`labs.engine.trial.Guard`)."""
        now = perf_counter()
        if self._started_at is None:
            self._started_at = self._listened_at = now
        self._looked_at = now
        self._enter()
        _watching.append(self)
        try:
            for code in codes:
                self.watch(code)
            yield
        finally:
            _watching.remove(self)
            self._leave()

    def watch(self, code: CodeType) -> None:
        """Count the events of `code`."""
        _monitoring.set_local_events(_TOOL, code, _WATCHED)
        self._codes.append(code)

    def _enter(self) -> None:
        _claim()
        for event in _EACH_WATCHED:
            _monitoring.register_callback(_TOOL, event, self._count)

    def _leave(self) -> None:
        _claim()
        for code in self._codes:
            _monitoring.set_local_events(_TOOL, code, 0)
        for event in _EACH_WATCHED:
            _monitoring.register_callback(_TOOL, event, None)
        _monitoring.free_tool_id(_TOOL)
        self._codes.clear()

    def _count(self, code: CodeType, offset: int, destination: int = 0) -> None:
        self._unseen += 1
        if self._unseen >= self._stride:
            self._unseen = 0
            self._look()

    def _look(self) -> None:
        now = perf_counter()
        if now - self._listened_at >= _LISTEN_S:
            self._output.flush()
            # Not while JavaScript stands between this call and the worker's, as in a callback of the browser.
            if self._worker.can_wait():
                self._worker.wait(self._worker.listen())
            now = self._listened_at = perf_counter()
            if self._verdict is None and self._worker.asked():
                self._verdict = service.Stopped
        if self._verdict is None and self._started_at is not None and now - self._started_at >= self._deadline_s:
            self._verdict = service.DeadlineExceeded
        if self._verdict is not None:
            # Again at the very next event: a bare `except:` may swallow it once.
            self._stride = 1
            raise self._verdict
        pace = _LOOK_S / max(now - self._looked_at, 1e-6)
        self._stride = max(1, min(_MOST_EVENTS_UNSEEN, int(self._stride * min(pace, 4.0))))
        self._looked_at = now


def _claim() -> None:
    """Have the tool, whatever learner code did with it."""
    if _monitoring.get_tool(_TOOL) is None:
        _monitoring.use_tool_id(_TOOL, "lab")


# The watch whose learner code is running, if any: code made by exec() or eval() is announced here.
_watching: list[Watch] = []


def _on_audit(event: str, arguments: tuple[object, ...]) -> None:
    if event != "exec" or not _watching:
        return
    code = arguments[0]
    # Modules run unwatched: importing one is not a loop of the learner's.
    if isinstance(code, CodeType) and not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
        for inner in _nested(code):
            _watching[-1].watch(inner)


sys.addaudithook(_on_audit)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _nested(const)


class _NoJavaScript(importlib.abc.MetaPathFinder):
    """Explains the absence of the modules that lead to the browser."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] in _JAVASCRIPT:
            raise ModuleNotFoundError(_NO_JAVASCRIPT.format(name=fullname), name=fullname)


def _close_javascript() -> None:
    """Take away what was imported from the browser's side while Python started."""
    for name in [name for name in sys.modules if name.partition(".")[0] in _JAVASCRIPT]:
        del sys.modules[name]
    for name in ("pyodide.code", "pyodide._run_js"):
        module = sys.modules.get(name)
        for held in ("run_js", "eval", "eval_"):
            if hasattr(module, held):
                setattr(module, held, _refuse_javascript)
    sys.meta_path.insert(0, _NoJavaScript())
    _lend_event_loop()


def _lend_event_loop() -> None:
    """asyncio.run() looks up one setting through a JavaScript module: here is one that holds nothing else."""
    setting, parent = ModuleType("pyodide_js._api"), ModuleType("pyodide_js")
    vars(setting)["config"] = SimpleNamespace(enableRunUntilComplete=True)
    vars(parent).update(__path__=[], _api=setting)
    sys.modules |= {"pyodide_js": parent, "pyodide_js._api": setting}


def _refuse_javascript(*arguments: object) -> NoReturn:
    raise PermissionError(_NO_JAVASCRIPT.format(name="js"))


class _House:
    """What learner code may turn over in the interpreter, put back after each run."""

    def __init__(self) -> None:
        self._modules = dict(sys.modules)
        self._lists = [(name, getattr(sys, name), list(getattr(sys, name))) for name in _LISTS]
        self._environment = dict(os.environ)
        self._recursion = sys.getrecursionlimit()
        self._folder = os.getcwd()  # noqa: PTH109 - Path would import more than it tells
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        self._hooks = (sys.excepthook, sys.displayhook, sys.unraisablehook)

    def tidy(self) -> None:
        """Put everything back. Modules that a run imported on its own account go."""
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self._recursion)
        for name, kept, content in self._lists:
            kept[:] = content
            setattr(sys, name, kept)
        for name in sys.modules.keys() - self._modules.keys():
            if not _of_the_library(sys.modules[name]):
                del sys.modules[name]
        sys.modules.update(self._modules)
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        os.makedirs(self._folder, exist_ok=True)  # noqa: PTH103
        os.chdir(self._folder)
        sys.stdin, sys.stdout, sys.stderr = self._streams
        sys.excepthook, sys.displayhook, sys.unraisablehook = self._hooks
        gc.enable()


def _of_the_library(module: object) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(_LIBRARY)


def begin(
    send: Callable[[str, str], None],
    listen: Callable[[], object],
    asked: Callable[[], bool],
    wait: Callable[[object], object],
    can_wait: Callable[[], bool],
) -> tuple[Callable[[str, float], str], Callable[[], bool]]:
    """Prepare for learner code. Returns the two functions the worker calls: answer a request within a deadline (milliseconds),
    and tell whether Python is still sound. The arguments are those of `Worker`.
    """
    _close_javascript()
    sys.modules.pop(__name__, None)
    worker = Worker(send, listen, asked, wait, can_wait)
    house = _House()
    handle = service.handle

    def answer(request: str, deadline_ms: float) -> str:
        output = Output(send)
        try:
            return handle(request, output.write, Watch(output, deadline_ms / 1000, worker).guard)
        finally:
            output.flush()
            house.tidy()

    def sound() -> bool:
        return '"PONG"' in handle('{"op": "ping"}', _unheard)

    return answer, sound


def _unheard(stream: str, text: str) -> None:
    del stream, text
