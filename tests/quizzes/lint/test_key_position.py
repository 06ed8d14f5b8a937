from __future__ import annotations

from quizzes.engine.lint.rules import key_position
from tests.quizzes.samples import Data, bank, choice, found, right, wrong


def keyed(n: int, place: int) -> Data:
    names = ["alpha", "bravo", "charlie", "delta"]
    return choice(
        f"ec-rvm-{n:03}", choices=[(right if at == place else wrong)(name, name) for at, name in enumerate(names)]
    )


def test_keys_spread_over_the_places_pass() -> None:
    assert found(key_position.check, bank(*(keyed(n, n % 4) for n in range(24)))) == []


def test_keys_that_favour_a_place_are_refused_with_the_counts() -> None:
    places = [1] * 14 + [0, 2, 3, 0, 2, 3]
    [finding] = found(key_position.check, bank(*(keyed(n, place) for n, place in enumerate(places))))
    assert "2번째 14개" in finding.message


def test_a_small_bank_is_not_judged() -> None:
    assert found(key_position.check, bank(*(keyed(n, 1) for n in range(19)))) == []
