"""CSV, read by the csv module: a line an item, and every text in its cell."""

from __future__ import annotations

import csv
import io

from quizzes.engine.export import table
from tests.quizzes.export.questions import asked
from tests.quizzes.samples import Data, choice, command, match, order, predict


def rows(*items: Data) -> list[dict[str, str]]:
    data = table.write(asked(*items))
    assert data.startswith(b"\xef\xbb\xbf"), "Excel reads Korean only after this mark"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def part(row: dict[str, str], place: int) -> tuple[str, ...]:
    return tuple(row[f"{name}_{place}"] for name in ("id", "text", "answer", "why"))


def test_choices_stand_in_the_order_of_the_author_with_what_is_right() -> None:
    [row] = rows(choice())
    assert (row["id"], row["rev"], row["unit"], row["kind"]) == ("ec-rvm-001", "1", "Redis와 Memcached", "choice")
    assert row["question"].endswith("알맞은 구성은 무엇입니까?")
    assert row["instruction"] == "정답 1개를 고르세요."
    assert part(row, 1)[:3] == ("alpha", "복제본을 둔 구성", "오답")
    assert part(row, 2)[:3] == ("bravo", "노드를 둔 구성", "정답")
    assert "까닭을 적은 해설" in row["why_2"]
    assert row["after"].startswith("**정리** 요구에서 시작해 고릅니다.")


def test_steps_are_numbered_and_pairs_name_their_option() -> None:
    first, second = rows(order(), match())
    assert [part(first, place)[2] for place in (1, 2, 3, 4)] == ["1", "2", "3", "4"]
    assert part(second, 1)[:3] == ("cheap", "cheap 요구", "node")
    assert second["options"].split("\n") == [
        "node: node 구성",
        "replica: replica 구성",
        "shard: shard 구성",
        "region: region 구성",
    ]


def test_several_lines_stay_in_their_cell() -> None:
    first, second = rows(predict(), command())
    assert first["text_2"] == "2\n-2"
    assert "    import redis\n\n    cache = redis.Redis(" in first["question"]
    assert second["text_1"] == "SET a 2 EX 60\nSET a 2 PX 60000"
    assert part(second, 3)[:3] == ("longer", "SET a 2 EX 90\nSETEX a 90 2", "오답")


def test_items_with_fewer_parts_leave_cells_empty() -> None:
    first, second = rows(choice(), match())
    assert part(first, 4)[0] == "delta"
    assert part(second, 4) == ("", "", "", "")
