from __future__ import annotations

from quizzes.engine.lint.rules import guessing
from tests.quizzes.samples import Data, bank, choice, found, right, wrong

NAMES = ("alpha", "bravo", "charlie", "delta")


def shaped(n: int, place: int, key: str, distractor: str) -> Data:
    """The key stands at `place`; every fourth time it is the longest of the four, else a distractor is."""
    longest = (place + 1 + n) % 4
    body = [
        (right if at == place else wrong)(name, f"{key if at == place else distractor}{at}{'!' * 9 * (at == longest)}")
        for at, name in enumerate(NAMES)
    ]
    return choice(f"ec-rvm-{n:03}", choices=body)


def fair(count: int = 80) -> list[Data]:
    return [shaped(n, n // 4 % 4, "켭니다", "끕니다") for n in range(count)]


def test_no_strategy_beats_a_fair_bank() -> None:
    assert found(guessing.check, bank(*fair())) == []


def test_always_the_second_wins_a_careless_bank() -> None:
    findings = found(guessing.check, bank(*(shaped(n, 1, "켭니다", "끕니다") for n in range(80))))
    assert any("늘 2번째 고르기" in finding.message and "100%" in finding.message for finding in findings)


def test_always_the_longest_wins_a_careless_bank() -> None:
    findings = found(
        guessing.check,
        bank(*(shaped(n, n // 4 % 4, "켠 다음에 반대편에서 한 번 더 켭니다", "끕니다") for n in range(80))),
    )
    assert [finding.message.split("’")[0] for finding in findings] == ["‘가장 긴 것 고르기"]


def test_always_the_mildest_wins_a_careless_bank() -> None:
    findings = found(guessing.check, bank(*(shaped(n, n // 4 % 4, "켭니다", "절대 끕니다") for n in range(80))))
    assert any("단정하는 말이 없는 것" in finding.message for finding in findings)


def test_a_small_bank_is_not_judged() -> None:
    assert found(guessing.check, bank(*(shaped(n, 1, "켭니다", "끕니다") for n in range(79)))) == []
