"""Run inside Pyodide by runtime_probe.mjs: use everything a learner may use, then say which files were imported.

Every program of the catalog is graded on the way, and those are named whose verdict is not the recorded one.
"""

import importlib
import json
import sys

sys.path += ["/mnt/project", "/mnt/site-packages"]

# What a learner may well write at the top of a lab although no lab of ours does.
_LEARNERS_MAY_IMPORT = """
abc array base64 bisect calendar collections collections.abc concurrent.futures contextlib contextvars copy csv dataclasses
datetime decimal enum errno fractions functools gc hashlib heapq hmac inspect io itertools json keyword logging math
numbers operator os pathlib pickle pprint queue random re sched secrets socket sqlite3 statistics string struct sys tempfile
textwrap threading time timeit traceback types typing unicodedata urllib.parse uuid warnings weakref zlib asyncio
encodings.ascii encodings.latin_1 encodings.cp949 encodings.euc_kr encodings.utf_8_sig encodings.utf_16 encodings.unicode_escape
redis redis.asyncio redis.backoff redis.cluster redis.exceptions redis.lock redis.retry redis.sentinel redis.typing fakeredis
pymemcache pymemcache.client.base pymemcache.client.hash pymemcache.client.retrying pymemcache.serde
"""
_STDLIB = "/lib/python314.zip/"
_SITE_PACKAGES = "/mnt/site-packages/"


def _grade_every_program() -> list[str]:
    """The programs that Pyodide judges otherwise than CPython, with what was said."""
    from labs.engine import lab as catalog
    from labs.engine import service

    wrong: list[str] = []

    def unheard(stream: str, text: str) -> None:
        del stream, text

    for lab_id in catalog.lab_ids():
        lab = catalog.load(lab_id)
        service.handle(json.dumps({"op": "names", "lab": lab_id}), unheard)
        for step in lab.steps:
            programs: list[tuple[str, str, str | None, str | None]]
            programs = [("solution", step.solution, "passed", None), ("starter", step.starter, "failed", None)]
            programs += [(a.id, a.code, "passed", None) for a in lab.alternatives if a.step == step.id]
            programs += [(m.id, m.code, None, m.message) for m in lab.mistakes if m.step == step.id]
            programs += [("broken", code, "error", None) for code in ("def broken(", "1 / 0", "no_such_name")]
            for name, code, outcome, message in programs:
                request = {"op": "check", "lab": lab_id, "step": step.id, "code": code, "accepted": {}}
                answer = json.loads(service.handle(json.dumps(request), unheard))
                if outcome not in (None, answer["outcome"]) or message not in (None, answer["message"]):
                    wrong.append(f"{lab_id}/{step.id} {name}: {answer['outcome']}: {answer['message']}")
    first = catalog.load(catalog.lab_ids()[0])
    step = first.steps[0]
    others: list[dict[str, object]] = [
        {"op": "run", "lab": first.id, "step": step.id, "code": step.solution, "accepted": {}},
        {"op": "ping"},
        {"op": "prompt", "line": "SET k v"},
    ]
    for other in others:
        service.handle(json.dumps(other), unheard)
    return wrong


def _import_what_is_late() -> None:
    """Modules that the interpreter imports by itself, and only when something is first used."""
    import datetime
    import traceback

    datetime.datetime.strptime("2026", "%Y")
    try:
        json.loads("{")
    except ValueError:
        traceback.format_exc()


_import_what_is_late()
for _name in _LEARNERS_MAY_IMPORT.split():
    importlib.import_module(_name)
_misjudged = _grade_every_program()

_files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
json.dumps(
    {
        "stdlib": sorted({name.removeprefix(_STDLIB) for name in _files if name.startswith(_STDLIB)}),
        "misjudged": _misjudged,
        "packages": sorted({name.removeprefix(_SITE_PACKAGES) for name in _files if name.startswith(_SITE_PACKAGES)}),
    }
)
