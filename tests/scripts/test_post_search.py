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


def test_text_is_kept_by_blocks_without_markup() -> None:
    first = sections()["lessons/db-cache/"]
    assert first.text == ["앱이 먼저 캐시에 묻습니다. GET product:7을 보냅니다."]


def test_cells_items_and_code_are_found_and_never_run_together() -> None:
    text = sections()["lessons/db-cache/#miss"].text
    assert text[:2] == ["키가 없습니다.", "만료됐습니다."]
    assert "없음" in text
    assert 'cache.get("a") < 1' in text


def test_excluded_blocks_leave_nothing_behind_however_they_nest() -> None:
    """The theme's parser ends an excluded div at the first inner one, and lets the answer out."""
    text = "".join(block for section in sections().values() for block in section.text)
    for hidden in ("보기 하나", "정답은 나", "그림 제목", "전체 메뉴", "캐시#"):
        assert hidden not in text
    assert "퀴즈 다음 글." in text
    assert "단계 하나" in text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div class="home-picture search-exclude"><p>비밀</p></div>',
        '<div class="lab"><lab-step><div><div>a</div><pre>비밀</pre></div></lab-step><pre>비밀</pre></div>',
        '<details class="hint"><summary>힌트 3</summary><pre>비밀</pre></details>',
        "<template>비밀</template>",
        '<div class="facts"><p class="facts-meta">비밀</p></div>',
        "<!-- 비밀 -->",
    ],
)
def test_answers_sources_and_machine_text_are_never_indexed(hidden: str) -> None:
    html = f'<article class="md-content__inner"><h1 id="a">제목</h1>{hidden}<p>글</p></article>'
    (section,) = search.sections_of(html, "")
    assert "비밀" not in json.dumps(section.entry([], 1), ensure_ascii=False)


def term(*forms: str, typed: tuple[str, ...] = (), taught: str = "") -> search.Term:
    return search.Term(search.names_of(*forms), frozenset(typed), taught)


SORTED_SET = term(
    "sorted set", "정렬된 집합(정렬 세트)", typed=("솔티드 셋",), taught="lessons/leaderboard/#sorted-set"
)


def test_the_other_names_of_a_term_are_added_to_what_mentions_it() -> None:
    assert search.other_names(["정렬된 집합을 씁니다"], [SORTED_SET]) == ["sorted set", "솔티드 셋", "정렬 세트"]
    assert search.other_names(["정렬된집합"], [SORTED_SET]) == ["sorted set", "솔티드 셋", "정렬 세트"]
    assert search.other_names(["집합을 씁니다"], [SORTED_SET]) == []


def test_a_wrong_spelling_does_not_tell_what_a_text_is_about() -> None:
    assert search.other_names(["솔티드 셋"], [SORTED_SET]) == []


def test_the_section_that_teaches_a_term_answers_to_all_its_names() -> None:
    section = search.Section("lessons/leaderboard/#sorted-set", "멤버와 점수", ["정렬된 집합"])
    entry = section.entry([SORTED_SET], 2)
    assert entry["names"] == ["sorted set", "솔티드 셋", "정렬 세트", "정렬된 집합"]
    assert entry["keys"] == []


def test_a_section_that_mentions_a_term_has_its_other_names_as_keys_and_the_names_of_its_title_as_names() -> None:
    titled = search.Section("a/", "정렬된 집합", []).entry([SORTED_SET], 1)
    mentioning = search.Section("a/", "글", ["정렬된 집합"]).entry([SORTED_SET], 1)
    assert titled["names"] == mentioning["keys"] == ["sorted set", "솔티드 셋", "정렬 세트"]
    assert mentioning["names"] == []


def test_a_latin_name_counts_only_as_a_word_of_its_own() -> None:
    lru = term("LRU", "최근 사용 제거")
    assert search.other_names(["volatile-lru 정책"], [lru]) == ["최근 사용 제거"]
    assert search.other_names(["plurul"], [lru]) == []


def test_a_common_short_word_does_not_call_up_a_term() -> None:
    assert search.other_names(["제거합니다"], [term("eviction", "제거")]) == []


def test_an_entry_of_the_glossary_is_a_section_of_its_own() -> None:
    html = """<article class="md-content__inner"><h1 id="glossary">용어집</h1><p>머리말</p><dl>
    <div class="term" id="ttl"><dt><a href="#">TTL</a> <span>time to live</span></dt><dd>남은 시간입니다.</dd></div>
    <div class="term" id="node"><dt><a href="#">노드</a></dt><dd>엔진을 실행합니다.</dd></div></dl></article>"""
    found = search.sections_of(html, "reference/glossary/")
    assert [(section.location, section.title) for section in found] == [
        ("reference/glossary/", "용어집"),
        ("reference/glossary/#ttl", "TTL"),
        ("reference/glossary/#node", "노드"),
    ]
    assert found[1].text == ["time to live", "남은 시간입니다."]


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


@pytest.fixture
def site(tmp_path: Path) -> Path:
    config = {"lang": ["en"], "separator": "x", "pipeline": []}
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
    assert index["config"]["lang"] == ["en"]
    sections = json.loads((site / "search/sections.json").read_text("utf-8"))
    assert [section["location"] for section in sections] == [
        "lessons/db-cache/", "lessons/db-cache/#miss", "notices/", "notices/#miss",
    ]  # fmt: skip
    assert "정답은 나" not in json.dumps(sections, ensure_ascii=False)


def test_a_page_keeps_its_own_weight_and_lessons_weigh_more_than_the_rest(site: Path) -> None:
    search.apply(site)
    boosts = {s["location"]: s["boost"] for s in json.loads((site / "search/sections.json").read_text("utf-8"))}
    assert boosts["notices/"] == 0.5
    assert boosts["lessons/db-cache/"] > search.boost_of("notices/") > search.boost_of("reference/traps/")


def test_sections_that_only_repeat_a_lesson_weigh_less() -> None:
    boosts = [search.Section(f"lessons/a/#{id}", "글").entry([], 2)["boost"] for id in ("lookup", "exam", "next")]
    assert boosts == sorted(boosts, reverse=True)
    assert len(set(boosts)) == 3


def test_a_site_that_was_processed_before_is_refused(site: Path) -> None:
    search.apply(site)
    with pytest.raises(StageError, match="한 번만"):
        search.apply(site)
