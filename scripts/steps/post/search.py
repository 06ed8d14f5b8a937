"""Search sections: the text of each page by heading, with keys for what Korean readers type differently.

The theme's own index is replaced for three reasons. Its parser lets text slip out of excluded blocks that contain a nested
element of the same kind, and quiz answers must never be found; it knows no joined words (캐시미스 for 캐시 미스) and no other
name of a term (정렬 세트 for 정렬된 집합); and it is sent to every reader on the first visit, so the sections move to a file
of their own that theme/shell/search-worker.ts fetches at the first search.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from scripts.steps.stages import StageError
from theme import facts

# Never found: answers and solutions, drawings (their steps are listed beside them), what scripts read, controls, and the
# lists of sources, which repeat the same titles everywhere.
# The class is for HTML inside Markdown, from which the theme's plugin takes the attribute away.
EXCLUDED = (
    "[data-search-exclude], .search-exclude, .quiz, .lab-solution, template, script, style, noscript, svg, button, input, "
    "textarea, .headerlink, .linenos, .facts-meta, .facts-sources"
)
# What a title is also called weighs almost as much as the title (1000), what a text is also called as much as the text (1).
FIELDS = {"names": 900.0, "keys": 1.0}
# A lesson explains; lists of traps, terms and corrections mention.
LESSON_BOOST = 2.0

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|caption|d[dlt]|details|div|fieldset|figcaption|figure|footer|form|header|hr|legend|"
    r"li|main|nav|[ou]l|p|section|summary|table|tbody|td|tfoot|t[hr]|thead"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_JOSA = re.compile(
    r"(?:으로부터|에서부터|이라는|라는|이란|에게서|에서는|으로는|으로써|으로서|에는|에도|에서|에게|까지|부터|처럼|보다|마다|이나|이며|"
    r"으로|로는|은|는|이|가|을|를|에|의|로|와|과|도|란|만)$"
)
# A word that ends so is a verb or already carries a particle: it does not begin a compound.
_NOT_FIRST = re.compile(
    r"(?:[다요죠고며서면]|지만|는데|니다|하는|되는|[은는을를의와과]|에서|으로|에게|까지|부터|처럼|보다)$"
)
_NOT_SECOND = re.compile(
    r"(?:니다|세요|어요|까요|[았었겠]다|하는|되는|하면|되면|하고|되고|있는|없는|않는|않은|위해|때문|대한)$"
)
_WORD = re.compile(r"[0-9A-Za-z가-힣]+")
_HANGUL = re.compile(r"[가-힣]")


@dataclass
class Section:
    """One search result: a page, or a heading of it with the text up to the next heading."""

    location: str
    title: str
    blocks: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    def entry(self, synonyms: Sequence[frozenset[str]]) -> dict[str, object]:
        """The form the theme's worker reads. `text` is HTML that the theme shows; `names` and `keys` are only searched."""
        names, keys = keys_of([self.title], synonyms), keys_of(self.plain, synonyms)
        return {
            "location": self.location,
            "title": escape(self.title, quote=False),
            "text": "".join(self.blocks),
            "names": " ".join(names),
            "keys": " ".join(key for key in keys if key not in names),
        }


def apply(site: Path) -> None:
    """Write search/sections.json from the pages, and keep only the settings in search/search_index.json."""
    index = site / "search" / "search_index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    pages = {document["location"].partition("#")[0]: document.get("boost") for document in content["docs"]}
    if not pages:
        raise StageError("페이지", "검색 색인이 비어 있습니다. mkdocs build가 새로 만든 폴더에 한 번만 적용하세요.")
    synonyms = [names_of(term.english, term.korean, *term.variants) for term in facts.load().glossary.values()]
    entries = [
        section.entry(synonyms) | {"boost": boost or (LESSON_BOOST if location.startswith("lessons/") else 1)}
        for location, boost in pages.items()
        for section in sections_of(_file_of(site, location).read_text(encoding="utf-8"), location)
    ]
    config = content["config"]
    config["fields"] |= {name: {"boost": boost} for name, boost in FIELDS.items()}
    _write(index.with_name("sections.json"), entries)
    _write(index, {"config": config, "docs": []})


