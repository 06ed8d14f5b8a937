"""The yardstick: Pyodide as npm ships it and the wheels as PyPI has them, booted the way its documentation says.

Self-hosted and in a module worker like ours, on a page with nothing else, so that whatever the site adds counts against the site.
"""

import io
import shutil
import zipfile
from pathlib import Path

from scripts.steps.runtime_bundle import PYODIDE, installed_wheel, write_wheel

WHEELS = ("fakeredis", "redis", "sortedcontainers")
_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>yardstick</title><link rel="icon" href="data:,">
<script type="module" src="page.js"></script></html>
"""
_SCRIPT = """/** `measure()`: milliseconds from the start of the worker to the first reply of fakeredis. */
globalThis.measure = () => new Promise((resolve, reject) => {
  const began = performance.now();
  const worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => data === "PONG" ? resolve(performance.now() - began) : reject(new Error(data));
  worker.onerror = (event) => reject(new Error(event.message));
});
"""
# `packages` downloads the wheels while the runtime starts: the quickest of the ways in Pyodide's documentation.
_WORKER = """import {{ loadPyodide }} from "./pyodide.mjs";
const pyodide = await loadPyodide({{ packages: {wheels}.map((name) => new URL(name, import.meta.url).href) }});
postMessage(pyodide.runPython(`
import fakeredis
client = fakeredis.FakeRedis(decode_responses=True)
client.set("ping", "PONG")
client.get("ping")
`));
"""


def make(out: Path) -> None:
    """Write the page, its worker, Pyodide and the wheels into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        shutil.copyfile(PYODIDE / name, out / name)
    wheels = [_deflated(write_wheel(installed_wheel(name), out)).name for name in WHEELS]
    (out / "worker.js").write_text(_WORKER.format(wheels=wheels), encoding="utf-8")
    (out / "page.js").write_text(_SCRIPT, encoding="utf-8")
    (out / "index.html").write_text(_PAGE, encoding="utf-8")


def _deflated(wheel: Path) -> Path:
    """`wheel`, compressed as wheels on PyPI are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(wheel) as stored, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    wheel.write_bytes(buffer.getvalue())
    return wheel
