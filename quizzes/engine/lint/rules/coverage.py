"""Every objective is asked at least three times, once at least in use; and most exam-format items tell a story, as the exam does."""

from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding

RULE = "coverage"
FEWEST_ITEMS = 3
FEWEST_SCENARIOS = 0.6
_IN_USE = frozenset({"apply", "analyze"})


def check(context: Context) -> Iterator[Finding]:
    for unit in context.bank.units:
        for objective in unit.file.objectives:
            items = [item for item in unit.file.items if item.objective == objective.id]
            if len(items) < FEWEST_ITEMS:
                yield Finding(
                    RULE,
                    "error",
                    unit.document.path.name,
                    f"학습 목표 `{objective.id}`의 문항이 {len(items)}개입니다. {FEWEST_ITEMS}개 이상 쓰세요.",
                )
            elif not any(item.level in _IN_USE for item in items):
                yield Finding(
                    RULE,
                    "error",
                    unit.document.path.name,
                    f"학습 목표 `{objective.id}`에 적용(level: apply) 이상의 문항이 없습니다. 하나 이상 쓰세요.",
                )
    formal = [item for item in context.bank.items() if item.exam_format]
    stories = sum(item.scenario for item in formal)
    if formal and stories / len(formal) < FEWEST_SCENARIOS:
        yield Finding(
            RULE,
            "error",
            "bank",
            f"시험 형식 문항 가운데 시나리오가 {stories / len(formal):.0%}입니다. {FEWEST_SCENARIOS:.0%} 이상이 되게 상황을 묻는 "
            "문항을 더하세요.",
        )
