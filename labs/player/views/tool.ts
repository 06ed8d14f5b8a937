/** A button of a card's head: an icon, and a word that phones leave out of sight. */

import { html, type TemplateResult } from "lit";
import { icons } from "./icons.ts";

export function tool(
  icon: "copy" | "share" | "download" | "notebook" | "reset",
  label: string,
  act: () => void,
): TemplateResult {
  return html`<button type="button" class="lab-tool" @click=${act}>${icons[icon]}<span>${label}</span></button>`;
}
