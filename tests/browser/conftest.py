"""Fixtures for walking the built site: the sites, the browser, and a page that refuses what a learner should never meet."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from scripts.commands import build as build_command
from scripts.measure.visits import PYTHON_IS_KEPT
from scripts.steps import system_tools
from scripts.steps.stages import ROOT
from scripts.steps.static_server import StaticServer

_COLLECT_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile ?? ""}:${event.lineNumber})`));
"""
# Python's memory is written last of all, some seconds after a first visit has begun.
_KEEPING_MS = 60_000

# The files that take longest, so that they are not begun last, when the other worker has nothing left to do.
_LONG = (
    "axe",
    "runtime",
    "quiz_site",
    "shell",
    "lab_ui",
    "lab_first_visit",
    "playground",
    "quiz_player",
    "slice",
    "search",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the order within a file stays."""
    order = {f"test_{name}.py": place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@dataclass(frozen=True)
class Site:
    """A built site being served. `url` ends in "/"; `base` is its path; `root` the folder."""

    url: str
    base: str
    root: Path


@dataclass
class Watch:
    """What went wrong on a page so far; a test that provokes one of these on purpose removes it."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def built_site(base: Literal["/", "/repo/"]) -> Path:
    """The folder of the site built for `base`, brought up to date."""
    out = ROOT / "site" if base == "/" else ROOT / "build/site-repo"
    build_command.build(out, build_command.DEFAULT_URL.rstrip("/") + base, say=lambda line: None)
    return out


def _serve(base: Literal["/", "/repo/"]) -> Iterator[Site]:
    root = built_site(base)
    server = StaticServer(root, "127.0.0.1", 0, base=base)
    stop = server.start()
    try:
        yield Site(server.url, base, root)
    finally:
        stop()


@pytest.fixture(scope="session")
def root_site() -> Iterator[Site]:
    """The site at `/`."""
    yield from _serve("/")


@pytest.fixture(scope="session")
def repo_site() -> Iterator[Site]:
    """The site below `/repo/`, as GitHub Pages serves it."""
    yield from _serve("/repo/")


@pytest.fixture(params=["/", "/repo/"])
def site(request: pytest.FixtureRequest) -> Site:
    """The site at `/` and again below `/repo/`: for what depends on where it is served."""
    served = request.getfixturevalue("root_site" if request.param == "/" else "repo_site")
    assert isinstance(served, Site)
    return served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with sync_playwright() as playwright:
        executable = os.environ.get("SITE_BROWSER") or shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=executable, args=system_tools.CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


def new_profile(browser: Browser) -> BrowserContext:
    """A browser that has never been anywhere, in Korean. Whoever asks for it closes it."""
    profile = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    profile.add_init_script(_COLLECT_VIOLATIONS)
    return profile


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: nothing stored."""
    fresh = new_profile(browser)
    yield fresh
    fresh.close()


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    """Collects console errors, page errors and requests to other origins on every page of the context."""
    collected = Watch()

    def listen(page: Page) -> None:
        page.on("console", lambda message: collected.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: collected.errors.append(str(error)))

    def note(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "blob:", "data:")):
            collected.foreign.append(sent.url)

    context.on("page", listen)
    context.on("request", note)
    yield collected
    context.remove_listener("page", listen)
    context.remove_listener("request", note)


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page whose test fails on console errors, CSP violations and requests to anyone else."""
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    violations = [] if opened.is_closed() else opened.evaluate("window.__violations ?? []")
    opened.close()
    assert watch.foreign == [], "requests left the site"
    assert violations == [], "the content security policy was violated"
    assert watch.errors == [], "errors in the console"


def wait_until_kept(page: Page) -> None:
    """Returns when the visit on `page` has left Python's memory behind for the next one."""
    for _ in range(_KEEPING_MS // 500):
        if page.evaluate(f"async () => {PYTHON_IS_KEPT}"):
            return
        page.wait_for_timeout(500)
    raise AssertionError("Python's memory was not kept")


@pytest.fixture(scope="session")
def _regular(browser: Browser, root_site: Site) -> Iterator[BrowserContext]:
    profile = new_profile(browser)
    page = profile.new_page()
    page.goto(f"{root_site.url}labs/cache-hit-miss/")
    page.locator("lab-step").first.scroll_into_view_if_needed()
    wait_until_kept(page)
    page.close()
    yield profile
    profile.close()


@pytest.fixture
def regular(_regular: BrowserContext, root_site: Site) -> Iterator[BrowserContext]:
    """The profile of a learner who was in a lab before, without any work: Python is there in a moment, as it is for most."""
    page = _regular.new_page()
    session = _regular.new_cdp_session(page)
    work = {"origin": root_site.url.removesuffix("/"), "storageTypes": "indexeddb,local_storage"}
    session.send("Storage.clearDataForOrigin", work)
    page.close()
    yield _regular
    for left in _regular.pages:
        left.close()
    _regular.clear_permissions()
