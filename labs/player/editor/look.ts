/** How the editor looks: the page's own variables, which reach into the shadow root and follow the colour scheme. */

import { EditorView } from "@codemirror/view";

/** The same syntax colours as the code blocks around the editor. Class names are those of Lezer's class highlighter. */
const SYNTAX = {
  keyword: "keyword",
  string: "string",
  string2: "string",
  comment: "comment",
  number: "number",
  bool: "constant",
  atom: "constant",
  className: "function",
  definition: "function",
  operator: "operator",
  punctuation: "punctuation",
} as const;

const syntaxRules = Object.fromEntries(
  Object.entries(SYNTAX).map(([role, name]) => [
    `.tok-${role}`,
    { color: `var(--md-code-hl-${name}-color)` },
  ]),
);

export const editorTheme = EditorView.theme({
  "&": {
    color: "var(--md-code-fg-color)",
    backgroundColor: "var(--ec-surface)",
    fontSize: "var(--lab-code-size, 15px)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--ec-font-mono)", lineHeight: "1.65", overflowX: "auto" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--ec-text)", minHeight: "6.6em" },
  ".cm-line": { padding: "0 16px 0 10px" },
  ".cm-gutters": {
    color: "var(--ec-text-soft)",
    backgroundColor: "var(--ec-surface)",
    border: "none",
    userSelect: "none",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 12px", minWidth: "34px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": {
    backgroundColor: "var(--ec-surface-2)",
  },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--ec-text)" },
  ".cm-errorLine, &.cm-focused .cm-errorLine": {
    backgroundColor: "var(--ec-bad-bg)",
    boxShadow: "inset 3px 0 0 var(--ec-bad)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--ec-border-strong)",
    borderRadius: "2px",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--ec-bad-bg)" },
  ".cm-tooltip": {
    color: "var(--ec-text)",
    backgroundColor: "var(--ec-surface)",
    border: "1px solid var(--ec-border)",
    borderRadius: "var(--ec-radius)",
    boxShadow: "var(--ec-shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--ec-font-mono)",
    fontSize: "14px",
    maxHeight: "14em",
    minWidth: "220px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    justifyContent: "space-between",
    gap: "20px",
    padding: "4px 10px",
    lineHeight: "1.5",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--ec-accent-contrast)",
    backgroundColor: "var(--ec-accent)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    color: "var(--ec-text-soft)",
    fontStyle: "normal",
    fontFamily: "var(--ec-font-text)",
  },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ...syntaxRules,
});

let sheet: CSSStyleSheet | undefined;

/** Styles of what stands around CodeMirror in the shadow root; one sheet for every editor of the page. */
export function shellSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { display: block; }
      .cm-editor { position: relative; }
      .cm-editor.cm-focused::after {
        position: absolute;
        z-index: 1;
        inset: 0;
        box-shadow: inset 0 0 0 2px var(--ec-accent);
        content: "";
        pointer-events: none;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 0;
        padding: 6px 14px 8px;
        color: var(--ec-text-soft);
        background: var(--ec-surface);
        font: 13px/1.6 var(--ec-font-text);
        word-break: keep-all;
      }
      kbd {
        padding: 0 5px;
        border: 1px solid var(--ec-border);
        border-radius: 4px;
        background: var(--ec-surface-2);
        color: var(--ec-text);
        font: 12px/1.5 var(--ec-font-mono);
      }
      .keys[data-tab="leave"] .when-indent, .keys[data-tab="indent"] .when-leave { display: none; }
      @media (hover: none) and (pointer: coarse) {
        .keys { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }
      }
    `);
  }
  return sheet;
}
