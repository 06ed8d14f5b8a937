"""The content security policy: the same on every page, and nothing that it would break slips through."""

import base64
import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

from scripts.steps.post import csp
from scripts.steps.stages import StageError

# A script that the theme really writes into every page.
KNOWN = re.findall(
    r"<script>(.*?)</script>", (files("material") / "templates/partials/javascripts/palette.html").read_text("utf-8")
)[0]


def page(body: str = "", head: str = csp.PLACE) -> str:
    return f'<!doctype html><html><head><meta charset="utf-8">{head}<title>t</title></head><body>{body}</body></html>'


def write(site: Path, **pages: str) -> None:
    for name, html in pages.items():
        (site / name).mkdir()
        (site / name / "index.html").write_text(html, encoding="utf-8")


def policies(site: Path) -> set[str]:
    return {
        policy
        for path in site.rglob("*.html")
        for policy in re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', path.read_text("utf-8"))
    }


def test_every_page_gets_the_same_bytes_even_when_only_one_has_a_script(tmp_path: Path) -> None:
    write(tmp_path, one=page(f"<script>{KNOWN}</script>"), two=page(), plain=page(head=""))
    csp.apply(tmp_path)
    (policy,) = policies(tmp_path)
    expected = base64.b64encode(hashlib.sha256(KNOWN.encode()).digest()).decode()
    assert f"'sha256-{expected}'" in policy
    assert policy.startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-")
    assert "unsafe-inline" not in policy


def test_no_page_asks_a_browser_to_load_the_next_one(tmp_path: Path) -> None:
    write(tmp_path, one=page('<link rel="prev" href="../"><link rel="next" href="../two/">', head=""))
    csp.apply(tmp_path)
    html = (tmp_path / "one/index.html").read_text("utf-8")
    assert 'rel="next"' not in html
    assert 'rel="prev"' in html


def test_the_policy_stands_before_any_script(tmp_path: Path) -> None:
    write(tmp_path, plain=page(head=f"<script>{KNOWN}</script>"))
    csp.apply(tmp_path)
    html = (tmp_path / "plain/index.html").read_text("utf-8")
    assert html.index("Content-Security-Policy") < html.index("<script>")


def test_the_order_of_scripts_does_not_change_the_policy() -> None:
    assert csp.policy_of(["a()", "b()"]) == csp.policy_of(["b()", "a()"])


def test_data_and_files_are_not_inline_scripts() -> None:
    html = page(
        '<script type="application/json">{"a": 1}</script><script src="a.js"></script><script type="module">go()</script>'
    )
    assert csp.inline_scripts(html) == ["go()"]


def test_the_text_of_a_script_is_hashed_as_the_browser_reads_it() -> None:
    assert csp.inline_scripts(page("<script>if (a < b && c) go('&amp;')</script>")) == ["if (a < b && c) go('&amp;')"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>track()</script>", "모르는 인라인 스크립트"),
        (f"<script>{KNOWN};track()</script>", "모르는 인라인 스크립트"),
        ('<p style="color:red">x</p>', "style="),
        ("<style>p{}</style>", "<style>"),
        ('<button onclick="go()">x</button>', "onclick"),
        ('<a href=" JavaScript:go()">x</a>', "javascript:"),
    ],
)
def test_what_the_policy_would_break_stops_the_build_and_names_the_page(
    tmp_path: Path, body: str, expected: str
) -> None:
    write(tmp_path, good=page(), bad=page(body))
    with pytest.raises(StageError, match=re.escape(expected)) as caught:
        csp.apply(tmp_path)
    assert "bad/index.html" in str(caught.value)
    assert "good/index.html" not in str(caught.value)


def test_the_value_that_the_theme_writes_into_a_script_may_vary() -> None:
    for scope in ("/", "/repo/", "https://example.org/a/"):
        script = f'__md_scope=new URL("{scope}",location)'
        rest = re.findall(
            r"<script>(.*?)</script>",
            (files("material") / "templates/partials/javascripts/base.html").read_text("utf-8"),
        )[0]
        html = page(f"<script>{script}{rest.partition('location)')[2]}</script>")
        assert csp.refusals(html) == []
