"""No accessibility rule of axe-core is broken: every page, and the frame's own states, in both schemes and three widths."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.steps.stages import ROOT
from tests.browser.axe import findings_in_both_schemes
from tests.browser.conftest import Site, new_profile

pytestmark = pytest.mark.browser

DOCS = ROOT / "docs"
# One test for each page: the workers share them, and begin with the files that have many tests.
PAGES = sorted(
    "" if file == DOCS / "index.md" else f"{file.relative_to(DOCS).with_suffix('').as_posix().removesuffix('/index')}/"
    for file in DOCS.rglob("*.md")
    if file.name != "README.md"
)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all pages: nothing is done on them that the next one could notice."""
    profile = new_profile(browser)
    # Whoever saves data gets the same pages, and no Python before it is asked for.
    profile.add_init_script("Object.defineProperty(navigator.connection, 'saveData', { value: true });")
    yield profile
    profile.close()


def open_calm(page: Page, url: str, width: int) -> None:
    """In the light scheme, without motion, so that nothing is measured half-faded."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    page.wait_for_timeout(300)  # players draw themselves a moment after the load


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_home_lesson_and_frame(root_site: Site, page: Page, width: int) -> None:
    open_calm(page, root_site.url, width)
    assert findings_in_both_schemes(page) == []

    open_calm(page, f"{root_site.url}lessons/db-cache/", width)
    assert findings_in_both_schemes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.locator("figure.dg").first.get_by_role("button", name="다음", exact=True).click()
    assert findings_in_both_schemes(page) == []

    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("캐시를")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert findings_in_both_schemes(page) == []

    if width < 1220:
        page.keyboard.press("Escape")
        page.get_by_role("button", name="메뉴", exact=True).click()
        assert findings_in_both_schemes(page) == []


@pytest.mark.parametrize("page_of", PAGES)
def test_every_page(root_site: Site, page: Page, page_of: str) -> None:
    open_calm(page, root_site.url + page_of, 390)
    assert findings_in_both_schemes(page) == []


def test_no_page_is_left_out(root_site: Site) -> None:
    built = {file.parent.relative_to(root_site.root).as_posix() for file in root_site.root.rglob("index.html")}
    assert {page.rstrip("/") or "." for page in PAGES} == built
