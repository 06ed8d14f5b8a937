"""The `facts` and `sources` fences: dated statements with their sources, and a compact line of sources.

Both take fact ids, one or more a line, and nothing else; the words, links and dates come from docs/facts.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from theme.facts import Fact, Facts, FactsError, Source, Status, load

# A current fact carries no label: a label is a warning.
_LABELS: Mapping[Status, str] = {"exam-only": "시험용", "outdated": "구식", "disputed": "확인 필요"}


def render(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """A list of the named facts: statement, status label, links to the sources, date of the last check."""
    facts, chosen = _chosen(source, "facts")
    items = "".join(_item(facts, fact) for fact in chosen)
    return f'<div class="facts"><ul class="facts-list">{items}</ul></div>'


def render_sources(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """One line with the sources of the named facts, each page once, and the oldest date among them."""
    facts, chosen = _chosen(source, "sources")
    keys = dict.fromkeys(key for fact in chosen for key in fact.sources)
    # The oldest: the line vouches for all of its facts, so it may not look fresher than any of them.
    checked = _date(min(chosen, key=lambda fact: fact.checked))
    links = _links(facts.source(key) for key in keys)
    return f'<div class="facts-sources"><p><b class="facts-sources-title">출처</b> {links} · {checked}</p></div>'


def inline(text: str) -> str:
    """Escaped HTML of a statement; the only markup in one is `backticks` for code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _chosen(source: str, fence: str) -> tuple[Facts, list[Fact]]:
    """The facts the fence's lines name. Superfences hides every error but its own, so refusals leave as that one."""
    try:
        facts = load()
        chosen = [facts.fact(id) for id in source.split()]
    except FactsError as error:
        raise SuperFencesException(str(error)) from error
    if not chosen:
        raise SuperFencesException(f"`{fence}` 블록이 비어 있습니다. 사실의 id를 한 줄에 하나씩 적으세요.")
    return facts, chosen


def _item(facts: Facts, fact: Fact) -> str:
    label = _LABELS.get(fact.status)
    status = f'<span class="facts-status facts-status-{fact.status}">{label}</span> ' if label else ""
    links = _links(facts.source(key) for key in fact.sources)
    return (
        f'<li class="facts-item" data-fact="{escape(fact.id)}">'
        f'<p class="facts-statement">{status}{inline(fact.statement)}</p>'
        f'<p class="facts-meta">출처 {links} · {_date(fact)}</p></li>'
    )


def _links(sources: Iterable[Source]) -> str:
    return ", ".join(f'<a href="{escape(source.url)}">{escape(source.title)}</a>' for source in sources)


def _date(fact: Fact) -> str:
    day = fact.checked.isoformat()
    return f'<span class="facts-checked">확인 <time datetime="{day}">{day}</time></span>'
