"""Concurrency: an asyncio event loop in virtual time, and what `redis.asyncio` and the database do in it.

The loop is asyncio's own, except that where it would wait for the operating system it moves the clock to the next timer. Tasks run
until none can go on; only then does time pass. So a thousand requests "at the same moment" are just that, a run takes no
real time, and it is the same every time.

An operation of one task must take time for that task and for no other. It is therefore done at once, by the same code as everywhere
else, while the clock tells the task's own time (`VirtualClock.aside`); then the task sleeps until its answer is there. A cache
node serves commands one after another, a database a few at a time (`latency.DATABASE_WORKERS`).

While a cloud is active, `asyncio.run` and its like use its loop, in the browser too, where Pyodide has put a loop of its own behind
them. A cloud has one loop for all its runs, so that a client made outside of them keeps its connections.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import re
import socket
import sys
from asyncio import base_events, events, runners, tasks
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from typing import TYPE_CHECKING, NoReturn, override
from weakref import WeakSet

from labs.cloud import latency
from labs.cloud.clock import VirtualClock

if TYPE_CHECKING:
    from redis.asyncio.connection import Connection

    from labs.cloud.cloud import Cloud
    from labs.cloud.database import Database, Row, Value
    from labs.cloud.network import Wire

_US = 1_000_000
_ANY_SIZE = 1 << 30
# What watches learner code in the browser (labs/player/runtime/guard.py). It waits for messages in the browser's own loop, in the
# midst of a run of ours: Pyodide then asks for a loop on its behalf.
_GUARD = "lab_guard"

_RealRunner = asyncio.Runner
_real_get = asyncio.get_event_loop
_DEFAULT_NAME = re.compile(r"Task-\d+")


class StuckError(RuntimeError):
    """Every task waits for another one. A real program would hang."""

    def __init__(self) -> None:
        super().__init__("every task is waiting, and nothing is left that could wake one of them")


class VirtualLoop(base_events.BaseEventLoop):
    """An event loop on a virtual clock."""

    # asyncio's own, of which its type stubs do not tell.
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.clock = clock
        self.queues = _Queues()
        self.lines: WeakSet[_Line] = WeakSet()
        self._selector = _Waiting(clock)
        # Timers are due when the clock says so to the microsecond; their times are floats.
        self._clock_resolution = 0.4 / _US
        self._timers = 0
        self._tasks_made = 0
        self._fatal: BaseException | None = None

    @override
    def time(self) -> float:
        return self.clock.now_us / _US

    @override
    def call_at(
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        self._timers += 1
        timer = _Timer(when, callback, args, self, context, order=self._timers)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    @override
    def create_task[T](  # type: ignore[override]
        self, coro: Coroutine[object, object, T], *, name: str | None = None, **options: object
    ) -> asyncio.Task[T]:
        # asyncio counts the tasks of a whole process; here each run begins with Task-1, as in a process of its own.
        self._tasks_made += 1
        task: asyncio.Task[T] = super().create_task(coro, name=name or f"Task-{self._tasks_made}", **options)  # type: ignore[arg-type]
        task.add_done_callback(self._look_at)
        return task

    @override
    def run_forever(self) -> None:
        super().run_forever()
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            raise fatal

    def _look_at(self, task: asyncio.Task[object]) -> None:
        """Leave the loop for what is no Exception: a stop must not wait until somebody asks for the task's result."""
        # Not by `exception()`: asyncio would take that for somebody who saw to the error.
        fatal = None if task.cancelled() else _fatal_in(task._exception)
        if fatal is not None:
            self._fatal = fatal
            self.stop()

    @override
    def run_in_executor[T](self, executor: object, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """There are no threads in the browser: the function runs here and now, and the others wait for it."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    @override
    async def getaddrinfo(self, host: object, port: object, **options: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    @override
    def close(self) -> None:
        """The end of one run. The loop stays for the next one, with nothing left of a run that was stopped."""
        self._ready.clear()
        self._scheduled.clear()
        self._asyncgens_shutdown_called = self._executor_shutdown_called = False
        self._tasks_made = 0
        self.queues = _Queues()

    def __del__(self) -> None:
        """It holds nothing of the operating system's."""

    def _process_events(self, events: object) -> None:
        """Nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody is asleep who would have to be woken."""


def _fatal_in(error: BaseException | None) -> BaseException | None:
    """What is no Exception: the error itself, or one of those a task group put together."""
    if isinstance(error, BaseExceptionGroup):
        return next((fatal for fatal in map(_fatal_in, error.exceptions) if fatal is not None), None)
    return None if isinstance(error, Exception) else error


class _Timer(asyncio.TimerHandle):
    """Of two timers for the same moment, the one that was set first goes off first."""

    __slots__ = ("_order",)
    _scheduled: bool
    _when: float

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: Sequence[object],
        loop: asyncio.AbstractEventLoop,
        context: Context | None,
        *,
        order: int,
    ) -> None:
        super().__init__(when, callback, args, loop, context)
        self._order = order

    @override
    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self._when, self._order) < (other._when, other._order)


