""" "All of the above" rewards partial knowledge, and means nothing once choices are shuffled."""

import re
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "catch-all"
_CATCH_ALL = re.compile(
    r"위의? 모든 것|위의? 모두|모두 (?:정답|맞|해당|옳)|정답 없음|해당 (?:사항 )?없음|(?:all|none) of (?:the above|these)",
    re.I,
)


def check(context: Context) -> Iterator[Finding]:
    for item in context.choices():
        for choice in item.choices:
            if _CATCH_ALL.search(plain(choice.text)):
                yield Finding(
                    RULE,
                    "error",
                    context.where(item),
                    f"보기 `{choice.id}`가 다른 보기 전부를 가리킵니다. 그 자리에 실제 오해 하나를 쓰세요.",
                )
