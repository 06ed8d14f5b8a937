"""The site's font: Noto Sans KR cut down to the characters of this site, in two weights, under a name of its own.

Each weight has two files: what lessons and the home page show, and what only labs, quizzes and reference pages add; by
unicode-range a browser fetches the second where it is needed. Measured on ten lessons, 950 characters: 80 kB for a lesson
instead of 97 kB in one file per weight. Slices by frequency or by page save a few kB more and cost a request each. The bold
files hold only what is ever bold, coordinates are rounded to 1/500 em (an eighth less, no visible difference), and hinting
and vertical metrics are dropped.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.ttLib.scaleUpem import scale_upem  # type: ignore[import-untyped]

from scripts.steps.stages import ROOT, StageError

FAMILY = "Site Sans"
SOURCE = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-kr"
UNITS_PER_EM = 500
STYLES = Path("assets", "app", "site.css")
FOLDER = Path("assets", "fonts")
MARK = "/* fonts */"

# What the styles of the theme and of the rooms draw at weight 600 or more. tests/browser/test_fonts.py looks at every page
# for bold text that this list does not reach.
BOLD = (
    "h1, h2, h3, h4, h5, h6, strong, b, em, th, dt, summary, legend, figcaption, button, .admonition-title, .md-button, "
    ".md-nav__title, .md-nav__link, .md-tabs__link, .md-header__topic, .md-footer__title, .dg-label, .dg-drawing text, "
    ".home-card, .home-picture, .facts-status, .qz-stem, .verdict, .claim-label, .trap-label, "
    ".trap-answer, .trap-not-title"
)
# Read as text by people, although they are attributes.
_SPOKEN = ("alt", "aria-label", "placeholder", "title")
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
# Marks without a shape of their own, and pictures that every system draws in its own colours.
_SHAPELESS = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufe0e\ufe0f\ufeff\U0001f000-\U0001faff]")


@dataclass(frozen=True)
class Weight:
    """One file of the family. `local` names the system fonts that stand in until it arrives."""

    value: int
    source: str
    local: tuple[str, ...]


REGULAR = Weight(
    400,
    "400Regular/NotoSansKR_400Regular.ttf",
    ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "NotoSansCJKkr-Regular"),
)
HEAVY = Weight(
    700,
    "700Bold/NotoSansKR_700Bold.ttf",
    (
        "Apple SD Gothic Neo Bold",
        "Malgun Gothic Bold",
        "Noto Sans KR Bold",
        "Noto Sans CJK KR Bold",
        "NotoSansCJKkr-Bold",
    ),
)


@dataclass(frozen=True)
class Need:
    """The characters of one weight: those of the pages that are read, and those that only other pages show."""

    reading: frozenset[str]
    rest: frozenset[str]


def apply(site: Path) -> None:
    """Write the files into assets/fonts and the @font-face rules to the start of site.css. Raises StageError."""
    rules = []
    for weight, need in usage_of(site).items():
        rules.append(stand_in(weight))
        # The later rule wins where both could draw a character, so the one with a unicode-range comes second.
        for part, characters in (("reading", need.reading), ("rest", need.rest)):
            if not characters:
                continue
            font = make(SOURCE / weight.source, characters, weight.value)
            name = f"site-sans-{weight.value}-{part}.{hashlib.sha256(font).hexdigest()[:10]}.woff2"
            path = site / FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(font)
            rules.append(face(weight, name, characters if part == "rest" else frozenset()))
    styles = site / STYLES
    styles.write_text(with_faces(styles.read_text(encoding="utf-8"), "".join(rules)), encoding="utf-8")


def usage_of(site: Path) -> dict[Weight, Need]:
    """Every character that a page, a player, a rubric or a lab's message can show. Raises StageError for one without a shape."""
    drawable = frozenset(map(chr, TTFont(SOURCE / REGULAR.source, lazy=True).getBestCmap()))
    shown, bold = {True: set(_ALWAYS), False: set[str]()}, {True: set(_ALWAYS), False: set[str]()}
    for path in sorted([*site.rglob("*.html"), *site.glob("assets/quizzes/*.json")]):
        text = path.read_text(encoding="utf-8")
        words, heavy = texts_of(text) if path.suffix == ".html" else ("".join(_strings(json.loads(text))), "")
        if missing := missing_glyphs(words, drawable):
            listed = " ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            raise StageError(
                "페이지", f"{path.relative_to(site)}: 글꼴에 없는 글자가 있습니다: {listed}. 다른 글자로 바꾸세요."
            )
        reading = is_reading(path.relative_to(site))
        shown[reading].update(words)
        bold[reading].update(heavy)
    # Players write their words themselves, in either weight; their libraries also carry characters nobody will see.
    for path in site.glob("assets/app/*.js"):
        text = path.read_text(encoding="utf-8")
        shown[False].update(text)
        bold[False].update(text)
    # A lab's messages reach the site as bytecode, so they are read from their sources. A failed check stands in bold.
    for path in (ROOT / "labs").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        shown[False].update(text)
        bold[False].update(text if path.name == "checks.py" else "")
    return {
        weight: Need(frozenset(used[True]) & drawable, (frozenset(used[False]) & drawable) - used[True])
        for weight, used in ((REGULAR, shown), (HEAVY, bold))
    }


