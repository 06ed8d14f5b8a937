/** The script of the page that test_runtime.py drives: the runtime as the player gets it, and nothing else of the player. */

import type { WorkerEvents } from "../../labs/player/runtime/client.ts";
import { labRuntime } from "../../labs/player/runtime/index.ts";
import { startWorker } from "../../labs/player/runtime/link.ts";
import type { Purpose } from "../../labs/player/runtime/protocol.ts";

function start(purpose: Purpose, script: string, events: WorkerEvents): ReturnType<typeof startWorker> {
  const files = {
    script: new URL(script, import.meta.url).href,
    glue: new URL(`../runtime/${RUNTIME_ID}/pyodide.asm.mjs.bin`, import.meta.url).href,
  };
  return startWorker(purpose, files, events);
}

/** What runtime_probe_worker.ts found, or why it could not look. */
function probe(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start("boot", "./probe-worker.js", {
      message: (message) => resolve(message.type === "reply" ? JSON.parse(message.reply) : message),
      died: reject,
    });
  });
}

/** Has Python's memory kept at once, without the learner's peace that keeper.ts waits for. The last message of the worker. */
function keep(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = start("keep", "./lab-worker.js", {
      message: (message) => {
        if (message.type === "kept" || message.type === "failed") {
          worker.terminate();
          resolve(message);
        }
      },
      died: reject,
    });
  });
}

Object.assign(globalThis, { lab: labRuntime(), probe, keep });
