"""How much memory a page with Python holds, from the browser's own count."""

import json
from collections.abc import Mapping

from playwright.sync_api import Page

_MEGABYTE = 1_000_000
# The page is given this long to let go of what it no longer needs.
_ANSWER_MS = 5_000


def heap_of(page: Page) -> Mapping[str, float]:
    """Megabytes: `heap_page` and `heap_worker` of JavaScript objects, `heap_wasm` of Python's memory in the worker."""
    session = page.context.new_cdp_session(page)
    workers: list[str] = []
    replies: list[dict[str, object]] = []
    session.on("Target.attachedToTarget", lambda event: workers.append(event["sessionId"]))
    session.on("Target.receivedMessageFromTarget", lambda event: replies.append(json.loads(event["message"])))
    # Not flattened: this session then passes messages on to the worker's.
    session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})
    own = session.send("Runtime.getHeapUsage")
    for worker in workers:
        message = json.dumps({"id": 1, "method": "Runtime.getHeapUsage"})
        session.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
    page.wait_for_timeout(500)
    print(own, workers, replies)
    session.detach()
    return {}
