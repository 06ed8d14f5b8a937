"""The lab runtime by itself, in a real browser, on a page with the site's policy from a host that sends no headers.

No player: runtime_page.ts puts `labRuntime()` into the page and the tests speak to it. What can be decided without a browser is in
labs/player/runtime/*.test.ts and tests/labs/test_guard.py.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from labs.engine import lab as catalog
from scripts.commands.build import build_runtime
from scripts.steps.browser_bundle import WORKER, defines, runtime_id
from scripts.steps.post import csp
from scripts.steps.stages import ROOT
from scripts.steps.static_server import StaticServer
from tests.browser.conftest import wait_until_kept

pytestmark = pytest.mark.browser

LAB = "cache-hit-miss"
STEP = "look-first"
# Booting takes two seconds on a quiet machine; this is for a busy one.
BOOT_MS = 60_000
POLICY = csp.policy_of(())
PAGE = f"""<!doctype html><html lang="ko"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>실습 실행 환경</title><link rel="icon" href="data:,"><script type="module" src="assets/app/page.js"></script></html>"""

SCRIPTS = {
    "tests/browser/runtime_page.ts": "page.js",
    "tests/browser/runtime_probe_worker.ts": "probe-worker.js",
    WORKER: "lab-worker.js",
}

type Json = dict[str, Any]


@dataclass(frozen=True)
class Lab:
    """A page with the runtime on it, and what it requested."""

    page: Page
    requests: list[str]

    def ask(
        self, op: str, code: str, *, step: str = STEP, accepted: Json | None = None, deadline_ms: int = 10_000
    ) -> Json:
        """Run or check `code`. Returns the report, with `printed` and the milliseconds it `took`."""
        request = {"lab": LAB, "step": step, "code": code, "accepted": accepted or {}, "deadlineMs": deadline_ms}
        return self._evaluate(
            """async ([op, request]) => {
              const printed = [];
              const started = performance.now();
              const answer = lab[op](request, (chunk) => printed.push(chunk));
              const report = await answer.catch((failure) => ({ outcome: "refused", message: failure.message }));
              return { ...report, printed, took: performance.now() - started };
            }""",
            [op, request],
        )

    def run(self, code: str, **options: Any) -> Json:
        return self.ask("run", code, **options)

    def check(self, code: str, **options: Any) -> Json:
        return self.ask("check", code, **options)

    def run_and_stop(self, code: str, after_ms: int = 300) -> Json:
        """Run `code` and press Stop after a while. Adds how long `stopping` took."""
        request = {"lab": LAB, "step": STEP, "code": code, "accepted": {}}
        return self._evaluate(
            """async ([request, after]) => {
              const running = lab.run(request, () => undefined);
              await new Promise((resolve) => setTimeout(resolve, after));
              const pressed = performance.now();
              await lab.stop();
              const stopping = performance.now() - pressed;
              return { ...(await running), stopping };
            }""",
            [request, after_ms],
        )

    def wait_until_ready(self) -> float:
        """Milliseconds until Python is there."""
        waited = self._evaluate(
            "async () => { const t = performance.now(); await lab.names('cache-hit-miss'); return { ms: performance.now() - t }; }"
        )
        return float(waited["ms"])

    @property
    def boots(self) -> int:
        """How many workers have come to life on this page."""
        return int(self.page.evaluate("performance.getEntriesByName('lab-boot').length"))

    def _evaluate(self, script: str, argument: object = None) -> Json:
        answer = self.page.evaluate(script, argument)
        assert isinstance(answer, dict)
        return answer


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served: below a path, as on Pages."""
    runtime = build_runtime(lambda line: None)
    site = tmp_path_factory.mktemp("runtime-site")
    app = site / "assets/app"
    bundle_id = runtime_id(runtime)
    shutil.copytree(runtime, site / "assets/runtime" / bundle_id)
    esbuild = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/esbuild/bin/esbuild")]
    options = ["--bundle", "--format=esm", "--loader:.py=text", *defines(runtime)]
    for entry, name in SCRIPTS.items():
        command = [*esbuild, entry, f"--outfile={app / name}", *options, "--log-level=warning"]
        subprocess.run(command, cwd=ROOT, check=True)
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    server = StaticServer(site, "127.0.0.1", 0, base="/repo/")
    stop = server.start()
    yield server.url
    stop()


