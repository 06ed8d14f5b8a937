"""labs/player/runtime/guard.py on this Python: what the worker runs in the browser, with a stand-in for the worker.

sys.monitoring is the same here, so only the waiting (JSPI) is left to tests/browser/test_runtime.py.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from labs.engine import lab as catalog
from labs.engine import service

GUARD = Path(__file__).resolve().parents[2] / "labs/player/runtime/guard.py"
LAB = "cache-hit-miss"
STEP = "look-first"


@pytest.fixture(scope="module")
def guard() -> dict[str, Any]:
    """The namespace of guard.py, as the worker makes it."""
    namespace: dict[str, Any] = {"__name__": "lab_guard"}
    exec(compile(GUARD.read_text(encoding="utf-8"), "lab_guard.py", "exec"), namespace)
    return namespace


@dataclass
class FakeWorker:
    """Hears a stop the `stop_after`-th time it is given a moment to listen."""

    stop_after: int = 10**9
    waits: bool = True
    sent: list[tuple[str, str]] = field(default_factory=list)
    listened: int = 0

    def arguments(self) -> tuple[Callable[..., object], ...]:
        return (
            lambda stream, text: self.sent.append((stream, text)),
            self._listen,
            self._asked,
            self._wait,
            self._waits,
        )

    def _listen(self) -> object:
        self.listened += 1
        return self

    def _asked(self) -> bool:
        return self.listened >= self.stop_after

    def _wait(self, promise: object) -> object:
        return promise

    def _waits(self) -> bool:
        return self.waits

    @property
    def printed(self) -> str:
        return "".join(text for _, text in self.sent)


@pytest.fixture
def watched(guard: dict[str, Any]) -> Callable[..., None]:
    """Runs code under a watch."""

    def run(code: str, worker: FakeWorker, deadline_s: float = 5.0, scope: dict[str, object] | None = None) -> None:
        output = guard["Output"](lambda stream, text: worker.sent.append((stream, text)))
        watch = guard["Watch"](output, deadline_s, guard["Worker"](*worker.arguments()))
        compiled = compile(code, "step.py", "exec")
        try:
            with watch.guard(list(_nested(compiled))):
                exec(compiled, scope if scope is not None else {})
        finally:
            output.flush()

    return run


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


class TestStop:
    @pytest.mark.parametrize(
        "code",
        [
            "while True: pass",
            "def f():\n    while True: pass\nf()",
            "while True:\n    try:\n        x = 1\n    except: pass",
            "def f():\n    try:\n        while True: pass\n    except: pass\nwhile True: f()",
            "def g():\n    while True: yield\nfor _ in g(): pass",
            "import itertools\n[0 for n in itertools.count() if n < 0]",
            "class A:\n    def __next__(self): return 1\n    def __iter__(self): return self\nsum(A())",
            "exec('while True: pass')",
            "eval('[0 for n in iter(int, 1)]')",
        ],
    )
    def test_ends_whatever_python_runs(self, watched: Callable[..., None], code: str) -> None:
        worker = FakeWorker(stop_after=2)
        with pytest.raises(service.Stopped) as raised:
            watched(code, worker)
        assert not isinstance(raised.value, service.DeadlineExceeded)

    def test_keeps_what_the_program_had(self, watched: Callable[..., None]) -> None:
        scope: dict[str, object] = {}
        with pytest.raises(service.Stopped):
            watched("kept = 0\nwhile True: kept += 1", FakeWorker(stop_after=2), scope=scope)
        assert isinstance(scope["kept"], int)
        assert scope["kept"] > 0

    def test_listens_about_twenty_times_a_second(self, watched: Callable[..., None]) -> None:
        worker = FakeWorker()
        with pytest.raises(service.DeadlineExceeded):
            watched("while True: pass", worker, deadline_s=0.6)
        assert 4 <= worker.listened <= 13

    def test_looks_often_enough_where_each_turn_is_slow(self, watched: Callable[..., None]) -> None:
        worker = FakeWorker(stop_after=1)
        scope: dict[str, object] = {"turns": 0}
        with pytest.raises(service.Stopped):
            watched("for n in range(3000): x = n\nwhile True: turns += 1; sum(range(300_000))", worker, scope=scope)
        # The quick loop made looks rare; one such stretch into the slow loop, they come with every turn.
        turns = scope["turns"]
        assert isinstance(turns, int)
        assert turns < 300

    def test_does_not_wait_where_it_cannot(self, watched: Callable[..., None]) -> None:
        worker = FakeWorker(waits=False)
        with pytest.raises(service.DeadlineExceeded):
            watched("while True: pass", worker, deadline_s=0.2)
        assert worker.listened == 0


class TestDeadline:
    def test_ends_a_program_in_time(self, watched: Callable[..., None]) -> None:
        started = time.perf_counter()
        with pytest.raises(service.DeadlineExceeded):
            watched("while True: pass", FakeWorker(), deadline_s=0.3)
        assert 0.29 <= time.perf_counter() - started < 2

    def test_leaves_a_program_alone_that_is_quick(self, watched: Callable[..., None]) -> None:
        scope: dict[str, object] = {}
        watched("total = sum(n for n in range(1000))", FakeWorker(), scope=scope)
        assert scope["total"] == 499_500

    def test_counts_all_parts_of_a_request_together(self, guard: dict[str, Any]) -> None:
        output = guard["Output"](lambda stream, text: None)
        watch = guard["Watch"](output, 0.4, guard["Worker"](*FakeWorker().arguments()))
        code = compile(
            "import time\nend = time.perf_counter() + 0.25\nwhile time.perf_counter() < end: pass", "a.py", "exec"
        )
        with watch.guard([code]):
            exec(code, {})
        with pytest.raises(service.DeadlineExceeded), watch.guard([code]):
            exec(code, {})

    def test_watches_no_code_afterwards(self, watched: Callable[..., None]) -> None:
        scope: dict[str, object] = {}
        watched(
            "def later():\n    for n in range(100_000): pass\n    return n", FakeWorker(), deadline_s=0.05, scope=scope
        )
        later = scope["later"]
        assert callable(later)
        time.sleep(0.06)
        assert later() == 99_999
        assert sys.monitoring.get_tool(4) is None

    def test_survives_a_program_that_takes_the_watch_away(self, watched: Callable[..., None]) -> None:
        watched("import sys\nsys.monitoring.free_tool_id(4)", FakeWorker())
        with pytest.raises(service.Stopped):
            watched("while True: pass", FakeWorker(stop_after=1))


class TestOutput:
    def test_sends_in_batches_and_in_order(self, guard: dict[str, Any]) -> None:
        sent: list[tuple[str, str]] = []
        output = guard["Output"](lambda stream, text: sent.append((stream, text)))
        for n in range(100):
            output.write("stdout", f"{n}\n")
        output.write("stderr", "저런\n")
        output.write("stdout", "끝\n")
        output.flush()
        assert sent == [
            ("stdout", "".join(f"{n}\n" for n in range(100))),
            ("stderr", "저런\n"),
            ("stdout", "끝\n"),
        ]

    def test_sends_before_a_batch_grows_large(self, guard: dict[str, Any]) -> None:
        sent: list[str] = []
        output = guard["Output"](lambda stream, text: sent.append(text))
        output.write("stdout", "가" * 20_000)
        assert sent == ["가" * 20_000]

    @pytest.mark.parametrize(("piece", "times"), [("x\n", 20_000), ("y" * 1_000, 1_000)], ids=["lines", "characters"])
    def test_cuts_a_flood_once_and_says_so(self, guard: dict[str, Any], piece: str, times: int) -> None:
        sent: list[tuple[str, str]] = []
        output = guard["Output"](lambda stream, text: sent.append((stream, text)))
        for _ in range(times):
            output.write("stdout", piece)
        output.flush()
        printed = "".join(text for stream, text in sent if stream == "stdout")
        assert len(printed) <= 250_000
        assert printed.count("\n") <= 10_000
        assert len(printed) >= 20_000
        assert [text for stream, text in sent if stream == "stderr"] == [guard["_CAPPED"]]
        assert sent[-1] == ("stderr", guard["_CAPPED"])

    def test_cuts_one_huge_text(self, guard: dict[str, Any]) -> None:
        sent: list[tuple[str, str]] = []
        output = guard["Output"](lambda stream, text: sent.append((stream, text)))
        output.write("stdout", "\n" * 300_000)
        assert sent == [("stdout", "\n" * 10_000), ("stderr", guard["_CAPPED"])]

    def test_sends_half_a_character_as_a_question_mark(self, guard: dict[str, Any]) -> None:
        sent: list[str] = []
        output = guard["Output"](lambda stream, text: sent.append(text))
        output.write("stdout", "\ud800!")
        output.flush()
        assert sent == ["?!"]


@pytest.fixture
def begun(guard: dict[str, Any]) -> Iterator[tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]]]:
    """The functions that `begin` gives the worker. What it does to this interpreter is undone."""
    worker = FakeWorker()
    finders = list(sys.meta_path)
    sys.modules["js"] = ModuleType("js")
    answer, sound = guard["begin"](*worker.arguments())
    yield worker, answer, sound
    sys.meta_path[:] = finders
    for name in ("pyodide_js", "pyodide_js._api"):
        del sys.modules[name]


def request(op: str, code: str) -> str:
    return json.dumps({"op": op, "lab": LAB, "step": STEP, "code": code, "accepted": {}})


class TestBegin:
    def test_answers_requests(self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]]) -> None:
        worker, answer, sound = begun
        report = json.loads(answer(request("run", "print('안녕')"), 10_000))
        assert report["outcome"] == "ok"
        assert worker.printed == "안녕\n"
        assert sound()

    def test_checks_a_solution(self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]]) -> None:
        _, answer, _ = begun
        report = json.loads(answer(request("check", catalog.load(LAB).step(STEP).solution), 10_000))
        assert report["outcome"] == "passed", report["message"]

    @pytest.mark.parametrize(
        "before", ["", "import builtins\nvars(builtins).clear()\n"], ids=["plain", "without built-in names"]
    )
    def test_ends_a_request_by_its_deadline(
        self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]], before: str
    ) -> None:
        _, answer, sound = begun
        report = json.loads(answer(request("run", f"{before}while True:\n    try: x = 1\n    except: pass"), 200))
        assert report["outcome"] == "deadline"
        assert sound()

    @pytest.mark.parametrize("code", ["import js", "from js import fetch", "import js.document"])
    def test_explains_that_there_is_no_browser(
        self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]], code: str
    ) -> None:
        _, answer, _ = begun
        error = json.loads(answer(request("run", code), 10_000))["error"]
        assert error["type"] == "ModuleNotFoundError"
        assert "쓸 수 없습니다" in error["message"]

    @pytest.mark.parametrize(
        "code",
        [
            "import sys\nsys.path.clear()\nsys.path = []\nsys.meta_path.clear()",
            "import sys\nsys.setrecursionlimit(80)",
            "import sys\nfor name in [n for n in sys.modules if n.startswith('labs')]: del sys.modules[name]",
            "import os\nos.chdir('/')\nos.environ['PATH'] = ''",
            "import sys\nsys.stdout = None\nsys.excepthook = None",
            "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
            "import gc\ngc.disable()",
        ],
    )
    def test_puts_the_interpreter_back_in_order(
        self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]], code: str
    ) -> None:
        _, answer, sound = begun
        before = _house()
        assert json.loads(answer(request("run", code), 10_000))["outcome"] == "ok"
        assert _house() == before
        assert sound()
        assert json.loads(answer(request("run", "import json\nprint(json.dumps([1]))"), 10_000))["outcome"] == "ok"

    def test_forgets_modules_that_a_learner_made(
        self, begun: tuple[FakeWorker, Callable[[str, float], str], Callable[[], bool]]
    ) -> None:
        _, answer, _ = begun
        answer(request("run", "import sys, types\nsys.modules['shared'] = types.ModuleType('shared')"), 10_000)
        error = json.loads(answer(request("run", "import shared"), 10_000))["error"]
        assert error["type"] == "ModuleNotFoundError"


def _house() -> dict[str, object]:
    import gc
    import os

    return {
        "path": list(sys.path),
        "finders": list(sys.meta_path),
        "recursion": sys.getrecursionlimit(),
        "folder": Path.cwd(),
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "stdout": sys.stdout,
        "excepthook": sys.excepthook,
        "trace": sys.gettrace(),
        "gc": gc.isenabled(),
        "engine": sys.modules.get("labs.engine.service"),
    }
