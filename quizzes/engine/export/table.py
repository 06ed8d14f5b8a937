"""CSV: one line an item, for spreadsheets. Texts are the Markdown of the bank; line breaks stay inside their cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from quizzes.engine.export.format import ExportError, Format, holds_all
from quizzes.engine.question import Activity, Answer, Arrange, Connect, Pair, Pick, Question, Rejected, Type

HEAD = ("id", "rev", "unit", "kind", "question", "instruction", "options", "after")
# Columns of each answer; how many times they come depends on the question with most answers.
PART = ("id", "text", "answer", "why")
RIGHT, WRONG = "정답", "오답"
# Excel takes a file without this mark for one in the system's own encoding.
_MARK = "\ufeff"

type Row = tuple[str, str, str, str]


def write(questions: Sequence[Question]) -> bytes:
    rows = [_parts(question.activity) for question in questions]
    most = max(map(len, rows), default=0)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([*HEAD, *(f"{name}_{place}" for place in range(1, most + 1) for name in PART)])
    for question, parts in zip(questions, rows, strict=True):
        head = [question.id, str(question.rev), question.unit, question.kind, question.prompt, question.instruction]
        cells = [*head, _options(question.activity), question.after, *(cell for part in parts for cell in part)]
        table.writerow([*cells, *[""] * (len(PART) * (most - len(parts)))])
    return (_MARK + out.getvalue()).encode()


def carried(question: Question) -> Question:
    """Everything but whether an answer is printed output."""
    match question.activity:
        case Pick(answers):
            plain = Pick(tuple(answer._replace(literal=False) for answer in answers))
            return replace(question, activity=plain)
        case _:
            return question


def _options(activity: Activity) -> str:
    if not isinstance(activity, Connect):
        return ""
    return "\n".join(f"{option}: {text}" for option, text in activity.options)


def _parts(activity: Activity) -> list[Row]:
    match activity:
        case Pick(answers):
            return [(one.id, one.text, RIGHT if one.right else WRONG, one.why) for one in answers]
        case Arrange(steps):
            return [(step.id, step.text, str(place), step.why) for place, step in enumerate(steps, 1)]
        case Connect(pairs):
            return [(pair.id, pair.text, pair.option, pair.why) for pair in pairs]
        case Type(accepted, why, rejected):
            wrong = [(one.id, "\n".join(one.lines), WRONG, one.why) for one in rejected]
            return [("", "\n".join(accepted), RIGHT, why), *wrong]


# ---- reading ----------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Question]:
    """The questions of a file that `write` made. Raises ExportError."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    if tuple(rows.fieldnames or ())[: len(HEAD)] != HEAD:
        raise ExportError(f"CSV의 첫 줄이 다릅니다: {rows.fieldnames}")
    found = [_read_question(row) for row in rows]
    return {question.id: question for question in found}


def _read_question(row: Mapping[str, str]) -> Question:
    count = (len(row) - len(HEAD)) // len(PART)
    cells = [[row[f"{name}_{place}"] for name in PART] for place in range(1, count + 1)]
    parts = [(id, text, answer, why) for id, text, answer, why in cells if answer]
    return Question(
        id=row["id"],
        rev=int(row["rev"]),
        unit=row["unit"],
        kind=row["kind"],
        prompt=row["question"],
        instruction=row["instruction"],
        activity=_read_activity(parts, row["options"]),
        after=row["after"],
    )


def _read_activity(parts: list[Row], options: str) -> Activity:
    if options:
        named = tuple((line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in options.split("\n"))
        return Connect(tuple(Pair(id, text, answer, why) for id, text, answer, why in parts), named)
    if parts[0][2].isdecimal():
        ordered = sorted(parts, key=lambda part: int(part[2]))
        return Arrange(tuple(Answer(id, text, why, right=True) for id, text, _, why in ordered))
    if not parts[0][0]:
        rejected = tuple(Rejected(id, tuple(text.split("\n")), why) for id, text, _, why in parts[1:])
        return Type(tuple(parts[0][1].split("\n")), parts[0][3], rejected)
    return Pick(tuple(Answer(id, text, why, answer == RIGHT) for id, text, answer, why in parts))


FORMAT = Format("csv", ".csv", holds_all, write, read, carried)
