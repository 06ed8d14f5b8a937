"""Running what `predict` and `command` items claim: a program, or a command line after a setup, on a simulated cache.

`perform` and `effect` talk to whatever cache answers, so the conformance tests use them on a real server too. Programs are
the bank's own, written by its authors: nothing here shields from them.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import redis

from labs.cloud.cloud import Cloud
from labs.engine.command_line import split

HOST = "quiz.cache.lab"

# No other reply starts like this: texts come in quotes.
_ERROR = "error "

_READS = {
    "string": ("GET",),
    "hash": ("HGETALL",),
    "list": ("LRANGE", "0", "-1"),
    "set": ("SMEMBERS",),
    "zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
}
_UNORDERED = frozenset({"hash", "set"})


class Printed(NamedTuple):
    """What a program printed, without blank lines around it, and the error that ended it, if one did."""

    text: str
    error: str | None


class Stored(NamedTuple):
    """What a key holds. `ttl_s` is rounded, and None without a TTL."""

    type: str
    value: str
    ttl_s: int | None


class Effect(NamedTuple):
    """The reply to a command, as `redis-py` gives it without its own conversions, and everything the cache then holds."""

    reply: str
    state: Mapping[str, Stored]

    @property
    def refused(self) -> bool:
        """Whether the reply is an error."""
        return self.reply.startswith(_ERROR)


def simulate_program(program: str) -> tuple[Printed, float]:
    """What a program prints in a cloud of its own, and how many seconds of virtual time it takes."""
    cloud = Cloud()
    cloud.cache(HOST)
    with cloud.active():
        printed = perform(program)
    return printed, cloud.clock.now_ms / 1000


def simulate_command(setup: Sequence[str], line: str) -> Effect:
    """The effect of a command in a cloud of its own, after the setup. Raises ValueError for a setup that fails."""
    cloud = Cloud()
    cloud.cache(HOST)
    with cloud.active():
        return effect(client(HOST, 6379), setup, line)


def client(host: str, port: int) -> redis.Redis:
    """A client that gives replies as they come: two replies that redis-cli shows apart never look alike."""
    made = redis.Redis(host=host, port=port, protocol=2, decode_responses=True)
    made.response_callbacks.clear()
    return made


def perform(program: str) -> Printed:
    """Run a program in this interpreter, against whatever answers at the host it names."""
    printed, error = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - the bank's own programs
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    return Printed(printed.getvalue().strip(), error)


def effect(cache: redis.Redis, setup: Sequence[str], line: str) -> Effect:
    """Run a setup and a command on an empty cache. Raises ValueError for a setup line that the cache refuses."""
    for prepared in setup:
        reply = _reply(cache, prepared)
        if reply.startswith(_ERROR):
            raise ValueError(f"{prepared}: {reply}")
    return Effect(_reply(cache, line), _state(cache))


def _reply(cache: redis.Redis, line: str) -> str:
    try:
        return repr(cache.execute_command(*split(line)))  # type: ignore[no-untyped-call]
    except (redis.RedisError, ValueError) as error:
        return f"{_ERROR}{error}"


def _state(cache: redis.Redis) -> dict[str, Stored]:
    keys: list[str] = cache.execute_command("KEYS", "*")  # type: ignore[no-untyped-call]
    return {key: _stored(cache, key) for key in sorted(keys)}


def _stored(cache: redis.Redis, key: str) -> Stored:
    kind: str = cache.execute_command("TYPE", key)  # type: ignore[no-untyped-call]
    name, *arguments = _READS[kind]
    value: str | list[str] = cache.execute_command(name, key, *arguments)  # type: ignore[no-untyped-call]
    ttl: int = cache.execute_command("PTTL", key)  # type: ignore[no-untyped-call]
    if isinstance(value, list) and kind == "hash":
        value = [f"{field}={text}" for field, text in zip(value[::2], value[1::2], strict=True)]
    shown = sorted(value) if kind in _UNORDERED else value
    return Stored(kind, repr(shown), None if ttl < 0 else round(ttl / 1000))