def opened(context: BrowserContext, address: str) -> Lab:
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.set_default_timeout(BOOT_MS)
    page.goto(address)
    return Lab(page, requests)


@pytest.fixture(scope="module")
def lab(browser: Browser, address: str) -> Iterator[Lab]:
    """One page for the whole module: its worker is meant to survive whatever the tests do to it."""
    context = browser.new_context(locale="ko-KR")
    shared = opened(context, address)
    shared.wait_until_ready()
    yield shared
    context.close()


@pytest.fixture
def fresh(browser: Browser, address: str) -> Iterator[Lab]:
    """A page of a browser that has never been here."""
    context = browser.new_context(locale="ko-KR")
    yield opened(context, address)
    context.close()


def begin_workers_with(context: BrowserContext, script: str) -> None:
    """Every worker of `context` runs `script` before its own: the way to a browser that lacks something."""

    def add(route: Route) -> None:
        route.fulfill(body=f"{script};\n{route.fetch().text()}", content_type="text/javascript")

    context.route("**/lab-worker.js", add)


def warnings_of(lab: Lab) -> list[str]:
    """What the console of the page and of its workers says from now on."""
    said: list[str] = []
    lab.page.on("console", lambda message: said.append(message.text))
    return said


def solution(step: str) -> str:
    return catalog.load(LAB).step(step).solution


def starter(step: str) -> str:
    return catalog.load(LAB).step(step).starter


