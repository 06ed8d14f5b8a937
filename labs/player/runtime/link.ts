/** A real worker, started so that the page's Content-Security-Policy binds it too. */

import type { WorkerEvents, WorkerLink } from "./client.ts";
import type { Connect, FromWorker } from "./protocol.ts";

/**
 * Starts the module worker at `script` (an absolute URL).
 *
 * A worker takes its policy from its own response, and a static host sends none: learner code could then reach any server. A
 * worker made from a blob inherits the policy of the page, so the blob only imports the real script.
 */
export function startWorker(script: string, events: WorkerEvents): WorkerLink {
  const started = performance.now();
  const bootstrap = new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" });
  const url = URL.createObjectURL(bootstrap);
  const worker = new Worker(url, { type: "module", name: "lab" });
  const { port1: port, port2: theirs } = new MessageChannel();
  let alive = true;
  const died = (detail: string) => {
    if (alive) {
      events.died(detail);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    died(event.message || "the worker's script could not be loaded");
  };
  worker.onmessageerror = () => died("a message could not be read");
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    // The script has arrived; until then its URL had to stay.
    URL.revokeObjectURL(url);
    if (alive) {
      if (data.type === "ready") {
        performance.measure("lab-boot", { start: started, detail: data.timings });
      }
      events.message(data);
    }
  };
  const connect: Connect = { type: "connect" };
  worker.postMessage(connect, [theirs]);
  return {
    post: (message) => port.postMessage(message),
    terminate: () => {
      alive = false;
      port.close();
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
