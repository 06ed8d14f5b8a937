"""What a learner does with a quiz: by mouse, by keyboard, and what there is to see. For the tests of the player and of the site."""

from __future__ import annotations

from typing import TypedDict

from playwright.sync_api import Locator, Page

# More stops than any page has between two places a learner goes from one to the other.
TABS = 120

_ATTEMPTS = """async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => { indexedDB.open(name).onsuccess = (event) => done(event.target.result); });
    if (!database.objectStoreNames.contains("attempts")) { database.close(); continue; }
    const request = database.transaction("attempts").objectStore("attempts").getAll();
    const attempts = await new Promise((done) => { request.onsuccess = () => done(request.result); });
    database.close();
    return attempts;
  }
  return [];
}"""


class Attempt(TypedDict):
    """An entry of the learning record."""

    kind: str
    item: str
    rev: int
    chosen: list[str]
    outcome: str
    confidence: str | None
    ms: int
    at: int
    mode: str


class State(TypedDict):
    """What a learner sees of the item on screen."""

    item: str
    order: list[str]
    options: list[list[str]]
    picked: list[str]
    typed: list[str]
    selected: list[str]
    placed: list[str]
    confidence: str | None


def attempts(page: Page) -> list[Attempt]:
    """The learning record, oldest first."""
    found: list[Attempt] = page.evaluate(_ATTEMPTS)
    return found


def state(page: Page) -> State:
    found: State = page.evaluate(
        """() => {
          const all = (selector) => [...document.querySelectorAll(`quiz-set ${selector}`)];
          return {
            item: document.querySelector("form.qz-item").dataset.item,
            order: all("[data-part]").map((row) => row.dataset.part),
            options: all("select").map((one) => [...one.options].map((option) => option.value)),
            picked: all("input:checked").map((input) => input.value),
            typed: all("input[type=text]").map((input) => input.value),
            selected: all("select").map((one) => one.value),
            placed: all(".qz-placed [data-part]").map((row) => row.dataset.part),
            confidence: document.querySelector(".qz-pill[aria-pressed=true]")?.textContent.trim() ?? null,
          };
        }"""
    )
    return found


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def item_of(page: Page) -> str:
    """Id of the item on screen."""
    found = page.locator("form.qz-item").get_attribute("data-item")
    assert found
    return found


def answer(page: Page, key: list[str]) -> None:
    """Give an answer with the mouse. `key` is what an attempt would hold."""
    form = page.locator("form.qz-item")
    match form.get_attribute("data-kind"):
        case "choice" | "predict":
            for part in key:
                form.locator(f'input[value="{part}"]').check()
        case "order":
            for part in key:
                form.locator(f'[data-part="{part}"] .qz-step-place').click()
        case "command":
            for line in key:
                form.locator("input").fill(line)
        case _:
            for pair in key:
                prompt, option = pair.split(":")
                form.locator(f'select[name="{prompt}"]').select_option(option)


def tab_to(page: Page, wanted: Locator) -> None:
    """Go there as a keyboard user does, back when it lies behind; a control that Tab does not reach fails the test."""
    for _ in range(TABS):
        way: str = wanted.evaluate(
            """(element) => {
              const here = document.activeElement;
              if (here === element) return "";
              const behind = here.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
              return behind && here !== document.body ? "Shift+Tab" : "Tab";
            }"""
        )
        if not way:
            return
        page.keyboard.press(way)
    raise AssertionError(f"Tab does not reach {wanted}")


def press_by_keyboard(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def answer_by_keyboard(page: Page, key: list[str]) -> None:
    """Give an answer, or what is missing of it, with Tab, arrows, Space, Enter and letters. `key` is what an attempt would hold."""
    form = page.locator("form.qz-item")
    match form.get_attribute("data-kind"):
        case "choice" | "predict" if form.locator('input[type="radio"]').count():
            tab_to(page, form.locator("input").first)
            while page.evaluate("document.activeElement.value") != key[0]:
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Space")
        case "choice":
            for control in form.locator("input").all():
                if control.get_attribute("value") in key and not control.is_checked():
                    tab_to(page, control)
                    page.keyboard.press("Space")
        case "order":
            for part in key:
                place = form.locator(f'[data-part="{part}"] .qz-step-place')
                if not place.is_visible():
                    continue
                tab_to(page, place)
                page.keyboard.press("Enter")
        case "command":
            tab_to(page, form.locator("input"))
            page.keyboard.type(key[0])
        case _:
            pairs = dict(pair.split(":") for pair in key)
            for row in form.locator("[data-part]").all():
                option = pairs.get(row.get_attribute("data-part") or "")
                if option is None:
                    continue
                tab_to(page, row.locator("select"))
                while page.evaluate("document.activeElement.value") != option:
                    page.keyboard.press("ArrowDown")
