"""A learner's exception as a report: the traceback cut to the learner's own lines, and an explanation in Korean."""

from __future__ import annotations

import traceback

from labs.engine.explain import explain
from labs.engine.lab import Lab, Step
from labs.engine.report import ErrorReport
from labs.engine.trial import filename


def error_report(error: BaseException, lab: Lab, step: Step) -> ErrorReport:
    own = filename(step.id)
    files = {filename(other.id) for other in lab.steps}
    message = shown_message(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == own), None)
    if isinstance(error, SyntaxError) and error.filename == own:
        line = error.lineno
    return ErrorReport(
        type=type(error).__name__,
        message=message,
        line=line,
        explanation=explain(error, message),
        traceback=_traceback(error, frames),
    )


def shown_message(error: BaseException) -> str:
    """The text Python shows after the class name, with its "Did you mean" where there is one."""
    if isinstance(error, SyntaxError):
        return error.msg
    # Python works the suggestion out from the frames, when a traceback is printed.
    last = "".join(traceback.TracebackException.from_exception(error).format_exception_only()).strip()
    name, _, message = last.partition(": ")
    return message if name.rpartition(".")[2] == type(error).__name__ else last


def _traceback(error: BaseException, frames: list[traceback.FrameSummary]) -> str:
    # Libraries between two lines of the learner are left out, and so are the errors that led to this one.
    ending = "".join(traceback.format_exception_only(error))
    return "".join(
        ["Traceback (most recent call last):\n", *traceback.format_list(frames), ending] if frames else ending
    )
