/** Replies of the engine as typed values. What a worker says is checked: learner code shares it with the engine. */

import type {
  CheckOutcome,
  CheckReport,
  CheckResult,
  CompletionName,
  Counters,
  PromptReport,
  PromptTone,
  RunError,
  RunOutcome,
  RunReport,
  StoreDump,
  StoreEntry,
  TraceEvent,
} from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;

const RUN_OUTCOMES: readonly RunOutcome[] = ["ok", "error", "stopped", "deadline", "internal"];
const CHECK_OUTCOMES: readonly CheckOutcome[] = [
  "passed",
  "failed",
  "error",
  "stopped",
  "deadline",
  "internal",
];
const PROMPT_TONES: readonly PromptTone[] = ["ok", "error", "note"];
const NOTHING: Counters = { hits: 0, misses: 0, hit_rate: null, db_reads: 0, db_writes: 0, virtual_ms: 0 };

/** Thrown for a reply that is not what was asked for. */
export class ReplyError extends Error {
  constructor(expected: string, value: unknown) {
    super(`expected ${expected}, got ${JSON.stringify(value)?.slice(0, 80) ?? typeof value}`);
    this.name = "ReplyError";
  }
}

/** Throws ReplyError or SyntaxError. */
export function readRunReport(reply: string): RunReport {
  return runReport(JSON.parse(reply));
}

/** Throws ReplyError or SyntaxError. */
export function readCheckReport(reply: string): CheckReport {
  const fields = object(JSON.parse(reply));
  return {
    op: "check",
    outcome: oneOf(CHECK_OUTCOMES, fields.outcome),
    message: text(fields.message),
    checks: list(fields.checks, checkResult),
    report: runReport(fields.report),
  };
}

/** Throws ReplyError or SyntaxError. */
export function readNames(reply: string): readonly CompletionName[] {
  return list(object(JSON.parse(reply)).names, (value) => {
    const fields = object(value);
    return { label: text(fields.label), type: text(fields.type), detail: text(fields.detail) };
  });
}

/** Throws ReplyError or SyntaxError. */
export function readPromptReport(reply: string): PromptReport {
  const fields = object(JSON.parse(reply));
  return {
    op: "prompt",
    answers: number(fields.answers),
    reply: text(fields.reply),
    explanation: text(fields.explanation),
    tone: oneOf(PROMPT_TONES, fields.tone),
    prompt: text(fields.prompt),
    host: text(fields.host),
    t: number(fields.t),
    places: list(fields.places, (value) => {
      const place = object(value);
      return { host: text(place.host), about: text(place.about) };
    }),
    keys: list(fields.keys, text),
    trace: list(fields.trace, traceEvent),
    stores: list(fields.stores, storeDump),
    counters: counters(fields.counters),
  };
}

/** The report of a run that ended without the engine: before it began, or with its worker. */
export function endedRun(outcome: RunOutcome, explanation: string): RunReport {
  const error = explanation === "" ? null : { type: "", message: "", line: null, explanation, traceback: "" };
  return { op: "run", outcome, error, trace: [], stores: [], counters: NOTHING };
}

/** The same for a check. */
export function endedCheck(outcome: Exclude<RunOutcome, "ok">, explanation: string): CheckReport {
  return { op: "check", outcome, message: explanation, checks: [], report: endedRun(outcome, explanation) };
}

function runReport(value: unknown): RunReport {
  const fields = object(value);
  return {
    op: "run",
    outcome: oneOf(RUN_OUTCOMES, fields.outcome),
    error: fields.error === null ? null : runError(fields.error),
    trace: list(fields.trace, traceEvent),
    stores: list(fields.stores, storeDump),
    counters: counters(fields.counters),
  };
}

function runError(value: unknown): RunError {
  const fields = object(value);
  return {
    type: text(fields.type),
    message: text(fields.message),
    line: orNull(fields.line, number),
    explanation: text(fields.explanation),
    traceback: text(fields.traceback),
  };
}

function traceEvent(value: unknown): TraceEvent {
  const fields = object(value);
  return {
    seq: number(fields.seq),
    t: number(fields.t),
    kind: text(fields.kind),
    actor: text(fields.actor),
    target: text(fields.target),
    op: text(fields.op),
    key: orNull(fields.key, text),
    outcome: text(fields.outcome),
    ms: number(fields.ms),
  };
}

function storeDump(value: unknown): StoreDump {
  const fields = object(value);
  return {
    store: oneOf(["cache", "database"] as const, fields.store),
    name: text(fields.name),
    label: text(fields.label),
    entries: list(fields.entries, storeEntry),
  };
}

function storeEntry(value: unknown): StoreEntry {
  const fields = object(value);
  return {
    key: text(fields.key),
    type: text(fields.type),
    value: text(fields.value),
    ttl_ms: orNull(fields.ttl_ms, number),
    bytes: number(fields.bytes),
  };
}

function counters(value: unknown): Counters {
  const fields = object(value);
  return {
    hits: number(fields.hits),
    misses: number(fields.misses),
    hit_rate: orNull(fields.hit_rate, number),
    db_reads: number(fields.db_reads),
    db_writes: number(fields.db_writes),
    virtual_ms: number(fields.virtual_ms),
  };
}

function checkResult(value: unknown): CheckResult {
  const fields = object(value);
  if (typeof fields.passed !== "boolean") {
    throw new ReplyError("true or false", fields.passed);
  }
  return { name: text(fields.name), passed: fields.passed, message: text(fields.message) };
}

function object(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ReplyError("an object", value);
  }
  return value as Fields;
}

function list<T>(value: unknown, read: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) {
    throw new ReplyError("a list", value);
  }
  return value.map(read);
}

function text(value: unknown): string {
  if (typeof value !== "string") {
    throw new ReplyError("text", value);
  }
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") {
    throw new ReplyError("a number", value);
  }
  return value;
}

function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T {
  const found = allowed.find((name) => name === value);
  if (found === undefined) {
    throw new ReplyError(allowed.join(" or "), value);
  }
  return found;
}
