"""Visits to the built site in Chromium: one round of everything that is timed, and what first visits download."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Response

from scripts.measure.errors import UnexpectedError
from scripts.measure.frames import slow_frame_of
from scripts.measure.heap import heap_of

HOME = ""
LAB = "labs/cache-hit-miss/"
LESSON = "lessons/db-cache/"

# Whoever waits longer waits for something that will not come: a stock boot takes five seconds on a busy machine.
_PATIENCE_MS = 90_000
_BUSY_MS = 400
_RUNS_BEFORE = 3
_OPENING_MS = 1_000
# Nobody presses a button in the instant in which it appears.
_LOOKING_MS = 500
_ENDLESS = "while True:\n    pass\n"
# One call into C that never comes back to Python.
_HANGING = "import itertools\nsum(itertools.count())\n"
_FLOOD = "for n in range(100_000):\n    print('줄', n)\n"

_BOOTS = "performance.getEntriesByName('lab-boot')"
# An expression for a page: whether a visit has left Python's memory behind.
PYTHON_IS_KEPT = """(await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys())))
  .flat().some(({ url }) => url.endsWith("/index.json"))"""
_PHASE = "document.querySelector('lab-step')?.dataset.phase"
_EDITING = "document.querySelector('lab-step .lab-editor')?.shadowRoot"
# Playwright's own waiting makes code from text, which the site's policy forbids.
_UNTIL = """async (ms) => {
  const end = performance.now() + ms;
  while (!(CONDITION)) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}"""
# Presses a button of the first step. Milliseconds until the step is in one of `phases`.
_PRESS = """([button, phases]) => new Promise((resolve) => {
  const step = document.querySelector("lab-step");
  const began = performance.now();
  new MutationObserver((_, observer) => {
    if (!phases.includes(step.dataset.phase)) return;
    observer.disconnect();
    resolve(performance.now() - began);
  }).observe(step, { attributeFilter: ["data-phase"] });
  step.querySelector(button).click();
})"""
_PRESS_STOP_AND_WAIT_FOR_A_BOOT = f"""async (ms) => {{
  const before = {_BOOTS}.length;
  const began = performance.now();
  document.querySelector("lab-step .lab-stop").click();
  while ({_BOOTS}.length === before) {{
    if (performance.now() > began + ms) throw new Error(`waited ${{ms}} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }}
  const {{ startTime, duration }} = {_BOOTS}.at(-1);
  return startTime + duration - began;
}}"""
_WATCH_TASKS = """() => {
  globalThis.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longestTask = Math.max(globalThis.longestTask, duration);
  }).observe({ type: "longtask" });
}"""
_LONGEST_TASK = "new Promise((resolve) => setTimeout(() => resolve(globalThis.longestTask), 200))"
_COUNT_VIOLATIONS = """
globalThis.violations = 0;
addEventListener("securitypolicyviolation", () => globalThis.violations++);
"""


@dataclass
class Traffic:
    """What a profile asked for: the answers by address, and the addresses on other hosts."""

    answers: dict[str, Response] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def size(self, *, compressed: bool) -> int:
        """Bytes of all bodies, as a host sends them that compresses text, or one that compresses nothing."""
        return sum(_gzipped(answer) if compressed else len(answer.body()) for answer in self.answers.values())

    @property
    def size_of_labs(self) -> int:
        """Bytes of what only labs need."""
        return sum(len(answer.body()) for url, answer in self.answers.items() if _is_for_labs(url))


def one_round(browser: Browser, site: str, yardstick: str) -> Mapping[str, float]:
    """Everything that is timed, once, the yardstick and our own visits one after the other. Milliseconds; megabytes for `heap_*`."""
    found = {"stock": _stock_boot(browser, yardstick)}
    with _profile(browser) as (learner, traffic):
        page = _lab_page(learner, site)
        found["first"] = _boot(page)
        _until(page, PYTHON_IS_KEPT)
        page.close()

        page = _lab_page(learner, site)
        found["second"] = _boot(page)
        if page.evaluate(f"'download' in {_BOOTS}[0].detail"):
            raise UnexpectedError("두 번째 방문이 첫 방문에서 남긴 것으로 시작하지 않았습니다.")
        found["first_run"] = _run_when_ready(page)
        found["after_navigation"] = _run_after_navigation(page)
        found["stop"] = _stop(page)
        found["longest_task"] = _longest_task(page)
        found |= heap_of(page)
        found["slow_frame"] = slow_frame_of(page)
        found["usable_again"] = _usable_again(page)
        found["violations"] = float(page.evaluate("globalThis.violations"))
        found["foreign"] = float(len(traffic.foreign))
    return found


def downloads(browser: Browser, site: str) -> Mapping[str, float]:
    """Bytes of first visits: to a lab until Python is ready, to a lesson, and what pages without a lab load of labs."""
    found: dict[str, float] = {}
    with _profile(browser) as (learner, traffic):
        page = _lab_page(learner, site)
        _boot(page)
        page.wait_for_load_state("networkidle")
        found["lab_bytes"] = traffic.size(compressed=True)
        found["lab_bytes_plain"] = traffic.size(compressed=False)
    of_labs = 0
    for address in (HOME, LESSON):
        with _profile(browser) as (learner, traffic):
            page = learner.new_page()
            page.goto(site + address)
            page.wait_for_load_state("networkidle")
            of_labs += traffic.size_of_labs
            if address == LESSON:
                found["lesson_bytes"] = traffic.size(compressed=True)
    return found | {"labs_elsewhere": of_labs}


def _stock_boot(browser: Browser, yardstick: str) -> float:
    with _profile(browser) as (learner, _):
        page = _window(learner)
        page.goto(yardstick)
        return float(page.evaluate("globalThis.measure()"))


def _boot(page: Page) -> float:
    """Waits for the first worker; milliseconds from its start to its first reply from fakeredis."""
    _until(page, f"{_BOOTS}.length > 0")
    return float(page.evaluate(f"{_BOOTS}[0].duration"))


def _run_when_ready(page: Page) -> float:
    _until(page, f"{_EDITING} && {_PHASE} === 'ready'")
    return _press(page, ".lab-run", "ready")


def _run_after_navigation(page: Page) -> float:
    """Work in the lab for a little, go to a lesson and back as a reader goes, and run again: the milliseconds of that run."""
    for _ in range(_RUNS_BEFORE):
        _run_when_ready(page)
    for path in (LESSON, LAB):
        page.evaluate("(path) => document.querySelector(`a[href$='${path}']`).click()", path)
        _until(page, f"location.pathname.endsWith('{path}') && document.querySelector('.md-content h1')")
    page.locator("lab-step").first.scroll_into_view_if_needed()
    page.wait_for_timeout(_LOOKING_MS)
    ms = _run_when_ready(page)
    _expect_boots(page, 1)
    return ms


def _stop(page: Page) -> float:
    _start(page, _ENDLESS)
    ms = _press(page, ".lab-stop", "stopped")
    _expect_boots(page, 1)
    return ms


def _longest_task(page: Page) -> float:
    """The longest time the page was busy at one go while a program printed 100 000 lines."""
    _write(page, _FLOOD)
    page.evaluate(_WATCH_TASKS)
    _press(page, ".lab-run", "ready")
    return float(page.evaluate(_LONGEST_TASK))


def _usable_again(page: Page) -> float:
    """Milliseconds from Stop, pressed in a program that only a new worker ends, until that worker is ready."""
    _start(page, _HANGING)
    ms = float(page.evaluate(_PRESS_STOP_AND_WAIT_FOR_A_BOOT, _PATIENCE_MS))
    _expect_boots(page, 2)
    _write(page, "print('다시')\n")
    _press(page, ".lab-run", "ready")
    return ms


def _expect_boots(page: Page, count: int) -> None:
    if page.evaluate(f"{_BOOTS}.length") != count:
        raise UnexpectedError("파이썬을 다시 시작했거나, 다시 시작했어야 하는데 하지 않았습니다.")


def _write(page: Page, code: str) -> None:
    """Replace the editor's text, as by pasting over all of it."""
    page.locator("lab-step").first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def _start(page: Page, code: str) -> None:
    """Run a program that does not end by itself."""
    _write(page, code)
    _press(page, ".lab-run", "running")
    page.wait_for_timeout(_BUSY_MS)


def _press(page: Page, button: str, *phases: str) -> float:
    return float(page.evaluate(_PRESS, [button, phases]))


def _window(learner: BrowserContext) -> Page:
    """An empty window. Opening it keeps the browser itself busy for a while, which is no part of a visit."""
    page = learner.new_page()
    page.wait_for_timeout(_OPENING_MS)
    return page


def _lab_page(learner: BrowserContext, site: str) -> Page:
    page = _window(learner)
    page.goto(site + LAB)
    page.locator("lab-step").first.scroll_into_view_if_needed()
    return page


def _until(page: Page, condition: str) -> None:
    page.evaluate(_UNTIL.replace("CONDITION", condition), _PATIENCE_MS)


@contextmanager
def _profile(browser: Browser) -> Iterator[tuple[BrowserContext, Traffic]]:
    """A learner's browser that was never anywhere."""
    learner = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    learner.add_init_script(_COUNT_VIOLATIONS)
    traffic = Traffic()

    def hear(answer: Response) -> None:
        if answer.url.startswith(("blob:", "data:")):
            return
        if urlsplit(answer.url).hostname == "127.0.0.1":
            traffic.answers[answer.url] = answer
        else:
            traffic.foreign.add(answer.url)

    learner.on("response", hear)
    yield learner, traffic
    learner.close()


def _gzipped(answer: Response) -> int:
    """What a host such as GitHub Pages sends: it compresses text and leaves the rest alone."""
    body = answer.body()
    kind = answer.headers.get("content-type", "")
    is_text = kind.startswith("text/") or any(word in kind for word in ("javascript", "json", "xml"))
    return len(gzip.compress(body, 9)) if is_text else len(body)


def _is_for_labs(url: str) -> bool:
    path = PurePosixPath(urlsplit(url).path)
    return "runtime" in path.parts or path.name.startswith("lab")
