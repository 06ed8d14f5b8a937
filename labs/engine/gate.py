"""The course gate: everything that must be true of a lab before a learner meets it.

One small function a rule. Each yields refusals: what is wrong in English and Korean, and what to do. `check_lab` runs
them all; `python -m labs gate` prints them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from unicodedata import east_asian_width

from labs.engine import page, service
from labs.engine.checks import load_checks
from labs.engine.fence import recorded_output
from labs.engine.lab import CATALOG, Attempt, Lab, Step, lab_ids, load
from labs.engine.mutants import mutants
from labs.engine.report import CheckReport
from labs.engine.trial import DeadlineExceeded, perform

LEAST_HINTS = 2
LEAST_MISTAKES = 3
LEAST_ALTERNATIVES = 1
MOST_SURVIVORS = 0.05
"""The share of a step's mutants that may pass its checks."""

PAGES_WITHOUT_A_LAB = ("index", "playground")
"""The list of the labs, and the prompt, where nothing is graded: no steps, no solution, nothing for these rules."""

GAP = "여기를 채우세요"
"""What marks a gap in a starter."""

# Loops and calls a graded program may make: a mutant may never end.
_MOST_EVENTS = 300_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a lab is not ready: where, and one sentence in each language."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


type Rule = Callable[[Lab, str], Iterator[Refusal]]


def check_catalog(catalog: Path = CATALOG, docs: Path = page.DOCS) -> list[Refusal]:
    """Every refusal of every lab, and of the catalog as a whole."""
    ids = lab_ids(catalog)
    refusals = list(orphan_pages(ids, docs))
    for lab_id in ids:
        file = docs / f"{lab_id}.md"
        refusals += check_lab(load(lab_id, catalog), file.read_text(encoding="utf-8") if file.is_file() else "")
    return refusals


def check_lab(lab: Lab, text: str) -> list[Refusal]:
    """Every refusal of one lab. `text` is its Markdown page."""
    return [refusal for rule in RULES for refusal in rule(lab, text)]


def orphan_pages(ids: tuple[str, ...], docs: Path) -> Iterator[Refusal]:
    for file in sorted(docs.glob("*.md")):
        if file.stem not in ids and file.stem not in PAGES_WITHOUT_A_LAB:
            yield Refusal(file.name, f"no lab of this name in labs/catalog / labs/catalog/{file.stem}이(가) 없습니다")


def id_repeats(lab: Lab, text: str) -> Iterator[Refusal]:
    names = [step.id for step in lab.steps]
    names += [f"{attempt.step}/{attempt.id}" for attempt in (*lab.mistakes, *lab.alternatives)]
    for name, count in Counter(names).items():
        if count > 1:
            yield Refusal(f"{lab.id}/{name}", "this id is used twice; rename one / 같은 id가 두 번 쓰였습니다")


def step_unknown(lab: Lab, text: str) -> Iterator[Refusal]:
    known = {step.id for step in lab.steps}
    cells = [("checks.py", cell.words[0]) for cell in lab.checks.cells]
    cells += [("mistakes.py", attempt.step) for attempt in lab.mistakes]
    cells += [("alternatives.py", attempt.step) for attempt in lab.alternatives]
    for file, step in cells:
        if step not in known:
            yield Refusal(f"{lab.id}/{file}", f"no step {step!r} in starter.py / starter.py에 {step!r} 단계가 없습니다")
    for step in known - {cell.words[0] for cell in lab.checks.cells}:
        yield Refusal(f"{lab.id}/checks.py", f"no cell for step {step!r} / {step!r} 단계의 확인이 없습니다")


def title_missing(lab: Lab, text: str) -> Iterator[Refusal]:
    if not lab.title:
        yield Refusal(lab.id, "starter.py needs a docstring whose first line is the title / 제목이 없습니다")
    for step in lab.steps:
        if not step.title:
            yield Refusal(f"{lab.id}/{step.id}", 'its starter cell needs title="…" / 단계 제목이 없습니다')


