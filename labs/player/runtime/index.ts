/** The browser side's only door to Python: `labRuntime()`, the one worker of this tab. */

import { LabClient } from "./client.ts";
import { startWorker, type WorkerFiles } from "./link.ts";
import type { LabRuntime } from "./types.ts";

export * from "./errors.ts";
export * from "./types.ts";

const GLUE = "pyodide.asm.mjs.bin";

let runtime: LabRuntime | null = null;

/** The same runtime on every call: a module outlives instant navigation, so Python stays warm from page to page. */
export function labRuntime(): LabRuntime {
  runtime ??= new LabClient({
    spawn: (events) => startWorker(workerFiles(), events),
    now: () => performance.now(),
    later: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  });
  return runtime;
}

function workerFiles(): WorkerFiles {
  return {
    script: new URL("./lab-worker.js", import.meta.url).href,
    glue: new URL(`../runtime/${RUNTIME_ID}/${GLUE}`, import.meta.url).href,
  };
}
