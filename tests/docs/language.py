"""What the site never says: spellings, phrases and second names, each with what to say instead. Shared by the tests of docs/.

Misspelt names stand in quotes of the notes only. A term of the glossary goes by one name; another name may follow it once in
brackets, as in 제거(eviction, 축출).
"""

import re
from collections.abc import Iterator

from theme.facts import Facts

TRANSLATIONESE = {
    r"에 의해": "주어를 앞세워 능동으로 쓰세요",
    r"[을를] 가(?:집니다|지고 있)": "‘있습니다’로 쓰세요",
    r"되어(?:집니다|지는|진)": "피동을 한 번만 쓰세요",
    r"[을를] 수행(?:합니다|하|한)": "그 동작을 나타내는 동사로 쓰세요",
    r"에 대(?:해서|하여) 알아보": "곧바로 설명하세요",
    r"(?<![가-힣])당신": "주어를 빼세요",
    r"(?<![가-힣])(?:우리|저희)(?:가|는|의|를|에게|와|도|들)?(?![가-힣])": "주어를 빼거나 앱, 독자의 일로 쓰세요",
    r"할 수 있도록 (?:해 줍|합)니다": "누가 무엇을 하는지 쓰세요",
    r"(?<!니)다\.(?=\s|$)": "‘…니다.’로 끝내세요",
}
MISSPELT = {
    r"일래스티|엘래스티|엘라스틱 ?캐[시쉬]|일라스티": "엘라스티캐시(Amazon ElastiCache)",
    r"멤캐시트|멤케시[드트]|멤캐쉬|맴캐시|메모리캐시드": "멤캐시드(Memcached)",
    r"캐쉬": "캐시",
    r"레디쓰|래디스": "레디스(Redis)",
    r"Elasticache|ElasticCache|Elasti Cache": "ElastiCache",
    r"MemCached|memcached|Memcache(?!d)": "Memcached",
    r"DynamoDb|Dynamo DB": "DynamoDB",
    r"컨텐츠": "콘텐츠",
    r"메세지": "메시지",
    r"어플리케이션": "애플리케이션",
    r"데이타": "데이터",
    r"라이센스": "라이선스",
    r"디렉토리": "디렉터리",
    r"스케쥴": "스케줄",
    r"엑세스": "액세스",
    r"매커니즘": "메커니즘",
    r"되요|됬|됐읍|할께|몇일|금새|왠만|어떻해|안되요": "맞춤법을 확인하세요",
}
# Second names that are words of their own: a name of a product, an API or a page, or everyday Korean.
ALSO_SAID = {
    "AZ",
    "ElastiCache Serverless",
    "Redis",
    "Redis AUTH",
    "노드 그룹",
    "데이터 분할",
    "세션 저장소",
    "수명",
    "순위표",
    "캐시 미스",
    "캐시 서브넷 그룹",
    "캐시 히트",
}
# Names that differ from the glossary's in ways it does not list.
ONE_NAME = {
    r"누락": "미스",
    r"부하 분산기": "로드 밸런서",
    r"(?<![가-힣])레플리카": "복제본",
}


def translationese(text: str) -> Iterator[str]:
    yield from _complaints(text, TRANSLATIONESE)


def misspellings(text: str) -> Iterator[str]:
    yield from _complaints(unquoted(text), MISSPELT)


def second_names(text: str, facts: Facts) -> Iterator[str]:
    """Names of glossary terms other than the one the site uses, outside brackets."""
    running = re.sub(r"\([^()]*\)", "", unquoted(text))
    yield from _complaints(running, ONE_NAME)
    for term in facts.glossary.values():
        own = {term.english, term.korean, *re.split(r"[()]", term.korean)}
        for name in term.variants:
            if name in own or name in ALSO_SAID:
                continue
            for hit in re.finditer(rf"(?<![가-힣A-Za-z0-9]){re.escape(name)}", running):
                yield f"{hit[0]}: {term.korean}"


def unquoted(text: str) -> str:
    """The text without code, quotations, addresses of links and ids of headings."""
    return re.sub(r"`[^`]*`|“[^”]*”|‘[^’]*’|\]\([^)]*\)|\{ #[a-z0-9-]+ \}|https?://\S+", " ", text)


def _complaints(text: str, patterns: dict[str, str]) -> Iterator[str]:
    for pattern, advice in patterns.items():
        yield from (f"{hit[0]}: {advice}" for hit in re.finditer(pattern, text))
