import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSeed, shuffled } from "./shuffle.ts";

const IDS = ["multi-az", "more-replicas", "more-shards", "snapshot"];

describe("a shuffled order", () => {
  it("is the same for the same seed, whatever the order of the page", () => {
    for (let seed = 0; seed < 200; seed += 1) {
      assert.deepEqual(shuffled([...IDS].reverse(), seed), shuffled(IDS, seed));
    }
  });

  it("keeps every id once", () => {
    for (let seed = 0; seed < 200; seed += 1) {
      assert.deepEqual([...shuffled(IDS, seed)].sort(), [...IDS].sort());
    }
  });

  it("does not move the others when a choice is added or removed", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const more = shuffled([...IDS, "added-later"], seed);
      assert.deepEqual(
        more.filter((id) => id !== "added-later"),
        shuffled(IDS, seed),
      );
    }
  });

  it("puts each id into each place equally often", () => {
    const rounds = 8000;
    for (const ids of [IDS, ["a", "b", "c", "d"], ["step-1", "step-2", "step-3", "step-4"]]) {
      const counts = ids.map(() => ids.map(() => 0));
      for (let seed = 0; seed < rounds; seed += 1) {
        shuffled(ids, seed).forEach((id, place) => {
          const row = counts[ids.indexOf(id)];
          if (row) row[place] = (row[place] ?? 0) + 1;
        });
      }
      const expected = rounds / ids.length;
      const chiSquared = counts.flat().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // Nine degrees of freedom, p = 0.001.
      assert.ok(chiSquared < 27.88, `chi squared ${chiSquared.toFixed(1)} for ${ids}`);
    }
  });

  it("differs between fresh seeds", () => {
    assert.ok(new Set(Array.from({ length: 20 }, randomSeed)).size > 15);
  });
});
