"""A negative question measures attention more than knowledge: allowed when declared (the negation is then set in bold), and rare."""

from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import NEGATION, last_sentence

RULE = "negative-stem"
MOST = 0.05
# Below this, one negative item alone would be more than the share allowed.
SMALLEST_BANK = 20


def check(context: Context) -> Iterator[Finding]:
    items = list(context.bank.items())
    for item in items:
        found = NEGATION.search(last_sentence(item.stem))
        if found and not item.negative:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"부정형 물음(“{found[0]}”)입니다. 긍정형으로 바꾸거나, 꼭 필요하면 negative: true를 적으세요.",
            )
        if item.negative and not found:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                "negative: true이지만 물음에 부정하는 말이 없습니다. negative를 지우세요.",
            )
    negative = sum(item.negative for item in items)
    if len(items) >= SMALLEST_BANK and negative / len(items) > MOST:
        yield Finding(
            RULE,
            "error",
            "bank",
            f"부정형 문항이 {negative / len(items):.0%}입니다. {MOST:.0%} 이하가 되게 긍정형으로 바꾸세요.",
        )
