"""Python and Redis errors in Korean: what happened, and what to look at next.

`PATTERNS` is tried from the top; the first whose exception class and message fit wins. To teach a new error, add one
`Pattern`. `{name}` in a text is a named group of its expression, in backticks where the text puts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """`error` is the class name as Python shows it; its subclasses fit too. `message` is searched in the text."""

    error: str
    message: str
    text: str


PATTERNS: tuple[Pattern, ...] = (
    # Writing Python
    Pattern(
        "IndentationError",
        r"expected an indented block after '?(?P<what>[\w ]+?)'? .*on line (?P<line>\d+)",
        "{line}번째 줄 다음에는 들여쓴 코드가 와야 합니다. 함수나 `if` 아래 줄을 공백 4칸만큼 들여쓰세요.",
    ),
    Pattern(
        "IndentationError", r"unexpected indent", "이 줄이 앞줄보다 더 들어가 있습니다. 앞줄과 같은 칸에 맞추세요."
    ),
    Pattern(
        "IndentationError",
        r"unindent does not match",
        "들여쓰기 칸 수가 위쪽의 어느 줄과도 맞지 않습니다. 공백 4칸 단위로 맞추세요.",
    ),
    Pattern("TabError", r"", "들여쓰기에 탭과 공백이 섞였습니다. 공백 4칸으로 통일하세요."),
    Pattern("SyntaxError", r"expected ':'", "줄 끝에 쌍점(`:`)이 빠졌습니다. `if`, `for`, `def` 줄은 `:`로 끝납니다."),
    Pattern(
        "SyntaxError",
        r"'(?P<what>[(\[{])' was never closed",
        "여는 괄호 `{what}`의 짝이 없습니다. 닫는 괄호를 넣으세요.",
    ),
    Pattern(
        "SyntaxError", r"unmatched '(?P<what>[)\]}])'", "닫는 괄호 `{what}`의 짝이 없습니다. 여는 괄호를 찾아보세요."
    ),
    Pattern(
        "SyntaxError",
        r"unterminated (?:triple-quoted )?f?-?string",
        "문자열을 닫는 따옴표가 없습니다. 연 따옴표와 같은 따옴표로 닫으세요.",
    ),
    Pattern(
        "SyntaxError",
        r"Maybe you meant '==' ",
        "비교할 자리에 `=`을 하나만 썼습니다. 같은지 비교할 때는 `==`을 쓰세요.",
    ),
    Pattern(
        "SyntaxError", r"Perhaps you forgot a comma", "값과 값 사이에 쉼표(`,`)가 빠진 듯합니다. 이 줄을 살펴보세요."
    ),
    Pattern(
        "SyntaxError",
        r"invalid non-printable character",
        "눈에 보이지 않는 글자가 섞였습니다. 이 줄을 다시 입력하세요.",
    ),
    Pattern("SyntaxError", r"invalid character", "코드에 쓸 수 없는 글자가 있습니다. 따옴표와 쉼표가 반각인지 보세요."),
    Pattern("SyntaxError", r"'return' outside function", "`return`이 함수 밖에 있습니다. 들여쓰기를 확인하세요."),
    Pattern("SyntaxError", r"'await' outside", "`await`는 `async def` 안에서만 씁니다. 이 실습은 `await` 없이 씁니다."),
    Pattern("SyntaxError", r"", "파이썬이 이 줄을 읽지 못했습니다. 괄호, 따옴표, 쌍점(`:`)을 살펴보세요."),
    # Names and values
    Pattern(
        "UnboundLocalError",
        r"variable '(?P<name>\w+)'",
        "함수 안에서 값을 넣기 전에 `{name}` 이름을 읽었습니다. 값을 먼저 넣거나 이름을 다르게 지으세요.",
    ),
    Pattern(
        "NameError",
        r"name '(?P<name>\w+)' is not defined\. Did you (?:mean|forget).*?'(?P<hint>[\w ]+)'",
        "`{name}` 이름을 찾을 수 없습니다. 혹시 `{hint}`인가요? 철자를 보세요.",
    ),
    Pattern(
        "NameError",
        r"name '(?P<name>\w+)' is not defined",
        "`{name}` 이름을 찾을 수 없습니다. 철자가 맞는지, 그 줄보다 먼저 만들었는지 보세요.",
    ),
    Pattern(
        "TypeError",
        r"(?P<name>[\w.]+)\(\) missing \d+ required .*argument",
        "`{name}` 함수를 부를 때 넣어야 할 값이 빠졌습니다. 괄호 안의 값을 세어 보세요.",
    ),
    Pattern(
        "TypeError",
        r"(?P<name>[\w.]+)\(\) takes .* but \d+ (?:was|were) given",
        "`{name}` 함수에 값을 너무 많이 넣었습니다. 괄호 안의 값을 세어 보세요.",
    ),
    Pattern(
        "TypeError",
        r"(?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<argument>\w+)'",
        "`{name}` 함수에는 `{argument}` 인자가 없습니다. 인자 이름의 철자를 보세요.",
    ),
    Pattern(
        "TypeError",
        r"the JSON object must be str, bytes or bytearray, not NoneType",
        "`json.loads`에 `None`이 들어왔습니다. 캐시 미스일 때 `cache.get`은 `None`을 돌려줍니다. 먼저 `None`인지 보세요.",
    ),
    Pattern(
        "TypeError",
        r"the JSON object must be str, bytes or bytearray, not (?P<kind>\w+)",
        "`json.loads`는 글자를 값으로 바꿉니다. 이미 `{kind}`인 값은 그대로 쓰세요.",
    ),
    Pattern(
        "TypeError",
        r"Object of type (?P<kind>\w+) is not JSON serializable",
        "`{kind}` 값은 JSON 글자로 바꿀 수 없습니다. 숫자, 글자, `dict`, `list`로 만든 다음 넘기세요.",
    ),
    Pattern(
        "TypeError",
        r"'NoneType' object is not subscriptable",
        "`None`에서 값을 꺼내려 했습니다. 앞의 함수가 값을 돌려주는지, `return`이 있는지 보세요.",
    ),
    Pattern(
        "TypeError",
        r"string indices must be integers",
        "글자(`str`)에서 이름으로 값을 꺼내려 했습니다. JSON 글자라면 `json.loads`로 먼저 바꾸세요.",
    ),
    Pattern(
        "TypeError",
        r"'(?P<kind>\w+)' object is not callable",
        "`{kind}` 값을 함수처럼 불렀습니다. 괄호를 빼거나, 함수 이름을 변수로 덮어쓰지 않았는지 보세요.",
    ),
    Pattern(
        "TypeError",
        r"can only concatenate str \(not \"(?P<kind>\w+)\"\) to str",
        '글자에 `{kind}` 값을 더했습니다. 더하지 말고 `f"product:{{product_id}}"`처럼 f-문자열을 쓰세요.',
    ),
    Pattern(
        "TypeError",
        r"unsupported operand type\(s\) for (?P<sign>\S+): '(?P<left>\w+)' and '(?P<right>\w+)'",
        "`{left}` 값과 `{right}` 값으로는 `{sign}` 계산을 할 수 없습니다. 두 값이 모두 숫자인지 보세요.",
    ),
    Pattern("TypeError", r"", "값의 종류가 맞지 않습니다. 이 줄에 들어가는 값이 무엇인지 `print`로 찍어 보세요."),
    Pattern(
        "KeyError",
        r"(?P<key>.+)",
        "`dict`에 {key} 키가 없습니다. 철자를 보고, 없을 수도 있는 키라면 `.get(…)`을 쓰세요.",
    ),
    Pattern("IndexError", r"", "목록의 끝을 넘어선 번호를 읽었습니다. 목록이 비어 있지 않은지 보세요."),
    Pattern(
        "AttributeError",
        r"'NoneType' object has no attribute '(?P<name>\w+)'",
        "`None`에는 `{name}` 이름이 없습니다. 앞에서 받은 값이 `None`인 까닭을 찾아보세요. 캐시 미스일 수 있습니다.",
    ),
    Pattern(
        "AttributeError",
        r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'\. Did you mean:? '(?P<hint>[.\w]+)'",
        "`{kind}`에는 `{name}` 이름이 없습니다. 혹시 `{hint}`인가요?",
    ),
    Pattern(
        "AttributeError",
        r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'",
        "`{kind}`에는 `{name}` 이름이 없습니다. 이름의 철자를 보세요.",
    ),
    Pattern(
        "AttributeError",
        r"module '(?P<kind>[\w.]+)' has no attribute '(?P<name>\w+)'",
        "`{kind}` 모듈에는 `{name}` 이름이 없습니다. 이름의 철자를 보세요.",
    ),
    Pattern(
        "ZeroDivisionError", r"", "0으로 나누었습니다. 조회가 한 번도 없을 때처럼 나누는 수가 0인 때를 먼저 처리하세요."
    ),
    Pattern(
        "JSONDecodeError",
        r"",
        "JSON이 아닌 글자를 `json.loads`로 읽었습니다. 캐시에 쓸 때 `json.dumps`로 바꾸었는지 보세요.",
    ),
    Pattern(
        "ValueError", r"invalid literal for int\(\)", "숫자가 아닌 글자를 `int`로 바꾸려 했습니다. 값을 확인하세요."
    ),
    Pattern(
        "ModuleNotFoundError", r"'(?P<name>[\w.]+)'", "`{name}` 모듈이 실습 환경에 없습니다. 이름의 철자를 보세요."
    ),
    Pattern("ImportError", r"name '(?P<name>\w+)'", "그 모듈에는 `{name}` 이름이 없습니다. 이름의 철자를 보세요."),
    Pattern("RecursionError", r"", "함수가 자기 자신을 끝없이 불렀습니다. 멈추는 조건이 있는지 보세요."),
    Pattern("AssertionError", r"", "`assert`로 확인한 조건이 거짓입니다. 조건에 쓴 값들을 `print`로 찍어 보세요."),
    # Redis
    Pattern(
        "AuthenticationError", r"NOAUTH|Authentication required", "인증이 필요한 캐시입니다. `password=`를 넣으세요."
    ),
    Pattern(
        "AuthenticationError",
        r"",
        "사용자 이름이나 비밀번호가 맞지 않습니다. `username=`과 `password=`를 다시 보세요.",
    ),
    Pattern("NoPermissionError", r"", "이 사용자에게 허용되지 않은 명령이거나 키입니다. RBAC 접근 문자열을 보세요."),
    Pattern("ReadOnlyError", r"", "읽기 전용 복제본에 쓰려 했습니다. 쓰기는 기본(primary) 엔드포인트로 보내세요."),
    Pattern("OutOfMemoryError", r"", "캐시 메모리가 가득 찼습니다. `maxmemory-policy`와 키의 TTL을 보세요."),
    Pattern(
        "TimeoutError",
        r"connecting",
        "캐시에 연결하는 동안 시간이 다 되었습니다. 보안 그룹이 6379 포트를 여는지 보세요.",
    ),
    Pattern("TimeoutError", r"", "정한 시간 안에 캐시의 답이 오지 않았습니다. 기다리는 명령을 쓰지 않았는지 보세요."),
    Pattern(
        "ConnectionError",
        r"connecting to (?P<host>\S+):\d+\. Name or service not known",
        "`{host}` 이름의 서버를 찾지 못했습니다. 엔드포인트 주소의 철자를 보세요.",
    ),
    Pattern(
        "ConnectionError",
        r"connecting to (?P<host>\S+):(?P<port>\d+)\. Connection refused",
        "`{host}` 서버는 {port}번 포트를 열어 두지 않았습니다. 포트 번호를 보세요. Redis와 Valkey는 보통 6379입니다.",
    ),
    Pattern(
        "ConnectionError",
        r"SSL",
        "이 캐시는 TLS(전송 중 암호화)를 쓰지 않습니다. `ssl=True`를 빼거나 주소를 확인하세요.",
    ),
    Pattern("ConnectionError", r"", "캐시에 연결하지 못했습니다. `host`와 `port`를 보세요."),
    Pattern(
        "DataError",
        r"Invalid input of type: '(?P<kind>\w+)'",
        "캐시에는 글자, 숫자, 바이트만 쓸 수 있는데 `{kind}` 값을 넘겼습니다. `json.dumps`로 글자로 바꾸세요.",
    ),
    Pattern("DataError", r"", "명령에 넘긴 값이 알맞지 않습니다. 함께 쓸 수 없는 인자를 넣지 않았는지 보세요."),
    Pattern(
        "ResponseError",
        r"WRONGTYPE",
        "그 키에는 다른 종류의 값이 들어 있습니다. 문자열은 `get`, 해시는 `hget`처럼 종류에 맞는 명령을 쓰세요.",
    ),
    Pattern(
        "ResponseError",
        r"value is not an integer",
        "정수가 아닌 값에 숫자 명령을 썼거나, TTL에 정수가 아닌 값을 넣었습니다. 값을 확인하세요.",
    ),
    Pattern(
        "ResponseError",
        r"invalid expire time",
        "TTL은 0보다 커야 합니다. `ex=`에 넣은 값을 확인하세요.",
    ),
    Pattern(
        "ResponseError",
        r"unknown command '(?P<name>[^']+)'",
        "캐시가 `{name}` 명령을 모릅니다. 철자를 보세요. 이 실습 환경에 없는 명령일 수도 있습니다.",
    ),
    Pattern(
        "ResponseError", r"wrong number of arguments", "명령에 넘긴 값의 개수가 맞지 않습니다. 괄호 안을 세어 보세요."
    ),
    Pattern("ResponseError", r"", "캐시가 이 명령을 거절했습니다. 아래 메시지와 명령에 넘긴 값을 보세요."),
    # The database of the labs
    Pattern(
        "DatabaseError", r"no such table: (?P<name>\S+)", "데이터베이스에 `{name}` 테이블이 없습니다. 철자를 보세요."
    ),
    Pattern("DatabaseError", r"no such column: (?P<name>\S+)", "테이블에 `{name}` 열이 없습니다. 철자를 보세요."),
    Pattern(
        "DatabaseError",
        r"Incorrect number of bindings",
        "SQL의 `%s` 개수와 넘긴 값의 개수가 다릅니다. 값이 하나면 `(product_id,)`처럼 쉼표를 붙이세요.",
    ),
    Pattern(
        "DatabaseError",
        r"could not translate host name \"(?P<host>\S+)\"",
        "`{host}` 이름의 데이터베이스를 찾지 못했습니다. 엔드포인트 주소의 철자를 보세요.",
    ),
    Pattern("DatabaseError", r"", "데이터베이스가 SQL을 거절했습니다. 문장의 철자와 따옴표를 보세요."),
)

_UNKNOWN = "코드가 실행되다가 멈추었습니다. 아래 메시지와 표시된 줄을 보세요."


def explain(error: BaseException, message: str) -> str:
    """What an error means and what to look at, in Korean with code in backticks. `message` is its text as shown."""
    for pattern in PATTERNS:
        if (found := _fits(pattern, error, message)) is not None:
            return pattern.text.format(**found.groupdict())
    return _UNKNOWN


def pattern_for(error: BaseException, message: str) -> Pattern | None:
    """The pattern that explains an error, None when the table has none."""
    return next((pattern for pattern in PATTERNS if _fits(pattern, error, message)), None)


def _fits(pattern: Pattern, error: BaseException, message: str) -> re.Match[str] | None:
    names = {cls.__name__ for cls in type(error).__mro__}
    return re.search(pattern.message, message) if pattern.error in names else None
