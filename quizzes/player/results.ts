/** What a finished round says about the learner. Derived; nothing here is stored. */

import { entryOf, type Session } from "./session.ts";
import type { RubricLink } from "./types.generated.ts";

export interface WeakObjective {
  readonly id: string;
  readonly title: string;
  readonly see: RubricLink;
  readonly missed: number;
  readonly total: number;
}

/** Ids are in the order of the set. Counts of right answers are of items, all of them, not of the latest round. */
export interface Results {
  readonly total: number;
  readonly firstRight: number;
  /** Wrong at the first attempt. */
  readonly missed: number;
  readonly rightNow: number;
  readonly wrongNow: readonly string[];
  readonly open: readonly string[];
  readonly weak: readonly WeakObjective[];
  /** Right at the first attempt, by the learner's own word a guess. */
  readonly lucky: readonly string[];
  /** Wrong at the first attempt, and sure of it: what feedback corrects best. */
  readonly misconceived: readonly string[];
}

export interface ObjectiveOfItem {
  readonly id: string;
  readonly title: string;
  readonly see: RubricLink;
}

/** `objectiveOf` is null for an item whose rubric is not here; it then counts for no objective. */
export function summarise(session: Session, objectiveOf: (id: string) => ObjectiveOfItem | null): Results {
  const ids = Object.keys(session.entries);
  const having = (test: (id: string) => boolean) => ids.filter(test);
  const first = (id: string) => entryOf(session, id).first;
  return {
    total: ids.length,
    firstRight: having((id) => first(id)?.verdict === "right").length,
    missed: having((id) => first(id)?.verdict === "wrong").length,
    rightNow: having((id) => entryOf(session, id).verdict === "right").length,
    wrongNow: having((id) => entryOf(session, id).verdict === "wrong"),
    open: having((id) => entryOf(session, id).verdict === null),
    weak: weakObjectives(ids, first, objectiveOf),
    lucky: having((id) => first(id)?.verdict === "right" && first(id)?.confidence === "guess"),
    misconceived: having((id) => first(id)?.verdict === "wrong" && first(id)?.confidence === "sure"),
  };
}

/** Objectives with a miss at the first attempt, the weakest share first. */
function weakObjectives(
  ids: readonly string[],
  first: (id: string) => { readonly verdict: string } | null,
  objectiveOf: (id: string) => ObjectiveOfItem | null,
): readonly WeakObjective[] {
  const counts = new Map<string, { objective: ObjectiveOfItem; missed: number; total: number }>();
  for (const id of ids) {
    const objective = objectiveOf(id);
    const verdict = first(id)?.verdict;
    if (!objective || !verdict) continue;
    const count = counts.get(objective.id) ?? { objective, missed: 0, total: 0 };
    counts.set(objective.id, {
      objective,
      missed: count.missed + (verdict === "wrong" ? 1 : 0),
      total: count.total + 1,
    });
  }
  return [...counts.values()]
    .filter((count) => count.missed > 0)
    .sort((one, other) => other.missed / other.total - one.missed / one.total || other.missed - one.missed)
    .map(({ objective, missed, total }) => ({ ...objective, missed, total }));
}
