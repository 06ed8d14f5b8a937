"""GIFT: the text format that Moodle imports. https://docs.moodle.org/en/GIFT_format

A line an entry, HTML in it: a blank line would end a question, and a Markdown paragraph needs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from quizzes.engine.export.explained import folded
from quizzes.engine.export.format import ExportError, Format
from quizzes.engine.question import Activity, Answer, Arrange, Connect, Pair, Pick, Question, Rejected, Type, in_html

HEADER = """// ElastiCache 교실의 문항. Moodle의 문제 은행 > 가져오기 > GIFT 형식에서 고르세요.
// - 정답이 여럿인 문항에는 Moodle의 부분 점수가 붙습니다. 시험처럼 모두 맞아야 점수를 주려면 All-or-Nothing 유형으로 바꾸세요.
// - 명령을 쓰는 문항은 적힌 글자와 견줍니다(대소문자 무시). 뜻이 같은 다른 표기는 틀렸다고 할 수 있습니다."""

# Signs with a meaning in GIFT; a backslash before one takes the meaning away.
_SIGNS = "\\~=#{}:"
# While a file is read, a sign without meaning is a letter that no text of ours has.
_QUIET = {f"\\{sign}": chr(0xE000 + place) for place, sign in enumerate(_SIGNS)}
_LOUD = {quiet: written[1] for written, quiet in _QUIET.items()}

_QUESTION = re.compile(
    r"// \[id:(?P<id>[^\]]+)\] \[tag:(?P<kind>\w+)\] \[tag:rev(?P<rev>\d+)\]\n"
    r"::(?P<title>[^:]+)::\[html\](?P<prompt>.*)<p>(?P<instruction>[^<]*)</p>\{\n"
    r"(?P<entries>.*)\n####\[html\](?P<after>.*)\n\}",
    re.DOTALL,
)


def refusal(question: Question) -> str | None:
    """Moodle's core reads no ordering questions from GIFT."""
    if isinstance(question.activity, Arrange):
        return "GIFT에는 순서를 정하는 문항의 표기가 없습니다. 순서 문항은 qti, anki, csv로 내보내세요."
    return None


def carried(question: Question) -> Question:
    """What is left: no ids of answers, no reasons at pairs (they are said afterwards), no line breaks."""
    html = in_html(question)
    html = folded(html) if isinstance(html.activity, Connect) else html
    return replace(
        html, prompt=_one_line(html.prompt), after=_one_line(html.after), activity=_without_ids(html.activity)
    )


def write(questions: Sequence[Question]) -> bytes:
    blocks = [HEADER]
    for unit, of_unit in groupby(questions, key=lambda question: question.unit):
        blocks += [f"$CATEGORY: ElastiCache/{unit}", *map(_block, of_unit)]
    return ("\n\n".join(blocks) + "\n").encode()


def _block(question: Question) -> str:
    left = carried(question)
    return (
        f"// [id:{left.id}] [tag:{left.kind}] [tag:rev{left.rev}]\n"
        f"::{left.id}::[html]{_quiet(left.prompt)}<p>{_quiet(left.instruction)}</p>{{\n"
        f"{'\n'.join(_entries(left.activity))}\n####[html]{_quiet(left.after)}\n}}"
    )


def _entries(activity: Activity) -> Iterator[str]:
    match activity:
        case Pick(answers):
            share = 100 / sum(answer.right for answer in answers)
            for one in answers:
                several = f"~%{share if one.right else -100:.7g}%"
                mark = several if activity.several else "=" if one.right else "~"
                yield f"{mark}[html]{_quiet(one.text)}#[html]{_quiet(one.why)}"
        case Connect(pairs, options):
            texts = dict(options)
            for pair in pairs:
                yield f"=[html]{_quiet(pair.text)} -> {_quiet(texts[pair.option])}"
            used = {pair.option for pair in pairs}
            yield from (f"= -> {_quiet(text)}" for option, text in options if option not in used)
        case Type(accepted, why, rejected):
            for line in accepted:
                yield f"={_typed(line)}#[html]{_quiet(why)}"
            for known in rejected:
                yield from (f"=%0%{_typed(line)}#[html]{_quiet(known.why)}" for line in known.lines)
        case Arrange():
            raise ExportError("순서 문항은 GIFT로 쓸 수 없습니다")


def _typed(line: str) -> str:
    """An asterisk in a short answer stands for anything; a backslash makes it one asterisk."""
    return _quiet(line.replace("*", "\\*"))


