"""The whole slice as a newcomer walks it: read, run three steps, fail one on purpose, answer a quiz, come back tomorrow."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from labs.engine import lab as catalog
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

LAB = "cache-hit-miss"
# The first boot compiles a 9 MB module on a busy two-core machine.
BOOT_MS = 90_000


def solution(step: str) -> str:
    return catalog.load(LAB).step(step).solution


def step_of(page: Page, step: str) -> Locator:
    return page.locator(f'lab-step[step="{step}"]')


def write_code(step: Locator, code: str) -> None:
    """Replaces the editor's text as a learner would: by selecting all and typing (here: pasting) over it."""
    editor = step.locator(".cm-content")
    editor.click()
    editor.press("ControlOrMeta+a")
    step.page.keyboard.insert_text(code)


def press(step: Locator, name: str) -> None:
    step.get_by_role("button", name=name, exact=True).click()


def test_read_run_and_come_back(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.evaluate("window.__realm = 'kept'")

    # Read: from the home page to the lesson without a full page load, so that the worker of a lab would survive.
    page.get_by_role("link", name="DB 캐시").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("DB 캐시")
    assert page.evaluate("window.__realm") == "kept"

    # From the lesson to its lab.
    page.locator(".md-content").get_by_role("link", name="실습: 캐시 히트와 미스").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("캐시 히트와 미스")
    assert page.evaluate("window.__realm") == "kept"

    # Fail the first step on purpose: the starter does not ask the cache.
    first = step_of(page, "look-first")
    press(first, "확인")
    expect(first.get_by_role("status")).to_contain_text("아직 통과하지 못했습니다", timeout=BOOT_MS)
    expect(first.get_by_role("status")).to_contain_text("캐시에 묻지 않았습니다")

    # A program that breaks: explained in Korean, with the learner's own line.
    write_code(first, "print(1)\nprint(없는이름)\n")
    press(first, "실행")
    expect(first).to_contain_text("오류가 나서 멈췄습니다")
    expect(first).to_contain_text("2번째 줄")

    # Solve all three steps.
    for step in ("look-first", "fill-on-miss", "expire-and-invalidate"):
        here = step_of(page, step)
        write_code(here, solution(step))
        press(here, "실행")
        expect(here.get_by_role("status")).to_contain_text("실행을 마쳤습니다")
        press(here, "확인")
        expect(here.get_by_role("status")).to_contain_text("통과했습니다")
        expect(here).to_contain_text("저장됨")

    # Come back: code and results are still there.
    page.reload()
    for step in ("look-first", "fill-on-miss", "expire-and-invalidate"):
        here = step_of(page, step)
        expect(here.locator(".lab-done")).to_have_text("완료")
    last_line = solution("look-first").strip().splitlines()[-1]
    expect(step_of(page, "look-first").locator(".cm-content")).to_contain_text(last_line)


def test_answer_the_quiz_wrong_and_right_and_find_both_again(site: Site, page: Page) -> None:
    page.goto(site.url + "quizzes/redis-vs-memcached/")
    rubric = json.loads((site.root / "assets/quizzes/redis-vs-memcached.rubric.json").read_text())["items"]
    first, third = page.locator("#quiz-ec-rvm-001"), page.locator("#quiz-ec-rvm-003")

    # No key is in the page before the first check, and choosing alone submits nothing.
    assert "rationale" not in page.content()
    wrong = next(choice for choice in rubric["ec-rvm-001"]["why"] if choice not in rubric["ec-rvm-001"]["key"])
    first.locator(f'input[value="{wrong}"]').check()
    expect(page.get_by_text("오답입니다")).to_have_count(0)
    page.get_by_role("button", name="확인", exact=True).click()
    expect(first.get_by_text("오답입니다")).to_be_visible()
    for why in rubric["ec-rvm-001"]["why"].values():
        expect(first.get_by_text(why, exact=True)).to_be_visible()

    # The other outcome, on another item.
    page.get_by_role("button", name=re.compile("^문항 3,")).click()
    for key in rubric["ec-rvm-003"]["key"]:
        third.locator(f'input[value="{key}"]').check()
    page.get_by_role("button", name="확인", exact=True).click()
    expect(third.get_by_text("정답입니다")).to_be_visible()

    # Reload: the same item is open, with the same order of choices and its outcome; the other one kept its own.
    order = third.locator(".qz-choice").evaluate_all("rows => rows.map(row => row.dataset.part)")
    page.reload()
    expect(third.get_by_text("정답입니다")).to_be_visible()
    assert third.locator(".qz-choice").evaluate_all("rows => rows.map(row => row.dataset.part)") == order
    page.locator(".qz-dot").first.click()
    expect(first.get_by_text("오답입니다")).to_be_visible()
    expect(first.locator(f'input[value="{wrong}"]')).to_be_checked()


def test_a_page_without_a_lab_or_a_quiz_loads_no_code_of_theirs(root_site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(root_site.url)
    page.wait_for_load_state("networkidle")
    names = [Path(url).name for url in asked]
    assert "shell.js" in names
    assert not [name for name in names if name.startswith(("lab", "quiz", "pyodide"))]
