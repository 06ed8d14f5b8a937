"""The site's own font on real pages: both weights draw every character, and their arrival moves nothing."""

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

# Text that is drawn in the site's font at weight 600 or more, whatever rule made it so.
BOLD_TEXT = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest("script, style, template, noscript")) continue;
    const style = getComputedStyle(parent);
    if (Number(style.fontWeight) >= 600 && style.fontFamily.includes("Site Sans")) text += walker.currentNode.data;
  }
  return [...new Set(text.replace(/\\s/g, ""))].join("");
}
"""


def addresses(site: Site) -> list[str]:
    found = sorted(path.parent.relative_to(site.root).as_posix() for path in site.root.rglob("index.html"))
    return ["" if address == "." else f"{address}/" for address in found]


def glyphs(site: Site, weight: int) -> set[str]:
    files = (site.root / "assets/fonts").glob(f"site-sans-{weight}-*.woff2")
    return {chr(code) for file in files for code in TTFont(file).getBestCmap()}


def test_every_bold_character_of_every_page_is_in_a_bold_file(root_site: Site, page: Page) -> None:
    drawn = glyphs(root_site, 700)
    missing: dict[str, str] = {}
    for address in addresses(root_site):
        page.goto(root_site.url + address)
        lacking = set(page.evaluate(BOLD_TEXT)) - drawn
        if lacking:
            missing[address] = "".join(sorted(lacking))
    assert missing == {}, "add the element to BOLD in scripts/steps/post/fonts.py"


def test_a_lesson_fetches_its_two_files_and_not_those_of_other_pages(root_site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{root_site.url}lessons/db-cache/")
    page.evaluate("document.fonts.ready")
    fonts = [url for url in asked if url.endswith(".woff2")]
    assert len(fonts) == 2
    assert all("-reading." in url for url in fonts), fonts
    assert page.evaluate(
        "document.fonts.check('16px \"Site Sans\"', '캐시') && document.fonts.check('700 16px \"Site Sans\"', '캐시')"
    )


def test_the_arrival_of_the_font_moves_nothing(root_site: Site, page: Page) -> None:
    """Fonts are held back until the fallback has been laid out, as on a slow line."""
    page.add_init_script(
        """
        window.__shift = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.__shift += entry.value; })
          .observe({ type: "layout-shift", buffered: true });
        """
    )

    def late(route: object) -> None:
        page.wait_for_timeout(600)
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/*.woff2", late)
    page.goto(f"{root_site.url}lessons/db-cache/")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    assert page.evaluate("window.__shift") <= 0.01
