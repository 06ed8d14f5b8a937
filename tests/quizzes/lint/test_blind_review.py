from __future__ import annotations

from quizzes.engine.lint.rules import blind_review
from tests.quizzes.samples import TODAY, bank, choice, command, found, match, multiple, order, predict


def solved(*answered: str, rev: int = 1) -> dict[str, object]:
    return {"on": TODAY, "rev": rev, "answered": list(answered), "outcome": "agreed"}


def test_items_solved_with_the_key_hidden_pass() -> None:
    assert found(blind_review.check, bank(choice(), multiple(), order(), match(), predict(), command())) == []


def test_keys_of_a_multiple_response_may_be_named_in_any_order() -> None:
    assert found(blind_review.check, bank(multiple(review=solved("charlie", "alpha")))) == []


def test_an_item_nobody_solved_is_refused() -> None:
    [finding] = found(blind_review.check, bank(choice(review=None)))
    assert "기록(review)이 없습니다" in finding.message


def test_a_review_of_an_older_revision_is_refused() -> None:
    [finding] = found(blind_review.check, bank(choice(rev=2)))
    assert "다시 풀어 보세요" in finding.message


def test_an_item_whose_solver_chose_otherwise_is_refused() -> None:
    [finding] = found(blind_review.check, bank(choice(review=solved("alpha"))))
    assert "(alpha)이 정답과 다릅니다" in finding.message


def test_the_order_of_an_order_item_is_its_answer() -> None:
    [finding] = found(blind_review.check, bank(order(review=solved("make", "find", "move", "drop"))))
    assert "정답과 다릅니다" in finding.message


def test_any_accepted_command_is_an_answer_and_only_one_is_given() -> None:
    assert found(blind_review.check, bank(command(review=solved("SET a 2 PX 60000")))) == []
    for answered in (["SET a 2"], ["SET a 2 EX 60", "SET a 2 PX 60000"]):
        [finding] = found(blind_review.check, bank(command(review=solved(*answered))))
        assert "정답과 다릅니다" in finding.message
