"""Small banks for tests: a sound choice item and its neighbours, changed by each test in the one way it is about."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import yaml

from quizzes.engine.bank import Bank, load
from quizzes.engine.lint.report import Context, Finding
from theme.facts import Fact, Facts, Source

TODAY = date(2026, 11, 22)
type Data = dict[str, object]

LESSON = """# 단원 { #unit }

## 엔진 고르기 { #choose }

```python
# 코드 안의 주석 { #not-a-heading }
```

## 백업과 `복원` { #backup }
"""


def choice(id: str = "ec-rvm-001", **changes: object) -> Data:
    """A sound single-answer item; the key is the second of four."""
    data: Data = {
        "id": id,
        "rev": 1,
        "kind": "choice",
        "use": ["practice", "check", "mock"],
        "exam_format": True,
        "scenario": True,
        "domain": "performant",
        "task": "3.3",
        "objective": "pick",
        "level": "apply",
        "stem": f"상점 {id}이(가) 캐시를 고릅니다.\n\n알맞은 구성은 무엇입니까?",
        "choices": choices(),
        "takeaway": "요구에서 시작해 고릅니다.",
        "facts": ["F-ENG1"],
        "see": "lessons/redis-vs-memcached.md#choose",
        "verified": {"on": TODAY},
        "review": {"on": TODAY, "rev": 1, "answered": ["bravo"], "outcome": "agreed"},
    }
    return data | changes


def choices() -> list[Data]:
    return [
        wrong("alpha", "복제본을 둔 구성"),
        right("bravo", "노드를 둔 구성"),
        wrong("charlie", "샤드를 둔 구성"),
        wrong("delta", "리전을 둔 구성"),
    ]


def right(id: str, text: str) -> Data:
    return {"id": id, "text": text, "key": True, "why": f"{text}이(가) 요구를 모두 채우는 까닭을 적은 해설입니다."}


def wrong(id: str, text: str) -> Data:
    return {
        "id": id,
        "text": text,
        "misconception": "mixed-up",
        "why": f"{text}은(는) 다른 요구에 맞는 까닭을 적은 해설입니다.",
    }


def multiple(id: str = "ec-rvm-002", **changes: object) -> Data:
    """Two keys of five."""
    five = [
        right("alpha", "하나"),
        wrong("bravo", "둘"),
        right("charlie", "셋"),
        wrong("delta", "넷"),
        wrong("echo", "다섯"),
    ]
    review = {"on": TODAY, "rev": 1, "answered": ["alpha", "charlie"], "outcome": "agreed"}
    return choice(id, select=2, choices=five, review=review, stem=f"{id}: 옳은 것은 무엇입니까?") | changes


def order(id: str = "ec-rvm-003", **changes: object) -> Data:
    """Four steps."""
    steps = [
        {"id": name, "text": f"{name}을(를) 합니다.", "why": f"{name}이(가) 이 자리에 서는 까닭을 적은 해설입니다."}
        for name in ("find", "make", "move", "drop")
    ]
    review = {"on": TODAY, "rev": 1, "answered": ["find", "make", "move", "drop"], "outcome": "agreed"}
    rest = {key: value for key, value in choice(id).items() if key not in ("choices", "exam_format")}
    return rest | {"kind": "order", "use": ["practice", "check"], "steps": steps, "review": review} | changes


def prompts() -> list[Data]:
    pairs = {"cheap": "node", "safe": "replica", "large": "shard"}
    return [
        {
            "id": one,
            "text": f"{one} 요구",
            "option": other,
            "why": f"{one}에 {other}이(가) 맞는 까닭을 적은 해설입니다.",
        }
        for one, other in pairs.items()
    ]


def options() -> list[Data]:
    return [{"id": name, "text": f"{name} 구성"} for name in ("node", "replica", "shard", "region")]


def match(id: str = "ec-rvm-004", **changes: object) -> Data:
    """Three prompts, four options."""
    answered = ["cheap:node", "safe:replica", "large:shard"]
    review = {"on": TODAY, "rev": 1, "answered": answered, "outcome": "agreed"}
    rest = {key: value for key, value in choice(id).items() if key not in ("choices", "exam_format")}
    body = {"prompts": prompts(), "options": options()}
    return rest | {"kind": "match", "use": ["practice"], "review": review} | body | changes


def printed(id: str, output: str, **changes: object) -> Data:
    why = f"{output}이(가) 출력되거나 출력되지 않는 까닭을 적은 해설입니다."
    return {"id": id, "output": output, "misconception": "mixed-up", "why": why} | changes


PROGRAM = """import redis

