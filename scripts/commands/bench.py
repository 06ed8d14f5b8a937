"""Measure the site in Chromium against a stock Pyodide in the same run, and compare with the budgets."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
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


def main() -> int:
    """Entry of `python3 scripts/bench.py`. Returns 0 when every budget is met."""
    parser = argparse.ArgumentParser(prog="scripts/bench.py", description="브라우저에서 속도와 크기를 잽니다.")
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help=f"되풀이할 횟수 (기본: {FEWEST_ROUNDS})")
    parser.add_argument("--json", type=Path, help="결과를 적을 파일")
    arguments = parser.parse_args()
    try:
        measured = measure(arguments.rounds)
    except (StageError, UnexpectedError) as error:
        print(f"재지 못했습니다. {error}", file=sys.stderr)
        return 1
    found = table.results(measured["rounds"], measured["once"])
    print(f"\n{table.table(found)}\n")
    machine = measured["machine"]
    print(f"코어 {machine['cores']}개, 부하 {machine['load']}, Chromium {machine['chromium']}")
    if arguments.json:
        _write(arguments.json, found, measured)
    missed = [result.row.name for result in found if not result.met]
    if missed:
        print(f"예산을 넘긴 항목: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0
