/** The script of the page that test_runtime.py drives: the runtime as the player gets it, and nothing else of the player. */

import { labRuntime } from "../../labs/player/runtime/index.ts";
import { startWorker } from "../../labs/player/runtime/link.ts";

/** What runtime_probe_worker.ts found, or why it could not look. */
function probe(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const files = {
      script: new URL("./probe-worker.js", import.meta.url).href,
      glue: new URL(`../runtime/${RUNTIME_ID}/pyodide.asm.mjs.bin`, import.meta.url).href,
    };
    startWorker(files, {
      message: (message) => resolve(message.type === "reply" ? JSON.parse(message.reply) : message),
      died: reject,
    });
  });
}

Object.assign(globalThis, { lab: labRuntime(), probe });
