"""What every format offers, and the package writer that two of them share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quizzes.engine.question import Question

# The first day a zip file can name: the same questions make the same bytes on every day.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


class ExportError(Exception):
    """A file that should have come from `write` cannot be read back. The message says what was seen."""


@dataclass(frozen=True)
class Format:
    """`write` is given only questions without a `refusal`; the same questions make the same bytes.

    `read` gives back what each question became, by id; it equals `carried` of the question: what a format that has no room for
    ids of choices, say, still holds. The lint rule `exports` compares the two.
    """

    name: str
    suffix: str
    refusal: Callable[[Question], str | None]
    write: Callable[[Sequence[Question]], bytes]
    read: Callable[[bytes], Mapping[str, object]]
    carried: Callable[[Question], object]


def holds_all(question: Question) -> None:
    """The `refusal` of a format that holds every question: none."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip file of these files, byte for byte the same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _NO_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip file. Raises ExportError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile as error:
        raise ExportError(f"zip 파일이 아닙니다({error})") from error
