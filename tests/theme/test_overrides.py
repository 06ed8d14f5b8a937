"""The template overrides still fit the theme they were written against."""

import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

OVERRIDES = Path(__file__).parents[2] / "theme" / "overrides"
THEME = files("material") / "templates"


def theirs(name: str) -> str:
    return (THEME / name).read_text("utf-8")


def ours(name: str) -> str:
    return (OVERRIDES / name).read_text("utf-8")


def test_the_theme_is_the_version_the_overrides_follow() -> None:
    assert f"Material for MkDocs {version('mkdocs-material')}" in ours("README.md"), (
        "compare each partial, then the README"
    )


def keys(template: str) -> list[str]:
    return re.findall(r'^  "([\w.]+)":', template, re.MULTILINE)


def test_every_word_of_the_theme_has_a_korean_one_of_ours() -> None:
    assert keys(ours("partials/languages/ko.html")) == keys(theirs("partials/languages/ko.html"))
    assert "하단/푸터" not in ours("partials/languages/ko.html")


@pytest.mark.parametrize("partial", ["partials/header.html", "partials/search.html"])
def test_what_the_theme_looks_for_is_still_there(partial: str) -> None:
    """Its script finds components by attribute and stops the whole page when one is gone."""
    components = set(re.findall(r'data-md-component="([\w-]+)"', theirs(partial)))
    components -= {"search-share", "search-suggest"}  # features that are off
    assert components <= set(re.findall(r'data-md-component="([\w-]+)"', ours(partial)))


def test_our_search_worker_is_started_in_place_of_the_one_of_the_theme() -> None:
    path = re.search(r'"(assets/javascripts/workers/)search\.\w+\.min\.js"', theirs("base.html"))
    assert path is not None
    assert f'replace("{path[1]}", "assets/app/search-worker.js?")' in ours("main.html")


def test_the_place_of_the_policy_stands_in_the_head_before_any_script() -> None:
    base = theirs("base.html")
    assert base.index("{% block site_meta %}") < base.index("partials/javascripts/base.html")
    assert "<!-- content-security-policy -->" in ours("main.html")


@pytest.mark.parametrize("drawing", ["partials/logo.html", "assets/favicon.svg"])
def test_the_mark_is_drawn_without_inline_styles(drawing: str) -> None:
    assert "style=" not in ours(drawing)
    assert "<svg" in ours(drawing)


def test_every_colour_that_the_theme_uses_is_set_by_our_styles() -> None:
    """The theme's palettes are not shipped, so a variable that only they define would be missing in the dark scheme."""
    (main,) = (
        path for path in (THEME / "assets/stylesheets").iterdir() if re.fullmatch(r"main\.\w+\.min\.css", path.name)
    )
    styles = main.read_text("utf-8")
    light = "".join(re.findall(r"\[data-md-color-scheme=default\]\{([^}]*)\}", styles))
    needed = {name for name in re.findall(r"(--md-[\w-]+):", light) if f"var({name})" in styles}
    base = (OVERRIDES.parent / "styles/base.css").read_text("utf-8")
    assert len(needed) > 20
    assert {name for name in needed if f"{name}:" not in base} == set()
