"""The licences of what the site redistributes, gathered from the packages themselves into one text file.

Which npm packages end up in the site is read off esbuild's own record of the bundle, not kept by hand.
"""

import importlib.metadata
import json
import re
from collections.abc import Iterable
from pathlib import Path

from scripts.steps.stages import ROOT

# In every page (theme) or in the runtime bundle; a test compares the second group with the bundle's lock file.
THEME_PACKAGES = ("mkdocs-material",)
RUNTIME_PACKAGES = ("fakeredis", "redis", "sortedcontainers", "pymemcache")
NPM_ALWAYS = ("pyodide", "zstddec", "@expo-google-fonts/noto-sans-kr")
_LICENCE_FILE = re.compile(r"(LICEN[CS]E|NOTICE|COPYING)", re.IGNORECASE)
_PYODIDE_NOTE = """\
Pyodide, CPython compiled to WebAssembly with its standard library, is under the Mozilla Public License 2.0
(https://www.mozilla.org/MPL/2.0/); its source is at https://github.com/pyodide/pyodide. CPython and its standard library are
under the PSF License Agreement (https://docs.python.org/3/license.html)."""


def write(out: Path, metafile: Path) -> None:
    """Write the notices to `out`. `metafile` is esbuild's record of the browser bundle. Raises ValueError for a package
    that states no licence."""
    sections = [_python_section(name) for name in (*THEME_PACKAGES, *RUNTIME_PACKAGES)]
    sections += [_npm_section(name) for name in sorted({*bundled_packages(metafile), *NPM_ALWAYS})]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(("\n" + "=" * 100 + "\n\n").join(sections), encoding="utf-8")


def bundled_packages(metafile: Path) -> set[str]:
    """Names of the npm packages whose files esbuild put into the bundle."""
    inputs: Iterable[str] = json.loads(metafile.read_text())["inputs"]
    found = (re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", name) for name in inputs)
    return {match.group(1) for match in found if match}


def _python_section(name: str) -> str:
    metadata = importlib.metadata.distribution(name)
    texts = [
        Path(str(file.locate())).read_text(encoding="utf-8")
        for file in metadata.files or ()
        if _LICENCE_FILE.search(file.name) and ".dist-info" in str(file)
    ]
    return _section(f"{name} {metadata.version}", _stated(metadata.metadata), texts)


def _stated(metadata: importlib.metadata.PackageMetadata) -> str:
    fields = metadata.json
    stated = fields.get("license_expression") or fields.get("license") or ""
    return str(stated).splitlines()[0] if stated else ""


def _npm_section(name: str) -> str:
    folder = ROOT / "node_modules" / name
    package = json.loads((folder / "package.json").read_text())
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()) if _LICENCE_FILE.search(file.name)]
    return _section(f"{name} {package['version']}", package.get("license", ""), texts or _known_text(name))


def _known_text(name: str) -> list[str]:
    return [_PYODIDE_NOTE] if name == "pyodide" else []


def _section(title: str, stated: str, texts: list[str]) -> str:
    if not texts:
        raise ValueError(
            f"{title}: 라이선스 전문을 찾지 못했습니다. 패키지를 확인하고 scripts/steps/notices.py에 적으세요."
        )
    if re.search(r"\bA?GPL", stated):
        raise ValueError(f"{title}: {stated}입니다. 사이트에는 GPL 코드를 싣지 않습니다. 다른 패키지를 고르세요.")
    return f"{title} ({stated or '아래 전문 참고'})\n\n" + "\n\n".join(text.strip() for text in texts) + "\n"
