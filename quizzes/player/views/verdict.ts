import { html, type TemplateResult } from "lit";
import { icons } from "../icons.ts";
import type { Verdict } from "../session.ts";
import { strings } from "../strings.ts";

/** Right or wrong, in words; the focus comes here. `note` says what a kind shows below, where that is not plain. */
export function verdictPane(verdict: Verdict, note: string | null): TemplateResult {
  const words = strings.verdicts[verdict];
  return html`<div class="qz-verdict qz-verdict-${verdict}" tabindex="-1">
    ${icons[verdict]}
    <p><b>${words.title}</b> <span>${note ?? words.note}</span></p>
  </div>`;
}
