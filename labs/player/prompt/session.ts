/**
 * One learner at one prompt: what was sent and answered, what waits to be sent, where things stand. No DOM in here.
 *
 * The caches live in Python, of which a tab has one; so has it one session. `state` is replaced, never changed in place.
 */

import type { LearningRecord } from "../../../theme/record/index.ts";
import type {
  LabRuntime,
  PromptPlace,
  PromptReport,
  PromptRequest,
  PromptTone,
  RunReport,
  RuntimeStatus,
} from "../runtime/types.ts";
import { LineHistory } from "./history.ts";
import { readable } from "./readable.ts";
import { strings as words } from "./strings.ts";

export interface SessionServices {
  readonly runtime: LabRuntime;
  readonly record: Promise<LearningRecord>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One thing of the transcript. */
export interface Entry {
  readonly id: number;
  /** The line that was sent, after the prompt it was sent at; null for what nobody typed. */
  readonly sent: { readonly prompt: string; readonly line: string } | null;
  /** null while Python is at it. */
  readonly reply: string | null;
  readonly explanation: string;
  readonly tone: PromptTone;
}

export interface PromptState {
  readonly runtime: RuntimeStatus;
  readonly entries: readonly Entry[];
  /** How many older entries had to go. */
  readonly dropped: number;
  /** Python is asked for something. */
  readonly busy: boolean;
  readonly prompt: string;
  readonly host: string;
  readonly places: readonly PromptPlace[];
  readonly keys: readonly string[];
  /** Virtual milliseconds since the caches were made. */
  readonly t: number;
  /** The session as the inspector reads it; null before the first word from Python. */
  readonly report: RunReport | null;
  /** Letters are shown as letters and not as redis-cli escapes them. */
  readonly readable: boolean;
  /** False when the browser keeps nothing: the lines are forgotten with the page. */
  readonly keepsLines: boolean;
}

/** Entries that stay on the page. */
export const MOST_ENTRIES = 500;
/** Lines that are taken from one paste. */
export const MOST_PASTED = 200;
/** What the engine says too (`PLACES` in prompt.py): shown until it does. */
export const FIRST_HOST = "play.cache.lab";

const READABLE_KEY = "lab:playground/readable";
/** What others' transcripts have before a line. */
const PASTED_PROMPT = /^[\w.-]+:\d+(\[\d+\])?(\(TX\))?>\s*/;

export class PromptSession {
  readonly history: LineHistory;
  readonly #services: SessionServices;
  readonly #listeners = new Set<() => void>();
  readonly #queue: PromptRequest[] = [];
  #leave: () => void = () => undefined;
  #loading: Promise<void> | null = null;
  #nextId = 1;
  /** How many answers the caches on screen have given; fewer from now on would mean that they are others. */
  #answers = 0;
  /** The worker may have been replaced since it last answered. */
  #isUnsure = false;
  #saidReadable = false;
  #state: PromptState;

  constructor(services: SessionServices) {
    this.#services = services;
    this.history = new LineHistory(services.record, services.now);
    this.#state = {
      runtime: services.runtime.status,
      entries: [],
      dropped: 0,
      busy: false,
      prompt: `${FIRST_HOST}:6379> `,
      host: FIRST_HOST,
      places: [],
      keys: [],
      t: 0,
      report: null,
      readable: false,
      keepsLines: true,
    };
  }

  get state(): PromptState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Joins the page. While the session was on none, a lab may have cost Python its life. */
  open(): Promise<void> {
    this.#isUnsure = this.#answers > 0;
    this.#leave = this.#services.runtime.onStatus((status) => this.#follow(status));
    this.#follow(this.#services.runtime.status);
    this.#loading ??= this.#load();
    return this.#loading;
  }

  close(): void {
    this.#leave();
  }

  /** Sends what was typed or pasted, line by line. */
  send(text: string): void {
    const lines = text
      .split(/\r?\n/)
      .map((line) => line.trim().replace(PASTED_PROMPT, ""))
      .filter((line) => line !== "");
    const taken = lines.slice(0, MOST_PASTED);
    for (const line of taken) this.history.add(line);
    this.#ask(...taken.map((line) => ({ line })));
    if (lines.length > taken.length) this.#note(words.tooMany(MOST_PASTED, lines.length - taken.length));
  }

  advance(seconds: number): void {
    this.#ask({ advanceS: seconds });
  }

  moveTo(host: string): void {
    this.#ask({ line: `connect ${host}` });
  }

  /** New, empty caches; the transcript stays. */
  startAfresh(): void {
    this.#ask({ fresh: true });
  }

  async stop(): Promise<void> {
    this.#giveUpQueue();
    await this.#services.runtime.stop();
  }

  retryRuntime(): void {
    this.#services.runtime.preload();
  }

  showReadable(on: boolean): void {
    this.#set({ readable: on });
    void this.#services.record.then((record) => record.saveDraft(READABLE_KEY, on));
  }

