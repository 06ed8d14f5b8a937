/** Line icons in the colour of the text. Words beside them carry the meaning. */

import { html, svg, type TemplateResult } from "lit";

const icon = (path: TemplateResult): TemplateResult =>
  html`<svg class="qz-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${path}</svg>`;

export const icons = {
  right: icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`),
  wrong: icon(svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`),
  next: icon(svg`<path d="M5 12h13M12.5 6.5L18 12l-5.5 5.5"/>`),
  book: icon(
    svg`<path d="M12 6.5C10 5 7.500 4.500 4.500 4.500v13.500c3 0 5.500.500 7.500 2 2-1.500 4.500-2 7.500-2V4.500c-3 0-5.500.500-7.500 2zM12 6.500V20"/>`,
  ),
} as const;
