"""Every item was solved once with the key hidden, at its present revision, and the solver's answer was the key."""

from collections.abc import Iterator

from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.order import OrderItem
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.model import Item, Review

RULE = "blind-review"


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        if item.review is None:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                "정답을 가리고 푼 기록(review)이 없습니다. 풀어 보고 결과를 적으세요.",
            )
        elif item.review.rev != item.rev:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"rev {item.review.rev}를 풀어 본 기록입니다. 지금의 rev {item.rev}를 정답을 가리고 다시 풀어 보세요.",
            )
        elif not _agrees(item, item.review):
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"정답을 가리고 풀었을 때의 답({', '.join(item.review.answered)})이 정답과 다릅니다. 문항을 고치거나 폐기하세요.",
            )


def _agrees(item: Item, review: Review) -> bool:
    if isinstance(item, CommandItem):
        return len(review.answered) == 1 and review.answered[0] in item.accept
    if isinstance(item, OrderItem):
        return review.answered == item.key()
    return sorted(review.answered) == sorted(item.key())
