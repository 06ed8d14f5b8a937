"""Choices are shuffled: a text that says "choice B" or "the one above" points at another choice each time."""

import re
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "named-positions"
# Particles follow without a space, and a count ("답 2개") is no position.
_LABEL = r"(?:[A-F](?![A-Za-z0-9])|[가나다라마](?![가-힣])|[1-6](?!\d|개|가지)|[①-⑥])"
_POSITION = re.compile(
    rf"(?:보기|선택지|(?<![가-힣])답) ?{_LABEL}|(?<![A-Za-z0-9가-힣])(?:[A-F] ?번|[1-6]번 (?:보기|선택지|정답))"
    r"|(?:위|아래|앞|다음)의? (?:보기|선택지)|(?:첫|두|세|네|다섯|마지막) ?(?:번째)? (?:보기|선택지)"
    r"|(?:option|choice) [A-F](?![A-Za-z])"
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
