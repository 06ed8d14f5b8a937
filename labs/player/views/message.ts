/** A Korean message with its `backticks` shown as code. */

import { html, type TemplateResult } from "lit";
import { pieces } from "../state/message.ts";

export function message(text: string): TemplateResult {
  return html`${pieces(text).map((piece) => (piece.kind === "code" ? html`<code>${piece.text}</code>` : piece.text))}`;
}
