"""Every lesson keeps the shape, the voice and the promises of a lesson: one rule a function, each shown to refuse something.

A rule takes a `Lesson` and yields one complaint for each place that breaks it. Facts and claims have their own tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from unicodedata import east_asian_width
from xml.etree import ElementTree

import pytest
import yaml

from labs.cloud.cloud import Cloud
from tests.docs import language
from theme.facts import FactsError, load

DOCS = Path(__file__).resolve().parents[2] / "docs"
LESSONS = sorted((DOCS / "lessons").glob("*.md"))

MOST_GOALS = 5
CHARACTERS_A_MINUTE = 500
MINUTES = (6, 12)
# What a phone 390 px wide shows of a code block without scrolling sideways, and how many columns a Hangul syllable takes.
CODE_COLUMNS = 44
WIDE = 1.6
# Units of the drawing; it is 360 wide and shown at about 350 px on a phone.
FIGURE_WIDTH = 360
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {
    "svg",
    "title",
    "desc",
    "defs",
    "marker",
    "g",
    "path",
    "line",
    "rect",
    "circle",
    "ellipse",
    "polygon",
    "text",
    "tspan",
}
PAINT = {"style", "fill", "stroke", "color", "font-size", "font-family"}

CORRECTION = "원문과 달라진 점"

HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
HEADING_ID = re.compile(r"^(?P<text>.+) \{ #(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*) \}$")
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
BOX = re.compile(
    r'^(?:!!!|\?\?\?\+?) (?P<kind>[a-z ]+) "(?P<title>[^"]+)"\n(?P<body>(?:\n| {4}[^\n]*\n)*)', re.MULTILINE
)
FIGURE_INFO = re.compile(r'\.figure src="(?P<src>[^"]+)" title="(?P<title>[^"]+)"')
# An endpoint as lessons write it: the host, and the port after it.
ENDPOINT = re.compile(r"""host=["']([^"']+)["'],\s*port=(\d+)""")
QUOTED = re.compile(r"“[^”]*”")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its header without the backticks, and its text without the indentation of its box."""

    info: str
    body: str

    def custom(self, name: str) -> bool:
        return f".{name}" in self.info.split("{")[-1].split()


@dataclass(frozen=True)
class Box:
    """An admonition."""

    kinds: tuple[str, ...]
    title: str
    body: str
    start: int


@dataclass(frozen=True)
class Lesson:
    """The text of one page and the parts the rules look at."""

    name: str
    text: str

    @cached_property
    def front_matter(self) -> dict[str, object]:
        found = re.match(r"---\n(.*?)\n---\n", self.text, re.DOTALL)
        return yaml.safe_load(found[1]) if found else {}

    @cached_property
    def described(self) -> list[str]:
        """What search engines and shared links show of the page."""
        return [str(self.front_matter.get(key, "")) for key in ("title", "description")]

    @cached_property
    def body(self) -> str:
        return re.sub(r"\A---\n.*?\n---\n", "", self.text, flags=re.DOTALL)

    @cached_property
    def fences(self) -> list[Fence]:
        return [
            Fence(m["info"].strip(), re.sub(rf"^{m['indent']}", "", m["body"], flags=re.MULTILINE))
            for m in FENCE.finditer(self.body)
        ]

    @cached_property
    def prose(self) -> str:
        """The page without its fenced blocks: a `#` in code is no heading."""
        return FENCE.sub("", self.body)

    @cached_property
    def boxes(self) -> list[Box]:
        return [Box(tuple(m["kind"].split()), m["title"], m["body"], m.start()) for m in BOX.finditer(self.body)]

    def boxes_of(self, kind: str) -> list[Box]:
        return [box for box in self.boxes if box.kinds[0] == kind]

    @cached_property
    def python(self) -> list[str]:
        return [fence.body for fence in self.fences if fence.info == "python"]

    @cached_property
    def voice(self) -> str:
        """The sentences that are the lesson's own: prose and steps of figures, without what it quotes."""
        steps = [fence.body for fence in self.fences if fence.custom("figure")]
        return QUOTED.sub("", "\n".join([*self.described, self.prose, *steps]))

    @cached_property
    def reading_characters(self) -> int:
        """What a reader's eye passes, code included: characters without white space and markup."""
        shown = [self.prose, *(f.body for f in self.fences if f.custom("figure")), *self.python]
        text = re.sub(r"\]\([^)]*\)|\{ #[a-z0-9-]+ \}|[*`|#>\[\]!]|---+", "", "\n".join(shown))
        return len(re.sub(r"\s", "", text))


Rule = Callable[[Lesson], Iterator[str]]


def says_what_it_is(lesson: Lesson) -> Iterator[str]:
    for key in ("title", "description"):
        if not lesson.front_matter.get(key):
            yield f"front matter has no {key}"


