/** The browser side's only door to Python: `labRuntime()`, the one worker of this tab. */

import { LabClient, type WorkerEvents } from "./client.ts";
import { keepWhenIdle } from "./keeper.ts";
import { startWorker, unpackedGlue, type WorkerFiles } from "./link.ts";
import { prefetch } from "./prefetch.ts";
import { savesData } from "./saves-data.ts";
import { isKept } from "./shelf.ts";
import type { LabRuntime } from "./types.ts";

export * from "./errors.ts";
export * from "./types.ts";

const GLUE = "pyodide.asm.mjs.bin";
/** Of the bundle's files: fetched just now, and built into the worker. */
const HERE_ALREADY: readonly string[] = [GLUE, "pyodide-lock.json"];

/** How long nothing must have happened before something large is done in the background. */
const SETTLED_MS = 4_000;

let runtime: LabRuntime | null = null;
let keeps = false;

/** The same runtime on every call: a module outlives instant navigation, so Python stays warm from page to page. */
export function labRuntime(): LabRuntime {
  runtime ??= newRuntime();
  return runtime;
}

function newRuntime(): LabRuntime {
  const client = new LabClient({
    spawn: (purpose, events) =>
      startWorker(purpose, workerFiles(), { ...events, message: keepingMemory(events) }),
    now: () => performance.now(),
    later,
  });
  if (!savesData()) {
    lookAhead(client);
  }
  return client;
}

/** A page with a lab is open. What takes little now makes the start quicker; the large files wait until the page is at rest. */
function lookAhead(client: LabRuntime): void {
  unpackedGlue(workerFiles()).catch(() => undefined);
  whenIdle(() => {
    const services = {
      owner: { base: runtimeBase(), id: RUNTIME_ID },
      files: Object.keys(RUNTIME_BUNDLE.files).filter((name) => !HERE_ALREADY.includes(name)),
      fetch: (url: URL, options: RequestInit) => fetch(url, options),
      isWanted: () => client.status.state === "idle",
      isKept,
    };
    void prefetch(services);
  });
}

/** `events.message`, which also has Python's memory kept once, after the first boot that had none to begin with. */
function keepingMemory(events: WorkerEvents): WorkerEvents["message"] {
  return (message) => {
    events.message(message);
    if (message.type === "ready" && !message.resumed && !keeps && runtime !== null) {
      keeps = true;
      keepWhenIdle({ runtime, spawn: (own) => startWorker("keep", workerFiles(), own), whenIdle });
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
    glue: new URL(GLUE, runtimeBase()).href,
  };
}

function runtimeBase(): URL {
  return new URL(`../runtime/${RUNTIME_ID}/`, import.meta.url);
}
