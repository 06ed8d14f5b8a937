"""The `lab` fence, through the Markdown that builds the site."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from labs.engine import fence
from labs.engine.lab import LabError, load

LAB = load("cache-hit-miss")
FENCE = '```{ .lab lab="cache-hit-miss" step="look-first" }\n```\n'


def html(text: str) -> str:
    """A page with the extensions of mkdocs.yml that touch a fence."""
    custom = [{"name": "lab", "class": "lab", "format": fence.render}]
    return Markdown(
        extensions=[
            "abbr",
            "admonition",
            "attr_list",
            "def_list",
            "md_in_html",
            "pymdownx.details",
            "pymdownx.highlight",
            "pymdownx.superfences",
        ],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": custom},
            "pymdownx.highlight": {"use_pygments": True, "pygments_lang_class": True},
        },
    ).convert(text)


def parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(html(text), "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, selector
    return found[0]


def test_a_fence_with_an_empty_body_renders() -> None:
    step = one(parsed(FENCE), 'div.lab[data-player="lab"] > lab-step')
    assert step.attrs == {
        "lab": "cache-hit-miss",
        "lab-title": "캐시 히트와 미스",
        "step": "look-first",
        "rev": "1",
        "step-index": "1",
        "step-count": "3",
        "title": "캐시에 먼저 묻기",
    }


def test_no_paragraph_wraps_or_enters_it() -> None:
    page = parsed(f"앞 문단\n\n{FENCE}\n뒤 문단\n")
    assert [child.name for child in page.find_all(recursive=False)] == ["p", "div", "p"]
    assert page.select("div.lab p") == page.select("div.lab noscript p")
    assert page.select("div.lab p p, p div.lab") == []


@pytest.mark.parametrize("step", [step.id for step in LAB.steps])
def test_the_exact_starter_and_solution_survive(step: str) -> None:
    page = parsed(FENCE.replace("look-first", step))
    assert one(page, "template.lab-source").text == LAB.step(step).starter
    assert one(page, "template.lab-solution-source").text == LAB.step(step).solution
    assert one(page, ".lab-starter pre code").text == LAB.step(step).starter
    assert one(page, ".lab-solution pre code").text == LAB.step(step).solution


def test_code_that_looks_like_html_survives() -> None:
    assert fence._highlighted("a = '<b>&amp;</b>'\n").count("<b>") == 0


def test_the_recorded_output_is_what_the_solution_prints() -> None:
    page = parsed(FENCE.replace("look-first", "expire-and-invalidate"))
    assert one(page, "details.lab-output > pre").text == (
        "처음: 12000\n가격을 바꾼 직후: 9900\nDB만 고친 직후: 9900 (60초 뒤 만료)\n61초 뒤: 7900\n"
    )


def test_code_is_highlighted_as_the_theme_expects() -> None:
    assert "<span" in str(one(parsed(FENCE), ".lab-starter > .highlight > pre > code"))


def test_answers_stay_out_of_the_search_index() -> None:
    hidden = parsed(FENCE).select("[data-search-exclude]")
    assert [(tag.name, tag.get("class")) for tag in hidden] == [
        ("noscript", None),
        ("template", ["lab-source"]),
        ("details", ["lab-solution"]),
        ("template", ["lab-solution-source"]),
    ]


def test_it_says_what_to_do_without_scripts() -> None:
    assert "python -m labs run cache-hit-miss look-first" in one(parsed(FENCE), "noscript").text


def test_the_content_policy_has_nothing_to_refuse() -> None:
    page = parsed(FENCE)
    assert page.select("script, style, [style]") == []
    assert [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")] == []


def test_hints_follow_the_fence_as_siblings() -> None:
    page = parsed(f'{FENCE}\n??? hint "힌트 1"\n\n    글\n\n??? hint "힌트 2"\n\n    글\n')
    siblings = one(page, "div.lab").find_next_siblings()
    assert [(tag.name, tag.get("class")) for tag in siblings] == [("details", ["hint"])] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('```{ .lab lab="nope" step="look-first" }\n```\n', "No such lab"),
        ('```{ .lab lab="cache-hit-miss" step="nope" }\n```\n', "No such step"),
        ('```{ .lab step="look-first" }\n```\n', "lab and step needed"),
        (FENCE.replace("\n```", "\n본문\n```"), "The body must be empty"),
    ],
)
def test_a_wrong_fence_stops_the_build_and_says_why(text: str, message: str) -> None:
    with pytest.raises(SuperFencesException, match=message):
        html(text)


def test_a_solution_that_fails_stops_the_build() -> None:
    broken = replace(LAB.step("look-first"), solution="1 / 0\n")
    with pytest.raises(LabError, match="ZeroDivisionError"):
        fence.recorded_output(LAB, broken)
