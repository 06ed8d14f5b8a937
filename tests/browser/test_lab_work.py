"""A lab as work that goes places: done by keyboard alone, shared in a link, taken to Jupyter, read event by event."""

from pathlib import Path
from typing import Literal

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from labs.engine import lab as catalog
from tests.browser.conftest import Site
from tests.browser.test_lab_ui import (
    LAB,
    code_of,
    open_lab,
    press,
    status,
    step_of,
    write_code,
)

pytestmark = pytest.mark.browser

# The element with the focus: its role or tag, and its name or text.
FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return `${element?.className ?? ""} ${element?.getAttribute("aria-label") ?? ""} ${element?.textContent ?? ""}`;
}"""
PATIENCE = 120


@pytest.fixture
def context(regular: BrowserContext) -> BrowserContext:
    """Most of what is shown here is shown to somebody who was here before."""
    return regular


def tab_to(page: Page, wanted: str, key: Literal["Tab", "Shift+Tab"] = "Tab") -> None:
    """Presses Tab until the focus is on something that says `wanted`."""
    for _ in range(PATIENCE):
        page.keyboard.press(key)
        if wanted in page.evaluate(FOCUS):
            return
    pytest.fail(f"{PATIENCE} presses of {key} did not reach {wanted!r}; the focus is on {page.evaluate(FOCUS)!r}")


def test_a_lab_from_start_to_end_with_the_keyboard_alone(root_site: Site, page: Page) -> None:
    open_lab(page, root_site)
    steps = catalog.load(LAB).steps
    for step in steps:
        element = step_of(page, step.id)
        tab_to(page, "cm-content")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(step.starter)
        page.keyboard.press("Shift+Enter")
        status(element, "아직 통과하지 못했습니다")
        page.keyboard.press("Escape")
        tab_to(page, "힌트 (")
        page.keyboard.press("Enter")
        expect(element.locator(".hint")).to_have_count(1)
        tab_to(page, "cm-content", "Shift+Tab")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(step.solution)
        page.keyboard.press("Shift+Enter")
        status(element, "통과했습니다")
        page.keyboard.press("Escape")
        if step is not steps[-1]:
            tab_to(page, "다음 단계")
            page.keyboard.press("Enter")
            expect(page.locator(f"#{steps[step.index].id}")).to_be_focused()
    last = step_of(page, steps[-1].id)
    expect(last).to_contain_text("이 실습의 모든 단계를 마쳤습니다.")

    tab_to(page, "시점")
    page.keyboard.press("Home")
    expect(last.locator("tr[data-when=later]")).to_have_count(last.locator("lab-inspector tbody tr[data-tone]").count())
    page.keyboard.press("ArrowRight")
    expect(last.locator("tr[data-when=now]")).to_have_count(1)


def share_link(context: BrowserContext, step: Locator) -> str:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(step, "공유 링크")
    expect(step.locator(".lab-note")).to_contain_text("링크를 복사했습니다")
    link: str = step.page.evaluate("navigator.clipboard.readText()")
    return link


def test_a_shared_link_shows_code_and_runs_nothing(
    root_site: Site, page: Page, context: BrowserContext, browser: Browser
) -> None:
    first = open_lab(page, root_site)
    write_code(first, "print('친구의 코드 🙂')\n")
    link = share_link(context, first)
    assert link.startswith(f"{root_site.url}labs/{LAB}/#share=look-first.1.")

    friend = browser.new_context(locale="ko-KR")
    theirs = friend.new_page()
    mine = open_lab(theirs, root_site)
    write_code(mine, "# 내가 쓰던 코드\n")
    expect(mine.locator(".lab-saving")).to_have_text("저장됨")
    # The same page, another fragment: no reload happens.
    theirs.goto(link)
    panel = mine.get_by_role("region", name="링크로 받은 코드")
    expect(panel.locator("pre")).to_have_text("print('친구의 코드 🙂')\n", use_inner_text=False)
    expect(mine.locator(".lab-terminal")).to_have_count(0)
    assert "내가 쓰던 코드" in code_of(mine)
    theirs.reload()
    press(panel, "이 코드로 바꾸기")
    expect(panel).to_have_count(0)
    expect(mine.locator(".cm-content")).to_contain_text("친구의 코드")
    expect(mine.locator(".lab-terminal")).to_have_count(0)
    press(mine, "보관한 코드 1개")
    expect(mine.locator(".lab-version pre")).to_have_text("# 내가 쓰던 코드\n", use_inner_text=False)
    theirs.reload()
    mine.locator(".cm-content").wait_for()
    expect(panel).to_have_count(0)
    friend.close()


def test_a_link_that_was_cut_off_says_so_and_harms_nothing(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}labs/{LAB}/#share=fill-on-miss.1.AAAA")
    second = step_of(page, "fill-on-miss")
    panel = second.get_by_role("region", name="링크로 받은 코드")
    expect(panel).to_contain_text("링크가 중간에 잘렸는지 코드를 읽을 수 없습니다.")
    expect(panel).to_be_in_viewport()
    press(panel, "닫기")
    expect(panel).to_have_count(0)
    assert page.evaluate("location.hash") == "#fill-on-miss"


def test_a_browser_that_refuses_to_copy_shows_the_link(root_site: Site, page: Page) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    first = open_lab(page, root_site)
    press(first, "공유 링크")
    assert "#share=look-first.1." in first.get_by_role("textbox", name="공유 링크").input_value()


def test_the_notebook_holds_the_earlier_steps_and_mine(root_site: Site, page: Page, tmp_path: Path) -> None:
    open_lab(page, root_site)
    second = step_of(page, "fill-on-miss")
    write_code(second, "print('둘째 단계')\n")
    with page.expect_download() as download:
        press(second, ".ipynb 내려받기")
    assert download.value.suggested_filename == f"{LAB}-fill-on-miss.ipynb"
    file = tmp_path / "mine.ipynb"
    download.value.save_as(file)
    notebook = nbformat.reads(file.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    sources = {cell.id: cell.source for cell in notebook.cells}
    assert sources["look-first"] == catalog.load(LAB).step("look-first").starter.rstrip()
    assert sources["fill-on-miss"] == "print('둘째 단계')"
    with page.expect_download() as download:
        press(second, ".py 내려받기")
    download.value.save_as(tmp_path / "mine.py")
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "print('둘째 단계')\n"


MANY = """() => {
  const trace = Array.from({ length: 10_000 }, (_, n) => ({
    seq: n + 1, t: n, kind: "cache", actor: "app", target: "cache", op: "GET", key: `k${n}`,
    outcome: n % 3 ? "hit" : "miss", ms: 0.5,
  }));
  const entries = Array.from({ length: 10_000 }, (_, n) => (
    { key: `k${n}`, type: "string", value: "v", ttl_ms: null, bytes: 1 }));
  const counters = { hits: 6666, misses: 3334, hit_rate: 0.6666, db_reads: 0, db_writes: 0, virtual_ms: 10_000 };
  const inspector = document.createElement("lab-inspector");
  inspector.report = { op: "run", outcome: "ok", error: null, trace,
    stores: [{ store: "cache", name: "c", label: "cache", entries }], counters };
  document.querySelector("lab-step .lab-result").append(inspector);
}"""


def test_ten_thousand_events_are_all_there_and_few_are_drawn(root_site: Site, page: Page) -> None:
    first = open_lab(page, root_site)
    page.evaluate(MANY)
    inspector = first.locator("lab-inspector")
    rows = inspector.locator("tbody tr[data-tone]")
    scroller = inspector.get_by_role("region", name="요청 10000개의 순서")
    assert rows.count() <= 40
    assert inspector.locator(".lab-keys-table tbody tr").count() == 30
    expect(inspector.locator(".lab-sequence")).to_have_attribute("aria-rowcount", "10001")
    # Every event has its place, drawn or not, and the keyboard gets to the last one.
    scroller.focus()
    page.keyboard.press("End")
    expect(rows.last).to_have_attribute("aria-rowindex", "10001")
    expect(rows.last).to_contain_text("k9999")
    expect(rows.last).to_be_in_viewport()
    assert rows.count() <= 40

    scrubber = inspector.get_by_role("slider", name="시점")
    scrubber.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    now = inspector.locator("tr[data-when=now]")
    expect(now).to_contain_text("k2")
    expect(now).to_be_visible()
    expect(inspector.locator(".lab-counters")).to_contain_text("3번 중 2번 히트")
    heights = inspector.locator("tbody tr[data-tone]").evaluate_all(
        "rows => [...new Set(rows.map((row) => Math.round(row.getBoundingClientRect().height)))]"
    )
    assert heights == [36]


def test_without_scripts_a_lab_fits_a_phone(root_site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{root_site.url}labs/{LAB}/")
    expect(page.locator(".lab-starter").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()
