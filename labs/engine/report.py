"""The reports that leave the engine, in the exact shape the browser and the command line read (JSON names)."""

from __future__ import annotations

from typing import Literal, TypedDict

from labs.cloud.dump import StoreDump
from labs.cloud.trace import TraceEvent

RunOutcome = Literal["ok", "error", "stopped", "deadline", "internal"]
CheckOutcome = Literal["passed", "failed", "error", "stopped", "deadline", "internal"]

# A value longer than this is cut in a report; the grader sees all of it.
_SHORT = 200


class ErrorReport(TypedDict):
    """`line` is in the code of the step that ran. `explanation` is Korean, with code in backticks."""

    type: str
    message: str
    line: int | None
    explanation: str
    traceback: str


class EventReport(TypedDict):
    seq: int
    t: float
    kind: str
    actor: str
    target: str
    op: str
    key: str | None
    outcome: str
    ms: float


class EntryReport(TypedDict):
    key: str
    type: str
    value: str
    ttl_ms: int | None
    bytes: int


class StoreReport(TypedDict):
    store: str
    name: str
    label: str
    entries: list[EntryReport]


class Counters(TypedDict):
    hits: int
    misses: int
    hit_rate: float | None
    db_reads: int
    db_writes: int
    virtual_ms: float


class RunReport(TypedDict):
    op: Literal["run"]
    outcome: RunOutcome
    error: ErrorReport | None
    trace: list[EventReport]
    stores: list[StoreReport]
    counters: Counters


class CheckResult(TypedDict):
    name: str
    passed: bool
    message: str


class CheckReport(TypedDict):
    op: Literal["check"]
    outcome: CheckOutcome
    message: str
    checks: list[CheckResult]
    report: RunReport


def events(trace: tuple[TraceEvent, ...]) -> list[EventReport]:
    return [
        EventReport(
            seq=event.seq,
            t=event.t,
            kind=event.kind,
            actor=event.actor,
            target=event.target,
            op=event.op,
            key=event.key,
            outcome=event.outcome,
            ms=event.ms,
        )
        for event in trace
    ]


def stores(dumps: tuple[StoreDump, ...]) -> list[StoreReport]:
    return [
        StoreReport(
            store=dump.store,
            name=dump.name,
            label=dump.label,
            entries=[
                EntryReport(
                    key=entry.key, type=entry.type, value=_short(entry.value), ttl_ms=entry.ttl_ms, bytes=entry.bytes
                )
                for entry in dump.entries
            ],
        )
        for dump in dumps
    ]


def counters(trace: tuple[TraceEvent, ...], virtual_ms: float) -> Counters:
    """Hits and misses of every cache, reads and writes of every database, in one trace."""
    hits = sum(event.outcome == "hit" for event in trace)
    misses = sum(event.outcome == "miss" for event in trace)
    return Counters(
        hits=hits,
        misses=misses,
        hit_rate=round(hits / (hits + misses), 4) if hits + misses else None,
        db_reads=sum(event.reads_database for event in trace),
        db_writes=sum(event.writes_database for event in trace),
        virtual_ms=virtual_ms,
    )


def _short(value: str) -> str:
    return value if len(value) <= _SHORT else value[: _SHORT - 1] + "…"
