"""The playground's prompt: what redis-cli would say, over simulated endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from labs.engine import service
from labs.engine.explain_reply import PATTERNS
from labs.engine.prompt import MOST_EVENTS, MOST_LINE, MOST_NAMED, MOST_REPLY, PLACES, TOKEN, Prompt
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


def test_moving_tells_what_the_endpoint_is(enter: Callable[[str], str]) -> None:
    assert enter("connect members.cache.lab") == f"AUTH 토큰이 필요한 캐시. 토큰은 {TOKEN}입니다."


def test_time_that_passes_names_the_keys_it_takes() -> None:
    prompt = Prompt()
    prompt.enter("SET a 1 EX 30")
    prompt.enter("SET 'b c' 1 EX 30")
    prompt.enter("SET kept 1")
    assert prompt.advance(1)["reply"] == "1초 뒤"
    assert prompt.advance(60)["reply"] == '1분 뒤. 사라진 키: a, "b c"'
    assert prompt.advance(3600)["reply"] == "1시간 뒤"
    assert prompt.advance(24 * 3600)["reply"] == "1일 뒤"
    assert prompt.advance(90)["reply"] == "1.5분 뒤"


def test_many_keys_that_time_takes_are_counted() -> None:
    prompt = Prompt()
    for n in range(MOST_NAMED + 3):
        prompt.enter(f"SET k{n:02} 1 EX 1")
    assert prompt.advance(2)["reply"].endswith("k07 외 3개")


def test_the_keys_are_those_of_the_endpoint_and_the_database() -> None:
    prompt = Prompt()
    prompt.enter("SET a 1")
    prompt.enter("SET 'b c' 1")
    assert prompt.enter("SELECT 2")["keys"] == []
    assert prompt.enter("SET in-two 1")["keys"] == ["in-two"]
    assert prompt.enter("SELECT 0")["keys"] == ["a", '"b c"']
    assert prompt.enter("connect play-ro.cache.lab")["keys"] == []
    assert prompt.advance(1)["keys"] == ["a", '"b c"']
    assert prompt.enter("connect small.cache.lab")["keys"] == []


# What a learner does to meet each error; the last line is the one that is explained.
FAULTS = {
    "NOAUTH": ["connect members.cache.lab", "GET a"],
    "WRONGPASS": ["connect members.cache.lab", "AUTH wrong-token"],
    "ERR AUTH <password> called": ["AUTH token"],
    "READONLY": ["connect play-ro.cache.lab", "SET a 1"],
    "OOM": ["connect small.cache.lab", "CONFIG SET maxmemory-policy noeviction", "SETRANGE a 1200000 x", "SET b 1"],
    "WRONGTYPE": ["SET a 1", "LPUSH a 1"],
    "EXECABORT": ["MULTI", "NOSUCH", "EXEC"],
    "EXEC without MULTI": ["EXEC"],
    "MULTI calls": ["MULTI", "MULTI"],
    "WATCH inside": ["MULTI", "WATCH a"],
    "unknown command": ["NOSUCH a"],
    "unknown subcommand": ["CONFIG NOSUCH"],
    "wrong number": ["GET"],
    "invalid expire": ["SET a 1 EX 0"],
    "hash value": ["HSET h f x", "HINCRBY h f 1"],
    "not an integer": ["SET a x", "INCR a"],
    "not a valid float": ["ZADD z kim 90"],
    "string range": ["ZRANGE z a b BYLEX"],
    "overflow": ["SET a 9223372036854775807", "INCR a"],
    "no such key": ["RENAME none other"],
    "DB index": ["SELECT 99"],
    "not compatible": ["ZADD z NX XX 1 a"],
    "syntax error": ["SET a 1 EX"],
    "Lua": ['EVAL "return 1" 0'],
}


@pytest.mark.parametrize("lines", FAULTS.values(), ids=FAULTS)
def test_an_error_comes_with_what_it_means(lines: list[str]) -> None:
    prompt = Prompt()
    report = [prompt.enter(line) for line in lines][-1]
    assert report["tone"] == "error"
    assert report["explanation"] != ""


def test_every_explanation_is_met_by_some_line() -> None:
    met = set()
    for lines in FAULTS.values():
        prompt = Prompt()
        error = [prompt.enter(line) for line in lines][-1]["reply"].removeprefix("(error) ")
        met.add(next(pattern.message for pattern in PATTERNS if re.search(pattern.message, error)))
    assert met == {pattern.message for pattern in PATTERNS}


def test_an_explanation_names_what_was_typed() -> None:
    assert Prompt().enter("NOSUCH a")["explanation"].startswith("`NOSUCH` 명령을 모릅니다.")


def test_a_transaction_that_failed_in_part_says_that_nothing_is_taken_back() -> None:
    prompt = Prompt()
    for line in ("MULTI", "INCR n", "LPUSH n x"):
        prompt.enter(line)
    report = prompt.enter("EXEC")
    assert report["tone"] == "ok"
    assert "되돌리지 않습니다" in report["explanation"]
    for line in ("MULTI", "INCR n"):
        prompt.enter(line)
    assert prompt.enter("EXEC")["explanation"] == ""


def test_quotes_that_do_not_match_are_explained() -> None:
    report = Prompt().enter('GET "a')
    assert report["reply"] == "Invalid argument(s)"
    assert "따옴표" in report["explanation"]


def test_what_needs_no_words_gets_none() -> None:
    prompt = Prompt()
    assert [prompt.enter(line)["explanation"] for line in ("SET a 1", "GET none", "KEYS *", "help")] == [""] * 4


def test_a_reply_in_resp3_is_not_asked_for(enter: Callable[[str], str]) -> None:
    assert "RESP2" in enter("HELLO 3")
    assert enter("PING") == "PONG"


def test_a_very_long_reply_is_cut() -> None:
    prompt = Prompt()
    prompt.enter("SETRANGE a 50000 x")
    reply = prompt.enter("GET a")["reply"]
    assert len(reply) < MOST_REPLY + 100
    assert reply.endswith(f"{MOST_REPLY:,}자만 보입니다.")


def test_a_report_says_how_many_came_before_it() -> None:
    prompt = Prompt()
    assert [prompt.open()["answers"], prompt.enter("PING")["answers"], prompt.advance(1)["answers"]] == [1, 2, 3]


def test_everything_in_the_trace_is_done_by_the_prompt() -> None:
    prompt = Prompt()
    prompt.enter("SET a 1")
    prompt.enter("connect members.cache.lab")
    prompt.enter(f"AUTH {TOKEN}")
    assert {event["actor"] for event in prompt.open()["trace"]} == {"cli"}


def test_a_lab_that_runs_meanwhile_changes_nothing_here() -> None:
    def ask(**fields: object) -> dict[str, object]:
        answer: dict[str, object] = json.loads(service.handle(json.dumps(fields), _nowhere))
        return answer

    ask(op="prompt", fresh=True)
    ask(op="prompt", line="SET a 1 EX 60")
    code = 'cache.set("a", "lab")\ntime.sleep(3600)\n'
    ask(op="run", lab="cache-hit-miss", step="look-first", code=f"import time\n{code}", accepted={})
    assert ask(op="prompt", line="GET a")["reply"] == '"1"'


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
