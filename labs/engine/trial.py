"""One trial: a step's code, run in a cloud of its own after the accepted code of earlier steps, and its sealed record."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import inspect
import io
import linecache
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import CodeType
from typing import Literal, override

from labs.cloud.cloud import Cloud
from labs.engine.author import Call, Record, Refusal, Sealed, Span, fail, seal
from labs.engine.checks import Checks
from labs.engine.lab import Lab, Step
from labs.engine.pristine import restore_builtins

type Write = Callable[[str, str], None]
"""Takes "stdout" or "stderr" and a piece of text."""

type Guard = Callable[[list[CodeType]], AbstractContextManager[None]]
"""Wraps the execution of these code objects. Inside it `time` is virtual: take `from time import monotonic` before."""


class Stopped(BaseException):
    """The learner pressed Stop. Not an Exception, so that learner code does not catch it by accident."""


class DeadlineExceeded(Stopped):
    """The time allowed for a run is over."""


class Outage(BaseException):
    """What a cloud stands on is gone, so nothing can be said about the code. Leaves a trial as it is."""


@dataclass(frozen=True, slots=True)
class LearnerError:
    """What learner code raised. `during` is the call of a check it happened in, None for the step's own code."""

    error: BaseException
    during: str | None


@dataclass(slots=True)
class Trial:
    """What became of a run. `record` is there only when it was played to its end."""

    outcome: Literal["ok", "error", "refused", "stopped", "deadline"] = "ok"
    error: LearnerError | None = None
    refusal: str = ""
    run: Span = field(default_factory=lambda: Span((), ()))
    virtual_ms: float = 0.0
    record: Record | None = None


def filename(step_id: str) -> str:
    """What tracebacks call the code of a step."""
    return f"{step_id}.py"


def perform(
    lab: Lab,
    step: Step,
    code: str,
    accepted: Mapping[str, str],
    *,
    checks: Checks,
    variant: int,
    write: Write,
    guard: Guard | None,
    play: bool,
    new_cloud: Callable[[], Cloud] = Cloud,
) -> Trial:
    """Run `code` on one data set; when `play` is asked for, then also the step's play with the functions it defined."""
    trial = Trial()
    data, script = checks.variants[variant], checks.steps[step.id]
    cloud = new_cloud()
    checks.build(cloud, data)
    cloud.keep()
    random.seed(variant)
    namespace: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
    with _catching(trial):
        earlier = [_earlier(other, accepted) for other in lab.before(step)]
        own = _compile(code, filename(step.id))
        learners = _nested([*(part for part, _ in earlier), own])
        with cloud.active(), guard(learners) if guard else contextlib.nullcontext():
            with _output_to(_nowhere):
                for part, solution in earlier:
                    _execute_earlier(part, solution, namespace)
            cloud.reset()
            cloud.clock.restart()
            script.arrange(cloud, data)
            try:
                with _output_to(write):
                    _execute(own, namespace)
            finally:
                trial.run = Span(cloud.trace.since(), cloud.dump())
                trial.virtual_ms = cloud.clock.now_ms
            if play:
                stage = _Stage(cloud, namespace)
                with _output_to(_nowhere):
                    script.play(stage, data)
                trial.record = Record(trial.run, tuple(stage.calls))
    return trial


class _Stage:
    """The `author.Stage` that `play` gets."""

    def __init__(self, cloud: Cloud, namespace: dict[str, object]) -> None:
        self.cloud = cloud
        self.calls: list[Call] = []
        self._namespace = namespace
        self.fresh()

    def fresh(self) -> None:
        self.cloud.reset()

    def call(self, label: str, function: str, *args: object) -> Sealed:
        target = self._function(function)
        return self._record(label, function, args, lambda: _finished(_with_builtins_after(lambda: target(*args))))

    def together(self, label: str, function: str, *calls: Sequence[object], every_ms: float = 0) -> Sealed:
        target = self._function(function)
        if not inspect.iscoroutinefunction(target):
            fail(f"`{function}` 함수를 `async def`로 시작하세요. 여러 요청이 함께 부르는 함수입니다.")
        return self._record(
            label, function, calls[0], lambda: asyncio.run(_all_at_once(target, calls, every_ms / 1000))
        )

    def _function(self, name: str) -> Callable[..., object]:
        target = self._namespace.get(name)
        if target is None:
            fail(f"`{name}` 함수가 보이지 않습니다. 함수 이름이 그대로인지 보세요.")
        if not callable(target):
            fail(f"`{name}`에 함수가 아닌 값이 들어 있습니다. 같은 이름의 변수를 만들지 않았는지 보세요.")
        return target

    def _record(self, label: str, function: str, args: Sequence[object], perform: Callable[[], object]) -> Sealed:
        mark = len(self.cloud.trace)
        during = f"{function}({', '.join(map(repr, args))})"
        value = seal(_shielded(lambda: _with_builtins_after(perform), during))
        self.calls.append(Call(self.cloud.trace.since(mark), self.cloud.dump(), label, function, value))
        return value

    def note(self, label: str, value: object) -> None:
        self.calls.append(Call((), (), label, "", seal(value)))


