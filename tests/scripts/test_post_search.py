"""Search sections: what of a page is found, under which heading, and by which other words."""

import json
from pathlib import Path

import pytest

from scripts.steps.post import search
from scripts.steps.stages import StageError

PAGE = """<!doctype html><html><body><nav><p>전체 메뉴</p></nav>
<article class="md-content__inner md-typeset">
<h1 id="db-cache">DB 캐시<a class="headerlink" href="#db-cache">#</a></h1>
<p>앱이 <em>먼저</em> 캐시에 묻습니다.
<code>GET product:7</code>을 보냅니다.</p>
<h2 id="miss">캐시 미스 &lt;Miss&gt;</h2>
<ul><li>키가 없습니다.</li><li>만료됐습니다.</li></ul>
<table><thead><tr><th>조건</th></tr></thead><tbody><tr><td>없음</td><td>미스</td></tr></tbody></table>
<pre><code>cache.get("a") &lt; 1
</code></pre>
<div class="quiz" data-search-exclude><div>보기 하나</div><p>정답은 나</p></div>
<p>퀴즈 다음 글.</p>
<figure class="dg"><div data-search-exclude=""><svg><title>그림 제목</title></svg></div><ol><li>단계 하나</li></ol></figure>
</article></body></html>"""


def sections() -> dict[str, search.Section]:
    return {section.location: section for section in search.sections_of(PAGE, "lessons/db-cache/")}


def test_the_first_heading_is_the_page_and_later_ones_are_anchors() -> None:
    found = sections()
    assert list(found) == ["lessons/db-cache/", "lessons/db-cache/#miss"]
    assert [section.title for section in found.values()] == ["DB 캐시", "캐시 미스 <Miss>"]


def test_text_is_kept_by_blocks_in_the_form_that_the_theme_shows() -> None:
    first = sections()["lessons/db-cache/"]
    assert first.blocks == ["<p>앱이 먼저 캐시에 묻습니다. <code>GET product:7</code>을 보냅니다.</p>"]


def test_cells_items_and_code_are_found_and_never_run_together() -> None:
    blocks = sections()["lessons/db-cache/#miss"].blocks
    assert blocks[:2] == ["<p>키가 없습니다.</p>", "<p>만료됐습니다.</p>"]
    assert "<p>없음</p>" in blocks
    assert '<pre><code>cache.get("a") &lt; 1</code></pre>' in blocks


def test_titles_are_escaped_because_the_theme_shows_them_as_html() -> None:
    assert sections()["lessons/db-cache/#miss"].entry([])["title"] == "캐시 미스 &lt;Miss&gt;"


def test_excluded_blocks_leave_nothing_behind_however_they_nest() -> None:
    """The theme's parser ends an excluded div at the first inner one, and lets the answer out."""
    text = "".join(block for section in sections().values() for block in section.blocks)
    for hidden in ("보기 하나", "정답은 나", "그림 제목", "전체 메뉴", "#</p>"):
        assert hidden not in text
    assert "퀴즈 다음 글." in text
    assert "단계 하나" in text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div class="home-picture search-exclude"><p>비밀</p></div>',
        '<details class="lab-solution"><summary>정답 보기</summary><pre>비밀</pre></details>',
        "<template>비밀</template>",
        '<div class="facts"><p class="facts-meta">비밀</p></div>',
        "<!-- 비밀 -->",
    ],
)
def test_answers_sources_and_machine_text_are_never_indexed(hidden: str) -> None:
    html = f'<article class="md-content__inner"><h1 id="a">제목</h1>{hidden}<p>글</p></article>'
    (section,) = search.sections_of(html, "")
    assert "비밀" not in json.dumps(section.entry([]), ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("캐시 무효화를 합니다", ["캐시무효화"]),
        ("보안 그룹으로 막습니다", ["보안그룹"]),
        ("정렬된 집합은", ["정렬된집합"]),
        ("DB 캐시", ["db캐시"]),
        ("캐시를 지웁니다", []),
        ("캐시, 그룹", []),
        ("캐시 있습니다", []),
    ],
)
def test_neighbouring_words_are_joined_where_they_make_a_compound(text: str, expected: list[str]) -> None:
    assert search.keys_of([text], []) == expected


