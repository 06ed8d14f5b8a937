// Made from quizzes/engine by `python -m quizzes schema --write`; a test refuses it when it is stale.

export type Kind = "choice" | "order" | "match" | "predict" | "command";

/** assets/quizzes/<unit>.rubric.json. */
export interface Rubric {
  readonly schema: 1;
  readonly unit: string;
  readonly title: string;
  readonly objectives: Readonly<Record<string, RubricObjective>>;
  readonly items: Readonly<Record<string, RubricItem>>;
}

/** What the unit's result names as weak, and where to read it again. */
export interface RubricObjective {
  readonly title: string;
  readonly see: RubricLink;
}

/** Everything shown after a check. `key` is the right `chosen` (of a typed kind: every accepted line); `why` holds inline HTML by part id; `rejects` the typed answers that the reason of a part is for. */
export interface RubricItem {
  readonly kind: Kind;
  readonly rev: number;
  readonly objective: string;
  readonly key: readonly string[];
  readonly why: Readonly<Record<string, string>>;
  readonly rejects: Readonly<Record<string, readonly string[]>>;
  readonly takeaway: string;
  readonly sources: readonly RubricSource[];
  readonly see: RubricLink;
  readonly verified: string;
}

/** A section of a lesson. `href` is below the site's root. */
export interface RubricLink {
  readonly title: string;
  readonly href: string;
}

/** A page that says so, and the day it was last compared with what the item says. */
export interface RubricSource {
  readonly title: string;
  readonly url: string;
  readonly checked: string;
}
