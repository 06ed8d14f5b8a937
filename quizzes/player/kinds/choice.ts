/**
 * Kind `choice`: native radios or checkboxes, shown in the order of the attempt.
 * Nothing is judged on change: with radios, moving through the choices by arrow keys is a change at every step.
 */

import { strings } from "../strings.ts";
import type { ItemEvents, ItemKind, ItemView, ViewState } from "./kind.ts";
import { arrange, explain, mark, required, rowsByPart } from "./nodes.ts";

export const choice: ItemKind = {
  comparison: "set",
  note: null,
  digits: true,
  tooFew: strings.tooFew.choice,

  read(form) {
    const parts = [...rowsByPart(form).keys()];
    const needed = Number(required<HTMLElement>(form, "[data-select]").dataset.select);
    const keep = (chosen: readonly string[]) => {
      const known = chosen.filter((id) => parts.includes(id));
      return needed === 1 ? known.slice(0, 1) : known;
    };
    return { parts, needed, keep };
  },

  mount(form, events) {
    return new ChoiceView(form, events);
  },
};

class ChoiceView implements ItemView {
  readonly #list: HTMLElement;
  readonly #rows: ReadonlyMap<string, HTMLElement>;
  #order: readonly string[] = [];

  constructor(form: HTMLFormElement, events: ItemEvents) {
    this.#list = required(form, ".qz-choices");
    this.#rows = rowsByPart(form);
    form.addEventListener("change", () => events.chosen(this.#picked()));
  }

  update({ order, chosen, rubric, locked }: ViewState): void {
    this.#order = order;
    arrange(
      this.#list,
      order.map((id) => this.#row(id)),
    );
    for (const [id, row] of this.#rows) {
      const input = required<HTMLInputElement>(row, "input");
      const picked = chosen.includes(id);
      const key = rubric?.key.includes(id) ?? false;
      input.checked = picked;
      input.disabled = locked;
      row.classList.toggle("qz-picked", picked);
      row.classList.toggle("qz-key", key);
      row.classList.toggle("qz-missed", rubric !== null && picked && !key);
      mark(row, rubric && markText(picked, key));
      explain(row, rubric?.why[id]);
    }
  }

  digit(n: number): void {
    const id = this.#order[n - 1];
    const input = id && required<HTMLInputElement>(this.#row(id), "input");
    if (!input || input.disabled) return;
    input.focus();
    input.click();
  }

  #picked(): readonly string[] {
    return this.#order.filter((id) => required<HTMLInputElement>(this.#row(id), "input").checked);
  }

  #row(id: string): HTMLElement {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`no choice ${id}`);
    return row;
  }
}

function markText(picked: boolean, key: boolean): string | null {
  if (picked) return key ? strings.marks.keyPicked : strings.marks.picked;
  return key ? strings.marks.key : null;
}
