"""The databases of a node, which tell it which keys change: its memory and its replicas go by that."""

from __future__ import annotations

from heapq import heappop
from threading import Lock
from typing import Protocol, override

from fakeredis._core import Database, Item


class Observer(Protocol):
    """Told of keys by the number of their database and their name."""

    def key_changed(self, number: int, key: bytes) -> None:
        """The key is about to be written or deleted."""

    def key_expired(self, number: int, key: bytes) -> None:
        """The key's time was over, and it was dropped."""


class Databases(dict[int, Database]):
    """The databases of a fakeredis server, made when they are first used."""

    def __init__(self, lock: Lock, observer: Observer) -> None:
        super().__init__()
        self._lock = lock
        self._observer = observer

    def __missing__(self, number: int) -> Database:
        self[number] = _TrackedDatabase(self._lock, number, self._observer)
        return self[number]


class _TrackedDatabase(Database):
    def __init__(self, lock: Lock, number: int, observer: Observer) -> None:
        super().__init__(lock)
        self._number = number
        self._observer = observer

    @override
    def notify_watch(self, key: bytes) -> None:
        super().notify_watch(key)
        self._observer.key_changed(self._number, key)

    @override
    def wake_all(self) -> None:
        # No thread ever sleeps on a database here: a blocking command lets virtual time pass instead. So there is no
        # lock to hold either, which replication could not.
        for callback in self._change_callbacks:
            callback()

    @override
    def swap(self, other: Database) -> None:
        keys = [*self, *other]
        super().swap(other)
        for key in keys:
            self.notify_watch(key)
            other.notify_watch(key)

    @override
    def __getitem__(self, key: bytes) -> Item:
        item: Item | None = self._dict.get(key)
        if item is not None and self.expired(item):
            self._observer.key_expired(self._number, key)
        found: Item = super().__getitem__(key)
        return found

    @override
    def _remove_expired(self) -> None:
        while self._expiry_heap and self._expiry_heap[0][0] < self.time:
            # Looking a key up drops it when its time is over. The entry may be of a time that was changed since.
            self.get(heappop(self._expiry_heap)[1])
