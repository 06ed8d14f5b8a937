"""The pages: `mkdocs build --strict`, then the bundles copied in, then the post-build steps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from quizzes.engine import rubric
from scripts.steps import notices, post
from scripts.steps.browser_bundle import runtime_id
from scripts.steps.stages import ROOT, StageError

INPUTS = tuple(
    ROOT / name
    for name in (
        "docs",
        "labs",
        "quizzes",
        "theme",
        "mkdocs.yml",
        "requirements.txt",
        "package-lock.json",
        "scripts/steps",
    )
)


def build(out: Path, site_url: str, app: Path, runtime: Path) -> None:
    """Write the whole site into `out`. `site_url` is where it will be served, ending in "/"; its path is the scope."""
    environment = os.environ | {
        "SITE_URL": site_url,
        "SITE_SCOPE": urlsplit(site_url).path or "/",
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(ROOT),
    }
    # Not --quiet: what it hides, --strict does not count.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--site-dir", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StageError("페이지", f"mkdocs build가 실패했습니다.\n{(done.stdout + done.stderr).strip()}")
    shutil.copytree(app, out / "assets/app", dirs_exist_ok=True)
    shutil.copytree(runtime, out / "assets/runtime" / runtime_id(runtime), dirs_exist_ok=True)
    rubric.write_all(out / "assets/quizzes")
    notices.write(out / "assets/licenses.txt", app.parent / "app-meta.json")
    post.apply_all(out)
