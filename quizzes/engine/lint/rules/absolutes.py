"""Words like "always" give a distractor away: test-wise readers strike them out. What counts is how they are spread."""

import re
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "absolutes"
ABSOLUTE = re.compile(
    r"항상|절대|반드시|오직|모든|무조건|언제나|전혀|(?<![A-Za-z])(?:always|never|only|all)(?![A-Za-z])", re.I
)
MOST_TIMES_AS_OFTEN = 2.0
# Distractors with such a word; fewer say nothing about a habit.
FEWEST = 8


def check(context: Context) -> Iterator[Finding]:
    choices = [choice for item in context.choices() for choice in item.choices]
    keys = [bool(ABSOLUTE.search(plain(choice.text))) for choice in choices if choice.key]
    others = [bool(ABSOLUTE.search(plain(choice.text))) for choice in choices if not choice.key]
    if sum(others) < FEWEST:
        return
    share, key_share = sum(others) / len(others), sum(keys) / len(keys)
    if share > MOST_TIMES_AS_OFTEN * key_share:
        yield Finding(
            RULE,
            "warning",
            "bank",
            f"“항상, 모든, 반드시” 같은 말이 오답의 {share:.0%}, 정답의 {key_share:.0%}에 있습니다. 오답에서 그런 말을 빼세요.",
        )
