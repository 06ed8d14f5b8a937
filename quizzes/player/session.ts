/**
 * One learner's way through a set: what was picked, in which order it was shown, what came of it.
 * Plain data and pure functions; the element draws it, the learning record keeps it as a draft.
 * Everything hangs on ids: a set may be edited between two visits and no answer moves to another item.
 */

import { shuffled } from "./shuffle.ts";

export type Confidence = "guess" | "unsure" | "sure";
export type Verdict = "right" | "wrong";

/** What the session must know of an item. Read from the form by its kind. */
export interface ItemSpec {
  readonly id: string;
  readonly rev: number;
  /** Ids of what the learner handles, in the order of the page. */
  readonly parts: readonly string[];
  /** How many entries a complete `chosen` has. */
  readonly needed: number;
  /** What of a stored `chosen` still means something: ids that exist, and no more than the controls can show. */
  readonly keep: (chosen: readonly string[]) => readonly string[];
}

export interface Entry {
  readonly rev: number;
  /** The order of the parts on screen is drawn from it; a new attempt gets a new one. */
  readonly seed: number;
  readonly chosen: readonly string[];
  readonly confidence: Confidence | null;
  /** Time spent on this attempt so far, in milliseconds. */
  readonly spent: number;
  readonly verdict: Verdict | null;
  /** The verdict of the first attempt in this round through the set; retries do not change it. */
  readonly first: { readonly verdict: Verdict; readonly confidence: Confidence | null } | null;
}

export interface Session {
  readonly version: 1;
  /** The items of this round, in the order of the set; after "only the wrong ones" fewer than the set holds. */
  readonly queue: readonly string[];
  /** The item on screen, or null when the results are. */
  readonly current: string | null;
  readonly entries: Readonly<Record<string, Entry>>;
}

export type Seeds = () => number;

/** A round through all items, from the first. */
export function begin(items: readonly ItemSpec[], seeds: Seeds): Session {
  const ids = items.map((item) => item.id);
  const entries = Object.fromEntries(items.map((item) => [item.id, blank(item.rev, seeds())]));
  return { version: 1, queue: ids, current: ids[0] ?? null, entries };
}

export function entryOf(session: Session, id: string): Entry {
  const entry = session.entries[id];
  if (!entry) throw new Error(`no item ${id} in this session`);
  return entry;
}

/** The parts of an item in the order this attempt shows them. */
export function shownOrder(entry: Entry, item: ItemSpec): readonly string[] {
  return shuffled(item.parts, entry.seed);
}

/** A changed pick. A checked item does not change any more. */
export function choose(session: Session, id: string, chosen: readonly string[]): Session {
  return open(session, id, (entry) => ({ ...entry, chosen: [...chosen] }));
}

export function rate(session: Session, id: string, confidence: Confidence | null): Session {
  return open(session, id, (entry) => ({ ...entry, confidence }));
}

export function spend(session: Session, id: string, ms: number): Session {
  return open(session, id, (entry) => ({ ...entry, spent: entry.spent + Math.max(0, Math.round(ms)) }));
}

/** The verdict of a check. It stays as it is: later editions of the rubric do not re-judge it. */
export function settle(session: Session, id: string, verdict: Verdict): Session {
  return open(session, id, (entry) => ({
    ...entry,
    verdict,
    first: entry.first ?? { verdict, confidence: entry.confidence },
  }));
}

/** The same item once more, in a new order. */
export function again(session: Session, id: string, seeds: Seeds): Session {
  return { ...change(session, id, (entry) => retried(entry, seeds())), current: id };
}

/** A round of only the items whose latest verdict is wrong; the first verdicts stay. */
export function onlyWrong(session: Session, seeds: Seeds): Session {
  const wrong = wrongItems(session);
  const entries = { ...session.entries };
  for (const id of wrong) entries[id] = retried(entryOf(session, id), seeds());
  return { ...session, queue: wrong, current: wrong[0] ?? null, entries };
}