def headings_have_english_ids(lesson: Lesson) -> Iterator[str]:
    seen: set[str] = set()
    for _, text in HEADING.findall(lesson.prose):
        found = HEADING_ID.match(text)
        if not found:
            yield f"heading without `{{ #english-id }}`: {text}"
        elif found["id"] in seen:
            yield f"id used twice: {found['id']}"
        else:
            seen.add(found["id"])


def one_title_on_top(lesson: Lesson) -> Iterator[str]:
    levels = [len(marks) for marks, _ in HEADING.findall(lesson.prose)]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"one heading of level 1, and first: {levels}"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"level {after} directly below level {before}"


def has_the_boxes(lesson: Lesson) -> Iterator[str]:
    for kind, title in {
        "goals": "이 단원에서 배울 것",
        "trap": "함정",
        "exam": "시험 포인트",
        "now": "2026년 기준",
        "summary": "요약",
    }.items():
        boxes = lesson.boxes_of(kind)
        if not boxes:
            yield f"no `{kind}` box"
        elif not all(box.title.startswith(title) for box in boxes):
            yield f"`{kind}` box is not titled {title}"


def goals_are_few(lesson: Lesson) -> Iterator[str]:
    for box in lesson.boxes_of("goals"):
        bullets = len(re.findall(r"^ {4}- ", box.body, re.MULTILINE))
        if not 1 <= bullets <= MOST_GOALS:
            yield f"{bullets} goals"


def exam_line_comes_before_today(lesson: Lesson) -> Iterator[str]:
    order = [box.kinds[0] for box in lesson.boxes if box.kinds[0] in ("exam", "now", "summary")]
    if order[:1] == ["now"] or order[-1:] != ["summary"]:
        yield f"boxes in another order than exam, now, summary: {order}"


def today_is_sourced(lesson: Lesson) -> Iterator[str]:
    for box in lesson.boxes_of("now"):
        if "```{ .facts }" not in box.body and "```{ .sources }" not in box.body:
            yield "a `now` box without a facts or sources fence"


def corrections_look_like_corrections(lesson: Lesson) -> Iterator[str]:
    for box in lesson.boxes:
        if (box.title == CORRECTION) != (box.kinds == ("corrected",)):
            yield f'`{" ".join(box.kinds)}` box titled {box.title}: a correction is `!!! corrected "{CORRECTION}"`'


def leads_to_practice(lesson: Lesson) -> Iterator[str]:
    if not re.search(r"\]\(\.\./(labs|quizzes)/[a-z-]+\.md", lesson.body):
        yield "no link to a lab or a quiz"


def takes_six_to_twelve_minutes(lesson: Lesson) -> Iterator[str]:
    minutes = lesson.reading_characters / CHARACTERS_A_MINUTE
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        yield f"{minutes:.1f} minutes of reading"


def reads_like_korean(lesson: Lesson) -> Iterator[str]:
    yield from language.translationese(lesson.voice)


def spells_names_right(lesson: Lesson) -> Iterator[str]:
    yield from language.misspellings(lesson.voice)


def calls_a_thing_by_one_name(lesson: Lesson) -> Iterator[str]:
    yield from language.second_names(lesson.voice, load())


def uses_no_italics(lesson: Lesson) -> Iterator[str]:
    words = re.sub(r"`[^`]*`|\*\*", "", lesson.prose)
    for hit in re.finditer(r"\*[^*\s][^*\n]*\*|(?<!\w)_[^_\s][^_\n]*_(?!\w)", words):
        yield f"italics: {hit[0]}"


def code_fits_a_phone(lesson: Lesson) -> Iterator[str]:
    for line in "".join(lesson.python).splitlines():
        columns = sum(WIDE if east_asian_width(char) in "WF" else 1 for char in line)
        if columns > CODE_COLUMNS:
            yield f"{columns:.0f} columns: {line}"


def names_known_facts(lesson: Lesson) -> Iterator[str]:
    for fence in lesson.fences:
        if fence.custom("facts") or fence.custom("sources"):
            for fact in fence.body.split():
                try:
                    load().fact(fact)
                except FactsError as error:
                    yield str(error)


def figures_are_drawn_and_told(lesson: Lesson) -> Iterator[str]:
    for fence in lesson.fences:
        if not fence.custom("figure"):
            continue
        header = FIGURE_INFO.search(fence.info)
        if not header:
            yield f"figure without src or title: {fence.info}"
            continue
        steps = re.findall(r"^\d+\. ", fence.body, re.MULTILINE)
        if not steps:
            yield f"{header['src']}: no steps that tell the figure in words"
        drawing = DOCS / "diagrams" / f"{header['src']}.svg"
        if not drawing.is_file():
            yield f"no drawing {header['src']}.svg"
            continue
        yield from drawing_complaints(header["src"], drawing.read_text(encoding="utf-8"), len(steps))


