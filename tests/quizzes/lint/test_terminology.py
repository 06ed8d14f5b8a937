from __future__ import annotations

import pytest

from quizzes.engine.lint.rules import terminology
from tests.quizzes.samples import bank, choice, found


@pytest.mark.parametrize(
    "text", ["Valkey와 Redis OSS, Memcached를 견줍니다.", "ElastiCache for Redis OSS입니다.", "경우리스트"]
)
def test_the_names_of_today_pass(text: str) -> None:
    assert found(terminology.check, bank(choice(takeaway=text))) == []


def test_the_old_name_is_warned_about_unless_the_item_asks_for_it() -> None:
    old = "ElastiCache for Redis의 복제본입니다."
    [finding] = found(terminology.check, bank(choice(takeaway=old)))
    assert "legacy_name: true" in finding.message
    assert found(terminology.check, bank(choice(takeaway=old, legacy_name=True))) == []


@pytest.mark.parametrize(
    "text",
    ["일래스티 캐시", "멤캐시트", "Elasticache를 켭니다.", "캐쉬를 둡니다.", "우리는 캐시를 씁니다.", "당신의 캐시"],
)
def test_other_spellings_and_voices_are_warned_about(text: str) -> None:
    [finding] = found(terminology.check, bank(choice(takeaway=text)))
    assert finding.level == "warning"
    assert "대신" in finding.message
