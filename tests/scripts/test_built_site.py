"""The built site as files: every link and anchor inside it resolves, ids are unique, nothing points elsewhere at run time."""

from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from lxml import html

from tests.browser.conftest import built_site

# What a browser fetches by itself, as opposed to what a reader may follow.
FETCHED = (("script", "src"), ("link", "href"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("use", "href"))
ORIGIN = "http://127.0.0.1:8000/"
CANONICAL = {"canonical", "alternate", "prev", "next"}


@pytest.fixture(scope="module")
def site() -> Path:
    return built_site("/")


@cache
def parsed(page: Path) -> html.HtmlElement:
    return html.parse(str(page)).getroot()


@cache
def ids(page: Path) -> frozenset[str]:
    return frozenset(parsed(page).xpath("//@id"))


def pages(site: Path) -> list[Path]:
    found = sorted(page for page in site.rglob("*.html") if "assets" not in page.relative_to(site).parts)
    assert len(found) > 8
    return found


def address(site: Path, page: Path) -> str:
    return ORIGIN + page.relative_to(site).as_posix().removesuffix("index.html")


def target(site: Path, url: str) -> Path:
    file = site / unquote(urlsplit(url).path).lstrip("/")
    return file / "index.html" if url.endswith("/") or file.is_dir() else file


def test_every_link_inside_the_site_leads_to_a_page_and_an_anchor_that_exist(site: Path) -> None:
    broken: list[str] = []
    for page in pages(site):
        for href in parsed(page).xpath("//a/@href"):
            url, fragment = urldefrag(urljoin(address(site, page), href))
            if not url.startswith(ORIGIN):
                continue
            file = target(site, url)
            if not file.is_file():
                broken.append(f"{page.relative_to(site)}: {href} (no such page)")
            elif fragment and file.suffix == ".html" and fragment not in ids(file) and fragment != "__skip":
                broken.append(f"{page.relative_to(site)}: {href} (no such anchor)")
    assert broken == []


def test_ids_are_unique_on_every_page(site: Path) -> None:
    for page in pages(site):
        seen: Counter[str] = Counter(parsed(page).xpath("//@id"))
        repeated = [name for name, count in seen.items() if count > 1]
        assert repeated == [], page.relative_to(site)


def test_pages_fetch_nothing_from_another_origin(site: Path) -> None:
    for page in pages(site):
        for tag, attribute in FETCHED:
            for element in parsed(page).iter(tag):
                url = element.get(attribute)
                if url is None or CANONICAL & set((element.get("rel") or "").split()):
                    continue
                assert urljoin(address(site, page), url).startswith((ORIGIN, "data:")), (
                    f"{page.relative_to(site)}: {url}"
                )
                if not url.startswith("data:"):
                    assert target(site, urldefrag(urljoin(address(site, page), url)).url).is_file(), f"{page}: {url}"


def test_the_content_security_policy_is_the_same_bytes_on_every_page(site: Path) -> None:
    policies = {
        tuple(parsed(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")) for page in pages(site)
    }
    assert len(policies) == 1
    (policy,) = policies.pop()
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy


def test_no_page_carries_inline_styles_or_handlers(site: Path) -> None:
    for page in pages(site):
        root = parsed(page)
        assert root.xpath("//@style") == [], page.relative_to(site)
        assert root.xpath("//style") == [], page.relative_to(site)
        assert root.xpath("//@*[starts-with(name(), 'on')]") == [], page.relative_to(site)


def test_every_picture_has_a_text_alternative(site: Path) -> None:
    for page in pages(site):
        for image in parsed(page).xpath("//article//img"):
            assert image.get("alt"), page.relative_to(site)
        for drawing in parsed(page).xpath("//article//*[local-name()='svg'][@role='img']"):
            assert drawing.get("aria-labelledby") or drawing.get("aria-label"), page.relative_to(site)


def test_licences_of_everything_redistributed_are_there_in_full(site: Path) -> None:
    text = (site / "assets/licenses.txt").read_text(encoding="utf-8")
    for name in (
        "mkdocs-material",
        "fakeredis",
        "redis ",
        "lit ",
        "@codemirror/view",
        "pyodide",
        "noto-sans-kr",
        "idb ",
    ):
        assert name in text, name
