"""Where the simulation differs from real servers: `labs/cloud/differences.yml`, and the `differences` fence of a lab page.

    ```{ .differences lab="eviction" }
    ```

Every difference a learner could notice is in the list, with the labs it can be noticed in. The conformance tests leave
out of their comparison what is listed here and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from labs.engine.lab import LabError, lab_ids

if TYPE_CHECKING:
    from markdown import Markdown

FILE = Path(__file__).resolve().parent.parent / "cloud" / "differences.yml"

_FIELDS = {"id", "labs", "sim", "real"}


@dataclass(frozen=True, slots=True)
class Difference:
    """`sim` and `real` are Korean sentences with code in backticks: what happens here, and on a real server."""

    id: str
    labs: tuple[str, ...]
    sim: str
    real: str


def places() -> tuple[str, ...]:
    """Where a learner can notice a difference: in a lab, or at the prompt of the playground."""
    return (*lab_ids(), "playground")


def load(file: Path = FILE) -> tuple[Difference, ...]:
    """Every difference, in the order of the file. Raises LabError for an entry that is not complete."""
    import yaml

    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise LabError(f"{file.name}에 목록이 없습니다. `- id: …`로 시작하는 항목을 적으세요. / A list is needed.")
    found = tuple(_difference(entry) for entry in entries)
    ids = [difference.id for difference in found]
    for difference in found:
        if ids.count(difference.id) > 1:
            raise LabError(f"{file.name}에 {difference.id!r}이(가) 두 번 있습니다. / This id is used twice.")
    return found


def of_lab(lab_id: str) -> tuple[Difference, ...]:
    """The differences of one lab."""
    return tuple(difference for difference in _all() if lab_id in difference.labs)


def render(
    source: str,
    language: str,
    css_class: str,
    options: Mapping[str, object],
    md: Markdown,
    *,
    attrs: Mapping[str, str] | None = None,
    **kwargs: object,
) -> str:
    """HTML of the fence: a table of what happens here and what happens on a real server."""
    from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

    try:
        return render_table(dict(attrs or {}))
    except LabError as error:
        raise SuperFencesException(f"differences 블록: {error}") from error


def render_table(attrs: Mapping[str, str]) -> str:
    """HTML of the table for the lab that the attributes name. Raises LabError."""
    if sorted(attrs) != ["lab"] or attrs["lab"] not in places():
        raise LabError(f'속성이 {dict(attrs)}입니다. lab="실습"을 적으세요. / Name one lab of the catalog.')
    rows = "".join(
        f"<tr><td>{_inline(difference.sim)}</td><td>{_inline(difference.real)}</td></tr>"
        for difference in of_lab(attrs["lab"])
    )
    if not rows:
        raise LabError(f"{attrs['lab']}에 적힌 차이가 없습니다. differences.yml에 적으세요. / No difference is listed.")
    return (
        '<div class="differences"><table><thead><tr><th scope="col">이 실습에서는</th>'
        f'<th scope="col">진짜 서버에서는</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


@cache
def _all() -> tuple[Difference, ...]:
    return load()


def _difference(entry: object) -> Difference:
    if not isinstance(entry, dict) or set(entry) != _FIELDS or not isinstance(entry["labs"], list):
        raise LabError(f"differences.yml의 항목에 id, labs, sim, real을 적으세요: {entry!r} / Four fields are needed.")
    unknown = [lab for lab in entry["labs"] if lab not in places()]
    if unknown or not entry["labs"]:
        raise LabError(f"differences.yml의 {entry['id']!r}에 없는 실습이 있습니다: {unknown} / Unknown or no labs.")
    return Difference(str(entry["id"]), tuple(entry["labs"]), str(entry["sim"]), str(entry["real"]))


def _inline(text: str) -> str:
    """Escaped text with `backticks` as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
