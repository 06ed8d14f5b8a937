"""The playground's prompt: what redis-cli would say, over simulated endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from labs.engine import service
from labs.engine.prompt import MOST_EVENTS, MOST_LINE, PLACES, TOKEN, Prompt
from labs.engine.redis_cli import Unfinished, prints, read_reply


@pytest.fixture
def enter() -> Callable[[str], str]:
    prompt = Prompt()
    return lambda line: prompt.enter(line)["reply"]


def test_a_value_lives_as_long_as_its_ttl() -> None:
    prompt = Prompt()
    assert prompt.enter("SET name soobak EX 60")["reply"] == "OK"
    assert prompt.enter("GET name")["reply"] == '"soobak"'
    assert prompt.advance(59)["keys"] == ["name"]
    assert prompt.enter("TTL name")["reply"] == "(integer) 0" or prompt.enter("TTL name")["reply"] == "(integer) 1"
    prompt.advance(2)
    assert prompt.enter("GET name")["reply"] == "(nil)"


def test_replies_of_every_kind(enter: Callable[[str], str]) -> None:
    lines = {
        "PING": "PONG",
        "INCR n": "(integer) 1",
        "GET n": '"1"',
        "LPUSH n x": "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
        "KEYS none:*": "(empty array)",
        "MGET n none": '1) "1"\n2) (nil)',
        "SET 'a b' \"c\\n\"": "OK",
        "GET 'a b'": '"c\\n"',
        "SET k 수박": "OK",
        "GET k": '"\\xec\\x88\\x98\\xeb\\xb0\\x95"',
        'GET "k': "Invalid argument(s)",
        "": "",
    }
    assert {line: enter(line) for line in lines} == lines


def test_ten_items_are_numbered_in_a_column(enter: Callable[[str], str]) -> None:
    enter("RPUSH l " + " ".join("abcdefghij"))
    assert enter("LRANGE l 0 -1").splitlines()[0] == ' 1) "a"'
    assert enter("LRANGE l 0 -1").splitlines()[9] == '10) "j"'


def test_a_list_in_a_list_is_indented(enter: Callable[[str], str]) -> None:
    enter("MULTI")
    enter("RPUSH l a b")
    enter("LRANGE l 0 -1")
    assert enter("EXEC") == '1) (integer) 2\n2) 1) "a"\n   2) "b"'


def test_the_prompt_shows_database_and_transaction() -> None:
    prompt = Prompt()
    host = PLACES[0].host
    assert prompt.open()["prompt"] == f"{host}:6379> "
    assert prompt.enter("SELECT 2")["prompt"] == f"{host}:6379[2]> "
    assert prompt.enter("MULTI")["prompt"] == f"{host}:6379[2](TX)> "
    assert prompt.enter("DISCARD")["prompt"] == f"{host}:6379[2]> "
    assert prompt.enter("EXEC")["reply"] == "(error) ERR EXEC without MULTI"


def test_a_replica_is_late_and_refuses_writes(enter: Callable[[str], str]) -> None:
    prompt = Prompt()
    prompt.enter("SET k v")
    prompt.enter("connect play-ro.cache.lab")
    assert prompt.enter("GET k")["reply"] == "(nil)"
    prompt.advance(1)
    assert prompt.enter("GET k")["reply"] == '"v"'
    refused = prompt.enter("SET k w")
    assert refused["tone"] == "error"
    assert refused["reply"].startswith("(error) READONLY")


def test_a_cache_with_a_token_wants_it(enter: Callable[[str], str]) -> None:
    enter("connect members.cache.lab")
    assert enter("GET k") == "(error) NOAUTH Authentication required."
    assert enter("AUTH wrong-token-wrong").startswith("(error) WRONGPASS")
    assert enter(f"AUTH {TOKEN}") == "OK"
    assert enter("GET k") == "(nil)"


def test_a_small_cache_loses_its_oldest_keys() -> None:
    prompt = Prompt()
    prompt.enter("connect small.cache.lab")
    for n in range(30):
        assert prompt.enter(f"SET k{n} {'x' * 9_000}{'y' * 500}")["reply"] == "OK"
    value = "x" * 9_000
    for n in range(30, 200):
        prompt.enter(f"SET k{n} {value}")
    keys = prompt.open()["keys"]
    assert "k199" in keys
    assert "k0" not in keys


@pytest.mark.parametrize("line", ["BLPOP q 0", "SUBSCRIBE c"])
def test_a_line_that_waits_does_not_hang_the_prompt(enter: Callable[[str], str], line: str) -> None:
    enter(line)
    assert enter("PING") == "PONG"


def test_its_own_words_and_their_mistakes(enter: Callable[[str], str]) -> None:
    assert "connect 호스트" in enter("help")
    assert "play-ro.cache.lab" in enter("connect")
    assert "play-ro.cache.lab" in enter("connect nowhere.cache.lab")
    assert "connect" in enter("exit")
    assert f"{MOST_LINE:,}자" in enter("x" * (MOST_LINE + 1))


def test_a_long_session_tells_of_its_latest_events() -> None:
    prompt = Prompt()
    for n in range(MOST_EVENTS + 10):
        prompt.enter(f"SET k {n}")
    trace = prompt.open()["trace"]
    assert len(trace) == MOST_EVENTS
    assert trace[-1]["seq"] > MOST_EVENTS


def test_the_service_keeps_one_prompt_until_asked_for_a_fresh_one() -> None:
    def ask(**fields: object) -> dict[str, object]:
        answer: dict[str, object] = json.loads(service.handle(json.dumps({"op": "prompt", **fields}), _nowhere))
        return answer

    ask(fresh=True)
    ask(line="SET k v")
    assert ask(line="GET k")["reply"] == '"v"'
    assert ask(advance_s=5)["t"] >= 5_000  # type: ignore[operator]
    assert ask()["keys"] == ["k"]
    assert ask(fresh=True)["keys"] == []


@pytest.mark.parametrize("cut", range(len(b"*2\r\n$1\r\na\r\n:12\r\n")))
def test_a_reply_that_is_not_all_there_is_waited_for(cut: int) -> None:
    with pytest.raises(Unfinished):
        read_reply(b"*2\r\n$1\r\na\r\n:12\r\n"[:cut])


def test_what_info_says_is_printed_as_it_comes() -> None:
    assert prints(b"# Server\r\nredis_version:7.1.0\r\n", [b"info", b"server"]) == "# Server\nredis_version:7.1.0"


def _nowhere(stream: str, text: str) -> None:
    """The prompt prints nothing."""
