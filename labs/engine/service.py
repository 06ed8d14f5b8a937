"""The one door of the engine: a request as JSON text in, a report as JSON text out.

The browser's worker and the command line both come through here. A learner's mistake is a report, never an exception.
"""

from __future__ import annotations

import json
import platform
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from labs.cloud.cloud import Cloud
from labs.engine import report
from labs.engine.checks import load_checks
from labs.engine.errors import error_report
from labs.engine.grade import Grade, grade
from labs.engine.lab import Lab, LabError, Step, lab_ids, load
from labs.engine.names import completion_names
from labs.engine.pristine import Pristine
from labs.engine.prompt import Prompt, PromptReport
from labs.engine.trial import DeadlineExceeded, Guard, LearnerError, Stopped, Trial, Write, perform

__all__ = ["DeadlineExceeded", "Guard", "Stopped", "Write", "handle"]

_MESSAGES = {
    "stopped": "실행을 멈추었습니다.",
    "deadline": "정한 시간 안에 끝나지 않아 실행을 멈추었습니다. 끝나지 않는 반복이 없는지 보세요.",
    "internal": "실습 도구에 문제가 생겼습니다. 쓰신 코드 때문이 아닐 수 있습니다. 다시 실행해 보세요.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A run or a check: the learner's code for one step, and what passed for earlier ones.

    `new_cloud` makes the cloud of each data set, all of it simulated unless another maker is named.
    """

    lab: Lab
    step: Step
    code: str
    accepted: Mapping[str, str]
    new_cloud: Callable[[], Cloud] = Cloud


def handle(request: str, write: Write, guard: Guard | None = None) -> str:
    """Answer one request. `write` gets the output while it comes; `guard` may stop learner code (see `trial.Guard`)."""
    asked: object = json.loads(request)
    if not isinstance(asked, dict):
        raise ValueError("a request is a JSON object")
    match asked.get("op"):
        case "run":
            answer: object = run(_request(asked), write, guard)
        case "check":
            answer = check(_request(asked), write, guard)
        case "names":
            answer = {"op": "names", "names": completion_names(load(_text(asked, "lab")))}
        case "prompt":
            answer = _prompt_answer(asked)
        case "ping":
            answer = {"op": "ping", "reply": _ping(), "python": platform.python_version()}
        case "warm":
            _warm()
            answer = {"op": "warm"}
        case "rehearse":
            _rehearse()
            answer = {"op": "rehearse"}
        case other:
            raise ValueError(f"unknown op: {other!r}")
    return json.dumps(answer, ensure_ascii=False)


def run(request: Request, write: Write, guard: Guard | None = None) -> report.RunReport:
    """Run a step's code as the page shows it."""
    pristine = _pristine()
    try:
        trial = perform(
            request.lab,
            request.step,
            request.code,
            request.accepted,
            checks=load_checks(request.lab),
            variant=0,
            write=write,
            guard=guard,
            play=False,
            new_cloud=request.new_cloud,
        )
    except Exception as error:
        return _internal(error)
    finally:
        pristine.restore()
    return _run_report(trial, trial.error, request)


def check(request: Request, write: Write, guard: Guard | None = None) -> report.CheckReport:
    """Run and grade a step's code."""
    pristine = _pristine()
    try:
        result = grade(
            request.lab,
            request.step,
            request.code,
            request.accepted,
            write=write,
            guard=guard,
            pristine=pristine,
            new_cloud=request.new_cloud,
        )
    except Exception as error:
        return report.CheckReport(
            op="check", outcome="internal", message=_MESSAGES["internal"], checks=[], report=_internal(error)
        )
    finally:
        pristine.restore()
    ran = _run_report(result.first, result.error, request)
    return report.CheckReport(
        op="check", outcome=result.outcome, message=_message(result, ran["error"]), checks=result.results, report=ran
    )


def _message(result: Grade, error: report.ErrorReport | None) -> str:
    if result.outcome in ("passed", "failed"):
        return result.message
    return result.message + (error["explanation"] if error else _MESSAGES[result.outcome])


def _run_report(trial: Trial, error: LearnerError | None, request: Request) -> report.RunReport:
    return report.RunReport(
        op="run",
        outcome="ok" if trial.outcome == "refused" else trial.outcome,
        error=None if error is None else error_report(error.error, request.lab, request.step),
        trace=report.events(trial.run.events),
        stores=report.stores(trial.run.stores),
        counters=report.counters(trial.run.events, trial.virtual_ms),
    )


def _internal(error: Exception) -> report.RunReport:
    """A fault of ours: the whole traceback, for a bug report."""
    return report.RunReport(
        op="run",
        outcome="internal",
        error=report.ErrorReport(
            type=type(error).__name__,
            message=str(error),
            line=None,
            explanation=_MESSAGES["internal"],
            traceback="".join(traceback.format_exception(error)),
        ),
        trace=[],
        stores=[],
        counters=report.counters((), 0.0),
    )


def _prompt_answer(asked: dict[str, object]) -> PromptReport:
    """The playground: a line, a stretch of time to pass, a fresh start, or only where things stand."""
    match asked:
        case {"fresh": True}:
            _prompt.cache_clear()
            return _prompt().open()
        case {"line": str(line)}:
            return _prompt().enter(line)
        case {"advance_s": int() | float() as seconds}:
            return _prompt().advance(seconds)
    return _prompt().open()


@cache
def _prompt() -> Prompt:
    return Prompt()


def _ping() -> str:
    """One real SET and GET. Quick, because a learner waits for it: at the start, and after every run."""
    import redis

    from labs.cloud.cloud import Cloud

    cloud = Cloud()
    cloud.cache("ping.cache.lab")
    with cloud.active():
        client = redis.Redis(host="ping.cache.lab", decode_responses=True)
        client.set("ping", "PONG")
        return str(client.get("ping"))


def _warm() -> None:
    """Bring every module and every lab into memory, for a snapshot of it."""
    _ping()
    _pristine()
    for lab_id in lab_ids():
        load_checks(load(lab_id))
    _rehearse()


def _rehearse() -> None:
    """Run and check a program as a learner would, unseen: what is slow only at its first use is behind us then."""
    lab = load(lab_ids()[0])
    request = Request(lab, lab.steps[0], lab.steps[0].solution, {})
    run(request, _unheard)
    check(request, _unheard)


def _unheard(stream: str, text: str) -> None:
    del stream, text


@cache
def _pristine() -> Pristine:
    """Taken once everything learner code could reach is imported, and before any of it has run."""
    import pymemcache.client.hash  # type: ignore[import-untyped]
    import pymemcache.client.retrying  # type: ignore[import-untyped]
    import pymemcache.serde  # type: ignore[import-untyped]  # noqa: F401

    import labs.cloud.aws
    import labs.cloud.cache
    import labs.cloud.database
    import labs.cloud.drill
    import labs.cloud.memcached
    import labs.cloud.replication

    labs.cloud.aws.operations()
    return Pristine()


def _request(asked: dict[str, object]) -> Request:
    lab = load(_text(asked, "lab"))
    accepted = asked.get("accepted", {})
    if not isinstance(accepted, dict):
        raise LabError("accepted는 단계 id에서 코드로 가는 객체여야 합니다. / `accepted` must be an object.")
    return Request(
        lab, lab.step(_text(asked, "step")), _text(asked, "code"), {str(k): str(v) for k, v in accepted.items()}
    )


def _text(asked: dict[str, object], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise LabError(f"요청에 {name!r}이(가) 없습니다. / The request lacks {name!r}.")
    return value
