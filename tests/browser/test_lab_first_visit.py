"""A lab in a browser that was never here: what is fetched and when, a boot that fails, and every lab on what the bundle holds."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from labs.engine import lab as catalog
from tests.browser import axe
from tests.browser.conftest import Site, Watch
from tests.browser.test_lab_ui import BOOT_MS, FIRST_STEP, LAB, open_lab, press, status, step_of, write_code

pytestmark = pytest.mark.browser


def test_python_is_fetched_while_the_page_is_at_rest_and_started_when_a_step_is_near(
    root_site: Site, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 500})
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url.rpartition("/")[2]))
    page.goto(f"{root_site.url}labs/{LAB}/")
    step = page.locator("lab-step").first
    wasm = "pyodide.asm.wasm.bin"
    # Calm, and the step far below: the files come, Python does not start.
    while wasm not in fetched:
        page.wait_for_event("requestfinished", timeout=BOOT_MS)
    expect(step.locator(".lab-status")).to_contain_text("실행하면 파이썬을 준비합니다")
    step.scroll_into_view_if_needed()
    expect(step.locator(".lab-status")).to_contain_text("준비됨", timeout=BOOT_MS)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_while_loading_after_a_failed_boot_and_offline(
    root_site: Site, page: Page, watch: Watch, width: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    held: list[Route] = []
    error = ""

    def meet(route: Route) -> None:
        # Some requests come only after others were refused.
        if error:
            route.abort(error)
        else:
            held.append(route)

    page.route("**/assets/runtime/**", meet)

    def fail_the_boot(reason: str) -> None:
        nonlocal error
        expect(first.locator(".lab-status")).to_contain_text("준비 중")
        error = reason
        while held:
            held.pop().abort(error)
        status(first, "파이썬을 준비하지 못했습니다")

    def try_again() -> None:
        nonlocal error
        error = ""
        press(first, "다시 시도")

    first = open_lab(page, root_site)
    findings = {}
    first.locator(".lab-bar").scroll_into_view_if_needed()
    expect(first.locator(".lab-status")).to_contain_text("준비 중")
    # The bar comes for what takes longer than a second.
    expect(first.get_by_role("progressbar", name="파이썬 준비 진행률")).to_be_visible()
    findings["loading"] = axe.findings(page, FIRST_STEP)
    fail_the_boot("connectionreset")
    findings["failed"] = axe.findings(page, FIRST_STEP)
    page.context.set_offline(True)
    try_again()
    fail_the_boot("internetdisconnected")
    expect(first).to_contain_text("인터넷 연결을 살펴보고 다시 시도하세요.")
    findings["offline"] = axe.findings(page, FIRST_STEP)
    page.context.set_offline(False)
    try_again()
    page.unroute("**/assets/runtime/**")
    expect(first.locator(".lab-status")).to_contain_text("준비됨", timeout=BOOT_MS)
    write_code(first, "print('그대로')\n")
    page.goto(f"{root_site.url}labs/{LAB}/#share=look-first.2.AwA")
    expect(first.get_by_role("region", name="링크로 받은 코드")).to_be_visible()
    findings["received"] = axe.findings(page, FIRST_STEP)
    # The browser itself tells of every request that failed.
    watch.errors[:] = [error for error in watch.errors if "Failed to load resource" not in error]
    assert findings == {state: [] for state in findings}, json.dumps(findings, ensure_ascii=False, indent=2)


def test_every_lab_passes_in_the_browser_with_one_python_for_all(root_site: Site, page: Page) -> None:
    """The last step of each lab, on what the bundle holds; earlier steps are played by their solutions."""
    labs = [catalog.load(lab_id) for lab_id in catalog.lab_ids()]
    page.goto(f"{root_site.url}labs/")
    for lab in labs:
        page.locator(".md-content").get_by_role("link", name=lab.title, exact=True).click()
        element = step_of(page, lab.steps[-1].id)
        element.locator(".cm-content").wait_for()
        write_code(element, lab.steps[-1].solution)
        press(element, "확인")
        status(element, "통과했습니다")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), lab.id
        page.go_back()
        page.wait_for_url("**/labs/")
