"""The browser bundle: TypeScript and CSS of theme, labs and quizzes into assets/app, by esbuild.

Three entries with shared chunks, so that a page without a lab or a quiz loads only shell.js: the shell imports a player by
name when the page holds an element that asks for one. The worker is a file of its own because it starts from a blob.
"""

import hashlib
import json
import subprocess
from pathlib import Path

from scripts.steps.stages import ROOT, StageError

ENTRIES = {
    "shell": "theme/shell/main.ts",
    "lab": "labs/player/main.ts",
    "quiz": "quizzes/player/main.ts",
}
WORKER = "labs/player/runtime/worker.ts"
# A classic script: the theme starts its search worker without type "module".
SEARCH_WORKER = "theme/shell/search-worker.ts"
STYLES = "theme/styles/site.css"
INPUTS = tuple(
    ROOT / name
    for name in (
        "theme",
        "labs/player",
        "quizzes/player",
        "package-lock.json",
        "tsconfig.json",
        "scripts/steps/browser_bundle.py",
    )
)


def build(out: Path, runtime: Path) -> None:
    """Write shell.js, lab.js, quiz.js, their chunks, lab-worker.js, search-worker.js and site.css into `out`.

    `runtime` is the finished runtime bundle; its id is compiled into the player, so that a new runtime is a new URL.
    """
    common = [
        "--bundle",
        "--format=esm",
        "--target=es2022",
        "--minify",
        "--legal-comments=none",
        "--charset=utf8",
        "--loader:.py=text",
        *defines(runtime),
        "--log-level=warning",
    ]
    entries = [f"{name}={path}" for name, path in ENTRIES.items()]
    _esbuild(
        [
            *entries,
            *common,
            "--splitting",
            "--chunk-names=chunk-[hash]",
            f"--outdir={out}",
            f"--metafile={out}/meta.json",
        ]
    )
    _esbuild([WORKER, *common, f"--outfile={out / 'lab-worker.js'}"])
    _esbuild(
        [
            SEARCH_WORKER,
            "--bundle",
            "--format=iife",
            "--target=es2022",
            "--minify",
            "--log-level=warning",
            f"--outfile={out / 'search-worker.js'}",
        ]
    )
    _esbuild(
        [STYLES, "--bundle", "--minify", "--target=es2022", "--log-level=warning", f"--outfile={out / 'site.css'}"]
    )
    (out / "meta.json").rename(out.parent / "app-meta.json")


def defines(runtime: Path) -> list[str]:
    """esbuild's arguments for what the player knows of the runtime bundle (labs/player/runtime/modules.d.ts)."""
    bundle = {
        "files": json.loads((runtime / "manifest.json").read_text())["files"],
        "lock": json.loads((runtime / "pyodide-lock.json").read_text()),
    }
    return [f"--define:RUNTIME_ID={json.dumps(runtime_id(runtime))}", f"--define:RUNTIME_BUNDLE={json.dumps(bundle)}"]


def runtime_id(runtime: Path) -> str:
    """The first 12 hex digits of the SHA-256 of the runtime's manifest, which lists every file with its hash."""
    return hashlib.sha256((runtime / "manifest.json").read_bytes()).hexdigest()[:12]


def _esbuild(arguments: list[str]) -> None:
    command = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/esbuild/bin/esbuild"), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StageError("브라우저 코드", f"esbuild가 실패했습니다.\n{done.stderr.strip()}")
