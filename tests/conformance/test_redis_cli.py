"""The playground prints what the real redis-cli prints for the same lines on a real server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labs.engine.prompt import Prompt
from tests.conformance.servers import redis_server

pytestmark = pytest.mark.server

LINES = """\
PING
SET name 수박
GET name
SET "a b" "line\\nbreak \\"quoted\\" \\\\ \\a\\x01"
GET "a b"
GET 'a b'
GET none
TTL name
EXPIRE name 100
TTL name
INCR name
INCR
NOSUCH a b
RPUSH l a b c d e f g h i j k
LRANGE l 0 -1
LRANGE none 0 -1
HSET h f 1 g 2
HGETALL h
HGET h none
HMGET h f none
ZADD z 1 a 2.5 b
ZRANGE z 0 -1 WITHSCORES
ZSCORE z b
ZRANK z none
SADD s one
SMEMBERS s
TYPE z
OBJECT ENCODING z
MULTI
SET t 1
INCR t
LRANGE l 0 2
EXEC
MULTI
DISCARD
EXEC
SELECT 3
GET name
SELECT 99
SELECT 0
EXISTS name none
DEL name l h
DBSIZE
SCAN 0 MATCH t COUNT 100
WAIT 0 0
CONFIG GET maxmemory
APPEND x y
SETEX x 0 v
GETRANGE "a b" 0 3
"""


# A line that redis-cli refuses by itself: it marks the end of a reply, also inside a transaction.
MARK = '"'
MARKED = "Invalid argument(s)"


def test_every_line_is_answered_alike(tmp_path: Path) -> None:
    lines = LINES.splitlines()
    with redis_server(tmp_path) as port:
        printed = subprocess.run(
            ["redis-cli", "-p", str(port), "--no-raw"],
            input="".join(f"{line}\n{MARK}\n" for line in lines),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    real = [reply.strip("\n") for reply in printed.split(MARKED)]
    prompt = Prompt()
    assert list(zip(lines, [prompt.enter(line)["reply"] for line in lines], strict=True)) == list(
        zip(lines, real[:-1], strict=True)
    )
