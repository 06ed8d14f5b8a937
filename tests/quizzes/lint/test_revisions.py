from __future__ import annotations

from quizzes.engine.bank import Bank
from quizzes.engine.lint.report import Finding
from quizzes.engine.lint.rules import revisions
from tests.quizzes.samples import bank, choice, choices, found, order, right, wrong

BEFORE = bank(choice(), order(), retired=["ec-rvm-099"])


def since(now: Bank) -> list[Finding]:
    return found(revisions.check, now, previous=BEFORE)


def test_nothing_is_said_without_an_older_bank() -> None:
    assert found(revisions.check, bank(choice())) == []


def test_moved_items_and_choices_mean_what_they_meant() -> None:
    assert since(bank(order(), choice(choices=choices()[::-1]), retired=["ec-rvm-099"])) == []


def test_a_new_key_needs_a_new_revision() -> None:
    turned = [right("alpha", "복제본을 둔 구성"), wrong("bravo", "노드를 둔 구성"), *choices()[2:]]
    [finding] = since(bank(choice(choices=turned), order(), retired=["ec-rvm-099"]))
    assert finding.level == "error"
    assert "rev를 2로" in finding.message
    assert since(bank(choice(choices=turned, rev=2), order(), retired=["ec-rvm-099"])) == []


def test_another_order_of_steps_is_another_key() -> None:
    steps = order()["steps"]
    assert isinstance(steps, list)
    [finding] = since(bank(choice(), order(steps=steps[::-1]), retired=["ec-rvm-099"]))
    assert finding.level == "error"


def test_another_wording_is_asked_about() -> None:
    [finding] = since(bank(choice(stem="다른 상점입니다. 알맞은 구성은 무엇입니까?"), order(), retired=["ec-rvm-099"]))
    assert finding.level == "warning"


def test_punctuation_is_no_other_wording() -> None:
    stem = str(choice()["stem"]).replace(".", " .")
    assert since(bank(choice(stem=stem), order(), retired=["ec-rvm-099"])) == []


def test_a_lower_revision_is_refused() -> None:
    older = bank(choice(rev=2))
    [finding] = found(revisions.check, bank(choice()), previous=older)
    assert "2에서 1로 줄었습니다" in finding.message


def test_an_item_that_is_gone_must_be_retired() -> None:
    [finding] = since(bank(choice(), retired=["ec-rvm-099"]))
    assert "quizzes/retired.yml에 id를" in finding.message
    assert since(bank(choice(), retired=["ec-rvm-099", "ec-rvm-003"])) == []


def test_a_retired_id_stays_retired() -> None:
    [finding] = since(bank(choice(), order()))
    assert finding.where == "ec-rvm-099"
