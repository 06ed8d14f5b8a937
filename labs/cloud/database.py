"""RDS for labs: SQLite behind a host name, with a latency and a count of reads and writes.

A learner's side is three methods, with the parameters (`%s`) and rows (`dict`) of a usual RDS driver:

    db = database.connect(host="shop.db.lab")
    db.query_one("SELECT name, price FROM products WHERE id = %s", (1,))

and the same three for `async` code:

    db = database.connect_async(host="shop.db.lab")
    await db.query_one("SELECT name, price FROM products WHERE id = %s", (1,))
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from labs.cloud import latency
from labs.cloud.clock import VirtualClock
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.trace import SQL_READS, Outcome, Trace

if TYPE_CHECKING:
    from labs.cloud.cloud import Cloud

type Value = str | int | float | bytes | None
type Row = dict[str, Value]

_TABLE = re.compile(r"\b(?:from|into|update)\s+(\w+)", re.IGNORECASE)


class DatabaseError(Exception):
    """The database refused a statement, or could not be reached. The text is the database's own."""


def connect(host: str) -> Connection:
    """Connect to the database of that host name. Raises DatabaseError for a name nobody has."""
    from labs.cloud.cloud import current

    return current().open_database(host)


def connect_async(host: str) -> AsyncConnection:
    """The same for `async` code: needs no `await`, and any number of tasks may share it, as they do a connection pool."""
    from labs.cloud.cloud import current

    return AsyncConnection(current(), current().open_database(host))


class Connection:
    """An app's connection to a database."""

    def __init__(self, server: Database) -> None:
        self.server = server

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a SELECT, each a dict of column name to value."""
        return self.server.run(sql, parameters)[0]

    def query_one(self, sql: str, parameters: Sequence[Value] = ()) -> Row | None:
        """The first row of a SELECT, or None when there is none."""
        rows = self.query(sql, parameters)
        return rows[0] if rows else None

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run an INSERT, UPDATE or DELETE and commit it. Returns the number of rows changed."""
        return self.server.run(sql, parameters)[1]

    @property
    def reads(self) -> int:
        """How many SELECT statements this database has run."""
        return self.server.reads

    @property
    def writes(self) -> int:
        """How many statements that change data this database has run."""
        return self.server.writes


class AsyncConnection:
    """An app's way to a database from `async` code. While one task waits for an answer, others go on."""

    def __init__(self, cloud: Cloud, connection: Connection) -> None:
        self._cloud = cloud
        self._connection = connection

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a SELECT, each a dict of column name to value."""
        return (await self._run(sql, parameters))[0]

    async def query_one(self, sql: str, parameters: Sequence[Value] = ()) -> Row | None:
        """The first row of a SELECT, or None when there is none."""
        rows = await self.query(sql, parameters)
        return rows[0] if rows else None

    async def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run an INSERT, UPDATE or DELETE and commit it. Returns the number of rows changed."""
        return (await self._run(sql, parameters))[1]

    @property
    def reads(self) -> int:
        """How many SELECT statements this database has run."""
        return self._connection.reads

    @property
    def writes(self) -> int:
        """How many statements that change data this database has run."""
        return self._connection.writes

    async def _run(self, sql: str, parameters: Sequence[Value]) -> tuple[list[Row], int]:
        from labs.cloud.aio import ask_database

        return await ask_database(self._cloud, self._connection.server, sql, parameters)


class Database:
    """One database instance."""

    def __init__(self, clock: VirtualClock, trace: Trace, actor: Callable[[], str], *, host: str, label: str) -> None:
        self.host = host
        self.label = label
        self.reads = 0
        self.writes = 0
        self._clock = clock
        self._trace = trace
        self._actor = actor
        self._sqlite = _memory()
        self._spare = _memory()

    def script(self, sql: str) -> None:
        """Run statements from outside, uncounted: a lab's tables, or a change some other app makes."""
        self._sqlite.executescript(sql)

    def fill(self, table: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Insert rows from outside, uncounted."""
        for row in rows:
            columns, marks = ", ".join(row), ", ".join("?" for _ in row)
            self._sqlite.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608

    def keep(self) -> None:
        """Remember the present content for `restore`."""
        self._sqlite.backup(self._spare)

    def restore(self) -> None:
        """Back to the content of the last `keep`, with the counters at zero."""
        self._spare.backup(self._sqlite)
        self.reads = self.writes = 0

    def run(self, sql: str, parameters: Sequence[Value]) -> tuple[list[Row], int]:
        """Run one statement for an app: takes time, is counted, and leaves a trace event."""
        started = self._clock.now_us
        self._clock.advance_us(cost_us(sql))
        outcome: Outcome = "error"
        try:
            cursor = self._sqlite.execute(sql.replace("%s", "?").replace("%%", "%"), tuple(parameters))
            rows: list[Row] = [dict(row) for row in cursor]
            outcome = "ok"
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise DatabaseError(str(error)) from None
        finally:
            self._record(sql, started, outcome)
        return rows, cursor.rowcount

    def give_up(self, sql: str, asked_us: int) -> None:
        """An app asked for this and did not wait for the answer: it counts all the same. A write is not made."""
        self._record(sql, asked_us, "error")

    def _record(self, sql: str, asked_us: int, outcome: Outcome) -> None:
        verb, table = _verb(sql), _TABLE.search(sql)
        self.reads += verb in SQL_READS
        self.writes += verb not in SQL_READS
        self._trace.add(
            at_us=asked_us,
            kind="database",
            actor=self._actor(),
            target=self.label,
            op=verb,
            key=table.group(1) if table else None,
            outcome=outcome,
            took_us=self._clock.now_us - asked_us,
        )

    def dump(self) -> StoreDump:
        tables = self._sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        entries = [entry for (name,) in tables.fetchall() for entry in self._rows(str(name))]
        return StoreDump("database", self.host, tuple(entries), self.label)

    def _rows(self, table: str) -> list[Entry]:
        """The rows of a table, named after their first column."""
        rows: list[Row] = [dict(row) for row in self._sqlite.execute(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608
        names = [str(next(iter(row.values()))) for row in rows]
        texts = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
        return [
            Entry(f"{table}/{name}", "row", text, None, len(text.encode()))
            for name, text in zip(names, texts, strict=True)
        ]


def cost_us(sql: str) -> int:
    """How long the database works on a statement."""
    return latency.DATABASE_READ_US if _verb(sql) in SQL_READS else latency.DATABASE_WRITE_US


def _verb(sql: str) -> str:
    return sql.split(maxsplit=1)[0].upper() if sql.strip() else ""


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
