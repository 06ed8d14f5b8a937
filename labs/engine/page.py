"""The Markdown page of a lab, read only as far as the gate must: its steps, their headings, and their hints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "labs"

_HEADING = re.compile(r"^## +(?P<title>.+?) *\{ *#(?P<id>[\w-]+) *\} *$", re.MULTILINE)
_FENCE = re.compile(r'^```+ *\{ *\.lab +lab="(?P<lab>[^"]+)" +step="(?P<step>[^"]+)" *\}', re.MULTILINE)
_HINT = re.compile(r'^\?\?\? hint "[^"\n]+"\n+(?: {4}\S)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PageStep:
    """A step as the page shows it: the heading above its fence, and how many hints with a text follow."""

    lab: str
    step: str
    heading: str
    heading_id: str
    hints: int


def steps(text: str) -> list[PageStep]:
    """The steps of a page, in its order."""
    fences = list(_FENCE.finditer(text))
    ends = [*(fence.start() for fence in fences[1:]), len(text)]
    return [_step(text, fence, end) for fence, end in zip(fences, ends, strict=False)]


def _step(text: str, fence: re.Match[str], end: int) -> PageStep:
    above = list(_HEADING.finditer(text, 0, fence.start()))
    heading = above[-1] if above else None
    return PageStep(
        lab=fence["lab"],
        step=fence["step"],
        heading=heading["title"] if heading else "",
        heading_id=heading["id"] if heading else "",
        hints=len(_HINT.findall(text[fence.end() : end])),
    )
