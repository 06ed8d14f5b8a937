"""The learning record in a real IndexedDB: kept across visits, apart per site, and never in the way of an unreadable one."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from scripts.steps.stages import ROOT
from scripts.steps.static_server import StaticServer

pytestmark = pytest.mark.browser

QUIZ = {
    "kind": "quiz", "item": "ec-rvm-001", "rev": 1, "chosen": ["b"], "outcome": "wrong",
    "confidence": "sure", "ms": 8200, "at": 1795000000000, "mode": "practice",
}  # fmt: skip
LAB = {
    "kind": "lab",
    "lab": "cache-hit-miss",
    "step": "look-first",
    "rev": 1,
    "outcome": "passed",
    "ms": 41000,
    "at": 1795000100000,
}

OPEN = """
async () => {
  const { learningRecord } = await import(new URL("assets/app/record.js", document.baseURI).href);
  window.record = await learningRecord();
}
"""
# Any database of ours, opened without our code. Returns what `work` gives.
RAW = """
async ([name, version, stores]) => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store, { autoIncrement: true }));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.close();
}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that is nothing but the record, where the build would put it."""
    folder = tmp_path_factory.mktemp("record")
    subprocess.run(
        [
            ROOT / ".venv/bin/node",
            ROOT / "node_modules/esbuild/bin/esbuild",
            "theme/record/index.ts",
            "--bundle",
            "--format=esm",
            f"--outfile={folder / 'assets/app/record.js'}",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (folder / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><title>record</title>')
    return folder


@pytest.fixture(params=["/", "/repo/"])
def url(request: pytest.FixtureRequest, root: Path) -> Iterator[str]:
    server = StaticServer(root, "127.0.0.1", 0, base=request.param)
    stop = server.start()
    yield server.url
    stop()


def name_of(url: str) -> str:
    return "elasticache-classroom:" + ("/repo/" if url.endswith("/repo/") else "/")


def test_attempts_and_drafts_are_there_after_a_reload(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(OPEN)
    page.evaluate("async ([quiz, lab]) => { await record.append(quiz); await record.append(lab); }", [QUIZ, LAB])
    page.evaluate("() => record.saveDraft('lab:cache-hit-miss/look-first', { code: 'cache.get(key)', at: 1 })")
    page.reload()
    page.evaluate(OPEN)
    assert page.evaluate("() => record.persistent") is True
    assert page.evaluate("() => record.attempts()") == [QUIZ, LAB]
    assert page.evaluate("() => record.loadDraft('lab:cache-hit-miss/look-first')") == {
        "code": "cache.get(key)",
        "at": 1,
    }


def test_the_database_carries_the_path_of_the_site(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(OPEN)
    assert page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)") == [name_of(url)]


def test_a_database_of_a_newer_version_is_left_alone(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(RAW, [name_of(url), 99, ["attempts", "drafts", "aside", "future"]])
    page.evaluate(OPEN)
    page.evaluate("(quiz) => record.append(quiz)", QUIZ)
    assert page.evaluate("() => record.persistent") is True
    page.reload()
    page.evaluate(OPEN)
    assert page.evaluate("() => record.attempts()") == [QUIZ]
    versions = page.evaluate(
        "async () => Object.fromEntries((await indexedDB.databases()).map((d) => [d.name, d.version]))"
    )
    assert versions == {name_of(url): 99, f"{name_of(url)}#schema-1": 1}


def test_a_database_without_our_stores_is_left_alone(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(RAW, [name_of(url), 1, ["something-else"]])
    page.evaluate(OPEN)
    page.evaluate("(lab) => record.append(lab)", LAB)
    assert page.evaluate("() => record.attempts()") == [LAB]
    names = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name).sort()")
    assert names == [name_of(url), f"{name_of(url)}#schema-1"]


def test_an_unreadable_line_moves_aside_and_is_kept(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(OPEN)
    page.evaluate(
        "async ([quiz, broken]) => { await record.append(broken); await record.append(quiz); }", [QUIZ, {"kind": "?"}]
    )
    assert page.evaluate("() => record.attempts()") == [QUIZ]
    counts = page.evaluate(
        """async (name) => {
          const database = await new Promise((resolve) => {
            indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
          });
          const count = (store) => new Promise((resolve) => {
            database.transaction(store).objectStore(store).count().onsuccess = (event) => resolve(event.target.result);
          });
          return [await count("attempts"), await count("aside")];
        }""",
        name_of(url),
    )
    assert counts == [1, 1]


def test_without_indexeddb_the_record_lives_for_this_visit(url: str, page: Page) -> None:
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };")
    page.goto(url)
    page.evaluate(OPEN)
    page.evaluate("(quiz) => record.append(quiz)", QUIZ)
    assert page.evaluate("() => record.persistent") is False
    assert page.evaluate("() => record.attempts()") == [QUIZ]


def test_two_tabs_write_one_log(url: str, page: Page) -> None:
    page.goto(url)
    page.evaluate(OPEN)
    other = page.context.new_page()
    other.goto(url)
    other.evaluate(OPEN)
    page.evaluate("(quiz) => record.append(quiz)", QUIZ)
    other.evaluate("(lab) => record.append(lab)", LAB)
    assert page.evaluate("() => record.attempts()") == [QUIZ, LAB]
    other.close()
