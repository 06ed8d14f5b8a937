"""The dated facts of the site: typed loader of facts, claims, traps and glossary, their checks, and what depends on a fact.

Data: docs/facts.yml, docs/claims.yml, docs/traps.yml, docs/glossary.yml. Pages, quiz items, claims and traps name facts by id;
sources and dates come from here only. `python -m theme.facts check` and `python -m theme.facts stale --days N` are the
maintainer's door.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

DOCS = Path(__file__).resolve().parent.parent / "docs"

Unit = Literal[
    "overview",
    "db-cache",
    "session-store",
    "redis-vs-memcached",
    "cache-security",
    "caching-patterns",
    "leaderboard",
    "deployment-scaling",
    "operations",
    "service-choice",
]
Status = Literal["current", "exam-only", "outdated", "disputed"]
Verdict = Literal["맞음", "구식", "부정확", "틀림"]
Evidence = Literal["문서", "강의", "문서·강의", "미확인"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FactId = Annotated[str, StringConstraints(pattern=r"^F-[A-Z0-9]+(-[A-Z0-9]+)*$")]
ClaimId = Annotated[str, StringConstraints(pattern=r"^C\d{2}$")]
TrapId = Annotated[str, StringConstraints(pattern=r"^T\d{2}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
LessonAnchor = Annotated[str, StringConstraints(pattern=r"^lessons/[a-z0-9-]+\.md#[a-z0-9-]+$")]
PageAnchor = Annotated[str, StringConstraints(pattern=r"^(lessons|reference)/[a-z0-9-]+\.md#[a-z0-9-]+$")]
FactIds = Annotated[tuple[FactId, ...], Field(min_length=1)]


class FactsError(Exception):
    """The data or a reference to it is wrong. `problems` holds one Korean sentence each: what was seen, expected, to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Record(BaseModel):
    """Immutable, and refuses keys that no field is made for: a misspelt key would otherwise be dropped in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """A canonical page that says so; `title` is what the link reads."""

    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]


class Fact(_Record):
    """One statement of the site, in its own words, with its sources and the day it was last compared with them."""

    id: FactId
    statement: Text
    status: Status
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date
    claims: tuple[ClaimId, ...] = ()


class Claim(_Record):
    """A sentence of the notes the lessons grew from, what became of it, and where the right statement is taught."""

    id: ClaimId
    unit: Unit
    note: Text
    verdict: Verdict
    today: Text
    facts: FactIds
    taught: LessonAnchor


class Lure(_Record):
    """An answer that tempts, and why it is not the one."""

    choice: Text
    why: Text


class Trap(_Record):
    """A pair the exam confuses: the words in the stem, the answer, and what it is not."""

    id: TrapId
    unit: Unit
    keyword: Text
    english: Text
    answer: Text
    not_this: Annotated[tuple[Lure, ...], Field(min_length=1)]
    facts: FactIds


class Term(_Record):
    """A word of the glossary and the section that explains it.

    `evidence` is where the Korean was seen: AWS documents, courses, both, or not confirmed. `variants` are shown; `typed` is
    what people put into a search box besides, wrong spellings included, and is only searched.
    """

    id: Slug
    english: Text
    korean: Text
    variants: tuple[Text, ...] = ()
    typed: tuple[Text, ...] = ()
    evidence: Evidence
    definition: Text
    lesson: PageAnchor


class _FactsFile(_Record):
    """The outside of facts.yml. Its facts are read one by one, so that a problem is told with the id of its fact."""

    schema_: Literal[1] = Field(alias="schema")
    sources: dict[Slug, Source]
    facts: tuple[object, ...]


@dataclass(frozen=True)
class Facts:
    """Everything of the four files, by id, in the order of the files."""

    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    traps: Mapping[str, Trap]
    glossary: Mapping[str, Term]

    def fact(self, id: str) -> Fact:
        return _find(self.facts, id, "사실을", "facts.yml")

    def source(self, key: str) -> Source:
        return _find(self.sources, key, "출처를", "facts.yml의 sources")

    def claim(self, id: str) -> Claim:
        return _find(self.claims, id, "원문 주장을", "claims.yml")

    def trap(self, id: str) -> Trap:
        return _find(self.traps, id, "함정을", "traps.yml")

    def term(self, id: str) -> Term:
        return _find(self.glossary, id, "용어를", "glossary.yml")


def load(docs: Path = DOCS) -> Facts:
    """The data of one docs folder, read once until a file changes. Raises FactsError with every problem of shape found."""
    stamps = (path.stat().st_mtime_ns if (path := docs / name).is_file() else None for name in _FILES)
    return _load(docs.resolve(), tuple(stamps))


def check(docs: Path = DOCS) -> list[str]:
    """Every refusal of the data and of the references to it, as Korean sentences; empty when all is well."""
    try:
        facts = load(docs)
    except FactsError as error:
        return list(error.problems)
    mentions = list(_mentions(docs, facts))
    return [
        *_unknown_facts(facts, mentions),
        *_unused_facts(facts, mentions),
        *_sources(facts),
        *_claims_agree(facts),
        *_untaught(docs, facts),
    ]


@dataclass(frozen=True)
class Stale:
    """A fact to look at again: its age in days and the places that show or rest on it."""

    fact: Fact
    age: int
    dependents: tuple[str, ...]


def stale(docs: Path, days: int, today: date) -> list[Stale]:
    """Facts last checked more than `days` days before `today`, oldest first, with what depends on each."""
    facts = load(docs)
    mentions = list(_mentions(docs, facts))
    limit = today - timedelta(days=days)
    old = [fact for fact in facts.facts.values() if fact.checked < limit]
    return [
        Stale(fact, (today - fact.checked).days, tuple(m.where for m in mentions if m.fact == fact.id))
        for fact in sorted(old, key=lambda fact: (fact.checked, fact.id))
    ]


# Reading

_FILES = ("facts.yml", "claims.yml", "traps.yml", "glossary.yml")


class _Loader(yaml.CSafeLoader):
    """YAML, by libyaml, without its quiet repair: a key given twice is an error, not the last one winning."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            line = key_node.start_mark.line + 1
            raise FactsError(f"{line}번째 줄에 `{key}` 항목이 두 번 있습니다. 하나만 남기세요.")
        seen.add(key)
    return loader.construct_mapping(node)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass
