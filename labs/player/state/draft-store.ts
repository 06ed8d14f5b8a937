/** Reads and writes one step's draft: within a second of a change, and never over another tab's work. */

import type { LearningRecord } from "../../../theme/record/index.ts";
import { type Draft, keepForeign, readDraft, type StoredDraft } from "./draft.ts";

/** Half of the promised second: the rest is for a slow disk. */
export const SAVE_DELAY_MS = 500;

export interface DraftStoreEvents {
  /** Another tab had written; `merged` is what is stored now. */
  readonly onMerged: (merged: Draft) => void;
  readonly onSaved: () => void;
  readonly onFailed: () => void;
}

export class DraftStore {
  readonly #record: LearningRecord;
  readonly #key: string;
  readonly #events: DraftStoreEvents;
  /** `writer@at` of the version this tab knows to be stored. */
  #known = "";
  #pending: Draft | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(record: LearningRecord, key: string, events: DraftStoreEvents) {
    this.#record = record;
    this.#key = key;
    this.#events = events;
  }

  async load(): Promise<StoredDraft> {
    const stored = readDraft(await this.#record.loadDraft(this.#key));
    if (stored.kind === "draft") this.#known = stamp(stored.draft);
    return stored;
  }

  /** Saves the newest draft soon. The clock starts with the first change, so steady typing does not put it off. */
  schedule(draft: Draft): void {
    this.#pending = draft;
    this.#timer ??= setTimeout(() => void this.flush(), SAVE_DELAY_MS);
  }

  /** Saves what is waiting now; resolves when it is written. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#writePending());
    return this.#writing;
  }

  async #writePending(): Promise<void> {
    const draft = this.#pending;
    if (draft === null) return;
    this.#pending = null;
    try {
      const stored = readDraft(await this.#record.loadDraft(this.#key));
      if (stored.kind === "unreadable") {
        await this.#record.saveDraft(`${this.#key}/set-aside/${draft.at}`, stored.raw);
      }
      const foreign = stored.kind === "draft" && stamp(stored.draft) !== this.#known ? stored.draft : null;
      const kept = foreign === null ? draft : keepForeign(draft, foreign);
      await this.#record.saveDraft(this.#key, { ...kept });
      this.#known = stamp(kept);
      if (foreign !== null) this.#merged(kept, foreign);
      this.#events.onSaved();
    } catch {
      // A full disk or a closed database: the code is still in the editor, and the page says it is not saved.
      this.#events.onFailed();
    }
  }

  // A draft scheduled while this one was being written does not know the other tab's work yet.
  #merged(kept: Draft, foreign: Draft): void {
    if (this.#pending !== null) this.#pending = keepForeign(this.#pending, foreign);
    this.#events.onMerged(kept);
  }
}

function stamp(draft: Draft): string {
  return `${draft.writer}@${draft.at}`;
}
