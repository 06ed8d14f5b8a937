"""Every choice, step and prompt says why, in words of its own: explained feedback teaches, a bare verdict does not."""

from collections import Counter
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import length, plain

RULE = "rationales"
SHORTEST = 20


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        where = context.where(item)
        for part in item.parts():
            if length(part.why) < SHORTEST:
                yield Finding(
                    RULE,
                    "error",
                    where,
                    f"`{part.id}`의 해설이 {length(part.why)}자입니다. 왜 맞거나 틀린지 {SHORTEST}자 이상으로 쓰세요.",
                )
        for text, count in Counter(plain(part.why) for part in item.parts()).items():
            if count > 1:
                yield Finding(
                    RULE,
                    "error",
                    where,
                    f"같은 해설 “{text[:30]}…”을 {count}번 썼습니다. 보기마다 그 보기의 이유를 쓰세요.",
                )
