"""The course gate: the catalog is ready, and each rule refuses what it is there for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from labs.engine import gate, page
from labs.engine.lab import CATALOG, Lab, lab_ids, load

LAB_ID = "cache-hit-miss"


# redis-py 8 prefers SET with `ex`; SETEX is still a right answer.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated setex")


def page_of(lab_id: str) -> str:
    return (page.DOCS / f"{lab_id}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lab_id", lab_ids())
@pytest.mark.parametrize("rule", gate.RULES, ids=lambda rule: str(getattr(rule, "__name__", rule)))
def test_no_rule_refuses_the_catalog(rule: gate.Rule, lab_id: str) -> None:
    assert list(rule(load(lab_id), page_of(lab_id))) == []


def test_every_lab_has_a_page_and_every_page_a_lab() -> None:
    assert {file.stem for file in page.DOCS.glob("*.md")} - set(gate.PAGES_WITHOUT_A_LAB) == set(lab_ids())


type Spoil = Callable[[str, str, str], Lab]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """The first lab with one text replaced in one of its files. The text must be there."""

    def replace(file: str, old: str, new: str) -> Lab:
        shutil.copytree(CATALOG / LAB_ID, tmp_path / LAB_ID)
        path = tmp_path / LAB_ID / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return load(LAB_ID, tmp_path)

    return replace


def refusals(rule: gate.Rule, lab: Lab, text: str | None = None) -> str:
    """What a rule says of a lab, in one string."""
    return "\n".join(map(str, rule(lab, page_of(LAB_ID) if text is None else text)))


def test_a_repeated_id_is_refused(spoil: Spoil) -> None:
    lab = spoil("mistakes.py", "# %% look-first text-not-dict", "# %% look-first other-key")
    assert "cache-hit-miss/look-first/other-key: this id is used twice" in refusals(gate.id_repeats, lab)


def test_a_cell_of_an_unknown_step_is_refused(spoil: Spoil) -> None:
    lab = spoil("checks.py", "# %% fill-on-miss\n", "# %% fill-on-mis\n")
    told = refusals(gate.step_unknown, lab)
    assert "no step 'fill-on-mis' in starter.py" in told
    assert "no cell for step 'fill-on-miss'" in told


def test_a_missing_title_is_refused(spoil: Spoil) -> None:
    lab = spoil("starter.py", ' title="캐시에 먼저 묻기"', "")
    assert 'look-first: its starter cell needs title="…"' in refusals(gate.title_missing, lab)


def test_a_page_with_other_steps_is_refused() -> None:
    text = page_of(LAB_ID).replace('step="fill-on-miss"', 'step="look-first"')
    assert "its lab fences must be" in refusals(gate.page_differs, load(LAB_ID), text)


@pytest.mark.parametrize(
    ("old", "new"), [("{ #look-first }", "{ #look-second }"), ("## 미스일 때 채우기", "## 미스이면 채우기")]
)
def test_a_heading_that_differs_from_its_step_is_refused(old: str, new: str) -> None:
    told = refusals(gate.page_differs, load(LAB_ID), page_of(LAB_ID).replace(old, new))
    assert told.count("the heading above") == 1


def test_a_step_with_one_hint_is_refused() -> None:
    text = page_of(LAB_ID)
    step, rest = text.split("## 미스일 때 채우기")
    told = refusals(gate.hint_missing, load(LAB_ID), step.split('??? hint "힌트 2"')[0] + "## 미스일 때 채우기" + rest)
    assert "step 'look-first' has 1 hints, write 2 or more" in told


def test_an_empty_hint_does_not_count() -> None:
    text = page_of(LAB_ID).split('??? hint "힌트 2"')[0] + '??? hint "힌트 2"\n\n다음 글\n'
    assert "has 1 hints" in refusals(gate.hint_missing, load(LAB_ID), text)


def test_a_starter_without_a_marked_gap_is_refused(spoil: Spoil) -> None:
    lab = spoil("starter.py", "# 여기를 채우세요: 캐시에서 key를 읽고", "# 캐시에서 key를 읽고")
    assert "cache-hit-miss/look-first: mark the gap" in refusals(gate.gap_missing, lab)


def test_a_starter_that_equals_the_solution_is_refused(spoil: Spoil) -> None:
    lab = spoil("starter.py", load(LAB_ID).step("look-first").starter, load(LAB_ID).step("look-first").solution)
    assert "look-first: the starter must run and fail its check" in refusals(gate.starter_passes, lab)


def test_a_starter_that_does_not_run_is_refused(spoil: Spoil) -> None:
    lab = spoil("starter.py", 'print(f"DB 조회 {db.reads}회")', 'print(f"DB 조회 {db.raeds}회")')
    assert "look-first: the starter must run and fail its check" in refusals(gate.starter_passes, lab)


def test_a_solution_that_fails_is_refused_with_its_message(spoil: Spoil) -> None:
    lab = spoil("solution.py", ", ex=TTL_SECONDS", "")
    assert "캐시에 쓴 값에 TTL이 없습니다" in refusals(gate.solution_fails, lab)


def test_a_mistake_that_passes_is_refused(spoil: Spoil) -> None:
    lab = spoil("mistakes.py", "cache.set(key, json.dumps(product))", "cache.set(key, json.dumps(product), ex=60)")
    told = refusals(gate.mistake_misjudged, lab)
    assert "mistakes.py fill-on-miss no-ttl: it must not pass" in told


def test_a_mistake_with_another_message_is_refused(spoil: Spoil) -> None:
    lab = spoil("mistakes.py", "# > 캐시에 쓴 값에 TTL이 없습니다.", "# > TTL이 없습니다.")
    told = refusals(gate.mistake_misjudged, lab)
    assert "its message is '캐시에 쓴 값에 TTL이 없습니다." in told
    assert "--refresh" in told


def test_refreshing_writes_todays_messages_and_nothing_else(spoil: Spoil) -> None:
    lab = spoil("mistakes.py", "# > 캐시에 쓴 값에 TTL이 없습니다.", "# > TTL이 없습니다.")
    assert gate.refresh_messages(lab) == (CATALOG / LAB_ID / "mistakes.py").read_text(encoding="utf-8")


def test_a_right_answer_that_is_refused_is_told(spoil: Spoil) -> None:
    lab = spoil(
        "alternatives.py", "cache.setex(key, 60, json.dumps(product))", "cache.setex(key, 90, json.dumps(product))"
    )
    assert "alternatives.py fill-on-miss setex: a right answer was refused" in refusals(gate.alternative_rejected, lab)


def test_too_few_mistakes_and_alternatives_are_refused(spoil: Spoil) -> None:
    lab = spoil("alternatives.py", "# %% look-first ", "# %% fill-on-miss first-")
    assert "step 'look-first' has 0, write 1 or more" in refusals(gate.alternatives_too_few, lab)
    assert refusals(gate.mistakes_too_few, lab) == ""


def test_a_step_that_checks_too_little_is_refused_with_its_survivors(spoil: Spoil) -> None:
    lab = spoil("checks.py", '@check("적중률을 잽니다")\n', "")
    told = refusals(gate.mutants_survive, lab)
    assert "cache-hit-miss/fill-on-miss" in told
    assert "changed the arithmetic" in told
    assert "look-first" not in told


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("solution.py", "cache.delete(", "cache.remove("),
        ("checks.py", "return list(self.products)", "return self.products"),
    ],
)
def test_types_that_do_not_fit_are_refused(spoil: Spoil, file: str, old: str, new: str) -> None:
    assert file in refusals(gate.types_wrong, spoil(file, old, new))


def test_output_that_changes_from_run_to_run_is_refused(spoil: Spoil) -> None:
    lab = spoil(
        "solution.py", 'print(f"DB 조회 {db.reads}회")\n', "print(object())\nkeep = [object() for _ in range(99)]\n"
    )
    assert "what the solution prints differs" in refusals(gate.output_changes, lab)


def test_a_page_without_a_lab_is_refused(tmp_path: Path) -> None:
    for name in ("index", "playground", "lost"):
        (tmp_path / f"{name}.md").write_text("", encoding="utf-8")
    assert [refusal.where for refusal in gate.orphan_pages((LAB_ID,), tmp_path)] == ["lost.md"]
