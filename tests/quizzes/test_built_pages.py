"""The built site gives no answer away: not in a page's text or markup, not in the search index, not in the code, not in the sitemap.

Answers are in two files a unit, apart from everything: the rubric that the player fetches at the first check, and the printable
answers. Everything else that is readable is searched here for keys.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from lxml import etree, html

from quizzes.engine import markup
from quizzes.engine.bank import load
from quizzes.engine.lessons import DOCS
from quizzes.engine.model import Item
from tests.browser.conftest import built_site

BANK = load()
READABLE = {".html", ".json", ".js", ".xml", ".txt", ".css", ".svg"}
# Shorter texts ("자동 장애 조치", "10") are words that any lesson may use.
TELLING = 16


@pytest.fixture(scope="module")
def site() -> Path:
    return built_site("/")


def answers_are_in(site: Path) -> set[Path]:
    folder = site / "assets/quizzes"
    return {folder / f"{unit.unit}.{kind}" for unit in BANK.units for kind in ("rubric.json", "answers.html")}


def pages(site: Path) -> list[Path]:
    return sorted(set(site.rglob("*.html")) - answers_are_in(site))


@cache
def said(file: Path) -> str:
    """Everything a file says, white space made even: of a page its text, its comments and every attribute."""
    if file.suffix != ".html":
        text = file.read_text(encoding="utf-8")
        # JSON may say a letter by its number.
        return even(json.dumps(json.loads(text), ensure_ascii=False) if file.suffix == ".json" else text)
    root = html.parse(str(file)).getroot()
    # What is inside a <template> or a <noscript> is text for this parser.
    attributes = [str(value) for element in root.iter() for value in element.attrib.values()]
    comments = [str(comment.text) for comment in root.iter(etree.Comment)]
    return even("\n".join([root.text_content(), *attributes, *comments]))


def even(text: str) -> str:
    return " ".join(text.split())


def answers(item: Item) -> set[str]:
    """What only someone who has answered may read, as text and as the HTML that the player shows."""
    known = [item.takeaway, *(part.why for part in item.parts())]
    texts = {even(markup.plain(text)) for text in known} | {even(markup.inline(text)) for text in known}
    return {text for text in texts if len(text) >= TELLING}


@cache
def taught() -> str:
    """What lessons and facts say in their own right: a takeaway in the very words of a lesson is no leak."""
    sources = (file for file in DOCS.rglob("*") if file.suffix in {".md", ".yml"})
    return even("\n".join(markup.plain(file.read_text(encoding="utf-8")) for file in sorted(sources)))


def test_the_answers_are_where_they_belong(site: Path) -> None:
    """Also that the search below finds what is there."""
    for unit in BANK.units:
        rubric = said(site / f"assets/quizzes/{unit.unit}.rubric.json")
        printed = said(site / f"assets/quizzes/{unit.unit}.answers.html")
        for item in unit.file.items:
            assert even(markup.plain(item.takeaway)) in printed
            assert json.dumps(markup.inline(item.takeaway), ensure_ascii=False)[1:-1] in rubric


def test_no_reason_and_no_takeaway_is_in_any_other_file(site: Path) -> None:
    files = [file for file in site.rglob("*") if file.suffix in READABLE and "runtime" not in file.parts]
    names = {file.relative_to(site).as_posix() for file in files}
    assert {"search/sections.json", "search/search_index.json", "sitemap.xml", "assets/app/quiz.js"} <= names
    everything = {file: said(file) for file in files if file not in answers_are_in(site)}
    found = [
        f"{item.id} in {file.relative_to(site)}: {text}"
        for item in BANK.items()
        for text in answers(item)
        for file, content in everything.items()
        if text in content and text not in taught()
    ]
    assert found == []


def test_the_search_index_holds_no_part_of_an_item(site: Path) -> None:
    index = said(site / "search/sections.json") + said(site / "search/search_index.json")
    found = [
        (item.id, text)
        for item in BANK.items()
        for text in {
            even(markup.plain(part)) for part in (item.stem.split("\n\n")[0], *(one.text for one in item.parts()))
        }
        if len(text) >= TELLING and text in index and text not in taught()
    ]
    assert found == []


def test_the_markup_of_a_key_is_that_of_a_distractor(site: Path) -> None:
    """Whatever stands at one choice stands at all: no class, attribute, order of attributes or comment tells them apart."""
    forms = 0
    for page in pages(site):
        for form in html.parse(str(page)).getroot().xpath("//form[contains(@class, 'qz-item')]"):
            forms += 1
            rows = form.xpath(".//*[@data-part]")
            assert len({skeleton(row) for row in rows}) == 1, (page.name, form.get("data-item"))
            assert form.xpath(".//@checked | .//@selected | .//comment()") == []
    assert forms >= sum(1 for _ in BANK.items())


def skeleton(row: html.HtmlElement) -> str:
    """The markup of a row without the words a learner reads and without the ids of this part."""
    part = row.get("data-part") or ""
    for label in row.xpath(
        ".//*[contains(@class, 'qz-choice-text') or contains(@class, 'qz-step-text')] | .//label[@for]"
    ):
        for child in list(label):
            label.remove(child)
        label.text = ""
    for element in row.iter():
        # An option of a select is the same for every prompt; its value may happen to be the id of this one.
        names = ("data-part", "for", "id", "name", *(["value"] if element.tag == "input" else []))
        for name in names:
            if element.get(name, "").endswith(part):
                element.set(name, element.get(name, "").removesuffix(part) + "PART")
    return html.tostring(row, encoding="unicode", with_tail=False)


def test_no_page_shows_the_steps_in_the_right_order(site: Path) -> None:
    shown = 0
    for page in pages(site):
        for form in html.parse(str(page)).getroot().xpath("//form[@data-kind='order']"):
            shown += 1
            key = BANK.item(form.get("data-item") or "").key()
            assert tuple(form.xpath(".//@data-part")) != key, (page.name, form.get("data-item"))
    assert shown >= 8


def test_every_item_for_practice_is_on_the_page_of_its_unit(site: Path) -> None:
    for unit in BANK.units:
        root = html.parse(str(site / f"quizzes/{unit.unit}/index.html")).getroot()
        wanted = [item.id for item in unit.file.items if "practice" in item.use]
        assert root.xpath("//form[contains(@class, 'qz-item')]/@data-item") == wanted


def test_the_answers_are_out_of_the_way_of_search_engines_and_readers(site: Path) -> None:
    assert "answers" not in (site / "sitemap.xml").read_text(encoding="utf-8")
    for page in pages(site):
        root = html.parse(str(page)).getroot()
        links = root.xpath("//a[contains(@href, '.answers.html')]")
        assert all(link.xpath("ancestor::noscript") for link in links), page
    for unit in BANK.units:
        root = html.parse(str(site / f"assets/quizzes/{unit.unit}.answers.html")).getroot()
        assert root.xpath("//meta[@name='robots']/@content") == ["noindex"]
