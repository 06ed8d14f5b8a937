"""Ids are forever: answers of learners are stored under them. No two items share one, and a retired one never returns."""

import re
from collections import Counter
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding

RULE = "ids"
# An id that tells the answer: the page holds the ids of all choices.
_TELLING = re.compile(r"^(?:key|answer|correct|right|wrong|false|true|distractor)(?:-|$)")


def check(context: Context) -> Iterator[Finding]:
    counts = Counter(item.id for item in context.bank.items())
    for item_id in context.bank.retired:
        if item_id in counts:
            yield Finding(
                RULE,
                "error",
                context.bank.unit_of(item_id).where(item_id),
                "폐기한 id를 다시 썼습니다. 예전 답이 새 문항에 붙습니다. 쓴 적 없는 번호를 주세요.",
            )
    for item in context.bank.items():
        for part in item.parts():
            if _TELLING.match(part.id):
                yield Finding(
                    RULE,
                    "error",
                    context.where(item),
                    f"id `{part.id}`가 정답을 알려 줍니다. 내용을 뜻하는 낱말로 바꾸세요.",
                )
