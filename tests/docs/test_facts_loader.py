"""The loader of the facts refuses bad data, `check` refuses bad references, and `stale` finds what rests on old facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from theme.facts import FactsError, check, load, main, stale

FILES: Mapping[str, str] = {
    "docs/facts.yml": """\
schema: 1
sources:
  guide:
    title: 사용 설명서
    url: https://docs.aws.amazon.com/guide.html
facts:
  - id: F-HIT
    statement: 캐시 적중은 조회의 결과입니다.
    status: current
    sources: [guide]
    checked: 2026-11-22
    claims: [C11]
  - id: F-OLD
    statement: 오래전에 확인했습니다.
    status: outdated
    sources: [guide]
    checked: 2026-01-01
""",
    "docs/claims.yml": """\
- id: C11
  unit: db-cache
  note: 먼저 쿼리한다.
  verdict: 맞음
  today: 먼저 묻습니다.
  facts: [F-HIT]
  taught: lessons/db-cache.md#lookup
""",
    "docs/traps.yml": """\
- id: T01
  unit: db-cache
  keyword: 적중
  english: hit
  answer: 조회의 결과
  not_this:
    - choice: 조회
      why: 조회는 행동입니다.
  facts: [F-HIT]
""",
    "docs/glossary.yml": """\
- id: cache-hit
  english: cache hit
  korean: 캐시 적중
  evidence: 강의
  definition: 키가 있는 것입니다.
  lesson: lessons/db-cache.md#lookup
""",
    "docs/lessons/db-cache.md": """\
# DB 캐시 { #db-cache }

## 조회 { #lookup }

```{ .facts }
F-HIT
F-OLD
```
""",
    "quizzes/bank/db-cache.yml": """\
schema: 1
items:
  - id: ec-dbc-001
    facts: [F-OLD]