  /** A reply as the learner wants to see it. */
  shown(reply: string): string {
    return this.#state.readable ? readable(reply) : reply;
  }

  /** Everything on screen as text. */
  transcript(): string {
    const texts = this.#state.entries.map(({ sent, reply }) => {
      const line = sent === null ? [] : [sent.prompt + sent.line];
      return [...line, ...(reply ? [this.shown(reply)] : [])].join("\n");
    });
    return `${texts.join("\n")}\n`;
  }

  async #load(): Promise<void> {
    const record = await this.#services.record;
    await this.history.load();
    const on = await record.loadDraft(READABLE_KEY);
    this.#set({ keepsLines: record.persistent, readable: on === true || this.#state.readable });
  }

  #follow(status: RuntimeStatus): void {
    this.#set({ runtime: status });
    const isNew = this.#answers === 0;
    if (status.state === "loading" || status.state === "failed") this.#isUnsure = !isNew;
    // Asks where things stand as soon as somebody can tell, so that the page knows before the learner does something.
    if (status.state === "ready" && !this.#state.busy && (isNew || this.#isUnsure)) this.#ask({});
  }

  #ask(...requests: readonly PromptRequest[]): void {
    this.#queue.push(...requests);
    if (!this.#state.busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#set({ busy: true });
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        if (this.#isUnsure) await this.#lookAgain();
        await this.#perform(next);
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : "");
    }
    this.#set({ busy: false });
  }

  /** Learns whether the caches are still those on screen, and goes back to the endpoint the learner was at. */
  async #lookAgain(): Promise<void> {
    const { host } = this.#state;
    this.#hear(await this.#services.runtime.prompt({}));
    this.#isUnsure = false;
    if (this.#state.host !== host) await this.#perform({ line: `connect ${host}` });
  }

  async #perform(request: PromptRequest): Promise<void> {
    const line = "line" in request ? request.line : null;
    if (line !== null) this.#put(line, null);
    const report = await this.#services.runtime.prompt(request);
    this.#hear(report);
    if (line === null) {
      this.#note(report.reply);
      return;
    }
    const { reply, tone } = report;
    const explanation = report.explanation || this.#adviceOnLetters(reply);
    this.#endEntry({ reply, tone, explanation });
  }

  #hear(report: PromptReport): void {
    const { answers, prompt, host, places, keys, t, trace, stores, counters } = report;
    if (this.#answers > 0 && answers <= this.#answers) this.#note(words.renewed);
    this.#answers = answers;
    const session: RunReport = {
      op: "run",
      outcome: "ok",
      error: null,
      trace,
      stores: stores.filter(
        ({ label, entries }) => entries.length > 0 || trace.some(({ target }) => target === label),
      ),
      counters,
    };
    this.#set({ prompt, host, places, keys, t, report: session });
  }

  /** Told once: that Korean looks like this is no mistake of the learner's. */
  #adviceOnLetters(reply: string): string {
    if (this.#saidReadable || this.#state.readable || readable(reply) === reply) return "";
    this.#saidReadable = true;
    return words.adviceOnLetters;
  }

  /** Ends the entry that is waiting for its reply, and tells what will not be sent any more. */
  #fail(message: string): void {
    if (this.#state.entries.at(-1)?.reply === null) {
      this.#endEntry({ reply: message, tone: "error", explanation: "" });
    } else {
      this.#note(message, "error");
    }
    this.#giveUpQueue();
  }

  #giveUpQueue(): void {
    const lines = this.#queue.splice(0).filter((request) => "line" in request).length;
    if (lines > 0) this.#note(words.unsent(lines));
  }

  #note(reply: string, tone: PromptTone = "note"): void {
    if (reply !== "") this.#put(null, { reply, tone, explanation: "" });
  }

  #put(line: string | null, ended: Pick<Entry, "reply" | "tone" | "explanation"> | null): void {
    const { entries, dropped, prompt } = this.#state;
    const sent = line === null ? null : { prompt, line };
    const entry: Entry = {
      id: this.#nextId++,
      sent,
      ...(ended ?? { reply: null, tone: "note", explanation: "" }),
    };
    // What waits for its reply stays last.
    const last = entries.at(-1);
    const waits = sent === null && last?.reply === null;
    const all = waits ? [...entries.slice(0, -1), entry, last] : [...entries, entry];
    const over = Math.max(0, all.length - MOST_ENTRIES);
    this.#set({ entries: all.slice(over), dropped: dropped + over });
  }

  #endEntry(end: Pick<Entry, "reply" | "tone" | "explanation">): void {
    const { entries } = this.#state;
    const last = entries.at(-1);
    if (last !== undefined) this.#set({ entries: [...entries.slice(0, -1), { ...last, ...end }] });
  }

  #set(change: Partial<PromptState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
