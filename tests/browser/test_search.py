"""Search as a reader meets it: our engine behind the theme's search box, asked what Korean candidates type."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

# A query, and the places of which one should be among the first three sections found. The places were written down from the
# pages, before the results were looked at; in the early set, where later lessons explain a thing, theirs were added.
EARLY: dict[str, tuple[str, ...]] = {
    # nouns, with and without particles
    "캐시를": ("lessons/db-cache/",),
    "무효화": ("lessons/db-cache/#invalidation",),
    "무효화를": ("lessons/db-cache/#invalidation",),
    "캐시 무효화": ("lessons/db-cache/#invalidation",),
    "캐시무효화": ("lessons/db-cache/#invalidation",),
    "캐시 미스": ("lessons/db-cache/#miss", "labs/cache-hit-miss/"),
    "캐시미스": ("lessons/db-cache/#miss", "labs/cache-hit-miss/"),
    "캐시미스가": ("lessons/db-cache/#miss", "labs/cache-hit-miss/"),
    "캐시 히트란": ("lessons/db-cache/#hit", "labs/cache-hit-miss/"),
    "적중률": ("lessons/db-cache/#hit", "lessons/db-cache/#load", "lessons/operations/#hit-rate"),
    "오래된 데이터": ("lessons/db-cache/#staleness",),
    "정렬된 집합": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "정렬된집합": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "정렬 세트": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "리더보드는": ("lessons/leaderboard/",),
    "동점": ("lessons/leaderboard/#ties",),
    "복제본을": ("lessons/redis-vs-memcached/#replication-failover", "lessons/redis-vs-memcached/#read-scaling"),
    "장애조치": ("lessons/redis-vs-memcached/#replication-failover", "lessons/deployment-scaling/#failover"),
    "멀티스레드": ("lessons/redis-vs-memcached/#threads-and-sharding",),
    "샤딩이란": ("lessons/redis-vs-memcached/#threads-and-sharding",),
    "내구성": ("lessons/redis-vs-memcached/#durability",),
    "백업": ("lessons/redis-vs-memcached/#backup", "lessons/operations/#backup-restore"),
    "지연 로딩": ("lessons/caching-patterns/#lazy-loading",),
    "지연로딩": ("lessons/caching-patterns/#lazy-loading",),
    "레이지 로딩": ("lessons/caching-patterns/#lazy-loading",),
    "라이트스루": ("lessons/caching-patterns/#write-through",),
    "스탬피드": ("lessons/caching-patterns/#stampede",),
    "세션 저장소": ("lessons/session-store/", "lessons/caching-patterns/#session-pattern"),
    "고정 세션": ("lessons/session-store/#sticky-session",),
    "고정세션으로": ("lessons/session-store/#sticky-session",),
    "보안그룹": ("reference/glossary/#security-group", "lessons/cache-security/#security-group"),
    # English terms and commands
    "sorted set": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "cache hit": ("lessons/db-cache/#hit", "labs/cache-hit-miss/"),
    "write-through": ("lessons/caching-patterns/#write-through",),
    "lazy loading": ("lessons/caching-patterns/#lazy-loading",),
    "TTL": ("lessons/caching-patterns/#ttl", "lessons/session-store/#session-ttl", "lessons/db-cache/#staleness"),
    "ZREVRANGE": ("lessons/leaderboard/#exam", "lessons/leaderboard/#ranking"),
    "memcached": ("lessons/redis-vs-memcached/",),
    "멤캐시드": ("lessons/redis-vs-memcached/",),
    "valkey": ("lessons/redis-vs-memcached/#valkey", "lessons/redis-vs-memcached/"),
    # the beginning of a word, and verbs
    "리더": ("lessons/leaderboard/",),
    "샤딩하는": ("lessons/redis-vs-memcached/#threads-and-sharding",),
}

# Written for the ranking of this engine, before it existed.
FRESH: dict[str, tuple[str, ...]] = {
    "자동 장애 조치": (
        "lessons/redis-vs-memcached/#replication-failover",
        "lessons/deployment-scaling/#failover",
    ),
    "페일오버": (
        "lessons/deployment-scaling/#failover",
        "lessons/redis-vs-memcached/#replication-failover",
    ),
    "클러스터모드": ("lessons/deployment-scaling/#cluster-mode",),
    "리더 엔드포인트는": (
        "lessons/deployment-scaling/#endpoints",
        "lessons/redis-vs-memcached/#read-scaling",
    ),
    "구성 엔드포인트": ("lessons/deployment-scaling/#endpoints",),
    "글로벌 데이터 스토어": ("lessons/deployment-scaling/#global-datastore",),
    "서버리스와": ("lessons/deployment-scaling/#serverless-or-nodes",),
    "백업을 복원하기": (
        "lessons/operations/#backup-restore",
        "lessons/redis-vs-memcached/#backup",
    ),
    "제거 정책": ("lessons/operations/#eviction",),
    "축출": ("lessons/operations/#eviction",),
    "volatile-lru": ("lessons/operations/#eviction",),
    "Evictions": (
        "lessons/operations/#metrics",
        "lessons/operations/#eviction",
    ),
    "지표를": ("lessons/operations/#metrics",),
    "유지관리": ("lessons/operations/#maintenance",),
    "비용": ("lessons/operations/#costs",),
    "DAX": ("lessons/service-choice/#dax",),
    "MemoryDB가": ("lessons/service-choice/#memorydb",),
    "CloudFront": ("lessons/service-choice/#cloudfront",),
    "IAM 인증": ("lessons/cache-security/#iam",),
    "저장 시 암호화": ("lessons/cache-security/#at-rest",),
    "전송중암호화": ("lessons/cache-security/#in-transit",),
    "RBAC": ("lessons/cache-security/#rbac",),
    "토큰을 교체하는": (
        "lessons/cache-security/#auth-token",
        "reference/cheatsheet/#numbers",
    ),
    "보안 그룹을": ("lessons/cache-security/#security-group",),
    "무상태": (
        "lessons/overview/#stateless",
        "lessons/session-store/",
        "lessons/session-store/#why-session-store",
    ),
}
# Held back until the rules were fixed; the engine found 96.7 % of these with an MRR of 0.868 when it first saw them.
HELD_BACK: dict[str, tuple[str, ...]] = {
    "엘라스틱캐시": (
        "lessons/overview/",
        "lessons/overview/#what-is",
    ),
    "캐쉬 미스": (
        "lessons/db-cache/#miss",
        "labs/cache-hit-miss/",
    ),
    "멤캐쉬드": ("lessons/redis-vs-memcached/",),
    "레디스 클러스터": ("lessons/deployment-scaling/#cluster-mode",),
    "해시 슬롯": (
        "lessons/deployment-scaling/#cluster-mode",
        "lessons/leaderboard/#one-key-one-shard",
    ),
    "핫키": (
        "lessons/leaderboard/#one-key-one-shard",
        "lessons/overview/#why-cache",
    ),
    "복제지연": (
        "lessons/deployment-scaling/#failover",
        "lessons/redis-vs-memcached/#replication-failover",
    ),
    "다중AZ": (
        "lessons/redis-vs-memcached/#replication-failover",
        "lessons/deployment-scaling/#failover",
    ),
    "Multi-AZ": (
        "lessons/redis-vs-memcached/#replication-failover",
        "lessons/deployment-scaling/#failover",
    ),
    "데이터 계층화": ("lessons/operations/#costs",),
    "예약노드": ("lessons/operations/#costs",),
    "PITR": (
        "lessons/operations/#backup-restore",
        "lessons/redis-vs-memcached/#backup",
    ),
    "특정 시점 복구": (
        "lessons/operations/#backup-restore",
        "lessons/redis-vs-memcached/#backup",
    ),
    "스냅샷을": (
        "lessons/operations/#backup-restore",
        "lessons/redis-vs-memcached/#backup",
    ),
    "연결 누수": ("lessons/operations/#metrics",),
    "적중률이 낮으면": (
        "lessons/operations/#hit-rate",
        "lessons/db-cache/#load",
        "lessons/db-cache/#hit",
    ),
    "읽기 전용 복제본": (
        "lessons/service-choice/#read-replica-proxy",
        "lessons/redis-vs-memcached/#read-scaling",
    ),
    "RDS Proxy": ("lessons/service-choice/#read-replica-proxy",),
    "게시 구독": ("lessons/redis-vs-memcached/#choose",),
    "동시 쓰기": ("lessons/caching-patterns/#write-through",),
    "write-back": (
        "lessons/caching-patterns/#other-patterns",
        "lessons/db-cache/#write-back",
    ),
    "GETEX": ("lessons/session-store/#session-ttl",),
    "ZINCRBY": (
        "lessons/leaderboard/#sorted-set",
        "lessons/leaderboard/#ranking",
    ),
    "세션이 사라지는": (
        "lessons/session-store/#losing-sessions",
        "lessons/session-store/#sticky-session",
    ),
    "암호화를 켜려면": (
        "lessons/cache-security/#in-transit",
        "lessons/cache-security/#at-rest",
    ),
    "접속이 안될 때": ("lessons/cache-security/#security-group",),
    "시간 초과": ("lessons/cache-security/#security-group",),
    "미리 채우기": ("lessons/caching-patterns/#stampede",),
    "서브넷그룹": ("lessons/cache-security/#security-group",),
    "SAA-C03": (
        "reference/exam/#saa-c03",
        "reference/exam/",
    ),
}
# Written when the rules had been fixed, and never tuned to; the engine found all of these at once, with an MRR of 0.889.
BLIND: dict[str, tuple[str, ...]] = {
    "TLS 켜는 법": ("lessons/cache-security/#in-transit",),
    "만료 시간": (
        "lessons/caching-patterns/#ttl",
        "lessons/session-store/#session-ttl",
    ),
    "캐시어사이드": (
        "lessons/db-cache/#lookup",
        "lessons/caching-patterns/#lazy-loading",
    ),
    "write through와 lazy loading 차이": (
        "lessons/caching-patterns/",
        "lessons/caching-patterns/#write-through",
        "lessons/caching-patterns/#lazy-loading",
        "lessons/caching-patterns/#combine",
    ),
    "세션을 공유": (
        "lessons/session-store/",
        "lessons/session-store/#sticky-session",
        "lessons/session-store/#why-session-store",
        "lessons/session-store/#exam",
    ),
    "로그아웃": ("lessons/session-store/#session-ttl",),
    "순위를 읽는": ("lessons/leaderboard/#ranking",),
    "공동 순위": ("lessons/leaderboard/#ties",),
    "ZRANK": (
        "lessons/leaderboard/#ranking",
        "lessons/leaderboard/#sorted-set",
    ),
    "클러스터 모드 비활성화": ("lessons/deployment-scaling/#cluster-mode",),
    "해시태그": ("lessons/deployment-scaling/#cluster-mode",),
    "샤드 추가": ("lessons/deployment-scaling/#scaling",),
    "자동 조정": (
        "lessons/deployment-scaling/#scaling",
        "lessons/operations/#maintenance",
    ),
    "재부팅하면": (
        "lessons/deployment-scaling/#failover",
        "lessons/redis-vs-memcached/#replication-failover",
        "lessons/operations/#maintenance",
    ),
    "리전 장애": ("lessons/deployment-scaling/#global-datastore",),
    "noeviction": (
        "lessons/operations/#eviction",
        "lessons/session-store/#losing-sessions",
    ),
    "파라미터 그룹이란": ("lessons/operations/#maintenance",),
    "EngineCPUUtilization": (
        "lessons/operations/#cpu",
        "lessons/operations/#metrics",
    ),
    "AOF": ("lessons/redis-vs-memcached/#durability",),
    "pub/sub": ("lessons/redis-vs-memcached/#choose",),
    "KMS": ("lessons/cache-security/#at-rest",),
    "ROTATE": ("lessons/cache-security/#auth-token",),
    "15분": ("lessons/cache-security/#iam",),
    "VPC": ("lessons/cache-security/#security-group",),
    "Lambda 연결": (
        "lessons/service-choice/#read-replica-proxy",
        "lessons/db-cache/#load",
    ),
    "강력한 일관성": ("lessons/service-choice/#dax",),
    "합격선": ("reference/exam/#saa-c03",),
    "해싱": ("lessons/redis-vs-memcached/#threads-and-sharding",),
    "코드 변경 없이": ("lessons/overview/#code-change",),
    "읽기 집약적": (
        "lessons/overview/#why-cache",
        "lessons/db-cache/",
    ),
}
SETS = {"early": EARLY, "fresh": FRESH, "held back": HELD_BACK, "blind": BLIND}

# Asks the theme's worker exactly as the theme does; the sections of all pages in one list, best first.
ASK = """
async (queries) => {
  const config = JSON.parse(document.getElementById("__config").textContent);
  const index = await (await fetch(new URL("search/search_index.json", new URL(config.base, location.href)))).json();
  const worker = new Worker(new URL(config.search, location.href));
  const replies = [];
  let wake = () => {};
  worker.onmessage = (event) => { replies.push(event.data); wake(); };
  const reply = async (type) => {
    for (;;) {
      const at = replies.findIndex((one) => one.type === type);
      if (at >= 0) return replies.splice(at, 1)[0];
      await new Promise((resolve) => { wake = resolve; });
    }
  };
  worker.postMessage({ type: 0, data: { ...index, options: { suggest: false } } });
  await reply(1);
  const found = {};
  for (const query of queries) {
    worker.postMessage({ type: 2, data: query });
    const { data } = await reply(3);
    const sections = data.items.flat().filter((section) => section.score > 0);
    sections.sort((one, other) => other.score - one.score);
    found[query] = sections.map((section) => section.location);
  }
  worker.terminate();
  return found;
}
"""


@dataclass(frozen=True)
class Rank:
    """Where the first right section stood, from 1; 0 when it was not found."""

    query: str
    place: int
    first: tuple[str, ...]


def ranks(page: Page, queries: dict[str, tuple[str, ...]]) -> list[Rank]:
    found: dict[str, list[str]] = page.evaluate(ASK, list(queries))
    return [
        Rank(
            query,
            next((place for place, location in enumerate(found[query], 1) if location in right), 0),
            tuple(found[query][:3]),
        )
        for query, right in queries.items()
    ]


def measure(measured: list[Rank]) -> tuple[float, float]:
    """The share found among the first three, and the mean of the reciprocal ranks."""
    hits = sum(1 <= rank.place <= 3 for rank in measured) / len(measured)
    return hits, sum(1 / rank.place for rank in measured if rank.place) / len(measured)


def test_korean_queries_find_their_section_among_the_first_three(root_site: Site, page: Page) -> None:
    page.goto(root_site.url)
    measured = {name: ranks(page, queries) for name, queries in SETS.items()}
    for name, of_set in measured.items():
        hits, reciprocal = measure(of_set)
        print(f"{name} set: hit@3 {hits:.3f}, MRR {reciprocal:.3f} over {len(of_set)} queries")
        assert hits >= 0.95, [rank for rank in of_set if not 1 <= rank.place <= 3]
    everything = [rank for of_set in measured.values() for rank in of_set]
    hits, reciprocal = measure(everything)
    print(f"all sets: hit@3 {hits:.3f}, MRR {reciprocal:.3f} over {len(everything)} queries")
    assert reciprocal >= 0.9, [rank for rank in everything if rank.place != 1]


def test_the_sets_are_large_and_their_places_exist(root_site: Site) -> None:
    """A place that is gone would count as a miss for ever, and a set that shrinks would hide one."""
    sections = json.loads((root_site.root / "search/sections.json").read_text(encoding="utf-8"))
    known = {section["location"] for section in sections}
    asked = [query for queries in SETS.values() for query in queries]
    assert len(asked) == len(set(asked)) >= 60
    expected = {place for queries in SETS.values() for places in queries.values() for place in places}
    assert expected - known == set()


def search_box(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    expect(page.get_by_role("textbox", name="검색")).to_be_focused()


@pytest.mark.parametrize("query", ["캐시를", "캐시미스", "정렬된 집합"])
def test_typing_a_query_shows_results_that_lead_to_a_page(site: Site, page: Page, query: str) -> None:
    page.goto(site.url)
    search_box(page)
    page.keyboard.type(query)
    expect(page.locator(".md-search-result__meta")).to_contain_text("찾았습니다")
    page.locator(".md-search-result__link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith(site.url)
    assert page.url != site.url


DICTATE = """(text) => {
  const box = document.querySelector("[data-md-component=search-query]");
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText", data: text }));
}"""
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const box = document.querySelector("[data-md-component=search-query]");
  if (box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })))
    document.execCommand("insertText", false, text);
}"""