def sections_of(html: str, location: str) -> list[Section]:
    """The sections of a built page that is served at `location`, in reading order."""
    article = BeautifulSoup(html, "html.parser").select_one("article.md-content__inner")
    if article is None:
        return []
    for excluded in article.select(EXCLUDED):
        excluded.decompose()
    return _Reader(location).read(article)


def keys_of(texts: Iterable[str], synonyms: Sequence[frozenset[str]]) -> list[str]:
    """What readers may type for these texts beside their own words: neighbours joined, and other names of terms found."""
    texts = list(texts)
    joined = [pair for text in texts for phrase in re.split(r"[^\w\s]+", text) for pair in _joined(phrase)]
    whole = _tidy(" ".join(texts)).lower()
    # A name of two syllables (제거, 미스) is too common a word to tell that a text is about the term.
    others = [
        form
        for forms in synonyms
        if any(len(form) > 2 and _mentions(whole, form) for form in forms)
        for form in sorted(forms)
        if not _mentions(whole, form)
    ]
    return list(dict.fromkeys([*joined, *(key for form in others for key in (form.lower(), _squeezed(form)))]))


def names_of(*forms: str) -> frozenset[str]:
    """The names of one term: "A(B)" and "A, B" are two names each, any other parenthesis is an aside."""
    parts = (part for form in forms for part in re.sub(r"\((.*)\)$", r",\1", form).split(","))
    names = (_tidy(re.sub(r"\(.*?\)", "", part)) for part in parts)
    return frozenset(name for name in names if name)


def without_josa(word: str) -> str:
    """The word without its trailing particle, when at least two syllables remain."""
    stem = _JOSA.sub("", word)
    return stem if len(_HANGUL.findall(stem)) >= 2 else word


def _joined(phrase: str) -> Iterator[str]:
    words = _WORD.findall(phrase)
    for first, second in pairwise(words):
        second = without_josa(second)
        if not _HANGUL.search(second) or len(first) < 2 or len(second) < 2 or len(first) + len(second) > 12:
            continue
        if without_josa(first) == first and not _NOT_FIRST.search(first) and not _NOT_SECOND.search(second):
            yield (first + second).lower()


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
        self._html: list[str] = []
        self._plain: list[str] = []

    def read(self, article: Tag) -> list[Section]:
        self._walk(article)
        self._flush()
        return self._sections

    def _walk(self, tag: Tag) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self._enter(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._html.append(escape(child, quote=False))
                self._plain.append(child)

    def _enter(self, tag: Tag) -> None:
        if tag.name in _HEADINGS and tag.get("id"):
            self._flush()
            self._begin(str(tag["id"]), _tidy(tag.get_text()))
        elif tag.name == "pre":
            self._flush()
            self._add(f"<pre><code>{escape(tag.get_text(), quote=False).strip()}</code></pre>", "")
        elif tag.name == "code":
            self._html.append(f"<code>{escape(tag.get_text(), quote=False)}</code>")
            self._plain.append(tag.get_text())
        elif _BLOCKS.fullmatch(tag.name):
            self._flush()
            self._walk(tag)
            self._flush()
        elif tag.name == "br":
            self._html.append(" ")
            self._plain.append(" ")
        else:
            self._walk(tag)

    def _begin(self, anchor: str, title: str) -> None:
        location = f"{self._location}#{anchor}" if self._sections else self._location
        self._sections.append(Section(location, title))

    def _flush(self) -> None:
        html, plain = _tidy("".join(self._html)), _tidy("".join(self._plain))
        self._html, self._plain = [], []
        if plain:
            self._add(f"<p>{html}</p>", plain)

    def _add(self, html: str, plain: str) -> None:
        if not self._sections:
            return  # Text above the first heading belongs to no result; lessons begin with their title.
        self._sections[-1].blocks.append(html)
        if plain:
            self._sections[-1].plain.append(plain)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _file_of(site: Path, location: str) -> Path:
    file = site / location
    return file if file.suffix == ".html" else file / "index.html"


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