class TestBoot:
    def test_loads_with_progress_and_answers(self, fresh: Lab) -> None:
        seen = fresh.page.evaluate(
            """async () => {
              const seen = [];
              lab.onStatus((status) => seen.push(status));
              await lab.names("cache-hit-miss");
              return seen;
            }"""
        )
        progress = [status["progress"] for status in seen if status["state"] == "loading"]
        assert progress == sorted(progress)
        assert len(set(progress)) >= 4, "progress comes from the bytes that arrive"
        assert any("MB" in status["note"] for status in seen if status["state"] == "loading")
        assert seen[-1] == {"state": "ready"}

    def test_asks_its_own_host_only_and_for_no_wheel(self, lab: Lab, address: str) -> None:
        own = [url for url in lab.requests if not url.startswith(("blob:", "data:"))]
        assert own
        assert [url for url in own if not url.startswith(address)] == []
        assert [url for url in own if ".whl" in url] == []

    def test_needs_no_request_once_it_is_there(self, lab: Lab) -> None:
        before = len(lab.requests)
        assert lab.check(solution(STEP))["outcome"] == "passed"
        assert len(lab.requests) == before

    def test_says_what_went_wrong_on_the_way_and_tries_again(self, fresh: Lab) -> None:
        fresh.page.context.set_offline(True)
        assert self._failure(fresh) == "network"
        assert "인터넷 연결" in fresh.page.evaluate("lab.status.message")
        fresh.page.context.set_offline(False)

        damaged = "**/redis-*.zip.bin"

        def spoil(route: Route) -> None:
            body = bytearray(route.fetch().body())
            body[len(body) // 2] ^= 1
            route.fulfill(body=bytes(body))

        fresh.page.context.route(damaged, spoil)
        assert self._failure(fresh) == "damaged"
        assert "온전하지 않습니다" in fresh.page.evaluate("lab.status.message")
        fresh.page.context.unroute(damaged)
        fresh.wait_until_ready()

    def test_outlives_an_error_in_a_stray_callback(self, fresh: Lab) -> None:
        stray = """
        const { postMessage } = MessagePort.prototype;
        MessagePort.prototype.postMessage = function (message, ...rest) {
          if (message?.type === "ready") setInterval(() => { throw new Error("stray"); }, 50);
          return postMessage.call(this, message, ...rest);
        };
        """

        warned = warnings_of(fresh)
        begin_workers_with(fresh.page.context, stray)
        fresh.wait_until_ready()
        fresh.page.wait_for_timeout(200)
        assert fresh.check(solution(STEP))["outcome"] == "passed"
        assert any("stray" in text for text in warned), "nothing went astray"
        assert fresh.boots == 1

    @staticmethod
    def _failure(lab: Lab) -> str:
        return str(lab.page.evaluate("lab.names('cache-hit-miss').then(() => 'none', (failure) => failure.code)"))


def visit_of(context: BrowserContext, address: str) -> tuple[Lab, Json]:
    """A page with Python ready, and the stages of its boot."""
    visit = opened(context, address)
    visit.wait_until_ready()
    return visit, visit.page.evaluate("performance.getEntriesByName('lab-boot')[0].detail")


@pytest.fixture(scope="module")
def visited(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser in which a first visit has left what it leaves."""
    context = browser.new_context(locale="ko-KR")
    first, stages = visit_of(context, address)
    assert "download" in stages
    assert "kept" not in stages
    wait_until_kept(first.page)
    first.page.close()
    yield context
    context.close()


@contextmanager
def restored_afterwards(context: BrowserContext, address: str) -> Iterator[Page]:
    """A page without Python to change what is kept from; afterwards it is what it was."""
    copy = """async ([from, to]) => {
      const [source, target] = await Promise.all([caches.open(from), caches.open(to)]);
      for (const request of await source.keys()) await target.put(request, await source.match(request));
    }"""
    page = context.new_page()
    page.goto(address)
    name = page.evaluate("caches.keys().then((names) => names.find((name) => name.startsWith('lab-python')))")
    page.evaluate(copy, [name, "saved"])
    yield page
    page.evaluate(copy, ["saved", name])
    page.evaluate("caches.delete('saved')")
    page.close()


@pytest.fixture(scope="module")
def second(visited: BrowserContext, address: str) -> Iterator[Lab]:
    """A page of that browser on its second visit."""
    visit, stages = visit_of(visited, address)
    assert "download" not in stages
    assert "kept" in stages
    yield visit
    visit.page.close()


class TestSecondVisit:
    """Python's memory is kept after the first visit, and what is kept may be anything by the time it is needed."""

    def test_begins_with_the_memory_of_the_first(self, second: Lab) -> None:
        assert [url for url in second.requests if "python_stdlib" in url or ".wasm" in url] == []
        assert second.check(solution(STEP))["outcome"] == "passed"
        assert second.check(starter(STEP))["outcome"] == "failed"

    def test_imports_what_no_lab_had_imported_yet(self, second: Lab) -> None:
        """Files are not part of memory: they are kept beside it and put back."""
        code = "import fractions, redis.sentinel, pymemcache.client.hash\nprint(fractions.Fraction(1, 3))"
        assert second.run(code)["printed"] == [{"stream": "stdout", "text": "1/3\n"}]

    def test_stops_and_locks_as_ever(self, second: Lab) -> None:
        assert second.run_and_stop("while True: pass")["outcome"] == "stopped"
        assert second.boots == 1
        assert REFUSAL in second.run("import js")["error"]["message"]

    def test_chance_is_not_kept(self, second: Lab, visited: BrowserContext, address: str) -> None:
        code = "import random, uuid\nprint(uuid.uuid4(), random.SystemRandom().random())"
        third, _ = visit_of(visited, address)
        assert second.run(code)["printed"][0]["text"] != third.run(code)["printed"][0]["text"]
        third.page.close()

    def test_the_worker_after_a_dead_one_begins_with_it_too(self, visited: BrowserContext, address: str) -> None:
        visit, _ = visit_of(visited, address)
        assert visit.run("import os\nos._exit(1)")["outcome"] == "internal"
        visit.wait_until_ready()
        assert "download" not in visit.page.evaluate("performance.getEntriesByName('lab-boot')[1].detail")
        visit.page.close()

    @pytest.mark.parametrize(
        "damage",
        [
            "const bytes = new Uint8Array(await (await store.match(memory)).arrayBuffer());"
            " bytes.fill(255, 0, 64); await store.put(memory, new Response(bytes))",
            "const bytes = new Uint8Array(await (await store.match(memory)).arrayBuffer());"
            " bytes.fill(255, 4_000_000, 30_000_000); await store.put(memory, new Response(bytes))",
            "await store.delete(memory.replace('memory', 'python_stdlib.zip'))",
            "await store.put(memory.replace('memory', 'pyodide.asm.wasm'), new Response('no'))",
        ],
        ids=["no snapshot", "garbage", "a file is gone", "a file is garbage"],
    )
    def test_starts_without_it_when_it_turns_out_to_be_damaged(
        self, visited: BrowserContext, address: str, damage: str
    ) -> None:
        with restored_afterwards(visited, address) as spoiler:
            spoiler.evaluate(
                f"""async () => {{
                  const store = await caches.open((await caches.keys()).find((name) => name.startsWith("lab-python")));
                  const memory = (await store.keys()).map((request) => request.url).find((url) => url.endsWith("/memory"));
                  {damage};
                }}"""
            )
            visit, stages = visit_of(visited, address)
            assert "download" in stages
            assert visit.check(solution(STEP))["outcome"] == "passed"
            visit.page.close()


IN_DATABASES = (
    """indexedDB.databases().then((all) => all.map(({ name }) => name).filter((name) => name.startsWith("lab-")))"""
)
IN_CACHES = """caches.keys().then((names) => names.filter((name) => name.startsWith("lab-")))"""
NO_CACHES = "Object.defineProperty(globalThis, 'caches', { value: undefined })"


class TestStorageFaults:
    """Whatever the browser's storage does, Python starts; the console tells what happened."""

    def test_keeps_in_indexeddb_where_there_is_no_cache_storage(self, fresh: Lab, address: str) -> None:
        begin_workers_with(fresh.page.context, NO_CACHES)
        fresh.wait_until_ready()
        assert fresh.page.evaluate(IN_DATABASES) == [], "looking for memory leaves nothing behind"
        assert fresh.page.evaluate("keep()")["bytes"] > 30_000_000
        fresh.page.reload()
        fresh.wait_until_ready()
        assert "download" not in fresh.page.evaluate("performance.getEntriesByName('lab-boot')[0].detail")
        assert fresh.check(solution(STEP))["outcome"] == "passed"
        (kept,) = fresh.page.evaluate(IN_DATABASES)

        # A browser that has been to a later version of this site.
        fresh.page.evaluate(
            """(name) => new Promise((resolve, reject) => {
              const request = indexedDB.open(name, 99);
              request.onsuccess = () => resolve(request.result.close());
              request.onerror = () => reject(request.error);
            })""",
            kept,
        )
        fresh.page.reload()
        warned = warnings_of(fresh)
        fresh.wait_until_ready()
        assert fresh.check(solution(STEP))["outcome"] == "passed"
        assert any("VersionError" in text for text in warned)

    def test_starts_where_storage_refuses_or_never_answers(self, fresh: Lab) -> None:
        begin_workers_with(
            fresh.page.context,
            """Object.defineProperty(globalThis, "caches", { get() { throw new DOMException("no", "SecurityError"); } });
            IDBFactory.prototype.databases = () => new Promise(() => undefined)""",
        )
        warned = warnings_of(fresh)
        fresh.wait_until_ready()
        assert fresh.check(solution(STEP))["outcome"] == "passed"
        assert any("SecurityError" in text for text in warned)
        assert any("TimeoutError" in text for text in warned)

    def test_leaves_nothing_on_a_disk_that_fills_up_meanwhile(self, fresh: Lab, address: str) -> None:
        session = fresh.page.context.new_cdp_session(fresh.page)
        origin = "/".join(address.split("/")[:3])
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 20_000_000})
        # There was room when it was asked.
        begin_workers_with(fresh.page.context, "navigator.storage.estimate = async () => ({ quota: 1e12, usage: 0 })")
        fresh.wait_until_ready()
        kept = fresh.page.evaluate("keep()")
        assert kept["type"] == "failed"
        assert "QuotaExceededError" in kept["detail"]
        assert fresh.page.evaluate(IN_CACHES) == []
        assert fresh.page.evaluate(IN_DATABASES) == []
        assert fresh.check(solution(STEP))["outcome"] == "passed"

    def test_two_tabs_keep_one_memory(self, fresh: Lab, address: str) -> None:
        other = opened(fresh.page.context, address)
        for tab in (fresh, other):
            tab.page.evaluate("void (globalThis.kept = keep())")
        kept = [tab.page.evaluate("kept") for tab in (fresh, other)]
        assert sorted(message["bytes"] > 0 for message in kept) == [False, True]
        for tab in (fresh, other):
            tab.wait_until_ready()
            assert "download" not in tab.page.evaluate("performance.getEntriesByName('lab-boot')[0].detail")
            assert tab.check(solution(STEP))["outcome"] == "passed"


