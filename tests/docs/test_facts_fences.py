"""The `facts` and `sources` fences turn ids into dated, linked statements, and stop the build for an id that is not there."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from theme.facts import Facts, load
from theme.fences import facts as fences


def page(source: str) -> BeautifulSoup:
    """What MkDocs makes of the text with the fences as mkdocs.yml registers them."""
    custom = [
        {"name": "facts", "class": "facts", "format": fences.render},
        {"name": "sources", "class": "sources", "format": fences.render_sources},
    ]
    html = Markdown(
        extensions=["attr_list", "admonition", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": custom}},
    ).convert(source)
    return BeautifulSoup(html, "lxml")


def fence(name: str, *ids: str) -> str:
    return "\n".join([f"```{{ .{name} }}", *ids, "```"])


def test_a_fact_shows_its_statement_its_sources_and_the_day_it_was_checked() -> None:
    item = page(fence("facts", "F-HA1")).select_one("div.facts > ul > li[data-fact='F-HA1']")
    fact, source = load().fact("F-HA1"), load().source("ug-auto-failover")
    assert item is not None
    assert fact.statement in item.text
    assert [(link["href"], link.text) for link in item.select("a")] == [(source.url, source.title)]
    assert "확인 2026-11-22" in item.text
    assert [time["datetime"] for time in item.select("time")] == ["2026-11-22"]


def test_facts_keep_the_order_of_the_fence() -> None:
    soup = page(fence("facts", "F-HA3", "F-HA1 F-HA2"))
    assert [item["data-fact"] for item in soup.select("li")] == ["F-HA3", "F-HA1", "F-HA2"]


@pytest.mark.parametrize(
    ("fact", "label"), [("F-DUR4", "시험용"), ("F-EXAM-SAP-C02", "구식"), ("F-C49", "확인 필요"), ("F-HA1", None)]
)
def test_a_label_warns_of_every_status_but_current(fact: str, label: str | None) -> None:
    shown = page(fence("facts", fact)).select_one(".facts-status")
    assert (shown.text if shown else None) == label


def test_backticks_become_code_and_markup_is_escaped() -> None:
    assert fences.inline("`SET k <v>` & <b>") == "<code>SET k &lt;v&gt;</code> &amp; &lt;b&gt;"


def test_sources_are_one_line_with_each_page_once() -> None:
    soup = page(fence("sources", "F-HA1", "F-HA3", "F-BAK4"))
    assert len(soup.select("div.facts-sources > p")) == 1
    assert [link["href"] for link in soup.select("a")] == [
        load().source("ug-auto-failover").url,
        load().source("ug-backups-restoring").url,
    ]
    assert soup.text.strip().startswith("출처 ")


def test_the_line_of_sources_looks_no_fresher_than_its_oldest_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    data = load()
    older = data.fact("F-HA3").model_copy(update={"checked": date(2026, 1, 2)})
    changed = Facts(data.sources, {**data.facts, "F-HA3": older}, data.claims, data.traps, data.glossary)
    monkeypatch.setattr(fences, "load", lambda: changed)
    soup = page(fence("sources", "F-HA1", "F-HA3"))
    assert [time["datetime"] for time in soup.select("time")] == ["2026-01-02"]


def test_works_inside_a_box() -> None:
    box = '!!! note "2026년 기준"\n\n    ' + fence("facts", "F-HA1").replace("\n", "\n    ")
    assert page(box).select_one(".admonition div.facts li") is not None


def test_carries_no_inline_style_script_or_handler() -> None:
    every = page(fence("facts", *load().facts) + "\n\n" + fence("sources", *load().facts))
    names = {name for tag in every.find_all(True) for name in tag.attrs}
    assert len(every.select("li")) == len(load().facts)
    assert names == {"class", "data-fact", "href", "datetime"}
    assert every.find_all(["style", "script"]) == []


@pytest.mark.parametrize("name", ["facts", "sources"])
def test_an_unknown_id_stops_the_build_with_what_to_do(name: str) -> None:
    with pytest.raises(SuperFencesException, match="`F-NONE` 사실을 찾을 수 없습니다"):
        page(fence(name, "F-HA1", "F-NONE"))


@pytest.mark.parametrize("name", ["facts", "sources"])
def test_a_fence_without_ids_stops_the_build(name: str) -> None:
    with pytest.raises(SuperFencesException, match="비어 있습니다"):
        page(fence(name, " "))
