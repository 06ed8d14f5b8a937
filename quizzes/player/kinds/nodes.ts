/** Small DOM helpers that every kind uses. */

/** The element of the build's HTML that must be there. */
export function required<E extends Element>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the quiz form has no ${selector}`);
  return found;
}

/** The rows of a form by part id, in the order of the page. */
export function rowsByPart(form: HTMLElement): ReadonlyMap<string, HTMLElement> {
  const rows = [...form.querySelectorAll<HTMLElement>("[data-part]")];
  return new Map(rows.map((row) => [row.dataset.part ?? "", row]));
}

/** Puts the rows into the list in this order; touches nothing when they are, so that focus is not lost. */
export function arrange(list: Element, rows: readonly Element[]): void {
  const now = [...list.children];
  if (now.length === rows.length && now.every((row, place) => row === rows[place])) return;
  list.replaceChildren(...rows);
}

/** Shows the rationale under a row, or takes it away. `html` comes from our own build. */
export function explain(row: HTMLElement, html: string | undefined): void {
  row.querySelector(":scope > .qz-why")?.remove();
  if (html === undefined) return;
  const why = document.createElement("div");
  why.className = "qz-why";
  why.innerHTML = html;
  row.append(why);
}

/** Shows a word beside a row's text ("정답", "고른 답"), or takes it away. */
export function mark(row: HTMLElement, text: string | null): void {
  row.querySelector(":scope > .qz-mark")?.remove();
  if (text === null) return;
  const word = document.createElement("span");
  word.className = "qz-mark";
  word.textContent = text;
  row.append(word);
}

export function button(label: string, className: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
