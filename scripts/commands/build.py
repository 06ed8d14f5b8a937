"""Build the site: runtime bundle, browser bundle, pages, post-build. Stages whose inputs have not changed are skipped."""

import argparse
import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.steps import browser_bundle, pages, runtime_bundle
from scripts.steps.stages import ROOT, Stage, StageError

RUNTIME = ROOT / "build/runtime"
APP = ROOT / "build/app"
LOCK = ROOT / "build/build.lock"
DEFAULT_URL = "http://127.0.0.1:8000/"


def main() -> int:
    """Entry of `python3 scripts/build.py`. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/build.py", description="사이트를 site/ 폴더에 만듭니다.")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="만들 폴더 (기본: site)")
    parser.add_argument("--site-url", default=DEFAULT_URL, help=f"사이트가 놓일 주소 (기본: {DEFAULT_URL})")
    arguments = parser.parse_args()
    try:
        build(arguments.out.resolve(), arguments.site_url)
    except StageError as error:
        print(f"[{error.stage}] 단계에서 멈췄습니다.\n{error}", file=sys.stderr)
        return 1
    print(f"사이트를 만들었습니다: {arguments.out}")
    return 0


def build(out: Path, site_url: str, say: Callable[[str], None] = print) -> bool:
    """Bring the site in `out`, to be served at `site_url`, up to date. Returns whether pages were made. Raises StageError."""
    with _one_at_a_time():
        return _build(out, site_url, say)


def build_runtime(say: Callable[[str], None] = print) -> Path:
    """Bring the bundle that labs boot from up to date, and nothing else. Returns its folder. Raises StageError."""
    with _one_at_a_time():
        _runtime().run(say)
    return RUNTIME


def _runtime() -> Stage:
    return Stage("실습 실행 환경", RUNTIME, runtime_bundle.INPUTS, runtime_bundle.build)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A second build (a test run beside `serve`, say) waits for the first: they share the folders of the stages."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(out: Path, site_url: str, say: Callable[[str], None]) -> bool:
    _runtime().run(say)
    Stage(
        "브라우저 코드",
        APP,
        (*browser_bundle.INPUTS, RUNTIME / "manifest.json"),
        lambda fresh: browser_bundle.build(fresh, RUNTIME),
    ).run(say)
    address = site_url if site_url.endswith("/") else site_url + "/"
    return Stage(
        "페이지",
        out,
        (*pages.INPUTS, RUNTIME / "manifest.json", APP),
        lambda fresh: pages.build(fresh, address, APP, RUNTIME),
        settings=address,
    ).run(say)


if __name__ == "__main__":
    sys.exit(main())