class TestAnswers:
    def test_runs_and_prints(self, lab: Lab) -> None:
        report = lab.run("import sys\nprint('안녕', 1 + 1)\nprint('저런', file=sys.stderr)")
        assert report["outcome"] == "ok"
        assert report["printed"] == [{"stream": "stdout", "text": "안녕 2\n"}, {"stream": "stderr", "text": "저런\n"}]

    def test_every_step_passes_with_its_solution_and_fails_with_its_starter(self, lab: Lab) -> None:
        accepted: Json = {}
        for step in catalog.load(LAB).steps:
            assert lab.check(starter(step.id), step=step.id, accepted=accepted)["outcome"] == "failed"
            report = lab.check(solution(step.id), step=step.id, accepted=accepted)
            assert report["outcome"] == "passed", report["message"]
            accepted[step.id] = solution(step.id)

    def test_shows_what_the_cache_did(self, lab: Lab) -> None:
        report = lab.run(solution(STEP))
        assert {event["target"] for event in report["trace"]} >= {"cache", "db"}
        assert report["counters"]["hits"] + report["counters"]["misses"] > 0
        assert [store["name"] for store in report["stores"]] == ["shop.cache.lab", "shop.db.lab"]

    def test_explains_an_error_in_the_learners_line(self, lab: Lab) -> None:
        error = lab.run("x = 1\nprint(없는이름)")["error"]
        assert error["type"] == "NameError"
        assert error["line"] == 2

    def test_waits_for_no_virtual_second(self, lab: Lab) -> None:
        report = lab.run("import time\ntime.sleep(3600)\nprint('한 시간 뒤')")
        assert report["outcome"] == "ok"
        assert report["counters"]["virtual_ms"] >= 3_600_000
        assert report["took"] < 5_000


