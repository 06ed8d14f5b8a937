"""The playground in a learner's hands: keyboard, phone, paste, screen reader rules, history, and a worker that dies."""

import json
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import axe
from tests.browser.conftest import Site
from tests.browser.test_lab_ui import BOOT_MS

pytestmark = pytest.mark.browser

WIDTHS = (390, 1280)
FOCUS = "() => `${document.activeElement?.className} ${document.activeElement?.textContent?.trim().slice(0, 20)}`"


@pytest.fixture
def context(regular: BrowserContext) -> BrowserContext:
    """Most of what is shown here is shown to somebody who was here before."""
    return regular


def open_prompt(page: Page, site: Site) -> Locator:
    """Opens the page; the prompt, with Python ready."""
    page.goto(f"{site.url}labs/playground/")
    prompt = page.locator("lab-prompt-card")
    prompt.scroll_into_view_if_needed()
    ready(prompt)
    return prompt


def ready(prompt: Locator) -> None:
    expect(prompt.locator(".lab-status")).to_have_text("준비됨", timeout=BOOT_MS)


def line_of(prompt: Locator) -> Locator:
    return prompt.get_by_role("combobox", name="명령 입력")


def send(prompt: Locator, *lines: str) -> None:
    """Sends lines and waits for the reply to each of them."""
    entries = prompt.locator(".prompt-entry")
    for line in lines:
        before = entries.count()
        line_of(prompt).fill(line)
        line_of(prompt).press("Enter")
        expect(entries).to_have_count(before + 1)
        expect(entries.last.locator("pre")).not_to_be_empty()


def replies(prompt: Locator) -> list[str]:
    return prompt.locator(".prompt-entry > pre").all_inner_texts()


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    for _ in range(40):
        page.keyboard.press(key)
        if wanted in page.evaluate(FOCUS):
            return
    pytest.fail(f"{key} did not reach {wanted!r}; the focus is on {page.evaluate(FOCUS)!r}")


