/** When to get ready without being asked: a lab is about to be read, or is being used. */

import { savesData } from "./runtime/saves-data.ts";
import type { LabRuntime } from "./runtime/types.ts";

/** How far below the screen a lab may be: about one turn of a wheel before it shows. */
const NEAR = "600px 0px";
/** The same for an editor, which takes less and must be there before the keyboard is. */
const NEAR_TO_EDIT = "1200px 0px";

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
  whenNear(element, NEAR, stop.signal, () => {
    stop.signal.addEventListener("abort", whenIdle(begin));
  });
  element.addEventListener("focusin", begin, { signal: stop.signal });
  return () => stop.abort();
}

/**
 * Calls `open` once: when the learner comes near `element`, or when Python is ready, since everything that is started at once
 * makes Python late. The returned function gives up.
 */
export function openWhenNear(
  element: Element,
  runtime: Pick<LabRuntime, "onStatus" | "status">,
  open: () => void,
): () => void {
  const stop = new AbortController();
  const begin = () => {
    stop.abort();
    open();
  };
  whenNear(element, NEAR_TO_EDIT, stop.signal, begin);
  const listen = () => {
    if (runtime.status.state === "ready") stop.signal.addEventListener("abort", whenIdle(begin));
  };
  stop.signal.addEventListener("abort", runtime.onStatus(listen));
  listen();
  return () => stop.abort();
}

function whenNear(element: Element, margin: string, signal: AbortSignal, action: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      action();
    },
    { rootMargin: margin },
  );
  signal.addEventListener("abort", () => observer.disconnect());
  observer.observe(element);
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
