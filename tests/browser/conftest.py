"""Fixtures for walking the built site: the sites, the browser, and a page that refuses what a learner should never meet."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.commands import build as build_command
from scripts.steps import system_tools
from scripts.steps.stages import ROOT
from scripts.steps.static_server import StaticServer

_COLLECT_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile ?? ""}:${event.lineNumber})`));
"""


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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: nothing stored, Korean."""
    fresh = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    fresh.add_init_script(_COLLECT_VIOLATIONS)
    yield fresh
    fresh.close()


@pytest.fixture
def watch(context: BrowserContext, request: pytest.FixtureRequest) -> Watch:
    """Collects console errors, page errors and requests to other origins on every page of the context."""
    collected = Watch()

    def listen(page: Page) -> None:
        page.on("console", lambda message: collected.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: collected.errors.append(str(error)))

    context.on("page", listen)
    context.on(
        "request",
        lambda sent: (
            collected.foreign.append(sent.url)
            if not sent.url.startswith(("http://127.0.0.1:", "blob:", "data:"))
            else None
        ),
    )
    return collected


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page whose test fails on console errors, CSP violations and requests to anyone else."""
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    violations = [] if opened.is_closed() else opened.evaluate("window.__violations ?? []")
    assert watch.foreign == [], "requests left the site"
    assert violations == [], "the content security policy was violated"
    assert watch.errors == [], "errors in the console"
