/**
 * One learner at one step: the code, what ran, what came of it, what is saved. No DOM in here.
 *
 * `state` is replaced, never changed in place; `subscribe` hears every replacement.
 */

import type { LabAttempt, LearningRecord } from "../../../theme/record/index.ts";
import type {
  CheckReport,
  LabRuntime,
  OutputChunk,
  RunError,
  RunReport,
  RuntimeStatus,
} from "../runtime/types.ts";
import { type AsideVersion, bringForward, type Draft, draftKey, putAside, type Version } from "./draft.ts";
import { DraftStore } from "./draft-store.ts";
import type { LabBook } from "./lab-book.ts";
import type { ReadShare } from "./share.ts";

/** What the page says about the step. */
export interface StepInfo {
  readonly lab: string;
  readonly labTitle: string;
  readonly step: string;
  readonly rev: number;
  readonly index: number;
  readonly count: number;
  readonly title: string;
  readonly starter: string;
}

export interface SessionServices {
  readonly runtime: LabRuntime;
  readonly record: Promise<LearningRecord>;
  readonly book: LabBook;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Names this page load among tabs that edit the same step. */
  readonly writer: string;
}

export type Activity = "run" | "check";

export type Outcome =
  | { readonly kind: "ran"; readonly report: RunReport }
  | { readonly kind: "passed" | "failed"; readonly check: CheckReport }
  | {
      readonly kind: "error";
      readonly error: RunError | null;
      readonly message: string;
      readonly report: RunReport;
    }
  | { readonly kind: "stopped" | "deadline"; readonly report: RunReport }
  /** Not the learner's doing: the engine or the worker broke. */
  | { readonly kind: "broken"; readonly message: string };

export type Phase = "idle" | "loading" | "ready" | "running" | "passed" | "failed" | "error" | "stopped";

export type Saving = "untouched" | "pending" | "saved" | "memory" | "failed";

/** Why the learner should look at the versions kept aside. */
export type AsideNews = "rev" | "tab" | "unreadable";

export interface StepState {
  /** The draft has been read, so the editor may open. */
  readonly loaded: boolean;
  readonly code: string;
  readonly runtime: RuntimeStatus;
  readonly activity: Activity | null;
  readonly busyElsewhere: boolean;
  readonly outcome: Outcome | null;
  /** The code changed after the outcome on screen. */
  readonly edited: boolean;
  /** This rev of the step was passed at least once. */
  readonly done: boolean;
  /** Checks of this step so far, of any rev. */
  readonly checks: number;
  readonly hints: number;
  readonly saving: Saving;
  readonly aside: readonly AsideVersion[];
  readonly news: AsideNews | null;
  /** What the last reset threw out, while it can still be brought back. */
  readonly beforeReset: string | null;
  /** Code that came with a link, until the learner takes it or turns it down. */
  readonly received: ReadShare | null;
}

export class StepSession {
  readonly info: StepInfo;
  readonly #services: SessionServices;
  readonly #listeners = new Set<() => void>();
  readonly #outputs = new Set<(chunk: OutputChunk | null) => void>();
  readonly #leave: (() => void)[] = [];
  #store: DraftStore | null = null;
  #accepted: Version | null = null;
  #loading: Promise<void> | null = null;
  /** When the learner last began to work on the step; null before the first touch. */
  #since: number | null = null;
  #savedAt = 0;
  #state: StepState;

