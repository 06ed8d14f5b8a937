"""Answers are stored under an item's id and revision. When the question becomes another one, its revision must say so; when an
item goes, its id must be retired. Needs an older bank to compare with (`lint --since`)."""

from collections.abc import Iterator

from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.lint.rules.duplicates import normalised
from quizzes.engine.model import Item

RULE = "revisions"


def check(context: Context) -> Iterator[Finding]:
    if context.previous is None:
        return
    now = {item.id: item for item in context.bank.items()}
    for before in context.previous.items():
        item = now.get(before.id)
        if item is None:
            if before.id not in context.bank.retired:
                yield Finding(
                    RULE, "error", before.id, "문항이 사라졌습니다. 폐기했다면 quizzes/retired.yml에 id를 적으세요."
                )
        elif item.rev < before.rev:
            yield Finding(
                RULE, "error", context.where(item), f"rev가 {before.rev}에서 {item.rev}로 줄었습니다. 늘리기만 하세요."
            )
        elif item.rev == before.rev:
            yield from _silent_changes(context, before, item)
    for item_id in context.previous.retired:
        if item_id not in context.bank.retired:
            yield Finding(RULE, "error", item_id, "폐기 목록에서 빠졌습니다. quizzes/retired.yml에 되돌려 놓으세요.")


def _silent_changes(context: Context, before: Item, item: Item) -> Iterator[Finding]:
    if _meaning(before) != _meaning(item):
        yield Finding(
            RULE,
            "error",
            context.where(item),
            f"정답이나 보기의 id가 바뀌었는데 rev가 그대로입니다. rev를 {item.rev + 1}로 올리세요.",
        )
    elif _wording(before) != _wording(item):
        yield Finding(
            RULE,
            "warning",
            context.where(item),
            f"문제나 보기의 글이 바뀌었습니다. 뜻이 바뀌었으면 rev를 {item.rev + 1}로 올리고, 글다듬기면 그대로 두세요.",
        )


def _meaning(item: Item) -> tuple[str, frozenset[str], frozenset[str]]:
    # Order is part of an `order` key and of no other; a reordered choice item means what it meant.
    key = "/".join(item.key()) if item.kind == "order" else ""
    return key or item.kind, frozenset(item.key()), frozenset(part.id for part in item.parts())


def _wording(item: Item) -> tuple[str, frozenset[tuple[str, str]]]:
    return normalised(item.stem), frozenset((part.id, normalised(part.text)) for part in item.parts())
