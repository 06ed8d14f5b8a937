"""The `checks.py` of a lab, loaded: its data sets, how its cloud is built, and what each step is judged by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from labs.cloud.cloud import Cloud
from labs.engine.author import CHECK_NAME, Record, Stage
from labs.engine.lab import Lab, LabError

SERVER_KINDS = ("redis", "replica", "memcached")
"""What a step can stand on."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    judge: Callable[[Record, object], None]


@dataclass(frozen=True, slots=True)
class StepChecks:
    """What a step is judged by. `passed` is told to a learner who got it right.

    The rest is for real servers: which kinds of them the step stands on, why the address of a server is not enough (empty:
    it is), and what is imitated all the same. Korean.
    """

    arrange: Callable[[Cloud, object], None]
    play: Callable[[Stage, object], None]
    checks: tuple[Check, ...]
    passed: str
    servers: tuple[str, ...] = ("redis",)
    needs_control: str = ""
    imitated: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    variants: Sequence[object]
    build: Callable[[Cloud, object], None]
    steps: dict[str, StepChecks]


@cache
def load_checks(lab: Lab) -> Checks:
    """The checks of a lab. They run as a module of their own that learner code cannot import."""
    shared = _run(lab.checks.preamble, {"__name__": f"checks of {lab.id}"}, lab)
    variants = shared.get("VARIANTS")
    if not isinstance(variants, Sequence) or len(variants) < 2:
        raise LabError(
            f"{lab.id}/checks.py의 VARIANTS에 자료를 두 벌 이상 적으세요. / VARIANTS needs two or more sets."
        )
    steps = {cell.words[0]: _step(_run(cell.code, dict(shared), lab), cell.words[0], lab) for cell in lab.checks.cells}
    return Checks(variants, _function(shared, "build", lab), steps)


def _step(namespace: dict[str, object], step_id: str, lab: Lab) -> StepChecks:
    checks = tuple(
        Check(getattr(value, CHECK_NAME), value)
        for value in namespace.values()
        if callable(value) and isinstance(getattr(value, CHECK_NAME, None), str)
    )
    passed = namespace.get("PASSED")
    if not checks or not isinstance(passed, str):
        raise LabError(
            f"{lab.id}/checks.py의 {step_id!r} 셀에 @check 함수와 PASSED 문장이 필요합니다. / Checks or PASSED missing."
        )
    arrange = _function(namespace, "arrange", lab) if "arrange" in namespace else _leave_empty
    servers = namespace.get("SERVERS", ("redis",))
    if not isinstance(servers, tuple) or not set(servers) <= set(SERVER_KINDS):
        raise LabError(
            f"{lab.id}/checks.py의 {step_id!r} 셀에서 SERVERS가 {servers!r}입니다. {SERVER_KINDS} 가운데에서 고르세요. "
            "/ SERVERS is a tuple of these."
        )
    return StepChecks(
        arrange,
        _function(namespace, "play", lab),
        checks,
        passed,
        servers,
        str(namespace.get("NEEDS_CONTROL", "")),
        str(namespace.get("IMITATED", "")),
    )


def _run(code: str, namespace: dict[str, object], lab: Lab) -> dict[str, object]:
    exec(compile(code, f"{lab.id}/checks.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - the catalog's own code
    return namespace


def _function(namespace: dict[str, object], name: str, lab: Lab) -> Callable[..., None]:
    function = namespace.get(name)
    if not callable(function):
        raise LabError(f"{lab.id}/checks.py에 함수 {name}이(가) 없습니다. / The function is missing.")
    return function


def _leave_empty(cloud: Cloud, data: object) -> None:
    """A step without `arrange` begins with empty caches."""
