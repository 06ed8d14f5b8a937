"""The content security policy, as the same `<meta>` on every page.

The same bytes everywhere because policies only add up during instant navigation: a page with another policy would be held
to both. Inline scripts are allowed by hash, and only those of the theme's own templates; anything else stops the build.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from scripts.steps.stages import StageError

PLACE = "<!-- content-security-policy -->"
# The theme's templates whose inline scripts our settings let into a page.
_TEMPLATES = ("base", "palette", "content")
_NEXT = re.compile(r'<link rel="?next"? [^>]*>')
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def apply(site: Path) -> None:
    """Put the policy on every page of the site. Raises StageError for markup that the policy would break."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    problems = [f"{path.relative_to(site)}: {problem}" for path, html in pages.items() for problem in refusals(html)]
    if problems:
        raise StageError("페이지", "보안 정책이 막을 내용이 있습니다.\n" + "\n".join(problems))
    policy = policy_of({script for html in pages.values() for script in inline_scripts(html)})
    for path, html in pages.items():
        path.write_text(with_policy(without_prefetch(html), policy), encoding="utf-8")


def policy_of(scripts: Iterable[str]) -> str:
    """The policy that lets exactly these inline scripts run, beside the site's own files."""
    hashes = sorted(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    directives = (
        "default-src 'none'",
        # Pyodide compiles WebAssembly; nothing on the site evaluates text as JavaScript.
        f"script-src 'self' 'wasm-unsafe-eval' {' '.join(hashes)}".rstrip(),
        "style-src 'self'",
        # The theme draws its icons as masks from data: addresses.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        # The lab worker starts from a blob, because only then does it inherit this policy on a host without headers.
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(directives)


def with_policy(html: str, policy: str) -> str:
    """The page with the policy in the theme's place for it, or at the start of the head of a page made without the theme."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    if PLACE in html:
        return html.replace(PLACE, meta, 1)
    changed, count = re.subn(r"(<head\b[^>]*>(?:\s*<meta charset[^>]*>)?)", rf"\g<1>{meta}", html, count=1)
    if count == 0:
        raise StageError("페이지", "보안 정책을 넣을 <head>가 없는 HTML이 있습니다. <head>를 갖춘 문서로 만드세요.")
    return changed


def without_prefetch(html: str) -> str:
    """The page without `<link rel="next">`: Firefox takes that for a wish to load the next page, which the policy forbids. Nothing
    else reads it, because the theme's single-key shortcuts are off (theme/shell/shortcuts.ts)."""
    return _NEXT.sub("", html)


def inline_scripts(html: str) -> list[str]:
    """The text of each inline script that a browser would run, as the browser hashes it."""
    return _read(html).scripts


def refusals(html: str) -> list[str]:
    """What the policy would break on this page, one Korean sentence each."""
    page = _read(html)
    unknown = [script for script in page.scripts if not any(known.fullmatch(script) for known in _known_scripts())]
    return [
        *page.problems,
        *(f"모르는 인라인 스크립트가 있습니다: {script.strip()[:80]} 파일로 옮기세요." for script in unknown),
    ]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        for name, value in names.items():
            if name == "style":
                self.problems.append(f'<{tag} style="{value[:40]}">: 모양은 CSS 클래스로 정하세요.')
            elif name.startswith("on"):
                self.problems.append(f"<{tag} {name}=…>: 이벤트는 스크립트 파일에서 다세요.")
            elif name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                self.problems.append(f'<{tag} {name}="javascript:…">: 스크립트 주소는 쓸 수 없습니다.')
        if tag == "style":
            self.problems.append("<style>: 스타일은 theme/styles/의 파일에 적으세요.")
        if tag == "script" and "src" not in names and names.get("type", "module") in ("", "module", "text/javascript"):
            self._open = []

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._open is not None:
            self.scripts.append("".join(self._open))
            self._open = None


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


@cache
def _known_scripts() -> tuple[re.Pattern[str], ...]:
    """The theme's inline scripts as patterns; where a template writes a value, any text without a quote may stand."""
    folder = files("material") / "templates" / "partials" / "javascripts"
    texts = [script for name in _TEMPLATES for script in _SCRIPT.findall((folder / f"{name}.html").read_text("utf-8"))]
    return tuple(
        re.compile('[^"]*'.join(re.escape(part) for part in re.split(r"\{\{.*?\}\}", text)), re.DOTALL)
        for text in texts
    )
