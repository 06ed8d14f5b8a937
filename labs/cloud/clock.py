"""Virtual time: the clock of a lab, and the functions that make Python tell it.

While a clock is installed, `time` and `datetime` tell virtual time to everything that runs in the installing thread:
the learner's code, redis-py and fakeredis alike. `time.sleep(3600)` returns at once and TTLs expire. Other threads
(a file watcher, a test runner) keep real time. Local time is UTC, as on an EC2 instance.

The replacements look for the installed clock at every call: a module that is first imported during a lab and keeps
`from time import monotonic` for good gets real time again afterwards.

Code that must measure real time meanwhile (a deadline, a benchmark) takes its own reference beforehand:
`from time import monotonic`.
"""

from __future__ import annotations

import datetime as datetime_module
import time as time_module
from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import get_ident
from typing import Self, override

# 2026-01-05 00:00:00 UTC, a Monday. Fixed, so that what a lab prints is the same on every run.
EPOCH_S = 1_767_571_200

_US = 1_000_000

_real_time = time_module.time
_real_time_ns = time_module.time_ns
_real_monotonic = time_module.monotonic
_real_monotonic_ns = time_module.monotonic_ns
_real_perf_counter = time_module.perf_counter
_real_perf_counter_ns = time_module.perf_counter_ns
_real_sleep = time_module.sleep
_real_gmtime = time_module.gmtime
_real_localtime = time_module.localtime
_real_strftime = time_module.strftime
_real_asctime = time_module.asctime
_real_datetime = datetime_module.datetime
_real_date = datetime_module.date


