/** Hand-written stand-ins for the runtime and the learning record, for tests of everything a learner touches. */

import type { Attempt, Json, LearningRecord } from "../../../theme/record/index.ts";
import type {
  CheckReport,
  LabRuntime,
  OutputChunk,
  PromptReport,
  PromptRequest,
  RunReport,
  RunRequest,
  RuntimeStatus,
} from "../runtime/types.ts";

export function runReport(change: Partial<RunReport> = {}): RunReport {
  return {
    op: "run",
    outcome: "ok",
    error: null,
    trace: [],
    stores: [],
    counters: { hits: 0, misses: 0, hit_rate: null, db_reads: 0, db_writes: 0, virtual_ms: 0 },
    ...change,
  };
}

export function checkReport(change: Partial<CheckReport> = {}): CheckReport {
  return { op: "check", outcome: "passed", message: "", checks: [], report: runReport(), ...change };
}

export function promptReport(change: Partial<PromptReport> = {}): PromptReport {
  return {
    op: "prompt",
    answers: 1,
    reply: "",
    explanation: "",
    tone: "ok",
    prompt: "play.cache.lab:6379> ",
    host: "play.cache.lab",
    t: 0,
    places: [],
    keys: [],
    trace: [],
    stores: [],
    counters: runReport().counters,
    ...change,
  };
}

type Answer<Report> = (request: RunRequest, onOutput: (chunk: OutputChunk) => void) => Promise<Report>;

/** A runtime that answers what the test says, as soon as the test says so. */
export class FakeRuntime implements LabRuntime {
  status: RuntimeStatus = { state: "ready" };
  readonly requests: RunRequest[] = [];
  stops = 0;
  preloads = 0;
  answerRun: Answer<RunReport> = () => Promise.resolve(runReport());
  answerCheck: Answer<CheckReport> = () => Promise.resolve(checkReport());
  answerPrompt: (request: PromptRequest) => Promise<PromptReport> = () => Promise.resolve(promptReport());
  readonly prompts: PromptRequest[] = [];
  readonly #listeners = new Set<(status: RuntimeStatus) => void>();

  say(status: RuntimeStatus): void {
    this.status = status;
    for (const listener of this.#listeners) listener(status);
  }

  onStatus(listener: (status: RuntimeStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  preload(): void {
    this.preloads += 1;
  }

  run(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<RunReport> {
    this.requests.push(request);
    return this.answerRun(request, onOutput);
  }

  check(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<CheckReport> {
    this.requests.push(request);
    return this.answerCheck(request, onOutput);
  }

  names(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  prompt(request: PromptRequest): Promise<PromptReport> {
    this.prompts.push(request);
    return this.answerPrompt(request);
  }

  stop(): Promise<void> {
    this.stops += 1;
    return Promise.resolve();
  }
}

/** A record in memory; two sessions that share one are two tabs of one browser. */
export class FakeRecord implements LearningRecord {
  persistent = true;
  refuses = false;
  readonly log: Attempt[] = [];
  readonly drafts = new Map<string, Json>();

  append(attempt: Attempt): Promise<void> {
    this.log.push(attempt);
    return Promise.resolve();
  }

  attempts(): Promise<readonly Attempt[]> {
    return Promise.resolve([...this.log]);
  }

  saveDraft(key: string, value: Json): Promise<void> {
    if (this.refuses) return Promise.reject(new Error("quota"));
    this.drafts.set(key, structuredClone(value));
    return Promise.resolve();
  }

  loadDraft(key: string): Promise<Json | undefined> {
    return Promise.resolve(this.drafts.get(key));
  }
}
