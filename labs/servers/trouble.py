"""What ends a run because of the server, and never because of the learner's code."""

from __future__ import annotations

from labs.engine.trial import Outage


class ServerTroubleError(Outage):
    """The server cannot be used, or not any longer. `message` is Korean: what was seen, what was expected, what to do.

    It is no Exception: learner code that catches errors of its own must not catch this one.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
