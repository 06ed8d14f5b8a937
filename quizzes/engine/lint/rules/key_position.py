"""Where the key stands in the author's order. The player shuffles, but print, exports and readers without JavaScript see
this order; a bank measured for comparison had 63 % of its keys in second place."""

from collections import Counter
from collections.abc import Iterator

from quizzes.engine.exam import SINGLE_CHOICES
from quizzes.engine.lint.report import Context, Finding

RULE = "key-position"
# Three degrees of freedom, p = 0.01.
LIMIT = 11.34
# The chi-squared test asks for at least five expected keys a place.
SMALLEST_BANK = 5 * SINGLE_CHOICES


def check(context: Context) -> Iterator[Finding]:
    items = [item for item in context.single_answers() if len(item.choices) == SINGLE_CHOICES]
    if len(items) < SMALLEST_BANK:
        return
    places = Counter([choice.key for choice in item.choices].index(True) for item in items)
    expected = len(items) / SINGLE_CHOICES
    chi_squared = sum((places[place] - expected) ** 2 / expected for place in range(SINGLE_CHOICES))
    if chi_squared >= LIMIT:
        shares = ", ".join(f"{place + 1}번째 {places[place]}개" for place in range(SINGLE_CHOICES))
        yield Finding(
            RULE,
            "error",
            "bank",
            f"정답의 자리가 치우쳤습니다({shares}; χ² {chi_squared:.1f} ≥ {LIMIT}). 파일에서 보기의 순서를 바꾸어 고르게 하세요.",
        )
