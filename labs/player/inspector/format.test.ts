import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, percent, ttl } from "./format.ts";

test("durations use the unit a reader would", () => {
  assert.deepEqual([0, 0.52, 21.84, 999, 1_500, 61_080, 900_000, 5_400_000, 172_800_000].map(duration), [
    "0 ms",
    "0.5 ms",
    "21.8 ms",
    "999 ms",
    "1.5초",
    "61.1초",
    "15분",
    "1.5시간",
    "2일",
  ]);
});

test("a TTL is told in seconds, as redis does, and its absence in words", () => {
  assert.deepEqual([300_000, 3_600_000, 1_250, null].map(ttl), ["300초", "3,600초", "1.3초", "없음"]);
});

test("a share of nothing is not a number", () => {
  assert.equal(percent(1, 3), "33%");
  assert.equal(percent(0, 4), "0%");
  assert.equal(percent(0, 0), null);
});
