from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import length_cue
from tests.quizzes.samples import Data, bank, choice, found, right, wrong


def lengths(id: str, key: int, *others: int) -> Data:
    """An item whose key has `key` letters and whose distractors have the others."""
    names = ("alpha", "bravo", "charlie")
    return choice(
        id, choices=[right("key-word", "가" * key), *(wrong(n, "나" * o) for n, o in zip(names, others, strict=True))]
    )


def many(longer: int, equal: int, key: int = 11) -> list[Data]:
    """`longer` items whose key is the longest (by 10 % unless told), `equal` items whose key is not."""
    sizes = [key] * longer + [9] * equal
    return [lengths(f"ec-rvm-{n:03}", size, 10, 10, 10) for n, size in enumerate(sizes)]


def test_a_key_as_long_as_its_distractors_passes() -> None:
    assert found(length_cue.check, bank(lengths("ec-rvm-001", 11, 10, 8, 9))) == []


@pytest.mark.parametrize(("key", "level"), [(12, "warning"), (14, "warning"), (15, "error")])
def test_a_key_that_sticks_out_is_warned_about_then_refused(key: int, level: str) -> None:
    [finding] = found(length_cue.check, bank(lengths("ec-rvm-001", key, 10, 9, 8)))
    assert finding.level == level
    assert f"{key / 10:.2f}배" in finding.message


def test_markdown_signs_do_not_count() -> None:
    coded = [
        right("alpha", "`SET` **NX**"),
        wrong("bravo", "SET XX"),
        wrong("charlie", "GET EX"),
        wrong("delta", "DEL NX"),
    ]
    assert found(length_cue.check, bank(choice(choices=coded))) == []


def test_a_bank_with_a_fair_share_of_longest_keys_passes() -> None:
    assert found(length_cue.check, bank(*many(longer=10, equal=30))) == []


@pytest.mark.parametrize(("longer", "share"), [(15, "38%"), (5, "12%")])
def test_a_bank_whose_keys_are_too_often_or_too_seldom_the_longest_is_refused(longer: int, share: str) -> None:
    [finding] = found(length_cue.check, bank(*many(longer=longer, equal=40 - longer)))
    assert finding.where == "bank"
    assert f"{share}입니다" in finding.message


def test_a_small_bank_is_not_judged_by_shares() -> None:
    assert found(length_cue.check, bank(*many(longer=20, equal=0))) == []


def test_a_bank_where_many_keys_stick_out_is_refused() -> None:
    findings = found(length_cue.check, bank(*many(longer=10, equal=30, key=12)))
    [whole] = [finding for finding in findings if finding.where == "bank"]
    assert "눈에 띄게 긴 문항이 25%" in whole.message
