"""The data of docs/*.yml: complete against the fact sheet, sourced from canonical hosts, dated, and in the voice of the site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest

from tests.docs import language
from theme.facts import Fact, check, load

FACTS = load()

HOSTS = {"docs.aws.amazon.com", "aws.amazon.com", "valkey.io", "redis.io", "memcached.org"}
FIRST_CHECK = date(2026, 11, 22)
STATEMENT_LENGTH = range(10, 301)
MOST_SENTENCES = 3


def ids(prefix: str, last: int) -> set[str]:
    return {f"{prefix}{number}" for number in range(1, last + 1)}


def rows(prefix: str, names: str) -> set[str]:
    return {f"F-{prefix}-{name}" for name in names.split()}


# The fact sheet, section by section: no row may be lost on the way to the site.
EXPECTED = (
    ids("F-ENG", 5)
    | ids("F-CLU", 7)
    | ids("F-HA", 10)
    | ids("F-GDS", 6)
    | ids("F-SLS", 3)
    | ids("F-DUR", 4)
    | ids("F-DDB", 1)
    | ids("F-BAK", 9)
    | ids("F-ENC", 5)
    | ids("F-AUT", 6)
    | ids("F-NET", 4)
    | ids("F-STR", 4)
    | ids("F-EVI", 5)
    | ids("F-MON", 4)
    | ids("F-ZSET", 5)
    | ids("F-SES", 3)
    | rows(
        "MTX",
        "DATATYPES THREADS PARTITION RESHARD MODIFY REPLICATION FAILOVER BACKUP PUBSUB ZSET GEO SCRIPTS STREAMS TLS ATREST "
        "AUTH RBAC IAM TIERING GLOBAL DISCOVERY AUTOSCALING SEARCH BLOOM DURABILITY COMPLIANCE",
    )
    | rows("END", "CMD CME MEMCACHED SERVERLESS PORTS")
    | rows(
        "SLSROW",
        "WHEN CAPACITY AZ SLA VERSIONS CLUSTER ENCRYPTION AUTH CONFIG BACKUP FEATURES EVENTS PRICE",
    )
    | rows("STR", "LAZY WRITETHROUGH BOTH TTL READTHROUGH WRITEBEHIND")
    | rows("MET", "CPU ENGINECPU EVICTIONS MEMORY FREEABLE CONNECTIONS LAG HITRATE AUTHFAIL IAM TRAFFIC")
    | rows("SVC", "ELASTICACHE DAX DAX-CONSISTENCY MEMORYDB CLOUDFRONT APIGATEWAY READREPLICA RDSPROXY DYNAMODB")
    | rows("ZCMD", "ZADD ZINCRBY ZRANGE ZREVRANK ZRANK ZSCORE OTHERS")
    | rows("COST", "SERVERLESS NODES TIERING EXTENDED")
    | rows(
        "EXAM",
        "SAA-STATUS SAA-QUESTIONS SAA-TIME SAA-SCORE SAA-TYPES SAA-DOMAINS SAA-SCOPE SAA-MEMORYDB SAA-FEE "
        "DVA-C02 DVA-C03 SOA-C03 SAP-C02 SAP-C03 DOP-C02 CLF-C02 ASKED",
    )
)

# What the sheet could not confirm, or where its sources disagree. None of these may read as settled.
DISPUTED = {
    "F-ENG5",
    "F-C49",
    "F-EXAM-SAA-TIME",
    "F-EXAM-SAA-FEE",
    "F-EXAM-SAP-C03",
    "F-EXAM-CLF-C02",
    "F-U02",
    "F-U03",
    "F-U04",
    "F-U05",
    "F-U06",
    "F-U07",
    "F-U10",
    "F-U16",
}

# The sheet's tally of the notes' seventy claims.
VERDICTS = {"맞음": 45, "구식": 7, "부정확": 15, "틀림": 3}
OUTDATED_CLAIMS = {"C02", "C29", "C33", "C35", "C40", "C45", "C52"}
WRONG_CLAIMS = {"C01", "C39", "C41"}
CLAIM_RANGES = {
    "overview": (1, 10),
    "db-cache": (11, 19),
    "session-store": (20, 24),
    "redis-vs-memcached": (25, 40),
    "cache-security": (41, 52),
    "caching-patterns": (53, 61),
    "leaderboard": (62, 69),
}

RULES: dict[str, Callable[[str], Iterator[str]]] = {
    "translationese": language.translationese,
    "misspelt": language.misspellings,
    "second name": lambda text: language.second_names(text, FACTS),
}


def spoken() -> Iterator[tuple[str, str]]:
    """Every text of the data in the site's own voice. The notes' own words (`note`) are quotes and keep their spelling."""
    yield from ((fact.id, fact.statement) for fact in FACTS.facts.values())
    yield from ((claim.id, claim.today) for claim in FACTS.claims.values())
    yield from ((term.id, term.definition) for term in FACTS.glossary.values())
    for trap in FACTS.traps.values():
        yield trap.id, trap.answer
        yield from ((trap.id, lure.why) for lure in trap.not_this)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[다요])\.\s*", text) if part]


def unsupported_hosts(urls: dict[str, str]) -> list[str]:
    return [key for key, url in urls.items() if urlsplit(url).hostname not in HOSTS or urlsplit(url).scheme != "https"]


def test_every_row_of_the_fact_sheet_is_on_the_site() -> None:
    assert set(FACTS.facts) >= EXPECTED


def test_ids_beyond_the_sheet_are_parts_of_its_rows_answers_to_claims_or_open_points() -> None:
    beyond = set(FACTS.facts) - EXPECTED
    part_of_a_row = {id for id in beyond if id.rsplit("-", 1)[0] in EXPECTED}
    answers = {id for id in beyond if re.fullmatch(r"F-C\d{2}(-EXAM)?", id)}
    assert beyond - part_of_a_row - answers - DISPUTED == {"F-SVC-STANDBY"}


def test_what_is_not_confirmed_is_marked_so() -> None:
    assert {id for id, fact in FACTS.facts.items() if fact.status == "disputed"} == DISPUTED


def test_disputed_statements_say_what_is_open() -> None:
    says_so = re.compile(r"확인되지 않|확인하지 못|다시 확인하지 않|문서마다|바뀔 수 있")
    assert [id for id in DISPUTED if not says_so.search(FACTS.fact(id).statement)] == []


def test_sources_are_pages_of_the_allowed_hosts() -> None:
    assert unsupported_hosts({key: source.url for key, source in FACTS.sources.items()}) == []


def test_a_source_elsewhere_would_be_refused() -> None:
    urls = {"blog": "https://example.com/redis", "plain": "http://valkey.io/x", "good": "https://valkey.io/topics/acl/"}
    assert unsupported_hosts(urls) == ["blog", "plain"]


def test_no_page_is_listed_twice_under_two_keys() -> None:
    pages = Counter(source.url for source in FACTS.sources.values())
    assert [url for url, count in pages.items() if count > 1] == []


def test_nothing_claims_to_have_been_checked_before_the_first_reading() -> None:
    assert [fact.id for fact in FACTS.facts.values() if fact.checked < FIRST_CHECK] == []


@pytest.mark.parametrize("fact", FACTS.facts.values(), ids=lambda fact: fact.id)
def test_a_statement_is_one_to_three_sentences(fact: Fact) -> None:
    assert len(fact.statement) in STATEMENT_LENGTH
    assert 1 <= len(sentences(fact.statement)) <= MOST_SENTENCES
    assert fact.statement.endswith((".", ")."))


@pytest.mark.parametrize("rule", RULES)
def test_the_data_speaks_the_language_of_the_site(rule: str) -> None:
    assert [(where, *RULES[rule](text)) for where, text in spoken() if list(RULES[rule](text))] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("translationese", "캐시에 의해 빨라집니다."),
        ("translationese", "복제본을 가집니다."),
        ("translationese", "우리는 캐시를 씁니다."),
        ("translationese", "노드를 더할 수 있다."),
        ("misspelt", "멤캐시트"),
        ("second name", "페일오버가 일어납니다."),
    ],
)
def test_the_language_rules_refuse(rule: str, text: str) -> None:
    assert list(RULES[rule](text))


def test_every_claim_of_the_notes_is_answered_in_its_unit() -> None:
    assert list(FACTS.claims) == [f"C{number:02}" for number in range(1, 71)]
    for unit, (first, last) in CLAIM_RANGES.items():
        assert {FACTS.claim(f"C{number:02}").unit for number in range(first, last + 1)} == {unit}
    assert FACTS.claim("C70").taught == "lessons/overview.md#engines"


def test_every_claim_has_facts_and_is_taught_in_its_unit() -> None:
    for claim in FACTS.claims.values():
        assert claim.facts
        assert claim.taught.startswith(f"lessons/{claim.unit}.md#")


def test_verdicts_add_up_to_the_sheet() -> None:
    assert Counter(claim.verdict for claim in FACTS.claims.values()) == VERDICTS
    assert {claim.id for claim in FACTS.claims.values() if claim.verdict == "구식"} == OUTDATED_CLAIMS
    assert {claim.id for claim in FACTS.claims.values() if claim.verdict == "틀림"} == WRONG_CLAIMS


def test_misspelt_names_stand_in_quotes_of_the_notes_only() -> None:
    misspelt = re.compile(r"일래스티|멤캐시트")
    texts = [
        *spoken(),
        *((term.id, f"{term.korean} {term.variants}") for term in FACTS.glossary.values()),
        *((trap.id, trap.keyword) for trap in FACTS.traps.values()),
        *((key, source.title) for key, source in FACTS.sources.items()),
    ]
    assert [where for where, text in texts if misspelt.search(text)] == []
    assert misspelt.search(FACTS.claim("C70").note)


def test_there_are_64_traps_and_every_unit_has_one() -> None:
    assert list(FACTS.traps) == [f"T{number:02}" for number in range(1, 65)]
    assert len({trap.unit for trap in FACTS.traps.values()}) == 10


def test_no_term_of_the_glossary_means_two_things() -> None:
    words = Counter(
        word.casefold() for term in FACTS.glossary.values() for word in {term.korean, term.english, *term.variants}
    )
    assert [word for word, count in words.items() if count > 1] == []


def test_a_definition_is_one_sentence() -> None:
    assert [term.id for term in FACTS.glossary.values() if len(sentences(term.definition)) != 1] == []


def test_pages_items_claims_and_traps_agree_with_the_data() -> None:
    assert check() == []
