"""Removes what the theme ships but no page of this site loads."""

import json
import re
import shutil
from pathlib import Path

_SOURCE_MAP = re.compile(r"\n?(?://# sourceMappingURL=[^\n]*|/\*# sourceMappingURL=.*?\*/)\s*$")


def apply(site: Path) -> None:
    """Delete source maps, search stemmers of languages that are not used, the theme's icon, and empty folders left behind."""
    for path in sorted(site.rglob("*.map")):
        path.unlink()
    for path in [*site.glob("assets/javascripts/**/*.js"), *site.glob("assets/stylesheets/*.css")]:
        text = path.read_text(encoding="utf-8")
        if (bare := without_source_map(text)) != text:
            path.write_text(bare, encoding="utf-8")
    config = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["config"]
    prune_lunr(site / "assets" / "javascripts" / "lunr", config["lang"])
    (site / "assets" / "images" / "favicon.png").unlink(missing_ok=True)
    # Holds the second of the build, so that no two builds would be the same; nothing refers to it.
    (site / "sitemap.xml.gz").unlink(missing_ok=True)
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def without_source_map(text: str) -> str:
    """The code without the comment that sends developer tools to a file that is not there."""
    return _SOURCE_MAP.sub("\n", text)


def prune_lunr(folder: Path, languages: list[str]) -> None:
    """Keep only the stemmers that the search worker loads for `languages`; "en" needs none."""
    used = [language for language in languages if language != "en"]
    if not used:
        shutil.rmtree(folder, ignore_errors=True)
        return
    keep = {f"lunr.{name}.min.js" for name in (*used, "stemmer.support", *(["multi"] if len(languages) > 1 else []))}
    for path in sorted(folder.rglob("*.js")):
        if path.name not in keep:
            path.unlink()
