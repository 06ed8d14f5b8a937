"""Percent cells: an ordinary Python file cut into parts by `# %% words key=value` lines."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

_HEADER = re.compile(r"^# %%[ \t]+(?P<rest>\S.*)$", re.MULTILINE)


class CellError(ValueError):
    """A file is not made of well-formed cells. Says where, and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `words` are the bare words of its header, `options` its key=value pairs, `line` where its code begins."""

    words: tuple[str, ...]
    options: dict[str, str]
    code: str
    line: int


@dataclass(frozen=True, slots=True)
class CellFile:
    """A parsed file: what stands before the first cell, and the cells."""

    preamble: str
    cells: tuple[Cell, ...]


def parse(text: str, name: str) -> CellFile:
    """Cut a file into cells. `name` is for messages. Raises CellError."""
    headers = list(_HEADER.finditer(text))
    preamble = text[: headers[0].start()] if headers else text
    ends = [header.start() for header in headers[1:]] + [len(text)]
    return CellFile(preamble, tuple(_cell(header, text, end, name) for header, end in zip(headers, ends, strict=False)))


def _cell(header: re.Match[str], text: str, end: int, name: str) -> Cell:
    line = text.count("\n", 0, header.start()) + 1
    try:
        parts = shlex.split(header["rest"])
    except ValueError as error:
        raise CellError(f"{name}:{line}: cannot read the cell header ({error}); check its quotes") from None
    words = tuple(part for part in parts if "=" not in part)
    if not words:
        raise CellError(f"{name}:{line}: a cell header begins with an id: `# %% look-first rev=1`")
    options = dict(part.split("=", 1) for part in parts if "=" in part)
    body = text[header.end() : end].strip("\n")
    blank = len(text[header.end() : end]) - len(text[header.end() : end].lstrip("\n"))
    return Cell(words, options, body + "\n" if body else "", line + blank)
