/**
 * Scoring: what was chosen against the key, without a page, a clock or a confidence in sight.
 * "incomplete" is an outcome of its own: too few or too many picks are neither right nor wrong, and lock nothing.
 */

import { sameCommand } from "./command.ts";

export type Outcome =
  | { readonly state: "right" }
  | { readonly state: "wrong" }
  /** `missing` picks are still to be made; a negative number is picks too many. */
  | { readonly state: "incomplete"; readonly missing: number };

/**
 * How an answer is held against the key: ids in any order, ids in this order, or one typed line against each accepted one.
 */
export type Comparison = "set" | "sequence" | "command";

/** All or nothing, as AWS scores a multiple response. */
export function score(
  chosen: readonly string[],
  needed: number,
  key: readonly string[],
  comparison: Comparison,
): Outcome {
  if (chosen.length !== needed) return { state: "incomplete", missing: needed - chosen.length };
  return { state: SAME[comparison](chosen, key) ? "right" : "wrong" };
}

type Same = (chosen: readonly string[], key: readonly string[]) => boolean;

const SAME: Readonly<Record<Comparison, Same>> = {
  set: sameSet,
  sequence: sameSequence,
  command: (chosen, accepted) => chosen.every((line) => accepted.some((known) => sameCommand(line, known))),
};

function sameSequence(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, place) => id === other[place]);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const ids = new Set(one);
  return ids.size === one.length && one.length === other.length && other.every((id) => ids.has(id));
}
