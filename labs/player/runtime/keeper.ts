/**
 * Has Python's memory kept for later visits, by a worker of its own, when the learner has what they came for and the browser has time.
 */

import type { WorkerEvents, WorkerLink } from "./client.ts";
import type { LabRuntime } from "./types.ts";

export interface KeeperServices {
  readonly runtime: Pick<LabRuntime, "status" | "onStatus">;
  /** Starts a worker that keeps Python's memory. */
  spawn(events: WorkerEvents): WorkerLink;
  /** Runs `action` when the browser has been idle for a while; the returned function prevents it. */
  whenIdle(action: () => void): () => void;
}

/** Tries once, the next time the runtime is ready and the browser idle; a run that begins first puts it off. */
export function keepWhenIdle({ runtime, spawn, whenIdle }: KeeperServices): void {
  let cancel: () => void = () => undefined;
  const leave = runtime.onStatus(plan);
  plan();

  function plan(): void {
    cancel();
    if (runtime.status.state === "ready") {
      cancel = whenIdle(keep);
    }
  }

  function keep(): void {
    leave();
    const worker = spawn({
      message: (message) => {
        if (message.type === "kept" || message.type === "failed") {
          worker.terminate();
        }
        if (message.type === "failed") {
          console.warn(`[lab] Python's memory was not kept: ${message.detail}`);
        }
      },
      died: () => worker.terminate(),
    });
  }
}
