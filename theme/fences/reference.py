"""The `claims`, `traps` and `glossary` fences: lists made from the data of docs/*.yml, so that no entry can be dropped.

`unit` picks the entries of one unit. `root` is the way from the page to the site's root (pages of docs/reference/ lie two
folders deep): what a fence returns is final HTML, whose links MkDocs does not rewrite.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from theme.facts import Claim, FactsError, Term, Trap, check, load
from theme.fences.facts import inline

UNITS: Mapping[str, str] = {
    "overview": "개요",
    "db-cache": "DB 캐시",
    "session-store": "사용자 세션 저장소",
    "redis-vs-memcached": "Redis와 Memcached",
    "cache-security": "캐시 보안",
    "caching-patterns": "캐싱 패턴",
    "leaderboard": "리더보드",
    "deployment-scaling": "배포와 확장",
    "operations": "운영",
    "service-choice": "서비스 선택",
}
_VERDICTS: Mapping[str, tuple[str, str]] = {
    "맞음": ("good", "맞음"),
    "구식": ("warn", "시험용 · 구식"),
    "부정확": ("warn", "부정확"),
    "틀림": ("bad", "틀림"),
}


def render_claims(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """What the notes say in one unit, the verdict, what is right today, and where it is taught."""
    unit, root = _attributes(kwargs, "claims")
    try:
        claims = [claim for claim in load().claims.values() if claim.unit == unit]
        _refuse_unsound_data()
    except FactsError as error:
        raise SuperFencesException(str(error)) from error
    items = "".join(_claim(claim, root) for claim in _some(claims, "claims", unit))
    return f'<div class="claims"><ol class="claims-list">{items}</ol></div>'


def render_traps(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """The traps of one unit: words of the stem, the answer, and what it is not and why."""
    unit, _ = _attributes(kwargs, "traps")
    try:
        traps = [trap for trap in load().traps.values() if trap.unit == unit]
    except FactsError as error:
        raise SuperFencesException(str(error)) from error
    items = "".join(_trap(trap) for trap in _some(traps, "traps", unit))
    return f'<div class="traps"><ol class="traps-list">{items}</ol></div>'


def render_glossary(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """Every term: Korean, English, variants, definition, and the section that teaches it. Sorted by the Korean word."""
    _, root = _attributes(kwargs, "glossary", unit_required=False)
    try:
        terms = sorted(load().glossary.values(), key=lambda term: (term.korean.casefold(), term.id))
    except FactsError as error:
        raise SuperFencesException(str(error)) from error
    return f'<div class="glossary"><dl class="glossary-list">{"".join(_term(term, root) for term in terms)}</dl></div>'


def lesson_url(target: str, root: str) -> str:
    """The address of `lessons/<unit>.md#anchor` as seen from a page `root` away from the site's root."""
    page, _, anchor = target.partition("#")
    # MkDocs leaves links in finished HTML alone; Zensical takes them for links from the source file, one folder further up.
    if "zensical" in sys.modules:
        root = root.removeprefix("../")
    return f"{root}{page.removesuffix('.md')}/#{anchor}"


@cache
def _refuse_unsound_data() -> None:
    """The page that answers every claim is where the build looks at all of them: once, and at every reference to a fact."""
    problems = check()
    if problems:
        raise FactsError(*problems)


def _claim(claim: Claim, root: str) -> str:
    tone, verdict = _VERDICTS[claim.verdict]
    unit = UNITS[claim.taught.removeprefix("lessons/").partition(".md")[0]]
    return (
        f'<li class="claim" id="{claim.id.lower()}"><p class="claim-head"><span class="claim-id">{claim.id}</span> '
        f'<span class="verdict verdict-{tone}">{verdict}</span></p>'
        f'<p class="claim-note"><span class="claim-label">원문</span> {inline(claim.note)}</p>'
        f'<p class="claim-today"><span class="claim-label">지금</span> {inline(claim.today)}</p>'
        f'<p class="claim-taught"><a href="{escape(lesson_url(claim.taught, root))}">{unit} 강의에서 보기</a></p></li>'
    )


def _trap(trap: Trap) -> str:
    lures = "".join(
        f'<li><b class="trap-choice">{inline(lure.choice)}</b> {inline(lure.why)}</li>' for lure in trap.not_this
    )
    return (
        f'<li class="trap" id="{trap.id.lower()}"><p class="trap-head"><span class="trap-id">{trap.id}</span> '
        f'<b class="trap-keyword">{inline(trap.keyword)}</b> <span class="trap-english" lang="en">{escape(trap.english)}</span></p>'
        f'<p class="trap-answer"><span class="trap-label">정답</span> {inline(trap.answer)}</p>'
        f'<p class="trap-not-title">이것은 아닙니다</p><ul class="trap-not">{lures}</ul></li>'
    )


def _term(term: Term, root: str) -> str:
    # `정렬된 집합(정렬 세트)` says two names already; neither is told again.
    said = {name.strip().casefold() for name in term.korean.removesuffix(")").split("(")}
    others = [variant for variant in term.variants if variant.casefold() not in said]
    variants = f' <span class="term-variants">같은 말: {escape(", ".join(others))}</span>' if others else ""
    english = (
        ""
        if term.english.casefold() in said
        else f' <span class="term-english" lang="en">{escape(term.english)}</span>'
    )
    return (
        f'<div class="term" id="{escape(term.id)}"><dt><a href="{escape(lesson_url(term.lesson, root))}">{escape(term.korean)}</a>'
        f"{english}</dt><dd>{inline(term.definition)}{variants}</dd></div>"
    )


def _some[T](entries: Sequence[T], fence: str, unit: str) -> Sequence[T]:
    if not entries:
        raise SuperFencesException(f'`{fence}` 블록의 unit="{unit}"에 보여 줄 것이 없습니다. 단원 이름을 확인하세요.')
    return entries


def _attributes(kwargs: Mapping[str, object], fence: str, *, unit_required: bool = True) -> tuple[str, str]:
    attributes = kwargs.get("attrs")
    found = attributes if isinstance(attributes, Mapping) else {}
    unit, root = found.get("unit", ""), found.get("root", "../../")
    if not isinstance(unit, str) or not isinstance(root, str) or (unit_required and unit not in UNITS):
        raise SuperFencesException(
            f'`{fence}` 블록의 unit="{unit}"을(를) 모릅니다. {", ".join(UNITS)} 가운데 하나를 적으세요.'
        )
    return unit, root
