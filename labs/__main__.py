"""The labs in a terminal: `python -m labs list | run | check | export | gate`.

Exit codes: 0 when everything asked for went well, 1 when code failed or was refused, 2 when the request makes no sense
or a server cannot be used, 130 when it was interrupted. `run` and `check` do the same on real servers when one is named
(`labs.servers`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

from labs.engine import service
from labs.engine.cells import CellError, parse
from labs.engine.checks import load_checks
from labs.engine.grade import NOT_YET
from labs.engine.lab import Lab, LabError, Step, lab_ids, load
from labs.engine.notebook import notebook
from labs.engine.report import CheckResult, Counters, RunReport
from labs.servers.command_line import add_options, opened, why_not
from labs.servers.trouble import ServerTroubleError

OK, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except (LabError, CellError, OSError, ServerTroubleError) as error:
        print(error, file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt:
        print("실행을 멈추었습니다.", file=sys.stderr)
        return INTERRUPTED


def _list(options: argparse.Namespace) -> int:
    for lab_id in lab_ids():
        lab = load(lab_id)
        print(f"{lab.id}  {lab.title}")
        for step in lab.steps:
            print(f"  {step.index}. {step.id}  {step.title}")
    return OK


def _run(options: argparse.Namespace) -> int:
    return _step_by_step(options, _run_step)


def _check(options: argparse.Namespace) -> int:
    return _step_by_step(options, _check_step)


def _step_by_step(options: argparse.Namespace, work: Callable[[service.Request], str]) -> int:
    """Do a step after the other until one does not go well; `work` returns the outcome of a step."""
    lab = load(options.lab)
    requests = _requests(lab, options.step, options.code)
    done = 0
    with opened(options) as servers:
        for number, request in enumerate(requests, 1):
            _heading(request.step)
            reason = "" if servers is None else why_not(load_checks(lab).steps[request.step.id], servers)
            if reason:
                print(f"   {reason}")
                continue
            if servers is not None:
                _tell_imitated(lab, request.step)
                request = replace(request, new_cloud=servers.new_cloud)
            with _progress(number, len(requests), always=servers is not None):
                outcome = work(request)
            if outcome not in ("ok", "passed"):
                return INTERRUPTED if outcome == "stopped" else FAILED
            done += 1
    if not done:
        print("이 서버에서 할 수 있는 단계가 없습니다.", file=sys.stderr)
    return OK if done else MISUSED


def _run_step(request: service.Request) -> str:
    report = service.run(request, _terminal())
    _tell_error(report)
    _tell_counters(report["counters"])
    return report["outcome"]


def _check_step(request: service.Request) -> str:
    report = service.check(request, _unheard)
    for result in report["checks"]:
        print(f"  {_mark(result)} {result['name']}")
    print(report["message"])
    _tell_error(report["report"])
    return report["outcome"]


def _export(options: argparse.Namespace) -> int:
    lab = load(options.lab)
    if options.to == "ipynb":
        text, advice = notebook(lab), "저장소 폴더에서 주피터로 여세요."
    else:
        text = "\n".join([_guide(lab, options.out), *(_exported(step) for step in lab.steps)])
        advice = f"빈 곳을 채운 뒤 `python -m labs check {lab.id} --code {options.out}`"
    if options.out is None:
        sys.stdout.write(text)
        return OK
    # "x": what a learner wrote is never overwritten.
    with options.out.open("x", encoding="utf-8") as file:
        file.write(text)
    print(f"{options.out} 파일을 만들었습니다. {advice}")
    return OK


def _gate(options: argparse.Namespace) -> int:
    # Only maintainers need it: it stands on the site's own tools as well.
    from labs.engine import gate

    if options.refresh:
        for lab_id in lab_ids():
            lab = load(lab_id)
            (lab.folder / "mistakes.py").write_text(gate.refresh_messages(lab), encoding="utf-8")
        print("mistakes.py의 말을 새로 적었습니다. 바뀐 곳을 읽어 보세요. / Messages refreshed: read the diff.")
        return OK
    refusals = gate.check_catalog()
    for refusal in refusals:
        print(refusal)
    print(f"{len(lab_ids())} labs, {len(refusals)} refusals")
    return FAILED if refusals else OK


def _requests(lab: Lab, step_id: str | None, code: Path | None) -> list[service.Request]:
    """One request a step: from the file where there is one, from the solutions otherwise."""
    steps = lab.steps if step_id is None else (lab.step(step_id),)
    written = {} if code is None else _written(lab, steps, code)
    return [
        service.Request(lab, step, written.get(step.id, step.solution), written)
        for step in steps
        if code is None or step.id in written
    ]


def _written(lab: Lab, steps: tuple[Step, ...], code: Path) -> dict[str, str]:
    """Code of each step in a file: percent cells as `export` writes them, or the code of one step alone."""
    text = code.read_text(encoding="utf-8")
    cells = parse(text, str(code)).cells
    if not cells and len(steps) == 1:
        return {steps[0].id: text}
    written = {cell.words[0]: cell.code for cell in cells if cell.words[0] in {step.id for step in lab.steps}}
    if not any(step.id in written for step in steps):
        raise LabError(
            f"{code}에 `# %% {steps[0].id}` 같은 단계 머리가 없습니다. 한 단계의 코드만 담은 파일이면 단계 이름도 적으세요. "
            "/ No step cells in the file: add them, or name the step."
        )
    return written


def _guide(lab: Lab, out: Path | None) -> str:
    return f'"""{lab.title}\n\n빈 곳을 채우고 확인하세요: python -m labs check {lab.id} --code {out or "이-파일.py"}\n"""\n'


def _exported(step: Step) -> str:
    return f'# %% {step.id} title="{step.title}"\n{step.starter}'


def _heading(step: Step) -> None:
    print(f"── {step.index}. {step.title} ({step.id})", flush=True)


def _tell_imitated(lab: Lab, step: Step) -> None:
    imitated = load_checks(lab).steps[step.id].imitated
    if imitated:
        print(f"   {imitated}")


@contextmanager
def _progress(number: int, count: int, *, always: bool) -> Iterator[None]:
    """Tell how far things are and how long a step took: on a terminal, and where servers make it slow."""
    watched = sys.stderr.isatty()
    if watched:
        sys.stderr.write(f"   {count}단계 가운데 {number}번째를 하고 있습니다…")
        sys.stderr.flush()
    began = monotonic()
    try:
        yield
    finally:
        if watched:
            sys.stderr.write("\r\x1b[K")
    if watched or always:
        print(f"   [{number}/{count}] {monotonic() - began:.1f}초", file=sys.stderr)


def _mark(result: CheckResult) -> str:
    if result["message"] == NOT_YET:
        return "·"
    return "✔" if result["passed"] else "✘"


def _tell_error(report: RunReport) -> None:
    error = report["error"]
    if error is not None:
        print(f"{error['traceback']}{error['explanation']}", file=sys.stderr)


def _tell_counters(counters: Counters) -> None:
    rate = "-" if counters["hit_rate"] is None else f"{counters['hit_rate']:.1%}"
    print(
        f"   히트 {counters['hits']} · 미스 {counters['misses']} · 적중률 {rate} · DB 읽기 {counters['db_reads']}"
        f" · DB 쓰기 {counters['db_writes']} · 실습 시간 {counters['virtual_ms']:,.2f}ms"
    )


def _terminal() -> service.Write:
    """Writes to the streams of this moment: while learner code runs, `sys.stdout` leads back here."""
    streams = {"stdout": sys.stdout, "stderr": sys.stderr}

    def write(stream: str, text: str) -> None:
        streams[stream].write(text)

    return write


def _unheard(stream: str, text: str) -> None:
    """What code prints while it is only checked."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labs", description="ElastiCache 실습")
    commands = parser.add_subparsers(dest="command", required=True, metavar="list | run | check | export | gate")
    commands.add_parser("list", help="실습과 단계를 봅니다")
    for name, text in (("run", "코드를 실행합니다"), ("check", "코드를 채점합니다")):
        command = commands.add_parser(name, help=f"{text} (--code가 없으면 정답)")
        command.add_argument("lab")
        command.add_argument("step", nargs="?")
        command.add_argument("--code", type=Path, metavar="FILE", help="직접 쓴 코드")
        add_options(command)
    export = commands.add_parser("export", help="시작 코드를 파일로 내보냅니다")
    export.add_argument("lab")
    export.add_argument("--to", choices=["py", "ipynb"], default="py")
    export.add_argument("--out", type=Path, metavar="FILE")
    gate = commands.add_parser("gate", help="모든 실습이 규칙에 맞는지 검사합니다 (만드는 사람용)")
    gate.add_argument("--refresh", action="store_true", help="mistakes.py의 말을 지금 나오는 말로 바꿉니다")
    return parser


_COMMANDS = {"list": _list, "run": _run, "check": _check, "export": _export, "gate": _gate}


if __name__ == "__main__":
    sys.exit(main())
