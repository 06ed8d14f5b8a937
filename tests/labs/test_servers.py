"""The labs on real servers, as far as no server is needed: addresses, and what becomes of a learner's command."""

from __future__ import annotations

import pytest

from labs.cloud.access import lookup
from labs.cloud.command_table import COMMANDS
from labs.servers.address import Address, memcached_addresses, redis_address
from labs.servers.line import Reply, array, bulk, integer
from labs.servers.rewrite import may_pass, rewritten
from labs.servers.trouble import ServerTroubleError

PREFIX = b"labs:1:"
NOW_MS = 1_700_000_000_000


def sent(line: str) -> str:
    """A command as the server gets it."""
    fields = line.encode().split()
    _, command = lookup(fields)
    assert command is not None
    assert may_pass(command, fields)
    return b" ".join(rewritten(command, fields, PREFIX, NOW_MS).fields).decode()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET a", "GET labs:1:a"),
        ("SET a a EX 5", "SET labs:1:a a EX 5"),
        ("MSET a a b a", "MSET labs:1:a a labs:1:b a"),
        ("DEL a a", "DEL labs:1:a labs:1:a"),
        ("ZUNIONSTORE a 2 b a WEIGHTS 2 1", "ZUNIONSTORE labs:1:a 2 labs:1:b labs:1:a WEIGHTS 2 1"),
        ("OBJECT ENCODING a", "OBJECT ENCODING labs:1:a"),
        ("XREAD COUNT 1 STREAMS a b 0 0", "XREAD COUNT 1 STREAMS labs:1:a labs:1:b 0 0"),
        ("SORT a BY w* GET # GET v* STORE d", "SORT labs:1:a BY labs:1:w* GET # GET labs:1:v* STORE labs:1:d"),
        ("RPUSH a STORE STORE", "RPUSH labs:1:a STORE STORE"),
        ("EXPIREAT a 1700000060 NX", "PEXPIRE labs:1:a 60000 NX"),
        ("PEXPIREAT a 1699999999000", "PEXPIRE labs:1:a -1000"),
        ("EXPIREAT a soon", "PEXPIRE labs:1:a soon"),
        ("SET a EXAT EXAT 1700000060", "SET labs:1:a EXAT PX 60000"),
        ("SET a v PXAT 1", "SET labs:1:a v PX 1"),
        ("GETEX a EXAT 1700000001", "GETEX labs:1:a PX 1000"),
        ("PING", "PING"),
    ],
)
def test_keys_get_the_prefix_and_moments_become_durations(line: str, expected: str) -> None:
    assert sent(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        *(
            "FLUSHALL",
            "SHUTDOWN",
            "CONFIG SET maxmemory 1",
            "MONITOR",
            "CLIENT KILL ID 1",
            "CLIENT TRACKING ON",
            "RESET",
        ),
        *(
            "SWAPDB 0 1",
            "MOVE a 1",
            "COPY a b DB 1",
            "MIGRATE h 1 a 0 1",
            "RESTORE a 0 x",
            "PUBLISH c m",
            "SUBSCRIBE c",
        ),
        *(
            "FUNCTION FLUSH",
            "FCALL f 0",
            "SCRIPT FLUSH",
            "GEORADIUS g 0 0 1 m STORE a STORE b",
            "SORT a STORE b STORE c",
        ),
    ],
)
def test_what_is_not_about_named_keys_does_not_pass(line: str) -> None:
    fields = line.encode().split()
    _, command = lookup(fields)
    assert command is not None
    assert not may_pass(command, fields)


def test_no_command_passes_that_looks_keys_up_without_naming_them() -> None:
    without_keys = {
        name
        for name, command in COMMANDS.items()
        if not command.keys
        and command.categories & {"keyspace", "read", "write"}
        and may_pass(command, [name.encode()])
    }
    assert without_keys == {"lolwut", "object|help"}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://cache.example", Address("cache.example", 6379)),
        ("rediss://me:p%40ss@cache.example:6380/2", Address("cache.example", 6380, True, "me", "p@ss", 2)),
        ("valkeys://:s@[::1]:7", Address("::1", 7, True, "", "s")),
    ],
)
def test_urls(url: str, address: Address) -> None:
    assert redis_address(url) == address
    assert address.password not in str(address) or not address.password


def test_memcached_lists() -> None:
    assert memcached_addresses("a.example:1, b.example") == (Address("a.example", 1), Address("b.example", 11211))
    with pytest.raises(ServerTroubleError, match="쉼표로 이어"):
        memcached_addresses("a.example:1,,b.example")


def test_a_reply_is_encoded_as_it_came_without_the_prefix() -> None:
    reply = array([bulk(b"labs:1:key"), integer(3), bulk(None), Reply(b"%", (bulk(b"labs:1:f"), Reply(b"_", b"")))])
    assert reply.without(PREFIX).encode() == b"*4\r\n$3\r\nkey\r\n:3\r\n$-1\r\n%1\r\n$1\r\nf\r\n_\r\n"
