"""Code in an item, as HTML: a box that scrolls by keyboard too when a line is wider than a phone."""

from html import escape

from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]


def python(program: str, label: str) -> str:
    return _box(str(highlight(program, PythonLexer(), HtmlFormatter(nowrap=True))).strip(), label)


def plain(text: str, label: str) -> str:
    return _box(escape(text), label)


def inline(text: str) -> str:
    """Code within a line of text; its line breaks are kept by the style."""
    return f'<code class="qz-code">{escape(text)}</code>'


def lines(text: str) -> str:
    """Code within a line of text, for programs that know no styles of ours: a line break is an element of its own."""
    return f"<code>{escape(text, quote=False).replace('\n', '<br />')}</code>"


def indented(text: str) -> str:
    """Code as a block of Markdown."""
    return "\n".join(f"    {line}" if line.strip() else "" for line in text.strip("\n").splitlines())


def _box(html: str, label: str) -> str:
    # No <code> inside: the theme would put its copy button there, and a copied program is run instead of read.
    return f'<div class="highlight qz-program"><pre tabindex="0" role="group" aria-label="{escape(label)}">{html}</pre></div>'