# Programs that end when asked to, and after which the same worker goes on.
STOPPABLE = {
    "an endless loop": "while True: pass",
    "a loop that counts": "n = 0\nwhile True: n += 1",
    "a loop in a function": "def f():\n    while True: pass\nf()",
    "endless printing": "while True: print()",
    "a loop that catches everything": "while True:\n    try:\n        x = 1\n    except: pass",
    "a function that catches everything": (
        "def f():\n    try:\n        while True: pass\n    except: pass\nwhile True: f()"
    ),
    "endless sleep": "import time\nwhile True: time.sleep(1)",
    "an endless generator": "def g():\n    while True: yield 1\nfor _ in g(): pass",
    "a comprehension": "import itertools\n[0 for n in itertools.count() if n < 0]",
    "code made by exec": "exec('while True: pass')",
    "endless cache commands": "import redis\nr = redis.Redis(host='shop.cache.lab')\nwhile True: r.get('x')",
    "endless growth of small things": "x = []\nwhile True: x.append(len(x))",
}
# Programs that C runs in one piece: only a new worker helps.
UNSTOPPABLE = {
    "a sum without end": "import itertools\nsum(itertools.count())",
    "a regular expression that backtracks": "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
    "a loop that took away the guard": "import sys\nsys.monitoring.free_tool_id(4)\nwhile True: pass",
}
# Programs that end by themselves, whatever they broke.
HARMFUL = {
    "recursion without end": ("def f(): return f() + 1\nf()", "error"),
    "more memory than there is": ("x = bytearray(3 * 1024**3)", "error"),
    "sys.exit": ("import sys\nsys.exit(1)", "ok"),
    "os._exit": ("import os\nos._exit(3)", "internal"),
    "os.abort": ("import os\nos.abort()", "internal"),
    "a stack too deep for C": ("x = []\nfor _ in range(100000): x = [x]\nrepr(x)", "internal"),
    "closing its output": ("import sys\nsys.stdout.close()", "ok"),
    "closing the real output": ("import sys\nsys.__stdout__.close()\nsys.__stderr__.close()", "ok"),
    "patching redis": ("import redis\nredis.Redis.get = lambda *a: b'x'", "ok"),
    "deleting builtins": ("import builtins\ndel builtins.len, builtins.print", "ok"),
    "having no builtins at all": ("import builtins\nvars(builtins).clear()", "ok"),
    "deleting its own folder": ("import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)", "ok"),
    "forgetting every module": ("import sys\nsys.modules.clear()", "ok"),
    "losing the way to modules": ("import sys\nsys.path.clear(); sys.meta_path.clear(); sys.path = []", "ok"),
    "a tiny recursion limit": ("import sys\nsys.setrecursionlimit(60)", "ok"),
    "deleting the library": ("import shutil\nshutil.rmtree('/lib', ignore_errors=True)", "ok"),
    "leaving for another folder": ("import os\nos.chdir('/'); os.environ.clear()", "ok"),
    "asking for input": ("input('이름: ')", "error"),
    "a thread": ("import threading\nthreading.Thread(target=print).start()", "error"),
    "half a character": ("print('\\ud800')", "ok"),
}


