/** The browser side's only door to Python: `labRuntime()`, the one worker of this tab. */

import { LabClient, type WorkerEvents } from "./client.ts";
import { keepWhenIdle } from "./keeper.ts";
import { startWorker, type WorkerFiles } from "./link.ts";
import type { LabRuntime } from "./types.ts";

export * from "./errors.ts";
export * from "./types.ts";

const GLUE = "pyodide.asm.mjs.bin";

/** How long the learner must have been reading, after Python was ready, before a second one is started in the background. */
const SETTLED_MS = 4_000;

let runtime: LabRuntime | null = null;
let keeps = false;

/** The same runtime on every call: a module outlives instant navigation, so Python stays warm from page to page. */
export function labRuntime(): LabRuntime {
  runtime ??= new LabClient({
    spawn: (events) => startWorker(workerFiles(), { ...events, message: keepingMemory(events) }),
    now: () => performance.now(),
    later,
  });
  return runtime;
}

/** `events.message`, which also has Python's memory kept once, after the first boot that had none to begin with. */
function keepingMemory(events: WorkerEvents): WorkerEvents["message"] {
  return (message) => {
    events.message(message);
    if (message.type === "ready" && !message.resumed && !keeps && runtime !== null) {
      keeps = true;
      keepWhenIdle({ runtime, spawn: (own) => startWorker(workerFiles(), own), whenIdle });
    }
  };
}

function whenIdle(action: () => void): () => void {
  let stop = later(SETTLED_MS, () => {
    if (typeof requestIdleCallback === "function") {
      const handle = requestIdleCallback(action);
      stop = () => cancelIdleCallback(handle);
    } else {
      action();
    }
  });
  return () => stop();
}

function later(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

function workerFiles(): WorkerFiles {
  return {
    script: new URL("./lab-worker.js", import.meta.url).href,
    glue: new URL(`../runtime/${RUNTIME_ID}/${GLUE}`, import.meta.url).href,
  };
}
