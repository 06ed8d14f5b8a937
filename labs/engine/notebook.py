"""A lab's cloud under Jupyter: `start("cache-hit-miss")` in the first cell, the lab's code in the cells after it.

While a cell runs, the code in it lives in the lab's cloud. Between cells it does not: the kernel shares its thread with
the cells and needs real time for its own timers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol, cast

from labs.cloud.cloud import Cloud
from labs.engine.checks import load_checks
from labs.engine.lab import Lab, load


class NotInNotebookError(RuntimeError):
    """`start` was called where there are no cells, or `begin` before it."""

    def __init__(self) -> None:
        super().__init__(
            "주피터 노트북의 셀에서 부르세요. 터미널에서는 `python -m labs run`을 씁니다. / "
            "Call this in a notebook cell; in a terminal use `python -m labs run`."
        )


class _Events(Protocol):
    def register(self, event: str, function: Callable[[object], None]) -> None: ...

    def unregister(self, event: str, function: Callable[[object], None]) -> None: ...


class _Shell(Protocol):
    events: _Events


_running: list[_Cells] = []


_INTRO = (
    "# {title}\n\n"
    "이 노트북은 실습 저장소의 폴더에서 주피터를 열어야 실행됩니다. "
    "`python3 scripts/serve.py`를 한 번 실행했다면 필요한 패키지는 `.venv`에 들어 있습니다. "
    "아래 셀이 실습용 캐시와 데이터베이스를 켭니다."
)


def notebook(lab: Lab) -> str:
    """The text of an `.ipynb` file (nbformat 4.5) with the starter of every step.

    The page of a lab offers the same file with the learner's code (`labs/player/state/notebook.ts`).
    """
    cells = [
        _markdown("start-text", _INTRO.format(title=lab.title)),
        _code("start", f'from labs.engine.notebook import begin, start\n\nstart("{lab.id}")'),
    ]
    for step in lab.steps:
        cells += [
            _markdown(f"{step.id}-text", f"## {step.index}단계. {step.title}"),
            _code(f"{step.id}-begin", f'begin("{step.id}")'),
            _code(step.id, step.starter.rstrip()),
        ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _markdown(cell_id: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(cell_id: str, text: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def start(lab_id: str) -> None:
    """Put up the cloud of a lab with the data its page shows, empty caches and a clock at zero. Again: start over.

    Raises LabError for a lab that does not exist, NotInNotebookError outside a notebook.
    """
    shell = _shell()
    lab = load(lab_id)
    checks = load_checks(lab)
    cloud = Cloud()
    checks.build(cloud, checks.variants[0])
    cloud.keep()
    while _running:
        _running.pop().end()
    _running.append(_Cells(shell, cloud, lab))
    print(f"실습 '{lab.title}'의 캐시와 데이터베이스를 켰습니다. 아래 셀부터 실습용 시계로 흐릅니다.")


def begin(step_id: str) -> None:
    """Make the stores hold what they hold at the beginning of a step, as on its page; the clock goes back to zero.

    Raises LabError for a step the lab does not have, NotInNotebookError before `start`.
    """
    if not _running:
        raise NotInNotebookError
    _running[-1].begin(step_id)


class _Cells:
    """Enters the cloud before every cell and leaves it afterwards."""

    def __init__(self, shell: _Shell, cloud: Cloud, lab: Lab) -> None:
        self._shell = shell
        self._cloud = cloud
        self._lab = lab
        self._inside = ExitStack()
        shell.events.register("pre_run_cell", self._enter)
        shell.events.register("post_run_cell", self._leave)

    def begin(self, step_id: str) -> None:
        step, checks = self._lab.step(step_id), load_checks(self._lab)
        self._cloud.reset()
        self._cloud.clock.restart()
        checks.steps[step.id].arrange(self._cloud, checks.variants[0])

    def end(self) -> None:
        self._inside.close()
        self._shell.events.unregister("pre_run_cell", self._enter)
        self._shell.events.unregister("post_run_cell", self._leave)

    def _enter(self, info: object) -> None:
        self._inside.enter_context(self._cloud.active())

    def _leave(self, result: object) -> None:
        self._inside.close()


def _shell() -> _Shell:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        raise NotInNotebookError from None
    shell = get_ipython()
    if shell is None:
        raise NotInNotebookError
    return cast("_Shell", shell)
