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
    Pattern(
        "SyntaxError",
        r"'await' outside",
        "`await`는 `async def` 함수 안에서만 씁니다. 바깥에서는 `asyncio.run(…)`으로 실행하세요.",
    ),
    Pattern("SyntaxError", r"", "파이썬이 이 줄을 읽지 못했습니다. 괄호, 따옴표, 쌍점(`:`)을 살펴보세요."),
    # Names and values
    Pattern(
        "UnboundLocalError",
        r"variable '(?P<name>\w+)'",
        "함수 안에서 값을 넣기 전에 `{name}` 이름을 읽었습니다. 값을 먼저 넣거나 이름을 다르게 지으세요.",
    ),
    Pattern(
        "NameError",
        r"name '(?P<name>\w+)' is not defined\. Did you forget to import",
        "`{name}` 모듈을 불러오지 않았습니다. 코드 맨 위에 `import {name}` 줄을 넣으세요.",
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
        r"Client\.\w+\(\) got an unexpected keyword argument '(?:ex|px|ttl)'",
        "Memcached 클라이언트의 만료 시간은 `expire=`에 초로 넣습니다. `ex=`는 `redis`의 것입니다.",
    ),
    Pattern(
        "TypeError",
        r"(?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<argument>\w+)'",
        "`{name}` 함수에는 `{argument}` 인자가 없습니다. 인자 이름의 철자를 보세요.",
    ),
    # Without await
    Pattern(
        "TypeError",
        r"not coroutine$|'coroutine' object",
        "값이 아니라 코루틴을 받았습니다. `async` 함수를 부를 때는 앞에 `await`를 붙이세요.",
    ),
    Pattern(
        "AttributeError", r"'coroutine' object", "코루틴에서 값을 꺼내려 했습니다. 부를 때 `await`를 붙였는지 보세요."
    ),
    Pattern(
        "DataError", r"type: 'coroutine'", "캐시에 코루틴을 쓰려 했습니다. 값을 얻을 때 `await`를 붙였는지 보세요."
    ),
    Pattern(
        "TypeError",
        r"'?(?P<kind>\w+)'? (?:object )?can't be (?:used in 'await' expression|awaited)",
        "`{kind}` 값은 기다릴 수 없습니다. `async` 함수의 호출에만 `await`를 붙이세요.",
    ),
    Pattern(
        "StuckError",
        r"",
        "모든 작업이 서로를 기다리고 있어 아무도 나아갈 수 없습니다. 잠금을 푸는 줄과 알리는 줄이 있는지 보세요.",
    ),
    Pattern(
        "RuntimeError",
        r"asyncio\.run\(\) cannot be called",
        "`asyncio.run`은 맨 바깥에서 한 번만 부릅니다. `async` 함수 안에서는 `await`를 쓰세요.",
    ),
    Pattern(
        "RuntimeError",
        r"no (?:running|current) event loop",
        "이벤트 루프 밖에서 부른 함수입니다. `async def` 함수 안으로 옮기고 `asyncio.run`으로 실행하세요.",
    ),
    Pattern("TimeoutError", r"^$", "정한 시간 안에 끝나지 않아 기다림을 멈추었습니다. `timeout`에 넣은 시간을 보세요."),
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
    Pattern(
        "TypeError",
        r"unhashable type: '(?P<kind>\w+)'",
        "`{kind}` 값은 키나 집합의 원소가 될 수 없습니다. `asyncio.gather`에 목록을 넘겼다면 앞에 `*`를 붙여 풀어 주세요.",
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
        r"'(?P<kind>\w+)' object has no attribute 'items'",
        "`{kind}` 값을 넘겼습니다. `zadd`와 `hset`의 `mapping`에는 `{{이름: 값}}` 꼴의 `dict`를 넘기세요.",
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
        "ValueError",
        r"(?P<name>max|min)\(\) (?:iterable )?arg",
        "`{name}`에 넘긴 것이 비어 있습니다. 비었을 때를 먼저 처리하거나 `default=None`을 넣으세요.",
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
    # Sockets, where a library passes their errors on as they are
    Pattern(
        "ConnectionRefusedError",
        r"",
        "그 서버의 그 포트가 연결을 받지 않습니다. 노드가 멈추었거나 포트가 다릅니다. Memcached는 보통 11211입니다.",
    ),
    Pattern("BrokenPipeError", r"", "끊어진 연결에 쓰려 했습니다. 노드가 멈추었는지 보고 다시 시도하세요."),
    Pattern("gaierror", r"", "그 이름의 서버를 찾지 못했습니다. 호스트 이름의 철자를 보세요."),
    # Redis
    Pattern(
        "AuthenticationError",
        r"NOAUTH|Authentication required|already authenticated",
        "인증이 필요한 캐시입니다. `password=`를 넣으세요.",
    ),
    Pattern(
        "AuthenticationError",
        r"",
        "사용자 이름이나 비밀번호가 맞지 않습니다. `username=`과 `password=`를 다시 보세요.",
    ),
    Pattern(
        "NoPermissionError",
        r"run the '(?P<name>[^']+)' command",
        "이 사용자에게 허용되지 않은 명령 `{name}`입니다. 액세스 문자열이 그 명령이나 범주를 여는지 보세요.",
    ),
    Pattern(
        "NoPermissionError",
        r"one of the keys",
        "이 사용자에게 허용되지 않은 키입니다. 액세스 문자열의 키 패턴(`~…`)을 보세요.",
    ),
    Pattern("NoPermissionError", r"", "이 사용자에게 허용되지 않은 명령이거나 키입니다. RBAC 접근 문자열을 보세요."),
    Pattern("ReadOnlyError", r"", "읽기 전용 복제본에 쓰려 했습니다. 쓰기는 기본(primary) 엔드포인트로 보내세요."),
    Pattern("OutOfMemoryError", r"", "캐시 메모리가 가득 찼습니다. `maxmemory-policy`와 키의 TTL을 보세요."),
    Pattern(
        "TimeoutError",
        r"connecting",
        "캐시에 연결하는 동안 시간이 다 되었습니다. 보안 그룹이 6379 포트를 여는지, TLS를 켜지 않은 캐시에 `ssl=True`를 쓰지 않았는지 보세요.",
    ),
    Pattern("TimeoutError", r"", "정한 시간 안에 캐시의 답이 오지 않았습니다. 기다리는 명령을 쓰지 않았는지 보세요."),
    Pattern(
        "MaxConnectionsError",
        r"",
        "한꺼번에 연 연결이 너무 많습니다. 클라이언트 하나가 여는 연결에는 한도가 있습니다. 함께 보내는 요청을 줄이세요.",
    ),
    Pattern(
        "ConnectionError",
        r"connecting to (?P<host>\S+):\d+\. Name or service not known",
        "`{host}` 이름의 서버를 찾지 못했습니다. 엔드포인트 주소의 철자를 보세요.",
    ),
    Pattern(
        "ConnectionError",
        r"Connection closed by server",
        "서버가 연결을 끊었습니다. 노드가 멈추었을 수 있으니 잠시 뒤에 다시 연결해 명령을 보내세요.",
    ),
    Pattern(
        "ConnectionError",
        r"connecting to (?P<host>\S+):6379\. Connection refused",
        "`{host}` 서버가 연결을 받지 않습니다. 노드가 멈추어 장애 조치를 하는 중일 수 있으니 잠시 뒤에 다시 시도하세요.",
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
    Pattern(
        "ConnectionError",
        r"Connection reset by peer",
        "캐시가 연결을 끊었습니다. TLS만 받는 캐시라면 `ssl=True`로 연결하세요.",
    ),
    Pattern("ConnectionError", r"", "캐시에 연결하지 못했습니다. `host`와 `port`를 보세요."),
    Pattern(
        "DataError",
        r"Invalid input of type: 'NoneType'",
        "명령에 `None`을 넘겼습니다. 앞에서 받은 값이 `None`인 까닭을 찾아보세요. 캐시에 없는 값일 수 있습니다.",
    ),
    Pattern(
        "DataError",
        r"Invalid input of type: 'datetime'",
        "때(`datetime`)를 넘길 자리가 아닙니다. 정해진 때는 `expireat`에, 지금부터의 길이는 `expire`에 초나 `timedelta`로 넘기세요.",
    ),
    Pattern(
        "DataError",
        r"Invalid input of type: '(?P<kind>\w+)'",
        "캐시에는 글자, 숫자, 바이트만 쓸 수 있는데 `{kind}` 값을 넘겼습니다. `json.dumps`로 글자로 바꾸세요.",
    ),
    Pattern(
        "DataError",
        r"^(?P<name>ex|px) must be",
        "`{name}=`에는 정수를 넘깁니다. 소수라면 `int(…)`로 바꾸거나 `random.randint`로 고르세요.",
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
        r"value is not a valid float",
        "점수는 숫자여야 합니다. `zincrby(키, 더할 점수, 이름)`이나 `zadd(키, {{이름: 점수}})`의 차례인지 보세요.",
    ),
    Pattern(
        "ResponseError",
        r"min or max is not a float",
        '점수의 범위가 숫자가 아닙니다. 점수가 `None`인지, `f"({{score}}"`처럼 여는 괄호 다음에 수를 썼는지 보세요.',
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
    Pattern(
        "ResponseError",
        r"Lua scripts do not run",
        "실습의 캐시는 Lua 스크립트를 실행하지 못합니다. 같은 일을 명령이나 `pipeline`으로 하세요.",
    ),
    Pattern("ResponseError", r"", "캐시가 이 명령을 거절했습니다. 아래 메시지와 명령에 넘긴 값을 보세요."),
    # The AWS calls of the labs
    Pattern(
        "ParamValidationError",
        r'Missing required parameter in [^:]+: "(?P<name>\w+)"',
        "꼭 있어야 할 파라미터 `{name}`가 없습니다. 이름의 철자와 대소문자를 보세요.",
    ),
    Pattern(
        "ParamValidationError",
        r'Unknown parameter in [^:]+: "(?P<name>[^"]+)", must be one of: (?P<known>.+)',
        "`{name}`라는 파라미터는 없습니다. 여기서 쓸 수 있는 이름은 {known}입니다.",
    ),
    Pattern(
        "ParamValidationError",
        r"Invalid type for parameter (?P<name>[^,]+),",
        "`{name}` 값의 종류가 맞지 않습니다. 수는 따옴표 없이, 목록은 `[…]`로 적었는지 보세요.",
    ),
    Pattern(
        "UnknownServiceError",
        r"",
        "실습에 있는 서비스는 `ec2`와 `elasticache`입니다. 이름의 철자를 보세요.",
    ),
    Pattern(
        "ClientError",
        r"InvalidPermission\.Duplicate",
        "같은 인바운드 규칙이 이미 있습니다. 규칙은 한 번만 더하면 됩니다.",
    ),
    Pattern(
        "ClientError",
        r"InvalidGroup\.NotFound.*'(?P<name>[^']+)'",
        "`{name}` 보안 그룹을 찾지 못했습니다. 철자를 보세요.",
    ),
    Pattern(
        "ClientError",
        r"must be set to preferred first",
        "쓰고 있는 캐시는 `preferred`를 거쳐야 `required`로 바꿀 수 있습니다. 먼저 `preferred`로 바꾸세요.",
    ),
    Pattern(
        "ClientError",
        r"TransitEncryptionEnabled must be true",
        "TLS를 처음 켤 때는 `TransitEncryptionEnabled=True`도 함께 넘기세요.",
    ),
    Pattern(
        "ClientError",
        r"SET is allowed only after ROTATE",
        "`SET`은 `ROTATE` 다음에, `ROTATE`로 더한 바로 그 토큰으로만 할 수 있습니다. 먼저 `ROTATE`로 더하세요.",
    ),
    Pattern(
        "ClientError",
        r"AuthToken must be 16 to 128 characters in length; it has (?P<size>\d+)",
        "AUTH 토큰은 16~128자여야 하는데 {size}자입니다.",
    ),
    Pattern(
        "ClientError",
        r"AuthToken cannot contain '(?P<sign>.+?)'",
        "AUTH 토큰에 쓸 수 없는 글자 `{sign}`가 있습니다. 영문자와 숫자 말고는 `! & # $ ^ < > -`만 됩니다.",
    ),
    Pattern(
        "ClientError",
        r"must be specified with AuthToken",
        "`AuthTokenUpdateStrategy`만 있고 토큰이 없습니다. `AuthToken=`도 함께 넘기세요.",
    ),
    Pattern(
        "ClientError",
        r"AuthToken requires in-transit",
        "AUTH 토큰은 전송 중 암호화를 켠 캐시에서만 쓸 수 있습니다. TLS를 먼저 켜세요.",
    ),
    Pattern(
        "ClientError",
        r"DELETE is allowed only when",
        "`DELETE`는 RBAC로 옮길 때만 씁니다. 토큰 하나만 남기려면 `SET`을 쓰세요.",
    ),
    Pattern(
        "ClientError",
        r"move with AuthTokenUpdateStrategy DELETE",
        "이 캐시에는 아직 AUTH 토큰이 있습니다. 사용자 그룹을 붙이면서 `AuthTokenUpdateStrategy`를 `DELETE`로 하여 토큰을 지우세요.",
    ),
    Pattern(
        "ClientError",
        r"User groups require in-transit",
        "사용자 그룹은 전송 중 암호화를 켠 캐시에만 붙일 수 있습니다. TLS를 먼저 켜세요.",
    ),
    Pattern(
        "ClientError",
        r"DefaultUserRequired",
        "Redis OSS의 사용자 그룹에는 `UserName`이 `default`인 사용자가 꼭 있어야 합니다.",
    ),
    Pattern(
        "ClientError",
        r"DuplicateUserName.*username (?P<name>\S+)",
        "한 사용자 그룹에 `UserName`이 `{name}`인 사용자가 둘입니다. 하나만 넣으세요.",
    ),
    Pattern(
        "ClientError",
        r"UserAlreadyExists.* User (?P<name>\S+) already",
        "`UserId`가 `{name}`인 사용자가 이미 있습니다. `UserName`은 같아도 되니 `UserId`를 다르게 지으세요.",
    ),
    Pattern(
        "ClientError",
        r"UserNotFound.* User (?P<name>\S+) ",
        "`UserId`가 `{name}`인 사용자를 찾지 못했습니다. `UserName`을 적지 않았는지, 먼저 만들었는지 보세요.",
    ),
    Pattern(
        "ClientError",
        r"UserGroupAlreadyExists.* group (?P<name>\S+) already",
        "`{name}` 사용자 그룹이 이미 있습니다. 사용자를 더하거나 뺄 때는 `modify_user_group`을 쓰세요.",
    ),
    Pattern(
        "ClientError",
        r"UserGroupNotFound.* group (?P<name>\S+) not",
        "`{name}` 사용자 그룹을 찾지 못했습니다. 철자를 보고, 먼저 만들었는지 보세요.",
    ),
    Pattern(
        "ClientError",
        r"ReplicationGroupNotFound.* group (?P<name>\S+) not",
        "`{name}` 복제 그룹을 찾지 못했습니다. 엔드포인트 주소가 아니라 복제 그룹의 이름을 적으세요.",
    ),
    Pattern(
        "ClientError",
        r"Passwords cannot be specified in an access string",
        "비밀번호는 액세스 문자열에 적을 수 없습니다. `Passwords=[…]`에 적으세요.",
    ),
    Pattern(
        "ClientError",
        r"Access String is not valid: '(?P<rule>[^']+)': Unknown command",
        "액세스 문자열의 `{rule}`에 적은 명령이나 범주를 찾지 못했습니다. 범주는 `+@read`처럼, 명령은 `+get`처럼 씁니다.",
    ),
    Pattern(
        "ClientError",
        r"Access String is not valid: '(?P<rule>[^']+)'",
        "액세스 문자열의 `{rule}` 부분을 읽지 못했습니다. 낱말 사이를 한 칸씩 띄웠는지, 철자가 맞는지 보세요.",
    ),
    Pattern(
        "ClientError",
        r"Passwords must be 16 to 128",
        "RBAC 사용자의 비밀번호는 16~128자여야 합니다.",
    ),
    Pattern(
        "ClientError",
        r"Specify Passwords",
        "이 사용자가 무엇으로 로그인할지 정하지 않았습니다. `Passwords=[…]`를 넘기세요.",
    ),
    Pattern(
        "ClientError",
        r"",
        "AWS가 요청을 거절했습니다. 괄호 안의 오류 코드와 넘긴 파라미터를 보세요.",
    ),
    # Memcached, by pymemcache
    Pattern(
        "MemcacheIllegalInputError",
        r"binary-safe",
        "한글이 든 글자는 그대로 담을 수 없습니다. `json.dumps`로 바꾸거나, `.encode()`로 바이트를 만들어 넘기세요.",
    ),
    Pattern("MemcacheIllegalInputError", r"Non-ASCII key", "Memcached의 키에는 영문자와 숫자, 기호만 쓰세요."),
    Pattern(
        "MemcacheIllegalInputError",
        r"whitespace|null",
        "Memcached의 키에는 빈칸이 들어갈 수 없습니다. 키를 확인하세요.",
    ),
    Pattern("MemcacheIllegalInputError", r"too long", "Memcached의 키는 250바이트까지입니다. 키를 짧게 만드세요."),
    Pattern(
        "MemcacheIllegalInputError",
        r"(?P<name>\w+) must be integer",
        "`{name}`에는 정수를 넣어야 합니다. 만료 시간은 초 단위의 정수입니다.",
    ),
    Pattern(
        "MemcacheUnexpectedCloseError",
        r"",
        "노드가 연결을 끊었습니다. 노드가 멈추었을 수 있습니다. 오류를 미스로 여기려면 `ignore_exc=True`를 쓰세요.",
    ),
    Pattern(
        "MemcacheServerError", r"too large", "값 하나는 1 MB까지 담을 수 있습니다. 값을 나누거나 필요한 것만 담으세요."
    ),
    Pattern(
        "MemcacheClientError",
        r"non-numeric",
        "숫자가 아닌 값에 `incr`이나 `decr`을 썼습니다. 키에 담긴 값을 확인하세요.",
    ),
    Pattern(
        "MemcacheError",
        r"All servers",
        "쓸 수 있는 Memcached 노드가 하나도 없습니다. 노드가 모두 멈추지 않았는지 보세요.",
    ),
    Pattern("MemcacheError", r"", "Memcached가 이 명령을 거절했습니다. 아래 메시지와 넘긴 값을 보세요."),
    Pattern("DrillError", r"(?P<host>'[^']+')", "{host} 노드는 멈추거나 켤 수 없습니다. 호스트 이름의 철자를 보세요."),
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
