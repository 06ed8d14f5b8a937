from __future__ import annotations

from pathlib import Path

from quizzes.engine.lint.rules import references
from tests.quizzes.samples import bank, choice, docs, facts, found


def test_a_known_fact_and_a_real_section_pass(tmp_path: Path) -> None:
    assert found(references.check, bank(choice()), docs(tmp_path)) == []


def test_an_unknown_fact_is_refused(tmp_path: Path) -> None:
    [finding] = found(references.check, bank(choice(facts=["F-ENG1", "F-NO1"])), docs(tmp_path))
    assert "`F-NO1`가 docs/facts.yml에 없습니다" in finding.message


def test_a_disputed_fact_carries_no_item(tmp_path: Path) -> None:
    [finding] = found(references.check, bank(choice()), docs(tmp_path), known=facts(status="disputed"))
    assert "출처끼리 다릅니다" in finding.message


def test_a_blog_alone_is_no_reference(tmp_path: Path) -> None:
    [finding] = found(references.check, bank(choice()), docs(tmp_path), known=facts(sources=["blog"]))
    assert "출처가 example.com뿐입니다" in finding.message


def test_a_section_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    [finding] = found(references.check, bank(choice(see="lessons/redis-vs-memcached.md#none")), docs(tmp_path))
    assert "#none`에 해당하는 강의 제목이 없습니다" in finding.message


def test_a_comment_in_a_code_block_is_no_section(tmp_path: Path) -> None:
    [finding] = found(references.check, bank(choice(see="lessons/redis-vs-memcached.md#not-a-heading")), docs(tmp_path))
    assert "강의 제목이 없습니다" in finding.message


def test_an_objective_points_at_a_section_too(tmp_path: Path) -> None:
    lost = [{"id": "pick", "title": "고른다", "see": "lessons/redis-vs-memcached.md#none"}]
    [finding] = found(references.check, bank(choice(), objectives=lost), docs(tmp_path))
    assert "학습 목표 `pick`" in finding.message