class _Interrupted(Exception):  # noqa: N818 - carries a learner's error out through the engine and an author's play
    def __init__(self, cause: LearnerError) -> None:
        super().__init__(str(cause.error))
        self.cause = cause


@contextlib.contextmanager
def _catching(trial: Trial) -> Iterator[None]:
    """Turn whatever ends a trial early into its outcome. Errors of the engine itself pass through."""
    try:
        yield
    except DeadlineExceeded:
        trial.outcome = "deadline"
    except (Stopped, KeyboardInterrupt):
        trial.outcome = "stopped"
    except Refusal as refusal:
        trial.outcome, trial.refusal = "refused", refusal.message
    except _Interrupted as interrupted:
        trial.outcome, trial.error = "error", interrupted.cause


def _shielded[T](learner_code: Callable[[], T], during: str | None) -> T:
    """Run learner code; whatever it raises, other than a stop or an outage, leaves as `_Interrupted`."""
    try:
        return learner_code()
    except (Stopped, Outage, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _Interrupted(LearnerError(error, during)) from None


def _finished(value: object) -> object:
    """What a call returned; when it was a call of an `async` function, what that comes to."""
    return asyncio.run(value) if inspect.iscoroutine(value) else value


async def _all_at_once(
    target: Callable[..., Awaitable[object]], calls: Sequence[Sequence[object]], every_s: float
) -> list[object]:
    async def one(number: int, args: Sequence[object]) -> object:
        await asyncio.sleep(number * every_s)
        return await target(*args)

    return await asyncio.gather(
        *(asyncio.create_task(one(number, args), name=f"#{number + 1}") for number, args in enumerate(calls))
    )


def _with_builtins_after[T](learner_code: Callable[[], T]) -> T:
    """Run learner code, and see to it that whatever comes next, an `except` included, finds the built-in names."""
    try:
        return learner_code()
    finally:
        restore_builtins()


def _compile(code: str, name: str) -> CodeType:
    # Tracebacks read the lines of code from here; there is no such file.
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    return _shielded(lambda: compile(code, name, "exec", dont_inherit=True), None)


def _earlier(step: Step, accepted: Mapping[str, str]) -> tuple[CodeType, CodeType]:
    """The accepted code of an earlier step, and its solution."""
    solution = _compile(step.solution, filename(step.id))
    if step.id not in accepted:
        return solution, solution
    try:
        return _compile(accepted[step.id], filename(step.id)), solution
    except _Interrupted:
        return solution, solution


def _execute_earlier(code: CodeType, solution: CodeType, namespace: dict[str, object]) -> None:
    """Code that passed once may no longer fit a lab that was changed since: then the solution stands in for it."""
    try:
        _execute(code, namespace)
    except _Interrupted:
        _execute(solution, namespace)


def _execute(code: CodeType, namespace: dict[str, object]) -> None:
    def run() -> None:
        # A script may end itself by exit().
        with contextlib.suppress(SystemExit):
            _with_builtins_after(lambda: exec(code, namespace))  # noqa: S102 - running learner code is what this is for

    _shielded(run, None)


def _nested(codes: list[CodeType]) -> list[CodeType]:
    """The code objects and all those inside them: functions, classes, comprehensions."""
    inner = [const for code in codes for const in code.co_consts if isinstance(const, CodeType)]
    return [*codes, *_nested(inner)] if inner else codes


@contextlib.contextmanager
def _output_to(write: Write) -> Iterator[None]:
    with contextlib.redirect_stdout(_Stream("stdout", write)), contextlib.redirect_stderr(_Stream("stderr", write)):
        yield


class _Stream(io.TextIOBase):
    def __init__(self, name: str, write: Write) -> None:
        self._name = name
        self._write = write

    @override
    def write(self, text: str, /) -> int:
        self._write(self._name, text)
        return len(text)

    @override
    def writable(self) -> bool:
        return True


def _nowhere(stream: str, text: str) -> None:
    """Output that nobody asked for: earlier steps, and calls the checks make."""
