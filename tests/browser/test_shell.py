"""The frame around every page, by keyboard: menu, search, colour scheme, figures, focus after a page change."""

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Site, Watch

pytestmark = pytest.mark.browser

LESSON = "lessons/db-cache/"
PHONE: ViewportSize = {"width": 390, "height": 844}


def focused(page: Page) -> str:
    """The focused element as tag and class, for messages that tell where the focus went."""
    described: str = page.evaluate("`${document.activeElement?.tagName} ${document.activeElement?.className}`")
    return described


def test_after_a_page_change_the_focus_is_on_the_new_title(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.evaluate("window.__realm = 'kept'")
    link = page.locator(".md-content").get_by_role("link", name="첫 강의 읽기")
    link.focus()
    link.press("Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("ElastiCache 개요")
    expect(title).to_be_focused()
    assert page.evaluate("window.__realm") == "kept"


def test_a_first_load_leaves_the_focus_where_the_browser_put_it(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    page.wait_for_load_state("networkidle")
    assert focused(page).startswith("BODY")


def test_single_keys_do_nothing_on_a_page(root_site: Site, page: Page) -> None:
    """The theme binds n, p, s, f and punctuation page-wide; on a quiz choice they would leave the page."""
    page.goto(f"{root_site.url}{LESSON}")
    page.get_by_role("button", name="다음", exact=True).first.focus()
    for key in ("n", "p", "s", "f", ".", ",", "/"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.url == f"{root_site.url}{LESSON}"
    assert not page.locator("#__search").is_checked()


def test_the_page_itself_still_hears_single_keys(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    page.evaluate(
        "document.querySelector('h1').addEventListener('keydown', (event) => { window.__heard = event.key; })"
    )
    page.locator("h1").evaluate("(title) => { title.tabIndex = -1; title.focus(); }")
    page.keyboard.press("n")
    assert page.evaluate("window.__heard") == "n"


def test_the_menu_opens_and_closes_by_keyboard_and_keeps_the_focus_inside(root_site: Site, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{root_site.url}{LESSON}")
    menu = page.get_by_role("button", name="메뉴", exact=True)
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    for _ in range(30):
        inside = page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('.md-sidebar--primary')"
        )
        assert inside, focused(page)
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()
    assert page.locator("[inert]").count() == 0


def test_a_page_chosen_in_the_menu_is_not_left_inert(root_site: Site, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(root_site.url)
    page.get_by_role("button", name="메뉴", exact=True).click()
    drawer = page.locator(".md-sidebar--primary")
    drawer.get_by_text("강의", exact=True).first.click()
    drawer.get_by_role("link", name="DB 캐시", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("데이터베이스 옆에")
    expect(page.locator("#__drawer")).not_to_be_checked()
    assert page.locator("[inert]").count() == 0


def test_a_closed_menu_and_a_closed_search_are_no_stops_for_tab(root_site: Site, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{root_site.url}{LESSON}")
    for _ in range(12):
        page.keyboard.press("Tab")
        visible = page.evaluate(
            """() => {
              const element = document.activeElement;
              const box = element.getBoundingClientRect();
              const drawn = element.matches('.md-option') ? element.nextElementSibling.getBoundingClientRect() : box;
              return element.checkVisibility({ visibilityProperty: true }) && drawn.width > 0 && drawn.right > 0;
            }"""
        )
        assert visible, focused(page)


def test_the_search_button_of_a_narrow_page_opens_the_search(root_site: Site, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(root_site.url)
    button = page.get_by_role("button", name="검색", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="검색")).to_be_focused()
    page.keyboard.type("캐시를")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()


def test_the_colour_scheme_changes_by_keyboard_with_a_visible_ring(root_site: Site, page: Page) -> None:
    page.goto(root_site.url)
    for _ in range(15):
        page.keyboard.press("Tab")
        if "md-option" in focused(page):
            break
    ring = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert ring == "solid"
    before = page.locator("body").get_attribute("data-md-color-scheme")
    page.keyboard.press("ArrowRight")
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", str(before))
    page.reload()
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", str(before))


def steps(figure: Locator) -> Locator:
    return figure.locator(".dg-steps > li")


def test_a_figure_steps_forward_and_back_and_marks_drawing_and_list_alike(site: Site, page: Page) -> None:
    page.goto(f"{site.url}{LESSON}")
    figure = page.locator("figure.dg").first
    count = steps(figure).count()
    forward = figure.get_by_role("button", name="다음", exact=True)
    for step in range(1, count + 1):
        forward.click()
        expect(figure).to_have_attribute("data-step", str(step))
        expect(figure.locator("[aria-current=step]")).to_have_count(1)
        expect(steps(figure).nth(step - 1)).to_have_attribute("aria-current", "step")
        expect(figure.get_by_role("status")).to_contain_text(f"{step}단계")
        shown = figure.locator("[data-s].dg-on")
        assert shown.count() > 0
        for group in shown.all():
            assert str(step) in (group.get_attribute("data-s") or "").split()
    forward.click()
    expect(figure).not_to_have_attribute("data-step", re.compile(".*"))
    figure.get_by_role("button", name="이전", exact=True).click()
    expect(figure).to_have_attribute("data-step", str(count))


def test_a_figure_steps_with_the_arrow_keys(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    figure = page.locator("figure.dg").first
    forward = figure.get_by_role("button", name="다음", exact=True)
    forward.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(figure).to_have_attribute("data-step", "2")
    page.keyboard.press("ArrowLeft")
    expect(figure).to_have_attribute("data-step", "1")
    page.keyboard.press("Escape")
    expect(figure).not_to_have_attribute("data-step", re.compile(".*"))
    expect(forward).to_be_focused()


def test_a_figure_reached_again_by_history_has_its_buttons_once(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    page.locator(".md-footer").get_by_role("link", name=re.compile("다음")).click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("데이터베이스 옆에")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("데이터베이스 옆에")
    expect(page.locator("figure.dg").first.locator(".dg-controls")).to_have_count(1)


def test_without_javascript_every_step_and_the_menu_are_there(root_site: Site, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    plain = context.new_page()
    plain.goto(f"{root_site.url}{LESSON}")
    figure = plain.locator("figure.dg").first
    assert steps(figure).count() >= 3
    expect(steps(figure).last).to_be_visible()
    assert figure.locator(".dg-controls").count() == 0
    plain.locator(".md-header label[for=__drawer]").click()
    expect(plain.locator(".md-sidebar--primary a:visible").first).to_be_in_viewport()
    context.close()


def test_a_link_into_a_closed_fold_opens_it(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    page.evaluate(
        """() => {
          const fold = document.createElement("details");
          fold.innerHTML = "<summary>더 깊이</summary><p id='deep'>안쪽</p>";
          const link = document.createElement("a");
          link.href = "#deep";
          link.textContent = "더 깊이 보기";
          document.querySelector("article h1").after(link);
          document.querySelector("article").append(fold);
        }"""
    )
    page.get_by_role("link", name="더 깊이 보기").click()
    expect(page.locator("#deep")).to_be_visible()
    expect(page.locator("#deep")).to_be_in_viewport()


def test_a_link_within_the_page_does_not_replace_the_page(site: Site, page: Page) -> None:
    """The theme would fetch the page again at the first such click, and a half-written answer would be gone."""
    asked: list[str] = []
    page.goto(f"{site.url}{LESSON}")
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("window.__article = document.querySelector('article')")
    for _ in range(2):
        page.locator(".md-sidebar--secondary").get_by_role("link", name="캐시 미스").click()
        expect(page.locator("#miss")).to_be_in_viewport()
    page.go_back()
    page.wait_for_timeout(300)
    assert page.evaluate("window.__article.isConnected")
    assert not [url for url in asked if url.endswith("/")]


def test_the_first_change_of_page_after_a_link_within_it_still_works(root_site: Site, page: Page) -> None:
    page.goto(f"{root_site.url}{LESSON}")
    page.evaluate("window.__realm = 'kept'")
    page.locator(".md-sidebar--secondary").get_by_role("link", name="캐시 미스").click()
    page.locator(".md-footer").get_by_role("link", name=re.compile("다음")).click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("데이터베이스 옆에")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("데이터베이스 옆에")
    assert page.evaluate("window.__realm") == "kept"


def test_an_unknown_address_gets_a_korean_page_that_leads_home(site: Site, page: Page, watch: Watch) -> None:
    page.goto(f"{site.url}lessons/no-such-lesson/")
    watch.errors = [error for error in watch.errors if "404" not in error]
    expect(page.get_by_role("heading", level=1)).to_have_text("찾는 페이지가 없습니다")
    page.locator("article").get_by_role("link", name="홈").click()
    assert page.url == site.url
