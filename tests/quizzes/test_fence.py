"""The quiz fence through real Markdown: forms that work without the player, and no trace of a key."""

from __future__ import annotations

import copy
import re

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from quizzes.engine.bank import Bank, load
from quizzes.engine.errors import BankError
from quizzes.engine.fence import render, render_quiz
from quizzes.engine.markup import plain
from tests.quizzes import samples
from tests.quizzes.samples import (
    Data,
    bank,
    choice,
    choices,
    command,
    match,
    multiple,
    order,
    outputs,
    predict,
    prompts,
)


def page(fence: str) -> BeautifulSoup:
    """A page around a fence, as mkdocs renders it."""
    fences = [{"name": "quiz", "class": "quiz", "format": render}]
    markdown = Markdown(
        extensions=["attr_list", "md_in_html", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": fences}},
    )
    return BeautifulSoup(markdown.convert(f"앞 문단\n\n{fence}\n\n뒤 문단\n"), "lxml")


def quiz(judged: Bank, **attrs: str) -> BeautifulSoup:
    return BeautifulSoup(render_quiz(judged, attrs), "lxml")


def one(root: BeautifulSoup | Tag, selector: str) -> Tag:
    found = root.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return found[0]


def test_a_set_becomes_one_form_an_item_between_the_paragraphs_around_it() -> None:
    soup = page('```{ .quiz set="redis-vs-memcached" }\n```')
    root = one(soup, "div.quiz")
    assert root.attrs["data-player"] == "quiz"
    assert "data-search-exclude" in root.attrs
    assert root.find_parent("p") is None
    element = one(root, "quiz-set")
    assert (element["set"], element["mode"]) == ("redis-vs-memcached", "practice")
    ids = [form["data-item"] for form in element.select("form.qz-item")]
    assert ids == [item.id for item in load().set_items("redis-vs-memcached")]
    assert [p.text for p in soup.select("body > p")] == ["앞 문단", "뒤 문단"]


def test_a_check_shows_the_named_items_in_the_named_order() -> None:
    soup = quiz(bank(choice(), multiple()), items="ec-rvm-002 ec-rvm-001")
    element = one(soup, "quiz-set")
    assert (element["set"], element["mode"]) == ("ec-rvm-002 ec-rvm-001", "check")
    assert [form["data-item"] for form in element.select("form")] == ["ec-rvm-002", "ec-rvm-001"]
    assert [form["data-unit"] for form in element.select("form")] == ["redis-vs-memcached"] * 2


def test_every_control_has_a_group_an_instruction_and_a_label() -> None:
    soup = quiz(bank(choice(), multiple(), order(), match(), predict(), command()), set="redis-vs-memcached")
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for form in soup.select("form"):
        fieldset = one(form, "fieldset")
        assert one(fieldset, "legend").text
        assert fieldset["aria-describedby"] == one(form, ".qz-stem")["id"]
        for control in form.select("input"):
            assert control.find_parent("label") is not None
        for control in form.select("select"):
            assert one(form, f'label[for="{control["id"]}"]').text


def test_one_answer_is_a_radio_and_several_are_checkboxes() -> None:
    soup = quiz(bank(choice(), multiple()), set="redis-vs-memcached")
    single, several = soup.select("form")
    assert {control["type"] for control in single.select("input")} == {"radio"}
    assert {control["type"] for control in several.select("input")} == {"checkbox"}
    assert one(several, "[data-select]")["data-select"] == "2"
    assert one(several, "legend").text == "정답 2개를 고르세요."


def test_choices_stand_in_the_order_of_the_author() -> None:
    soup = quiz(bank(choice()), set="redis-vs-memcached")
    assert [control["value"] for control in soup.select("input")] == ["alpha", "bravo", "charlie", "delta"]


def test_nothing_is_checked_selected_or_styled_inline() -> None:
    html = render_quiz(
        bank(choice(), multiple(), order(), match(), predict(), command()), {"set": "redis-vs-memcached"}
    )
    assert not re.search(r"\s(?:checked|selected|style|on\w+)(?:=|\s|>)", html)
    assert "<script" not in html


def test_the_page_says_where_the_answers_are_to_those_without_scripts_only() -> None:
    soup = quiz(bank(choice()), set="redis-vs-memcached")
    link = one(soup, 'a[href*="answers"]')
    assert link["href"] == "../../assets/quizzes/redis-vs-memcached.answers.html"
    assert link.find_parent("noscript") is not None


def test_what_authors_write_is_text_never_html() -> None:
    soup = quiz(bank(choice(stem="`<b>` 다음에 <i>기운 글</i>과 **굵은 글**은 무엇입니까?")), set="redis-vs-memcached")
    stem = one(soup, ".qz-stem")
    assert "<i>기운 글</i>" in stem.text
    assert stem.select("i") == []
    assert one(stem, "strong").text == "굵은 글"
    assert one(stem, "code").text == "<b>"


def test_a_negation_stands_out() -> None:
    soup = quiz(bank(choice(stem="옳지 않은 것은 무엇입니까?", negative=True)), set="redis-vs-memcached")
    assert one(soup, ".qz-stem strong").text == "않은"


def test_a_program_is_shown_as_it_is_and_can_be_scrolled_by_keyboard() -> None:
    shown = one(quiz(bank(predict()), set="redis-vs-memcached"), ".qz-program pre")
    assert shown.text == samples.PROGRAM.strip()
    assert (shown["tabindex"], shown["aria-label"]) == ("0", "프로그램")


def test_an_output_keeps_its_lines() -> None:
    soup = quiz(bank(predict()), set="redis-vs-memcached")
    assert [row.text for row in soup.select("label code")] == ["1\n-2", "2\n-2", "2\n-1"]


def test_a_command_is_typed_without_help_from_the_keyboard_and_after_the_shown_setup() -> None:
    soup = quiz(bank(command(also_setups=[["SET b 1"]])), set="redis-vs-memcached")
    control = one(soup, "input")
    helpers = ("autocomplete", "autocapitalize", "autocorrect", "spellcheck")
    assert [control[name] for name in helpers] == ["off", "off", "off", "false"]
    assert one(soup, ".qz-program pre").text == "SET a 1"
    assert "SET b 1" not in soup.text


def test_a_command_without_a_setup_shows_none() -> None:
    assert quiz(bank(command(setup=[])), set="redis-vs-memcached").select(".qz-setup, .qz-program") == []


# ---- the key ----------------------------------------------------------------------------------------


def html_of(*items: Data) -> str:
    return render_quiz(bank(*items), {"set": "redis-vs-memcached"})


def test_another_key_makes_the_same_page() -> None:
    other = copy.deepcopy(choices())
    other[0], other[1] = (
        other[0] | {"key": True, "misconception": None},
        other[1] | {"key": False, "misconception": "mixed-up"},
    )
    assert html_of(choice(choices=other)) == html_of(choice())


def test_another_order_of_steps_makes_the_same_page() -> None:
    steps = order()["steps"]
    assert isinstance(steps, list)
    pages = {
        html_of(order(steps=[steps[at] for at in places])) for places in ((0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2))
    }
    assert len(pages) == 1


def test_steps_never_stand_in_the_right_order() -> None:
    steps = order()["steps"]
    assert isinstance(steps, list)
    for turn in range(4):
        turned = bank(order(steps=steps[turn:] + steps[:turn]))
        shown = [row["data-part"] for row in quiz(turned, set="redis-vs-memcached").select("[data-part]")]
        assert shown != list(turned.item("ec-rvm-003").key())
        assert sorted(map(str, shown)) == sorted(turned.item("ec-rvm-003").key())


def test_another_printed_key_makes_the_same_page() -> None:
    first, second, third = outputs()
    turned = [first | {"key": True, "misconception": None}, second | {"key": False, "misconception": "mixed-up"}, third]
    assert html_of(predict(choices=turned)) == html_of(predict())


def test_other_accepted_commands_make_the_same_page() -> None:
    assert html_of(command(accept=["SETEX a 60 2"])) == html_of(command())


def test_other_pairs_make_the_same_page() -> None:
    turned = [
        one | {"option": other["option"]} for one, other in zip(prompts(), prompts()[1:] + prompts()[:1], strict=True)
    ]
    assert html_of(match(prompts=turned)) == html_of(match())


def test_no_reason_takeaway_or_misconception_of_the_real_bank_is_in_its_pages() -> None:
    for unit in load().units:
        html = render_quiz(load(), {"set": unit.unit})
        text = BeautifulSoup(html, "lxml").text
        for item in unit.file.items:
            assert plain(item.takeaway) not in text
            assert all(plain(part.why) not in text for part in item.parts())
            assert "misconception" not in html


# ---- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attrs", "words"),
    [
        ({}, "속성이 없음입니다"),
        ({"set": "redis-vs-memcached", "items": "ec-rvm-001"}, "가운데 하나만"),
        ({"set": "none"}, "있는 묶음: redis-vs-memcached"),
        ({"items": " "}, "items가 비어 있습니다"),
        ({"items": "ec-rvm-042"}, "문항 `ec-rvm-042`을 찾을 수 없습니다"),
        ({"items": "ec-rvm-002"}, "use에 check가 없습니다"),
    ],
)
def test_a_fence_that_cannot_be_made_is_refused(attrs: dict[str, str], words: str) -> None:
    with pytest.raises(BankError, match=words):
        render_quiz(bank(choice(), choice("ec-rvm-002", use=["practice"])), attrs)


def test_a_set_without_practice_items_is_refused() -> None:
    with pytest.raises(BankError, match="연습"):
        render_quiz(bank(choice(use=["check"])), {"set": "redis-vs-memcached"})


def test_a_body_is_refused() -> None:
    with pytest.raises(BankError, match="내용 없이"):
        render_quiz(bank(choice()), {"set": "redis-vs-memcached"}, "ec-rvm-001")


def test_a_refusal_stops_the_build_instead_of_becoming_a_code_block() -> None:
    with pytest.raises(SuperFencesException, match="quiz 블록: 문항 묶음 `none`"):
        page('```{ .quiz set="none" }\n```')
