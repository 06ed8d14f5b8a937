"""The names an author of `checks.py` needs: set a stage, play on it with the learner's functions, judge the record.

The preamble of `checks.py` defines `VARIANTS` (the data sets; the page shows the first, the others catch hard-coded
answers) and `build(cloud, data)`. The cell of a step defines `play(stage, data)`, its `@check` functions
`(record, data)` in the order they are told to the learner, optionally `arrange(cloud, data)` for what the stores hold
when the step begins, and `PASSED`, the sentence for a learner who got it right.

For real servers (`--redis-url`, `--own-servers`), a cell or the preamble may define `SERVERS`, a tuple of the kinds of
server that a step's commands go to ("redis", "replica", "memcached"; `("redis",)` unless said otherwise), `NEEDS_CONTROL`,
the Korean reason why a step needs more control over a server than its address gives (servers that the labs start
themselves give it), and `IMITATED`, a Korean sentence about what is not real even there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from labs.cloud.cloud import Cloud
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.trace import TraceEvent

__all__ = ["Call", "Cloud", "Entry", "Record", "Span", "Stage", "StoreDump", "TraceEvent", "check", "fail", "shown"]

type Sealed = bool | int | float | str | bytes | Opaque | list[Sealed] | dict[Sealed, Sealed] | None


class Refusal(Exception):  # noqa: N818 - it is a verdict, not an error
    """A check was not met. `message` is Korean."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def fail(message: str) -> NoReturn:
    """The check is not met: say what was seen, what was expected, and where to look."""
    raise Refusal(message)


def check[F: Callable[..., None]](name: str) -> Callable[[F], F]:
    """Mark a function of a step's cell as a check; `name` is what a learner reads in the list of checks."""

    def mark(function: F) -> F:
        setattr(function, CHECK_NAME, name)
        return function

    return mark


CHECK_NAME = "check_name"


def shown(value: object) -> str:
    """A value as a learner would write it, short, in backticks."""
    text = repr(value)
    return f"`{text if len(text) <= 80 else text[:79] + '…'}`"


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for a value that is not plain data. Equal to nothing a check would ask for."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Span:
    """A sealed stretch of a trial: what happened during it, and what the stores held when it ended."""

    events: tuple[TraceEvent, ...]
    stores: tuple[StoreDump, ...]

    @property
    def cache(self) -> StoreDump:
        """The first cache."""
        return next(store for store in self.stores if store.store == "cache")

    @property
    def hits(self) -> list[TraceEvent]:
        return [event for event in self.events if event.outcome == "hit"]

    @property
    def misses(self) -> list[TraceEvent]:
        return [event for event in self.events if event.outcome == "miss"]

    @property
    def lookups(self) -> list[TraceEvent]:
        return [event for event in self.events if event.outcome in ("hit", "miss")]

    @property
    def db_reads(self) -> list[TraceEvent]:
        return [event for event in self.events if event.reads_database]

    @property
    def db_writes(self) -> list[TraceEvent]:
        return [event for event in self.events if event.writes_database]

    def on(self, key: str) -> list[TraceEvent]:
        """The events about one key of a cache."""
        return [event for event in self.events if event.kind == "cache" and event.key == key]


@dataclass(frozen=True, slots=True)
class Call(Span):
    """One call of a learner's function, and the plain data it returned."""

    label: str
    function: str
    value: Sealed


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a trial left, sealed. `run` is the step's own code; the calls are those of `play`."""

    run: Span
    calls: tuple[Call, ...]

    def __getitem__(self, label: str) -> Call:
        return next(call for call in self.calls if call.label == label)


class Stage(Protocol):
    """Where `play` runs the learner's functions. Each play begins with empty caches and the databases as built."""

    @property
    def cloud(self) -> Cloud: ...

    def call(self, label: str, function: str, *args: object) -> Sealed:
        """Call a function the learner defined and record it under `label`. Returns what it returned, sealed.

        An `async` function runs to its end, as by `asyncio.run`.
        """

    def together(self, label: str, function: str, *calls: Sequence[object], every_ms: float = 0) -> Sealed:
        """Call an `async` function the learner defined once for each list of arguments, and record it as one call.

        The calls begin at the same moment, or `every_ms` apart; the trace names them `#1`, `#2` and so on. Returns the list of
        what they returned, sealed.
        """

    def note(self, label: str, value: object) -> None:
        """Record plain data that the author saw in the cloud itself, such as a setting, under `label`."""

    def fresh(self) -> None:
        """Empty caches and the databases as built, for a scenario of its own."""


def seal(value: object) -> Sealed:
    """Plain data out of whatever a learner's function returned, sharing nothing with it."""
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value  # type: ignore[return-value]
    if type(value) in (list, tuple):
        return [seal(item) for item in value]  # type: ignore[attr-defined]
    if type(value) is dict:
        return {_hashable(key): seal(item) for key, item in value.items()}
    return Opaque(f"<{type(value).__name__}>")


def _hashable(key: object) -> Sealed:
    sealed = seal(key)
    return repr(sealed) if isinstance(sealed, (list, dict)) else sealed
