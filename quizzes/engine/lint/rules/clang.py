"""Clang: a telling word of the question stands in the key and in no distractor, so that the eye finds the answer, not the mind."""

import re
from collections.abc import Iterator

from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "clang"
# A word of the subject stands in many questions and tells nothing; a word of one question does.
RARE = 0.2
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,}|[가-힣]{2,}")
_PARTICLE = re.compile(
    r"(?:으로부터|에서부터|이라는|에게서|에서는|으로는|으로서|라는|에는|에도|에서|에게|까지|부터|처럼|보다|마다|이나|이며|으로|은|는|이|가|을|를|에|의|로|와|과|도|만)$"
)
_ASKING = frozenset(
    [
        "가장",
        "알맞",
        "어느",
        "무엇",
        "어떤",
        "방법",
        "것",
        "회사",
        "애플리케이션",
        "서비스",
        "사용",
        "구성",
        "합니다",
        "있습니다",
        "해야",
        "하려",
    ]
)


def check(context: Context) -> Iterator[Finding]:
    stems = {item.id: words(item.stem) for item in context.bank.items()}
    for item in context.choices():
        common = max(1, RARE * len(stems))
        for word in sorted(_clanging(item)):
            if sum(word in others for others in stems.values()) <= common:
                yield Finding(
                    RULE,
                    "warning",
                    context.where(item),
                    f"문제에 나온 낱말이 정답에만 있습니다: “{word}”. 정답을 다른 말로 쓰거나 오답에도 넣으세요.",
                )


def words(text: str) -> frozenset[str]:
    """Content words without their particles."""
    found = (_PARTICLE.sub("", word) if len(word) > 2 else word for word in _WORD.findall(plain(text)))
    return frozenset(word.casefold() for word in found if len(word) > 1)


def _clanging(item: ChoiceItem) -> frozenset[str]:
    keys = [words(choice.text) for choice in item.choices if choice.key]
    others = [words(choice.text) for choice in item.choices if not choice.key]
    return (words(item.stem) & frozenset().union(*keys)) - frozenset().union(*others) - _ASKING
