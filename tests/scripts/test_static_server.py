"""The server behind scripts/serve.py and the browser tests."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.steps.static_server import Changes, StaticServer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lesson").mkdir()
    (tmp_path / "lesson/index.html").write_text("<body>lesson</body>")
    (tmp_path / "404.html").write_text("<body>없는 페이지</body>")
    (tmp_path / "code.wasm").write_bytes(b"\0asm")
    return tmp_path


def get(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode(errors="replace")


@pytest.fixture(params=["/", "/repo/"])
def url(request: pytest.FixtureRequest, root: Path) -> Iterator[str]:
    server = StaticServer(root, "127.0.0.1", 0, base=request.param)
    stop = server.start()
    yield server.url
    stop()


def test_pages_and_files_are_served_with_their_types(url: str) -> None:
    assert get(url + "lesson/") == (200, "text/html; charset=utf-8", "<body>lesson</body>")
    assert get(url + "code.wasm")[1] == "application/wasm"


def test_an_unknown_address_gets_the_sites_own_404_page(url: str) -> None:
    status, kind, body = get(url + "nothing/")
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert "없는 페이지" in body


def test_nothing_outside_the_base_or_the_folder_is_served(url: str, root: Path) -> None:
    (root.parent / "secret.txt").write_text("secret")
    assert "secret" not in get(url + "%2e%2e/secret.txt")[2]
    if url.endswith("/repo/"):
        assert get(url.removesuffix("repo/") + "lesson/")[0] == 404


def test_the_sitemap_names_the_address_it_is_served_at(url: str, root: Path) -> None:
    (root / "sitemap.xml").write_text("<loc>http://127.0.0.1:8000/repo/lesson/</loc>")
    origin = url.removesuffix("repo/")
    assert get(url + "sitemap.xml")[2] == f"<loc>{origin}repo/lesson/</loc>"


def test_a_page_reloads_after_a_build_only_when_asked_to(root: Path) -> None:
    changes = Changes()
    server = StaticServer(root, "127.0.0.1", 0, changes=changes)
    stop = server.start()
    try:
        assert "@dev/reload.js" in get(server.url + "lesson/")[2]
        assert "EventSource" in get(server.url + "@dev/reload.js")[2]
        with urllib.request.urlopen(server.url + "@dev/changes", timeout=5) as events:
            # The server waits in another thread: announce until it has surely begun to wait.
            done = threading.Event()

            def announce_until_done() -> None:
                while not done.wait(0.05):
                    changes.announce()

            announcer = threading.Thread(target=announce_until_done)
            announcer.start()
            first = events.readline()
            done.set()
            announcer.join()
        assert first == b"data: built\n"
    finally:
        stop()