def test_other_names_of_a_term_are_keys_with_and_without_the_space() -> None:
    names = search.names_of("sorted set", "정렬된 집합(정렬 세트)", "정렬 세트")
    assert search.keys_of(["정렬된 집합"], [names]) == [
        "정렬된집합",
        "sorted set",
        "sortedset",
        "정렬 세트",
        "정렬세트",
    ]


def test_a_latin_name_counts_only_as_a_word_of_its_own() -> None:
    names = search.names_of("LRU", "최근 사용 제거")
    assert search.keys_of(["volatile-lru 정책"], [names]) != []
    assert search.keys_of(["plurul"], [names]) == []


def test_a_common_short_word_does_not_call_up_a_term() -> None:
    assert search.keys_of(["제거합니다"], [search.names_of("eviction", "제거")]) == []


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("Amazon ElastiCache(엘라스티캐시)", {"Amazon ElastiCache", "엘라스티캐시"}),
        ("읽기(리더) 엔드포인트", {"읽기 엔드포인트"}),
        ("(자동) 장애 조치", {"장애 조치"}),
        ("shard, node group", {"shard", "node group"}),
    ],
)
def test_parentheses_and_commas_of_the_glossary_are_read_as_people_mean_them(form: str, names: set[str]) -> None:
    assert search.names_of(form) == names


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("캐시를", "캐시"),
        ("캐시에서는", "캐시"),
        ("샤딩이란", "샤딩"),
        ("도로", "도로"),
        ("평가", "평가"),
        ("TTL을", "TTL을"),
    ],
)
def test_a_particle_goes_only_from_a_word_that_remains_one(word: str, stem: str) -> None:
    assert search.without_josa(word) == stem


@pytest.fixture
def site(tmp_path: Path) -> Path:
    config = {
        "lang": ["en"],
        "separator": "x",
        "pipeline": [],
        "fields": {"title": {"boost": 1000.0}, "text": {"boost": 1.0}},
    }
    docs = [
        {"location": "lessons/db-cache/", "title": "t", "text": "정답은 나"},
        {"location": "lessons/db-cache/#miss", "title": "t", "text": ""},
        {"location": "notices/", "title": "t", "text": "", "boost": 0.5},
    ]
    for location in ("lessons/db-cache", "notices"):
        (tmp_path / location).mkdir(parents=True)
        (tmp_path / location / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text(json.dumps({"config": config, "docs": docs}), encoding="utf-8")
    return tmp_path


def test_sections_move_to_a_file_of_their_own_and_the_theme_loads_only_settings(site: Path) -> None:
    search.apply(site)
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    assert index["docs"] == []
    assert index["config"]["fields"].keys() == {"title", "text", "names", "keys"}
    sections = json.loads((site / "search/sections.json").read_text("utf-8"))
    assert [section["location"] for section in sections] == [
        "lessons/db-cache/", "lessons/db-cache/#miss", "notices/", "notices/#miss",
    ]  # fmt: skip
    assert "정답은 나" not in json.dumps(sections, ensure_ascii=False)


def test_a_page_keeps_its_own_weight_and_lessons_weigh_more_than_the_rest(site: Path) -> None:
    search.apply(site)
    boosts = {s["location"]: s["boost"] for s in json.loads((site / "search/sections.json").read_text("utf-8"))}
    assert boosts["notices/"] == 0.5
    assert boosts["lessons/db-cache/"] > 1


def test_a_site_that_was_processed_before_is_refused(site: Path) -> None:
    search.apply(site)
    with pytest.raises(StageError, match="한 번만"):
        search.apply(site)
