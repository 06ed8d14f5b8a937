/** Python colours outside the editor, for the comparison with the solution. */

import { pythonLanguage } from "@codemirror/lang-python";
import { classHighlighter, highlightCode } from "@lezer/highlight";

export interface Token {
  readonly text: string;
  /** Class names such as "tok-keyword", or "". */
  readonly role: string;
}

/** The tokens of each line of `code`. */
export function highlightedLines(code: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]];
  highlightCode(
    code,
    pythonLanguage.parser.parse(code),
    classHighlighter,
    (text, role) => lines.at(-1)?.push({ text, role }),
    () => lines.push([]),
  );
  return lines;
}
