"""A lab in a browser whose storage fails: the learner sees nothing wrong, is told what will not last, and loses nothing typed.

What becomes of Python's kept memory then is in test_runtime.py; the learning record by itself is in test_record.py.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_lab_ui import LAB, code_of, open_lab, step_of, write_code

pytestmark = pytest.mark.browser

MINE = "# 내가 쓴 줄\n"
REFUSING = "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };"
SILENT = "IDBFactory.prototype.open = () => new EventTarget();"
# Opens the record's database as a stranger would.
DATABASE = """
async ([path, version, stores, key, draft]) => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(`elasticache-classroom:${path}`, version);
    request.onupgradeneeded = () => {
      for (const [name, options] of stores) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  if (key !== null) {
    const writing = database.transaction("drafts", "readwrite");
    writing.objectStore("drafts").put(draft, key);
    await new Promise((resolve) => { writing.oncomplete = resolve; });
  }
  database.close();
}
"""
# Everything the record's database holds as drafts, by key.
DRAFTS = """
async (path) => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(`elasticache-classroom:${path}`);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const store = database.transaction("drafts").objectStore("drafts");
  const all = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const [keys, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
  database.close();
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}
"""
STORES = [["attempts", {"autoIncrement": True}], ["drafts", {}], ["aside", {"autoIncrement": True}]]


def go_away_and_come_back(page: Page) -> Locator:
    """To a lesson and back without a page load, as a reader goes. The first step."""
    page.evaluate("window.__realm = 'kept'")
    for path in ("lessons/db-cache/", f"labs/{LAB}/"):
        page.evaluate("(path) => document.querySelector(`a[href$='${path}']`).click()", path)
        expect(page).to_have_url(re.compile(f"{re.escape(path)}$"))
    assert page.evaluate("window.__realm") == "kept"
    first = step_of(page, "look-first")
    first.locator(".cm-content").wait_for()
    return first


def saving(first: Locator, state: str) -> None:
    expect(first.locator(".lab-saving")).to_have_attribute("data-saving", state)


@pytest.mark.parametrize("fault", ["refusing", "silent", "full"])
def test_what_cannot_be_saved_stays_for_this_visit_and_the_page_says_so(
    root_site: Site, page: Page, fault: str
) -> None:
    if fault == "full":
        session = page.context.new_cdp_session(page)
        origin = root_site.url.removesuffix("/")
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    else:
        page.add_init_script(REFUSING if fault == "refusing" else SILENT)
    first = open_lab(page, root_site)
    write_code(first, MINE)
    saving(first, "memory")
    expect(first.locator(".lab-note")).to_contain_text("창을 닫으면 코드가 사라집니다")
    first = go_away_and_come_back(page)
    assert MINE.strip() in code_of(first)


def work_is_kept(site: Site, page: Page) -> None:
    """What is written now is there after the next visit begins."""
    first = open_lab(page, site)
    write_code(first, MINE)
    saving(first, "saved")
    page.reload()
    first.locator(".cm-content").wait_for()
    assert MINE.strip() in code_of(first)


def test_a_record_of_a_later_version_is_left_alone_and_work_is_saved_beside_it(root_site: Site, page: Page) -> None:
    page.goto(root_site.url + "404.html")
    page.evaluate(DATABASE, [root_site.base, 99, [*STORES, ["later", {}]], None, None])
    work_is_kept(root_site, page)
    databases = page.evaluate("indexedDB.databases().then((all) => all.map(({ version }) => version))")
    assert 99 in databases


def test_a_draft_that_cannot_be_read_is_set_aside_and_not_in_the_way(root_site: Site, page: Page) -> None:
    page.goto(root_site.url + "404.html")
    draft = {"schema": "?", "code": 7}
    page.evaluate(DATABASE, [root_site.base, 1, STORES, f"lab:{LAB}/look-first", draft])
    work_is_kept(root_site, page)
    aside = [kept for key, kept in page.evaluate(DRAFTS, root_site.base).items() if "/set-aside/" in key]
    assert aside == [draft]
