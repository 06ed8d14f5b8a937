"""Korean gives answers away by grammar: a blank followed by 을 fits only choices that end in a consonant, and the one choice
that is a whole sentence among noun phrases stands out."""

import re
from collections.abc import Iterator

from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "grammar-cue"
_BLANK = re.compile(r"(?:_{2,}|\( *\)|□+) ?(?P<particle>은|는|이|가|을|를|과|와|으로|로)(?![가-힣(])")
_SENTENCE = re.compile(r"[다요까]\.?$")
_AFTER_CONSONANT = frozenset({"은", "이", "을", "과", "으로"})
_FIRST_SYLLABLE, _FINALS, _RIEUL = ord("가"), 28, 8


def check(context: Context) -> Iterator[Finding]:
    for item in context.choices():
        blank = _BLANK.search(plain(item.stem))
        if blank:
            yield from _misfits(context, item, blank["particle"])
        sentences = [bool(_SENTENCE.search(plain(choice.text))) for choice in item.choices]
        if any(sentences) and not all(sentences):
            yield Finding(
                RULE,
                "warning",
                context.where(item),
                "보기의 끝맺음이 섞였습니다. 모두 명사로 끝내거나 모두 “~다”로 끝내세요.",
            )


def fits(text: str, particle: str) -> bool:
    """Whether a particle may follow the text. A text that does not end in Hangul fits: its reading is not known."""
    last = plain(text)[-1:]
    if not "가" <= last <= "힣":
        return True
    final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
    consonant = final != 0 and not (particle in {"으로", "로"} and final == _RIEUL)
    return consonant == (particle in _AFTER_CONSONANT)


def _misfits(context: Context, item: ChoiceItem, particle: str) -> Iterator[Finding]:
    for choice in item.choices:
        if not fits(choice.text, particle):
            yield Finding(
                RULE,
                "warning",
                context.where(item),
                f"빈칸 뒤의 “{particle}”은 보기 `{choice.id}`에 붙지 않습니다. “을(를)”처럼 쓰거나 빈칸 없는 물음으로 바꾸세요.",
            )