cache = redis.Redis(
    host="quiz.cache.lab",
    decode_responses=True,
)
cache.set("a", "1", ex=60)
print(cache.incr("a"))
print(cache.ttl("b"))
"""


def outputs() -> list[Data]:
    key = {"key": True, "misconception": None}
    return [printed("alpha", "1\n-2"), printed("bravo", "2\n-2", **key), printed("charlie", "2\n-1")]


def predict(id: str = "ec-rvm-005", **changes: object) -> Data:
    """A program that prints two lines; the key is the second of three outputs."""
    rest = {key: value for key, value in choice(id).items() if key != "exam_format"}
    body = {"program": PROGRAM, "choices": outputs()}
    return rest | {"kind": "predict", "use": ["practice", "check"]} | body | changes


def rejected(id: str, *inputs: str) -> Data:
    why = f"{inputs[0]}이(가) 다른 일을 하는 까닭을 적은 해설입니다."
    return {"id": id, "inputs": list(inputs), "misconception": "mixed-up", "why": why}


def rejects() -> list[Data]:
    return [rejected("no-expiry", "SET a 2"), rejected("longer", "SET a 2 EX 90", "SETEX a 90 2")]


def command(id: str = "ec-rvm-006", **changes: object) -> Data:
    """A value to be written for sixty seconds."""
    answered = ["SET a 2 EX 60"]
    rest = {key: value for key, value in choice(id).items() if key not in ("choices", "exam_format")}
    body = {
        "setup": ["SET a 1"],
        "accept": ["SET a 2 EX 60", "SET a 2 PX 60000"],
        "why": "값과 함께 만료를 정하는 명령인 까닭을 적은 해설입니다.",
        "reject": rejects(),
        "review": {"on": TODAY, "rev": 1, "answered": answered, "outcome": "agreed"},
    }
    return rest | {"kind": "command", "use": ["practice", "check"]} | body | changes


def bank_data(*items: Data, **head: object) -> Data:
    """The content of redis-vs-memcached.yml with these items."""
    return {
        "schema": 1,
        "unit": "redis-vs-memcached",
        "title": "Redis와 Memcached",
        "objectives": [{"id": "pick", "title": "고른다", "see": "lessons/redis-vs-memcached.md#choose"}],
        "items": copy.deepcopy(list(items)),
    } | head


def write(folder: Path, data: Data, retired: Iterable[str] = (), name: str = "redis-vs-memcached.yml") -> Bank:
    """Write one bank file and load the folder. Raises BankError as the loader does."""
    (folder / "bank").mkdir(exist_ok=True)
    (folder / "bank" / name).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "retired.yml").write_text(yaml.safe_dump({"schema": 1, "retired": list(retired)}), encoding="utf-8")
    return load(folder / "bank", folder / "retired.yml")


def bank(*items: Data, retired: Iterable[str] = (), **head: object) -> Bank:
    """A loaded bank of one unit."""
    # The bank is read whole: nothing of it is needed once it is loaded.
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder), bank_data(*items, **head), retired)


def docs(folder: Path) -> Path:
    """A docs folder with the lesson that the samples point at."""
    (folder / "lessons").mkdir(parents=True, exist_ok=True)
    (folder / "lessons" / "redis-vs-memcached.md").write_text(LESSON, encoding="utf-8")
    return folder


def facts(**changes: object) -> Facts:
    """One fact with one source, changed as a test wants it."""
    fields = {
        "id": "F-ENG1",
        "statement": "그렇습니다.",
        "status": "current",
        "sources": ["guide"],
        "checked": TODAY,
    }
    fact = Fact.model_validate(fields | changes)
    sources = {
        "guide": Source(
            title="설명서", url="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SelectEngine.html"
        ),
        "blog": Source(title="블로그", url="https://example.com/post"),
    }
    return Facts(sources=sources, facts={fact.id: fact}, claims={}, traps={}, glossary={})


def found(
    rule: Callable[[Context], Iterator[Finding]],
    judged: Bank,
    docs: Path = Path(),
    previous: Bank | None = None,
    known: Facts | None = None,
    today: date = TODAY,
) -> list[Finding]:
    """What a rule says about a bank."""
    return list(rule(Context(judged, known or facts(), today, previous, docs)))