class _Waiting:
    """Stands where asyncio keeps what asks the operating system for news."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise StuckError
        # Up, so that a timer between two microseconds is due afterwards; but not for the noise in a float.
        self._clock.advance_us(math.ceil(timeout * _US - 0.001))
        return ()


class _Queues:
    """When each server is free again, for each of its workers. Times are microseconds."""

    def __init__(self) -> None:
        self._free_us: dict[int, list[int]] = {}

    def begin(self, server: object, now_us: int, cost_us: int, workers: int) -> int:
        """Take the next free worker for `cost_us`. Returns when it begins."""
        free = self._free_us.setdefault(id(server), [0] * workers)
        begins_us = max(now_us, free[0])
        heapq.heapreplace(free, begins_us + cost_us)
        return begins_us


@contextmanager
def event_loops(cloud: Cloud) -> Iterator[None]:
    """Until the block ends, asyncio runs coroutines in the loop of this cloud."""
    chosen: list[asyncio.AbstractEventLoop | None] = [None]

    def make(*ignored: object) -> VirtualLoop:
        return cloud.loop

    def make_runner(*, debug: bool | None = None, loop_factory: object = None) -> asyncio.Runner:
        return _RealRunner(debug=debug, loop_factory=make)

    def run[T](main: Coroutine[object, object, T], *, debug: bool | None = None, loop_factory: object = None) -> T:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("asyncio.run() cannot be called from a running event loop")
        with make_runner(debug=debug) as runner:
            return runner.run(main)

    def get() -> asyncio.AbstractEventLoop:
        if sys._getframe(1).f_globals.get("__name__") == _GUARD:
            with _outside_of_any_loop():
                return _real_get()
        loop = asyncio._get_running_loop() or chosen[0]
        if loop is None:
            raise RuntimeError("There is no current event loop in thread 'MainThread'.")
        return loop

    def choose(loop: asyncio.AbstractEventLoop | None) -> None:
        chosen[0] = loop

    names: dict[str, object] = {"new_event_loop": make, "get_event_loop": get, "set_event_loop": choose}
    runs: dict[str, object] = {"run": run, "Runner": make_runner}
    replacements: list[tuple[object, str, object]] = [
        (owner, name, value) for owner in (asyncio, events) for name, value in names.items()
    ]
    replacements += [(owner, name, value) for owner in (asyncio, runners) for name, value in runs.items()]
    saved: list[tuple[object, str, object]] = [(owner, name, getattr(owner, name)) for owner, name, _ in replacements]
    _set_all(replacements)
    try:
        with _outside_of_any_loop():
            yield
    finally:
        _set_all(saved)


@contextmanager
def _outside_of_any_loop() -> Iterator[None]:
    """Python in a browser runs inside a loop and a task; what learners write begins outside of one, as in a script."""
    running = asyncio._get_running_loop()
    if running is None:
        yield
        return
    task = tasks._swap_current_task(running, None)  # type: ignore[attr-defined]
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)
        tasks._swap_current_task(running, task)  # type: ignore[attr-defined]


@contextmanager
def redis_async_connections(cloud: Cloud) -> Iterator[None]:
    """Let `redis.asyncio` connect to the nodes of this cloud instead of by TCP, until the block ends."""
    from redis.asyncio.connection import Connection, SSLConnection

    from labs.cloud.network import own_name

    async def connect(connection: Connection) -> None:
        line = await _Line.open(
            cloud,
            connection.host,
            connection.port,
            connection.socket_connect_timeout,
            own_name(connection),
            tls=isinstance(connection, SSLConnection),
        )
        # A reader is asyncio's; a line does what redis-py asks of a writer.
        connection._reader = line.reader
        connection._writer = line  # type: ignore[assignment]

    saved = Connection._connect
    Connection._connect = connect  # type: ignore[method-assign]
    try:
        yield
    finally:
        Connection._connect = saved  # type: ignore[method-assign]


class _Line:
    """A connection as a task uses it: a reader, and the methods of a writer."""

    def __init__(self, cloud: Cloud, wire: Wire) -> None:
        self._cloud = cloud
        self._loop = cloud.loop
        self._wire = wire
        self._closed = False
        self.reader = asyncio.StreamReader(loop=self._loop)
        self._loop.lines.add(self)

    @classmethod
    async def open(
        cls, cloud: Cloud, host: str, port: int, timeout: float | None, name: str | None, *, tls: bool
    ) -> _Line:
        """Connect as `Cloud.dial` does. Raises OSError, after the time it takes."""
        clock = cloud.clock
        end_us = clock.now_us
        try:
            with _as_a_task(cloud, at_us=clock.now_us):
                try:
                    wire = cloud.dial(host, port, timeout, name, tls=tls)
                finally:
                    end_us = clock.now_us
        finally:
            await asyncio.sleep((end_us - clock.now_us) / _US)
        if tls and not wire.tls:
            raise OSError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
        return cls(cloud, wire)

    def write(self, data: bytes) -> None:
        """Send commands. The node runs them now; the replies arrive when it has got to them."""
        clock, node = self._cloud.clock, self._wire.endpoint
        sent_us = clock.now_us
        arrival_us = sent_us + latency.CACHE_ROUND_TRIP_US // 2
        late_us = self._loop.queues.begin(node, arrival_us, 0, 1) - arrival_us
        with _as_a_task(self._cloud, at_us=sent_us, late_us=late_us):
            try:
                self._wire.sendall(data)
            except OSError as error:
                self.reader.set_exception(error)
            end_us = clock.now_us
        # Greetings cost nothing of their own: they are part of connecting.
        if end_us > sent_us:
            self._loop.queues.begin(node, arrival_us, end_us - sent_us - late_us - latency.CACHE_ROUND_TRIP_US, 1)
        self._take(end_us)
        for other in list(self._loop.lines):
            # What this made the node tell others of its own accord: messages of a channel.
            other._take(sent_us + latency.CACHE_ROUND_TRIP_US)

    def writelines(self, parts: Sequence[bytes]) -> None:
        self.write(b"".join(parts))

    async def drain(self) -> None:
        """Everything is sent at once."""

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.lines.discard(self)
            self._wire.close()

    async def wait_closed(self) -> None:
        """Closing takes no time."""

    def is_closing(self) -> bool:
        return self._closed

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self._wire.getpeername() if name == "peername" else default

    def _take(self, at_us: int) -> None:
        """Let what the node has sent arrive at `at_us`."""
        try:
            if not self._wire.has_news():
                return
            data = self._wire.recv(_ANY_SIZE)
        except OSError as error:
            self._loop.call_at(at_us / _US, self.reader.set_exception, error)
            return
        if data:
            self._loop.call_at(at_us / _US, self._arrive, data)
        else:
            self._loop.call_at(at_us / _US, self.reader.feed_eof)

    def _arrive(self, data: bytes) -> None:
        if not self._closed:
            self.reader.feed_data(data)


async def ask_database(cloud: Cloud, server: Database, sql: str, parameters: Sequence[Value]) -> tuple[list[Row], int]:
    """`Database.run` for one task. A task that is cancelled meanwhile leaves a statement the database worked on in vain."""
    from labs.cloud.database import cost_us

    asked_us, cost = cloud.clock.now_us, cost_us(sql)
    begins_us = cloud.loop.queues.begin(server, asked_us, cost, latency.DATABASE_WORKERS)
    try:
        await asyncio.sleep((begins_us + cost - asked_us) / _US)
    except asyncio.CancelledError:
        with _as_a_task(cloud, at_us=cloud.clock.now_us):
            server.give_up(sql, asked_us)
        raise
    with _as_a_task(cloud, at_us=asked_us, late_us=begins_us - asked_us):
        return server.run(sql, parameters)


@contextmanager
def _as_a_task(cloud: Cloud, *, at_us: int, late_us: int = 0) -> Iterator[None]:
    """The block lives in the time of the current task, and under its name when it was given one."""
    task = asyncio.current_task()
    actor = cloud.actor
    if task is not None and not _DEFAULT_NAME.fullmatch(task.get_name()):
        cloud.actor = task.get_name()
    try:
        with cloud.clock.aside(at_us, late_us=late_us):
            yield
    finally:
        cloud.actor = actor


def _set_all(values: list[tuple[object, str, object]]) -> None:
    for owner, name, value in values:
        setattr(owner, name, value)
