import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines } from "./diff.ts";

const marks = { same: " ", mine: "-", theirs: "+" } as const;

function draw(mine: string, theirs: string): readonly string[] {
  return diffLines(mine, theirs).map(({ kind, line, text }) => `${marks[kind]}${line} ${text}`);
}

test("a changed line shows the learner's version before the solution's", () => {
  assert.deepEqual(draw("a\nb = 1\nc\n", "a\nb = 2\nc\n"), [" 1 a", "-2 b = 1", "+2 b = 2", " 3 c"]);
});

test("added and removed lines keep the line numbers of their own text", () => {
  assert.deepEqual(draw("a\nx\nb", "a\nb\nc\nd"), [" 1 a", "-2 x", " 2 b", "+3 c", "+4 d"]);
});

test("trailing blanks and the last newline are no difference", () => {
  assert.deepEqual(draw("a  \nb\n\n", "a\nb"), [" 1 a", " 2 b"]);
});

test("an empty attempt differs by the whole solution", () => {
  assert.deepEqual(
    draw("", "a\nb").filter((line) => line.startsWith("+")),
    ["+1 a", "+2 b"],
  );
});
