"""Choices are shuffled: a text that says "choice B" or "the one above" points at another choice each time."""

import re
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "named-positions"
_POSITION = re.compile(
    r"(?:보기|선택지|답) ?(?:[A-F가나다라마]|[1-6]|[①-⑥])(?![\w가-힣])|(?<![\w가-힣])[A-F1-6] ?번(?! 포트)"
    r"|(?:위|아래|앞|다음)의? (?:보기|선택지)|(?:첫|두|세|네|다섯|마지막) ?(?:번째)? (?:보기|선택지)|(?:option|choice) [A-F]\b"
)


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        for place, text in item.texts():
            found = _POSITION.search(plain(text))
            if found:
                yield Finding(
                    RULE,
                    "error",
                    context.where(item),
                    f"`{place}`의 “{found[0]}”은 보기가 섞이면 다른 것을 가리킵니다. 보기의 내용으로 부르세요.",
                )
