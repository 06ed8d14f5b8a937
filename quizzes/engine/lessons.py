"""Sections of the lessons, as items point at them: `lessons/db-cache.md#lookup`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^#{1,6}\s+(?P<title>.*?)\s*\{[^}]*#(?P<id>[\w-]+)[^}]*\}\s*$")


class Section(NamedTuple):
    """A section: the words of its heading, and its address below the site's root ("lessons/db-cache/#lookup")."""

    title: str
    href: str


def section(anchor: str, docs: Path = DOCS) -> Section | None:
    """The section an anchor names, or None when the page or the heading does not exist."""
    page, _, heading = anchor.partition("#")
    title = _headings(docs / page).get(heading)
    return None if title is None else Section(title, f"{page.removesuffix('.md')}/#{heading}")


@cache
def _headings(page: Path) -> dict[str, str]:
    """Titles by id, read from the source: the items are checked before any page is built."""
    if not page.is_file():
        return {}
    found: dict[str, str] = {}
    closing: str | None = None
    for line in page.read_text(encoding="utf-8").splitlines():
        fence = _FENCE.match(line)
        if closing is None and fence:
            closing = fence[1]
        elif closing is not None and fence and fence[1].startswith(closing):
            closing = None
        elif closing is None and (heading := _HEADING.match(line)):
            found[heading["id"]] = heading["title"].replace("`", "").replace("**", "")
    return found
