/** The learner's code beside the solution, line by line, as one readable list. */

import { html, type TemplateResult } from "lit";
import type { Token } from "../editor/highlight.ts";
import { type DiffLine, diffLines } from "../state/diff.ts";
import { strings } from "../strings.ts";

const words = strings.solution;
const MARKS = { same: " ", mine: "−", theirs: "+" } as const;

/** `highlight` colours Python when the editor is there. */
export type Highlight = (code: string) => readonly (readonly Token[])[];

export function comparison(mine: string, theirs: string, highlight: Highlight | null): TemplateResult {
  const lines = diffLines(mine, theirs);
  if (lines.every(({ kind }) => kind === "same")) return html`<p class="lab-quiet">${words.same}</p>`;
  const colours = { mine: highlight?.(mine) ?? [], theirs: highlight?.(theirs) ?? [] };
  return html`
    <p class="lab-quiet">${words.legend}</p>
    <div class="lab-diff" role="group" tabindex="0" aria-label=${words.comparison}>
      <ol>
        ${lines.map((line) => diffLine(line, colours[line.kind === "mine" ? "mine" : "theirs"]))}
      </ol>
    </div>
  `;
}

function diffLine({ kind, line, text }: DiffLine, colours: readonly (readonly Token[])[]): TemplateResult {
  const tokens = colours[line - 1] ?? [{ text, role: "" }];
  const said = kind === "mine" ? words.onlyMine : kind === "theirs" ? words.onlyTheirs : "";
  return html`<li data-kind=${kind}><span class="lab-diff-mark" aria-hidden="true">${MARKS[kind]}</span><span class="lab-visually-hidden">${said} </span><code>${tokens.map((token) => html`<span class=${token.role}>${token.text}</span>`)}</code></li>`;
}
