import assert from "node:assert/strict";
import { it } from "node:test";
import { reportText } from "./report.ts";

it("a report names the item, its revision, the page and the answer", () => {
  const text = reportText({
    item: "ec-rvm-001",
    rev: 3,
    page: "https://example.com/quizzes/redis-vs-memcached/",
    chosen: ["alpha", "bravo"],
    verdict: "오답입니다",
    verified: "2026-11-22",
  });
  for (const part of [
    "ec-rvm-001 (rev 3)",
    "https://example.com/quizzes/",
    "alpha, bravo",
    "오답입니다",
    "2026-11-22",
  ]) {
    assert.ok(text.includes(part), part);
  }
});