class _Problems:
    """Collects the problems of all files, so that one run shows them all."""

    found: list[str] = field(default_factory=list)

    def read(self, path: Path) -> object:
        try:
            return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
        except FileNotFoundError:
            self.found.append(f"{path.name} 파일이 없습니다. docs 폴더에 있어야 합니다. 파일을 만들거나 되돌리세요.")
        except yaml.YAMLError as error:
            self.found.append(f"{path.name}: YAML로 읽을 수 없습니다({error}). 들여쓰기와 따옴표를 확인하세요.")
        except FactsError as error:
            self.found += [f"{path.name}: {problem}" for problem in error.problems]
        return None

    def record[R: _Record](self, model: type[R], data: object, where: str) -> R | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.found += _in_korean(error, where)
            return None

    def records[R: _Record](self, model: type[R], items: Sequence[object], file: str) -> list[R]:
        records = [self.record(model, item, f"{file} {_name(item, place)}") for place, item in enumerate(items, 1)]
        return [record for record in records if record is not None]

    def list_file[R: _Record](self, model: type[R], path: Path) -> list[R]:
        data = self.read(path)
        if data is None:
            return []
        if not isinstance(data, list):
            self.found.append(f"{path.name}: 목록이어야 하는데 {type(data).__name__}입니다. `- id: …` 꼴로 적으세요.")
            return []
        return self.records(model, data, path.name)

    def by_id[R: (Fact, Claim, Trap, Term)](self, records: Sequence[R], file: str) -> dict[str, R]:
        found: dict[str, R] = {}
        for record in records:
            if record.id in found:
                self.found.append(
                    f"{file}: `{record.id}`라는 id를 두 번 썼습니다. id는 하나뿐이어야 합니다. 새 id를 주세요."
                )
            found[record.id] = record
        return found


@lru_cache(maxsize=8)
def _load(docs: Path, stamps: tuple[int | None, ...]) -> Facts:
    """`stamps` are the files' modification times: a live-reloading server must see an edit without a restart."""
    problems = _Problems()
    data = problems.read(docs / "facts.yml")
    file = None if data is None else problems.record(_FactsFile, data, "facts.yml")
    facts = problems.by_id(problems.records(Fact, file.facts if file else (), "facts.yml"), "facts.yml")
    claims = problems.by_id(problems.list_file(Claim, docs / "claims.yml"), "claims.yml")
    traps = problems.by_id(problems.list_file(Trap, docs / "traps.yml"), "traps.yml")
    glossary = problems.by_id(problems.list_file(Term, docs / "glossary.yml"), "glossary.yml")
    if problems.found:
        raise FactsError(*problems.found)
    return Facts(file.sources if file else {}, facts, claims, traps, glossary)


def _name(item: object, place: int) -> str:
    """How a message names a record: its id, or its place in the list."""
    id = item.get("id") if isinstance(item, dict) else None
    return f"`{id}`" if id else f"{place}번째 항목"


