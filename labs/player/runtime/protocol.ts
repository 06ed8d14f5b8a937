/**
 * The messages between the page (client.ts) and the worker (worker.ts), over a port of their own.
 *
 * Not the worker's global channel: learner code that gets at the worker's globals could speak there in the worker's name.
 */

import type { FailureCode } from "./errors.ts";
import type { OutputChunk } from "./types.ts";

/** The only message on the worker's global channel; its one transferred port carries everything else. */
export interface Connect {
  readonly type: "connect";
}

/**
 * What a worker begins with, unasked: a browser delivers the first message only when the page has time, and a page has none while
 * it loads. It is told by the worker's name.
 *
 * `fresh`: boot, but not from the memory an earlier visit kept, because that did not go well just now. `keep`: for a worker of its
 * own: boot, keep the memory for later visits, and say so.
 */
export type Purpose = "boot" | "fresh" | "keep";

export type ToWorker =
  /** `request` is JSON for `labs/engine/service.py`. Calls are answered one at a time, in order. */
  | { readonly type: "call"; readonly id: number; readonly request: string; readonly deadlineMs: number }
  /** Ends call `id` if it is running and the browser lets the worker hear this meanwhile. */
  | { readonly type: "stop"; readonly id: number };

/** What the worker does while it boots. */
export type BootStage = "download" | "start" | "open";

export type FromWorker =
  | { readonly type: "progress"; readonly stage: BootStage; readonly loaded: number; readonly total: number }
  /**
   * `hears`: whether a stop reaches running code (JSPI). `resumed`: whether it began with the memory of an earlier visit.
   * `timings` are milliseconds from the start to the end of each stage, for measurements.
   */
  | {
      readonly type: "ready";
      readonly hears: boolean;
      readonly resumed: boolean;
      readonly timings: Readonly<Record<string, number>>;
    }
  /** Memory was kept; 0 bytes where that is not wise or not possible. */
  | { readonly type: "kept"; readonly bytes: number }
  | { readonly type: "failed"; readonly code: FailureCode; readonly detail: string }
  | { readonly type: "output"; readonly id: number; readonly chunks: readonly OutputChunk[] }
  | { readonly type: "reply"; readonly id: number; readonly reply: string }
  /** After the answer to call `id`: Python was tried, and can take the next one. */
  | { readonly type: "sound"; readonly id: number }
  /** The engine refused call `id`: a fault of ours, not of the learner's code. */
  | { readonly type: "error"; readonly id: number; readonly detail: string }
  /** Python cannot go on: this worker answers nothing any more. */
  | { readonly type: "broken"; readonly detail: string };
