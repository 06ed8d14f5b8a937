"""RDS for labs: SQLite behind a host name, with a latency and a count of reads and writes.

A learner's side is three methods, with the parameters (`%s`) and rows (`dict`) of a usual RDS driver:

    db = database.connect(host="shop.db.lab")
    db.query_one("SELECT name, price FROM products WHERE id = %s", (1,))
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from labs.cloud import latency
from labs.cloud.clock import VirtualClock
from labs.cloud.dump import Entry, StoreDump
from labs.cloud.trace import SQL_READS, Outcome, Trace

type Value = str | int | float | bytes | None
type Row = dict[str, Value]

_TABLE = re.compile(r"\b(?:from|into|update)\s+(\w+)", re.IGNORECASE)


class DatabaseError(Exception):
    """The database refused a statement, or could not be reached. The text is the database's own."""


def connect(host: str) -> Connection:
    """Connect to the database of that host name. Raises DatabaseError for a name nobody has."""
    from labs.cloud.cloud import current

    return current().open_database(host)


class Connection:
    """An app's connection to a database."""

    def __init__(self, server: Database) -> None:
        self._server = server

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a SELECT, each a dict of column name to value."""
        return self._server.run(sql, parameters)[0]

    def query_one(self, sql: str, parameters: Sequence[Value] = ()) -> Row | None:
        """The first row of a SELECT, or None when there is none."""
        rows = self.query(sql, parameters)
        return rows[0] if rows else None

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run an INSERT, UPDATE or DELETE and commit it. Returns the number of rows changed."""
        return self._server.run(sql, parameters)[1]

    @property
    def reads(self) -> int:
        """How many SELECT statements this database has run."""
        return self._server.reads

    @property
    def writes(self) -> int:
        """How many statements that change data this database has run."""
        return self._server.writes


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
        verb = sql.split(maxsplit=1)[0].upper() if sql.strip() else ""
        reading = verb in SQL_READS
        started, cost = self._clock.now_us, latency.DATABASE_READ_US if reading else latency.DATABASE_WRITE_US
        self._clock.advance_us(cost)
        outcome: Outcome = "error"
        try:
            cursor = self._sqlite.execute(sql.replace("%s", "?").replace("%%", "%"), tuple(parameters))
            rows: list[Row] = [dict(row) for row in cursor]
            outcome = "ok"
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise DatabaseError(str(error)) from None
        finally:
            self.reads += reading
            self.writes += not reading
            table = _TABLE.search(sql)
            self._trace.add(
                at_us=started,
                kind="database",
                actor=self._actor(),
                target=self.label,
                op=verb,
                key=table.group(1) if table else None,
                outcome=outcome,
                took_us=cost,
            )
        return rows, cursor.rowcount

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


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection
