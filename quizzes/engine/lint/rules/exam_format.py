"""The exam asks one of four, or N of five or more; an item that says `exam_format` has exactly that shape."""

from collections.abc import Iterator

from quizzes.engine.exam import MULTIPLE_CHOICES, SINGLE_CHOICES
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "exam-format"


def check(context: Context) -> Iterator[Finding]:
    for item in context.choices():
        where, count = context.where(item), len(item.choices)
        if item.exam_format and item.select == 1 and count != SINGLE_CHOICES:
            yield Finding(
                RULE,
                "error",
                where,
                f"보기가 {count}개입니다. 시험 형식의 단일 정답은 보기 {SINGLE_CHOICES}개로 쓰세요.",
            )
        if item.exam_format and item.select > 1 and count < MULTIPLE_CHOICES:
            yield Finding(
                RULE, "error", where, f"보기가 {count}개입니다. 복수 응답형은 보기를 {MULTIPLE_CHOICES}개 이상 쓰세요."
            )
        if "mock" in item.use and not item.exam_format:
            yield Finding(
                RULE,
                "error",
                where,
                "use에 mock이 있지만 시험 형식이 아닙니다. exam_format: true로 하거나 mock을 빼세요.",
            )
        if any(
            f"{item.select}{unit}" in plain(item.stem).replace(" ", "")
            for unit in ("개를고르", "개고르", "개선택", "가지를고르")
        ):
            yield Finding(
                RULE, "error", where, "고를 개수를 문제에 적었습니다. 개수는 select에서 만들어지니 문제에서 빼세요."
            )
