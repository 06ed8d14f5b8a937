"""Every check and test of the project: linters, types, unit tests, the build itself, real servers, real browsers."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from scripts.commands import build as build_command
from scripts.steps import system_tools
from scripts.steps.stages import ROOT, StageError

NODE = str(ROOT / ".venv/bin/node")
BIN = ROOT / "node_modules"


@dataclass(frozen=True)
class Gate:
    """One check: a Korean name and a command that exits with 0 when all is well."""

    name: str
    command: list[str]


def main() -> int:
    """Entry of `python3 scripts/test.py`. Returns 0 when every gate is passed."""
    parser = argparse.ArgumentParser(prog="scripts/test.py", description="모든 검사와 시험을 돌립니다.")
    parser.add_argument("--fast", action="store_true", help="브라우저와 서버가 필요한 시험을 뺍니다")
    parser.add_argument("-k", metavar="식", dest="expression", help="이름이 맞는 pytest 시험만 돌립니다")
    arguments = parser.parse_args()

    excluded = ["browser", "server"] if arguments.fast else []
    if not arguments.fast:
        tools = system_tools.ensure()
        if tools.browser:
            os.environ["SITE_BROWSER"] = tools.browser
        if tools.missing and os.environ.get("CI"):
            print(f"시험에 필요한 프로그램이 없습니다: {', '.join(tools.missing)}", file=sys.stderr)
            return 1
        if tools.missing:
            print(f"\n!!! 없는 프로그램 때문에 일부 시험을 뺍니다: {', '.join(tools.missing)} !!!\n", flush=True)
        excluded += ["browser"] if tools.browser is None else []
        excluded += [] if tools.firefox else ["firefox"]
        excluded += [] if tools.servers else ["server"]

    results: list[tuple[str, bool, float]] = []
    if arguments.expression is None:
        for gate in static_gates():
            results.append(_timed(gate.name, lambda gate=gate: _run(gate.command)))  # type: ignore[misc]
    results.append(_timed("빌드(mkdocs --strict 포함)", _build))
    if results[-1][1]:
        for gate in _pytest_gates(excluded, arguments.expression):
            results.append(_timed(gate.name, lambda gate=gate: _run(gate.command)))  # type: ignore[misc]
    return _report(results)


def static_gates() -> list[Gate]:
    """Checks that need no built site, quickest first."""
    python = sys.executable
    return [
        Gate("ruff 검사", [python, "-m", "ruff", "check", "."]),
        Gate("ruff 형식", [python, "-m", "ruff", "format", "--check", "."]),
        Gate("mypy", [python, "-m", "mypy", "labs", "quizzes", "theme", "scripts", "tests"]),
        Gate("biome (TypeScript, CSS)", [NODE, str(BIN / "@biomejs/biome/bin/biome"), "ci", "--error-on-warnings"]),
        Gate("tsc", [NODE, str(BIN / "typescript/bin/tsc"), "-p", "."]),
        Gate("TypeScript 시험", [NODE, "--test", "--test-reporter=dot", "{labs,quizzes,theme}/**/*.test.ts"]),
        Gate("문항 검사", [python, "-m", "quizzes", "lint"]),
    ]


def _pytest_gates(excluded: list[str], expression: str | None) -> list[Gate]:
    """The tests in three parts. The course gate of every lab is among the first (tests/labs/test_gate.py)."""
    base = [sys.executable, "-m", "pytest", "-q", "--durations=15"] + (["-k", expression] if expression else [])
    gates = [
        Gate("pytest (실습 검사 포함)", [*base, "-n", "2", "--dist", "worksteal", "-m", "not browser and not server"])
    ]
    if "server" not in excluded:
        gates.append(Gate("pytest (서버)", [*base, "-n", "2", "--dist", "worksteal", "-m", "server"]))
    if "browser" not in excluded:
        # Files and classes stay together: their tests share a site or a Python, and some of them stress the machine on purpose.
        without = ["--ignore", "tests/browser/test_firefox.py"] if "firefox" in excluded else []
        gates.append(Gate("pytest (브라우저)", [*base, "-n", "2", "--dist", "loadscope", "-m", "browser", *without]))
    return gates


def _build() -> bool:
    try:
        build_command.build(ROOT / "site", build_command.DEFAULT_URL)
    except StageError as error:
        print(f"[{error.stage}] {error}", file=sys.stderr)
        return False
    return True


def _run(command: list[str]) -> bool:
    environment = os.environ | {"PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"}
    status = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    # pytest ends with 5 when -k or -m left nothing to run in this part.
    return status == 0 or (status == 5 and "-k" in command)


def _timed(name: str, run: Callable[[], bool]) -> tuple[str, bool, float]:
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    passed = run()
    return name, passed, time.monotonic() - started


def _report(results: list[tuple[str, bool, float]]) -> int:
    print("\n── 결과")
    for name, passed, seconds in results:
        print(f"  {'통과' if passed else '실패'}  {seconds:6.1f}초  {name}")
    failed = [name for name, passed, _ in results if not passed]
    print(f"gates: {len(results) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
