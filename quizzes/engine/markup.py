"""The Markdown of items, made into HTML once, here: the player never renders Markdown.

Raw HTML is not let through: what an author writes as `<` a learner reads as `<`. Emphasis is `**bold**`; italics do not exist in Korean type.
"""

import re
import unicodedata
from functools import cache

from markdown import Markdown

# The asking words of a negative question; they are set in bold, because a reader in a hurry skips them.
NEGATION = re.compile(
    r"(?:아닌|않은|않는|못하는|없는|틀린|잘못된)(?=\s*(?:것|설명|조합|방법|선택|대응|이유|구성))|(?<![A-Za-z])(?:NOT|EXCEPT)(?![A-Za-z])"
)
# Where such a text would not become a paragraph: `> a`, `# a`, `- a`, `1. a`, `***`, `[a]: b`.
_BLOCK_SIGN = re.compile(r"^[>#+-]|^\*(?=\s)|^[*_](?=[*_ ]+$)|^\[(?=[^\]]*\]:)|(?<=^\d)\.|(?<=^\d\d)\.")


def block(text: str) -> str:
    """HTML of paragraphs and lists."""
    markdown = _markdown()
    markdown.reset()
    return markdown.convert(text)


def inline(text: str) -> str:
    """HTML of one paragraph without its `<p>`. A sign that would begin a list, a heading or a quotation is just a sign."""
    html = block(_BLOCK_SIGN.sub(r"\\\g<0>", " ".join(text.split())))
    return html.removeprefix("<p>").removesuffix("</p>")


def stem(text: str, negative: bool) -> str:
    """HTML of a stem; in a negative question the negation stands out."""
    return block(emphasised(text, negative))


def emphasised(text: str, negative: bool) -> str:
    """The stem's Markdown, with the negation of a negative question in bold."""
    return NEGATION.sub(lambda word: f"**{word[0]}**", text) if negative else text


def plain(text: str) -> str:
    """The text as a reader hears it: no Markdown signs, single spaces, composed Hangul."""
    bare = re.sub(r"`([^`]*)`|\*\*([^*]*)\*\*", lambda m: m[1] if m[1] is not None else m[2], text)
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def length(text: str) -> int:
    """Graphemes of the plain text, near enough for Korean and Latin: combining marks do not count."""
    return sum(1 for character in plain(text) if not unicodedata.combining(character))


def last_sentence(text: str) -> str:
    """The asking sentence of a stem."""
    return re.split(r"(?<=[.?!])\s+", plain(text))[-1]


@cache
def _markdown() -> Markdown:
    markdown = Markdown(extensions=["sane_lists"], output_format="xhtml")
    markdown.preprocessors.deregister("html_block")
    markdown.inlinePatterns.deregister("html")
    return markdown