def _in_korean(error: ValidationError, where: str) -> Iterator[str]:
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        match problem["type"]:
            case "missing":
                yield f"{where}: `{key}` 항목이 없습니다. 꼭 있어야 하는 항목이니 적어 넣으세요."
            case "extra_forbidden":
                yield f"{where}: `{key}` 항목은 모르는 이름입니다. 철자를 확인하거나 지우세요."
            case _:
                seen, expected = problem["input"], _expected(problem)
                yield f"{where}: `{key}` 값이 맞지 않습니다. 본 값: {seen!r}, 맞는 값: {expected}. 값을 고치세요."


def _expected(problem: ErrorDetails) -> str:
    """What a field wants, as a Korean noun phrase."""
    context = problem.get("ctx", {})
    match problem["type"]:
        case "literal_error":
            return f"{context['expected'].replace(' or ', ', ')} 가운데 하나"
        case "string_pattern_mismatch":
            return f"정규식 {context['pattern']}에 맞는 글"
        case "string_type" | "string_too_short":
            return "빈칸이 아닌 글"
        case "tuple_type" | "too_short":
            return "하나 이상을 담은 목록"
        case kind if kind.startswith("date"):
            return "YYYY-MM-DD 꼴의 날짜"
        case _:
            return "`이름: 값` 묶음"


def _find[R: (Source, Fact, Claim, Trap, Term)](records: Mapping[str, R], id: str, kind: str, file: str) -> R:
    found = records.get(id)
    if found is None:
        raise FactsError(
            f"`{id}` {kind} 찾을 수 없습니다. {file}에 있는 id여야 합니다. 철자를 확인하거나 {file}에 추가하세요."
        )
    return found


# References


@dataclass(frozen=True)
class _Mention:
    """A place that names a fact."""

    fact: str
    where: str


def _mentions(docs: Path, facts: Facts) -> Iterator[_Mention]:
    for page in sorted(docs.rglob("*.md")):
        name = page.relative_to(docs).as_posix()
        for line, id in _fence_ids(page.read_text(encoding="utf-8")):
            yield _Mention(id, f"docs/{name}:{line}")
    for bank in sorted((docs.parent / "quizzes" / "bank").glob("*.yml")):
        yield from _bank_mentions(bank)
    for claim in facts.claims.values():
        yield from (_Mention(id, f"원문 주장 {claim.id}") for id in claim.facts)
    for trap in facts.traps.values():
        yield from (_Mention(id, f"함정 {trap.id}") for id in trap.facts)


_FENCE = re.compile(r"^\s*(?P<ticks>`{3,}|~{3,})\s*(?P<head>[^`]*)$")
_FACTS_HEAD = re.compile(r"^(?:\{\s*\.)?(?:facts|sources)\b")
_HEADING_ID = re.compile(r"^#{1,6}\s.*\{[^}]*#(?P<id>[\w-]+)[^}]*\}\s*$")