def _quiet(text: str) -> str:
    return re.sub(f"[{re.escape(_SIGNS)}]", lambda sign: f"\\{sign[0]}", text)


def _one_line(html: str) -> str:
    """Breaks inside <pre> stay breaks; those between elements mean nothing."""
    parts = re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL)
    return "".join(
        part.replace("\n</code>", "</code>").replace("\n", "<br />" if place % 2 else "")
        for place, part in enumerate(parts)
    )


def _without_ids(activity: Activity) -> Activity:
    match activity:
        case Pick(answers):
            return Pick(tuple(one._replace(id="", literal=False) for one in answers))
        case Connect(pairs, options):
            # The text of an option is all that is left of it.
            texts = dict(options)
            named = tuple(pair._replace(id="", option=texts[pair.option]) for pair in pairs)
            return Connect(named, _by_text(named, [text for _, text in options]))
        case Type(accepted, why, rejected):
            return Type(accepted, why, tuple(one._replace(id="") for one in rejected))
        case Arrange():
            return activity


def _by_text(pairs: Sequence[Pair], texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The options that are used in the order of the pairs, then the others."""
    return tuple((text, text) for text in dict.fromkeys([*(pair.option for pair in pairs), *texts]))


# ---- reading ----------------------------------------------------------------------------------------


def read(data: bytes) -> dict[str, Question]:
    """The questions of a file that `write` made. Raises ExportError."""
    found: dict[str, Question] = {}
    unit = ""
    text = data.decode()
    for written, quiet in _QUIET.items():
        text = text.replace(written, quiet)
    for block in text.strip().split("\n\n"):
        if block.startswith("$CATEGORY: "):
            unit = block.rpartition("/")[2]
        elif not block.startswith(HEADER.split(".")[0]):
            question = _read_question(block, unit)
            found[question.id] = question
    return found


def _read_question(block: str, unit: str) -> Question:
    seen = _QUESTION.fullmatch(block)
    if seen is None:
        raise ExportError(f"GIFT 문항을 읽을 수 없습니다: {_loud(block)[:80]}")
    return Question(
        id=seen["id"],
        rev=int(seen["rev"]),
        unit=unit,
        kind=seen["kind"],
        prompt=_loud(seen["prompt"]),
        instruction=_loud(seen["instruction"]),
        activity=_read_activity(seen["entries"].split("\n")),
        after=_loud(seen["after"]),
    )


def _read_activity(entries: list[str]) -> Activity:
    if any(" -> " in entry for entry in entries):
        return _read_pairs(entries)
    if all(entry.startswith("=") for entry in entries):
        return _read_lines(entries)
    answers: list[Answer] = []
    for entry in entries:
        seen = re.fullmatch(r"(=|~)(?:%(-?[\d.]+)%)?\[html\]([^#]*)#\[html\](.*)", entry)
        if seen is None:
            raise ExportError(f"GIFT 보기를 읽을 수 없습니다: {_loud(entry)[:80]}")
        right = seen[1] == "=" or float(seen[2] or 0) > 0
        answers.append(Answer("", _loud(seen[3]), _loud(seen[4]), right))
    return Pick(tuple(answers))


def _read_pairs(entries: list[str]) -> Connect:
    halves = [entry[1:].split(" -> ") for entry in entries]
    used = [(left, right) for left, right in halves if left.strip()]
    pairs = tuple(Pair("", _loud(left.removeprefix("[html]")), _loud(right), "") for left, right in used)
    return Connect(pairs, _by_text(pairs, [_loud(right) for left, right in halves if not left.strip()]))


def _read_lines(entries: list[str]) -> Type:
    lines = [re.fullmatch(r"=(%0%)?([^#]*)#\[html\](.*)", entry) for entry in entries]
    told = [(seen[1] is not None, _loud(seen[2]).replace("\\*", "*"), _loud(seen[3])) for seen in lines if seen]
    if len(told) != len(entries):
        raise ExportError(f"GIFT 단답을 읽을 수 없습니다: {_loud(entries[0])[:80]}")
    accepted = [(line, why) for wrong, line, why in told if not wrong]
    rejected = groupby((one for one in told if one[0]), key=lambda one: one[2])
    return Type(
        tuple(line for line, _ in accepted),
        accepted[0][1],
        tuple(Rejected("", tuple(line for _, line, _ in group), why) for why, group in rejected),
    )


def _loud(text: str) -> str:
    return "".join(_LOUD.get(letter, letter) for letter in text)


FORMAT = Format("gift", ".gift.txt", refusal, write, read, carried)
