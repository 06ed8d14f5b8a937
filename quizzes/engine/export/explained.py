"""The reasons of a question as one piece of HTML, for formats that have no room for a reason at each answer."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from quizzes.engine.question import Activity, Arrange, Connect, Pick, Question, Type


def folded(question: Question) -> Question:
    """A question in HTML with its reasons moved from the answers into what is said afterwards."""
    return replace(
        question,
        activity=_without_reasons(question.activity),
        after=reasons(question.activity) + question.after,
    )


def reasons(activity: Activity) -> str:
    """What is right, and each reason: a list, in the right order where there is one."""
    match activity:
        case Pick(answers):
            rows = [f"<p><b>{'정답' if one.right else '오답'}</b> {one.text}</p><p>{one.why}</p>" for one in answers]
            return _listed("ul", rows)
        case Arrange(steps):
            return _listed("ol", [f"<p>{step.text}</p><p>{step.why}</p>" for step in steps])
        case Connect(pairs, options):
            texts = dict(options)
            rows = [
                f"<p>{pair.text} → <b>{escape(texts[pair.option], quote=False)}</b></p><p>{pair.why}</p>"
                for pair in pairs
            ]
            return _listed("ul", rows)
        case Type(accepted, why, rejected):
            right = f"<p><b>정답</b> {_lines(accepted)}</p><p>{why}</p>"
            wrong = [f"<p><b>오답</b> {_lines(one.lines)}</p><p>{one.why}</p>" for one in rejected]
            return _listed("ul", [right, *wrong])


def _without_reasons(activity: Activity) -> Activity:
    match activity:
        case Pick(answers):
            return Pick(tuple(answer._replace(why="") for answer in answers))
        case Arrange(steps):
            return Arrange(tuple(step._replace(why="") for step in steps))
        case Connect(pairs, options):
            return Connect(tuple(pair._replace(why="") for pair in pairs), options)
        case Type(accepted):
            return Type(accepted, "", ())


def _listed(tag: str, rows: list[str]) -> str:
    return f"<{tag}>{''.join(f'<li>{row}</li>' for row in rows)}</{tag}>"


def _lines(lines: tuple[str, ...]) -> str:
    return " 또는 ".join(f"<code>{escape(line, quote=False)}</code>" for line in lines)
