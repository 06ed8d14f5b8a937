"""The `lab` fence: one step of a lab, complete in the page before any script runs.

    ```{ .lab lab="cache-hit-miss" step="look-first" }
    ```

The body stays empty. The starter, the solution and what the solution prints come from the catalog; the output is
recorded by running the solution while the site is built. The player reads the two templates, which hold the exact text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape

from markdown import Markdown
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from labs.engine import service
from labs.engine.lab import Lab, LabError, Step, load

_OUTPUT = "이 단계를 마치면 나오는 결과"
_SOLUTION = "정답 보기"
_NO_SCRIPT = (
    "여기서 바로 실행하려면 JavaScript가 필요합니다. "
    "내 컴퓨터에서는 저장소를 내려받아 <code>python -m labs run {lab} {step}</code> 명령으로 실행할 수 있습니다."
)


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
        return render_step(dict(attrs or {}), source)
    except LabError as error:
        raise SuperFencesException(f"lab 블록: {error}") from error


def render_step(attrs: Mapping[str, str], source: str = "") -> str:
    """HTML of the step that the attributes name. Raises LabError."""
    if source.strip():
        raise LabError(f"안에 `{source.strip()[:40]}`이 있습니다. 내용 없이 쓰세요. / The body must be empty.")
    if sorted(attrs) != ["lab", "step"]:
        raise LabError(
            f'속성이 {", ".join(sorted(attrs)) or "없음"}입니다. lab="실습"과 step="단계"를 적으세요. / lab and step needed.'
        )
    lab = load(attrs["lab"])
    return _html(lab, lab.step(attrs["step"]))


@cache
def _html(lab: Lab, step: Step) -> str:
    # The root is a div: Python-Markdown would wrap an element it does not know in a paragraph.
    return (
        '<div class="lab" data-player="lab">'
        f'<lab-step lab="{lab.id}" lab-title="{escape(lab.title)}" step="{step.id}" rev="{step.rev}" step-index="{step.index}"'
        f' step-count="{len(lab.steps)}" title="{escape(step.title)}">'
        f'<div class="lab-starter">{_highlighted(step.starter)}</div>'
        f"<noscript data-search-exclude><p>{_NO_SCRIPT.format(lab=lab.id, step=step.id)}</p></noscript>"
        f'<template class="lab-source" data-search-exclude>{escape(step.starter)}</template>'
        f'<details class="lab-output" open><summary>{_OUTPUT}</summary>'
        f"<pre>{escape(recorded_output(lab, step))}</pre></details>"
        f'<details class="lab-solution" data-search-exclude><summary>{_SOLUTION}</summary>'
        f"{_highlighted(step.solution)}</details>"
        f'<template class="lab-solution-source" data-search-exclude>{escape(step.solution)}</template>'
        "</lab-step></div>"
    )


def recorded_output(lab: Lab, step: Step) -> str:
    """What the solution of a step prints. Raises LabError when it does not run to its end."""
    printed: list[str] = []
    report = service.run(service.Request(lab, step, step.solution, {}), lambda stream, text: printed.append(text))
    if report["error"] is not None:
        raise LabError(
            f"{lab.id}/{step.id} 정답이 오류로 끝났습니다: {report['error']['traceback']} / The solution failed."
        )
    return "".join(printed)


def _highlighted(code: str) -> str:
    """Code as pymdownx.highlight writes it, so that the theme's styles and copy button fit."""
    formatter = HtmlFormatter(cssclass="language-python highlight", wrapcode=True)
    return str(highlight(code, PythonLexer(), formatter)).strip()
