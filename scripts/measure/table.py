"""What was measured beside what it may be: budgets, medians, ratios, and the table of them."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

type Unit = Literal["ms", "MB", "B", ""]

YARDSTICK = "stock"


@dataclass(frozen=True)
class Row:
    """One thing that is measured. `limit` is in its unit, or a share of the yardstick when `relative`; None: only shown."""

    id: str
    name: str
    unit: Unit
    limit: float | None = None
    relative: bool = False


ROWS = (
    Row(YARDSTICK, "기준: 순정 Pyodide 시작 + import fakeredis", "ms"),
    Row("first", "첫 방문: 실습 준비까지", "ms", 0.45, relative=True),
    Row("second", "다시 방문: 실습 준비까지", "ms", 0.15, relative=True),
    Row("first_run", "준비된 뒤 첫 실행", "ms"),
    Row("after_navigation", "페이지를 옮긴 뒤 실행", "ms", 50),
    Row("stop", "끝나지 않는 반복을 중지", "ms", 200),
    Row("usable_again", "C 안에서 멈춘 코드: 중지부터 다시 준비까지", "ms", 1500),
    Row("longest_task", "10만 줄을 출력할 때 페이지의 가장 긴 작업", "ms", 100),
    # 60 frames a second, and a little for the browser's own unevenness.
    Row("slow_frame", "요청 1만 개를 훑을 때 느린 프레임(95%)", "ms", 20),
    Row("lab_bytes", "실습 첫 방문 전송량(글자는 압축)", "B", 6_500_000),
    Row("lab_bytes_plain", "실습 첫 방문 전송량(호스트가 압축하지 않을 때)", "B", 6_500_000),
    Row("lesson_bytes", "교안 첫 방문 전송량, 글꼴 포함", "B", 200_000),
    Row("labs_elsewhere", "실습이 없는 페이지의 실습 코드", "B", 0),
    Row("foreign", "다른 서버로 간 요청", "", 0),
    Row("violations", "콘텐츠 보안 정책 위반", "", 0),
    Row("heap_page", "메모리: 페이지의 자바스크립트", "MB"),
    Row("heap_worker", "메모리: 워커의 자바스크립트", "MB"),
    Row("heap_wasm", "메모리: 파이썬과 버퍼", "MB"),
)


@dataclass(frozen=True)
class Result:
    """A row with its measurements. `compared` is what its limit applies to: the median, or its share of the yardstick."""

    row: Row
    values: tuple[float, ...]
    compared: float

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def met(self) -> bool:
        return self.row.limit is None or self.compared <= self.row.limit


def results(rounds: Sequence[Mapping[str, float]], once: Mapping[str, float]) -> list[Result]:
    """Every row with what `rounds` (measured again and again) and `once` hold for it. Raises KeyError for a row without."""
    yardstick = median(found[YARDSTICK] for found in rounds)
    return [_result(row, rounds, once, yardstick) for row in ROWS]


def _result(row: Row, rounds: Sequence[Mapping[str, float]], once: Mapping[str, float], yardstick: float) -> Result:
    values = (once[row.id],) if row.id in once else tuple(found[row.id] for found in rounds)
    return Result(row, values, median(values) / yardstick if row.relative else median(values))


def table(found: Iterable[Result]) -> str:
    """The results as text for a terminal."""
    lines = [("항목", "중앙값", "최소–최대", "기준 대비", "예산", "")]
    lines += [_cells(result) for result in found]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(_line(line, widths) for line in lines)


def _cells(result: Result) -> tuple[str, str, str, str, str, str]:
    row = result.row
    spread = f"{_number(min(result.values))}–{_number(max(result.values))}" if len(result.values) > 1 else ""
    return (
        row.name,
        f"{_number(result.median)} {row.unit}".strip(),
        spread,
        f"{result.compared:.2f}" if row.relative else "",
        "" if row.limit is None else f"≤ {row.limit}" if row.relative else f"≤ {_number(row.limit)} {row.unit}".strip(),
        "" if row.limit is None else "통과" if result.met else "넘침",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first cell to the left, the rest to the right."""
    first, *rest = (
        cell + " " * (width - _width(cell)) if column == 0 else " " * (width - _width(cell)) + cell
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()


def _width(text: str) -> int:
    """Columns in a terminal: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
