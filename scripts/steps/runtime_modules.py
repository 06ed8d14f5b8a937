"""Which modules go into the runtime bundle: a committed list, derived by running every lab, never edited by hand.

`python -m scripts.steps.runtime_modules` writes it anew; a test fails when the list is not what the labs now need. Derived: stock
Pyodide boots on Node, grades every program of the catalog (runtime_probe.py) and says what was imported. For the packages, what
their own functions import later on is added, because a learner may take a path that no lab takes.
"""

import ast
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.steps.stages import ROOT, StageError

LIST = ROOT / "scripts/steps/runtime_modules.txt"
_HEADER = "# Written by `python -m scripts.steps.runtime_modules`. One file a line: of the standard library, then of packages.\n"
_PACKAGES_BELOW = "# packages\n"


@dataclass(frozen=True)
class Kept:
    """Paths of .py files: `stdlib` inside python_stdlib.zip, `packages` below site-packages."""

    stdlib: frozenset[str]
    packages: frozenset[str]


def read(file: Path = LIST) -> Kept:
    """The committed list."""
    stdlib, _, packages = file.read_text(encoding="utf-8").partition(_PACKAGES_BELOW)
    return Kept(frozenset(_lines(stdlib)), frozenset(_lines(packages)))


def derive() -> tuple[Kept, list[str]]:
    """What the labs need now, and the programs of the catalog that Pyodide judges otherwise than they were recorded.

    Takes about a minute. Raises StageError.
    """
    site_packages = Path(str(importlib.metadata.distribution("redis").locate_file(".")))
    command = [
        str(Path(sys.prefix) / "bin/node"),
        str(ROOT / "scripts/steps/runtime_probe.mjs"),
        str(site_packages),
        str(ROOT),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StageError(
            "실습에 쓰는 모듈 목록", f"실습을 Pyodide에서 돌리지 못했습니다.\n{done.stderr.strip()[-2000:]}"
        )
    found = json.loads(done.stdout.splitlines()[-1])
    kept = Kept(frozenset(found["stdlib"]), frozenset(_with_late_imports(site_packages, found["packages"])))
    return kept, found["misjudged"]


def text(kept: Kept) -> str:
    """`kept` as the list file holds it."""
    return _HEADER + _block(kept.stdlib) + _PACKAGES_BELOW + _block(kept.packages)


def _block(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in sorted(names))


def _lines(block: str) -> Iterator[str]:
    return (line for line in block.splitlines() if line and not line.startswith("#"))


def _with_late_imports(site_packages: Path, loaded: Iterable[str]) -> set[str]:
    """`loaded` and every file of the same distributions that its functions would import when called."""
    waiting, found = list(loaded), set[str]()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _late_imports(site_packages, path)
    return found


def _late_imports(site_packages: Path, path: str) -> Iterator[str]:
    tree = ast.parse((site_packages / path).read_text(encoding="utf-8"))
    package = path.split("/")[:-1]
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *(node.module.split(".") if node.module else [])]
            targets = [base, *([*base, alias.name] for alias in node.names)]
        elif isinstance(node, ast.Import):
            targets = [alias.name.split(".") for alias in node.names]
        else:
            continue
        for target in targets:
            if target[0] == package[0]:
                yield from _files(site_packages, target)


def _files(site_packages: Path, dotted: list[str]) -> Iterator[str]:
    """The module `dotted` and the packages it lies in, as far as they are files."""
    for count in range(1, len(dotted) + 1):
        stem = "/".join(dotted[:count])
        yield from (name for name in (f"{stem}/__init__.py", f"{stem}.py") if (site_packages / name).is_file())


def main() -> int:
    """Write the list."""
    kept, _ = derive()
    LIST.write_text(text(kept), encoding="utf-8")
    print(f"{LIST.relative_to(ROOT)}: 표준 라이브러리 {len(kept.stdlib)}개, 패키지 {len(kept.packages)}개")
    return 0


if __name__ == "__main__":
    sys.exit(main())
