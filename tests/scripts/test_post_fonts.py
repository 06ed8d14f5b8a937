"""The site's font: exactly the characters that are used, a failure for one without a shape, and the same bytes every time."""

import io
import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from scripts.steps.post import fonts
from scripts.steps.stages import StageError

SYLLABLES = "가나다라마바사아자차카타파하캐시히트미스"


def page(body: str) -> str:
    return f"<!doctype html><html><head><title>제목</title></head><body>{body}</body></html>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "assets/app").mkdir(parents=True)
    (tmp_path / "assets/app/site.css").write_text("body{}", encoding="utf-8")
    (tmp_path / "index.html").write_text(page("<h2>굵다</h2><p>얇은 글</p>"), encoding="utf-8")
    return tmp_path


def glyphs(site: Path, weight: int, part: str = "*") -> str:
    files = (site / "assets/fonts").glob(f"site-sans-{weight}-{part}.*.woff2")
    return "".join(chr(code) for file in files for code in TTFont(file).getBestCmap())


def test_each_weight_holds_what_is_shown_in_it(site: Path) -> None:
    fonts.apply(site)
    assert set("굵다얇은글제목abcZ~") <= set(glyphs(site, 400))
    assert set("굵다abcZ~") <= set(glyphs(site, 700))
    assert "얇" not in glyphs(site, 700)


def test_words_of_players_rubrics_and_spoken_attributes_count(site: Path) -> None:
    (site / "assets/app/quiz.js").write_text('var a="채점"', encoding="utf-8")
    (site / "assets/quizzes").mkdir()
    (site / "assets/quizzes/a.rubric.json").write_text(json.dumps({"why": ["틀렸습니다"]}), encoding="utf-8")
    (site / "index.html").write_text(page('<img alt="뷁" src="a.png">'), encoding="utf-8")
    fonts.apply(site)
    assert set("채점틀렸뷁") <= set(glyphs(site, 400))
    assert set("채점") <= set(glyphs(site, 700))


def test_a_lesson_does_not_pay_for_characters_of_other_pages(site: Path) -> None:
    for name, body in {"lessons/a": "<p>강</p>", "reference/b": "<p>강 뷁</p>"}.items():
        (site / name).mkdir(parents=True)
        (site / name / "index.html").write_text(page(body), encoding="utf-8")
    fonts.apply(site)
    assert "강" in glyphs(site, 400, "reading")
    assert "뷁" not in glyphs(site, 400, "reading")
    assert "뷁" in glyphs(site, 400, "rest")
    assert "강" not in glyphs(site, 400, "rest")
    rules = re.findall(r"@font-face\{[^}]*site-sans-400-[^}]*\}", (site / "assets/app/site.css").read_text("utf-8"))
    reading, rest = rules
    assert "unicode-range" not in reading
    assert "U+BDC1" in rest


def test_neighbouring_characters_share_one_range() -> None:
    assert fonts.unicode_range("가각갂나a") == "U+61,U+AC00-AC02,U+B098"


def test_a_character_that_the_font_lacks_stops_the_build_and_names_page_and_character(site: Path) -> None:
    (site / "index.html").write_text(page("<p>가 ✕ 나</p>"), encoding="utf-8")
    with pytest.raises(StageError, match=r"index\.html.*✕ \(U\+2715\)"):
        fonts.apply(site)


def test_spaces_joiners_and_emoji_need_no_shape_of_ours() -> None:
    assert fonts.missing_glyphs("가 \n\t\u200b\u00a0\ufe0f😀", frozenset("가")) == []


def test_code_and_scripts_inside_a_page_are_not_its_text() -> None:
    shown, _ = fonts.texts_of(page("<script>var 변수</script><p>글</p>"))
    assert "변" not in shown
    assert "글" in shown


def test_the_same_characters_give_the_same_bytes() -> None:
    source = fonts.SOURCE / fonts.REGULAR.source
    assert fonts.make(source, set(SYLLABLES), 400) == fonts.make(source, list(reversed(SYLLABLES)), 400)


def test_the_font_has_a_name_of_its_own_and_keeps_licence_and_proportions() -> None:
    font = TTFont(io.BytesIO(fonts.make(fonts.SOURCE / fonts.HEAVY.source, SYLLABLES, 700)))
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert (names[1], names[4]) == ("Site Sans", "Site Sans Bold")
    assert "Open Font License" in names[13]
    advance, _ = font["hmtx"][font.getBestCmap()[ord("가")]]
    assert advance / font["head"].unitsPerEm == 0.92


def test_a_thousand_syllables_stay_small() -> None:
    """Half of them bold. tests/browser/test_weight.py holds the whole page to its budget; this is the part that grows."""
    # Spread over the 2,350 syllables of KS X 1001, which EUC-KR writes in two bytes: those that occur in modern Korean.
    modern = [chr(code) for code in range(0xAC00, 0xD7A4) if len(chr(code).encode("euc_kr")) == 2]
    syllables = [modern[at * len(modern) // 1000] for at in range(1000)]
    assert (len(modern), len(set(syllables))) == (2350, 1000)
    regular = fonts.make(fonts.SOURCE / fonts.REGULAR.source, [*syllables, *map(chr, range(32, 127))], 400)
    bold = fonts.make(fonts.SOURCE / fonts.HEAVY.source, [*syllables[::2], *map(chr, range(32, 127))], 700)
    assert len(regular) + len(bold) <= 110_000, (len(regular), len(bold))


def test_the_rules_come_first_and_a_second_run_replaces_them() -> None:
    once = fonts.with_faces("body{}", "@font-face{a}")
    assert once.index("@font-face") < once.index("body{}")
    assert fonts.with_faces(once, "@font-face{b}") == fonts.with_faces("body{}", "@font-face{b}")


def test_the_stand_in_has_the_vertical_metrics_of_the_real_font() -> None:
    rule = fonts.stand_in(fonts.REGULAR)
    font = TTFont(fonts.SOURCE / fonts.REGULAR.source, lazy=True)
    upem = font["head"].unitsPerEm
    ascent, descent = map(float, re.findall(r"(?:ascent|descent)-override:([\d.]+)%", rule))
    assert ascent == pytest.approx(100 * font["hhea"].ascent / upem)
    assert descent == pytest.approx(-100 * font["hhea"].descent / upem)
