"""What quiz items say that happens, happens on a real server too: programs print their key, commands get the same reply."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest
import redis
from redis.connection import Connection

from quizzes.engine.bank import load
from quizzes.engine.execution import Effect, client, effect, perform, simulate_command
from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.predict import PredictItem

pytestmark = pytest.mark.server

PROGRAMS = [item for item in load().items() if isinstance(item, PredictItem)]
COMMANDS = [
    (item, setup, line)
    for item in load().items()
    if isinstance(item, CommandItem)
    for setup in item.situations()
    for line in (*item.accept, *(line for one in item.reject for line in one.inputs))
]
LINES = json.loads((Path(__file__).parents[1] / "quizzes/command_lines.json").read_text(encoding="utf-8"))
# How much real time may pass before a TTL read back differs.
SLOW_MACHINE_S = 20


@pytest.fixture
def cache(real_port: int) -> redis.Redis:
    """The real server, empty."""
    made = client("127.0.0.1", real_port)
    made.flushall()
    return made


@pytest.mark.parametrize("item", [one for one in PROGRAMS if not one.virtual_only], ids=lambda item: item.id)
def test_a_program_prints_its_key(
    item: PredictItem, cache: redis.Redis, real_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(connection: Connection) -> socket.socket:
        return socket.create_connection(("127.0.0.1", real_port))

    monkeypatch.setattr(Connection, "_connect", connect)
    printed = perform(item.program)
    assert printed.error is None
    assert [choice.id for choice in item.choices if choice.output == printed.text] == list(item.key())


@pytest.mark.parametrize(("item", "setup", "line"), COMMANDS, ids=[f"{one.id} {line}" for one, _, line in COMMANDS])
def test_a_command_does_on_a_real_server_what_it_does_here(
    item: CommandItem, setup: tuple[str, ...], line: str, cache: redis.Redis
) -> None:
    real, simulated = effect(cache, setup, line), simulate_command(setup, line)
    assert without_ttl(real) == without_ttl(simulated)
    for key, stored in simulated.state.items():
        seen = real.state[key].ttl_s
        assert seen == (None if stored.ttl_s is None else pytest.approx(stored.ttl_s, abs=SLOW_MACHINE_S))


def without_ttl(one: Effect) -> tuple[str, dict[str, tuple[str, str]]]:
    # Which of its errors a server names first when a line has several is not what an item teaches.
    return "error" if one.refused else one.reply, {
        key: (stored.type, stored.value) for key, stored in one.state.items()
    }


@pytest.mark.parametrize("case", [one for one in LINES if one["words"]], ids=lambda case: case["line"])
def test_redis_cli_splits_lines_as_we_say(case: dict[str, object], cache: redis.Redis, real_port: int) -> None:
    """The list that redis-cli makes of a line's words is the list of words we say."""
    words = case["words"]
    assert isinstance(words, list)
    line = str(case["line"]).strip().partition(" ")[2]
    subprocess.run(
        ["redis-cli", "-p", str(real_port)], input=f"RPUSH words {line}\n", text=True, check=True, capture_output=True
    )
    assert cache.lrange("words", 0, -1) == words[1:]
