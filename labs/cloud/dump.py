"""What a store holds at one moment, copied out of it without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a cache, or one row of a database table. `value` is its full text; `ttl_ms` is None without a TTL."""

    key: str
    type: str
    value: str
    ttl_ms: int | None
    bytes: int


@dataclass(frozen=True, slots=True)
class StoreDump:
    """Every entry of one store, in the order of their keys. `name` is the host name, `label` what the trace calls it."""

    store: Literal["cache", "database"]
    name: str
    entries: tuple[Entry, ...]
    label: str = ""

    def get(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)
