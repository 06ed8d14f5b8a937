"""Labs as data: what `labs/catalog` holds, read from files next to this package.

`labs/catalog/<lab>/` has `starter.py`, `solution.py`, `checks.py`, `mistakes.py` and `alternatives.py`, all in percent
cells whose first word is a step id. The first line of the docstring of `starter.py` is the lab's title.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from labs.engine.cells import Cell, CellFile, parse

CATALOG = Path(__file__).resolve().parent.parent / "catalog"


class LabError(ValueError):
    """The catalog does not hold what was asked for, or holds it in the wrong form. Korean and English."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `index` counts from 1."""

    id: str
    rev: int
    title: str
    index: int
    starter: str
    solution: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A program for a step that is neither its starter nor its solution. `message` is empty for a right one."""

    step: str
    id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Lab:
    """One lab. Two are the same only when they are the same object: `load` makes each once."""

    id: str
    folder: Path
    title: str
    steps: tuple[Step, ...]
    checks: CellFile
    mistakes: tuple[Attempt, ...]
    alternatives: tuple[Attempt, ...]

    def step(self, step_id: str) -> Step:
        for step in self.steps:
            if step.id == step_id:
                return step
        known = ", ".join(step.id for step in self.steps)
        raise LabError(f"실습 {self.id}에 단계 {step_id!r}이(가) 없습니다. 있는 단계: {known}. / No such step.")

    def before(self, step: Step) -> tuple[Step, ...]:
        return self.steps[: step.index - 1]


def lab_ids(catalog: Path = CATALOG) -> tuple[str, ...]:
    """The ids of every lab in the catalog, in alphabetical order."""
    return tuple(sorted(folder.name for folder in catalog.iterdir() if (folder / "starter.py").is_file()))


@cache
def load(lab_id: str, catalog: Path = CATALOG) -> Lab:
    """Read a lab, once: afterwards it stays in memory, also where the files vanish (a restored browser snapshot)."""
    folder = catalog / lab_id
    if not (folder / "starter.py").is_file():
        raise LabError(f"실습 {lab_id!r}이(가) 없습니다. 있는 실습: {', '.join(lab_ids(catalog))}. / No such lab.")
    starter, solution = _cells(folder, "starter.py"), _cells(folder, "solution.py")
    solutions = {cell.words[0]: cell.code for cell in solution.cells}
    docstring = ast.get_docstring(ast.parse(starter.preamble)) or ""
    return Lab(
        id=lab_id,
        folder=folder,
        title=docstring.partition("\n")[0].strip(),
        steps=tuple(_step(cell, index, solutions) for index, cell in enumerate(starter.cells, 1)),
        checks=_cells(folder, "checks.py"),
        mistakes=tuple(_attempt(cell) for cell in _cells(folder, "mistakes.py").cells),
        alternatives=tuple(_attempt(cell) for cell in _cells(folder, "alternatives.py").cells),
    )


def _cells(folder: Path, name: str) -> CellFile:
    path = folder / name
    if not path.is_file():
        raise LabError(f"{folder.name}/{name} 파일이 없습니다. / The file is missing.")
    return parse(path.read_text(encoding="utf-8"), f"{folder.name}/{name}")


def _step(cell: Cell, index: int, solutions: dict[str, str]) -> Step:
    step_id = cell.words[0]
    if step_id not in solutions:
        raise LabError(f"solution.py에 단계 {step_id!r}의 셀이 없습니다. / solution.py has no cell for this step.")
    if not cell.options.get("rev", "").isdigit():
        raise LabError(f"starter.py의 {step_id!r} 셀에 rev=1처럼 개정 번호를 적으세요. / The cell needs rev=N.")
    return Step(
        id=step_id,
        rev=int(cell.options["rev"]),
        title=cell.options.get("title", ""),
        index=index,
        starter=cell.code,
        solution=solutions[step_id],
    )


def _attempt(cell: Cell) -> Attempt:
    """The cell of a mistake begins with the message it must get, in `# > ` lines that are joined by a space."""
    lines = cell.code.splitlines(keepends=True)
    quoted = [line for line in lines if line.startswith("# > ")]
    return Attempt(
        step=cell.words[0],
        id=cell.words[1] if len(cell.words) > 1 else "",
        code="".join(lines[len(quoted) :]).lstrip("\n"),
        message=" ".join(line.removeprefix("# > ").strip() for line in quoted),
    )
