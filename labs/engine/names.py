"""Names the editor completes: what a lab's own code defines, and the client methods its steps use."""

from __future__ import annotations

import ast
from typing import TypedDict

from labs.engine.lab import Lab


class CompletionName(TypedDict):
    """`type` is a CodeMirror completion type: it chooses the icon."""

    label: str
    type: str
    detail: str


_CLIENT: dict[str, str] = {
    "get": "값 읽기, 없으면 None",
    "set": "값 쓰기, ex=초 TTL",
    "mget": "여러 키 읽기",
    "delete": "키 지우기",
    "exists": "키가 있는지",
    "expire": "TTL 걸기(초)",
    "ttl": "남은 TTL(초), 없는 키는 -2",
    "persist": "TTL 없애기",
    "incr": "1 더하기",
    "pipeline": "명령을 모아 보내기",
    "execute": "모은 명령 보내기",
    "info": "서버 통계",
    "hset": "해시에 쓰기",
    "hget": "해시 필드 읽기",
    "hgetall": "해시 전체 읽기",
    "zadd": "정렬된 집합에 넣기",
    "zincrby": "점수 더하기",
    "zrevrange": "높은 순으로 읽기",
    "zrevrank": "높은 순 순위",
    "query": "SELECT 여러 행",
    "query_one": "SELECT 한 행, 없으면 None",
    "loads": "JSON 글자를 값으로",
    "dumps": "값을 JSON 글자로",
    "sleep": "실습 시계를 앞으로",
}


def completion_names(lab: Lab) -> list[CompletionName]:
    """The names for one lab: its own first, each once."""
    own = {name["label"]: name for step in lab.steps for name in _defined(step.starter)}
    return [*own.values(), *(_name(label, "method", detail) for label, detail in _CLIENT.items() if label not in own)]


def _name(label: str, kind: str, detail: str) -> CompletionName:
    return CompletionName(label=label, type=kind, detail=detail)


def _defined(code: str) -> list[CompletionName]:
    names: list[CompletionName] = []
    for node in ast.parse(code).body:
        match node:
            case ast.FunctionDef(name=name, args=ast.arguments(args=arguments)):
                names.append(_name(name, "function", f"({', '.join(argument.arg for argument in arguments)})"))
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.append(_name(name, "variable", "이 실습"))
            case ast.Import(names=aliases):
                names += [_name(alias.asname or alias.name, "namespace", "모듈") for alias in aliases]
            case ast.ImportFrom(names=aliases):
                names += [_name(alias.asname or alias.name, "namespace", "모듈") for alias in aliases]
    return names
