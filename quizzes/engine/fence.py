"""The `quiz` fence: a unit's practice set, or a check of a few items at the end of a lesson's section.

    ```{ .quiz set="redis-vs-memcached" }
    ```
    ```{ .quiz items="ec-dbc-001 ec-dbc-002" }
    ```

Each item becomes a real form that can be read and printed without JavaScript. No key is in the page: the player fetches
the rubric (`quizzes.engine.rubric`) at the first check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Literal, NamedTuple

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from quizzes.engine import markup
from quizzes.engine.bank import Bank, load
from quizzes.engine.errors import BankError
from quizzes.engine.model import Item

# Quizzes stand on lessons/<unit>.md and quizzes/<unit>.md, which are served two folders below the site's root.
_ANSWERS = "../../assets/quizzes/{unit}.answers.html"


def render(
    source: str,
    language: str,
    css_class: str,
    options: Mapping[str, object],
    md: Markdown,
    *,
    attrs: Mapping[str, str] | None = None,
    **kwargs: object,
) -> str:
    """HTML of one fence. Superfences hides every error but its own, so refusals leave as that one."""
    try:
        return render_quiz(load(), dict(attrs or {}), source)
    except BankError as error:
        raise SuperFencesException(f"quiz 블록: {error}") from error


def render_quiz(bank: Bank, attrs: Mapping[str, str], source: str = "") -> str:
    """HTML of the set or of the items that the attributes name. Raises BankError."""
    if source.strip():
        raise BankError(
            f"안에 `{source.strip()[:40]}`이 있습니다. 내용 없이 set이나 items 속성만 적으세요(the body must be empty)."
        )
    match sorted(attrs):
        case ["set"]:
            return _practice(bank, attrs["set"])
        case ["items"]:
            return _check(bank, attrs["items"].split())
        case seen:
            raise BankError(
                f'속성이 {", ".join(seen) or "없음"}입니다. set="단원"이나 items="문항 id들" 가운데 하나만 적으세요(set or items).'
            )


def _practice(bank: Bank, unit: str) -> str:
    items = bank.set_items(unit)
    if not items:
        raise BankError(f"묶음 `{unit}`에 연습(use: practice) 문항이 없습니다. 문항을 더하세요(empty set).")
    title = bank.unit(unit).file.title
    return _quiz(bank, items, _Frame(unit, "practice", title, f"연습 문제 {len(items)}개"))


def _check(bank: Bank, ids: list[str]) -> str:
    if not ids:
        raise BankError("items가 비어 있습니다. 문항 id를 적으세요(no items).")
    items = [bank.item(one) for one in ids]
    for item in items:
        if "check" not in item.use:
            raise BankError(
                f"문항 `{item.id}`의 use에 check가 없습니다. 강의의 확인 문제로 쓰려면 check를 더하세요(not for checks)."
            )
    return _quiz(bank, items, _Frame(" ".join(ids), "check", "확인 문제", ""))


class _Frame(NamedTuple):
    """What is around the items. `set` names the learner's draft."""

    set: str
    mode: Literal["practice", "check"]
    heading: str
    note: str


def _quiz(bank: Bank, items: Sequence[Item], frame: _Frame) -> str:
    units = list(dict.fromkeys(bank.unit_of(item.id).unit for item in items))
    forms = "".join(_form(item, bank.unit_of(item.id).unit) for item in items)
    # The root is a div: Python-Markdown would wrap an element it does not know in a paragraph.
    return (
        '<div class="quiz" data-player="quiz" data-search-exclude>'
        f'<quiz-set set="{frame.set}" mode="{frame.mode}" heading="{escape(frame.heading)}">'
        f"{_head(items, frame)}{_without_script(units)}{forms}</quiz-set></div>"
    )


def _head(items: Sequence[Item], frame: _Frame) -> str:
    """The same head as the player's, in the same size: nothing jumps when the player takes over."""
    dots = "".join(
        f'<li><a class="qz-dot" href="#{_prefix(item)}">{number}</a></li>' for number, item in enumerate(items, 1)
    )
    return f'<div class="qz-head"><p class="qz-title"><b>{escape(frame.heading)}</b> <span>{frame.note}</span></p>' + (
        f'<ol class="qz-dots" aria-label="문항 고르기">{dots}</ol></div>' if len(items) > 1 else "</div>"
    )


def _without_script(units: list[str]) -> str:
    links = ", ".join(f'<a href="{_ANSWERS.format(unit=unit)}">정답과 해설</a>' for unit in units)
    return (
        '<noscript><p class="qz-noscript">채점에는 JavaScript가 필요합니다. 지금은 문제를 읽고 종이에 풀 수 있으며, '
        f"{links}은 따로 있는 페이지에서 볼 수 있습니다.</p></noscript>"
    )


def _form(item: Item, unit: str) -> str:
    prefix = _prefix(item)
    return (
        f'<form class="qz-item" id="{prefix}" data-item="{item.id}" data-rev="{item.rev}" data-kind="{item.kind}" '
        f'data-unit="{unit}" autocomplete="off" novalidate>'
        f'<div class="qz-stem" id="{prefix}-stem">{markup.stem(item.stem, item.negative)}</div>'
        f"{item.controls(prefix)}</form>"
    )


def _prefix(item: Item) -> str:
    return f"quiz-{item.id}"