def drawing_complaints(name: str, svg: str, steps: int) -> Iterator[str]:
    """What keeps a drawing from being named, themed, stepped, and inlined beside others."""
    root = ElementTree.fromstring(svg)
    elements = list(root.iter())
    if root.get("role") != "img":
        yield f'{name}: no role="img"'
    if not re.fullmatch(rf"0 0 {FIGURE_WIDTH} \d+", root.get("viewBox", "")):
        yield f"{name}: viewBox {root.get('viewBox')}"
    for tag in ("title", "desc"):
        found = root.find(f"{SVG}{tag}")
        if found is None or not (found.text or "").strip():
            yield f"{name}: no <{tag}>"
        elif found.get("id") not in root.get("aria-labelledby", "").split():
            yield f"{name}: <{tag}> is not in aria-labelledby"
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    yield from (f"{name}: id {id} lacks the figure's name" for id in ids if not id.startswith(f"{name}-"))
    yield from (f"{name}: id {id} used twice" for id in set(ids) if ids.count(id) > 1)
    for element in elements:
        tag = element.tag.removeprefix(SVG)
        yield from (f"{name}: {key} of <{tag}> belongs in the stylesheet" for key in PAINT & element.attrib.keys())
        if tag not in SHAPES:
            yield f"{name}: <{tag}> is not a shape, a text or a marker"
    shown = {step for element in elements for step in element.get("data-s", "").split()}
    if shown != {str(step) for step in range(1, steps + 1)}:
        yield f"{name}: groups of steps {sorted(shown)}, but {steps} steps in words"


RULES: list[Rule] = [
    says_what_it_is,
    headings_have_english_ids,
    one_title_on_top,
    has_the_boxes,
    goals_are_few,
    exam_line_comes_before_today,
    today_is_sourced,
    corrections_look_like_corrections,
    leads_to_practice,
    takes_six_to_twelve_minutes,
    reads_like_korean,
    spells_names_right,
    calls_a_thing_by_one_name,
    uses_no_italics,
    code_fits_a_phone,
    names_known_facts,
    figures_are_drawn_and_told,
]