def is_reading(page: Path) -> bool:
    """Whether a page, named from the site's root, is the home page or a lesson."""
    return page.parts[0] in ("index.html", "lessons")


def texts_of(html: str) -> tuple[str, str]:
    """What a page shows or says, and the part of it that is bold."""
    page = BeautifulSoup(html, "html.parser")
    for unseen in page.select("script, style"):
        unseen.decompose()
    spoken = (
        str(tag[name]) for tag in page.find_all(True) if isinstance(tag, Tag) for name in _SPOKEN if tag.get(name)
    )
    heavy = (tag.get_text() for tag in page.select(BOLD))
    return page.get_text() + "".join(spoken), "".join(heavy)


def missing_glyphs(text: str, drawable: frozenset[str]) -> list[str]:
    """The characters of `text` that the font cannot draw and that need a shape, each once, in order."""
    return sorted(character for character in set(text) - drawable if not _SHAPELESS.match(character))


def make(source: Path, characters: Iterable[str], weight: int) -> bytes:
    """A woff2 of `source` with these characters only; the same input always gives the same bytes."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += ["BASE", "STAT", "VORG", "vhea", "vmtx"]
    font = TTFont(source, recalcTimestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(text="".join(sorted(characters)))
    cut.subset(font)
    scale_upem(font, UNITS_PER_EM)
    _rename(font, weight)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def face(weight: Weight, file: str, characters: frozenset[str]) -> str:
    """The rule of one file; with `characters`, it is fetched only for those."""
    limit = f";unicode-range:{unicode_range(characters)}" if characters else ""
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight.value};font-display:swap;'
        f'src:url("../fonts/{file}") format("woff2"){limit}}}'
    )


def unicode_range(characters: Iterable[str]) -> str:
    """The CSS value for these characters, neighbours joined."""
    spans: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in spans)


def stand_in(weight: Weight) -> str:
    """System fonts with the vertical metrics of the real one, so that its arrival moves no line."""
    local = ",".join(f'local("{name}")' for name in weight.local)
    return (
        f'@font-face{{font-family:"{FAMILY} Fallback";font-weight:{weight.value};'
        f"ascent-override:116%;descent-override:28.8%;line-gap-override:0%;src:{local}}}"
    )


def with_faces(styles: str, rules: str) -> str:
    """The stylesheet with these @font-face rules first, in place of those of an earlier run."""
    return f"{MARK}{rules}{MARK}" + re.sub(rf"^{re.escape(MARK)}.*?{re.escape(MARK)}", "", styles, flags=re.DOTALL)


def _rename(font: TTFont, weight: int) -> None:
    """Our own name on a changed font; copyright and licence stay as they are."""
    style = "Bold" if weight == HEAVY.value else "Regular"
    for record in font["name"].names:
        if record.nameID in (1, 2, 4, 6):
            words = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"{FAMILY.replace(' ', '')}-{style}"}
            record.string = words[record.nameID]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
