/**
 * From the trace of a run to what the inspector shows. Pure: no DOM, no clock.
 *
 * `momentAfter` folds the first n events, so any moment of a run can be shown.
 */

import type { RunReport, StoreDump, StoreEntry, TraceEvent } from "../runtime/types.ts";

/** What the requests so far did to a key. */
export type Change = "written" | "ttl" | "read" | "deleted" | "untouched";

/** Why a key that requests touched is not in the store any more. */
export type Loss = "deleted" | "expired";

export interface KeyNews {
  readonly change: Change;
  readonly reads: number;
}

/** Where things stood after some number of events. */
export interface Moment {
  readonly events: number;
  readonly hits: number;
  readonly misses: number;
  readonly dbReads: number;
  readonly dbWrites: number;
  /** Virtual milliseconds from the start of the run to the end of the last request. */
  readonly elapsed: number;
  /** By key name; only keys of caches. */
  readonly keys: ReadonlyMap<string, KeyNews>;
}

export type Tone = "hit" | "miss" | "ok" | "error";

/** One request as a row of the sequence. */
export interface SequenceRow {
  readonly seq: number;
  readonly t: number;
  readonly ms: number;
  readonly op: string;
  readonly key: string | null;
  readonly outcome: string;
  readonly tone: Tone;
  readonly database: boolean;
  /** Places in `lanes`. */
  readonly from: number;
  readonly to: number;
}

export interface KeyRow extends StoreEntry {
  readonly change: Change;
  readonly reads: number;
}

export interface StoreTable {
  readonly store: StoreDump["store"];
  readonly name: string;
  readonly rows: readonly KeyRow[];
  readonly gone: readonly { readonly key: string; readonly loss: Loss }[];
}

/** Commands by what they do to the key they name. Of the rest, a lookup (hit or miss) reads and anything else writes. */
const DELETES = new Set(["DEL", "UNLINK", "GETDEL"]);
const DELETES_ALL = new Set(["FLUSHDB", "FLUSHALL"]);
const SETS_TTL = new Set(["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "PERSIST", "GETEX"]);
const LOOKS_WITHOUT_LOOKUP = new Set(["OBJECT", "MEMORY", "WATCH"]);
const SQL_READS = new Set(["SELECT", "WITH"]);

/** Folds the first `count` events; all of them when `count` is left out. */
export function momentAfter(trace: readonly TraceEvent[], count = trace.length): Moment {
  const events = trace.slice(0, count);
  const counts = { hits: 0, misses: 0, dbReads: 0, dbWrites: 0, elapsed: 0 };
  const keys = new Map<string, KeyNews>();
  for (const event of events) {
    counts.elapsed = Math.max(counts.elapsed, event.t + event.ms);
    if (isDatabase(event.target)) {
      counts[SQL_READS.has(event.op) ? "dbReads" : "dbWrites"] += 1;
    } else {
      if (event.outcome === "hit") counts.hits += 1;
      if (event.outcome === "miss") counts.misses += 1;
      noteKey(keys, event);
    }
  }
  return { events: events.length, ...counts, keys };
}

/** The lanes of the sequence in drawing order: the app first, databases last. */
export function lanesOf(trace: readonly TraceEvent[]): readonly string[] {
  const rank = (name: string) => (name === "app" ? 0 : isDatabase(name) ? 2 : 1);
  const names = new Set(["app", ...trace.flatMap(({ actor, target }) => [actor, target])]);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

export function sequence(trace: readonly TraceEvent[], lanes: readonly string[]): readonly SequenceRow[] {
  return trace.map(({ seq, t, ms, op, key, outcome, actor, target }) => ({
    seq,
    t,
    ms,
    op,
    key,
    outcome,
    tone: outcome === "hit" || outcome === "miss" || outcome === "error" ? outcome : "ok",
    database: isDatabase(target),
    from: lanes.indexOf(actor),
    to: lanes.indexOf(target),
  }));
}

/** What each store held at the end of the run, with what the run did to it. */
export function storeTables(report: RunReport): readonly StoreTable[] {
  const { keys } = momentAfter(report.trace);
  return report.stores.map(({ store, name, entries }) => {
    // Requests name keys of caches only: a database row keeps no news.
    const news = store === "cache" ? keys : new Map<string, KeyNews>();
    const left = new Set(entries.map(({ key }) => key));
    return {
      store,
      name,
      rows: entries.map((entry) => ({ ...entry, ...(news.get(entry.key) ?? UNTOUCHED) })),
      gone: [...news].flatMap(([key, { change }]) => {
        if (left.has(key) || change === "read" || change === "untouched") return [];
        return [{ key, loss: change === "deleted" ? ("deleted" as const) : ("expired" as const) }];
      }),
    };
  });
}

/** In the trace a database is called "db", or "db-…" where a lab has several. */
function isDatabase(target: string): boolean {
  return target === "db" || target.startsWith("db-");
}

const UNTOUCHED: KeyNews = { change: "untouched", reads: 0 };

// Changes the map in place: a run may touch thousands of keys, and a copy for each event would be felt.
function noteKey(keys: Map<string, KeyNews>, { op, key, outcome }: TraceEvent): void {
  if (outcome === "error") return;
  if (DELETES_ALL.has(op)) {
    for (const [name, { reads }] of keys) keys.set(name, { change: "deleted", reads });
  }
  if (key === null) return;
  const before = keys.get(key) ?? UNTOUCHED;
  const reads = before.reads + (outcome === "hit" ? 1 : 0);
  keys.set(key, { change: changeBy(op, outcome, before.change), reads });
}

function changeBy(op: string, outcome: string, before: Change): Change {
  if (DELETES.has(op)) return "deleted";
  if (SETS_TTL.has(op)) return before === "written" ? "written" : "ttl";
  if (outcome === "hit" || outcome === "miss" || LOOKS_WITHOUT_LOOKUP.has(op)) {
    return before === "untouched" ? "read" : before;
  }
  return "written";
}
