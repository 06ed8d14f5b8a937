"""<quiz-set> in a real browser, with a small bank of every kind: what each key, button and refusal of the network does.

The pages here are this file's own: the fence's HTML, the player and the styles bundled by esbuild, the rubric, and the site's
policy. Whole units on the built site are in test_quiz_site.py.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from quizzes.engine import rubric
from quizzes.engine.bank import Bank
from quizzes.engine.fence import render_quiz
from scripts.steps.post.csp import policy_of
from scripts.steps.stages import ROOT
from scripts.steps.static_server import StaticServer
from tests.browser.conftest import Watch
from tests.browser.quiz_hands import answer, attempts, item_of, press, state
from tests.quizzes import samples

pytestmark = pytest.mark.browser

UNIT = "redis-vs-memcached"
PAGE = """<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>문제</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="../../assets/app/site.css">
<script type="module" src="../../assets/app/quiz.js"></script></head>
<body data-md-color-scheme="default"><main class="md-typeset"><h1>문제</h1>{quiz}</main></body></html>"""

EVERY_KIND = [
    samples.choice(),
    samples.multiple(),
    samples.order(),
    samples.match(),
    samples.predict(),
    samples.command(accept=["SET a 2 EX 60", 'SET a "2" PX 60000']),
]
NUMBERS = range(1, len(EVERY_KIND) + 1)

# ---- the site --------------------------------------------------------------------------------------


def esbuild(*arguments: str) -> None:
    command = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/esbuild/bin/esbuild"), *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The player and the styles, as the build bundles them."""
    out = tmp_path_factory.mktemp("app")
    esbuild(
        "quizzes/player/main.ts", "--bundle", "--format=esm", "--minify", "--charset=utf8", f"--outfile={out}/quiz.js"
    )
    esbuild("theme/styles/site.css", "--bundle", "--minify", f"--outfile={out}/site.css")
    return out


def lay_out(root: Path, app: Path, bank: Bank, pages: dict[str, dict[str, str]]) -> None:
    """Write pages (path → attributes of the fence) where the build would put them."""
    (root / "assets").mkdir(parents=True)
    (root / "assets/app").symlink_to(app)
    for path, attrs in pages.items():
        (root / path).mkdir(parents=True)
        html = PAGE.format(policy=policy_of(()), quiz=render_quiz(bank, attrs))
        (root / path / "index.html").write_text(html, encoding="utf-8")


def served(root: Path) -> Iterator[str]:
    server = StaticServer(root, "127.0.0.1", 0)
    stop = server.start()
    try:
        yield server.url
    finally:
        stop()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, app: Path) -> Iterator[str]:
    """Address of a site with one item of each kind, as a set and as checks at the end of a lesson's section."""
    root = tmp_path_factory.mktemp("small")
    with tempfile.TemporaryDirectory() as docs:
        bank = samples.bank(*EVERY_KIND)
        made = rubric.build(bank.unit(UNIT), samples.facts(), samples.docs(Path(docs)))
    pages = {
        f"quizzes/{UNIT}": {"set": UNIT},
        "lessons/two": {"items": "ec-rvm-001 ec-rvm-002"},
        "lessons/one": {"items": "ec-rvm-001"},
    }
    lay_out(root, app, bank, pages)
    (root / "assets/quizzes").mkdir()
    (root / f"assets/quizzes/{UNIT}.rubric.json").write_text(made.model_dump_json(by_alias=True), encoding="utf-8")
    yield from served(root)


def open_quiz(page: Page, address: str, path: str = f"quizzes/{UNIT}") -> Locator:
    page.goto(f"{address}{path}/")
    quiz = page.locator("quiz-set[data-ready]")
    quiz.locator("form").wait_for()
    return quiz


