"""The reference pages: nothing of the data is missing, and the cheat sheet fits its paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from theme import facts

pytestmark = pytest.mark.browser


def test_every_claim_of_the_notes_is_on_the_page_with_its_verdict(root_site: Site, page: Page) -> None:
    page.goto(root_site.url + "reference/claims/")
    shown = page.locator(".claim").evaluate_all("items => items.map(item => item.id.toUpperCase())")
    assert sorted(shown) == sorted(facts.load().claims)
    assert len(shown) == 70
    expect(page.locator("#c39 .verdict")).to_have_text("틀림")


def test_all_64_traps_and_every_term_are_there(root_site: Site, page: Page) -> None:
    page.goto(root_site.url + "reference/traps/")
    assert page.locator(".trap").count() == 64
    page.goto(root_site.url + "reference/glossary/")
    assert page.locator(".term").count() == len(facts.load().glossary)


def test_the_cheat_sheet_prints_on_two_pages(root_site: Site, page: Page) -> None:
    page.goto(root_site.url + "reference/cheatsheet/")
    page.evaluate("document.fonts.ready.then(() => true)")
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2