def read(path: Path) -> Lesson:
    return Lesson(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_the_rule(rule: Rule, path: Path) -> None:
    assert list(rule(read(path))) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_code_of_a_lesson_prints_what_it_says(path: Path) -> None:
    lesson = read(path)
    assert printed(lesson.python) == promised(lesson.python)


def printed(blocks: list[str]) -> list[str]:
    """Run the blocks of one page in order in one namespace, in a cloud that has the endpoints they name."""
    cloud = Cloud()
    for host, port in sorted(set(ENDPOINT.findall("".join(blocks)))):
        cloud.cache(host, port=int(port))
    lines: list[str] = []

    def keep(*values: object) -> None:
        lines.append(" ".join(map(str, values)))

    namespace: dict[str, object] = {"__name__": "lesson", "print": keep}
    with cloud.active():
        for block in blocks:
            exec(compile(block, "lesson", "exec"), namespace)
    return lines


def promised(blocks: list[str]) -> list[str]:
    """What the `# →` comments of the blocks say is printed, in their order."""
    return re.findall(r"# → (.*)$", "".join(blocks), re.MULTILINE)


def test_there_are_lessons() -> None:
    assert LESSONS


GOOD = """\
---
title: 제목
description: 설명
---

# 제목 { #title }

!!! goals "이 단원에서 배울 것"

    - 하나

## 조회 { #lookup }

!!! trap "함정"

    함정입니다.

!!! exam "시험 포인트"

    - 답

!!! now "2026년 기준"

    ```{ .sources }
    F-HA1
    ```

!!! summary "요약"

    - 끝

[실습](../labs/cache-hit-miss.md)
"""
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 100" role="img" aria-labelledby="f-title f-desc">
<title id="f-title">제목</title><desc id="f-desc">설명</desc><g data-s="1"><path class="dg-arrow" d="M0 0h9"/></g></svg>
"""


@pytest.mark.parametrize("rule", [r for r in RULES if r is not takes_six_to_twelve_minutes], ids=lambda r: r.__name__)
def test_a_small_good_page_passes(rule: Rule) -> None:
    assert list(rule(Lesson("good", GOOD))) == []


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        (says_what_it_is, "description: 설명\n", ""),
        (headings_have_english_ids, " { #lookup }", ""),
        (headings_have_english_ids, "{ #lookup }", "{ #조회 }"),
        (headings_have_english_ids, "{ #lookup }", "{ #title }"),
        (one_title_on_top, "## 조회", "# 조회"),
        (one_title_on_top, "## 조회", "#### 조회"),
        (has_the_boxes, "!!! trap", "!!! note"),
        (has_the_boxes, '"요약"', '"정리"'),
        (goals_are_few, "    - 하나\n", "    - 하나\n" * 6),
        (goals_are_few, "    - 하나\n", "    하나\n"),
        (exam_line_comes_before_today, "!!! exam", "!!! note"),
        (exam_line_comes_before_today, "!!! summary", "!!! note"),
        (today_is_sourced, ".sources", ".python"),
        (corrections_look_like_corrections, '!!! trap "함정"', '!!! note "원문과 달라진 점"'),
        (corrections_look_like_corrections, "!!! trap", "!!! corrected"),
        (leads_to_practice, "../labs/cache-hit-miss.md", "https://example.com/"),
        (takes_six_to_twelve_minutes, "끝", "끝"),
        (takes_six_to_twelve_minutes, "끝", "끝" * 7000),
        (reads_like_korean, "함정입니다.", "캐시에 의해 빨라집니다."),
        (reads_like_korean, "함정입니다.", "값을 가집니다."),
        (reads_like_korean, "함정입니다.", "저장되어집니다."),
        (reads_like_korean, "함정입니다.", "백업을 수행합니다."),
        (reads_like_korean, "description: 설명", "description: 우리의 캐시"),
        (reads_like_korean, "함정입니다.", "함정이다."),
        (spells_names_right, "함정입니다.", "일래스티 캐시입니다."),
        (spells_names_right, "함정입니다.", "멤캐시트입니다."),
        (spells_names_right, "함정입니다.", "메세지입니다."),
        (calls_a_thing_by_one_name, "함정입니다.", "페일오버입니다."),
        (calls_a_thing_by_one_name, "함정입니다.", "축출합니다."),
        (calls_a_thing_by_one_name, "함정입니다.", "캐시 누락입니다."),
        (uses_no_italics, "함정입니다.", "*함정*입니다."),
        (code_fits_a_phone, "## 조회", "```python\n" + "값 = 1  # " + "가" * 24 + "\n```\n\n## 조회"),
        (names_known_facts, "F-HA1", "F-NONE"),
        (figures_are_drawn_and_told, "## 조회", '```{ .figure src="none" title="없음" }\n1. 하나\n```\n\n## 조회'),
        (figures_are_drawn_and_told, "## 조회", '```{ .figure src="db-cache" }\n1. 하나\n```\n\n## 조회'),
    ],
)
def test_a_rule_refuses_what_breaks_it(rule: Rule, old: str, new: str) -> None:
    assert old in GOOD
    assert list(rule(Lesson("broken", GOOD.replace(old, new))))


def test_a_quotation_may_keep_the_words_it_corrects() -> None:
    quoting = Lesson("quoting", GOOD.replace("함정입니다.", "노트는 “멤캐시트”라고 적었습니다."))
    assert list(spells_names_right(quoting)) == []


def test_a_second_name_may_follow_the_first_in_brackets() -> None:
    naming = Lesson("naming", GOOD.replace("함정입니다.", "제거(eviction, 축출)입니다."))
    assert list(calls_a_thing_by_one_name(naming)) == []


def test_a_good_drawing_passes() -> None:
    assert list(drawing_complaints("f", DRAWING, 1)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' role="img"', ""),
        ("0 0 360 100", "0 0 640 100"),
        ("제목", ""),
        ("f-title f-desc", "f-title"),
        ("f-desc", "desc"),
        ('d="M0 0h9"', 'd="M0 0h9" fill="red"'),
        ('d="M0 0h9"', 'd="M0 0h9" style="fill:red"'),
        ('d="M0 0h9"', 'd="M0 0h9" id="f-title"'),
        ('data-s="1"', 'data-s="2"'),
        ("<path", "<style>path{}</style><path"),
    ],
)
def test_a_drawing_is_refused(old: str, new: str) -> None:
    assert old in DRAWING
    assert list(drawing_complaints("f", DRAWING.replace(old, new), 1))


def test_code_that_prints_something_else_is_seen() -> None:
    block = "import redis\ncache = redis.Redis(host='a', port=1)\nprint(cache.get('k'))  # → 1\n"
    assert printed([block]) == ["None"]
    assert promised([block]) == ["1"]


def test_two_endpoints_share_nothing() -> None:
    first = "import redis\nredis.Redis(host='a', port=1).set('k', 'v')\n"
    second = "print(redis.Redis(host='b', port=1).get('k'), redis.Redis(host='a', port=1).get('k'))\n"
    assert printed([first, second]) == ["None b'v'"]


def test_waiting_in_a_lesson_takes_no_time_and_lets_keys_expire() -> None:
    block = "import redis, time\ncache = redis.Redis(host='a', port=1)\ncache.set('k', 'v', ex=300)\ntime.sleep(301)\n"
    assert printed([block, "print(cache.get('k'))\n"]) == ["None"]
