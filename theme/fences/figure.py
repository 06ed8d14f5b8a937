"""The `figure` fence: a hand-drawn SVG with numbered steps, and the same steps as a list.

The build's HTML shows the whole drawing and every step; the shell adds previous and next. The drawing is checked here
because a wrong one fails quietly in the browser: an id used twice on a page, or a colour that ignores the dark scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

DIAGRAMS = Path(__file__).resolve().parent.parent.parent / "docs" / "diagrams"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SVG = "{http://www.w3.org/2000/svg}"
# Colours come from classes, so that both schemes and forced colours work; the site's CSP refuses style attributes.
_FORBIDDEN_ATTRIBUTES = frozenset({"style", "fill", "stroke", "color"})
_FORBIDDEN_ELEMENTS = frozenset({"style", "script", "foreignObject", "image"})


class FigureError(SuperFencesException):  # type: ignore[misc]
    """A figure that cannot be shown. Superfences lets only its own kind of error stop the build."""


def render(source: str, language: str, css_class: str, options: object, md: Markdown, **kwargs: object) -> str:
    """The figure named by `src`, with `title` as its caption and the fence's numbered list as its steps."""
    attributes = kwargs.get("attrs")
    if not isinstance(attributes, Mapping):
        raise FigureError("`figure` 블록에 속성이 없습니다. src와 title을 적으세요.")
    name, title = _required(attributes, "src"), _required(attributes, "title")
    if not _NAME.fullmatch(name):
        raise FigureError(f'figure src="{name}": 이름은 영어 소문자, 숫자, 붙임표로만 짓습니다.')
    steps = render_steps(source, name)
    drawing = read_drawing(DIAGRAMS / f"{name}.svg", len(steps))
    items = "".join(f"<li>{step}</li>" for step in steps)
    return (
        f'<figure class="dg" id="dg-{name}" data-steps="{len(steps)}">'
        f'<div class="dg-drawing" data-search-exclude="">{drawing}</div>'
        f"<figcaption>{escape(title)}</figcaption>"
        f'<ol class="dg-steps">{items}</ol></figure>'
    )


def render_steps(source: str, name: str) -> list[str]:
    """The HTML of each item of the one numbered list that `source` must be."""
    html = Markdown().convert(source.strip())
    body = re.fullmatch(r"<ol>\s*(.*)\s*</ol>", html, re.DOTALL)
    if body is None or "<p>" in html or "<ol>" in body[1]:
        raise FigureError(
            f'figure src="{name}": 본문은 빈 줄 없는 번호 목록 하나여야 합니다. "1. …"로 시작하는 줄로 단계를 적으세요.'
        )
    return [item.strip() for item in re.findall(r"<li>(.*?)</li>", body[1], re.DOTALL)]


def read_drawing(path: Path, steps: int) -> str:
    """The SVG text of `path`, without comments and line breaks between tags; raises FigureError for a drawing that breaks a rule."""
    if not path.is_file():
        raise FigureError(f"그림 파일 docs/diagrams/{path.name}가 없습니다. 파일을 만들거나 src를 고치세요.")
    text = path.read_text(encoding="utf-8")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (a file of this repository)
    except ElementTree.ParseError as error:
        raise FigureError(f"그림 {path.name}를 읽을 수 없습니다: {error}. SVG 문법을 고치세요.") from error
    problems = list(_problems(root, path.stem, steps))
    if problems:
        raise FigureError(f"그림 {path.name}: " + " ".join(problems))
    text = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r">\s*\n\s*<", "><", text.strip())


def _problems(root: ElementTree.Element, name: str, steps: int) -> Iterator[str]:
    if root.tag != f"{_SVG}svg" or root.get("role") != "img" or not root.get("viewBox"):
        yield '맨 바깥은 role="img"와 viewBox가 있는 svg여야 합니다.'
    labels = (root.get("aria-labelledby") or "").split()
    described = [child.get("id") for child in root if child.tag in (f"{_SVG}title", f"{_SVG}desc") and child.text]
    if len(described) != 2 or labels != described:
        yield f'title과 desc를 넣고 aria-labelledby="{name}-title {name}-desc"로 가리키세요.'

    drawn: set[int] = set()
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG)
        if tag in _FORBIDDEN_ELEMENTS:
            yield f"<{tag}>은(는) 쓸 수 없습니다. 모양과 색은 클래스로 정하세요."
        for attribute in sorted(_FORBIDDEN_ATTRIBUTES.intersection(element.keys())):
            if element.get(attribute) not in {"none", "currentColor"}:
                yield f"<{tag}>의 {attribute} 속성을 지우고 클래스로 색을 정하세요."
        for attribute in sorted(key for key in element.keys() if key.startswith("on")):  # noqa: SIM118 (an Element is not a dict)
            yield f"<{tag}>의 {attribute} 속성을 지우세요. 그림은 스크립트를 담지 않습니다."
        identity = element.get("id")
        if identity is not None and not identity.startswith(f"{name}-"):
            yield f'id="{identity}"는 "{name}-"으로 시작해야 합니다. 한 페이지의 다른 그림과 겹칠 수 있습니다.'
        drawn.update(int(step) for step in (element.get("data-s") or "").split() if step.isdigit())

    if drawn and drawn != set(range(1, steps + 1)):
        seen = " ".join(map(str, sorted(drawn)))
        yield f"data-s에 나온 단계는 {seen}인데 목록의 단계는 1부터 {steps}까지입니다. 서로 맞추세요."


def _required(attributes: Mapping[str, object], key: str) -> str:
    value = attributes.get(key)
    if not isinstance(value, str) or not value.strip():
        raise FigureError(f'`figure` 블록에 {key} 속성이 없습니다. {{ .figure src="이름" title="설명" }}처럼 적으세요.')
    return value
