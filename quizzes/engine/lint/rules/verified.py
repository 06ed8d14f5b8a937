"""What AWS offered half a year ago may be wrong today: items are compared with their sources again and again."""

from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding

RULE = "verified"
REMIND_DAYS = 180
REFUSE_DAYS = 365


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        age = (context.today - item.verified.on).days
        if age < 0:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"확인 날짜 {item.verified.on}이 미래입니다. 실제로 확인한 날을 적으세요.",
            )
        elif age > REMIND_DAYS:
            yield Finding(
                RULE,
                "error" if age > REFUSE_DAYS else "warning",
                context.where(item),
                f"출처를 확인한 지 {age}일 지났습니다. 출처를 다시 읽고 verified.on을 고치세요.",
            )
