/** Kind `match`: one native select a prompt. An entry of `chosen` is "prompt:option"; an untouched select gives none. */

import { shuffled } from "../shuffle.ts";
import { strings } from "../strings.ts";
import type { ItemEvents, ItemKind, ItemView, ViewState } from "./kind.ts";
import { arrange, explain, mark, required, rowsByPart } from "./nodes.ts";

export const match: ItemKind = {
  comparison: "set",
  note: strings.matchVerdictNote,
  digits: false,
  tooFew: strings.tooFew.match,

  read(form) {
    const parts = [...rowsByPart(form).keys()];
    const options = [...required<HTMLSelectElement>(form, "select").options].map((option) => option.value);
    const known = (entry: string) => options.some((option) => option !== "" && entry.endsWith(`:${option}`));
    const keep = (chosen: readonly string[]) =>
      parts.flatMap((part) => chosen.filter((one) => one.startsWith(`${part}:`) && known(one)).slice(0, 1));
    return { parts, needed: parts.length, keep };
  },

  mount(form, events) {
    return new MatchView(form, events);
  },
};

class MatchView implements ItemView {
  readonly #list: HTMLElement;
  readonly #rows: ReadonlyMap<string, HTMLElement>;
  #seed: number | null = null;

  constructor(form: HTMLFormElement, events: ItemEvents) {
    this.#list = required(form, ".qz-pairs");
    this.#rows = rowsByPart(form);
    form.addEventListener("change", () => events.chosen(this.#pairs()));
  }

  update({ order, seed, chosen, rubric, locked }: ViewState): void {
    const rows = order.map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
    arrange(this.#list, rows);
    // Options are put in order once an attempt: moving them under an open list would move what the learner points at.
    if (this.#seed !== seed) for (const row of rows) reorder(selectOf(row), seed);
    this.#seed = seed;
    for (const [id, row] of this.#rows) {
      const select = selectOf(row);
      const pair = chosen.find((entry) => entry.startsWith(`${id}:`));
      const key = rubric?.key.find((entry) => entry.startsWith(`${id}:`));
      select.value = pair?.slice(id.length + 1) ?? "";
      select.disabled = locked;
      row.classList.toggle("qz-key", key !== undefined && pair === key);
      row.classList.toggle("qz-missed", key !== undefined && pair !== key);
      mark(
        row,
        key === undefined
          ? null
          : pair === key
            ? strings.pairRight
            : strings.pairWrong(textOf(select, key.slice(id.length + 1))),
      );
      explain(row, rubric?.why[id]);
    }
  }

  digit(): void {
    // A digit in a select is the browser's own search; there is nothing to add.
  }

  #pairs(): readonly string[] {
    return [...this.#rows]
      .map(([id, row]) => [id, selectOf(row).value] as const)
      .filter(([, option]) => option !== "")
      .map(([id, option]) => `${id}:${option}`);
  }
}

function selectOf(row: HTMLElement): HTMLSelectElement {
  return required<HTMLSelectElement>(row, "select");
}

/** The empty option stays first. */
function reorder(select: HTMLSelectElement, seed: number): void {
  const options = new Map([...select.options].map((option) => [option.value, option]));
  const ids = shuffled(
    [...options.keys()].filter((id) => id !== ""),
    seed,
  );
  const sorted = ["", ...ids].map((id) => options.get(id)).filter((option) => option !== undefined);
  select.replaceChildren(...sorted);
}

function textOf(select: HTMLSelectElement, option: string): string {
  return [...select.options].find((one) => one.value === option)?.textContent ?? option;
}
