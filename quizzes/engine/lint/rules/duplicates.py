"""Two choices that say the same cannot both be judged, and two questions that say the same train memory of the wording."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.predict import PredictItem
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "duplicates"
NEAR = 0.8


def check(context: Context) -> Iterator[Finding]:
    items = list(context.bank.items())
    for item in items:
        # What is printed or typed means another thing with another sign: there, only the same text is the same.
        exact = isinstance(item, PredictItem | CommandItem)
        counts = Counter(part.text if exact else normalised(part.text) for part in item.parts())
        for text, count in counts.items():
            if count > 1:
                yield Finding(
                    RULE,
                    "error",
                    context.where(item),
                    f"같은 내용(“{text[:30]}”)이 {count}번 있습니다. 서로 다르게 쓰세요.",
                )
    grams = {item.id: trigrams(item.stem) for item in items}
    for one, other in combinations(items, 2):
        likeness = jaccard(grams[one.id], grams[other.id])
        if likeness >= NEAR:
            yield Finding(
                RULE,
                "warning",
                context.where(other),
                f"문제가 {one.id}와 {likeness:.0%} 같습니다. 다른 상황으로 쓰거나 하나를 폐기하세요.",
            )


def normalised(text: str) -> str:
    """Letters and digits only: spacing, particles of punctuation and case do not make two texts different."""
    return re.sub(r"[\W_]+", "", plain(text)).casefold()


def trigrams(text: str) -> frozenset[str]:
    letters = normalised(text)
    return frozenset(letters[place : place + 3] for place in range(len(letters) - 2))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