@pytest.mark.parametrize("way", ["insert", "dictate", "paste"])
def test_text_that_arrives_without_keys_is_searched_too(root_site: Site, page: Page, way: str) -> None:
    """Paste by mouse, dictation and autofill make input events but no key events, which is all that the theme hears."""
    page.goto(root_site.url)
    search_box(page)
    page.evaluate(
        """() => { window.__keys = 0; addEventListener("keyup", (event) => { window.__keys += Number(event.isTrusted); }); }"""
    )
    if way == "insert":
        page.keyboard.insert_text("무효화를")
    else:
        page.evaluate(DICTATE if way == "dictate" else PASTE, "무효화를")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert page.evaluate("window.__keys") == 0


def test_a_half_composed_syllable_does_not_flash_nothing_found(root_site: Site, page: Page) -> None:
    page.goto(root_site.url)
    search_box(page)
    session = page.context.new_cdp_session(page)
    for composing in ("ㅋ", "캐", "캐ㅅ", "캐시"):
        session.send(
            "Input.imeSetComposition", {"text": composing, "selectionStart": len(composing), "selectionEnd": -1}
        )
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.evaluate(
        """() => {
          window.__metas = [];
          const meta = document.querySelector(".md-search-result__meta");
          new MutationObserver(() => window.__metas.push(meta.textContent)).observe(meta, { childList: true, subtree: true });
        }"""
    )
    for composing in ("캐심", "캐시미"):
        session.send(
            "Input.imeSetComposition", {"text": composing, "selectionStart": len(composing), "selectionEnd": -1}
        )
    session.send("Input.insertText", {"text": "캐시미스"})
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert not [meta for meta in page.evaluate("window.__metas") if "없습니다" in meta]