def page_differs(lab: Lab, text: str) -> Iterator[Refusal]:
    shown = page.steps(text)
    if [(lab.id, step.id) for step in lab.steps] != [(step.lab, step.step) for step in shown]:
        yield Refusal(
            f"docs/labs/{lab.id}.md",
            f"its lab fences must be {[step.id for step in lab.steps]} in this order, they are "
            f"{[step.step for step in shown]} / 페이지의 단계가 catalog와 다릅니다",
        )
        return
    for step, on_page in zip(lab.steps, shown, strict=True):
        if (on_page.heading_id, on_page.heading) != (step.id, step.title):
            yield Refusal(
                f"docs/labs/{lab.id}.md",
                f"the heading above {step.id!r} must be `## {step.title} {{ #{step.id} }}`, it is "
                f"{on_page.heading!r} #{on_page.heading_id} / 제목이 starter.py와 다릅니다",
            )


def hint_missing(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in page.steps(text):
        if step.hints < LEAST_HINTS:
            yield Refusal(
                f"docs/labs/{lab.id}.md",
                f'step {step.step!r} has {step.hints} hints, write {LEAST_HINTS} or more `??? hint "힌트 1"` after its '
                f"fence / 힌트가 {LEAST_HINTS}개보다 적습니다",
            )


def gap_missing(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in lab.steps:
        if GAP not in step.starter:
            yield Refusal(f"{lab.id}/{step.id}", f"mark the gap of the starter with {GAP!r} / 채울 곳을 표시하세요")


def starter_passes(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in lab.steps:
        if _checked(lab, step, step.starter)["outcome"] != "failed":
            yield Refusal(
                f"{lab.id}/{step.id}",
                "the starter must run and fail its check; leave a gap in it / 시작 코드는 실행되되 통과하지 않아야 합니다",
            )


def solution_fails(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in lab.steps:
        report = _checked(lab, step, step.solution)
        if report["outcome"] != "passed":
            yield Refusal(
                f"{lab.id}/{step.id}",
                f"the solution does not pass: {_told(report)} / 정답이 통과하지 않습니다",
            )


def mistake_misjudged(lab: Lab, text: str) -> Iterator[Refusal]:
    for mistake in lab.mistakes:
        report = _checked(lab, lab.step(mistake.step), mistake.code)
        where = f"{lab.id}/mistakes.py {mistake.step} {mistake.id}"
        if report["outcome"] not in ("failed", "error"):
            yield Refusal(where, f"it must not pass ({_told(report)}); check more / 틀린 코드가 통과했습니다")
        elif report["message"] != mistake.message:
            yield Refusal(
                where,
                f"its message is {report['message']!r}, the file says {mistake.message!r}; mend the check, or run "
                "`python -m labs gate --refresh` / 기록된 말과 다릅니다",
            )


def mistakes_too_few(lab: Lab, text: str) -> Iterator[Refusal]:
    yield from _too_few(lab, lab.mistakes, "mistakes.py", LEAST_MISTAKES)


def alternative_rejected(lab: Lab, text: str) -> Iterator[Refusal]:
    for alternative in lab.alternatives:
        report = _checked(lab, lab.step(alternative.step), alternative.code)
        if report["outcome"] != "passed":
            yield Refusal(
                f"{lab.id}/alternatives.py {alternative.step} {alternative.id}",
                f"a right answer was refused: {_told(report)} / 맞는 코드가 통과하지 않았습니다",
            )


def alternatives_too_few(lab: Lab, text: str) -> Iterator[Refusal]:
    yield from _too_few(lab, lab.alternatives, "alternatives.py", LEAST_ALTERNATIVES)


def mutants_survive(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in lab.steps:
        made, alive = surviving_mutants(lab, step)
        if not made or len(alive) > MOST_SURVIVORS * made:
            yield Refusal(
                f"{lab.id}/{step.id}",
                f"{len(alive)} of {made} mutants of the solution pass, check more: {'; '.join(alive)} / "
                "일부러 망가뜨린 정답이 통과했습니다",
            )


def output_changes(lab: Lab, text: str) -> Iterator[Refusal]:
    for step in lab.steps:
        if recorded_output(lab, step) != recorded_output(lab, step):
            yield Refusal(
                f"{lab.id}/{step.id}",
                "what the solution prints differs from run to run; print nothing random / 출력이 실행마다 다릅니다",
            )


def types_wrong(lab: Lab, text: str) -> Iterator[Refusal]:
    """mypy on the lab's own files, from their folder: every lab has modules of the same names."""
    for whose, options in (
        ("ours", ["--strict", "checks.py"]),
        # pymemcache, which a lab may use, has no types.
        ("learners", ["--check-untyped-defs", "--disable-error-code=import-untyped", "starter.py", "solution.py"]),
    ):
        # One for each set of options: with others, mypy reads the libraries anew.
        cache = f"--cache-dir={_ROOT}/.mypy_cache/catalog-{whose}"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "mypy", "--config-file=", "--explicit-package-bases", "--no-error-summary"),
                *("--python-version=3.12", "--disable-error-code=no-redef", cache),
                *options,
            ],
            cwd=lab.folder,
            env={**os.environ, "MYPYPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        for line in (done.stdout + done.stderr).splitlines():
            yield Refusal(f"labs/catalog/{lab.id}", line)


RULES: tuple[Rule, ...] = (
    id_repeats,
    step_unknown,
    title_missing,
    page_differs,
    hint_missing,
    gap_missing,
    starter_passes,
    solution_fails,
    mistake_misjudged,
    mistakes_too_few,
    alternative_rejected,
    alternatives_too_few,
    mutants_survive,
    output_changes,
    types_wrong,
)

_ROOT = CATALOG.parent.parent


def surviving_mutants(lab: Lab, step: Step) -> tuple[int, list[str]]:
    """How many mutants of the solution there are, and what was changed in those that pass."""
    record = perform(
        lab,
        step,
        step.solution,
        {},
        checks=load_checks(lab),
        variant=0,
        write=_nowhere,
        guard=None,
        play=True,
    ).record
    results = {call.function: call.value for call in reversed(record.calls)} if record else {}
    made = mutants(step.solution, step.starter, results)
    return len(made), [mutant.change for mutant in made if _checked(lab, step, mutant.code)["outcome"] == "passed"]


def refresh_messages(lab: Lab) -> str:
    """The text of `mistakes.py` with the messages its cells get today."""
    text = (lab.folder / "mistakes.py").read_text(encoding="utf-8")
    for mistake in lab.mistakes:
        header = f"# %% {mistake.step} {mistake.id}\n"
        before, _, after = text.partition(header)
        old = "".join(_quoted(after))
        message = _checked(lab, lab.step(mistake.step), mistake.code)["message"]
        text = before + header + _as_comment(message) + after.removeprefix(old)
    return text


def _checked(lab: Lab, step: Step, code: str) -> CheckReport:
    return service.check(service.Request(lab, step, code, {}), _nowhere, _limited)


def _told(report: CheckReport) -> str:
    error = report["report"]["error"]
    return json.dumps([report["outcome"], report["message"], error["traceback"] if error else ""], ensure_ascii=False)


def _too_few(lab: Lab, attempts: tuple[Attempt, ...], file: str, least: int) -> Iterator[Refusal]:
    counts = Counter(attempt.step for attempt in attempts)
    for step in lab.steps:
        if counts[step.id] < least:
            yield Refusal(
                f"{lab.id}/{file}",
                f"step {step.id!r} has {counts[step.id]}, write {least} or more / {least}개보다 적습니다",
            )


def _quoted(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        if not line.startswith("# > "):
            return
        yield line


def _as_comment(message: str, width: int = 116) -> str:
    """`# > ` lines of words; ruff counts a Korean letter as two columns."""
    lines: list[str] = []
    for word in message.split():
        if lines and _columns(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "".join(f"# > {line}\n" for line in lines)


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


@contextmanager
def _limited(codes: list[CodeType]) -> Iterator[None]:
    """A `Guard` that ends a program after so many loops and calls."""
    monitoring = sys.monitoring
    watched = (monitoring.events.JUMP, monitoring.events.PY_START)
    seen = 0

    def count(code: CodeType, offset: int, destination: int = 0) -> None:
        nonlocal seen
        seen += 1
        if seen > _MOST_EVENTS:
            raise DeadlineExceeded

    monitoring.use_tool_id(monitoring.PROFILER_ID, "labs gate")
    try:
        for event in watched:
            monitoring.register_callback(monitoring.PROFILER_ID, event, count)
        for code in codes:
            monitoring.set_local_events(monitoring.PROFILER_ID, code, watched[0] | watched[1])
        yield
    finally:
        monitoring.free_tool_id(monitoring.PROFILER_ID)


def _nowhere(stream: str, text: str) -> None:
    """What graded programs print."""
