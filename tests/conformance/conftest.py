"""A real cache and a simulated one, side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from labs.cloud.cloud import Cloud
from tests.conformance.servers import redis_server


@pytest.fixture(scope="session")
def real_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with redis_server(tmp_path_factory.mktemp("redis")) as port:
        yield port


class Pair:
    """The same command on a real server and on a simulated node."""

    def __init__(self, port: int) -> None:
        self.real = redis.Redis(port=port, decode_responses=True, encoding_errors="replace")
        self.cloud = Cloud()
        self.cloud.cache("sim.cache.lab")
        self.simulated = redis.Redis(host="sim.cache.lab", decode_responses=True, encoding_errors="replace")

    def both(self, *command: str | int) -> tuple[object, object]:
        """The replies, errors as their class and text."""
        with self.cloud.active():
            simulated = _answer(self.simulated, *command)
        return _answer(self.real, *command), simulated

    def empty(self) -> None:
        self.both("FLUSHALL")
        self.both("CONFIG", "RESETSTAT")

    def keyspace(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Hits and misses as each side counts them."""
        with self.cloud.active():
            simulated = self.simulated.info("stats")
        real = self.real.info("stats")
        return (
            (real["keyspace_hits"], real["keyspace_misses"]),
            (simulated["keyspace_hits"], simulated["keyspace_misses"]),
        )


def _answer(client: redis.Redis, *command: str | int) -> object:
    try:
        reply: object = client.execute_command(*command)  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        return type(error).__name__, str(error)
    return reply


@pytest.fixture
def pair(real_port: int) -> Pair:
    made = Pair(real_port)
    made.empty()
    return made
