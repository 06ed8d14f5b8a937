/** Line icons of the player, drawn in the current text colour. Words beside them carry the meaning. */

import { html, svg, type TemplateResult } from "lit";

const icon = (shapes: TemplateResult): TemplateResult =>
  html`<svg class="lab-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes}</svg>`;

export const icons = {
  run: icon(svg`<path class="lab-solid" d="M8 5.5v13l10.5-6.5z" />`),
  stop: icon(svg`<rect class="lab-solid" x="6.5" y="6.5" width="11" height="11" rx="1.5" />`),
  check: icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5" />`),
  cross: icon(svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />`),
  later: icon(svg`<circle cx="12" cy="12" r="3" />`),
  alert: icon(svg`<path d="M12 7.5v5.5M12 16.4v.1" /><circle cx="12" cy="12" r="8.5" />`),
  pause: icon(svg`<path d="M9.5 8.5v7M14.5 8.5v7" /><circle cx="12" cy="12" r="8.5" />`),
  done: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M8.2 12.4l2.6 2.6 5-5.4" />`),
  terminal: icon(svg`<path d="M5.5 8l4 4-4 4M12.5 16h6" />`),
  copy: icon(
    svg`<rect x="9" y="9" width="10" height="10" rx="2" /><path d="M15 6V5.5A1.5 1.5 0 0 0 13.5 4h-8A1.5 1.5 0 0 0 4 5.5v8A1.5 1.5 0 0 0 5.5 15H6" />`,
  ),
  download: icon(svg`<path d="M12 4.5v10.5M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14" />`),
  share: icon(
    svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300L11.800 6.500M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1.200-1.200" />`,
  ),
  notebook: icon(
    svg`<path d="M7 4.500h11v15H7zM10.500 9h4M10.500 12.500h4M4.500 8h4M4.500 12h4M4.500 16h4" />`,
  ),
  reset: icon(svg`<path d="M5 5v5h5M5.6 10A7.5 7.5 0 1 1 4.7 14" />`),
  hint: icon(
    svg`<path d="M9.5 18.5h5M10.5 21h3M8.8 15.2a6 6 0 1 1 6.4 0c-.5.4-.7.9-.7 1.3h-5c0-.4-.2-.9-.7-1.3z" />`,
  ),
  key: icon(svg`<circle cx="8.5" cy="12" r="4" /><path d="M12.5 12H20M17 12v3.5" />`),
  compare: icon(svg`<path d="M12 4v16M8.5 8.5h-4v7h4M15.5 8.5h4v7h-4" />`),
  archive: icon(svg`<path d="M4.5 5h15v4h-15zM6 9v10h12V9M10 12.5h4" />`),
  next: icon(svg`<path d="M5 12h13M12.5 6.5L18 12l-5.5 5.5" />`),
  indent: icon(svg`<path d="M4 6h16M11 12h9M4 18h16M4 9.5l3 2.5-3 2.5" />`),
  dedent: icon(svg`<path d="M4 6h16M11 12h9M4 18h16M7 9.5L4 12l3 2.5" />`),
  undo: icon(svg`<path d="M8.5 5L4.5 9l4 4M5 9h9a5 5 0 0 1 0 10H9" />`),
} as const;
