"""Search sections: the text of each page by heading, with the other names of the terms in it.

The theme's own index is replaced for three reasons. Its parser lets text slip out of excluded blocks that contain a nested
element of the same kind, and quiz answers must never be found; it knows no other name of a term (정렬 세트 for 정렬된 집합);
and it is sent to every reader on the first visit, so the sections move to a file of their own that
theme/shell/search-worker.ts fetches at the first search. What readers type differently (particles, joined words, misspellings)
is the business of the engine in theme/shell/search.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from scripts.steps.stages import StageError
from theme import facts

# Never found: questions with their answers; labs (the starter of a step holds the solution of the step before) and their
# hints; drawings (their steps are listed beside them), what scripts read, controls, and the lists of sources, which repeat the
# same titles everywhere.
# The class is for HTML inside Markdown, from which the theme's plugin takes the attribute away.
EXCLUDED = (
    "[data-search-exclude], .search-exclude, .quiz, div.lab, details.hint, template, script, style, noscript, svg, "
    "button, input, textarea, .headerlink, .linenos, .facts-meta, .facts-sources"
)
# A lesson explains; lists of traps, terms and corrections mention.
BOOSTS = {"lessons/": 2.0, "reference/": 0.8}
# The last sections of a lesson repeat its words without explaining them.
REPEATING = {"next": 0.3, "exam": 0.6}

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|caption|d[dlt]|details|div|fieldset|figcaption|figure|footer|form|header|hr|legend|"
    r"li|main|nav|[ou]l|p|section|summary|table|tbody|td|tfoot|t[hr]|thead"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True)
class Term:
    """What one thing is called, what it is called wrongly, and the section that teaches it (`lessons/db-cache/#miss`)."""

    forms: frozenset[str]
    typed: frozenset[str]
    taught: str


class Entry(TypedDict):
    """A section as the engine reads it (`Section` of theme/shell/search/engine.ts)."""

    location: str
    title: str
    text: list[str]
    names: list[str]
    keys: list[str]
    boost: float


@dataclass
class Section:
    """One search result: a page, or a heading of it with the text up to the next heading."""

    location: str
    title: str
    text: list[str] = field(default_factory=list)

    def entry(self, terms: Sequence[Term], boost: float) -> Entry:
        """With the other `names` of what the section is about, and as `keys` of what it mentions."""
        taught = [form for term in terms if term.taught == self.location for form in sorted(term.forms | term.typed)]
        names = list(dict.fromkeys([*taught, *other_names([self.title], terms)]))
        return {
            "location": self.location,
            "title": self.title,
            "text": self.text,
            "names": names,
            "keys": [key for key in other_names(self.text, terms) if key not in names],
            "boost": boost * REPEATING.get(self.location.partition("#")[2], 1),
        }


def apply(site: Path) -> None:
    """Write search/sections.json from the pages, and keep only the settings in search/search_index.json."""
    index = site / "search" / "search_index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    pages = {document["location"].partition("#")[0]: document.get("boost") for document in content["docs"]}
    if not pages:
        raise StageError("페이지", "검색 색인이 비어 있습니다. mkdocs build가 새로 만든 폴더에 한 번만 적용하세요.")
    terms = [term_of(term) for term in facts.load().glossary.values()]
    entries = [
        section.entry(terms, boost or boost_of(location))
        for location, boost in pages.items()
        for section in sections_of(_file_of(site, location).read_text(encoding="utf-8"), location)
    ]
    _write(index.with_name("sections.json"), entries)
    _write(index, {"config": content["config"], "docs": []})


def sections_of(html: str, location: str) -> list[Section]:
    """The sections of a built page that is served at `location`, in reading order."""
    article = BeautifulSoup(html, "html.parser").select_one("article.md-content__inner")
    if article is None:
        return []
    for excluded in article.select(EXCLUDED):
        excluded.decompose()
    return _Reader(location).read(article)


def boost_of(location: str) -> float:
    """How much the sections of a page weigh."""
    return next((boost for folder, boost in BOOSTS.items() if location.startswith(folder)), 1.0)


def term_of(term: facts.Term) -> Term:
    """A term of the glossary with everything it is called, misspelt or not, and the address of its section."""
    page, _, anchor = term.lesson.partition("#")
    forms = names_of(term.english, term.korean, *term.variants)
    return Term(forms, frozenset(term.typed), f"{page.removesuffix('.md')}/#{anchor}")


def other_names(texts: Iterable[str], terms: Iterable[Term]) -> list[str]:
    """What the terms that the texts mention are also called."""
    whole = _tidy(" ".join(texts)).lower()
    # A name of two syllables (제거, 미스) is too common a word to tell that a text is about the term.
    found = [term for term in terms if any(len(form) > 2 and _mentions(whole, form) for form in term.forms)]
    return [form for term in found for form in sorted(term.forms | term.typed) if not _mentions(whole, form)]


def names_of(*forms: str) -> frozenset[str]:
    """The names of one term: "A(B)" and "A, B" are two names each, any other parenthesis is an aside."""
    parts = (part for form in forms for part in re.sub(r"\((.*)\)$", r",\1", form).split(","))
    names = (_tidy(re.sub(r"\(.*?\)", "", part)) for part in parts)
    return frozenset(name for name in names if name)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).lower()


def _mentions(text: str, form: str) -> bool:
    """Whether lower-case `text` uses the term. Hangul is compared without spaces; a Latin word has to stand alone."""
    if _HANGUL.search(form):
        return _squeezed(form) in _squeezed(text)
    return re.search(rf"(?<![a-z0-9]){re.escape(form.lower())}(?![a-z0-9])", text) is not None


class _Reader:
    """Walks an article once, gathering inline text until a block ends."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._sections: list[Section] = []
        self._inline: list[str] = []

    def read(self, article: Tag) -> list[Section]:
        self._walk(article)
        self._flush()
        return self._sections

    def _walk(self, tag: Tag) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self._enter(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._inline.append(child)

    def _enter(self, tag: Tag) -> None:
        if tag.name in _HEADINGS and tag.get("id"):
            self._flush()
            self._begin(str(tag["id"]), tag.get_text())
        elif "term" in (tag.get("class") or []) and tag.a:
            # An entry of the glossary is found by itself, not as the whole page.
            self._flush()
            self._begin(str(tag["id"]), tag.a.extract().get_text())
            self._walk(tag)
        elif tag.name == "pre":
            self._flush()
            self._add(tag.get_text().strip())
        elif _BLOCKS.fullmatch(tag.name):
            self._flush()
            self._walk(tag)
            self._flush()
        elif tag.name == "br":
            self._inline.append(" ")
        else:
            self._walk(tag)

    def _begin(self, anchor: str, title: str) -> None:
        location = f"{self._location}#{anchor}" if self._sections else self._location
        self._sections.append(Section(location, _tidy(title)))

    def _flush(self) -> None:
        text = _tidy("".join(self._inline))
        self._inline = []
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        # Text above the first heading belongs to no result; lessons begin with their title.
        if self._sections:
            self._sections[-1].text.append(text)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _file_of(site: Path, location: str) -> Path:
    file = site / location
    return file if file.suffix == ".html" else file / "index.html"


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
