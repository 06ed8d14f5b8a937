"""Pruning: what no page loads is gone, what the search worker may load stays."""

import json
from pathlib import Path

import pytest

from scripts.steps.post import prune

LUNR = ("lunr.ko.min.js", "lunr.stemmer.support.min.js", "lunr.multi.min.js", "lunr.fr.min.js")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in (
        "assets/javascripts/bundle.js", "assets/javascripts/bundle.js.map", "assets/stylesheets/main.css",
        "assets/images/favicon.png", "assets/javascripts/lunr/wordcut.js", "sitemap.xml", "sitemap.xml.gz",
        *(f"assets/javascripts/lunr/min/{name}" for name in LUNR),
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("code()", encoding="utf-8")
    languages(tmp_path, ["en"])
    return tmp_path


def languages(site: Path, names: list[str]) -> None:
    index = site / "search/search_index.json"
    index.parent.mkdir(exist_ok=True)
    index.write_text(json.dumps({"config": {"lang": names}, "docs": []}), encoding="utf-8")


def left(site: Path) -> set[str]:
    return {path.name for path in site.rglob("*") if path.is_file()}


def test_source_maps_and_the_icon_of_the_theme_go(site: Path) -> None:
    prune.apply(site)
    assert left(site) == {"bundle.js", "main.css", "sitemap.xml", "search_index.json"}
    assert not (site / "assets/images").exists()


def test_no_stemmer_stays_when_the_search_needs_none(site: Path) -> None:
    prune.apply(site)
    assert not (site / "assets/javascripts/lunr").exists()


def test_the_stemmers_of_the_configured_languages_stay(site: Path) -> None:
    languages(site, ["ko"])
    prune.apply(site)
    assert left(site) & set(LUNR) == {"lunr.ko.min.js", "lunr.stemmer.support.min.js"}


def test_two_languages_keep_what_joins_them(site: Path) -> None:
    languages(site, ["en", "ko"])
    prune.apply(site)
    assert left(site) & set(LUNR) == {"lunr.ko.min.js", "lunr.stemmer.support.min.js", "lunr.multi.min.js"}


@pytest.mark.parametrize(
    "comment",
    ["//# sourceMappingURL=bundle.js.map\n\n", "\n/*# sourceMappingURL=main.css.map */", "//# sourceMappingURL=x"],
)
def test_nothing_points_to_a_map_that_is_gone(comment: str) -> None:
    assert prune.without_source_map(f"code(){comment}") == "code()\n"


def test_other_comments_stay() -> None:
    assert (
        prune.without_source_map("code() // sourceMappingURL is a word\n") == "code() // sourceMappingURL is a word\n"
    )


def test_the_palettes_of_the_theme_go_with_the_link_to_them(site: Path) -> None:
    (site / "assets/stylesheets/palette.fb2fffe2.min.css").write_text("x", encoding="utf-8")
    main = '<link rel="stylesheet" href="../assets/stylesheets/main.57a0.min.css">'
    palette = '<link rel="stylesheet" href="../assets/stylesheets/palette.fb2fffe2.min.css">'
    (site / "index.html").write_text(f"<head>{main}\n  {palette}\n</head>", encoding="utf-8")
    prune.apply(site)
    assert (site / "index.html").read_text("utf-8") == f"<head>{main}\n</head>"
    assert not [name for name in left(site) if name.startswith("palette")]
