"""Small wrong versions of a right program. A check that lets one pass does not check enough.

Only the bodies of functions and constants at the top level are changed: what a step prints is not graded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# Keyword arguments that change how a value looks, not what it is.
_COSMETIC = frozenset(("ensure_ascii",))

# A command a tired author could have typed instead, which does something else.
_OTHER_METHOD = {
    "get": "getdel",
    "delete": "exists",
    "set": "append",
    "ttl": "exists",
    "loads": "dumps",
    "dumps": "loads",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """`change` says what was done, with its line in the original."""

    change: str
    code: str


def mutants(solution: str, starter: str, results: Mapping[str, object]) -> list[Mutant]:
    """Every mutant of what the solution does and its starter does not.

    `results` maps a function to an answer it gave, for mutants that know it by heart.
    """
    tree = ast.parse(solution)
    found = {ast.unparse(tree): Mutant("nothing", solution)}
    for change in chain(_changes(tree, starter), _hard_coded(tree, results)):
        text = ast.unparse(tree)
        found.setdefault(text, Mutant(change, text + "\n"))
    return list(found.values())[1:]


def _changes(tree: ast.Module, starter: str) -> Iterator[str]:
    """Change the tree in one place, tell how, and change it back."""
    given = {ast.unparse(node) for node in ast.parse(starter).body}
    written = [node for node in tree.body if ast.unparse(node) not in given]
    for top in written:
        if not isinstance(top, (*_FUNCTIONS, ast.Assign)):
            continue
        prose = set(ast.walk(top.body[0])) if isinstance(top, _FUNCTIONS) and ast.get_docstring(top) else set()
        for node in [node for node in ast.walk(top) if node is not top and node not in prose]:
            for change in _operators(node):
                yield f"line {getattr(node, 'lineno', 0)}: {change}"


def _operators(node: ast.AST) -> Iterator[str]:
    """The changes that fit one node, each made while it is told."""
    match node:
        case ast.Expr(value=(ast.Call() | ast.Await()) as call):
            node.value = ast.Constant(None)
            yield f"dropped `{ast.unparse(call)}`"
            node.value = call
        case ast.Return(value=ast.expr() as value):
            node.value = ast.Constant(None)
            yield "returns None"
            node.value = value
        case ast.If(test=test) | ast.IfExp(test=test):
            node.test = ast.UnaryOp(ast.Not(), test)
            yield "negated the condition"
            node.test = test
        case ast.Call(func=ast.Attribute(attr=name) as method, keywords=keywords):
            if name in _OTHER_METHOD:
                method.attr = _OTHER_METHOD[name]
                yield f"`{name}` became `{method.attr}`"
                method.attr = name
            for keyword in [keyword for keyword in keywords if keyword.arg not in _COSMETIC]:
                node.keywords = [other for other in keywords if other is not keyword]
                yield f"dropped `{keyword.arg}=`"
            node.keywords = keywords
        case ast.Constant(value=str(text)) if text.strip():
            node.value = text + "~"
            yield f"changed the text {text!r}"
            node.value = text
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            node.value = number * 1000 + 1
            yield f"changed the number {number}"
            node.value = number
        case ast.BinOp(op=(ast.Add() | ast.Div()) as operator):
            node.op = ast.Sub() if isinstance(operator, ast.Add) else ast.Mult()
            yield "changed the arithmetic"
            node.op = operator


def _hard_coded(tree: ast.Module, results: Mapping[str, object]) -> Iterator[str]:
    """One function at a time that knows its answer by heart, and still asks the cache."""
    for function in [node for node in tree.body if isinstance(node, _FUNCTIONS) and node.name in results]:
        returns = [(node, node.value) for node in ast.walk(function) if isinstance(node, ast.Return)]
        for node, _ in returns:
            node.value = ast.parse(repr(results[function.name]), mode="eval").body
        yield f"line {function.lineno}: every return of `{function.name}` is {results[function.name]!r}"
        for node, value in returns:
            node.value = value
