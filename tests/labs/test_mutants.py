"""Mutants: small wrong versions of a solution."""

from __future__ import annotations

from labs.engine.mutants import mutants

STARTER = '''
def load(n):
    return db.query("SELECT 1", n)

def get(n):
    """Gets it."""
    return load(n)

print("given")
'''

SOLUTION = '''
LIMIT = 60

def load(n):
    return db.query("SELECT 1", n)

def get(n):
    """Gets it."""
    if n > 0:
        cache.set("key", json.dumps(n, ensure_ascii=False), ex=LIMIT)
    return n + 1

print("given")
print("more")
'''


def changes(results: dict[str, object] | None = None) -> list[str]:
    return [mutant.change for mutant in mutants(SOLUTION, STARTER, results or {})]


def test_each_kind_of_change_is_made_once() -> None:
    assert changes() == [
        "line 2: changed the number 60",
        "line 9: negated the condition",
        "line 11: returns None",
        "line 10: dropped `cache.set('key', json.dumps(n, ensure_ascii=False), ex=LIMIT)`",
        "line 11: changed the arithmetic",
        "line 9: changed the number 0",
        "line 10: `set` became `append`",
        "line 10: dropped `ex=`",
        "line 11: changed the number 1",
        "line 10: changed the text 'key'",
        "line 10: `dumps` became `loads`",
    ]


def test_what_the_starter_gives_and_what_is_only_shown_stay() -> None:
    for mutant in mutants(SOLUTION, STARTER, {}):
        assert "query('SELECT 1', n)" in mutant.code
        assert '"""Gets it."""' in mutant.code
        assert "print('more')" in mutant.code


def test_every_mutant_differs_from_the_solution_and_from_the_others() -> None:
    codes = [mutant.code for mutant in mutants(SOLUTION, STARTER, {"get": 5})]
    assert len(set(codes)) == len(codes)
    assert all("ensure_ascii" in code or "cache.set" not in code for code in codes)


def test_an_answer_known_by_heart_replaces_every_return() -> None:
    code = "def get(n):\n    if n:\n        return load(n)\n    return n\n"
    (mutant,) = [one for one in mutants(code, "", {"get": {"id": 1}, "other": 2}) if "every return" in one.change]
    assert mutant.code.count("return {'id': 1}") == 2


def test_mutants_run_as_python() -> None:
    for mutant in mutants(SOLUTION, STARTER, {"get": 5}):
        compile(mutant.code, "mutant", "exec")
