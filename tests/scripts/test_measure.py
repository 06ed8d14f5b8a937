"""What the bench makes of its numbers, and the yardstick it measures against. The measuring itself needs a browser."""

import json
import zipfile
from pathlib import Path

import pytest

from scripts.commands import bench
from scripts.measure import table, yardstick

QUICK = {row.id: 0.0 for row in table.ROWS}
ONCE = {"lab_bytes": 5_600_000.0, "lab_bytes_plain": 6_400_000.0, "lesson_bytes": 190_000.0, "labs_elsewhere": 0.0}
MACHINE = bench.Machine(cores=2, load=(0.1, 1.5), system="Linux", python="3.13.0", chromium="156.0")


def measured(**rounds: list[float]) -> dict[str, table.Result]:
    """Results by id of as many rounds as the lists are long; what is not given is zero."""
    count = len(next(iter(rounds.values())))
    found = [QUICK | {name: values[index] for name, values in rounds.items()} for index in range(count)]
    return {result.row.id: result for result in table.results(found, ONCE)}


def test_a_share_is_that_of_the_medians() -> None:
    found = measured(stock=[3000, 9000, 2900], first=[1200, 1000, 5000], second=[300, 310, 2000])
    assert (found["first"].median, found["first"].compared, found["first"].met) == (1200, 0.4, True)
    assert found["second"].compared == pytest.approx(310 / 3000)


@pytest.mark.parametrize(
    ("row", "values", "met"),
    [
        ("first", [1351.0], False),
        ("second", [450.0], True),
        ("second", [451.0], False),
        ("stop", [200.0], True),
        ("stop", [201.0], False),
        ("violations", [1.0], False),
        ("first_run", [9999.0], True),
    ],
)
def test_a_budget_is_met_up_to_its_limit(row: str, values: list[float], met: bool) -> None:
    assert measured(stock=[3000.0], **{row: values})[row].met is met


def test_what_was_not_measured_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="second"):
        table.results([{"stock": 3000.0, "first": 1.0}], ONCE)


def test_the_table_names_what_is_over_its_budget_and_stands_in_columns() -> None:
    lines = table.table(measured(stock=[3000.0], first=[1500.0], second=[0.4]).values()).splitlines()
    assert len(lines) == len(table.ROWS) + 1
    (first,) = (line for line in lines if line.startswith("첫 방문"))
    assert first.split()[-6:] == ["1,500", "ms", "0.50", "≤", "0.45", "넘침"]
    assert [line for line in lines if line.endswith("넘침")] == [first]


def test_the_report_holds_every_number_and_no_path() -> None:
    found = list(measured(stock=[3000.0, 3100.0], first=[1000.0, 1100.0]).values())
    content = json.loads(bench.report(found, MACHINE))
    assert content["machine"]["load"] == [0.1, 1.5]
    by_id = {result["id"]: result for result in content["results"]}
    assert set(by_id) == set(QUICK)
    assert by_id["first"]["values"] == [1000.0, 1100.0]
    assert by_id["first"]["ratio"] == pytest.approx(1050 / 3050)
    assert by_id["lab_bytes"]["values"] == [5_600_000.0]
    assert "/" not in json.dumps(content)


def test_the_yardstick_is_what_npm_and_pypi_have(tmp_path: Path) -> None:
    yardstick.make(tmp_path)
    worker = (tmp_path / "worker.js").read_text()
    wheels = sorted(file.name for file in tmp_path.glob("*.whl"))
    assert [name.partition("-")[0] for name in wheels] == sorted(yardstick.WHEELS)
    assert all(name in worker for name in wheels)
    for wheel in wheels:
        with zipfile.ZipFile(tmp_path / wheel) as archive:
            assert not [name for name in archive.namelist() if name.endswith(".pyc")]
            assert archive.getinfo(next(n for n in archive.namelist() if n.endswith("__init__.py"))).compress_type
    assert (tmp_path / "python_stdlib.zip").stat().st_size > 2_000_000