  constructor(info: StepInfo, services: SessionServices) {
    this.info = info;
    this.#services = services;
    this.#state = {
      loaded: false,
      code: info.starter,
      runtime: services.runtime.status,
      activity: null,
      busyElsewhere: false,
      outcome: null,
      edited: false,
      done: false,
      checks: 0,
      hints: 0,
      saving: "untouched",
      aside: [],
      news: null,
      beforeReset: null,
      received: null,
    };
  }

  get state(): StepState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears what the program prints; `null` means that a new run begins. */
  onOutput(listener: (chunk: OutputChunk | null) => void): () => void {
    this.#outputs.add(listener);
    return () => this.#outputs.delete(listener);
  }

  /** Joins the page: reads the draft and the log, and follows the runtime. */
  open(): Promise<void> {
    const { runtime, book } = this.#services;
    this.#leave.push(
      runtime.onStatus((status) => this.#set({ runtime: status })),
      book.subscribe(() => this.#followBook()),
    );
    this.#set({ runtime: runtime.status });
    this.#loading ??= this.#load();
    this.#enterBook();
    return this.#loading;
  }

  /** Leaves the page: saves what is waiting and ends a program nobody can see any more. */
  async close(): Promise<void> {
    const running = this.#state.activity !== null;
    for (const leave of this.#leave.splice(0)) leave();
    const saved = this.flush();
    this.#services.book.leave(this.info.step, saved);
    if (running) void this.#services.runtime.stop();
    await saved;
  }

  edit(code: string): void {
    if (code === this.#state.code) return;
    this.#touch();
    this.#set({ code, edited: this.#state.outcome !== null });
    this.#save();
  }

  run(): Promise<void> {
    return this.#perform("run");
  }

  check(): Promise<void> {
    return this.#perform("check");
  }

  async stop(): Promise<void> {
    if (this.#state.activity !== null) await this.#services.runtime.stop();
  }

  retryRuntime(): void {
    this.#services.runtime.preload();
  }

  reset(): void {
    const { code } = this.#state;
    if (code === this.info.starter) return;
    this.edit(this.info.starter);
    this.#set({ beforeReset: code });
  }

  undoReset(): void {
    const before = this.#state.beforeReset;
    if (before !== null) this.edit(before);
    this.#set({ beforeReset: null });
  }

  /** Opens the next hint. */
  revealHint(available: number): void {
    if (this.#state.hints >= available) return;
    this.#set({ hints: this.#state.hints + 1 });
    this.#save();
  }

  /** Brings a version back into the editor; the code it replaces goes aside. */
  takeAside(version: AsideVersion): void {
    const { aside } = this.#state;
    this.#swap(
      version.code,
      aside.filter((kept) => kept !== version),
    );
  }

  /** Shows code that came with a link. It is not run, and not in the editor before the learner takes it. */
  receive(share: ReadShare): void {
    this.#set({ received: share });
  }

  /** Puts the code of the link into the editor; the code it replaces goes aside. */
  takeReceived(): void {
    const { received, aside } = this.#state;
    this.#set({ received: null });
    if (received?.kind === "shared") this.#swap(received.shared.code, aside);
  }

  refuseReceived(): void {
    this.#set({ received: null });
  }

  #swap(incoming: string, aside: readonly AsideVersion[]): void {
    const { code } = this.#state;
    const keeps = code !== this.info.starter && code !== incoming;
    this.#set({
      aside: keeps ? putAside(aside, { ...this.#stamp(), code, rev: this.info.rev }, "swap") : aside,
    });
    if (incoming === code) this.#save();
    else this.edit(incoming);
  }

  /** The learner has seen the notice: it does not come back, the versions stay. */
  dismissNews(): void {
    if (this.#state.news === null) return;
    this.#set({ news: null });
    this.#save();
  }

  /** Saves at once, for a page that is about to be hidden. */
  async flush(): Promise<void> {
    await this.#store?.flush();
  }

  async #load(): Promise<void> {
    const { lab, step, rev, starter } = this.info;
    await this.#services.book.saved(step);
    const record = await this.#services.record;
    const store = new DraftStore(record, draftKey(lab, step), {
      onMerged: (merged) => this.#adopt(merged, "tab"),
      onSaved: () => this.#set({ saving: record.persistent ? "saved" : "memory" }),
      onFailed: () => this.#set({ saving: "failed" }),
    });
    const [stored, attempts] = await Promise.all([store.load(), record.attempts()]);
    const mine = attempts.filter(
      (attempt): attempt is LabAttempt =>
        attempt.kind === "lab" && attempt.lab === lab && attempt.step === step,
    );
    this.#store = store;
    this.#set({
      checks: mine.length,
      done: mine.some((attempt) => attempt.rev === rev && attempt.outcome === "passed"),
      saving: record.persistent ? "untouched" : "memory",
    });
    if (stored.kind === "unreadable") this.#set({ news: "unreadable" });
    if (stored.kind === "draft") {
      const draft = bringForward(stored.draft, rev, starter);
      this.#set({ code: draft.code, hints: draft.hints });
      this.#adopt(draft, stored.draft.rev === rev ? null : "rev");
      if (record.persistent) this.#set({ saving: "saved" });
    }
    this.#set({ loaded: true });
    this.#enterBook();
  }

  // Takes over what a stored draft knows beyond the code: accepted code and versions kept aside.
  #adopt(draft: Draft, news: AsideNews | null): void {
    const more = draft.aside.some((kept) => !this.#state.aside.some((known) => known.code === kept.code));
    this.#accepted = draft.accepted;
    this.#set({ aside: draft.aside, news: more && news !== null ? news : this.#state.news });
    this.#enterBook();
  }

  async #perform(kind: Activity): Promise<void> {
    const { runtime, book } = this.#services;
    if (this.#state.activity !== null || !book.claim(this.info.step)) return;
    this.#touch();
    const code = this.#state.code;
    this.#set({ activity: kind });
    this.#print(null);
    const print = (chunk: OutputChunk) => this.#print(chunk);
    let outcome: Outcome;
    try {
      const accepted = await book.acceptedBefore(this.info.index);
      const request = { lab: this.info.lab, step: this.info.step, code, accepted };
      outcome =
        kind === "run"
          ? ofRun(await runtime.run(request, print))
          : ofCheck(await runtime.check(request, print));
    } catch (error) {
      outcome = { kind: "broken", message: error instanceof Error ? error.message : "" };
    }
    book.release(this.info.step);
    this.#set({ activity: null, outcome, edited: this.#state.code !== code });
    if (kind === "check") await this.#conclude(outcome, code);
  }

  // Every check that says something about the learner's code goes into the log; a pass lends its code to later steps.
  async #conclude(outcome: Outcome, code: string): Promise<void> {
    if (outcome.kind === "broken" || outcome.kind === "ran") return;
    const { lab, step, rev } = this.info;
    const { at, writer } = this.#stamp();
    const since = this.#since ?? at;
    this.#since = at;
    if (outcome.kind === "passed") {
      this.#accepted = { code, rev, at, writer };
      this.#set({ done: true });
      this.#enterBook();
    }
    this.#set({ checks: this.#state.checks + 1 });
    this.#save();
    const record = await this.#services.record;
    const result = outcome.kind === "deadline" ? "stopped" : outcome.kind;
    await record.append({ kind: "lab", lab, step, rev, outcome: result, ms: at - since, at });
  }

  #save(): void {
    if (this.#store === null) return;
    const { code, aside, hints } = this.#state;
    const { at, writer } = this.#stamp();
    if (this.#state.saving !== "memory") this.#set({ saving: "pending" });
    this.#store.schedule({
      schema: 1,
      code,
      rev: this.info.rev,
      at,
      writer,
      accepted: this.#accepted,
      aside,
      hints,
    });
  }

  // Two drafts of one tab never carry the same time: the pair (writer, at) tells stored drafts apart.
  #stamp(): { at: number; writer: string } {
    this.#savedAt = Math.max(this.#services.now(), this.#savedAt + 1);
    return { at: this.#savedAt, writer: this.#services.writer };
  }

  #touch(): void {
    this.#since ??= this.#services.now();
  }

  #enterBook(): void {
    const { step, index, title, starter } = this.info;
    const accepted = this.#accepted?.code ?? null;
    const loaded = this.#loading ?? Promise.resolve();
    this.#services.book.put({ step, index, title, starter, done: this.#state.done, accepted, loaded });
  }

  #followBook(): void {
    const { running } = this.#services.book;
    this.#set({ busyElsewhere: running !== null && running !== this.info.step });
  }

  #print(chunk: OutputChunk | null): void {
    for (const listener of this.#outputs) listener(chunk);
  }

  #set(change: Partial<StepState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The one word for where a step stands, for styles and tests. */
