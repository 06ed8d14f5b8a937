"""Every drawing of every lesson on a phone: text of 14 px or more, nothing cut off, no words on top of each other."""

from typing import TypedDict

import pytest
from playwright.sync_api import Page

from scripts.steps.stages import ROOT
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

LESSONS = sorted(path.stem for path in (ROOT / "docs/lessons").glob("*.md"))

MEASURE = """
() => [...document.querySelectorAll("figure.dg svg")].map((svg) => {
  const view = svg.viewBox.baseVal;
  const scale = svg.getBoundingClientRect().width / view.width;
  const words = [...svg.querySelectorAll("text")].map((text) => ({
    box: text.getBBox(), said: text.textContent.trim(), size: parseFloat(getComputedStyle(text).fontSize) * scale,
  }));
  const cut = words.filter(({ box }) => box.x < -0.5 || box.x + box.width > view.width + 0.5
    || box.y < -1 || box.y + box.height > view.height + 2);
  const shared = (a, b) => [
    Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  ];
  const covered = words.flatMap((one, at) => words.slice(at + 1)
    .filter((other) => { const [wide, high] = shared(one.box, other.box); return wide > 2 && high > 5; })
    .map((other) => `${one.said} / ${other.said}`));
  return { smallest: Math.min(...words.map(({ size }) => size)), cut: cut.map(({ said }) => said), covered };
})
"""


class Drawing(TypedDict):
    """`smallest` is the smallest text in CSS px; `cut` and `covered` name the words concerned."""

    smallest: float
    cut: list[str]
    covered: list[str]


@pytest.mark.parametrize("lesson", LESSONS)
def test_drawings_are_legible_on_a_phone(root_site: Site, page: Page, lesson: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{root_site.url}lessons/{lesson}/")
    page.evaluate("document.fonts.ready.then(() => true)")
    drawings: list[Drawing] = page.evaluate(MEASURE)
    assert drawings or lesson == "operations", "every lesson but 운영 has a figure"
    for drawing in drawings:
        assert drawing["smallest"] >= 14
        assert drawing["cut"] == []
        assert drawing["covered"] == []


def test_the_site_has_at_least_ten_figures() -> None:
    used = {name for page in (ROOT / "docs/lessons").glob("*.md") for name in page.read_text().split('src="')[1:]}
    assert len({name.partition('"')[0] for name in used}) >= 10


def test_without_javascript_every_step_is_shown(root_site: Site, page: Page) -> None:
    quiet = page.context.browser
    assert quiet is not None
    plain = quiet.new_context(java_script_enabled=False, locale="ko-KR").new_page()
    plain.goto(f"{root_site.url}lessons/db-cache/")
    assert plain.locator("figure.dg .dg-steps > li").count() == 4
    assert plain.locator("figure.dg button").count() == 0
    plain.context.close()
