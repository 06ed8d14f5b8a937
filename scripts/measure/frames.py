"""How smoothly the inspector is drawn: the time between frames while somebody drags through a long run."""

from playwright.sync_api import Page

EVENTS = 10_000
FRAMES = 120

# A drag from the first event to the last, one move for each frame the browser draws. Milliseconds between frames.
_DRAG = """async ([events, frames]) => {
  const trace = Array.from({ length: events }, (_, n) => ({
    seq: n + 1, t: n, kind: "cache", actor: "app", target: "cache", op: "GET", key: `product:${n}`,
    outcome: n % 3 ? "hit" : "miss", ms: 0.5,
  }));
  const entries = Array.from({ length: events }, (_, n) => (
    { key: `product:${n}`, type: "string", value: "v", ttl_ms: null, bytes: 1 }));
  const counters = { hits: 0, misses: 0, hit_rate: null, db_reads: 0, db_writes: 0, virtual_ms: events };
  const inspector = document.createElement("lab-inspector");
  inspector.report = { op: "run", outcome: "ok", error: null, trace,
    stores: [{ store: "cache", name: "cache.lab", label: "cache", entries }], counters };
  document.querySelector("lab-step").after(inspector);
  await inspector.updateComplete;
  inspector.scrollIntoView();
  const scrubber = inspector.querySelector("input[type=range]");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let before = await frame();
  before = await frame();
  const between = [];
  for (let n = 1; n <= frames; n++) {
    scrubber.value = String(Math.round((n / frames) * (events - 1)));
    scrubber.dispatchEvent(new Event("input", { bubbles: true }));
    const now = await frame();
    between.push(now - before);
    before = now;
  }
  inspector.remove();
  return between;
}"""


def slow_frame_of(page: Page) -> float:
    """Milliseconds that 95 of 100 frames take at most, while a run of `EVENTS` events is dragged through. Needs a lab's page."""
    between = sorted(page.evaluate(_DRAG, [EVENTS, FRAMES]))
    return float(between[FRAMES * 95 // 100])
