"""A lab's notebook, executed by a real Jupyter kernel."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from labs.engine.lab import load
from labs.engine.notebook import NotInNotebookError, notebook, start

ROOT = Path(__file__).resolve().parent.parent.parent
LAB = load("cache-hit-miss")


def executed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each code cell printed."""
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in code]


def notebook_of(*cells: str) -> nbformat.NotebookNode:
    code: list[object] = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": cell}
        for n, cell in enumerate(cells)
    ]
    text = json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return read(text)


def read(text: str) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return notebook


def downloaded(*code: str) -> str:
    """The file that the button of the last step gives a learner with this code in the steps."""
    pairs = zip(LAB.steps, code, strict=True)
    steps = [{"id": step.id, "index": step.index, "title": step.title, "code": text} for step, text in pairs]
    script = (
        'import { notebook } from "./labs/player/state/notebook.ts";'
        f"process.stdout.write(notebook({json.dumps(LAB.id)}, {json.dumps(LAB.title)}, {json.dumps(steps)}));"
    )
    node = shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert node is not None
    return subprocess.run(
        [node, "--input-type=module", "--eval", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_the_downloaded_notebook_runs_from_top_to_bottom() -> None:
    started, _, _, _, second, _, third = executed(read(downloaded(*(step.solution for step in LAB.steps))))
    assert "캐시 히트와 미스" in started
    assert "적중률 62.5%, DB 조회 3회" in second
    assert "61초 뒤: 7900" in third


def test_the_command_line_exports_the_file_that_the_page_gives() -> None:
    """Two builders of one file, in two languages: they may not drift apart."""
    assert notebook(LAB) == downloaded(*(step.starter for step in LAB.steps))


def test_a_second_start_begins_with_an_empty_cache_and_real_time_between_cells() -> None:
    cells = [
        "import time\nreal = time.time()",
        f'from labs.engine.notebook import start\nstart("{LAB.id}")',
        "import redis\ncache = redis.Redis(host='shop.cache.lab', decode_responses=True)\ncache.set('k', 'v')",
        f'start("{LAB.id}")',
        "print(redis.Redis(host='shop.cache.lab').get('k'), time.time() < real)",
    ]
    assert executed(notebook_of(*cells))[-1] == "None True\n"


def test_an_unknown_lab_says_which_labs_there_are() -> None:
    notebook = notebook_of('from labs.engine.notebook import start\nstart("no-such-lab")')
    with pytest.raises(CellExecutionError, match=r"있는 실습: .*cache-hit-miss"):
        executed(notebook)


def test_outside_a_notebook_it_names_the_command() -> None:
    with pytest.raises(NotInNotebookError, match="python -m labs run"):
        start(LAB.id)