class VirtualClock:
    """A clock that moves only when told to. Unit: microseconds since the start of the lab."""

    def __init__(self) -> None:
        self._now_us = 0
        # What is to happen at a moment to come, soonest first: (moment, order of asking, action).
        self._alarms: list[tuple[int, int, Callable[[], None]]] = []
        self._asked = 0
        self._late_us = 0

    @property
    def now_us(self) -> int:
        return self._now_us

    @property
    def now_ms(self) -> float:
        """Milliseconds since the start, for reports."""
        return self._now_us / 1000

    @property
    def now_s(self) -> float:
        """Seconds since the Unix epoch, as `time.time()` tells them."""
        return EPOCH_S + self._now_us / _US

    def advance_us(self, amount: int) -> None:
        if amount < 0:
            raise ValueError("a clock does not go back")
        end = self._now_us + amount + self._late_us
        self._late_us = 0
        while self._alarms and self._alarms[0][0] <= end:
            moment, _, action = self._alarms.pop(0)
            self._now_us = max(self._now_us, moment)
            action()
        self._now_us = max(self._now_us, end)

    def call_at(self, moment_us: int, action: Callable[[], None]) -> Callable[[], None]:
        """Do something at a moment to come, when time gets there. Returns what cancels it."""
        self._asked += 1
        alarm = (moment_us, self._asked, action)
        insort(self._alarms, alarm)

        def cancel() -> None:
            if alarm in self._alarms:
                self._alarms.remove(alarm)

        return cancel

    @contextmanager
    def aside(self, at_us: int, *, late_us: int = 0) -> Iterator[None]:
        """Let the clock tell the time of one of several tasks until the block ends, from `at_us` on.

        Whatever takes time in the block takes the time of that task alone. The first thing that does takes `late_us` more: it
        had to wait for its turn. Alarms are for the time of all.
        """
        now_us, alarms = self._now_us, self._alarms
        self._now_us, self._late_us, self._alarms = at_us, late_us, []
        try:
            yield
        finally:
            self._now_us, self._late_us, self._alarms = now_us, 0, sorted([*alarms, *self._alarms])

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` does in a lab, with the errors of the real one."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.advance_us(round(seconds * _US))

    def restart(self) -> None:
        """Back to the start. Only for a world whose stores are emptied at the same moment."""
        self._now_us = 0
        self._alarms.clear()


# The clocks in use, the innermost last, each with the thread it is for.
_clocks: list[tuple[VirtualClock, int]] = []


@contextmanager
def installed(clock: VirtualClock) -> Iterator[None]:
    """Make `time` and `datetime` tell `clock` in this thread until the block ends."""
    _clocks.append((clock, get_ident()))
    _set_all(time_module, _VIRTUAL_TIME)
    _set_all(datetime_module, {"datetime": _datetime, "date": _date})
    try:
        yield
    finally:
        _clocks.pop()
        if not _clocks:
            _set_all(time_module, _REAL_TIME)
            _set_all(datetime_module, {"datetime": _real_datetime, "date": _real_date})


def _clock() -> VirtualClock | None:
    """The clock for this thread, None when it keeps real time."""
    return _clocks[-1][0] if _clocks and _clocks[-1][1] == get_ident() else None


def _set_all(module: object, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(module, name, value)


def _time() -> float:
    clock = _clock()
    return clock.now_s if clock else _real_time()


def _time_ns() -> int:
    clock = _clock()
    return EPOCH_S * 1_000_000_000 + clock.now_us * 1000 if clock else _real_time_ns()


def _monotonic() -> float:
    clock = _clock()
    return clock.now_us / _US if clock else _real_monotonic()


def _monotonic_ns() -> int:
    clock = _clock()
    return clock.now_us * 1000 if clock else _real_monotonic_ns()


def _perf_counter() -> float:
    clock = _clock()
    return clock.now_us / _US if clock else _real_perf_counter()


def _perf_counter_ns() -> int:
    clock = _clock()
    return clock.now_us * 1000 if clock else _real_perf_counter_ns()


def sleep(seconds: float) -> None:
    """`time.sleep` on the installed clock, for libraries that keep a `sleep` of their own."""
    clock = _clock()
    if clock:
        clock.sleep(seconds)
    else:
        _real_sleep(seconds)


def _gmtime(seconds: float | None = None) -> time_module.struct_time:
    clock = _clock()
    return _real_gmtime(clock.now_s if clock and seconds is None else seconds)


def _localtime(seconds: float | None = None) -> time_module.struct_time:
    return _gmtime(seconds) if _clock() else _real_localtime(seconds)


def _strftime(form: str, moment: time_module.struct_time | None = None) -> str:
    return _real_strftime(form, _localtime() if moment is None else moment)


def _ctime(seconds: float | None = None) -> str:
    return _real_asctime(_localtime(seconds))


_VIRTUAL_TIME: dict[str, Callable[..., object]] = {
    "time": _time,
    "time_ns": _time_ns,
    "monotonic": _monotonic,
    "monotonic_ns": _monotonic_ns,
    "perf_counter": _perf_counter,
    "perf_counter_ns": _perf_counter_ns,
    "sleep": sleep,
    "gmtime": _gmtime,
    "localtime": _localtime,
    "strftime": _strftime,
    "ctime": _ctime,
}
_REAL_TIME: dict[str, object] = {name: getattr(time_module, name) for name in _VIRTUAL_TIME}


# isinstance() must go on accepting objects that C code or other threads made from the real types.
class _DatetimeMeta(type):
    @override
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)


class _DateMeta(type):
    @override
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_date)


class _datetime(datetime_module.datetime, metaclass=_DatetimeMeta):  # noqa: N801 - stands in for a class of that name
    @classmethod
    @override
    def fromtimestamp(cls, timestamp: float, tz: datetime_module.tzinfo | None = None) -> Self:
        if tz is None and _clock():
            return super().fromtimestamp(timestamp, datetime_module.UTC).replace(tzinfo=None)
        return super().fromtimestamp(timestamp, tz)

    @classmethod
    @override
    def now(cls, tz: datetime_module.tzinfo | None = None) -> Self:
        return cls.fromtimestamp(_time(), tz)

    @classmethod
    @override
    def utcnow(cls) -> Self:
        return cls.fromtimestamp(_time(), datetime_module.UTC).replace(tzinfo=None)

    @classmethod
    @override
    def today(cls) -> Self:
        return cls.now()


class _date(datetime_module.date, metaclass=_DateMeta):  # noqa: N801 - stands in for a class of that name
    @classmethod
    @override
    def today(cls) -> Self:
        today = _datetime.now()
        return cls(today.year, today.month, today.day)


_datetime.__name__ = _datetime.__qualname__ = "datetime"
_date.__name__ = _date.__qualname__ = "date"
