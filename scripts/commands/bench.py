"""Measure the site in Chromium against a stock Pyodide in the same run, and compare with the budgets."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.commands import build as build_command
from scripts.measure import table, visits, yardstick
from scripts.measure.errors import UnexpectedError
from scripts.steps import system_tools
from scripts.steps.stages import ROOT, StageError
from scripts.steps.static_server import StaticServer

SITE = ROOT / "site"
FEWEST_ROUNDS = 5
SCHEMA = 1


@dataclass(frozen=True)
class Machine:
    """What the numbers depend on. `load` is the mean number of waiting processes in the last minute, before and after."""

    cores: int
    load: tuple[float, float]
    system: str
    python: str
    chromium: str


def main() -> int:
    """Entry of `python3 scripts/bench.py`. Returns 0 when every budget is met."""
    parser = argparse.ArgumentParser(prog="scripts/bench.py", description="브라우저에서 속도와 크기를 잽니다.")
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help=f"되풀이할 횟수 (기본: {FEWEST_ROUNDS})")
    parser.add_argument("--json", type=Path, help="결과를 적을 파일 (예: build/bench.json)")
    arguments = parser.parse_args()
    try:
        found, machine = measure(max(arguments.rounds, 1))
    except (StageError, UnexpectedError) as error:
        print(f"재지 못했습니다. {error}", file=sys.stderr)
        return 1
    before, after = machine.load
    print(f"\n{table.table(found)}\n")
    print(
        f"코어 {machine.cores}개, 부하 {before:.1f}에서 {after:.1f}, Chromium {machine.chromium}, {arguments.rounds}회"
    )
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(report(found, machine), encoding="utf-8")
    missed = [result.row.name for result in found if not result.met]
    if missed:
        print(f"예산을 넘긴 항목: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def measure(rounds: int) -> tuple[Sequence[table.Result], Machine]:
    """Build what has changed and measure it. Raises StageError and UnexpectedError."""
    executable = system_tools.ensure().browser
    if executable is None:
        raise UnexpectedError("Chromium이 없습니다. `apt install chromium`으로 설치하세요.")
    build_command.build(SITE, build_command.DEFAULT_URL)
    before = os.getloadavg()[0]
    with ExitStack() as stack:
        stock = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yardstick-")))
        yardstick.make(stock)
        site_url, stock_url = (_served(root, stack) for root in (SITE, stock))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=executable or None, args=system_tools.CHROMIUM_FLAGS)
        stack.callback(browser.close)
        once = visits.downloads(browser, site_url)
        measured: list[Mapping[str, float]] = []
        for number in range(1, rounds + 1):
            print(f"▸ {number}/{rounds} …", flush=True)
            measured.append(visits.one_round(browser, site_url, stock_url))
        version = browser.version
    machine = Machine(
        cores=os.cpu_count() or 1,
        load=(before, os.getloadavg()[0]),
        system=platform.system(),
        python=platform.python_version(),
        chromium=version,
    )
    return table.results(measured, once), machine


def report(found: Sequence[table.Result], machine: Machine) -> str:
    """The results as JSON, with everything that was measured."""
    content = {
        "schema": SCHEMA,
        "machine": asdict(machine),
        "results": [
            {
                "id": result.row.id,
                "unit": result.row.unit,
                "median": result.median,
                "values": result.values,
                "ratio": result.compared if result.row.relative else None,
                "limit": result.row.limit,
                "met": result.met,
            }
            for result in found
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _served(root: Path, stack: ExitStack) -> str:
    server = StaticServer(root, "127.0.0.1", 0)
    stack.callback(server.start())
    return server.url


if __name__ == "__main__":
    sys.exit(main())