/** A round of the items that were skipped. */
export function onlyOpen(session: Session): Session {
  const skipped = Object.keys(session.entries).filter((id) => session.entries[id]?.verdict === null);
  return { ...session, queue: skipped, current: skipped[0] ?? null };
}

export function show(session: Session, id: string | null): Session {
  return id === null || session.entries[id] ? { ...session, current: id } : session;
}

/** Items of the set whose latest verdict is wrong, in the order of the set. */
export function wrongItems(session: Session): readonly string[] {
  return Object.keys(session.entries).filter((id) => session.entries[id]?.verdict === "wrong");
}

/** Where "next" leads: the nearest unchecked item of the round after this one, then any before it, then the results. */
export function nextItem(session: Session): string | null {
  const place = session.current === null ? -1 : session.queue.indexOf(session.current);
  const following = [...session.queue.slice(place + 1), ...session.queue.slice(0, Math.max(place, 0))];
  return following.find((id) => session.entries[id]?.verdict === null) ?? null;
}

/**
 * A stored session over today's items. Answers stay with their ids; an item that is new, or whose meaning changed
 * (`rev`), starts blank; items that are gone are dropped. Anything unreadable gives a new session.
 */
export function restore(stored: unknown, items: readonly ItemSpec[], seeds: Seeds): Session {
  const fresh = begin(items, seeds);
  if (!isObject(stored) || stored.version !== 1 || !isObject(stored.entries)) return fresh;
  const kept = stored.entries;
  const entries = Object.fromEntries(
    items.map((item) => [item.id, readEntry(kept[item.id], item) ?? entryOf(fresh, item.id)]),
  );
  const queued = new Set(Array.isArray(stored.queue) ? stored.queue : []);
  // In the order of today's set; an item that starts blank belongs to every round.
  const queue = items
    .filter((item) => queued.has(item.id) || readEntry(kept[item.id], item) === null)
    .map((item) => item.id);
  const current = stored.current;
  const known = typeof current === "string" && entries[current] !== undefined;
  const session: Session = { version: 1, queue, current: null, entries };
  if (known) return { ...session, current };
  return current === null ? session : { ...session, current: nextItem(session) };
}

function blank(rev: number, seed: number): Entry {
  return { rev, seed, chosen: [], confidence: null, spent: 0, verdict: null, first: null };
}

function retried(entry: Entry, seed: number): Entry {
  return { ...blank(entry.rev, seed), first: entry.first };
}

function open(session: Session, id: string, next: (entry: Entry) => Entry): Session {
  return change(session, id, (entry) => (entry.verdict === null ? next(entry) : entry));
}

function change(session: Session, id: string, next: (entry: Entry) => Entry): Session {
  return { ...session, entries: { ...session.entries, [id]: next(entryOf(session, id)) } };
}

function readEntry(value: unknown, item: ItemSpec): Entry | null {
  if (!isObject(value) || value.rev !== item.rev || typeof value.seed !== "number") return null;
  const verdict = readVerdict(value.verdict);
  const chosen = Array.isArray(value.chosen) ? value.chosen.filter((one) => typeof one === "string") : [];
  const first = isObject(value.first) ? readVerdict(value.first.verdict) : null;
  return {
    rev: item.rev,
    seed: value.seed,
    chosen: item.keep([...new Set(chosen)]),
    confidence: readConfidence(value.confidence),
    spent: typeof value.spent === "number" && value.spent >= 0 ? value.spent : 0,
    verdict,
    first:
      first && isObject(value.first)
        ? { verdict: first, confidence: readConfidence(value.first.confidence) }
        : null,
  };
}

function readVerdict(value: unknown): Verdict | null {
  return value === "right" || value === "wrong" ? value : null;
}

function readConfidence(value: unknown): Confidence | null {
  return value === "guess" || value === "unsure" || value === "sure" ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
