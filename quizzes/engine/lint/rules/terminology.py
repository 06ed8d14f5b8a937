"""One name for one thing. Old and misspelt service names teach readers to look for what is no longer there."""

import re
from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.markup import plain

RULE = "terminology"
_LEGACY = re.compile(r"ElastiCache for Redis(?! OSS)")
_SAY_INSTEAD = (
    (re.compile(r"일래스티|엘라스틱 ?캐시"), "Amazon ElastiCache(엘라스티캐시)"),
    (re.compile(r"멤캐시트|멤캐쉬|(?<![A-Za-z])Memcache(?![A-Za-z])"), "Memcached(멤캐시드)"),
    (re.compile(r"(?<![A-Za-z-])(?!ElastiCache)[Ee]lasti[Cc]ache(?![A-Za-z:])"), "ElastiCache"),
    (re.compile(r"캐쉬"), "캐시"),
    (re.compile(r"ValKey|valKey|밸키"), "Valkey(발키)"),
    (re.compile(r"천둥 ?떼"), "캐시 스탬피드(동시 만료 폭주)"),
    (re.compile(r"(?<![가-힣])(?:당신|우리|저희)(?:은|는|의|이|가|를|에게)?(?![가-힣])"), "주어를 뺀 문장"),
)


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        for place, text in item.texts():
            if _LEGACY.search(plain(text)) and not item.legacy_name:
                yield Finding(
                    RULE,
                    "warning",
                    context.where(item),
                    f"`{place}`의 ElastiCache for Redis는 옛 이름입니다. Valkey나 Redis OSS로 쓰거나, 옛 이름을 묻는 "
                    "문항이면 legacy_name: true를 적으세요.",
                )
            for pattern, instead in _SAY_INSTEAD:
                found = pattern.search(plain(text))
                if found:
                    yield Finding(
                        RULE, "warning", context.where(item), f"`{place}`의 “{found[0]}” 대신 {instead}로 쓰세요."
                    )