GUARDED = ".quiz, div.lab, details.hint"


def spoilers(site: Path) -> set[str]:
    """What a learner should find out alone: answers of questions, their reasons, code of labs and hints.

    A sentence that the lessons themselves say openly, outside every question and lab, is no spoiler.
    """
    hidden: list[str] = []
    openly: list[str] = []
    for file in sorted(site.glob("**/index.html")):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")
        for guarded in soup.select(GUARDED):
            hidden += [part.get_text() for part in guarded.select("label, legend, pre, template, p")]
            guarded.decompose()
        openly += [article.get_text() for article in soup.select("article.md-content__inner")]
    for rubric in sorted((site / "assets/quizzes").glob("*.rubric.json")):
        for item in json.loads(rubric.read_text(encoding="utf-8"))["items"].values():
            hidden += [*item["why"].values(), item["takeaway"]]
    said = squeezed(" ".join(openly))
    # A choice such as "명령" is a word that any lesson may use.
    return {text for one in hidden if len(text := squeezed(one)) > 15 and text not in said}


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_answers_and_solutions_are_never_found(root_site: Site) -> None:
    """The sections are the only thing that the engine reads."""
    sections = json.loads((root_site.root / "search/sections.json").read_text(encoding="utf-8"))
    readable = squeezed(" ".join(" ".join([section["title"], *section["text"]]) for section in sections))
    hidden = spoilers(root_site.root)
    assert len(hidden) > 500
    assert [text for text in hidden if text in readable] == []


def test_the_index_is_fetched_at_the_first_search_and_not_before(root_site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(root_site.url)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "sections.json" in url or "/workers/" in url]
    search_box(page)
    page.keyboard.type("TTL")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    assert [url for url in asked if "sections.json" in url]
