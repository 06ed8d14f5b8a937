/** When to start Python without being asked: the browser is idle and a lab is about to be read, or is being used. */

import { savesData } from "./runtime/saves-data.ts";
import type { LabRuntime } from "./runtime/types.ts";

/** How far below the screen a lab may be: about one turn of a wheel before it shows. */
const NEAR = "600px 0px";

/**
 * Starts Python once, when the learner comes near `element`. The returned function gives up. A learner who saves data starts Python
 * by running something; after a failure only the learner tries again, by the button that says so.
 */
export function preloadWhenNear(
  element: Element,
  runtime: Pick<LabRuntime, "preload" | "status">,
): () => void {
  if (savesData()) return () => undefined;
  const stop = new AbortController();
  const begin = () => {
    stop.abort();
    if (runtime.status.state === "idle") runtime.preload();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      const cancel = whenIdle(begin);
      stop.signal.addEventListener("abort", cancel);
    },
    { rootMargin: NEAR },
  );
  stop.signal.addEventListener("abort", () => observer.disconnect());
  observer.observe(element);
  element.addEventListener("focusin", begin, { signal: stop.signal });
  return () => stop.abort();
}

function whenIdle(action: () => void): () => void {
  // Safari has no requestIdleCallback.
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(action, 200);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(action, { timeout: 2_000 });
  return () => cancelIdleCallback(handle);
}
