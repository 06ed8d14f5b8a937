import assert from "node:assert/strict";
import { test } from "node:test";
import { clockText } from "./clock.ts";

test("a clock shows whole seconds, and days only when one is over", () => {
  assert.deepEqual([0, 999, 65_400, 3_599_999, 86_399_000].map(clockText), [
    "00:00:00",
    "00:00:00",
    "00:01:05",
    "00:59:59",
    "23:59:59",
  ]);
  assert.equal(clockText(2 * 86_400_000 + 3_600_000), "2일 01:00:00");
});
