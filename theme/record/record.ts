import type { Attempt, Json, LearningRecord } from "./types.ts";
import { isAttempt } from "./validate.ts";

/** One stored line of the log, before anyone vouches for what is in it. */
export interface StoredRow {
  key: number;
  value: unknown;
}

/** What the record needs of a place to keep things. Every method may reject. */
export interface RecordStorage {
  add(value: Attempt): Promise<void>;
  rows(): Promise<readonly StoredRow[]>;
  /** Moves unreadable rows out of the log without losing them. */
  setAside(rows: readonly StoredRow[]): Promise<void>;
  putDraft(key: string, value: Json): Promise<void>;
  getDraft(key: string): Promise<Json | undefined>;
}

/**
 * The learning record over `storage`, or in memory when there is none.
 * A write that storage refuses (quota, private mode, a database taken away) falls back to memory:
 * losing the session's work would be worse than forgetting it tomorrow, and `persistent` says which it is.
 */
export function createRecord(storage: RecordStorage | null): LearningRecord {
  const unsaved: Attempt[] = [];
  const unsavedDrafts = new Map<string, Json>();
  let persistent = storage !== null;

  async function stored(): Promise<readonly Attempt[]> {
    if (!storage) return [];
    const rows = await storage.rows();
    const unreadable = rows.filter((row) => !isAttempt(row.value));
    if (unreadable.length > 0) await storage.setAside(unreadable).catch(() => undefined);
    return rows.map((row) => row.value).filter(isAttempt);
  }

  return {
    get persistent() {
      return persistent;
    },

    async append(attempt) {
      try {
        if (!storage) throw new Error("no storage");
        await storage.add(attempt);
      } catch {
        persistent = false;
        unsaved.push(attempt);
      }
    },

    async attempts() {
      const saved = await stored().catch((): readonly Attempt[] => []);
      return [...saved, ...unsaved];
    },

    async saveDraft(key, value) {
      try {
        if (!storage) throw new Error("no storage");
        await storage.putDraft(key, value);
        unsavedDrafts.delete(key);
      } catch {
        persistent = false;
        unsavedDrafts.set(key, value);
      }
    },

    async loadDraft(key) {
      if (unsavedDrafts.has(key)) return unsavedDrafts.get(key);
      return storage?.getDraft(key).catch(() => undefined);
    },
  };
}

/**
 * Opens the record with whatever `open` yields. Never rejects and never hangs: some browsers neither
 * grant nor refuse a database (a blocked upgrade, a broken profile), so waiting ends after `patienceMs`.
 */
export async function openRecord(
  open: () => Promise<RecordStorage>,
  patienceMs: number,
): Promise<LearningRecord> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const givenUp = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs);
  });
  const opened = open().catch(() => null);
  const storage = await Promise.race([opened, givenUp]);
  clearTimeout(timer);
  return createRecord(storage);
}
