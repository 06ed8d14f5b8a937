"""How much memory a page with Python holds, by the browser's own count."""

import json
from collections.abc import Mapping

from playwright.sync_api import CDPSession, Page

from scripts.measure.errors import UnexpectedError

_MEGABYTE = 1_000_000
_PATIENCE_MS = 5_000
_STEP_MS = 50


def heap_of(page: Page) -> Mapping[str, float]:
    """Megabytes: `heap_page` and `heap_worker` of JavaScript objects, `heap_wasm` of Python's memory and its worker's buffers.

    The worker is the page's largest: the search has a small one of its own.
    """
    session = page.context.new_cdp_session(page)
    own = session.send("Runtime.getHeapUsage")
    workers = _of_workers(page, session)
    session.detach()
    python = max(workers, key=lambda usage: usage["backingStorageSize"])
    return {
        "heap_page": own["usedSize"] / _MEGABYTE,
        "heap_worker": python["usedSize"] / _MEGABYTE,
        "heap_wasm": python["backingStorageSize"] / _MEGABYTE,
    }


def _of_workers(page: Page, session: CDPSession) -> list[dict[str, float]]:
    workers: list[str] = []
    answers: list[dict[str, float]] = []

    def hear(event: dict[str, str]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            answers.append(message["result"])

    session.on("Target.attachedToTarget", lambda event: workers.append(event["sessionId"]))
    session.on("Target.receivedMessageFromTarget", hear)
    # Not flattened: then this session passes messages on to the workers.
    session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})
    for number, worker in enumerate(workers):
        message = json.dumps({"id": number, "method": "Runtime.getHeapUsage"})
        session.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
    for _ in range(_PATIENCE_MS // _STEP_MS):
        if len(answers) == len(workers) > 0:
            return answers
        page.wait_for_timeout(_STEP_MS)
    raise UnexpectedError("워커의 메모리를 물었는데 답이 없습니다.")
