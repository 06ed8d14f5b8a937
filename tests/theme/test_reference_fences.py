"""The fences of the reference pages: nothing of the data is dropped, and every entry leads to where it is taught."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from theme.facts import load
from theme.fences import facts as statements
from theme.fences import reference


def page(source: str) -> BeautifulSoup:
    """What MkDocs makes of the text with the fences as mkdocs.yml registers them."""
    custom = [
        {"name": name, "class": name, "format": render}
        for name, render in (
            ("claims", reference.render_claims),
            ("traps", reference.render_traps),
            ("glossary", reference.render_glossary),
        )
    ]
    html = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": custom}},
    ).convert(source)
    return BeautifulSoup(html, "lxml")


def fence(name: str, unit: str = "") -> str:
    return f"```{{ .{name}{f' unit={chr(34)}{unit}{chr(34)}' if unit else ''} }}\n목록\n```"


def test_the_units_together_show_every_claim_and_every_trap() -> None:
    claims, traps = [], []
    for unit in reference.UNITS:
        if any(claim.unit == unit for claim in load().claims.values()):
            claims += [str(item["id"]) for item in page(fence("claims", unit)).select("li.claim")]
        traps += [str(item["id"]) for item in page(fence("traps", unit)).select("li.trap")]
    assert sorted(claims) == sorted(id.lower() for id in load().claims)
    assert sorted(traps) == sorted(id.lower() for id in load().traps)


def test_a_claim_shows_the_note_the_verdict_what_is_right_and_where_it_is_taught() -> None:
    claim = load().claim("C39")
    item = page(fence("claims", claim.unit)).select_one("#c39")
    assert item is not None
    assert [part.text for part in item.select(".verdict")] == ["틀림"]
    for text in (claim.note, claim.today):
        assert BeautifulSoup(statements.inline(text), "lxml").text in item.text
    assert [link["href"] for link in item.select("a")] == ["../../lessons/redis-vs-memcached/#choose"]


def test_the_glossary_shows_every_term_with_its_variants_and_never_what_is_only_typed() -> None:
    soup = page(fence("glossary"))
    assert {str(term["id"]) for term in soup.select(".term")} == set(load().glossary)
    shown = {str(term["id"]): term.text for term in soup.select(".term")}
    for term in load().glossary.values():
        assert all(variant in shown[term.id] for variant in (term.korean, term.english, *term.variants))
        assert shown[term.id].count(term.english) <= 1 or term.english in term.definition, term.id
    assert "멤캐시트" in load().term("memcached").typed
    assert "멤캐시트" not in soup.text


def test_zensical_is_given_links_from_the_source_file(monkeypatch: pytest.MonkeyPatch) -> None:
    target = "lessons/db-cache.md#lookup"
    assert reference.lesson_url(target, "../../") == "../../lessons/db-cache/#lookup"
    monkeypatch.setitem(sys.modules, "zensical", ModuleType("zensical"))
    assert reference.lesson_url(target, "../../") == "../lessons/db-cache/#lookup"


@pytest.mark.parametrize("name", ["claims", "traps"])
def test_an_unknown_unit_stops_the_build(name: str) -> None:
    with pytest.raises(SuperFencesException, match='unit="nowhere"'):
        page(fence(name, "nowhere"))


def test_a_unit_without_claims_stops_the_build() -> None:
    with pytest.raises(SuperFencesException, match="보여 줄 것이 없습니다"):
        page(fence("claims", "operations"))


def test_a_fact_that_nothing_uses_or_a_claim_that_nothing_teaches_stops_the_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reference, "check", lambda: ["claims.yml `C11`: 가르치는 페이지가 없습니다."])
    reference._refuse_unsound_data.cache_clear()
    with pytest.raises(SuperFencesException, match="`C11`: 가르치는 페이지가 없습니다"):
        page(fence("claims", "db-cache"))
