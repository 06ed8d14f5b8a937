"""Loading the bank: every unit's file, validated, with Korean refusals that name file, line and item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from quizzes.engine.errors import BankError
from quizzes.engine.kinds import KINDS, AnyItem
from quizzes.engine.model import UNIT_CODES, Item, ItemId, Objective, Record, Text, Unit, Use, refuse_repeated_ids
from quizzes.engine.yaml_source import Document, read

ROOM = Path(__file__).resolve().parent.parent
BANK = ROOM / "bank"
RETIRED = ROOM / "retired.yml"


class BankFile(Record):
    """quizzes/bank/<unit>.yml: a head, the unit's objectives, and its items."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    unit: Unit
    title: Text
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    items: Annotated[tuple[AnyItem, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_belong_together(self) -> Self:
        objectives = [objective.id for objective in self.objectives]
        refuse_repeated_ids(objectives, "학습 목표")
        refuse_repeated_ids([item.id for item in self.items], "문항")
        code = UNIT_CODES[self.unit]
        for item in self.items:
            if item.id.split("-")[1] != code:
                raise ValueError(
                    f"문항 `{item.id}`: 이 단원의 id는 `ec-{code}-001` 꼴입니다. 가운데를 `{code}`로 고치세요"
                    "(id does not belong to this unit)"
                )
            if item.objective not in objectives:
                raise ValueError(
                    f"문항 `{item.id}`: 학습 목표 `{item.objective}`가 이 파일의 objectives에 없습니다. "
                    f"{', '.join(objectives)} 가운데 하나를 적거나 목표를 더하세요(unknown objective)"
                )
        return self


class RetiredFile(Record):
    """quizzes/retired.yml: ids that were published once and may never be given again."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    retired: tuple[ItemId, ...]


@dataclass(frozen=True)
class UnitBank:
    """One file of the bank, and where in it each item stands."""

    file: BankFile
    document: Document

    @property
    def unit(self) -> str:
        return self.file.unit

    def where(self, item_id: str) -> str:
        """`file:line item`, for messages."""
        index = next(place for place, item in enumerate(self.file.items) if item.id == item_id)
        return f"{self.document.path.name}:{self.document.line(('items', index))} {item_id}"


@dataclass(frozen=True)
class Bank:
    """All items of all units, in the order of the files."""

    units: tuple[UnitBank, ...]
    retired: tuple[str, ...]

    def items(self) -> Iterator[Item]:
        for unit in self.units:
            yield from unit.file.items

    def unit(self, name: str) -> UnitBank:
        """Raises BankError when no such file exists."""
        for unit in self.units:
            if unit.unit == name:
                return unit
        known = ", ".join(unit.unit for unit in self.units)
        raise BankError(
            f"문항 묶음 `{name}`을 찾을 수 없습니다(unknown set). 있는 묶음: {known}. 철자를 확인하거나 "
            f"quizzes/bank/{name}.yml을 만드세요."
        )

    def unit_of(self, item_id: str) -> UnitBank:
        """Raises BankError when no unit holds the item."""
        for unit in self.units:
            if any(item.id == item_id for item in unit.file.items):
                return unit
        retired = " 이 id는 폐기되었습니다." if item_id in self.retired else ""
        raise BankError(f"문항 `{item_id}`을 찾을 수 없습니다(unknown item).{retired} quizzes/bank의 id를 적으세요.")

    def item(self, item_id: str) -> Item:
        """Raises BankError when no unit holds the item."""
        return next(item for item in self.unit_of(item_id).file.items if item.id == item_id)

    def set_items(self, name: str, use: Use = "practice") -> tuple[Item, ...]:
        """The items of a unit's file that may be drawn for `use`."""
        return tuple(item for item in self.unit(name).file.items if use in item.use)

    def where(self, item: Item) -> str:
        return self.unit_of(item.id).where(item.id)


def load(folder: Path = BANK, retired: Path = RETIRED) -> Bank:
    """The bank of a folder, read once per process. Raises BankError with every problem of every file."""
    return _load(folder.resolve(), retired.resolve())


@cache
def _load(folder: Path, retired: Path) -> Bank:
    units: list[UnitBank] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            units.append(parse(read(path)))
        except BankError as error:
            problems += error.problems
    if problems:
        raise BankError(*problems)
    return Bank(tuple(units), _retired(retired))


def parse(document: Document) -> UnitBank:
    """Validate one file. Raises BankError with one sentence a problem."""
    file = _validated(TypeAdapter(BankFile), document)
    if document.path.stem != file.unit:
        raise BankError(
            f"{document.path.name}: 파일 이름과 unit `{file.unit}`이 다릅니다. 파일을 {file.unit}.yml로 부르세요(name the file after its unit)."
        )
    return UnitBank(file, document)


def _retired(path: Path) -> tuple[str, ...]:
    return _validated(TypeAdapter(RetiredFile), read(path)).retired


def _validated[M](adapter: TypeAdapter[M], document: Document) -> M:
    try:
        return adapter.validate_python(document.data)
    except ValidationError as error:
        raise BankError(*_in_korean(error, document)) from None


def _in_korean(error: ValidationError, document: Document) -> Iterable[str]:
    problems = error.errors()
    for problem in problems:
        # A list whose entries were refused is refused as too short as well; that is an echo, not a problem of its own.
        if any(_leads_into(problem["loc"], other["loc"]) for other in problems):
            continue
        # pydantic puts the kind into the path of a discriminated union: items.3.choice.stem. Authors know items.3.stem.
        path = tuple(step for step in problem["loc"] if step not in KINDS)
        where = f"{document.path.name}:{document.line(path)}"
        name = _item_name(document.data, path)
        field = ".".join(str(step) for step in path[2:]) if name else ".".join(str(step) for step in path)
        subject = f"{where} {name}".rstrip()
        match problem["type"]:
            case "missing":
                yield f"{subject}: `{field}`가 없습니다. 꼭 있어야 하는 항목이니 적으세요(missing)."
            case "extra_forbidden":
                yield f"{subject}: `{field}`는 모르는 키입니다. 철자를 확인하거나 지우세요(unknown key)."
            case "value_error":
                yield f"{subject}: {problem['msg'].removeprefix('Value error, ')}."
            case "union_tag_invalid" | "union_tag_not_found":
                yield f"{subject}: kind는 {', '.join(KINDS)} 가운데 하나여야 합니다(unknown kind)."
            case _:
                yield (
                    f"{subject}: `{field}`의 값이 맞지 않습니다. 본 값: {repr(problem['input'])[:60]}. 규칙(rule): {problem['msg']}."
                )


def _leads_into(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return len(path) < len(other) and other[: len(path)] == path


def _item_name(data: object, path: Sequence[str | int]) -> str:
    """The id of the item a path leads into, or "" when it leads elsewhere."""
    if len(path) < 2 or path[0] != "items" or not isinstance(path[1], int) or not isinstance(data, dict):
        return ""
    items = data.get("items")
    item = items[path[1]] if isinstance(items, list) else None
    return str(item.get("id", "")) if isinstance(item, dict) else ""
