/** What the player asks of a kind of item. Each kind is one file in this folder; `index.ts` lists them. */

import type { Comparison } from "../score/score.ts";
import type { ItemSpec } from "../session.ts";
import type { RubricItem } from "../types.generated.ts";

/** What a kind reads from the form besides id and revision, which every form carries alike. */
export type FormSpec = Pick<ItemSpec, "parts" | "needed" | "keep">;

export interface ViewState {
  /** Parts in the order this attempt shows them. */
  readonly order: readonly string[];
  readonly seed: number;
  readonly chosen: readonly string[];
  /** Set once the item was checked and its rubric is here. */
  readonly rubric: RubricItem | null;
  /** True from the check on: nothing changes any more, even while the rubric is on its way. */
  readonly locked: boolean;
}

export interface ItemEvents {
  /** The learner changed the answer. */
  chosen(next: readonly string[]): void;
  /** Something to tell a screen reader that the change of focus does not tell by itself. */
  say(text: string): void;
}

/** The controls of one form, kept in step with the session. Moves and marks the build's nodes; renders no text of items. */
export interface ItemView {
  update(state: ViewState): void;
  /** The digit `n` was pressed: act on the nth thing shown. */
  digit(n: number): void;
}

export interface ItemKind {
  readonly comparison: Comparison;
  /** A sentence under the verdict, when the kind shows something the learner might not expect. */
  readonly note: string | null;
  readonly digits: boolean;
  tooFew(missing: number): string;
  read(form: HTMLFormElement): FormSpec;
  mount(form: HTMLFormElement, events: ItemEvents): ItemView;
}