""",
}


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "docs"


def edit(docs: Path, name: str, old: str, new: str) -> None:
    path = docs.parent / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_loads_typed_records_in_the_order_of_the_file(docs: Path) -> None:
    facts = load(docs)
    assert list(facts.facts) == ["F-HIT", "F-OLD"]
    assert facts.fact("F-HIT").checked == date(2026, 11, 22)
    assert facts.source("guide").url == "https://docs.aws.amazon.com/guide.html"
    assert facts.claim("C11").taught == "lessons/db-cache.md#lookup"
    assert facts.trap("T01").not_this[0].choice == "조회"
    assert facts.term("cache-hit").korean == "캐시 적중"


def test_reads_the_files_once_and_again_after_an_edit(docs: Path) -> None:
    first = load(docs)
    assert load(docs) is first
    edit(docs, "docs/facts.yml", "조회의 결과입니다.", "조회한 결과입니다.")
    assert load(docs).fact("F-HIT").statement == "캐시 적중은 조회한 결과입니다."


def test_a_record_cannot_be_changed(docs: Path) -> None:
    fact = load(docs).fact("F-HIT")
    with pytest.raises(ValueError, match="frozen"):
        fact.statement = "바꾼 문장"


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (
            "fact",
            "`F-NONE` 사실을 찾을 수 없습니다. facts.yml에 있는 id여야 합니다. 철자를 확인하거나 facts.yml에 추가하세요.",
        ),
        ("source", "`F-NONE` 출처를 찾을 수 없습니다."),
        ("claim", "`F-NONE` 원문 주장을 찾을 수 없습니다."),
        ("trap", "`F-NONE` 함정을 찾을 수 없습니다."),
        ("term", "`F-NONE` 용어를 찾을 수 없습니다."),
    ],
)
def test_an_unknown_id_is_refused_with_what_to_do(docs: Path, look_up: str, message: str) -> None:
    facts = load(docs)
    find = {
        "fact": facts.fact,
        "source": facts.source,
        "claim": facts.claim,
        "trap": facts.trap,
        "term": facts.term,
    }[look_up]
    with pytest.raises(FactsError) as error:
        find("F-NONE")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("file", "old", "new", "refusal"),
    [
        pytest.param(
            "docs/facts.yml",
            "    status: current\n",
            "    status: current\n    stauts: current\n",
            "facts.yml `F-HIT`: `stauts` 항목은 모르는 이름입니다. 철자를 확인하거나 지우세요.",
            id="a key that no field is made for",
        ),
        pytest.param(
            "docs/facts.yml",
            "    statement: 캐시 적중은 조회의 결과입니다.\n",
            "",
            "facts.yml `F-HIT`: `statement` 항목이 없습니다. 꼭 있어야 하는 항목이니 적어 넣으세요.",
            id="a missing key",
        ),
        pytest.param(
            "docs/facts.yml",
            "status: current",
            "status: fresh",
            "facts.yml `F-HIT`: `status` 값이 맞지 않습니다. 본 값: 'fresh', 맞는 값: 'current', 'exam-only', 'outdated', "
            "'disputed' 가운데 하나. 값을 고치세요.",
            id="a status that does not exist",
        ),
        pytest.param(
            "docs/facts.yml",
            "checked: 2026-11-22",
            "checked: 지난주",
            "facts.yml `F-HIT`: `checked` 값이 맞지 않습니다. 본 값: '지난주', 맞는 값: YYYY-MM-DD 꼴의 날짜. 값을 고치세요.",
            id="a day that is not a date",
        ),
        pytest.param(
            "docs/facts.yml",
            "sources: [guide]",
            "sources: []",
            "facts.yml `F-HIT`: `sources` 값이 맞지 않습니다. 본 값: [], 맞는 값: 하나 이상을 담은 목록. 값을 고치세요.",
            id="a fact without a source",
        ),
        pytest.param(
            "docs/facts.yml",
            "id: F-OLD",
            "id: F-HIT",
            "facts.yml: `F-HIT`라는 id를 두 번 썼습니다. id는 하나뿐이어야 합니다. 새 id를 주세요.",
            id="an id twice",
        ),
        pytest.param(
            "docs/facts.yml",
            "facts:\n",
            "  guide:\n    title: 다른 문서\n    url: https://docs.aws.amazon.com/other.html\nfacts:\n",
            "facts.yml: 6번째 줄에 `guide` 항목이 두 번 있습니다. 하나만 남기세요.",
            id="a key twice in one mapping",
        ),
        pytest.param(
            "docs/facts.yml",
            "https://docs.aws",
            "http://docs.aws",
            "facts.yml: `sources.guide.url` 값이 맞지 않습니다. 본 값: 'http://docs.aws.amazon.com/guide.html', "
            "맞는 값: 정규식 ^https://[^\\s]+$에 맞는 글. 값을 고치세요.",
            id="an address without TLS",
        ),
        pytest.param(
            "docs/facts.yml",
            "schema: 1",
            "schema: 2",
            "facts.yml: `schema` 값이 맞지 않습니다. 본 값: 2, 맞는 값: 1 가운데 하나. 값을 고치세요.",
            id="a schema from the future",
        ),
        pytest.param(
            "docs/claims.yml",
            "verdict: 맞음",
            "verdict: 애매함",
            "claims.yml `C11`: `verdict` 값이 맞지 않습니다. 본 값: '애매함', 맞는 값: '맞음', '구식', '부정확', '틀림' "
            "가운데 하나. 값을 고치세요.",
            id="a verdict that does not exist",
        ),
        pytest.param(
            "docs/traps.yml",
            "- id: T01",
            "- id: 첫 함정",
            "traps.yml `첫 함정`: `id` 값이 맞지 않습니다. 본 값: '첫 함정', 맞는 값: 정규식 ^T\\d{2}$에 맞는 글. 값을 고치세요.",
            id="an id of another shape",
        ),
        pytest.param(
            "docs/traps.yml",
            "- id: T01",
            "- keyword_id: T01",
            "traps.yml 1번째 항목: `id` 항목이 없습니다. 꼭 있어야 하는 항목이니 적어 넣으세요.",
            id="a record without a name",
        ),
        pytest.param(
            "docs/glossary.yml",
            "- id: cache-hit\n",
            "terms:\n- id: cache-hit\n",
            "glossary.yml: 목록이어야 하는데 dict입니다. `- id: …` 꼴로 적으세요.",
            id="a mapping where a list belongs",
        ),
    ],
)
def test_bad_data_is_refused_with_what_was_seen_and_what_to_do(
    docs: Path, file: str, old: str, new: str, refusal: str
) -> None:
    edit(docs, file, old, new)
    with pytest.raises(FactsError) as error:
        load(docs)
    assert refusal in error.value.problems
    assert refusal in check(docs)


def test_problems_of_all_files_are_told_together(docs: Path) -> None:
    edit(docs, "docs/facts.yml", "status: current", "status: fresh")
    (docs / "glossary.yml").unlink()
    edit(docs, "docs/traps.yml", "- id: T01", "- id: [T01")
    told = "\n".join(check(docs))
    assert "facts.yml `F-HIT`" in told
    assert "glossary.yml 파일이 없습니다." in told
    assert "traps.yml: YAML로 읽을 수 없습니다" in told


def test_sound_data_with_sound_references_has_no_refusals(docs: Path) -> None:
    assert check(docs) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "refusal"),
    [
        pytest.param(
            "docs/lessons/db-cache.md",
            "F-OLD",
            "F-NEW F-OLD",
            "docs/lessons/db-cache.md:7: `F-NEW` 사실을 찾을 수 없습니다. docs/facts.yml에 있는 id여야 합니다. "
            "철자를 확인하거나 facts.yml에 추가하세요.",
            id="an unknown fact in a fence",
        ),
        pytest.param(
            "quizzes/bank/db-cache.yml",
            "[F-OLD]",
            "[F-OLD, F-QUIZ]",
            "quizzes/bank/db-cache.yml ec-dbc-001: `F-QUIZ` 사실을 찾을 수 없습니다. docs/facts.yml에 있는 id여야 합니다. "
            "철자를 확인하거나 facts.yml에 추가하세요.",
            id="an unknown fact in a quiz item",
        ),
        pytest.param(
            "docs/traps.yml",
            "facts: [F-HIT]",
            "facts: [F-TRAP]",
            "함정 T01: `F-TRAP` 사실을 찾을 수 없습니다. docs/facts.yml에 있는 id여야 합니다. "
            "철자를 확인하거나 facts.yml에 추가하세요.",
            id="an unknown fact in a trap",
        ),
        pytest.param(
            "docs/facts.yml",
            "sources: [guide]",
            "sources: [guide, blog]",
            "facts.yml: `F-HIT` 사실의 출처 `blog` 항목이 sources에 없습니다. 출처를 추가하거나 이름을 고치세요.",
            id="a source that is not listed",
        ),
        pytest.param(
            "docs/facts.yml",
            "facts:\n",
            "  blog:\n    title: 글\n    url: https://valkey.io/blog/\nfacts:\n",
            "facts.yml: `blog` 출처를 쓰는 사실이 없습니다. 지우거나 사실에 적으세요.",
            id="a source nobody cites",
        ),
        pytest.param(
            "docs/facts.yml",
            "claims: [C11]",
            "claims: [C11, C12]",
            "facts.yml: `F-HIT` 사실이 없는 주장 `C12` 쪽을 가리킵니다. claims.yml의 id로 고치세요.",
            id="a claim that does not exist",
        ),
        pytest.param(
            "docs/facts.yml",
            "    claims: [C11]\n",
            "",
            "facts.yml: 사실 `F-HIT`의 claims에 `C11` 주장이 없습니다. claims.yml과 같게 적으세요.",
            id="a claim its fact does not know",
        ),
        pytest.param(
            "docs/claims.yml",
            "facts: [F-HIT]",
            "facts: [F-OLD]",
            "claims.yml: 주장 `C11`의 facts에 `F-HIT` 사실이 없습니다. facts.yml과 같게 적으세요.",
            id="a fact its claim does not know",
        ),
        pytest.param(
            "docs/lessons/db-cache.md",
            "{ #lookup }",
            "{ #search }",
            "claims.yml `C11`: `docs/lessons/db-cache.md`에 `{ #lookup }` 제목이 없습니다. "
            "제목에 id를 달거나 가리키는 곳을 고치세요.",
            id="a claim whose heading is gone",
        ),
        pytest.param(
            "docs/glossary.yml",
            "db-cache.md#lookup",
            "nowhere.md#lookup",
            "glossary.yml `cache-hit`: 가르치는 페이지 `docs/lessons/nowhere.md`가 없습니다. "
            "페이지를 쓰거나 가리키는 곳을 고치세요.",
            id="a term whose page is gone",
        ),
    ],
)
def test_a_bad_reference_is_refused(docs: Path, file: str, old: str, new: str, refusal: str) -> None:
    edit(docs, file, old, new)
    assert refusal in check(docs)


def test_a_fact_that_no_place_uses_is_refused(docs: Path) -> None:
    edit(docs, "docs/lessons/db-cache.md", "F-OLD\n", "")
    assert check(docs) == []
    edit(docs, "quizzes/bank/db-cache.yml", "[F-OLD]", "[F-HIT]")
    assert check(docs) == [
        "facts.yml: `F-OLD` 사실을 아무 곳에서도 쓰지 않습니다. 강의, 문제, 주장, 함정 가운데 한 곳에서 쓰거나 지우세요."
    ]


def test_fences_shown_as_examples_use_no_facts_and_make_no_headings(docs: Path) -> None:
    example = "````markdown\n## 보기 { #example }\n```{ .facts }\nF-NONE\n```\n````\n"
    edit(docs, "docs/lessons/db-cache.md", "## 조회", f"{example}\n## 조회")
    assert check(docs) == []
    edit(docs, "docs/claims.yml", "#lookup", "#example")
    assert len(check(docs)) == 1


def test_fences_in_boxes_and_sources_fences_count(docs: Path) -> None:
    edit(docs, "docs/lessons/db-cache.md", "F-OLD\n", "")
    edit(docs, "quizzes/bank/db-cache.yml", "[F-OLD]", "[F-HIT]")
    edit(
        docs,
        "docs/lessons/db-cache.md",
        "## 조회",
        '!!! note "2026년 기준"\n\n    ```{ .sources }\n    F-OLD\n    ```\n\n## 조회',
    )
    assert check(docs) == []


def test_stale_lists_old_facts_with_every_place_that_rests_on_them(docs: Path) -> None:
    (found,) = stale(docs, days=90, today=date(2026, 11, 22))
    assert found.fact.id == "F-OLD"
    assert found.age == 325
    assert found.dependents == ("docs/lessons/db-cache.md:7", "quizzes/bank/db-cache.yml ec-dbc-001")


def test_stale_begins_the_day_after_the_last_of_the_days(docs: Path) -> None:
    assert [item.fact.id for item in stale(docs, days=325, today=date(2026, 11, 22))] == []
    assert [item.fact.id for item in stale(docs, days=324, today=date(2026, 11, 22))] == ["F-OLD"]


def test_stale_puts_the_oldest_first_and_names_claims_and_traps(docs: Path) -> None:
    old, hit = stale(docs, days=0, today=date(2027, 1, 1))
    assert [old.fact.id, hit.fact.id] == ["F-OLD", "F-HIT"]
    assert hit.dependents == ("docs/lessons/db-cache.md:6", "원문 주장 C11", "함정 T01")


def test_the_command_prints_what_must_change(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--docs", str(docs), "stale", "--days", "90", "--today", "2026-11-22"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "F-OLD  확인 2026-01-01 (325일 전)  오래전에 확인했습니다.",
        "    docs/lessons/db-cache.md:7",
        "    quizzes/bank/db-cache.yml ec-dbc-001",
        "확인한 지 90일이 넘은 사실: 1개",
    ]


def test_the_check_command_fails_when_something_is_refused(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--docs", str(docs), "check"]) == 0
    edit(docs, "docs/lessons/db-cache.md", "F-OLD", "F-NEW")
    assert main(["--docs", str(docs), "check"]) == 1
    assert "`F-NEW` 사실을 찾을 수 없습니다." in capsys.readouterr().out


def test_the_stale_command_tells_bad_data_without_a_traceback(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (docs / "traps.yml").unlink()
    assert main(["--docs", str(docs), "stale", "--days", "90"]) == 1
    assert "traps.yml 파일이 없습니다." in capsys.readouterr().err
