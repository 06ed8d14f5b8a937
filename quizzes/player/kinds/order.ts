/**
 * Kind `order`: steps are placed one after another by buttons, then moved or taken out by buttons.
 * Starting from an empty sequence (rather than a shuffled one to be repaired) gives "not finished" a meaning, and a shuffle
 * that happens to be right is not an answer. Buttons work with every input; dragging would be an extra, not a way.
 */

import { strings } from "../strings.ts";
import type { ItemEvents, ItemKind, ItemView, ViewState } from "./kind.ts";
import { arrange, button, explain, mark, required, rowsByPart } from "./nodes.ts";

export const order: ItemKind = {
  comparison: "sequence",
  note: strings.orderVerdictNote,
  digits: true,
  tooFew: strings.tooFew.order,

  read(form) {
    const parts = [...rowsByPart(form).keys()];
    return { parts, needed: parts.length, keep: (chosen) => chosen.filter((id) => parts.includes(id)) };
  },

  mount(form, events) {
    return new OrderView(form, events);
  },
};

interface Controls {
  readonly place: HTMLButtonElement;
  readonly up: HTMLButtonElement;
  readonly down: HTMLButtonElement;
  readonly out: HTMLButtonElement;
}

class OrderView implements ItemView {
  readonly #events: ItemEvents;
  readonly #remaining: HTMLElement;
  readonly #placed = document.createElement("ol");
  readonly #empty = document.createElement("p");
  readonly #caption = document.createElement("p");
  readonly #rows: ReadonlyMap<string, HTMLElement>;
  readonly #controls = new Map<string, Controls>();
  #chosen: readonly string[] = [];
  #left: readonly string[] = [];

  constructor(form: HTMLFormElement, events: ItemEvents) {
    this.#events = events;
    this.#remaining = required(form, ".qz-steps");
    this.#rows = rowsByPart(form);
    this.#placed.className = "qz-placed";
    this.#placed.setAttribute("aria-label", strings.sequence);
    this.#remaining.setAttribute("aria-label", strings.remaining);
    this.#empty.className = "qz-placed-empty";
    this.#empty.textContent = strings.sequenceEmpty;
    this.#caption.className = "qz-steps-caption";
    this.#caption.textContent = strings.remaining;
    this.#caption.setAttribute("aria-hidden", "true");
    this.#remaining.before(this.#empty, this.#placed, this.#caption);
    for (const [id, row] of this.#rows) this.#equip(id, row);
  }

  update({ order: shown, chosen, rubric, locked }: ViewState): void {
    this.#chosen = chosen;
    this.#left = shown.filter((id) => !chosen.includes(id));
    const sequence = rubric?.key ?? chosen;
    arrange(
      this.#placed,
      sequence.map((id) => this.#row(id)),
    );
    arrange(this.#remaining, rubric ? [] : this.#left.map((id) => this.#row(id)));
    this.#empty.hidden = sequence.length > 0;
    this.#placed.hidden = sequence.length === 0;
    this.#remaining.hidden = this.#remaining.childElementCount === 0;
    this.#caption.hidden = this.#remaining.hidden;
    for (const [id, row] of this.#rows) this.#draw(id, row, locked);
    for (const [id, row] of this.#rows) {
      const right = rubric !== null && rubric.key.indexOf(id) === chosen.indexOf(id);
      row.classList.toggle("qz-key", right);
      row.classList.toggle("qz-missed", rubric !== null && !right);
      mark(row, rubric && (right ? strings.placedRight : strings.placedAt(chosen.indexOf(id) + 1)));
      explain(row, rubric?.why[id]);
    }
  }

  digit(n: number): void {
    const id = this.#left[n - 1];
    if (id) this.#place(id);
  }

  #equip(id: string, row: HTMLElement): void {
    const text = required<HTMLElement>(row, ".qz-step-text");
    const place = button("", "qz-step-place", () => this.#place(id));
    const up = button(strings.moveUp(text.textContent), "qz-step-move qz-step-up", () => this.#move(id, -1));
    const down = button(strings.moveDown(text.textContent), "qz-step-move qz-step-down", () =>
      this.#move(id, 1),
    );
    const out = button(strings.takeOut(text.textContent), "qz-step-move qz-step-out", () =>
      this.#takeOut(id),
    );
    text.replaceWith(place);
    const tools = document.createElement("span");
    tools.className = "qz-step-tools";
    tools.append(up, down, out);
    place.append(text);
    row.append(tools);
    this.#controls.set(id, { place, up, down, out });
  }

  #draw(id: string, row: HTMLElement, locked: boolean): void {
    const { place, up, down, out } = this.#of(id);
    const position = this.#chosen.indexOf(id);
    const text = required<HTMLElement>(row, ".qz-step-text");
    const waiting = position === -1 && !locked;
    place.hidden = !waiting;
    place.setAttribute("aria-label", strings.place(text.textContent, this.#chosen.length + 1));
    // The text is inside the button while it can be placed, and beside the tools once it is.
    if (waiting) place.append(text);
    else if (text.parentElement === place) place.before(text);
    const tools = required<HTMLElement>(row, ".qz-step-tools");
    tools.hidden = waiting || locked;
    up.disabled = position === 0;
    down.disabled = position === this.#chosen.length - 1;
    out.disabled = locked;
  }

  #place(id: string): void {
    const focusAfter = this.#left[this.#left.indexOf(id) + 1] ?? this.#left.find((other) => other !== id);
    const held = this.#row(id).contains(document.activeElement);
    this.#events.chosen([...this.#chosen, id]);
    this.#events.say(strings.placed(this.#chosen.length));
    if (!held) return;
    if (focusAfter) this.#of(focusAfter).place.focus();
    else this.#of(id).out.focus();
  }

  #move(id: string, by: -1 | 1): void {
    const next = [...this.#chosen];
    const from = next.indexOf(id);
    next.splice(from, 1);
    next.splice(from + by, 0, id);
    this.#events.chosen(next);
    this.#events.say(strings.placed(from + by + 1));
    const { up, down } = this.#of(id);
    const [same, opposite] = by === -1 ? [up, down] : [down, up];
    (same.disabled ? opposite : same).focus();
  }

  #takeOut(id: string): void {
    this.#events.chosen(this.#chosen.filter((other) => other !== id));
    this.#events.say(strings.tookOut);
    this.#of(id).place.focus();
  }

  #row(id: string): HTMLElement {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`no step ${id}`);
    return row;
  }

  #of(id: string): Controls {
    const controls = this.#controls.get(id);
    if (!controls) throw new Error(`no step ${id}`);
    return controls;
  }
}