class TestNothingHangs:
    @pytest.mark.parametrize("name", STOPPABLE)
    def test_stops_and_keeps_the_worker(self, lab: Lab, name: str) -> None:
        lab.wait_until_ready()
        boots = lab.boots
        report = lab.run_and_stop(STOPPABLE[name])
        assert report["outcome"] == "stopped"
        assert lab.check(solution(STEP))["outcome"] == "passed"
        assert lab.boots == boots, "the worker was replaced"

    @pytest.mark.parametrize("name", UNSTOPPABLE)
    def test_replaces_the_worker_that_cannot_stop(self, lab: Lab, name: str) -> None:
        lab.wait_until_ready()
        boots = lab.boots
        report = lab.run_and_stop(UNSTOPPABLE[name])
        assert report["outcome"] == "stopped"
        assert lab.check(solution(STEP))["outcome"] == "passed"
        assert lab.boots == boots + 1

    @pytest.mark.parametrize("name", HARMFUL)
    def test_the_next_step_runs_correctly_after(self, lab: Lab, name: str) -> None:
        lab.wait_until_ready()
        code, outcome = HARMFUL[name]
        assert lab.run(code)["outcome"] in outcome.split(" or ")
        assert lab.check(solution(STEP))["outcome"] == "passed"
        assert lab.check(starter(STEP))["outcome"] == "failed"

    def test_ends_by_its_deadline_and_keeps_the_worker(self, lab: Lab) -> None:
        lab.wait_until_ready()
        boots = lab.boots
        report = lab.run("print('시작')\nwhile True: pass", deadline_ms=600)
        assert report["outcome"] == "deadline"
        assert report["printed"] == [{"stream": "stdout", "text": "시작\n"}]
        assert 550 <= report["took"] < 4_000
        assert lab.boots == boots

    def test_runs_asyncio(self, lab: Lab) -> None:
        code = "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    print('끝')\nasyncio.run(main())"
        assert lab.run(code)["printed"] == [{"stream": "stdout", "text": "끝\n"}]


@pytest.fixture(scope="module")
def deaf(browser: Browser, address: str) -> Iterator[Lab]:
    """A page of a browser that cannot wait inside Python (no JSPI)."""
    context = browser.new_context(locale="ko-KR")
    begin_workers_with(context, "delete WebAssembly.Suspending; delete WebAssembly.promising")
    lab = opened(context, address)
    lab.wait_until_ready()
    yield lab
    context.close()


class TestWithoutStackSwitching:
    """The worker hears nothing while code runs."""

    def test_ends_by_its_deadline_and_keeps_the_worker(self, deaf: Lab) -> None:
        assert deaf.run("while True: pass", deadline_ms=500)["outcome"] == "deadline"
        assert deaf.check(solution(STEP))["outcome"] == "passed"
        assert deaf.boots == 1, "the worker was replaced"

    def test_replaces_the_worker_at_once_when_stopped(self, deaf: Lab) -> None:
        boots = deaf.boots
        report = deaf.run_and_stop("while True: pass")
        assert report["outcome"] == "stopped"
        assert deaf.check(solution(STEP))["outcome"] == "passed"
        assert deaf.boots == boots + 1


