"""Markdown of items: what authors write in one line stays one line."""

from __future__ import annotations

import pytest

from quizzes.engine import markup


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`GET`은 **빠릅니다**.", "<code>GET</code>은 <strong>빠릅니다</strong>."),
        ("> 0이면 끝납니다.", "&gt; 0이면 끝납니다."),
        ("# 뒤의 글", "# 뒤의 글"),
        ("- 1을 더합니다.", "- 1을 더합니다."),
        ("+1", "+1"),
        ("* 전체", "* 전체"),
        ("1. 먼저", "1. 먼저"),
        ("12. 열두 번째", "12. 열두 번째"),
        ("1.5배", "1.5배"),
        ("***", "***"),
        ("[a]: b", "[a]: b"),
        ("<b>와 &", "&lt;b&gt;와 &amp;"),
        ("두 줄에\n쓴 글", "두 줄에 쓴 글"),
    ],
)
def test_a_line_stays_a_line_whatever_it_begins_with(text: str, html: str) -> None:
    assert markup.inline(text) == html


def test_a_line_break_is_well_formed_xml() -> None:
    assert markup.block("앞  \n뒤") == "<p>앞<br />\n뒤</p>"


def test_only_a_negative_stem_is_emphasised() -> None:
    assert markup.emphasised("옳지 않은 것은?", negative=True) == "옳지 **않은** 것은?"
    assert markup.emphasised("옳지 않은 것은?", negative=False) == "옳지 않은 것은?"
