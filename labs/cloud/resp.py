"""RESP, the wire protocol of Redis and Valkey: a reply of the simulated node as the bytes a client reads."""

from __future__ import annotations

from itertools import chain

from fakeredis._helpers import SimpleError, SimpleString


def encode(value: object, protocol: int) -> bytes:
    """One reply in RESP2 or RESP3. A map or a set reaches a RESP2 client already flattened or as an array."""
    match value:
        case None:
            return b"_\r\n" if protocol == 3 else b"$-1\r\n"
        case SimpleString():
            return b"+" + value.value + b"\r\n"
        case SimpleError():
            return f"-{value.value}\r\n".encode()
        case bool():
            return (b"#t\r\n" if value else b"#f\r\n") if protocol == 3 else (b":1\r\n" if value else b":0\r\n")
        case int():
            return b":%d\r\n" % value
        case float():
            return f",{value:.17g}\r\n".encode() if protocol == 3 else _bulk(f"{value:.17g}".encode())
        case bytes():
            return _bulk(value)
        case str():
            return _bulk(value.encode())
        case dict():
            header = b"%%%d\r\n" % len(value) if protocol == 3 else b"*%d\r\n" % (2 * len(value))
            return header + b"".join(encode(item, protocol) for item in chain.from_iterable(value.items()))
        case set() | frozenset():
            header = b"~%d\r\n" if protocol == 3 else b"*%d\r\n"
            return header % len(value) + b"".join(encode(item, protocol) for item in value)
        case list() | tuple():
            return b"*%d\r\n" % len(value) + b"".join(encode(item, protocol) for item in value)
    raise TypeError(f"no RESP encoding for {type(value).__name__}")


def encode_push(message: list[object], protocol: int) -> bytes:
    """A message the node sends unasked (pub/sub): a push in RESP3, an ordinary array in RESP2."""
    array = encode(message, protocol)
    return b">" + array[1:] if protocol == 3 else array


def _bulk(data: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(data), data)