def _outside_and_inside(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Each line with its number and, when it stands in a fenced block, that block's head. Fence lines are left out."""
    closing, head = "", None
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if head is None and fence:
            closing, head = fence["ticks"], fence["head"].strip()
        elif head is not None and fence and fence["ticks"].startswith(closing) and not fence["head"].strip():
            head = None
        else:
            yield number, line, head


def _fence_ids(text: str) -> Iterator[tuple[int, str]]:
    """The ids in the `facts` and `sources` fences of a page, with their lines."""
    for number, line, head in _outside_and_inside(text):
        if head is not None and _FACTS_HEAD.match(head):
            yield from ((number, id) for id in line.split())


def _bank_mentions(bank: Path) -> Iterator[_Mention]:
    """The facts a quiz file names. Its other keys are the quiz engine's business."""
    data: object = yaml.safe_load(bank.read_text(encoding="utf-8"))
    items = data.get("items") if isinstance(data, dict) else None
    for item in items if isinstance(items, list) else []:
        ids = item.get("facts") if isinstance(item, dict) else None
        for id in ids if isinstance(ids, list) else []:
            yield _Mention(str(id), f"quizzes/bank/{bank.name} {item.get('id')}")


# Refusals: one function a rule


def _unknown_facts(facts: Facts, mentions: Iterable[_Mention]) -> Iterator[str]:
    for mention in mentions:
        if mention.fact not in facts.facts:
            yield (
                f"{mention.where}: `{mention.fact}` 사실을 찾을 수 없습니다. docs/facts.yml에 있는 id여야 합니다. "
                "철자를 확인하거나 facts.yml에 추가하세요."
            )


def _unused_facts(facts: Facts, mentions: Iterable[_Mention]) -> Iterator[str]:
    used = {mention.fact for mention in mentions}
    for id in facts.facts:
        if id not in used:
            yield f"facts.yml: `{id}` 사실을 아무 곳에서도 쓰지 않습니다. 강의, 문제, 주장, 함정 가운데 한 곳에서 쓰거나 지우세요."


def _sources(facts: Facts) -> Iterator[str]:
    for fact in facts.facts.values():
        for key in fact.sources:
            if key not in facts.sources:
                yield f"facts.yml: `{fact.id}` 사실의 출처 `{key}` 항목이 sources에 없습니다. 출처를 추가하거나 이름을 고치세요."
    used = {key for fact in facts.facts.values() for key in fact.sources}
    for key in facts.sources:
        if key not in used:
            yield f"facts.yml: `{key}` 출처를 쓰는 사실이 없습니다. 지우거나 사실에 적으세요."


def _claims_agree(facts: Facts) -> Iterator[str]:
    """A fact says which claims it answers and a claim which facts answer it: the two must say the same."""
    for fact in facts.facts.values():
        for id in fact.claims:
            if id not in facts.claims:
                yield f"facts.yml: `{fact.id}` 사실이 없는 주장 `{id}` 쪽을 가리킵니다. claims.yml의 id로 고치세요."
            elif fact.id not in facts.claims[id].facts:
                yield f"claims.yml: 주장 `{id}`의 facts에 `{fact.id}` 사실이 없습니다. facts.yml과 같게 적으세요."
    for claim in facts.claims.values():
        for id in claim.facts:
            if id in facts.facts and claim.id not in facts.facts[id].claims:
                yield f"facts.yml: 사실 `{id}`의 claims에 `{claim.id}` 주장이 없습니다. claims.yml과 같게 적으세요."


def _untaught(docs: Path, facts: Facts) -> Iterator[str]:
    """Claims and glossary terms name the heading that teaches them: the page and the heading's id must exist."""

    @cache
    def anchors(page: str) -> frozenset[str] | None:
        path = docs / page
        return frozenset(_anchors(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def refuse(who: str, target: str) -> Iterator[str]:
        page, _, anchor = target.partition("#")
        found = anchors(page)
        if found is None:
            yield f"{who}: 가르치는 페이지 `docs/{page}`가 없습니다. 페이지를 쓰거나 가리키는 곳을 고치세요."
        elif anchor not in found:
            yield f"{who}: `docs/{page}`에 `{{ #{anchor} }}` 제목이 없습니다. 제목에 id를 달거나 가리키는 곳을 고치세요."

    for claim in facts.claims.values():
        yield from refuse(f"claims.yml `{claim.id}`", claim.taught)
    for term in facts.glossary.values():
        yield from refuse(f"glossary.yml `{term.id}`", term.lesson)


def _anchors(text: str) -> Iterator[str]:
    for _, line, head in _outside_and_inside(text):
        heading = _HEADING_ID.match(line)
        if head is None and heading:
            yield heading["id"]


# Command line


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m theme.facts", description="사실 자료를 검사하고 오래된 사실을 찾습니다."
    )
    parser.add_argument("--docs", type=Path, default=DOCS, help="docs 폴더")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="잘못된 참조와 빠진 것을 모두 보여 줍니다")
    old = commands.add_parser("stale", help="확인한 지 N일이 지난 사실과 그 사실을 쓰는 곳을 보여 줍니다")
    old.add_argument("--days", type=int, required=True, help="며칠이 지나면 오래된 것으로 볼지")
    old.add_argument("--today", type=date.fromisoformat, default=date.today(), help="기준일(YYYY-MM-DD)")
    chosen = parser.parse_args(arguments)
    commands_by_name: dict[str, Callable[[], int]] = {
        "check": lambda: _print_check(chosen.docs),
        "stale": lambda: _print_stale(chosen.docs, chosen.days, chosen.today),
    }
    try:
        return commands_by_name[chosen.command]()
    except FactsError as error:
        print(error, file=sys.stderr)
        return 1


def _print_check(docs: Path) -> int:
    refusals = check(docs)
    print("\n".join(refusals) or "사실, 주장, 함정, 용어집이 모두 맞습니다.")
    return 1 if refusals else 0


def _print_stale(docs: Path, days: int, today: date) -> int:
    old = stale(docs, days, today)
    for item in old:
        print(f"{item.fact.id}  확인 {item.fact.checked} ({item.age}일 전)  {item.fact.statement}")
        for place in item.dependents:
            print(f"    {place}")
    print(f"확인한 지 {days}일이 넘은 사실: {len(old)}개")
    return 0


if __name__ == "__main__":
    sys.exit(main())