export function phaseOf({ activity, outcome, runtime }: StepState): Phase {
  if (activity !== null) return runtime.state === "loading" ? "loading" : "running";
  if (runtime.state === "failed") return "error";
  if (runtime.state === "loading") return "loading";
  if (outcome !== null && outcome.kind !== "ran") return OUTCOME_PHASE[outcome.kind];
  return runtime.state === "idle" ? "idle" : "ready";
}

/** The report to draw the inspector and the error from. */
export function reportOf(outcome: Outcome | null): RunReport | null {
  if (outcome === null || outcome.kind === "broken") return null;
  return "check" in outcome ? outcome.check.report : outcome.report;
}

const OUTCOME_PHASE = {
  passed: "passed",
  failed: "failed",
  error: "error",
  broken: "error",
  stopped: "stopped",
  deadline: "stopped",
} as const;

function ofRun(report: RunReport): Outcome {
  switch (report.outcome) {
    case "ok":
      return { kind: "ran", report };
    case "error":
      return { kind: "error", error: report.error, message: report.error?.explanation ?? "", report };
    case "stopped":
    case "deadline":
      return { kind: report.outcome, report };
    case "internal":
      return { kind: "broken", message: report.error?.explanation ?? "" };
  }
}

function ofCheck(check: CheckReport): Outcome {
  const { report } = check;
  switch (check.outcome) {
    case "passed":
    case "failed":
      return { kind: check.outcome, check };
    case "error":
      return { kind: "error", error: report.error, message: check.message, report };
    case "stopped":
    case "deadline":
      return { kind: check.outcome, report };
    case "internal":
      return { kind: "broken", message: check.message };
  }
}
