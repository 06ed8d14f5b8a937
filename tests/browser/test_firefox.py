"""A lab in Firefox: boot, check, run, stop and a second visit, walked by firefox_walk.mjs over WebDriver BiDi."""

import json
import subprocess
from typing import Any

import pytest

from labs.engine import lab as catalog
from scripts.steps import system_tools
from scripts.steps.stages import ROOT
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

WALK = ROOT / "tests/browser/firefox_walk.mjs"
SOLUTION = catalog.load("cache-hit-miss").step("look-first").solution
# The walk itself takes half a minute; this is for a busy machine.
PATIENCE_S = 300

type Json = dict[str, Any]


@pytest.fixture(scope="module")
def walk(root_site: Site) -> Json:
    """What Firefox saw and did."""
    firefox = system_tools.firefox()
    assert firefox is not None, "no Firefox: `apt install firefox-esr`"
    programs = json.dumps({"solution": SOLUTION, "endless": "while True: pass"})
    command = [str(ROOT / ".venv/bin/node"), str(WALK), firefox, root_site.url, programs]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    seen: Json = json.loads(done.stdout)
    return seen


def test_a_lab_is_run_and_checked(walk: Json) -> None:
    first = walk["visits"][0]
    assert "download" in first["boot"]
    assert (first["failed"]["phase"], first["passed"]["phase"]) == ("failed", "passed")
    assert first["ran"]["phase"] == "ready"
    assert first["printed"].endswith("DB 조회 1회\n")


def test_a_busy_loop_is_stopped_and_the_next_program_runs(walk: Json) -> None:
    first = walk["visits"][0]
    assert first["stopped"]["phase"] == "stopped"
    assert first["again"]["phase"] == "passed"


def test_the_second_visit_begins_with_what_the_first_kept(walk: Json) -> None:
    second = walk["visits"][1]
    assert "kept" in second["boot"]
    assert "download" not in second["boot"]
    assert second["passed"]["phase"] == "passed"
    assert "print(get_product(1))" in second["code"], "the code of the first visit is not there"


def test_firefox_has_nothing_to_complain_about(walk: Json) -> None:
    assert walk["errors"] == []
    assert walk["foreign"] == []
    assert walk["violations"] == 0
