"""Whatever the bank says survives its way into the formats of other programs: every export is made, read back and compared."""

from collections.abc import Iterator, Sequence

from quizzes.engine import export
from quizzes.engine.errors import BankError
from quizzes.engine.export.format import ExportError, Format
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.question import Question
from quizzes.engine.rubric import build

RULE = "exports"


def check(context: Context) -> Iterator[Finding]:
    questions = [question for unit in context.bank.units for question in _questions(context, unit.unit)]
    for to in export.FORMATS.values():
        held, _ = export.sort_out(to, questions)
        for question_id, message in changed(to, held):
            yield Finding(RULE, "error", context.where(context.bank.item(question_id)), message)


def changed(to: Format, held: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """Ids of questions that do not come back from a format as they should, and what to do."""
    try:
        back = to.read(to.write(held))
    except ExportError as error:
        # One bad question can make a whole file unreadable; alone, each shows whether it is the one.
        if len(held) == 1:
            yield held[0].id, f"{to.name}로 내보낸 문항을 다시 읽지 못했습니다({error}). 글의 특수한 기호를 바꾸세요."
            return
        for question in held:
            yield from changed(to, [question])
        return
    for question in held:
        if back.get(question.id) != to.carried(question):
            yield question.id, f"{to.name}로 내보내면 글이 달라집니다. 문제와 보기의 특수한 기호를 바꾸세요."


def _questions(context: Context, unit: str) -> tuple[Question, ...]:
    of_unit = context.bank.unit(unit)
    try:
        return export.questions(of_unit, build(of_unit, context.facts, context.docs))
    except BankError:
        # A fact or a section that does not exist: the rule about references says so.
        return ()
