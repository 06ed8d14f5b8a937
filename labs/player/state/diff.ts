/** Line differences between a learner's code and the solution: small programs, so a plain longest common subsequence. */

export interface DiffLine {
  /** `mine` is only in the first text, `theirs` only in the second. */
  readonly kind: "same" | "mine" | "theirs";
  readonly text: string;
  /** Line number, counted from 1, in the text the line comes from (the second one for `same`). */
  readonly line: number;
}

/** A line-by-line comparison in reading order; of a changed place the learner's lines come first. */
export function diffLines(mine: string, theirs: string): readonly DiffLine[] {
  const left = lines(mine);
  const right = lines(theirs);
  const common = commonLengths(left, right);
  const result: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    if (a !== undefined && a === b) {
      result.push({ kind: "same", text: a, line: j + 1 });
      i += 1;
      j += 1;
    } else if (a !== undefined && (b === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      result.push({ kind: "mine", text: a, line: i + 1 });
      i += 1;
    } else if (b !== undefined) {
      result.push({ kind: "theirs", text: b, line: j + 1 });
      j += 1;
    }
  }
  return result;
}

// Trailing blanks and the final newline are not differences a learner should have to think about.
function lines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
}

/** `table[i][j]` is the length of the longest common subsequence of `left[i…]` and `right[j…]`. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = table[i] ?? [];
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
