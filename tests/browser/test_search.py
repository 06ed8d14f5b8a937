"""Search as a reader meets it: the theme's own engine over our sections, asked what Korean candidates type."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

# Query, and the places of which one should be among the first three sections found.
QUERIES: dict[str, tuple[str, ...]] = {
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
    "적중률": ("lessons/db-cache/#hit", "lessons/db-cache/#load"),
    "오래된 데이터": ("lessons/db-cache/#staleness",),
    "정렬된 집합": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "정렬된집합": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "정렬 세트": ("lessons/leaderboard/", "lessons/leaderboard/#sorted-set"),
    "리더보드는": ("lessons/leaderboard/",),
    "동점": ("lessons/leaderboard/#ties",),
    "복제본을": ("lessons/redis-vs-memcached/#replication-failover", "lessons/redis-vs-memcached/#read-scaling"),
    "장애조치": ("lessons/redis-vs-memcached/#replication-failover",),
    "멀티스레드": ("lessons/redis-vs-memcached/#threads-and-sharding",),
    "샤딩이란": ("lessons/redis-vs-memcached/#threads-and-sharding",),
    "내구성": ("lessons/redis-vs-memcached/#durability",),
    "백업": ("lessons/redis-vs-memcached/#backup",),
    "지연 로딩": ("lessons/caching-patterns/#lazy-loading",),
    "지연로딩": ("lessons/caching-patterns/#lazy-loading",),
    "레이지 로딩": ("lessons/caching-patterns/#lazy-loading",),
    "라이트스루": ("lessons/caching-patterns/#write-through",),
    "스탬피드": ("lessons/caching-patterns/#stampede",),
    "세션 저장소": ("lessons/session-store/", "lessons/caching-patterns/#session-pattern"),
    "고정 세션": ("lessons/session-store/#sticky-session",),
    "고정세션으로": ("lessons/session-store/#sticky-session",),
    "보안그룹": ("reference/glossary/", "lessons/cache-security/", "lessons/session-store/"),
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


def test_korean_queries_find_their_section_among_the_first_three(root_site: Site, page: Page) -> None:
    page.goto(root_site.url)
    measured = ranks(page, QUERIES)
    hits = sum(1 <= rank.place <= 3 for rank in measured) / len(measured)
    reciprocal = sum(1 / rank.place for rank in measured if rank.place) / len(measured)
    print(f"hit@3 {hits:.3f}, MRR {reciprocal:.3f} over {len(measured)} queries")
    missed = [rank for rank in measured if not 1 <= rank.place <= 3]
    assert hits >= 0.95, missed
    assert reciprocal >= 0.85, [rank for rank in measured if rank.place != 1]


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


def test_text_that_arrives_without_keys_is_searched_too(root_site: Site, page: Page) -> None:
    """Paste by mouse, dictation and autofill make input events but no key events."""
    page.goto(root_site.url)
    search_box(page)
    page.keyboard.insert_text("무효화를")
    expect(page.locator(".md-search-result__link").first).to_be_visible()


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


def test_answers_and_solutions_are_never_found(root_site: Site, page: Page) -> None:
    """Every text of an excluded block would be a spoiler; the sections are the only thing the worker reads."""
    page.goto(f"{root_site.url}quizzes/redis-vs-memcached/")
    hidden: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".quiz label, .quiz legend")].map((one) => one.textContent.trim())"""
    )
    page.goto(f"{root_site.url}labs/cache-hit-miss/")
    hidden += page.evaluate(
        """() => [...document.querySelectorAll(".lab-solution pre")].map((one) => one.textContent.trim())"""
    )
    # A choice such as "명령" is a word that any lesson may use.
    hidden = [text for text in hidden if len(text) > 15]
    assert len(hidden) > 5
    sections: str = page.evaluate("async () => (await fetch('../../search/sections.json')).text()")
    assert not [text for text in hidden if text in sections]


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
