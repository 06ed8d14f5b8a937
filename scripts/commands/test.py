"""Every check and test of the project: linters, types, unit tests, the build itself, real servers, real browsers."""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
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


@dataclass(frozen=True)
class Result:
    """What became of a gate, and how long it took."""

    name: str
    passed: bool
    seconds: float


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

    static = static_gates() if arguments.expression is None else []
    # Beside the build, which keeps one core busy.
    with ThreadPoolExecutor(max_workers=1) as aside:
        beside = [aside.submit(_pass, gate, in_one_piece=True) for gate in static]
        built = _build()
    results = [*(gate.result() for gate in beside), built]
    if built.passed:
        results += [_pass(gate) for gate in _pytest_gates(excluded, arguments.expression)]
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
    """The tests in two parts. The course gate of every lab is among the first (tests/labs/test_gate.py)."""
    base = [sys.executable, "-m", "pytest", "-q", "--durations=15", "-n", "2"]
    base += ["-k", expression] if expression else []
    without = " and not server" if "server" in excluded else ""
    gates = [Gate("pytest (실습 검사, 서버)", [*base, "--dist", "worksteal", "-m", f"not browser{without}"])]
    if "browser" not in excluded:
        # Files and classes stay together: their tests share a site or a Python, and some of them stress the machine on purpose.
        ignored = ["--ignore", "tests/browser/test_firefox.py"] if "firefox" in excluded else []
        together = ["--dist", "loadscope", "--no-loadscope-reorder"]
        gates.append(Gate("pytest (브라우저)", [*base, *together, "-m", "browser", *ignored]))
    return gates


def _build() -> Result:
    name = "빌드(mkdocs --strict 포함)"
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    try:
        build_command.build(ROOT / "site", build_command.DEFAULT_URL)
    except StageError as error:
        print(f"[{error.stage}] {error}", file=sys.stderr)
        return Result(name, False, time.monotonic() - started)
    return Result(name, True, time.monotonic() - started)


def _pass(gate: Gate, *, in_one_piece: bool = False) -> Result:
    """Run a gate. `in_one_piece`: show what it says when it is over, because another one is speaking."""
    title = f"\n── {gate.name}\n"
    if not in_one_piece:
        print(title, end="", flush=True)
    environment = os.environ | {"PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"}
    output, errors = (subprocess.PIPE, subprocess.STDOUT) if in_one_piece else (None, None)
    started = time.monotonic()
    done = subprocess.run(
        gate.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    if in_one_piece:
        print(f"{title}{done.stdout}", end="", flush=True)
    # pytest ends with 5 when -k or -m left nothing to run in this part.
    passed = done.returncode == 0 or (done.returncode == 5 and "-k" in gate.command)
    return Result(gate.name, passed, seconds)


def _report(results: list[Result]) -> int:
    print("\n── 결과")
    for result in results:
        print(f"  {'통과' if result.passed else '실패'}  {result.seconds:6.1f}초  {result.name}")
    failed = sum(not result.passed for result in results)
    print(f"gates: {len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
