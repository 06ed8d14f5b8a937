"""Virtual time: the clock of a lab, and the functions that make Python tell it.

While a clock is installed, `time` and `datetime` tell virtual time to everything that runs in the installing thread:
the learner's code, redis-py and fakeredis alike. `time.sleep(3600)` returns at once and TTLs expire. Other threads
(a file watcher, a test runner) keep real time. Local time is UTC, as on an EC2 instance.

Code that must measure real time meanwhile (a deadline, a benchmark) takes its own reference beforehand:
`from time import monotonic`.
"""

from __future__ import annotations

import datetime as datetime_module
import time as time_module
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import override

# 2026-01-05 00:00:00 UTC, a Monday. Fixed, so that what a lab prints is the same on every run.
EPOCH_S = 1_767_571_200

_US = 1_000_000


class VirtualClock:
    """A clock that moves only when told to. Unit: microseconds since the start of the lab."""

    def __init__(self) -> None:
        self._now_us = 0

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
        self._now_us += amount

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` does in a lab, with the errors of the real one."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.advance_us(round(seconds * _US))

    def restart(self) -> None:
        """Back to the start. Only for a world whose stores are emptied at the same moment."""
        self._now_us = 0


@contextmanager
def installed(clock: VirtualClock) -> Iterator[None]:
    """Make `time` and `datetime` tell `clock` in this thread until the block ends."""
    replacements = _time_functions(clock, get_ident())
    saved: dict[str, object] = {name: getattr(time_module, name) for name in replacements}
    saved_datetime, saved_date = datetime_module.datetime, datetime_module.date
    _set_all(time_module, replacements)
    _set_all(datetime_module, _datetime_types(clock, get_ident()))
    try:
        yield
    finally:
        _set_all(time_module, saved)
        _set_all(datetime_module, {"datetime": saved_datetime, "date": saved_date})


def _set_all(module: object, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(module, name, value)


def _time_functions(clock: VirtualClock, owner: int) -> dict[str, object]:
    real_time, real_time_ns = time_module.time, time_module.time_ns
    real_monotonic, real_monotonic_ns = time_module.monotonic, time_module.monotonic_ns
    real_sleep, real_gmtime, real_localtime = time_module.sleep, time_module.gmtime, time_module.localtime
    real_strftime, real_asctime = time_module.strftime, time_module.asctime

    def ours() -> bool:
        return get_ident() == owner

    def time() -> float:
        return clock.now_s if ours() else real_time()

    def time_ns() -> int:
        return EPOCH_S * 1_000_000_000 + clock.now_us * 1000 if ours() else real_time_ns()

    def monotonic() -> float:
        return clock.now_us / _US if ours() else real_monotonic()

    def monotonic_ns() -> int:
        return clock.now_us * 1000 if ours() else real_monotonic_ns()

    def sleep(seconds: float) -> None:
        if ours():
            clock.sleep(seconds)
        else:
            real_sleep(seconds)

    def gmtime(seconds: float | None = None) -> time_module.struct_time:
        return real_gmtime(clock.now_s if seconds is None and ours() else seconds)

    def localtime(seconds: float | None = None) -> time_module.struct_time:
        return gmtime(seconds) if ours() else real_localtime(seconds)

    def strftime(form: str, moment: time_module.struct_time | None = None) -> str:
        return real_strftime(form, localtime() if moment is None else moment)

    def ctime(seconds: float | None = None) -> str:
        return real_asctime(localtime(seconds))

    return {
        "time": time,
        "time_ns": time_ns,
        "monotonic": monotonic,
        "monotonic_ns": monotonic_ns,
        "perf_counter": monotonic,
        "perf_counter_ns": monotonic_ns,
        "sleep": sleep,
        "gmtime": gmtime,
        "localtime": localtime,
        "strftime": strftime,
        "ctime": ctime,
    }


def _datetime_types(clock: VirtualClock, owner: int) -> dict[str, object]:
    real_datetime, real_date = datetime_module.datetime, datetime_module.date

    # isinstance() must go on accepting objects that C code or other threads made from the real types.
    class DatetimeMeta(type):
        @override
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime)

    class DateMeta(type):
        @override
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_date)

    def moment(tz: datetime_module.tzinfo | None) -> datetime_module.datetime:
        if get_ident() != owner:
            return real_datetime.now(tz)
        utc = real_datetime.fromtimestamp(EPOCH_S, datetime_module.UTC) + datetime_module.timedelta(
            microseconds=clock.now_us
        )
        return utc.replace(tzinfo=None) if tz is None else utc.astimezone(tz)

    class datetime(datetime_module.datetime, metaclass=DatetimeMeta):  # noqa: N801 - it stands in for the class of this name
        @classmethod
        @override
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime_module.datetime:  # type: ignore[override]
            return moment(tz)

        @classmethod
        @override
        def utcnow(cls) -> datetime_module.datetime:  # type: ignore[override]
            return moment(datetime_module.UTC).replace(tzinfo=None)

        @classmethod
        @override
        def today(cls) -> datetime_module.datetime:  # type: ignore[override]
            return moment(None)

    class date(datetime_module.date, metaclass=DateMeta):  # noqa: N801 - it stands in for the class of this name
        @classmethod
        @override
        def today(cls) -> datetime_module.date:  # type: ignore[override]
            return moment(None).date()

    return {"datetime": datetime, "date": date}
