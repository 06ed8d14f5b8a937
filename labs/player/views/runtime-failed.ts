/** Why there is no Python, and the way to try again. */

import { html, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { icons } from "./icons.ts";

const words = strings.runtimeFailed;

export function runtimeFailed(why: string, advice: string, retry: () => void): TemplateResult {
  return html`
    <div class="lab-verdict" data-tone="bad">
      ${icons.alert}
      <div>
        <p class="lab-verdict-title">${words.title}</p>
        <p>${why}</p>
        <p>${advice}</p>
        <button type="button" class="lab-button" @click=${retry}>${words.retry}</button>
      </div>
    </div>
  `;
}
