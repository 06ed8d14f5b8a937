"""The colours of tokens.css: every pair that a room may put together is readable in both schemes."""

import re
from itertools import product
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "theme" / "styles"
TEXT = ("text", "text-soft", "accent", "accent-strong", "good", "bad", "warn", "info", "hit", "miss", "db")
GROUNDS = ("bg", "surface", "surface-2")
TINTS = ("accent", "good", "bad", "warn", "info")


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme by name, without the prefix."""
    blocks = re.findall(r"color-scheme: (light|dark);(.*?)\n\}", (STYLES / "tokens.css").read_text("utf-8"), re.DOTALL)
    return {scheme: dict(re.findall(r"--ec-([\w-]+): (#[0-9a-f]{6});", block)) for scheme, block in blocks}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two #rrggbb colours, from 1 to 21."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_both_schemes_define_the_same_colours() -> None:
    found = schemes()
    assert found.keys() == {"light", "dark"}
    assert found["light"].keys() == found["dark"].keys()
    assert {*TEXT, *GROUNDS, *(f"{tint}-bg" for tint in TINTS), "border", "border-strong", "accent-contrast"} <= found[
        "light"
    ].keys()


def test_dark_colours_are_for_screens_only() -> None:
    """A reader with a dark screen prints on white paper all the same."""
    tokens = (STYLES / "tokens.css").read_text("utf-8")
    on_screens = re.findall(r"^@media screen \{\n(.*?)^\}", tokens, re.MULTILINE | re.DOTALL)
    assert "color-scheme: dark" in "".join(on_screens)
    assert tokens.count("color-scheme: dark") == len(on_screens) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_every_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    pairs = [
        *product(TEXT, GROUNDS),
        *((text, f"{tint}-bg") for tint in TINTS for text in ("text", "text-soft", tint)),
        ("accent-contrast", "accent"),
        ("accent-contrast", "accent-strong"),
    ]
    weak = {pair: round(ratio, 2) for pair in pairs if (ratio := contrast(colours[pair[0]], colours[pair[1]])) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_meaningful_edges_stand_out_from_every_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    assert min(contrast(colours["border-strong"], colours[ground]) for ground in GROUNDS) >= 3


def test_the_measure_of_contrast_knows_its_extremes() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#777777", "#777777") == 1


def test_every_variable_that_the_styles_use_is_defined() -> None:
    text = "".join(path.read_text("utf-8") for path in STYLES.glob("*.css"))
    defined = set(re.findall(r"(--ec-[\w-]+):", text))
    assert set(re.findall(r"var\((--ec-[\w-]+)", text)) <= defined
