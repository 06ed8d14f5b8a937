"""The way out stays open: Zensical, the successor of the theme's maker, builds the same pages with the same anchors.

mkdocs-material is in maintenance until 2027-05-05. Both generators read mkdocs.yml, docs/ and theme/; what they make of the
article of each page is compared before the post-build steps.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from scripts.steps.stages import ROOT

# Where Zensical's own template differs: its skip link has an id inside the article, and its 404 page links to the home page.
THEIRS = {"__skip"}
NOT_OURS = "404.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of both builds. Zensical writes beside its configuration and follows no links, so it gets a copy."""
    room = tmp_path_factory.mktemp("generators")
    for name in ("docs", "theme"):
        shutil.copytree(ROOT / name, room / name)
    shutil.copy(ROOT / "mkdocs.yml", room)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
    mkdocs, zensical = room / "mkdocs", room / "build/pages"
    for command in (
        ["mkdocs", "build", "--strict", "--site-dir", str(mkdocs)],
        ["zensical", "build", "--strict", "--clean"],
    ):
        # -P: the fences come from the project, not from the copy in the working folder.
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command],
            cwd=room,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return mkdocs, zensical


def pages(site: Path) -> dict[str, Tag]:
    """The article of every page, by path."""
    found = {}
    for file in site.rglob("*.html"):
        article = BeautifulSoup(file.read_text(encoding="utf-8"), "lxml").select_one("article")
        assert article is not None, file
        found[file.relative_to(site).as_posix()] = article
    return found


def test_both_generators_make_the_same_pages_anchors_words_and_links(built: tuple[Path, Path]) -> None:
    ours, theirs = (pages(site) for site in built)
    assert len(ours) > 25
    assert ours.keys() == theirs.keys()
    for path in ours.keys() - {NOT_OURS}:
        one, other = ours[path], theirs[path]
        ids = [tag["id"] for tag in other.select("[id]") if tag["id"] not in THEIRS]
        assert [tag["id"] for tag in one.select("[id]")] == ids, path
        assert one.get_text().split() == other.get_text().split(), path
        assert [tag["href"] for tag in one.select("a[href]")] == [tag["href"] for tag in other.select("a[href]")], path
