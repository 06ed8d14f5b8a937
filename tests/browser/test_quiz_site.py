"""The quizzes of the built site, walked as a learner does: by keyboard only, interrupted anywhere, on a phone and with large text.

What the player does with a small bank of its own is in test_quiz_player.py; here it stands in the real page, between the theme's
keys, styles and navigation.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from quizzes.engine import markup
from quizzes.engine.bank import ROOM, load
from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.match import MatchItem
from quizzes.engine.lessons import section
from quizzes.engine.model import Item
from tests.browser.axe import findings_in_both_schemes
from tests.browser.conftest import Site
from tests.browser.quiz_hands import (
    answer,
    answer_by_keyboard,
    attempts,
    item_of,
    press,
    press_by_keyboard,
    state,
    tab_to,
)

pytestmark = pytest.mark.browser

# A unit with every kind.
UNIT = "db-cache"
ITEMS = load().set_items(UNIT)


def shape(item: Item) -> str:
    """The kind; picking several of a list is a shape of its own."""
    return "several" if item.kind == "choice" and len(item.key()) > 1 else item.kind


# The first item of each shape, and its number on the page.
FIRST = {shape(item): (number, item) for number, item in reversed(list(enumerate(ITEMS, 1)))}
SHAPES = ("choice", "several", "order", "match", "predict", "command")


def test_the_unit_has_every_shape() -> None:
    assert set(FIRST) == set(SHAPES)


def right(item: Item) -> list[str]:
    return [item.key()[0]] if isinstance(item, CommandItem) else list(item.key())


def wrong(item: Item) -> list[str]:
    """An answer that is complete and wrong."""
    if isinstance(item, CommandItem):
        return [item.reject[0].inputs[0]]
    if isinstance(item, MatchItem):
        first, *others = item.prompts
        option = next(option.id for option in item.options if option.id != first.option)
        return [f"{first.id}:{option}", *(f"{prompt.id}:{prompt.option}" for prompt in others)]
    if item.kind == "order":
        return right(item)[::-1]
    return [*right(item)[1:], next(part.id for part in item.parts() if not part.key)]


def open_unit(page: Page, site: Site) -> Locator:
    page.goto(f"{site.url}quizzes/{UNIT}/")
    return ready(page)


def ready(page: Page) -> Locator:
    quiz = page.locator("quiz-set[data-ready]")
    quiz.locator("form, .qz-results").first.wait_for()
    return quiz


def show(quiz: Locator, name: str) -> Item:
    """Go to the first item of a shape."""
    number, item = FIRST[name]
    quiz.get_by_role("button", name=f"문항 {number},").click()
    assert item_of(quiz.page) == item.id
    return item


# ---- by keyboard only --------------------------------------------------------------------------------


def test_a_whole_unit_by_keyboard_only(root_site: Site, page: Page) -> None:
    """No mouse, no focus set from outside: each shape is left incomplete, answered wrong and taken again, then all is right."""
    quiz = open_unit(page, root_site)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the content
    tried: set[str] = set()
    for item in ITEMS:
        assert item_of(page) == item.id
        if shape(item) not in tried:
            incomplete(page, quiz, item)
            wrong_then_again(page, quiz, item)
            tried.add(shape(item))
        answer_by_keyboard(page, right(item))
        press_by_keyboard(page, "확인")
        expect(quiz.locator(".qz-verdict")).to_be_focused()
        expect(quiz.locator(".qz-verdict")).to_contain_text("정답입니다")
        press_by_keyboard(page, "다음 문항" if item is not ITEMS[-1] else "결과 보기")
    assert tried == set(SHAPES)
    first = len(ITEMS) - len(SHAPES)
    title = quiz.locator(".qz-result-title")
    expect(title).to_be_focused()
    expect(title).to_have_text(f"{len(ITEMS)}문항 가운데 {first}문항을 한 번에 맞혔습니다")
    expect(quiz.locator(".qz-weak li").first).to_contain_text("틀림")
    outcomes = [one["outcome"] for one in attempts(page)]
    assert (outcomes.count("wrong"), outcomes.count("right")) == (len(SHAPES), len(ITEMS))


def incomplete(page: Page, quiz: Locator, item: Item) -> None:
    """Checking too early is told beside the button and in the one status region, and locks, judges and records nothing."""
    known = len(attempts(page))
    begun = wrong(item)[:-1]
    if begun:
        answer_by_keyboard(page, begun)
    press_by_keyboard(page, "확인")
    hint = "아직 명령을 쓰지 않았습니다." if item.kind == "command" else "아직 1개"
    expect(quiz.locator(".qz-hint")).to_contain_text(hint)
    expect(quiz.get_by_role("status")).to_contain_text(hint)
    expect(quiz.get_by_role("status")).to_have_count(1)
    expect(quiz.locator(".qz-verdict")).to_have_count(0)
    assert len(attempts(page)) == known


def wrong_then_again(page: Page, quiz: Locator, item: Item) -> None:
    """A wrong answer ends with every reason, the takeaway, the sources and the lesson, and can be taken again."""
    answer_by_keyboard(page, wrong(item))
    expect(quiz.locator(".qz-hint")).to_have_count(0)
    press_by_keyboard(page, "확인")
    expect(quiz.locator(".qz-verdict")).to_be_focused()
    expect(quiz.locator(".qz-verdict")).to_contain_text("오답입니다")
    expect(quiz.get_by_role("status")).to_have_text("오답입니다")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    if isinstance(item, CommandItem):
        expect(quiz.locator(".qz-why")).to_contain_text(markup.plain(item.reject[0].why))
        expect(quiz.locator(".qz-why")).to_contain_text(markup.plain(item.why))
    else:
        for part in item.parts():
            expect(quiz.locator(f'[data-part="{part.id}"] .qz-why')).to_have_text(markup.plain(part.why))
    expect(quiz.locator(".qz-takeaway")).to_contain_text(markup.plain(item.takeaway))
    expect(quiz.locator(".qz-sources")).to_contain_text(re.compile(r"\(20\d\d-\d\d-\d\d 확인\)"))
    for control in quiz.locator("form input, form select").all():
        expect(control).to_be_disabled()
    press_by_keyboard(page, "다시 풀기")
    expect(quiz.locator(".qz-verdict, .qz-why")).to_have_count(0)
    expect(quiz.locator(".qz-stem")).to_be_focused()


@pytest.mark.parametrize("place", ["choice", "match", "verdict"])
def test_single_keys_never_leave_an_item(place: str, root_site: Site, page: Page) -> None:
    """The theme binds n, p, s, f and punctuation page-wide: next page, previous page, search."""
    quiz = open_unit(page, root_site)
    item = show(quiz, "choice" if place == "verdict" else place)
    if place == "verdict":
        answer(page, right(item))
        press(page, "확인")
        expect(quiz.locator(".qz-verdict")).to_be_focused()
    else:
        tab_to(page, quiz.locator("form").locator("input, select, button").first)
    page.evaluate("window.__realm = 'kept'")
    for key in ("n", "p", "s", "f", ".", ",", "/"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.url == f"{root_site.url}quizzes/{UNIT}/"
    assert not page.locator("#__search").is_checked()
    assert item_of(page) == item.id
    assert page.evaluate("window.__realm") == "kept"


# ---- coming back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_a_reload_loses_nothing(name: str, root_site: Site, page: Page) -> None:
    """After the first pick, after the last, and after the check: the same item, order, picks, confidence and verdict."""
    quiz = open_unit(page, root_site)
    item = show(quiz, name)
    press(page, "애매함")
    for given in filter(None, (right(item)[:1], right(item)[1:])):
        answer(page, given)
        before = state(page)
        page.reload()
        ready(page)
        assert state(page) == before
    assert state(page)["confidence"] == "애매함"
    press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    marks = quiz.locator(".qz-mark").all_inner_texts()
    page.reload()
    expect(quiz.locator(".qz-verdict")).to_contain_text("정답입니다")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    assert quiz.locator(".qz-mark").all_inner_texts() == marks


def test_from_a_wrong_answer_to_the_very_section_and_back(site: Site, page: Page) -> None:
    """Instant navigation: the page is replaced in place, and the item is there again as it was left."""
    quiz = open_unit(page, site)
    page.evaluate("window.__realm = 'kept'")
    item = show(quiz, "choice")
    answer(page, wrong(item))
    press(page, "확인")
    found = section(item.see)
    assert found
    link = quiz.get_by_role("link", name=found.title, exact=True)
    link.scroll_into_view_if_needed()
    # The theme notes the place of the page a tenth of a second after it was scrolled; a hand is slower than that.
    page.wait_for_timeout(200)
    link.click()
    page.wait_for_url(site.url + found.href)
    heading = page.locator(f"#{item.see.partition('#')[2]}")
    expect(heading).to_be_in_viewport()
    page.go_back()
    expect(page.locator(f"#quiz-{item.id} .qz-verdict")).to_contain_text("오답입니다")
    assert page.evaluate("window.__realm") == "kept"
    assert state(page)["picked"] == wrong(item)


# ---- how it looks and reads --------------------------------------------------------------------------


def states(page: Page, quiz: Locator) -> Iterator[str]:
    """Every state of a quiz, one after another: fresh, then each shape incomplete, checked and reported, then the result."""
    yield "fresh"
    for place, name in enumerate(SHAPES):
        item = show(quiz, name)
        given = (wrong if place % 2 else right)(item)
        answer(page, given[:-1])
        press(page, "확신")
        press(page, "확인")
        expect(quiz.locator(".qz-hint")).to_be_visible()
        yield f"{name}, incomplete"
        answer(page, given[-1:])
        press(page, "확인")
        expect(quiz.locator(".qz-lesson")).to_be_visible()
        press(page, "이 문항 신고")
        yield f"{name}, {'wrong' if place % 2 else 'right'} and reported"
    for number, item in enumerate(ITEMS, 1):
        if (number, item) not in FIRST.values():
            quiz.get_by_role("button", name=f"문항 {number},").click()
            answer(page, wrong(item))
            press(page, "확인")
            expect(quiz.locator(".qz-lesson")).to_be_visible()
    press(page, "결과")
    expect(quiz.locator(".qz-weak")).to_be_visible()
    yield "result"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_in_every_state_axe_finds_nothing_on_the_whole_page_and_everything_fits(
    width: int, root_site: Site, page: Page
) -> None:
    """In both schemes; and a window of 1280 at 200 % too, which has 640 pixels to lay out."""
    page.emulate_media(reduced_motion="reduce")
    quiz = open_unit(page, root_site)
    found: dict[str, list[str]] = {}
    numbers: set[float] = set()
    page.set_viewport_size({"width": width, "height": 900})
    for name in states(page, quiz):
        found[name] = [*findings_in_both_schemes(page), *cut_off(page)]
        if name != "result":
            numbers.add(quiz.locator(".qz-dots").evaluate("(list) => list.getBoundingClientRect().height"))
        if width == 1280:
            page.set_viewport_size({"width": 640, "height": 450})
            found[f"{name} at 200 %"] = cut_off(page)
            page.set_viewport_size({"width": 1280, "height": 900})
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert len(numbers) == 1, "a mark beside a number moves the question down"


def cut_off(page: Page) -> list[str]:
    """What of the quiz does not fit the width of the page: controls and texts that reach over its edge, words over theirs."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
          const reaching = [...document.querySelectorAll("quiz-set *")].filter((element) => {
            if (element.closest("pre, .qz-status, svg")) return false;
            const { left, right, width } = element.getBoundingClientRect();
            return width > 0 && (left < 0 || right > document.documentElement.clientWidth + 0.5);
          });
          const spilling = [...document.querySelectorAll("quiz-set :is(button, label, p, li)")].filter(
            (element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && !element.matches(".qz-status"),
          );
          return [
            ...(wide > 0 ? [`the page scrolls sideways by ${wide}`] : []),
            ...reaching.map((element) => `${element.className} reaches over the edge`),
            ...spilling.map((element) => `${element.className} is too narrow for its words`),
          ];
        }"""
    )
    return found


def test_without_scripts_every_item_is_there_to_be_read(root_site: Site, page: Page) -> None:
    browser = page.context.browser
    assert browser
    plain = browser.new_context(java_script_enabled=False)
    reader = plain.new_page()
    reader.goto(f"{root_site.url}quizzes/{UNIT}/")
    forms = reader.locator("form.qz-item").all()
    assert len(forms) == len(ITEMS)
    for form in forms:
        expect(form).to_be_visible()
        expect(form.locator("[data-part]").first).to_be_visible()
    reader.get_by_role("link", name="정답과 해설").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("정답과 해설")
    expect(reader.locator("section")).to_have_count(len(ITEMS))
    plain.close()


# ---- what it costs -----------------------------------------------------------------------------------


def test_a_quiz_costs_less_than_35_kilobytes_and_the_rubric_comes_with_the_first_check(
    root_site: Site, page: Page
) -> None:
    loaded: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.ok and "/assets/" in response.url:
            loaded[response.url.removeprefix(root_site.url)] = len(gzip.compress(response.body(), 9))

    page.on("response", weigh)
    page.goto(root_site.url)
    page.wait_for_load_state("networkidle")
    without = set(loaded)
    assert not [name for name in without if "quiz" in name]
    quiz = open_unit(page, root_site)
    page.wait_for_load_state("networkidle")
    code = {name: size for name, size in loaded.items() if name not in without and name.endswith((".js", ".css"))}
    assert "assets/app/quiz.js" in code
    # The styles of every room come in one file; this is the part that quizzes add to it.
    styles = len(gzip.compress((ROOM / "player/quiz.css").read_bytes(), 9))
    print(f"quiz: {sum(code.values())} bytes of code, {styles} of styles", code)
    assert sum(code.values()) + styles <= 35_000, code
    assert not [name for name in loaded if name.endswith(".rubric.json")]
    answer(page, right(ITEMS[0]))
    with page.expect_response(f"**/assets/quizzes/{UNIT}.rubric.json"):
        press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