class TestNothingFloods:
    def test_cuts_what_is_too_much_and_says_so(self, lab: Lab) -> None:
        report = lab.run("for n in range(100_000): print('줄', n)")
        assert report["outcome"] == "ok"
        printed = "".join(chunk["text"] for chunk in report["printed"])
        assert printed.count("\n") <= 10_010
        assert "출력이 너무 많아" in report["printed"][-1]["text"]
        assert len(report["printed"]) < 200, "output travels in batches"

    def test_leaves_the_page_alive(self, lab: Lab) -> None:
        longest = lab.page.evaluate(
            """async ([request]) => {
              let longest = 0;
              const observer = new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
              });
              observer.observe({ type: "longtask" });
              await lab.run(request, () => undefined);
              await new Promise((resolve) => setTimeout(resolve, 100));
              observer.disconnect();
              return longest;
            }""",
            [{"lab": LAB, "step": STEP, "code": "for n in range(100_000): print('줄', n)", "accepted": {}}],
        )
        assert longest < 100


REFUSAL = "쓸 수 없습니다"
# Finds the browser's global behind Pyodide's back, as a learner who knows it might.
GLOBAL = """
import gc
from pyodide.ffi import JsProxy
from pyodide.webloop import scheduleCallback as proxy
"""


class TestLockdown:
    @pytest.mark.parametrize("module", ["js", "js.document", "pyodide.http", "lab_guard"])
    def test_refuses_the_modules_that_lead_to_the_browser(self, lab: Lab, module: str) -> None:
        error = lab.run(f"import {module}")["error"]
        assert error["type"] == "ModuleNotFoundError"

    @pytest.mark.parametrize(
        "code", ["import js", "from js import fetch", "from pyodide.code import run_js\nrun_js('1')"]
    )
    def test_says_why(self, lab: Lab, code: str) -> None:
        assert REFUSAL in lab.run(code)["error"]["message"]

    def test_makes_no_code_from_text(self, lab: Lab) -> None:
        report = lab.run(f"{GLOBAL}\nproxy.constructor.constructor('return 1')()")
        assert report["outcome"] == "error"
        assert REFUSAL in report["error"]["message"]

    def test_finds_no_way_out_among_all_objects(self, lab: Lab) -> None:
        """Every JavaScript object that Python still holds is tried for every name that would lead out."""
        report = lab.run(
            f"""{GLOBAL}
names = ("fetch XMLHttpRequest WebSocket EventSource importScripts indexedDB caches BroadcastChannel Worker SharedWorker "
         "postMessage close eval Function IDBFactory WebTransport").split()
found = [value for value in gc.get_objects() if isinstance(value, JsProxy)]
reached = []
for value in found:
    for holder in (value, getattr(value, "globalThis", None), getattr(value, "self", None)):
        for name in names:
            member = getattr(holder, name, None)
            for attempt in (lambda: member("http://127.0.0.1:1/"), lambda: member.new("http://127.0.0.1:1/"),
                            lambda: member.open("x")):
                if not isinstance(member, JsProxy):
                    continue
                try:
                    attempt()
                    reached.append(name)
                except Exception as error:
                    if "{REFUSAL}" not in str(error) and not isinstance(error, (AttributeError, TypeError)):
                        reached.append(f"{{name}}: {{error}}")
print(sorted(set(reached)))
"""
        )
        assert report["error"] is None
        assert report["printed"][-1]["text"] == "[]\n"
        assert lab.check(solution(STEP))["outcome"] == "passed"

    def test_a_worker_is_held_by_the_policy_and_by_the_lockdown(self, fresh: Lab) -> None:
        """Without Python: runtime_probe_worker.ts starts as the lab's worker does and tries every way out."""
        found = fresh.page.evaluate("probe()")
        assert found["before"] == []
        assert set(found["violations"]) >= {"connect-src", "script-src"}
        assert found["reached"] == []
