"""Run inside Pyodide by runtime_probe.mjs: use everything a learner may use, then say which files were imported."""

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


def _run_every_lab() -> None:
    from labs.engine import lab as catalog
    from labs.engine import service

    def unheard(stream: str, text: str) -> None:
        del stream, text

    for lab_id in catalog.lab_ids():
        lab = catalog.load(lab_id)
        service.handle(json.dumps({"op": "names", "lab": lab_id}), unheard)
        accepted: dict[str, str] = {}
        for step in lab.steps:
            attempts = [attempt.code for attempt in (*lab.mistakes, *lab.alternatives) if attempt.step == step.id]
            for code in (step.starter, step.solution, *attempts, "def broken(", "1 / 0", "no_such_name"):
                for op in ("run", "check"):
                    request = {"op": op, "lab": lab_id, "step": step.id, "code": code, "accepted": accepted}
                    service.handle(json.dumps(request), unheard)
            accepted[step.id] = step.solution
    service.handle(json.dumps({"op": "ping"}), unheard)


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
_run_every_lab()

_files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
json.dumps(
    {
        "stdlib": sorted({name.removeprefix(_STDLIB) for name in _files if name.startswith(_STDLIB)}),
        "packages": sorted({name.removeprefix(_SITE_PACKAGES) for name in _files if name.startswith(_SITE_PACKAGES)}),
    }
)
