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
    "getex": "읽으면서 TTL 정하기",
    "sadd": "집합에 넣기",
    "srem": "집합에서 빼기",
    "smembers": "집합 모두 읽기",
    "scard": "집합의 크기",
    "zrange": "순서대로 범위 읽기, desc=True면 높은 순",
    "zscore": "점수 읽기, 없으면 None",
    "zcount": "점수 범위에 드는 수",
    "zunionstore": "정렬된 집합 더해 담기",
    "expireat": "만료 시각 정하기",
    "token_urlsafe": "짐작할 수 없는 글자 만들기",
    "isocalendar": "ISO 연도, 주, 요일",
    "ping": "연결 확인",
    "get_many": "여러 키 읽기, 찾은 것만 dict로(Memcached)",
    "set_many": "여러 키 담기(Memcached)",
    "add": "없을 때만 담기(Memcached)",
    "flush_all": "노드 비우기(Memcached)",
    "get_node": "키를 맡은 노드(Memcached)",
    "stop": "노드 멈추기(장애 훈련)",
    "start": "빈 노드로 바꾸기(장애 훈련)",
    "flushall": "모든 키 지우기",
    "client": "AWS 서비스 클라이언트",
    "authorize_security_group_ingress": "보안 그룹 인바운드 규칙 더하기",
    "describe_security_groups": "보안 그룹 규칙 읽기",
    "modify_replication_group": "복제 그룹 설정 바꾸기",
    "describe_replication_groups": "복제 그룹 설정 읽기",
    "modify_cache_parameter_group": "파라미터 그룹 바꾸기",
    "test_failover": "장애 조치 시험",
    "scan_iter": "키 이름 하나씩 훑기",
    "dbsize": "키의 수",
    "wait": "복제본이 받을 때까지 기다리기",
    "memory_usage": "키 하나의 메모리(바이트)",
    "create_user": "RBAC 사용자 만들기",
    "modify_user": "RBAC 사용자 권한 바꾸기",
    "create_user_group": "사용자 그룹 만들기",
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
            case (
                ast.FunctionDef(name=name, args=ast.arguments(args=arguments))
                | ast.AsyncFunctionDef(name=name, args=ast.arguments(args=arguments))
            ):
                names.append(_name(name, "function", f"({', '.join(argument.arg for argument in arguments)})"))
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.append(_name(name, "variable", "이 실습"))
            case ast.Import(names=aliases):
                names += [_name(alias.asname or alias.name, "namespace", "모듈") for alias in aliases]
            case ast.ImportFrom(names=aliases):
                names += [_name(alias.asname or alias.name, "namespace", "모듈") for alias in aliases]
    return names
