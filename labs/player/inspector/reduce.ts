/**
 * From the trace of a run to what the inspector shows. Pure: no DOM, no clock.
 *
 * `Timeline` counts once and answers for any moment of a run at once, so that the scrubber keeps up with long traces.
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

/** The counters of every moment of one run. */
export class Timeline {
  readonly #moments: readonly Moment[];

  constructor(trace: readonly TraceEvent[]) {
    let moment: Moment = { events: 0, hits: 0, misses: 0, dbReads: 0, dbWrites: 0, elapsed: 0 };
    const moments = [moment];
    for (const event of trace) {
      moment = after(moment, event);
      moments.push(moment);
    }
    this.#moments = moments;
  }

  /** Where things stood after the first `count` events; a count beyond the ends means the nearest end. */
  at(count: number): Moment {
    const moments = this.#moments;
    return moments[Math.min(Math.max(count, 0), moments.length - 1)] as Moment;
  }
}

/** What the requests did to each key of the caches: by the cache's name in the trace, then by key. */
export function newsOf(trace: readonly TraceEvent[]): ReadonlyMap<string, ReadonlyMap<string, KeyNews>> {
  const caches = new Map<string, Map<string, KeyNews>>();
  for (const event of trace) {
    if (event.kind !== "cache") continue;
    const keys = caches.get(event.target) ?? new Map<string, KeyNews>();
    caches.set(event.target, keys);
    noteKey(keys, event);
  }
  return caches;
}

/** The lanes of the sequence in drawing order: those who ask, then what they ask, databases last. */
export function lanesOf(trace: readonly TraceEvent[]): readonly string[] {
  const actors = new Set(trace.length === 0 ? ["app"] : trace.map(({ actor }) => actor));
  const databases = new Set(trace.filter(isDatabase).map(({ target }) => target));
  const rank = (name: string) => (actors.has(name) ? 0 : databases.has(name) ? 2 : 1);
  const names = new Set([...actors, ...trace.map(({ target }) => target)]);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

export function sequence(trace: readonly TraceEvent[], lanes: readonly string[]): readonly SequenceRow[] {
  const place = new Map(lanes.map((lane, index) => [lane, index]));
  return trace.map(({ seq, t, ms, kind, op, key, outcome, actor, target }) => ({
    seq,
    t,
    ms,
    op,
    key,
    outcome,
    tone: outcome === "hit" || outcome === "miss" || outcome === "error" ? outcome : "ok",
    database: kind === "database",
    from: place.get(actor) ?? 0,
    to: place.get(target) ?? 0,
  }));
}

/** What each store held at the end of the run, with what the run did to it. */
export function storeTables(report: RunReport): readonly StoreTable[] {
  const caches = newsOf(report.trace);
  return report.stores.map(({ store, name, label, entries }) => {
    // Requests name keys of caches only: a database row keeps no news.
    const news = (store === "cache" ? caches.get(label) : undefined) ?? NO_NEWS;
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

function after(moment: Moment, event: TraceEvent): Moment {
  const { events, hits, misses, dbReads, dbWrites, elapsed } = moment;
  const reads = isDatabase(event) && SQL_READS.has(event.op);
  return {
    events: events + 1,
    hits: hits + Number(event.outcome === "hit"),
    misses: misses + Number(event.outcome === "miss"),
    dbReads: dbReads + Number(reads),
    dbWrites: dbWrites + Number(isDatabase(event) && !reads),
    elapsed: Math.max(elapsed, event.t + event.ms),
  };
}

function isDatabase({ kind }: TraceEvent): boolean {
  return kind === "database";
}

const NO_NEWS: ReadonlyMap<string, KeyNews> = new Map();
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
