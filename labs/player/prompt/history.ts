/** The lines sent before: walked with the arrow keys, and kept in the learning record. */

import type { Json, LearningRecord } from "../../../theme/record/index.ts";

// A type alias, because only these are assignable to the record's `Json`.
export type PastLine = {
  readonly line: string;
  /** Milliseconds since the epoch; no two lines of one tab share it. */
  readonly at: number;
};

export const HISTORY_KEY = "lab:playground";
/** Lines that are kept. */
export const MOST_LINES = 200;
/** A longer line stays in this visit's history only. */
export const MOST_LETTERS = 2_000;

/** redis-cli keeps no passwords in its history file either. */
const SECRET = /^\s*(auth|acl\s+setuser)\b|^\s*hello\b.*\bauth\b/i;

export class LineHistory {
  readonly #record: Promise<LearningRecord>;
  readonly #now: () => number;
  #lines: readonly PastLine[] = [];
  /** Place in `#lines` while walking; the end means the line being typed. */
  #place = 0;
  #typed = "";
  #writing: Promise<void> = Promise.resolve();

  constructor(record: Promise<LearningRecord>, now: () => number) {
    this.#record = record;
    this.#now = now;
  }

  /** Every line, oldest first. */
  get lines(): readonly string[] {
    return this.#lines.map(({ line }) => line);
  }

  /** Takes over what earlier visits and other tabs kept. */
  load(): Promise<void> {
    return this.#sync(false);
  }

  add(line: string): void {
    if (this.#lines.at(-1)?.line !== line) {
      const at = Math.max(this.#now(), (this.#lines.at(-1)?.at ?? 0) + 1);
      this.#lines = merged(this.#lines, [{ line, at }]);
      void this.#sync(true);
    }
    this.rewind();
  }

  /** The line before; null at the oldest. `typed` is what stands in the field and comes back at the end of the way down. */
  previous(typed: string): string | null {
    if (this.#place === 0) return null;
    if (this.#place === this.#lines.length) this.#typed = typed;
    this.#place -= 1;
    return this.#lines[this.#place]?.line ?? null;
  }

  /** The line after; at last the one that was being typed; null beyond it. */
  following(): string | null {
    if (this.#place >= this.#lines.length) return null;
    this.#place += 1;
    return this.#lines[this.#place]?.line ?? this.#typed;
  }

  /** Back to the line being typed. */
  rewind(): void {
    this.#place = this.#lines.length;
    this.#typed = "";
  }

  // Another tab may write between this one's reading and writing. Each save carries every line of this visit, so the next mends it.
  #sync(save: boolean): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const record = await this.#record;
      const stored = await record.loadDraft(HISTORY_KEY);
      const theirs = readLines(stored);
      const here = this.#lines[this.#place];
      this.#lines = merged(theirs ?? [], this.#lines);
      const place = here === undefined ? -1 : this.#lines.indexOf(here);
      this.#place = place < 0 ? this.#lines.length : place;
      if (!save) return;
      if (theirs === null) await record.saveDraft(`${HISTORY_KEY}/set-aside/${this.#now()}`, stored ?? null);
      await record.saveDraft(HISTORY_KEY, { schema: 1, lines: this.#lines.filter(isKept) });
    });
    return this.#writing;
  }
}

/** The lines of both in the order they were sent, each once, the newest if they are too many. */
export function merged(some: readonly PastLine[], others: readonly PastLine[]): readonly PastLine[] {
  const all = new Map([...some, ...others].map((past) => [`${past.at} ${past.line}`, past]));
  const ordered = [...all.values()].sort((a, b) => a.at - b.at);
  return ordered.filter(({ line }, place) => line !== ordered[place - 1]?.line).slice(-MOST_LINES);
}

function isKept({ line }: PastLine): boolean {
  return line.length <= MOST_LETTERS && !SECRET.test(line);
}

/** What a draft holds; null for one that is damaged, or that a newer version of the site wrote. */
function readLines(draft: Json | undefined): readonly PastLine[] | null {
  if (draft === undefined || draft === null) return [];
  if (typeof draft !== "object" || !("schema" in draft) || draft.schema !== 1) return null;
  return Array.isArray(draft.lines) && draft.lines.every(isPastLine) ? draft.lines : null;
}

function isPastLine(value: unknown): value is PastLine {
  if (typeof value !== "object" || value === null) return false;
  const { line, at } = value as Record<string, unknown>;
  return typeof line === "string" && typeof at === "number";
}
