"""Grading: the step's play on every data set, each sealed record judged by the step's checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from labs.cloud.cloud import Cloud
from labs.engine.author import Record, Refusal
from labs.engine.checks import Check, Checks, load_checks
from labs.engine.lab import Lab, Step
from labs.engine.pristine import Pristine
from labs.engine.report import CheckOutcome, CheckResult
from labs.engine.trial import Guard, LearnerError, Trial, Write, perform

_OTHER_DATA = "다른 데이터로 바꾸어 다시 확인했습니다. "
NOT_YET = "앞의 확인을 통과하면 이어서 확인합니다."
"""What a check says that was not reached."""

_TAMPERED = (
    "라이브러리나 파이썬의 함수를 바꾸는 코드가 있어 채점하지 않았습니다({names}). "
    "그 줄을 지우고, 바꾸지 않은 `redis`로 풀어 보세요."
)


@dataclass(slots=True)
class Grade:
    """`first` is the trial on the data the page shows, `error` what stopped the one that decided. Korean message."""

    outcome: CheckOutcome
    first: Trial
    error: LearnerError | None = None
    message: str = ""
    results: list[CheckResult] = field(default_factory=list)


def grade(
    lab: Lab,
    step: Step,
    code: str,
    accepted: Mapping[str, str],
    *,
    write: Write,
    guard: Guard | None,
    pristine: Pristine,
    new_cloud: Callable[[], Cloud] = Cloud,
) -> Grade:
    """Play the step on each data set in turn, until one refuses the code."""
    checks = load_checks(lab)
    verdict: Grade | None = None
    for variant in range(len(checks.variants)):
        trial = perform(
            lab,
            step,
            code,
            accepted,
            checks=checks,
            variant=variant,
            write=write if variant == 0 else _nowhere,
            guard=guard,
            play=True,
            new_cloud=new_cloud,
        )
        changed = pristine.restore()
        first = verdict.first if verdict else trial
        verdict = _judge(trial, first, checks, step, variant)
        if changed and verdict.outcome in ("passed", "failed"):
            verdict.outcome, verdict.message = (
                "failed",
                _TAMPERED.format(names=", ".join(f"`{c}`" for c in changed[:3])),
            )
        if verdict.outcome != "passed":
            return verdict
    assert verdict is not None  # noqa: S101 - there are at least two data sets
    return verdict


def _judge(trial: Trial, first: Trial, checks: Checks, step: Step, variant: int) -> Grade:
    script = checks.steps[step.id]
    prefix = _OTHER_DATA if variant else ""
    if trial.outcome in ("error", "stopped", "deadline"):
        during = f"`{trial.error.during}` 호출에서 오류가 났습니다. " if trial.error and trial.error.during else ""
        return Grade(trial.outcome, first, trial.error, prefix + during)
    if trial.record is None:
        return Grade("failed", first, message=prefix + trial.refusal)
    results = _results(script.checks, trial.record, checks.variants[variant])
    failed = next((result for result in results if not result["passed"]), None)
    if failed is None:
        return Grade("passed", first, message=script.passed, results=results)
    return Grade("failed", first, message=prefix + failed["message"], results=results)


def _results(checks: tuple[Check, ...], record: Record, data: object) -> list[CheckResult]:
    """Every check up to the first that is not met; the rest are listed as not reached."""
    results: list[CheckResult] = []
    reached = True
    for check in checks:
        message = _verdict(check, record, data) if reached else NOT_YET
        results.append(CheckResult(name=check.name, passed=reached and not message, message=message))
        reached = reached and not message
    return results


def _verdict(check: Check, record: Record, data: object) -> str:
    try:
        check.judge(record, data)
    except Refusal as refusal:
        return refusal.message
    return ""


def _nowhere(stream: str, text: str) -> None:
    """What code prints on data the learner has not seen."""
