"""An item stands on facts that are known, sourced at the vendor or the project, and not disputed; and on a lesson's section."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from quizzes.engine.lessons import section
from quizzes.engine.lint.report import Context, Finding
from quizzes.engine.model import Item

RULE = "references"
_HOSTS = ("docs.aws.amazon.com", "aws.amazon.com", "valkey.io", "redis.io", "memcached.org")


def check(context: Context) -> Iterator[Finding]:
    for item in context.bank.items():
        yield from _facts(context, item)
        if section(item.see, context.docs) is None:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"see `{item.see}`에 해당하는 강의 제목이 없습니다. 제목에 붙은 `{{ #id }}`를 적으세요.",
            )
    for unit in context.bank.units:
        for objective in unit.file.objectives:
            if section(objective.see, context.docs) is None:
                yield Finding(
                    RULE,
                    "error",
                    unit.document.path.name,
                    f"학습 목표 `{objective.id}`의 see `{objective.see}`에 해당하는 강의 제목이 없습니다. "
                    "제목에 붙은 `{ #id }`를 적으세요.",
                )


def _facts(context: Context, item: Item) -> Iterator[Finding]:
    hosts: set[str] = set()
    for fact_id in item.facts:
        fact = context.facts.facts.get(fact_id)
        if fact is None:
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"사실 `{fact_id}`가 docs/facts.yml에 없습니다. 철자를 확인하거나 사실을 먼저 추가하세요.",
            )
            continue
        if fact.status == "disputed":
            yield Finding(
                RULE,
                "error",
                context.where(item),
                f"사실 `{fact_id}`는 출처끼리 다릅니다. 다른 사실로 정답을 뒷받침하세요.",
            )
        hosts |= {urlsplit(context.facts.source(key).url).hostname or "" for key in fact.sources}
    if hosts and not hosts.intersection(_HOSTS):
        yield Finding(
            RULE,
            "error",
            context.where(item),
            f"출처가 {', '.join(sorted(hosts))}뿐입니다. {', '.join(_HOSTS)} 가운데 한 곳의 출처가 있는 사실을 더하세요.",
        )
