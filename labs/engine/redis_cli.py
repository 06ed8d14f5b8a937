"""Replies as redis-cli prints them at a terminal (redis 7.0, RESP2), and how one is read off the wire.

`tests/conformance/test_redis_cli.py` runs the real redis-cli on the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass

type Reply = Status | Failure | int | bytes | list[Reply] | None


@dataclass(frozen=True, slots=True)
class Status:
    """A simple string: OK, PONG, QUEUED."""

    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of the server: its text begins with a code such as WRONGTYPE."""

    text: str


class Unfinished(Exception):  # noqa: N818 - no error: the rest of the reply has not come
    """The bytes end before the reply does."""


# redis-cli prints what these answer as it comes.
_PLAIN = frozenset(("info", "lolwut", "cluster info", "cluster nodes", "client list", "client info", "memory doctor"))
_ESCAPES = {0x07: "\\a", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}


def read_reply(data: bytes) -> tuple[Reply, bytes]:
    """The first reply of some RESP2 bytes, and the bytes after it. Raises Unfinished."""
    line, separator, rest = data.partition(b"\r\n")
    if not separator:
        raise Unfinished
    kind, text = line[:1], line[1:]
    match kind:
        case b"+":
            return Status(text.decode(errors="replace")), rest
        case b"-":
            return Failure(text.decode(errors="replace")), rest
        case b":":
            return int(text), rest
        case b"$":
            return _bulk(int(text), rest)
        case b"*":
            return _array(int(text), rest)
    raise ValueError(f"no RESP2 reply begins with {kind!r}")


def prints(reply: Reply, words: list[bytes]) -> str:
    """The lines of a reply to the command `words`, without a line break at the end."""
    name = b" ".join(words[:2]).decode(errors="replace").lower()
    if isinstance(reply, bytes) and (name in _PLAIN or name.split(" ")[0] in _PLAIN):
        return reply.decode(errors="replace").replace("\r\n", "\n").rstrip("\n")
    return _formatted(reply, "")


def _formatted(reply: Reply, indent: str) -> str:
    match reply:
        case None:
            return "(nil)"
        case Status(text):
            return text
        case Failure(text):
            return f"(error) {text}"
        case int():
            return f"(integer) {reply}"
        case bytes():
            return quoted(reply)
        case []:
            return "(empty array)"
    width = len(str(len(reply)))
    inner = indent + " " * (width + 2)
    lines = [f"{place:>{width}}) {_formatted(item, inner)}" for place, item in enumerate(reply, 1)]
    return f"\n{indent}".join(lines)


def quoted(value: bytes) -> str:
    """A string in double quotes; bytes that are not printable ASCII as redis-cli escapes them."""
    signs = (_ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in value)
    return f'"{"".join(signs)}"'


def _bulk(length: int, data: bytes) -> tuple[Reply, bytes]:
    if length < 0:
        return None, data
    if len(data) < length + 2:
        raise Unfinished
    return data[:length], data[length + 2 :]


def _array(count: int, data: bytes) -> tuple[Reply, bytes]:
    if count < 0:
        return None, data
    items: list[Reply] = []
    for _ in range(count):
        item, data = read_reply(data)
        items.append(item)
    return items, data
