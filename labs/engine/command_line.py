"""Reading one line typed at redis-cli: words, and quotes as redis-cli reads them.

The quiz player reads lines alike (quizzes/player/score/command.ts); tests/quizzes/command_lines.json holds both to the same cases.
"""

from __future__ import annotations

_SPACES = frozenset(b" \t\n\r\v\f")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def split(line: str) -> list[bytes]:
    """The words of a line. Raises ValueError when a quote is not closed, or a closing one is followed by more."""
    text = line.encode()
    words: list[bytes] = []
    place = 0
    while True:
        while place < len(text) and text[place] in _SPACES:
            place += 1
        if place == len(text):
            return words
        word, place = _word(text, place)
        words.append(word)


def _word(text: bytes, place: int) -> tuple[bytes, int]:
    word = b""
    while place < len(text) and text[place] not in _SPACES:
        sign = text[place : place + 1]
        if sign in (b'"', b"'"):
            quoted, place = _quoted(text, place + 1, sign)
            return word + quoted, place
        word, place = word + sign, place + 1
    return word, place


def _quoted(text: bytes, place: int, quote: bytes) -> tuple[bytes, int]:
    inside = b""
    while place < len(text):
        if text[place : place + 1] == quote:
            if place + 1 < len(text) and text[place + 1] not in _SPACES:
                raise ValueError(f"닫는 따옴표 뒤에 빈칸이 없습니다: {text.decode()}")
            return inside, place + 1
        sign, place = _sign(text, place, quote)
        inside += sign
    raise ValueError(f"따옴표를 닫지 않았습니다: {text.decode()}")


def _sign(text: bytes, place: int, quote: bytes) -> tuple[bytes, int]:
    """One byte inside quotes, escapes resolved: all of them in double quotes, only the quote itself in single ones."""
    if text[place : place + 1] != b"\\" or place + 1 == len(text):
        return text[place : place + 1], place + 1
    following = text[place + 1 : place + 2]
    if quote == b"'":
        return (b"'", place + 2) if following == b"'" else (b"\\", place + 1)
    digits = text[place + 2 : place + 4]
    if following == b"x" and len(digits) == 2 and _HEX_DIGITS.issuperset(digits):
        return bytes([int(digits, 16)]), place + 4
    return _ESCAPES.get(following, following), place + 2
