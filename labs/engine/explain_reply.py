"""Error replies at the playground's prompt in Korean: what happened, and what to send next.

`PATTERNS` is tried from the top; the first that fits wins. Errors of Python programs are in `explain.py`: there the
answer to NOAUTH is an argument of a function, here it is another line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labs.engine.redis_cli import Failure, Reply


@dataclass(frozen=True, slots=True)
class Pattern:
    """`message` is searched in the error's text. `{name}` in `text` is a named group of it."""

    message: str
    text: str


PATTERNS: tuple[Pattern, ...] = (
    Pattern(r"^NOAUTH", "이 캐시는 먼저 인증해야 답합니다. `AUTH 토큰`을 보내세요."),
    Pattern(r"^WRONGPASS", "토큰이 맞지 않습니다. 이 캐시의 토큰은 `connect`로 옮겨 올 때 알려 드립니다."),
    Pattern(r"^ERR AUTH <password> called", "이 캐시에는 토큰이 없습니다. `AUTH` 없이 바로 명령을 보내세요."),
    Pattern(
        r"^READONLY",
        "복제본은 읽기만 합니다. 쓰려면 `connect play.cache.lab`으로 기본 엔드포인트에 옮겨 가세요.",
    ),
    Pattern(
        r"^OOM",
        "메모리가 가득 찼는데 지금 정책으로는 지울 키가 없습니다. `CONFIG GET maxmemory-policy`로 정책을 보세요.",
    ),
    Pattern(
        r"^WRONGTYPE",
        "그 키에는 다른 자료형의 값이 있습니다. `TYPE 키`로 자료형을 보고 그에 맞는 명령을 쓰세요.",
    ),
    Pattern(
        r"^EXECABORT",
        "큐에 넣는 동안 오류가 난 명령이 있어 트랜잭션을 통째로 버렸습니다. `MULTI`부터 다시 하세요.",
    ),
    Pattern(r"(EXEC|DISCARD) without MULTI", "열린 트랜잭션이 없습니다. `MULTI`로 먼저 시작하세요."),
    Pattern(
        r"MULTI calls can not be nested",
        "이미 트랜잭션 안입니다. `EXEC`로 실행하거나 `DISCARD`로 그만두세요.",
    ),
    Pattern(r"WATCH inside MULTI", "`WATCH`는 `MULTI`보다 먼저 보내야 합니다."),
    Pattern(
        r"unknown command '(?P<name>[^']*)'",
        "`{name}` 명령을 모릅니다. 철자를 보세요. 이 놀이터에 없는 명령일 수도 있습니다.",
    ),
    Pattern(
        r"unknown subcommand '(?P<name>[^']*)'",
        "`{name}` 하위 명령을 모릅니다. 철자를 보세요. 이 놀이터에 없는 명령일 수도 있습니다.",
    ),
    Pattern(
        r"wrong number of arguments for '(?P<name>[^']*)'",
        "`{name}` 뒤에 적은 값의 개수가 맞지 않습니다. 입력 칸 아래의 문법과 견주어 보세요.",
    ),
    Pattern(r"invalid expire time", "TTL은 0보다 커야 합니다. 지우려면 `DEL`을 쓰세요."),
    Pattern(r"hash value is not", "해시의 그 필드에 수가 아닌 값이 있습니다. `HGET`으로 값을 보세요."),
    Pattern(r"value is not an integer", "정수가 와야 할 자리입니다. 키에 든 값과 넘긴 수를 보세요."),
    Pattern(
        r"value is not a valid float|min or max is not a float",
        "수가 와야 할 자리입니다. `ZADD`는 점수가 먼저, 이름이 다음입니다.",
    ),
    Pattern(r"min or max not (a )?valid string range", "이름의 범위는 `[가`나 `(가`처럼 괄호로 시작합니다."),
    Pattern(r"would overflow", "64비트 정수가 담을 수 있는 수를 넘습니다."),
    Pattern(r"no such key", "그 키가 없습니다. `EXISTS 키`로 있는지 보세요."),
    Pattern(r"DB index is out of range|invalid DB index", "데이터베이스 번호는 0부터 15까지입니다."),
    Pattern(r"not compatible", "함께 쓸 수 없는 옵션입니다. 하나만 남기세요."),
    Pattern(r"syntax error", "옵션의 이름이나 차례가 맞지 않습니다. 입력 칸 아래의 문법과 견주어 보세요."),
    Pattern(r"Lua scripts do not run", "이 놀이터는 Lua 스크립트를 실행하지 못합니다. 명령을 하나씩 보내세요."),
)

UNBALANCED_QUOTES = "따옴표의 짝이 맞지 않습니다. 연 것과 같은 따옴표로 닫고, 닫은 뒤에는 한 칸 띄우세요."
_PART_FAILED = (
    "실패한 명령이 있어도 나머지는 실행되고, 이미 한 일을 되돌리지 않습니다. 관계형 DB의 트랜잭션과 다릅니다."
)


def explain_reply(reply: Reply, words: list[bytes]) -> str:
    """One or two sentences with code in backticks about the reply to the command `words`; empty when it needs none."""
    if isinstance(reply, list) and words[0].lower() == b"exec":
        return _PART_FAILED if any(isinstance(item, Failure) for item in reply) else ""
    if not isinstance(reply, Failure):
        return ""
    for pattern in PATTERNS:
        if (found := re.search(pattern.message, reply.text)) is not None:
            return pattern.text.format(**found.groupdict())
    return ""
