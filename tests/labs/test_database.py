"""The database of the labs."""

from __future__ import annotations

import pytest

from labs.cloud import database, latency
from labs.cloud.cloud import Cloud, NoCloudError


def test_rows_are_dicts_and_parameters_are_those_of_a_driver(cloud: Cloud) -> None:
    db = database.connect(host="shop.db.lab")
    assert db.query_one("SELECT id, price FROM products WHERE name = %s", ("머그컵",)) == {"id": 1, "price": 12000}
    assert db.query_one("SELECT id FROM products WHERE id = %s", (9,)) is None
    assert [row["id"] for row in db.query("SELECT id FROM products ORDER BY id")] == [1, 2]
    assert db.query_one("SELECT 7 %% 4 AS rest") == {"rest": 3}


def test_a_write_tells_how_many_rows_it_changed(cloud: Cloud) -> None:
    db = database.connect(host="shop.db.lab")
    assert db.execute("UPDATE products SET price = %s WHERE id = %s", (1, 1)) == 1
    assert db.execute("UPDATE products SET price = %s WHERE id = %s", (1, 9)) == 0
    assert db.query_one("SELECT price FROM products WHERE id = 1") == {"price": 1}


def test_reads_and_writes_are_counted_timed_and_traced(cloud: Cloud) -> None:
    db = database.connect(host="shop.db.lab")
    db.query("SELECT * FROM products")
    db.execute("DELETE FROM products WHERE id = 1")
    assert (db.reads, db.writes) == (1, 1)
    assert cloud.clock.now_us == latency.DATABASE_READ_US + latency.DATABASE_WRITE_US
    assert [(event.target, event.op, event.key, event.outcome) for event in cloud.trace.since()] == [
        ("db", "SELECT", "products", "ok"),
        ("db", "DELETE", "products", "ok"),
    ]


def test_a_refused_statement_is_an_error_of_the_database(cloud: Cloud) -> None:
    db = database.connect(host="shop.db.lab")
    with pytest.raises(database.DatabaseError, match="no such table: prodcuts"):
        db.query("SELECT * FROM prodcuts")
    with pytest.raises(database.DatabaseError, match="Incorrect number of bindings"):
        db.query("SELECT * FROM products WHERE id = %s")
    assert [event.outcome for event in cloud.trace.since()] == ["error", "error"]


def test_an_unknown_host_is_refused(cloud: Cloud) -> None:
    with pytest.raises(database.DatabaseError, match=r'could not translate host name "shop\.lab"'):
        database.connect(host="shop.lab")


def test_outside_a_lab_it_says_so() -> None:
    with pytest.raises(NoCloudError, match="python -m labs run"):
        database.connect(host="shop.db.lab")


def test_reset_brings_the_kept_rows_back(cloud: Cloud) -> None:
    db = database.connect(host="shop.db.lab")
    db.execute("DELETE FROM products")
    cloud.reset()
    assert len(db.query("SELECT * FROM products")) == 2
    assert (db.reads, db.writes) == (1, 0)


def test_a_dump_names_rows_after_their_first_column(cloud: Cloud) -> None:
    entries = cloud.databases[0].dump().entries
    assert [(entry.key, entry.type) for entry in entries] == [("products/1", "row"), ("products/2", "row")]
    assert entries[0].value == '{"id": 1, "name": "머그컵", "price": 12000}'
    assert len(cloud.trace) == 0
