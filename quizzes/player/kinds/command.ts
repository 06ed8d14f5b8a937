/** Kind `command`: one typed line. It is read and compared, never run; what runs is proven when the bank is checked. */

import { rejectedBy, sameCommand } from "../score/command.ts";
import { strings } from "../strings.ts";
import type { RubricItem } from "../types.generated.ts";
import type { ItemEvents, ItemKind, ItemView, ViewState } from "./kind.ts";
import { explain, mark, required, rowsByPart } from "./nodes.ts";

export const command: ItemKind = {
  comparison: "command",
  note: strings.commandVerdictNote,
  digits: false,
  tooFew: strings.tooFew.command,

  read(form) {
    return { parts: [...rowsByPart(form).keys()], needed: 1, keep: (chosen) => chosen.slice(0, 1) };
  },

  mount(form, events) {
    return new CommandView(form, events);
  },
};

class CommandView implements ItemView {
  readonly #row: HTMLElement;
  readonly #input: HTMLInputElement;

  constructor(form: HTMLFormElement, events: ItemEvents) {
    this.#row = required(form, "[data-part]");
    this.#input = required(this.#row, "input");
    this.#input.addEventListener("input", () => {
      const line = this.#input.value;
      events.chosen(line.trim() === "" ? [] : [line]);
    });
  }

  update({ chosen, rubric, locked }: ViewState): void {
    const line = chosen[0] ?? "";
    // Blanks alone are no answer, but they are the learner's: taking them away would move the cursor.
    if (line.trim() !== this.#input.value.trim() || locked) this.#input.value = line;
    this.#input.disabled = locked;
    const right = rubric?.key.some((known) => sameCommand(line, known)) ?? false;
    this.#row.classList.toggle("qz-key", right);
    this.#row.classList.toggle("qz-missed", rubric !== null && !right);
    mark(this.#row, rubric && (right ? strings.commandRight : strings.commandWrong));
    explain(this.#row, rubric ? reasons(rubric, line, right, this.#row.dataset.part ?? "") : undefined);
  }

  digit(): void {
    // A digit is part of what is typed.
  }
}

/** What to say about the line, the accepted lines, and why they are. All but the lines is HTML of our own build. */
function reasons(rubric: RubricItem, line: string, right: boolean, part: string): string {
  const known = right ? null : rejectedBy(line, rubric.rejects);
  const about = known === null ? strings.commandUnknown : (rubric.why[known] ?? "");
  const [key = "", ...others] = rubric.key;
  const also = others.length > 0 ? `<p>${strings.commandAlso}: ${others.map(code).join(" · ")}</p>` : "";
  return (
    `${right ? "" : `<p>${about}</p>`}<p><b>${strings.commandKey}</b> ${code(key)}</p>` +
    `<p>${rubric.why[part] ?? ""}</p>${also}`
  );
}

function code(text: string): string {
  const shown = document.createElement("code");
  shown.className = "qz-code";
  shown.textContent = text;
  return shown.outerHTML;
}
