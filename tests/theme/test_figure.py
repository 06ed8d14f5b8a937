"""The figure fence: what it draws, and which drawings it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown

from theme.fences import figure
from theme.fences.figure import FigureError

DRAWING = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 100" role="img" aria-labelledby="demo-title demo-desc">
  <!-- boxes -->
  <title id="demo-title">두 상자</title>
  <desc id="demo-desc">앱이 캐시에 묻습니다.</desc>
  <g data-s="1"><rect class="dg-box dg-app" width="80" height="40"/></g>
  <g data-s="1 2"><path class="dg-arrow" fill="none" d="M0 0h10"/></g>
</svg>
"""
STEPS = "1. 앱이 `GET`으로 묻습니다.\n2. 캐시가 **답합니다**.\n"


@pytest.fixture
def diagrams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figure, "DIAGRAMS", tmp_path)
    (tmp_path / "demo.svg").write_text(DRAWING, encoding="utf-8")
    return tmp_path


def build(markdown: str) -> Tag:
    """The page's HTML, built the way mkdocs.yml does."""
    fence = {"name": "figure", "class": "figure", "format": figure.render}
    md = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": [fence]}},
    )
    return BeautifulSoup(md.convert(markdown), "html.parser")


def page(steps: str = STEPS, attributes: str = 'src="demo" title="캐시에 <먼저> 묻기"') -> str:
    return f"앞 문단\n\n```{{ .figure {attributes} }}\n{steps}```\n\n뒤 문단\n"


def test_a_figure_is_a_drawing_a_caption_and_a_list_of_steps(diagrams: Path) -> None:
    html = build(page())
    root = html.select_one("figure.dg")
    assert root is not None
    assert root["data-steps"] == "2"
    assert root.select_one("svg[role=img] > title") is not None
    caption = root.select_one("figcaption")
    assert caption is not None
    assert caption.text == "캐시에 <먼저> 묻기"
    assert [item.decode_contents() for item in root.select("ol.dg-steps > li")] == [
        "앱이 <code>GET</code>으로 묻습니다.",
        "캐시가 <strong>답합니다</strong>.",
    ]


def test_the_figure_is_a_block_of_its_own_between_paragraphs(diagrams: Path) -> None:
    assert [tag.name for tag in build(page()).find_all(recursive=False)] == ["p", "figure", "p"]


def test_comments_and_the_xml_declaration_stay_out_of_the_page(diagrams: Path) -> None:
    text = str(build(page()))
    assert "boxes" not in text
    assert "<?xml" not in text


def test_an_item_may_go_on_in_the_next_line(diagrams: Path) -> None:
    html = build(page("1. 앱이 묻고\n   기다립니다.\n2. 답합니다.\n"))
    first = html.select_one("li")
    assert first is not None
    assert first.text.split() == ["앱이", "묻고", "기다립니다."]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('title="제목"', "src 속성이 없습니다"),
        ('src="demo"', "title 속성이 없습니다"),
        ('src="../facts" title="제목"', "영어 소문자"),
        ('src="missing" title="제목"', "docs/diagrams/missing.svg가 없습니다"),
    ],
)
def test_wrong_attributes_stop_the_build(diagrams: Path, attributes: str, expected: str) -> None:
    with pytest.raises(FigureError, match=expected):
        build(page(attributes=attributes))


@pytest.mark.parametrize(
    "steps", ["", "그냥 문단\n", "- 점 목록\n", "1. 하나\n\n2. 둘\n", "1. 하나\n    1. 안쪽\n2. 둘\n"]
)
def test_a_body_other_than_one_plain_numbered_list_stops_the_build(diagrams: Path, steps: str) -> None:
    with pytest.raises(FigureError, match="번호 목록 하나"):
        build(page(steps))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (' role="img"', "", 'role="img"'),
        ('<title id="demo-title">두 상자</title>', "", "title과 desc"),
        ('id="demo-title"', 'id="title"', "demo-"),
        ('class="dg-box dg-app"', 'style="fill:red"', "style 속성"),
        ('class="dg-box dg-app"', 'fill="#f90"', "fill 속성"),
        ('class="dg-box dg-app"', 'onclick="go()"', "onclick 속성"),
        ("<g data-s", "<style>rect{fill:red}</style><g data-s", "<style>"),
        ('data-s="1 2"', 'data-s="1 3"', "1부터 2까지"),
        ('data-s="1 2"', 'data-s="1"', "1부터 2까지"),
        ("</svg>", "", "SVG 문법"),
    ],
)
def test_a_drawing_that_breaks_a_rule_stops_the_build(diagrams: Path, before: str, after: str, expected: str) -> None:
    assert before in DRAWING
    (diagrams / "demo.svg").write_text(DRAWING.replace(before, after), encoding="utf-8")
    with pytest.raises(FigureError, match=expected):
        build(page())


def test_a_drawing_without_step_groups_stays_whole(diagrams: Path) -> None:
    plain = DRAWING.replace(' data-s="1"', "").replace(' data-s="1 2"', "")
    (diagrams / "demo.svg").write_text(plain, encoding="utf-8")
    assert build(page()).select_one("figure.dg svg") is not None


def test_every_drawing_of_the_site_keeps_the_rules() -> None:
    """The fence checks a drawing only where a page shows it; here each one is checked with the steps it names itself."""
    for path in sorted((Path(__file__).parents[2] / "docs" / "diagrams").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        steps = max(
            (
                int(step)
                for group in BeautifulSoup(text, "xml").select("[data-s]")
                for step in str(group["data-s"]).split()
            ),
            default=0,
        )
        assert figure.read_drawing(path, steps).startswith("<svg")