def test_a_session_with_the_keyboard_alone(root_site: Site, page: Page) -> None:
    prompt = open_prompt(page, root_site)
    line = line_of(prompt)
    options = prompt.get_by_role("listbox", name="자동 완성")
    expect(prompt.get_by_role("log")).to_contain_text("READONLY")

    tab_to(page, "prompt-input")
    # The first option by ArrowRight, another one by the list; Enter in the list completes and sends nothing.
    page.keyboard.type("setr")
    expect(line).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    expect(line).to_have_value("SETRANGE ")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("set")
    expect(options.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = options.get_by_role("option", selected=True)
    expect(active).to_contain_text("SETEX")
    expect(line).to_have_attribute("aria-activedescendant", active.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    expect(line).to_have_value("SETEX ")
    expect(line).to_have_accessible_description("SETEX key seconds value 문자열과 TTL을 함께 씁니다")
    expect(prompt.locator(".prompt-entry")).to_have_count(0)
    page.keyboard.type("name 60 수박")
    page.keyboard.press("Enter")
    expect(prompt.get_by_role("log")).to_contain_text("OK")
    expect(line).to_have_value("")

    # Keys that exist are completed too; Escape closes the list and Tab is never held.
    page.keyboard.type("GET ")
    expect(options.get_by_role("option")).to_have_text(["name "])
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    page.keyboard.type("n")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(prompt.locator(".prompt-entry").last).to_contain_text(r'"\xec\x88\x98\xeb\xb0\x95"')
    expect(prompt.locator(".prompt-entry").last).to_contain_text("한글 그대로 보기")
    page.keyboard.type("ttl")
    tab_to(page, "보내기")
    expect(options).to_be_hidden()
    page.keyboard.press("Shift+Tab")

    # What was typed comes back after the walk through the history.
    for key, value in [
        ("ArrowUp", "GET name"),
        ("ArrowUp", "SETEX name 60 수박"),
        ("ArrowUp", "SETEX name 60 수박"),
        ("ArrowDown", "GET name"),
        ("ArrowDown", "ttl"),
    ]:
        page.keyboard.press(key)
        expect(line).to_have_value(value)

    tab_to(page, "+1분")
    page.keyboard.press("Enter")
    expect(prompt.locator(".prompt-entry").last).to_have_text("1분 뒤. 사라진 키: name")
    expect(prompt.locator(".prompt-time")).to_have_text("00:01:00")

    endpoint = prompt.get_by_role("combobox", name="엔드포인트")
    endpoint.focus()
    page.keyboard.press("ArrowDown")
    expect(prompt.locator(".prompt-entry").last).to_contain_text("connect play-ro.cache.lab")
    expect(endpoint).to_be_focused()
    tab_to(page, "prompt-input")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("SET a 1")
    page.keyboard.press("Enter")
    refused = prompt.locator(".prompt-entry[data-tone=error]")
    expect(refused).to_contain_text("play-ro.cache.lab:6379> SET a 1")
    expect(refused).to_contain_text("(error) READONLY You can't write against a read only replica.")
    expect(refused.locator(".prompt-why")).to_contain_text("기본 엔드포인트")
    expect(prompt.locator("lab-inspector .lab-sequence tbody tr[data-tone=error]")).to_have_count(1)
    expect(endpoint).to_have_value("play-ro.cache.lab")

    tab_to(page, "새로 시작", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(prompt.locator(".prompt-entry").last).to_have_text("캐시를 새로 켰습니다.")
    expect(prompt.locator(".prompt-time")).to_have_text("00:00:00")
    assert len(replies(prompt)) == 6


def test_axe_finds_nothing_in_any_state(root_site: Site, page: Page) -> None:
    prompt = open_prompt(page, root_site)
    page.emulate_media(reduced_motion="reduce")
    findings: dict[str, list[str]] = {}

    def look(state: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            findings[f"{state}, {width}"] = axe.findings_in_both_schemes(page, "lab-prompt")

    look("the sample")
    send(prompt, "SET name 수박 EX 60", "LPUSH name x", "connect members.cache.lab", "GET name", "NOSUCH")
    prompt.get_by_role("button", name="+1분").click()
    line_of(prompt).fill("SETEX name")
    look("a session")
    line_of(prompt).fill("")
    line_of(prompt).press_sequentially("zr")
    line_of(prompt).press("ArrowDown")
    expect(prompt.get_by_role("listbox").get_by_role("option", selected=True)).to_be_visible()
    look("the list")
    assert len(findings) == 6
    assert findings == {state: [] for state in findings}, json.dumps(findings, ensure_ascii=False, indent=2)


def test_lines_that_are_pasted_run_one_by_one_and_are_there_on_the_next_visit(
    root_site: Site, page: Page, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    prompt = open_prompt(page, root_site)
    # So many that the sequence of requests has a window of its own, and more than are drawn in it.
    counts = ["INCR n"] * 30
    lines = [*counts, "SET name 수박", "play.cache.lab:6379> GET name", "", "AUTH secret-of-mine", "STRLEN name"]
    page.evaluate("(text) => navigator.clipboard.writeText(text)", "\n".join(lines))
    line_of(prompt).press("ControlOrMeta+v")
    expect(prompt.locator(".prompt-entry")).to_have_count(34, timeout=30_000)
    expect(prompt.locator(".prompt-entry").last).to_contain_text("(integer) 6")
    assert line_of(prompt).input_value() == ""
    # A report without a new request: nothing scrolls, and the latest rows must be drawn all the same.
    prompt.get_by_role("button", name="+1초").click()
    expect(prompt.locator(".prompt-entry").last).to_have_text("1초 뒤")
    latest = prompt.locator("lab-inspector .lab-sequence tr[aria-rowindex='36']")
    expect(latest).to_contain_text("STRLEN")
    latest.evaluate("(row) => row.closest('.lab-sequence-window').scrollIntoView()")
    expect(latest).to_be_in_viewport()

    prompt.get_by_role("checkbox", name="한글 그대로 보기").check()
    expect(prompt.locator(".prompt-entry > pre").nth(31)).to_have_text('"수박"')
    prompt.get_by_role("button", name="기록 복사").click()
    expect(prompt).to_contain_text("복사했습니다")
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert 'play.cache.lab:6379> SET name 수박\nOK\nplay.cache.lab:6379> GET name\n"수박"\n' in copied

    page.reload()
    expect(prompt.get_by_role("checkbox", name="한글 그대로 보기")).to_be_checked()
    line_of(prompt).focus()
    for value in ("STRLEN name", "GET name", "SET name 수박", "INCR n", "INCR n"):
        page.keyboard.press("ArrowUp")
        expect(line_of(prompt)).to_have_value(value)


def test_a_session_outlives_a_look_at_another_page_and_a_new_one_follows_a_dead_worker(
    root_site: Site, page: Page
) -> None:
    prompt = open_prompt(page, root_site)
    send(prompt, "SET kept 1")
    page.get_by_role("link", name="실습 고르기").first.click()
    expect(page.locator("h1")).to_contain_text("실습 고르기")
    page.go_back()
    expect(prompt.locator(".prompt-entry")).to_have_count(1)
    send(prompt, "GET kept")
    assert replies(prompt) == ["OK", '"1"']

    # One long step of C, which nobody can stop but with its worker.
    send(prompt, "connect small.cache.lab")
    line_of(prompt).fill("SETBIT huge 4294967295 1")
    line_of(prompt).press("Enter")
    prompt.get_by_role("button", name="중지").click()
    expect(prompt.locator(".prompt-entry[data-tone=error]")).to_contain_text("명령을 멈추었습니다.")
    expect(line_of(prompt)).to_be_focused()
    expect(prompt.get_by_role("log")).to_contain_text("캐시를 새로 켰습니다.", timeout=BOOT_MS)
    # Back where the learner was.
    expect(prompt.locator(".prompt-entry").last).to_contain_text("connect small.cache.lab")
    send(prompt, "GET kept")
    assert replies(prompt)[-1] == "(nil)"


def test_a_phone_has_room_for_it_all(root_site: Site, browser: Browser) -> None:
    context = browser.new_context(
        locale="ko-KR", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    page = context.new_page()
    prompt = open_prompt(page, root_site)
    line = line_of(prompt)
    assert line.evaluate("(field) => Number.parseFloat(getComputedStyle(field).fontSize)") >= 16
    for attribute, value in {
        "autocapitalize": "none",
        "autocorrect": "off",
        "spellcheck": "false",
        "autocomplete": "off",
        "enterkeyhint": "send",
    }.items():
        expect(line).to_have_attribute(attribute, value)
    send(prompt, "ZADD board 870 jiho 910 sua", "ZREVRANGE board 0 -1 WITHSCORES", "SET " + "k" * 60 + " v")
    line.tap()
    page.keyboard.type("ZRANGE b")
    prompt.get_by_role("listbox").get_by_role("option", name="board").tap()
    expect(line).to_have_value("ZRANGE board")
    expect(line).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("z")
    expect(prompt.get_by_role("listbox")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    heights = prompt.locator("button, select, .prompt-check").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height).filter((height) => height > 0)"
    )
    assert min(heights) >= 32
    context.close()


def test_without_scripts_the_page_shows_what_a_session_is_like(root_site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{root_site.url}labs/playground/")
    expect(page.locator("lab-prompt noscript p")).to_be_visible()
    expect(page.locator("lab-prompt > pre")).to_contain_text("play.cache.lab:6379> SET name 수박 EX 60")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()


def test_only_this_page_loads_the_code_of_the_prompt(root_site: Site, page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{root_site.url}labs/cache-hit-miss/")
    page.locator("lab-step .cm-content").first.wait_for()
    assert not [url for url in requests if "lab-prompt" in url]
    lab = (root_site.root / "assets/app/lab.js").read_text(encoding="utf-8")
    assert not re.search("ZREVRANGE|명령 프롬프트", lab)
