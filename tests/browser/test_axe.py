"""No accessibility rule of axe-core is broken: every page, and the frame's own states, in both schemes and three widths."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from scripts.steps.stages import ROOT
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Scheme = Literal["light", "dark"]
DOCS = ROOT / "docs"
# One test for each page: the workers share them, and begin with the files that have many tests.
PAGES = sorted(
    "" if file == DOCS / "index.md" else f"{file.relative_to(DOCS).with_suffix('').as_posix().removesuffix('/index')}/"
    for file in DOCS.rglob("*.md")
    if file.name != "README.md"
)


def violations(page: Page, options: str = f"{{ runOnly: {RULES} }}") -> list[str]:
    """One line for each broken rule: its name, how often, and where first."""
    result = page.evaluate(f"{AXE}; axe.run(document, {options})")
    return [f"{rule['id']} ×{len(rule['nodes'])}: {rule['nodes'][0]['target']}" for rule in result["violations"]]


def open_calm(page: Page, url: str, scheme: Scheme, width: int) -> None:
    """Without motion, so that nothing is measured half-faded."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    page.wait_for_timeout(300)  # players draw themselves a moment after the load


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_home_lesson_and_frame(root_site: Site, page: Page, scheme: Scheme, width: int) -> None:
    open_calm(page, root_site.url, scheme, width)
    assert violations(page) == []

    open_calm(page, f"{root_site.url}lessons/db-cache/", scheme, width)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.locator("figure.dg").first.get_by_role("button", name="다음", exact=True).click()
    assert violations(page) == []

    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("캐시를")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert violations(page) == []

    if width < 1220:
        page.keyboard.press("Escape")
        page.get_by_role("button", name="메뉴", exact=True).click()
        assert violations(page) == []


@pytest.mark.parametrize("page_of", PAGES)
def test_every_page_in_both_schemes(root_site: Site, page: Page, page_of: str) -> None:
    open_calm(page, root_site.url + page_of, "light", 390)
    assert violations(page) == []
    # The other scheme changes colours and nothing else.
    page.locator("body").evaluate("(body) => body.setAttribute('data-md-color-scheme', 'slate')")
    assert violations(page, '{ runOnly: ["color-contrast", "link-in-text-block"] }') == []


def test_no_page_is_left_out(root_site: Site) -> None:
    built = {file.parent.relative_to(root_site.root).as_posix() for file in root_site.root.rglob("index.html")}
    assert {page.rstrip("/") or "." for page in PAGES} == built
