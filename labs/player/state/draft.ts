/**
 * What is kept of a learner's work on one step, and the rules by which nothing of it is ever lost.
 *
 * A draft belongs to a step id and its `rev`. Work for another `rev`, work from another tab and work that a learner swapped
 * out are put aside in the same draft, to be offered. Pure functions; `draft-store.ts` does the reading and writing.
 */

import type { Json } from "../../../theme/record/index.ts";

// Type aliases, because only these are assignable to the record's `Json`.
export type Version = {
  readonly code: string;
  readonly rev: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The page load that wrote it. */
  readonly writer: string;
};

/** Why a version was put aside: the step changed, another tab wrote it, or the learner chose another one. */
export type Origin = "rev" | "tab" | "swap";

export type AsideVersion = Version & { readonly origin: Origin };

export type Draft = Version & {
  readonly schema: 1;
  /** The code of the last pass, which later steps build on. */
  readonly accepted: Version | null;
  readonly aside: readonly AsideVersion[];
  /** How many hints were opened. */
  readonly hints: number;
};

export type StoredDraft =
  | { readonly kind: "none" }
  | { readonly kind: "draft"; readonly draft: Draft }
  /** Damaged, or written by a newer version of the site: to be set aside untouched. */
  | { readonly kind: "unreadable"; readonly raw: Json };

/** The key of a step's draft in the learning record. */
export function draftKey(lab: string, step: string): string {
  return `lab:${lab}/${step}`;
}

export function readDraft(raw: Json | undefined): StoredDraft {
  if (raw === undefined || raw === null) return { kind: "none" };
  const unreadable = { kind: "unreadable", raw } as const;
  if (!isRecord(raw) || raw.schema !== 1) return unreadable;
  const version = readVersion(raw);
  const accepted = raw.accepted === null ? null : readVersion(raw.accepted);
  const hints = raw.hints;
  const list = raw.aside;
  if (version === undefined || accepted === undefined || typeof hints !== "number" || !Array.isArray(list))
    return unreadable;
  const aside = list.map(readAside);
  if (!aside.every((found) => found !== undefined)) return unreadable;
  return { kind: "draft", draft: { schema: 1, ...version, accepted, aside, hints } };
}

/** Adds a version unless the same code is already kept. */
export function putAside(
  aside: readonly AsideVersion[],
  version: Version,
  origin: Origin,
): readonly AsideVersion[] {
  if (aside.some((kept) => kept.code === version.code)) return aside;
  const { code, rev, at, writer } = version;
  return [...aside, { code, rev, at, writer, origin }];
}

/**
 * The draft as the step of today sees it.
 *
 * Work for another rev goes aside and the editor starts from the new starter; so does code accepted for another rev, because
 * later steps may not be able to build on it.
 */
export function bringForward(draft: Draft, rev: number, starter: string): Draft {
  let { aside, accepted } = draft;
  if (accepted !== null && accepted.rev !== rev) {
    if (accepted.code !== draft.code) aside = putAside(aside, accepted, "rev");
    accepted = null;
  }
  if (draft.rev === rev) return { ...draft, accepted, aside };
  if (draft.code !== starter) aside = putAside(aside, draft, "rev");
  return { ...draft, rev, code: starter, accepted, aside, hints: 0 };
}

/**
 * `mine`, with everything another tab stored meanwhile kept aside.
 *
 * Two tabs that take turns would pile up one version for every save; of one writer only the newest is kept.
 */
export function keepForeign(mine: Draft, foreign: Draft): Draft {
  let aside = mine.aside.filter((kept) => !(kept.origin === "tab" && kept.writer === foreign.writer));
  for (const kept of foreign.aside) aside = [...putAside(aside, kept, kept.origin)];
  aside = aside.filter((kept) => !(kept.origin === "tab" && kept.writer === mine.writer));
  if (foreign.code !== mine.code) aside = [...putAside(aside, foreign, "tab")];
  const accepted = newest(mine.accepted, foreign.rev === mine.rev ? foreign.accepted : null);
  return { ...mine, aside, accepted, hints: Math.max(mine.hints, foreign.hints) };
}

function newest(one: Version | null, other: Version | null): Version | null {
  if (one === null || other === null) return one ?? other;
  return one.at >= other.at ? one : other;
}

function readVersion(raw: unknown): Version | undefined {
  if (!isRecord(raw)) return undefined;
  const { code, rev, at, writer } = raw;
  if (typeof code !== "string" || typeof rev !== "number") return undefined;
  if (typeof at !== "number" || typeof writer !== "string") return undefined;
  return { code, rev, at, writer };
}

function readAside(raw: unknown): AsideVersion | undefined {
  const version = readVersion(raw);
  const origin = isRecord(raw) ? raw.origin : undefined;
  if (version === undefined || (origin !== "rev" && origin !== "tab" && origin !== "swap")) return undefined;
  return { ...version, origin };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
