"""The service: the JSON contract with the browser's worker, and what a learner gets back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

import pytest

from labs.engine import service
from labs.engine.checks import load_checks
from labs.engine.lab import LabError, load
from labs.engine.report import RunReport
from tests.labs.conftest import Check, Run

LAB = load("cache-hit-miss")
SETUP = LAB.step("look-first").starter.partition("def get_product")[0]


def ask(write: service.Write | None = None, guard: service.Guard | None = None, **request: object) -> dict[str, object]:
    def ignore(stream: str, text: str) -> None:
        """Not listened to."""

    answer: dict[str, object] = json.loads(service.handle(json.dumps(request), write or ignore, guard))
    return answer


def test_ping_reaches_a_cache_and_comes_back() -> None:
    answer = ask(op="ping")
    assert answer["reply"] == "PONG"
    assert str(answer["python"]).startswith("3.")


def test_a_rehearsal_is_neither_heard_nor_remembered() -> None:
    heard: list[str] = []

    def ran() -> dict[str, object]:
        return ask(op="run", lab=LAB.id, step="look-first", code=LAB.step("look-first").starter, accepted={})

    before = ran()
    assert ask(write=lambda stream, text: heard.append(text), op="rehearse") == {"op": "rehearse"}
    assert heard == []
    assert ran() == before


def test_warming_up_leaves_nothing_to_load_for_a_run() -> None:
    assert ask(op="warm") == {"op": "warm"}
    before = set(sys.modules), load.cache_info().misses, load_checks.cache_info().misses
    report = ask(op="check", lab=LAB.id, step="look-first", code=LAB.step("look-first").solution)
    assert report["outcome"] == "passed"
    assert (set(sys.modules), load.cache_info().misses, load_checks.cache_info().misses) == before


def test_a_run_report_has_every_field_of_the_contract(run: Run) -> None:
    report = run("look-first", LAB.step("look-first").solution)
    assert report["op"] == "run"
    assert report["outcome"] == "ok"
    assert report["error"] is None
    assert [set(event) for event in report["trace"]] == [
        {"seq", "t", "kind", "actor", "target", "op", "key", "outcome", "ms"}
    ] * len(report["trace"])
    assert [(event["target"], event["op"], event["outcome"]) for event in report["trace"]] == [
        ("cache", "CONNECT", "ok"),
        ("cache", "GET", "hit"),
        ("cache", "GET", "miss"),
        ("db", "SELECT", "ok"),
    ]
    assert [(store["store"], store["name"]) for store in report["stores"]] == [
        ("cache", "shop.cache.lab"),
        ("database", "shop.db.lab"),
    ]
    assert set(report["stores"][0]["entries"][0]) == {"key", "type", "value", "ttl_ms", "bytes"}
    assert report["counters"] == {
        "hits": 1,
        "misses": 1,
        "hit_rate": 0.5,
        "db_reads": 1,
        "db_writes": 0,
        "virtual_ms": 14.04,
    }


def test_a_check_report_carries_the_run_of_the_step(check: Check, printed: list[str]) -> None:
    report = check("fill-on-miss", LAB.step("fill-on-miss").solution)
    assert (report["op"], report["outcome"]) == ("check", "passed")
    assert report["message"]
    assert {result["passed"] for result in report["checks"]} == {True}
    assert report["report"]["counters"]["db_reads"] == 3
    assert "".join(printed) == "적중률 62.5%, DB 조회 3회\n"


def test_output_and_errors_go_to_their_streams() -> None:
    heard: list[tuple[str, str]] = []
    code = 'import sys\nprint("밖")\nprint("안", file=sys.stderr)\n'
    ask(lambda stream, text: heard.append((stream, text)), op="run", lab=LAB.id, step="look-first", code=code)
    assert [(stream, text) for stream, text in heard if text.strip()] == [("stdout", "밖"), ("stderr", "안")]


def test_the_step_runs_after_the_accepted_code_of_earlier_steps() -> None:
    accepted = {"look-first": SETUP + "LIMIT = 7\n"}
    printed: list[str] = []
    report = ask(
        lambda stream, text: printed.append(text),
        op="run",
        lab=LAB.id,
        step="fill-on-miss",
        code="print(LIMIT, len(db.query('SELECT id FROM products')))\n",
        accepted=accepted,
    )
    assert report["outcome"] == "ok"
    assert "".join(printed) == "7 3\n"


def test_what_earlier_steps_did_is_neither_shown_nor_kept(run: Run, printed: list[str]) -> None:
    report = run("fill-on-miss", "pass\n")
    assert (report["trace"], printed) == ([], [])
    assert report["stores"][0]["entries"] == []
    assert report["counters"]["virtual_ms"] == 0


@pytest.mark.parametrize("stale", ["raise ValueError('old')\n", "def broken(:\n"])
def test_accepted_code_that_no_longer_runs_is_replaced_by_the_solution(stale: str) -> None:
    report = ask(op="run", lab=LAB.id, step="fill-on-miss", code="get_product(1)\n", accepted={"look-first": stale})
    assert report["outcome"] == "ok"


def test_two_runs_share_no_names_and_no_data(run: Run) -> None:
    run("look-first", SETUP + "leftover = 1\ncache.set('leftover', '1')\n")
    report = run("look-first", SETUP + "print(leftover)\n")
    assert report["error"] is not None
    assert report["error"]["type"] == "NameError"
    assert "leftover" not in [entry["key"] for entry in report["stores"][0]["entries"]]


def test_an_error_points_at_the_learners_own_line(run: Run) -> None:
    report = run("look-first", SETUP + "\n\ncache.lpush('k', 'v')\ncache.get('k')\n")
    error = report["error"]
    assert report["outcome"] == "error"
    assert error is not None
    assert error["type"] == "ResponseError"
    assert error["line"] == SETUP.count("\n") + 4
    assert "종류" in error["explanation"]
    assert 'File "look-first.py"' in error["traceback"]
    assert "cache.get('k')" in error["traceback"]
    assert "site-packages" not in error["traceback"]
    assert "redis/client.py" not in error["traceback"]
    assert "labs/engine" not in error["traceback"]


def test_what_happened_before_an_error_is_still_shown(run: Run) -> None:
    report = run("look-first", SETUP + "cache.set('k', 'v')\n1 / 0\n")
    assert [event["op"] for event in report["trace"]] == ["CONNECT", "SET"]
    assert "k" in [entry["key"] for entry in report["stores"][0]["entries"]]


def test_an_error_inside_a_function_of_an_earlier_step_shows_the_line_that_called_it(run: Run) -> None:
    report = run("fill-on-miss", "print(1)\nload_product([])\n")
    assert report["error"] is not None
    assert report["error"]["line"] == 2
    assert 'File "look-first.py"' in report["error"]["traceback"]


def test_a_syntax_error_has_its_line_and_no_frames(run: Run) -> None:
    report = run("look-first", "x = 1\nif x == 1\n    print(x)\n")
    error = report["error"]
    assert error is not None
    assert (error["type"], error["line"]) == ("SyntaxError", 2)
    assert "쌍점" in error["explanation"]


@pytest.mark.parametrize(
    "tampering",
    [
        "del builtins.len, builtins.print, builtins.getattr, builtins.isinstance",
        "del builtins.BaseException, builtins.SystemExit, builtins.issubclass\n1 / 0",
        "vars(builtins).clear()",
        "builtins.isinstance = None\nraise SystemExit",
    ],
)
def test_a_program_without_built_in_names_is_an_ordinary_program(tampering: str, run: Run, check: Check) -> None:
    report = run("look-first", f"{SETUP}cache.set('k', 'v')\nimport builtins\n{tampering}\n")
    assert report["outcome"] == ("error" if "1 / 0" in tampering else "ok")
    assert [event["op"] for event in report["trace"]] == ["CONNECT", "SET"]
    assert check("look-first", LAB.step("look-first").solution)["outcome"] == "passed"


def test_a_function_that_takes_built_in_names_away_is_refused_when_graded(check: Check) -> None:
    solution = LAB.step("look-first").solution.partition("print(")[0]
    before, after = "        return json.loads(cached)\n", "        product = json.loads(cached)\n"
    assert before in solution
    tampering = after + "        import builtins\n        vars(builtins).clear()\n        return product\n"
    report = check("look-first", solution.replace(before, tampering))
    assert report["outcome"] == "failed"
    assert "`builtins." in report["message"]


def test_added_built_in_names_do_not_reach_the_next_run(run: Run) -> None:
    run("look-first", "import builtins\nbuiltins.leftover = 1\n")
    report = run("look-first", "print(leftover)\n")
    assert report["error"] is not None
    assert report["error"]["type"] == "NameError"


def test_a_program_may_end_itself(run: Run, printed: list[str]) -> None:
    assert run("look-first", "print('끝')\nraise SystemExit\n")["outcome"] == "ok"
    assert "".join(printed) == "끝\n"


def test_a_main_guard_runs(run: Run, printed: list[str]) -> None:
    run("look-first", "if __name__ == '__main__':\n    print('주인공')\n")
    assert "".join(printed) == "주인공\n"


@pytest.mark.parametrize(("stop", "outcome"), [(service.Stopped, "stopped"), (service.DeadlineExceeded, "deadline")])
def test_a_guard_that_stops_the_code_decides_the_outcome(
    stop: type[service.Stopped], outcome: str, check: Check
) -> None:
    watched: list[CodeType] = []

    @contextmanager
    def guard(codes: list[CodeType]) -> Iterator[None]:
        watched.extend(codes)
        yield
        raise stop

    code = SETUP + "def get_product(product_id):\n    return [n for n in ()]\n\ncache.set('k', 'v')\n"
    report = ask(None, guard, op="run", lab=LAB.id, step="look-first", code=code)
    assert report["outcome"] == outcome
    assert "get_product" in {watched_code.co_name for watched_code in watched}
    graded = ask(None, guard, op="check", lab=LAB.id, step="look-first", code=code)
    assert graded["outcome"] == outcome
    assert "멈추" in str(graded["message"])


def test_a_stop_passes_through_a_bare_except(run: Run) -> None:
    code = (
        "from labs.engine.service import Stopped\ntry:\n    raise Stopped\nexcept Exception:\n    print('잡았습니다')\n"
    )
    assert run("look-first", code)["outcome"] == "stopped"


def test_a_fault_of_ours_is_told_apart_from_the_learners(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("engine")

    monkeypatch.setattr("labs.engine.service.perform", fail)
    report = run("look-first", "pass\n")
    assert report["outcome"] == "internal"
    assert report["error"] is not None
    assert "RuntimeError: engine" in report["error"]["traceback"]


def test_names_offer_the_labs_own_first_and_client_methods() -> None:
    names = ask(op="names", lab=LAB.id)["names"]
    assert isinstance(names, list)
    assert {"label": "get_product", "type": "function", "detail": "(product_id)"} in names
    labels = [name["label"] for name in names]
    assert len(labels) == len(set(labels))
    assert labels.index("cache") < labels.index("ttl")


def test_an_unknown_lab_or_step_is_the_callers_mistake() -> None:
    with pytest.raises(LabError, match="No such lab"):
        ask(op="run", lab="nope", step="look-first", code="")
    with pytest.raises(LabError, match="No such step"):
        ask(op="run", lab=LAB.id, step="nope", code="")


@pytest.mark.parametrize("step", [step.id for step in LAB.steps])
def test_runs_repeat_exactly(step: str, run: Run, printed: list[str]) -> None:
    def once() -> tuple[RunReport, str]:
        printed.clear()
        return run(step, LAB.step(step).solution), "".join(printed)

    assert once() == once()
