/**
 * What the page knows about running Python: the reports the engine sends back and the door (`LabRuntime`) to the worker.
 *
 * The shapes are those of `labs/engine/service.py`. Korean messages inside them are plain text with `backticks` for code.
 */

/** How one run of a learner's program ended. */
export type RunOutcome = "ok" | "error" | "stopped" | "deadline" | "internal";

/** How one check of a learner's program ended. */
export type CheckOutcome = "passed" | "failed" | "error" | "stopped" | "deadline" | "internal";

/** An exception of the learner's program, explained. */
export interface RunError {
  readonly type: string;
  readonly message: string;
  /** Line in the learner's own code, counted from 1; null when no frame of theirs is in the traceback. */
  readonly line: number | null;
  readonly explanation: string;
  /** The raw traceback, cut to the learner's frames. */
  readonly traceback: string;
}

/** One operation that crossed the simulated network. */
export interface TraceEvent {
  readonly seq: number;
  /** Virtual milliseconds since the run began. */
  readonly t: number;
  /** "cache", "database" or "network". */
  readonly kind: string;
  readonly actor: string;
  readonly target: string;
  readonly op: string;
  readonly key: string | null;
  readonly outcome: string;
  /** Virtual milliseconds the operation took. */
  readonly ms: number;
}

export interface StoreEntry {
  readonly key: string;
  readonly type: string;
  readonly value: string;
  readonly ttl_ms: number | null;
  readonly bytes: number;
}

/** What one store held when the run ended. */
export interface StoreDump {
  readonly store: "cache" | "database";
  /** The host name. */
  readonly name: string;
  /** What the trace calls it. */
  readonly label: string;
  readonly entries: readonly StoreEntry[];
}

export interface Counters {
  readonly hits: number;
  readonly misses: number;
  readonly hit_rate: number | null;
  readonly db_reads: number;
  readonly db_writes: number;
  readonly virtual_ms: number;
}

export interface RunReport {
  readonly op: "run";
  readonly outcome: RunOutcome;
  readonly error: RunError | null;
  readonly trace: readonly TraceEvent[];
  readonly stores: readonly StoreDump[];
  readonly counters: Counters;
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

export interface CheckReport {
  readonly op: "check";
  readonly outcome: CheckOutcome;
  readonly message: string;
  readonly checks: readonly CheckResult[];
  readonly report: RunReport;
}

/** A name the editor can complete. */
export interface CompletionName {
  readonly label: string;
  readonly type: string;
  readonly detail: string;
}

/** One thing asked of the playground's prompt; nothing means "where do things stand?". */
export type PromptRequest =
  | { readonly line: string }
  /** Seconds of virtual time that pass. */
  | { readonly advanceS: number }
  | { readonly fresh: true }
  | Readonly<Record<string, never>>;

export type PromptTone = "ok" | "error" | "note";

/** An endpoint of the playground. */
export interface PromptPlace {
  readonly host: string;
  readonly about: string;
}

export interface PromptReport {
  readonly op: "prompt";
  /** How many reports these caches have given, this one included: 1 means that they are new. */
  readonly answers: number;
  /** What redis-cli would print. */
  readonly reply: string;
  /** What that means and what to do, empty when it needs no words. */
  readonly explanation: string;
  readonly tone: PromptTone;
  /** What stands before the next line. */
  readonly prompt: string;
  readonly host: string;
  /** Virtual milliseconds since the prompt began. */
  readonly t: number;
  readonly places: readonly PromptPlace[];
  /** The keys of this endpoint and database, as one would type them. */
  readonly keys: readonly string[];
  /** The latest events of the session. */
  readonly trace: readonly TraceEvent[];
  readonly stores: readonly StoreDump[];
  readonly counters: Counters;
}

export type RuntimeStatus =
  | { readonly state: "idle" }
  /** `progress` runs from 0 to 1 and never goes back during one boot; `note` is a Korean sentence. */
  | { readonly state: "loading"; readonly progress: number; readonly note: string }
  | { readonly state: "ready" }
  /** `since` is `performance.now()` of the page at the start of the run. */
  | { readonly state: "running"; readonly since: number }
  | { readonly state: "failed"; readonly message: string };

export interface RunRequest {
  readonly lab: string;
  readonly step: string;
  readonly code: string;
  /** Accepted code of earlier steps, by step id. */
  readonly accepted: Readonly<Record<string, string>>;
  /** Real milliseconds the learner's code may run; the default is `DEFAULT_DEADLINE_MS`. */
  readonly deadlineMs?: number;
}

export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/**
 * The one Python of this tab.
 *
 * Every promise that rejects does so with a `RuntimeError` (errors.ts) whose `message` is a Korean sentence to show.
 */
export interface LabRuntime {
  readonly status: RuntimeStatus;
  /** Hears every later change; the returned function stops that. */
  onStatus(listener: (status: RuntimeStatus) => void): () => void;
  /** Starts loading when nothing is loaded yet; failures show in `status` only. */
  preload(): void;
  run(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<RunReport>;
  check(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<CheckReport>;
  names(lab: string): Promise<readonly CompletionName[]>;
  /** Waits for whatever runs. Where it must be given up, Python starts anew, and with it the prompt's caches. */
  prompt(request: PromptRequest): Promise<PromptReport>;
  /** Ends the running code: variables stay where the browser can do that, otherwise the worker is replaced. */
  stop(): Promise<void>;
}

/** Real milliseconds a run may take before it is ended; shown to the learner. */
export const DEFAULT_DEADLINE_MS = 10_000;
/** Real milliseconds one line at the prompt may take. */
export const PROMPT_DEADLINE_MS = 5_000;