RIGHT = {
    "ec-rvm-001": ["bravo"],
    "ec-rvm-002": ["alpha", "charlie"],
    "ec-rvm-003": ["find", "make", "move", "drop"],
    "ec-rvm-004": ["cheap:node", "safe:replica", "large:shard"],
    "ec-rvm-005": ["bravo"],
    "ec-rvm-006": ["set  a '2' px 60000"],
}
WRONG = {
    "ec-rvm-001": ["alpha"],
    "ec-rvm-002": ["alpha", "bravo"],
    "ec-rvm-003": ["make", "find", "move", "drop"],
    "ec-rvm-004": ["cheap:node", "safe:replica", "large:region"],
    "ec-rvm-005": ["alpha"],
    "ec-rvm-006": ["SET a 2"],
}


# ---- keys ------------------------------------------------------------------------


def test_moving_through_the_choices_by_arrow_keys_submits_nothing(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    first = quiz.locator("input").first
    first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(quiz.locator("input").nth(3)).to_be_checked()
    expect(quiz.locator("input").nth(3)).to_be_enabled()
    expect(quiz.locator(".qz-verdict")).to_have_count(0)


def test_enter_on_a_choice_checks(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.locator('input[value="bravo"]').check()
    page.keyboard.press("Enter")
    expect(quiz.locator(".qz-verdict")).to_contain_text("정답입니다")


def test_digits_pick_what_is_shown_and_stay_out_of_the_way(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    page.keyboard.press("2")
    expect(quiz.locator("input:checked")).to_have_count(0)
    quiz.locator("input").first.focus()
    page.keyboard.press("3")
    expect(quiz.locator("input").nth(2)).to_be_checked()
    page.keyboard.press("9")
    expect(quiz.locator("input").nth(2)).to_be_checked()
    page.keyboard.press("Control+2")
    expect(quiz.locator("input").nth(2)).to_be_checked()


def test_single_keys_do_not_reach_the_theme(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    page.evaluate("""() => {
      window.heard = "";
      window.addEventListener("keydown", (event) => { window.heard += event.key; });
    }""")
    quiz.locator("input").first.focus()
    page.keyboard.type("npsf,./")
    assert page.evaluate("window.heard") == ""


def test_steps_are_placed_moved_and_taken_out_by_keyboard_and_the_focus_is_never_lost(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 3,").click()
    for part in ("make", "find", "move"):
        quiz.locator(f'[data-part="{part}"] .qz-step-place').focus()
        page.keyboard.press("Enter")
    expect(quiz.locator('[data-part="drop"] .qz-step-place')).to_be_focused()
    quiz.locator('[data-part="find"] .qz-step-up').focus()
    page.keyboard.press("Enter")
    assert state(page)["placed"] == ["find", "make", "move"]
    expect(quiz.get_by_role("status")).to_contain_text("1번째에 놓았습니다")
    expect(quiz.locator('[data-part="find"] .qz-step-down')).to_be_focused()
    quiz.locator('[data-part="make"] .qz-step-out').focus()
    page.keyboard.press("Enter")
    assert state(page)["placed"] == ["find", "move"]
    expect(quiz.locator('[data-part="make"] .qz-step-place')).to_be_focused()


# ---- right, wrong, incomplete ------------------------------------------------------------------------


def test_too_many_picks_are_told_and_not_judged(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 2,").click()
    answer(page, ["alpha", "bravo", "charlie"])
    press(page, "확인")
    expect(quiz.locator(".qz-hint")).to_have_text("정답은 2개입니다. 1개를 빼세요.")
    expect(quiz.locator(".qz-verdict")).to_have_count(0)


def test_a_checked_order_item_shows_the_right_order(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 3,").click()
    answer(page, WRONG["ec-rvm-003"])
    press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    assert state(page)["placed"] == RIGHT["ec-rvm-003"]
    expect(quiz.locator('[data-part="find"] .qz-mark')).to_have_text("고른 자리 2번째")
    expect(quiz.locator('[data-part="move"] .qz-mark')).to_have_text("자리가 맞음")


def test_a_checked_match_item_names_the_right_option(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 4,").click()
    answer(page, WRONG["ec-rvm-004"])
    press(page, "확인")
    expect(quiz.locator('[data-part="large"] .qz-mark')).to_have_text("정답: shard 구성")
    expect(quiz.locator('[data-part="cheap"] .qz-mark')).to_have_text("짝이 맞음")


def open_command(page: Page, address: str) -> Locator:
    """The box of the command item."""
    quiz = open_quiz(page, address)
    quiz.get_by_role("button", name="문항 6,").click()
    return quiz.get_by_role("textbox", name="명령")


def test_a_command_is_typed_letter_by_letter_and_checked_by_enter(small: str, page: Page) -> None:
    box = open_command(page, small)
    box.focus()
    page.keyboard.type("SET a 2 EX 60")
    expect(box).to_have_value("SET a 2 EX 60")
    page.keyboard.press("Enter")
    expect(page.locator(".qz-verdict")).to_contain_text("정답입니다")
    expect(page.locator(".qz-why")).to_contain_text('이렇게 써도 됩니다: SET a "2" PX 60000')


def test_a_known_wrong_command_is_answered_with_its_own_reason(small: str, page: Page) -> None:
    open_command(page, small).fill("setex a 90 2")
    press(page, "확인")
    expect(page.locator(".qz-why")).to_contain_text("SET a 2 EX 90이(가) 다른 일을 하는 까닭")
    expect(page.locator(".qz-why")).to_contain_text("정답 SET a 2 EX 60")
    expect(page.locator(".qz-why")).not_to_contain_text("이 문항이 아는 답이 아닙니다")


def test_an_unknown_command_is_wrong_and_told_what_to_compare(small: str, page: Page) -> None:
    open_command(page, small).fill("<b>GET</b> a")
    press(page, "확인")
    expect(page.locator(".qz-verdict")).to_contain_text("오답입니다")
    expect(page.locator(".qz-why")).to_contain_text("이 문항이 아는 답이 아닙니다")


def test_blanks_are_no_command(small: str, page: Page) -> None:
    open_command(page, small).fill("   ")
    press(page, "확인")
    expect(page.locator(".qz-hint")).to_have_text("아직 명령을 쓰지 않았습니다.")
    expect(page.locator(".qz-verdict")).to_have_count(0)


def test_a_program_and_its_outputs_keep_their_lines(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 5,").click()
    assert quiz.locator(".qz-program pre").inner_text().strip() == samples.PROGRAM.strip()
    assert quiz.locator('[data-part="bravo"] label').inner_text().strip() == "2\n-2"


def test_an_attempt_is_logged_with_everything_later_screens_need(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    press(page, "찍음")
    answer(page, ["bravo"])
    press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    [attempt] = attempts(page)
    assert set(attempt) == {"kind", "item", "rev", "chosen", "outcome", "confidence", "ms", "at", "mode"}
    assert attempt["kind"] == "quiz"
    assert attempt["chosen"] == ["bravo"]
    assert attempt["confidence"] == "guess"
    assert 0 < attempt["ms"] < 60_000


def test_a_confidence_can_be_taken_back(small: str, page: Page) -> None:
    open_quiz(page, small)
    press(page, "확신")
    assert state(page)["confidence"] == "확신"
    press(page, "확신")
    assert state(page)["confidence"] is None


# ---- coming back -------------------------------------------------------------------------------------


def test_another_attempt_is_shuffled_anew(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    orders = {tuple(state(page)["order"])}
    for _ in range(6):
        answer(page, state(page)["order"][:1])
        press(page, "확인")
        expect(quiz.locator(".qz-lesson")).to_be_visible()
        press(page, "다시 풀기")
        orders.add(tuple(state(page)["order"]))
    assert len(orders) > 2


def test_the_element_comes_back_when_the_page_is_replaced_in_place(small: str, page: Page) -> None:
    """What instant navigation does: other nodes, the same script, no load event."""
    quiz = open_quiz(page, small)
    quiz.get_by_role("button", name="문항 2,").click()
    answer(page, ["alpha"])
    before = state(page)
    page.evaluate("""async () => {
      const html = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
      document.querySelector("main").replaceWith(document.createElement("hr"));
      await new Promise((done) => setTimeout(done, 50));
      document.querySelector("hr").replaceWith(fresh);
    }""")
    page.locator("quiz-set[data-ready] form").wait_for()
    assert state(page) == before


def test_answers_are_kept_for_the_visit_when_storage_is_refused(small: str, page: Page) -> None:
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };")
    quiz = open_quiz(page, small)
    expect(quiz.locator(".qz-reserved")).to_contain_text("이번 방문 동안만")
    answer(page, ["bravo"])
    press(page, "확인")
    expect(quiz.locator(".qz-verdict")).to_contain_text("정답입니다")


# ---- the rubric --------------------------------------------------------------------------------------


def test_the_rubric_is_fetched_at_the_first_check_and_once(small: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "rubric" in request.url else None)
    quiz = open_quiz(page, small)
    answer(page, [])
    press(page, "확인")
    expect(quiz.locator(".qz-hint")).to_be_visible()
    assert asked == []
    for number in (1, 2):
        answer(page, RIGHT[item_of(page)])
        press(page, "확인")
        expect(quiz.locator(".qz-lesson")).to_be_visible()
        if number == 1:
            press(page, "다음 문항")
    assert len(asked) == 1


def test_a_rubric_that_does_not_come_judges_nothing_and_loses_nothing(small: str, page: Page, watch: Watch) -> None:
    quiz = open_quiz(page, small)
    page.route("**/*.rubric.json", lambda route: route.abort())
    answer(page, ["bravo"])
    press(page, "확인")
    expect(quiz.locator(".qz-hint")).to_contain_text("정답을 받지 못했습니다")
    expect(quiz.get_by_role("status")).to_contain_text("정답을 받지 못했습니다")
    expect(quiz.locator('input[value="bravo"]')).to_be_checked()
    expect(quiz.locator('input[value="bravo"]')).to_be_enabled()
    page.unroute("**/*.rubric.json")
    press(page, "확인")
    expect(quiz.locator(".qz-verdict")).to_contain_text("정답입니다")
    # The browser reports the failed download that this test made.
    assert all("Failed to load resource" in error for error in watch.errors)
    watch.errors.clear()


def test_a_rubric_of_another_revision_judges_nothing(small: str, page: Page) -> None:
    def newer(route: object) -> None:
        response = route.fetch()  # type: ignore[attr-defined]
        body = response.json()
        body["items"]["ec-rvm-001"]["rev"] = 2
        route.fulfill(response=response, json=body)  # type: ignore[attr-defined]

    quiz = open_quiz(page, small)
    page.route("**/*.rubric.json", newer)
    answer(page, ["bravo"])
    press(page, "확인")
    expect(quiz.locator(".qz-hint")).to_contain_text("방금 바뀌었습니다")
    expect(quiz.locator(".qz-verdict")).to_have_count(0)


# ---- results -----------------------------------------------------------------------------------------


def do_all(page: Page, quiz: Locator, answers: dict[str, list[str]]) -> None:
    for number in range(1, len(answers) + 1):
        answer(page, answers[item_of(page)])
        press(page, "확인")
        expect(quiz.locator(".qz-lesson")).to_be_visible()
        press(page, "다음 문항" if number < len(answers) else "결과 보기")


def test_the_result_names_what_is_weak_and_only_the_wrong_ones_come_again(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    press(page, "확신")
    do_all(page, quiz, RIGHT | {"ec-rvm-001": ["alpha"], "ec-rvm-003": WRONG["ec-rvm-003"]})
    expect(quiz.locator(".qz-result-title")).to_be_focused()
    expect(quiz.locator(".qz-result-title")).to_have_text("6문항 가운데 4문항을 한 번에 맞혔습니다")
    weak = quiz.locator(".qz-weak li")
    expect(weak).to_contain_text("고른다")
    expect(weak).to_contain_text("6문항 중 2문항 틀림")
    expect(weak.get_by_role("link")).to_have_text("엔진 고르기")
    expect(quiz.locator(".qz-item-links")).to_contain_text("확신했는데 틀린 문항 1번", use_inner_text=True)

    press(page, "틀린 것만 다시 (2)")
    assert item_of(page) == "ec-rvm-001"
    answer(page, RIGHT["ec-rvm-001"])
    press(page, "확인")
    press(page, "다음 문항")
    assert item_of(page) == "ec-rvm-003"
    answer(page, RIGHT["ec-rvm-003"])
    press(page, "확인")
    press(page, "결과 보기")
    expect(quiz.locator(".qz-result-title")).to_have_text("6문항 가운데 4문항을 한 번에 맞혔습니다")
    expect(quiz.locator(".qz-results")).to_contain_text("지금은 6문항 가운데 6문항이 맞았습니다")

    page.reload()
    expect(quiz.locator(".qz-weak")).to_contain_text("6문항 중 2문항 틀림")
    press(page, "처음부터 다시")
    expect(quiz.get_by_role("button", name="문항 1, 아직 안 풂")).to_be_visible()


def test_skipped_items_can_be_found_again(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    press(page, "나중에 풀기")
    assert item_of(page) == "ec-rvm-002"
    answer(page, RIGHT["ec-rvm-002"])
    expect(quiz.get_by_role("button", name="문항 2, 푸는 중")).to_be_visible()
    press(page, "확인")
    expect(quiz.get_by_role("button", name="문항 2, 맞음")).to_be_visible()
    press(page, "다음 문항")
    for _ in NUMBERS[2:]:
        press(page, "나중에 풀기")
    assert item_of(page) == "ec-rvm-001"


def test_a_check_of_one_item_has_no_rounds_and_no_results(small: str, page: Page) -> None:
    quiz = open_quiz(page, small, "lessons/one")
    expect(quiz.locator(".qz-dot")).to_have_count(0)
    answer(page, ["bravo"])
    press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    expect(quiz.get_by_role("button", name="다음 문항")).to_have_count(0)
    expect(quiz.get_by_role("button", name="결과 보기")).to_have_count(0)
    assert [one["mode"] for one in attempts(page)] == ["check"]


def test_a_check_and_a_set_keep_their_own_place(small: str, page: Page) -> None:
    open_quiz(page, small, "lessons/two")
    answer(page, ["bravo"])
    open_quiz(page, small)
    assert state(page)["picked"] == []
    open_quiz(page, small, "lessons/two")
    assert state(page)["picked"] == ["bravo"]


def test_a_report_can_be_copied_and_sends_nothing(small: str, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiz = open_quiz(page, small)
    answer(page, ["alpha"])
    press(page, "확인")
    expect(quiz.locator(".qz-lesson")).to_be_visible()
    press(page, "이 문항 신고")
    press(page, "복사")
    expect(quiz.get_by_role("status")).to_contain_text("복사했습니다")
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert "[문항 신고] ec-rvm-001 (rev 1)" in copied
    assert "고른 답: alpha" in copied


# ---- semantics ------------------------------------------------------------------------


def test_there_is_one_status_region_from_the_start(small: str, page: Page) -> None:
    quiz = open_quiz(page, small)
    expect(quiz.get_by_role("status")).to_have_count(1)
    expect(quiz.get_by_role("status")).to_have_text("")


def test_until_the_player_is_ready_one_item_is_shown_and_its_choices_wait(small: str, page: Page) -> None:
    page.route("**/quiz.js", lambda route: None)
    page.goto(f"{small}quizzes/{UNIT}/", wait_until="commit")
    expect(page.locator("form.qz-item").first).to_be_visible()
    expect(page.locator("form.qz-item").nth(1)).to_be_hidden()
    expect(page.locator("form.qz-item .qz-choices").first).to_be_hidden()
    # A player that never comes leaves a quiz that can at least be read.
    expect(page.locator("form.qz-item .qz-choices").first).to_be_visible(timeout=8_000)
