"""What happened, as data: one event for each operation a client did against the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["hit", "miss", "ok", "error"]
Kind = Literal["cache", "database", "network"]

SQL_READS = frozenset(("SELECT", "WITH"))
"""The statements that read; every other one counts as a write."""


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One operation. `t` (its start) and `ms` (its length) are milliseconds of virtual time.

    `target` is the label of an endpoint, or the host name nobody answered at. `key` is the table for a database.
    """

    seq: int
    t: float
    kind: Kind
    actor: str
    target: str
    op: str
    key: str | None
    outcome: Outcome
    ms: float

    @property
    def reads_database(self) -> bool:
        return self.kind == "database" and self.op in SQL_READS

    @property
    def writes_database(self) -> bool:
        return self.kind == "database" and self.op not in SQL_READS


class Trace:
    """The growing list of events of one cloud."""

    def __init__(self) -> None:
        self._events: list[TraceEvent] = []

    def __len__(self) -> int:
        return len(self._events)

    def add(
        self,
        *,
        at_us: int,
        kind: Kind,
        actor: str,
        target: str,
        op: str,
        key: str | None,
        outcome: Outcome,
        took_us: int,
    ) -> None:
        self._events.append(
            TraceEvent(len(self._events) + 1, at_us / 1000, kind, actor, target, op, key, outcome, took_us / 1000)
        )

    def since(self, mark: int = 0) -> tuple[TraceEvent, ...]:
        """A sealed copy of the events after the first `mark` ones."""
        return tuple(self._events[mark:])

    def clear(self) -> None:
        self._events.clear()
