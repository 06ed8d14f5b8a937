"""Removes what the theme ships but this site does not need."""

import json
import re
import shutil
from pathlib import Path

_SOURCE_MAP = re.compile(r"\n?(?://# sourceMappingURL=[^\n]*|/\*# sourceMappingURL=.*?\*/)\s*$")

_PALETTE = re.compile(r'[ \t]*<link rel="stylesheet" href="[^"]*assets/stylesheets/palette\.[^"]*">\n?')


def apply(site: Path) -> None:
    """Delete source maps, stemmers of languages that are not used, the theme's icon and palettes, and empty folders."""
    for path in sorted(site.rglob("*.map")):
        path.unlink()
    for path in [*site.glob("assets/javascripts/**/*.js"), *site.glob("assets/stylesheets/*.css")]:
        text = path.read_text(encoding="utf-8")
        if (bare := without_source_map(text)) != text:
            path.write_text(bare, encoding="utf-8")
    config = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["config"]
    prune_lunr(site / "assets" / "javascripts" / "lunr", config["lang"])
    for path in sorted(site.rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        if (plain := without_palette(html)) != html:
            path.write_text(plain, encoding="utf-8")
    for path in site.glob("assets/stylesheets/palette.*.css"):
        path.unlink()
    (site / "assets" / "images" / "favicon.png").unlink(missing_ok=True)
    # Holds the second of the build, so that no two builds would be the same; nothing refers to it.
    (site / "sitemap.xml.gz").unlink(missing_ok=True)
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def without_source_map(text: str) -> str:
    """The code without the comment that sends developer tools to a file that is not there."""
    return _SOURCE_MAP.sub("\n", text)


def without_palette(html: str) -> str:
    """The page without the theme's colour palettes: theme/styles/base.css sets every colour they would."""
    return _PALETTE.sub("", html)


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
