"""Links the first mention of each glossary term in a lesson to the glossary, where it is explained in one sentence.

A term that the lesson itself teaches is left alone: its explanation is on the page.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from theme import facts

_TOKEN = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
_TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_VOID = frozenset(
    {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "area", "base", "col", "embed", "track"}
)
# Places where a link would be wrong (links, code, headings), or noise (figures, tables, boxes of sources, quizzes).
_SHUT = frozenset(
    [
        "a",
        "code",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "svg",
        "figure",
        "table",
        "script",
        "style",
        "summary",
        "button",
        "label",
        "form",
        "nav",
        "title",
        "template",
    ]
)
_SHUT_CLASSES = frozenset({"quiz", "facts", "facts-sources", "lab", "admonition-title"})


@dataclass(frozen=True)
class Term:
    """A glossary entry as a lesson may write it. `lesson` is the slug of the lesson that teaches it."""

    id: str
    form: str
    lesson: str


def apply(site: Path) -> None:
    """Rewrite the lessons of the built site."""
    terms = list(glossary_terms(facts.load().glossary.values()))
    for page in sorted(site.glob("lessons/*/index.html")):
        html = page.read_text(encoding="utf-8")
        others = [term for term in terms if term.lesson != page.parent.name]
        page.write_text(link_terms(html, others, "../../reference/glossary/"), encoding="utf-8")


def glossary_terms(glossary: Iterable[facts.Term]) -> Iterator[Term]:
    """The forms to look for: the Korean word without what stands in brackets, each of the forms a slash separates."""
    for entry in glossary:
        lesson = entry.lesson.removeprefix("lessons/").partition(".md")[0]
        for form in re.sub(r"\([^)]*\)", "", entry.korean).split(" / "):
            if len(form.strip()) > 1:
                yield Term(entry.id, form.strip(), lesson)


def link_terms(html: str, terms: Iterable[Term], glossary: str) -> str:
    """`html` with the first mention of each term inside the article's running text made a link into `glossary`."""
    by_form = {term.form: term.id for term in terms}
    if not by_form:
        return html
    # The longest first: 클러스터 모드 before 클러스터. Before a term no letter may stand; after it Korean puts particles.
    forms = "|".join(re.escape(form) for form in sorted(by_form, key=lambda form: (-len(form), form)))
    mention = re.compile(rf"(?<![가-힣A-Za-z0-9]){'(' + forms + ')'}(?![A-Za-z0-9])")
    linked: set[str] = set()

    def link(match: re.Match[str]) -> str:
        id = by_form[match[1]]
        if id in linked:
            return match[0]
        linked.add(id)
        return f'<a class="term-link" href="{glossary}#{id}">{match[1]}</a>'

    start, end = html.find("<article"), html.rfind("</article>")
    if start < 0 or end < 0:
        return html
    out = [html[:start]]
    shut: list[str] = []  # the open elements from the first shut one inwards
    for token in _TOKEN.split(html[start:end]):
        if token.startswith("<"):
            _follow(token, shut)
            out.append(token)
        else:
            out.append(token if shut else mention.sub(link, token))
    return "".join(out) + html[end:]


def _follow(token: str, shut: list[str]) -> None:
    """Keep `shut` in step with one tag: it grows while inside an element whose text is left alone."""
    tag = _TAG.match(token)
    if tag is None or tag[1].lower() in _VOID or token.endswith("/>"):
        return
    name = tag[1].lower()
    if token.startswith("</"):
        if shut and shut[-1] == name:
            shut.pop()
        return
    classes = _CLASS.search(token)
    if shut or name in _SHUT or (classes and _SHUT_CLASSES & set(classes[1].split())):
        shut.append(name)
