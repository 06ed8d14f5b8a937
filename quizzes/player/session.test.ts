import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  again,
  begin,
  choose,
  entryOf,
  type ItemSpec,
  nextItem,
  onlyOpen,
  onlyWrong,
  rate,
  restore,
  type Session,
  settle,
  show,
  shownOrder,
  spend,
  wrongItems,
} from "./session.ts";

function item(id: string, rev = 1, parts: readonly string[] = ["a", "b", "c", "d"], needed = 1): ItemSpec {
  return { id, rev, parts, needed, keep: (chosen) => chosen.filter((one) => parts.includes(one)) };
}

/** 1, 2, 3, … : each attempt can be told from the last. */
function counter(): () => number {
  let seed = 0;
  return () => {
    seed += 1;
    return seed;
  };
}

/** What storage gives back: the same data, and nothing else. */
function stored(session: Session): unknown {
  return JSON.parse(JSON.stringify(session));
}

const ITEMS = [item("one"), item("two"), item("three")];

describe("a round", () => {
  it("begins at the first item with nothing chosen", () => {
    const session = begin(ITEMS, counter());
    assert.equal(session.current, "one");
    assert.deepEqual(session.queue, ["one", "two", "three"]);
    assert.deepEqual(entryOf(session, "one").chosen, []);
    assert.equal(entryOf(session, "one").verdict, null);
  });

  it("goes on to the next unchecked item, then to those skipped, then to the results", () => {
    let session = begin(ITEMS, counter());
    assert.equal(nextItem(session), "two");
    session = settle(show(session, "two"), "two", "right");
    assert.equal(nextItem(session), "three");
    session = settle(show(session, "three"), "three", "wrong");
    assert.equal(nextItem(session), "one");
    session = settle(show(session, "one"), "one", "right");
    assert.equal(nextItem(session), null);
  });

  it("starts over from the results at the first open item", () => {
    const session = settle(begin(ITEMS, counter()), "one", "right");
    assert.equal(nextItem(show(session, null)), "two");
  });

  it("does not show an item it does not hold", () => {
    assert.equal(show(begin(ITEMS, counter()), "nothing").current, "one");
  });
});

describe("an attempt", () => {
  it("collects picks, confidence and time until it is checked", () => {
    let session = begin(ITEMS, counter());
    session = choose(session, "one", ["a"]);
    session = choose(session, "one", ["b"]);
    session = rate(session, "one", "unsure");
    session = spend(spend(session, "one", 1200.4), "one", 300);
    const entry = entryOf(session, "one");
    assert.deepEqual([entry.chosen, entry.confidence, entry.spent], [["b"], "unsure", 1500]);
  });

  it("changes no more once it is checked", () => {
    const checked = settle(choose(begin(ITEMS, counter()), "one", ["a"]), "one", "wrong");
    assert.deepEqual(choose(checked, "one", ["b"]), checked);
    assert.deepEqual(rate(checked, "one", "sure"), checked);
    assert.deepEqual(spend(checked, "one", 100), checked);
    assert.deepEqual(settle(checked, "one", "right"), checked);
  });

  it("has the same verdict whatever the confidence", () => {
    for (const confidence of ["guess", "unsure", "sure", null] as const) {
      const session = settle(rate(begin(ITEMS, counter()), "one", confidence), "one", "right");
      assert.equal(entryOf(session, "one").verdict, "right");
    }
  });

  it("leaves the other items alone", () => {
    const before = begin(ITEMS, counter());
    const after = settle(choose(before, "one", ["a"]), "one", "wrong");
    assert.equal(entryOf(after, "two"), entryOf(before, "two"));
  });

  it("shows the parts in an order of its own, and in another one when retried", () => {
    const many = item("many", 1, ["a", "b", "c", "d", "e", "f"]);
    const orders = new Set<string>();
    const seeds = counter();
    let session = begin([many], seeds);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      orders.add(shownOrder(entryOf(session, "many"), many).join());
      session = again(settle(session, "many", "wrong"), "many", seeds);
    }
    assert.ok(orders.size >= 7);
  });
});

describe("trying again", () => {
  it("clears one item, shows it, and keeps its first verdict", () => {
    const seeds = counter();
    let session = settle(rate(choose(begin(ITEMS, seeds), "two", ["a"]), "two", "sure"), "two", "wrong");
    session = again(session, "two", seeds);
    const entry = entryOf(session, "two");
    assert.equal(session.current, "two");
    assert.deepEqual([entry.chosen, entry.confidence, entry.verdict, entry.spent], [[], null, null, 0]);
    assert.deepEqual(entry.first, { verdict: "wrong", confidence: "sure" });
    assert.deepEqual(entryOf(settle(session, "two", "right"), "two").first, {
      verdict: "wrong",
      confidence: "sure",
    });
  });

  it("goes through only those whose latest verdict is wrong", () => {
    const seeds = counter();
    let session = begin(ITEMS, seeds);
    session = settle(settle(settle(session, "one", "wrong"), "two", "right"), "three", "wrong");
    session = settle(again(session, "three", seeds), "three", "right");
    assert.deepEqual(wrongItems(session), ["one"]);
    session = onlyWrong(session, seeds);
    assert.deepEqual([session.queue, session.current], [["one"], "one"]);
    assert.equal(entryOf(session, "one").verdict, null);
    assert.equal(entryOf(session, "two").verdict, "right");
    assert.equal(nextItem(settle(session, "one", "right")), null);
  });
});

describe("what was skipped", () => {
  it("is a round of its own, whatever the last round was", () => {
    const seeds = counter();
    const session = onlyWrong(settle(begin(ITEMS, seeds), "two", "wrong"), seeds);
    const later = onlyOpen(settle(session, "two", "right"));
    assert.deepEqual([later.queue, later.current], [["one", "three"], "one"]);
  });
});

describe("coming back", () => {
  it("finds the same item, order, picks, confidence, time and verdicts", () => {
    const seeds = counter();
    let session = settle(choose(begin(ITEMS, seeds), "one", ["c"]), "one", "wrong");
    session = spend(rate(choose(show(session, "two"), "two", ["b"]), "two", "guess"), "two", 900);
    const back = restore(stored(session), ITEMS, () => 999);
    assert.deepEqual(back, session);
    for (const one of ITEMS) {
      assert.deepEqual(shownOrder(entryOf(back, one.id), one), shownOrder(entryOf(session, one.id), one));
    }
  });

  it("finds the results when it left at the results", () => {
    const session = show(settle(begin([item("one")], counter()), "one", "right"), null);
    assert.equal(restore(stored(session), [item("one")], counter()).current, null);
  });

  it("finds the round of only the wrong ones", () => {
    const seeds = counter();
    const session = onlyWrong(settle(settle(begin(ITEMS, seeds), "one", "right"), "two", "wrong"), seeds);
    assert.deepEqual(restore(stored(session), ITEMS, seeds).queue, ["two"]);
    assert.deepEqual(restore(stored(session), [item("one", 2), item("two"), item("new")], seeds).queue, [
      "one",
      "two",
      "new",
    ]);
  });

  it("starts anew from anything it cannot read", () => {
    for (const unreadable of [undefined, null, 7, "x", [], {}, { version: 2, entries: {} }, { version: 1 }]) {
      const session = restore(unreadable, ITEMS, counter());
      assert.equal(session.current, "one");
      assert.deepEqual(Object.keys(session.entries), ["one", "two", "three"]);
    }
  });

  it("reads around damaged entries", () => {
    const session = stored(choose(begin(ITEMS, counter()), "two", ["b"])) as {
      entries: Record<string, unknown>;
    };
    session.entries.one = { rev: 1, seed: "x" };
    session.entries.three = { rev: 1, seed: 3, chosen: [5, "a", "a", "z"], verdict: "maybe", spent: -4 };
    const back = restore(session, ITEMS, () => 999);
    assert.deepEqual(entryOf(back, "one").chosen, []);
    assert.deepEqual(entryOf(back, "two").chosen, ["b"]);
    const { chosen, verdict, spent } = entryOf(back, "three");
    assert.deepEqual([chosen, verdict, spent], [["a"], null, 0]);
  });

  it("resets an item of another revision and no other", () => {
    const session = settle(
      choose(choose(begin(ITEMS, counter()), "one", ["a"]), "two", ["b"]),
      "one",
      "right",
    );
    const back = restore(stored(session), [item("one", 2), item("two"), item("three")], () => 999);
    assert.deepEqual([entryOf(back, "one").chosen, entryOf(back, "one").verdict], [[], null]);
    assert.deepEqual(entryOf(back, "two").chosen, ["b"]);
  });

  it("moves on when the item on screen is gone", () => {
    const session = show(settle(begin(ITEMS, counter()), "one", "right"), "two");
    const back = restore(stored(session), [item("one"), item("three")], () => 999);
    assert.equal(back.current, "three");
  });
});

describe("edits between two visits", () => {
  it("never move an answer to another item or another choice, over a thousand histories", () => {
    const random = generator(20261122);
    for (let history = 0; history < 1000; history += 1) {
      const before = Array.from({ length: 1 + below(random, 6) }, (_, n) => item(`item-${n}`));
      const session = randomSession(before, random);
      const after = edited(before, random);
      const back = restore(stored(session), after, () => 999);

      assert.deepEqual(
        Object.keys(back.entries),
        after.map((one) => one.id),
      );
      assert.ok(back.current === null || after.some((one) => one.id === back.current));
      assert.ok(back.queue.every((id) => after.some((one) => one.id === id)));
      for (const one of after) {
        const old = session.entries[one.id];
        const now = entryOf(back, one.id);
        if (old && old.rev === one.rev) {
          assert.deepEqual(
            now.chosen,
            old.chosen.filter((id) => one.parts.includes(id)),
          );
          assert.deepEqual([now.seed, now.verdict, now.confidence], [old.seed, old.verdict, old.confidence]);
        } else {
          assert.deepEqual([now.chosen, now.verdict, now.first], [[], null, null]);
        }
      }
    }
  });
});

/** A small seeded generator (mulberry32): a failing history can be run again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

function randomSession(items: readonly ItemSpec[], random: () => number): Session {
  let session = begin(items, () => below(random, 2 ** 32));
  for (const one of items) {
    if (random() < 0.7)
      session = choose(
        session,
        one.id,
        one.parts.filter(() => random() < 0.4),
      );
    if (random() < 0.5) session = rate(session, one.id, "unsure");
    if (random() < 0.5) session = settle(session, one.id, random() < 0.5 ? "right" : "wrong");
  }
  return show(session, random() < 0.2 ? null : (items[below(random, items.length)]?.id ?? null));
}

/** Inserted, deleted, moved and revised items; inserted, deleted and moved choices. */
function edited(items: readonly ItemSpec[], random: () => number): readonly ItemSpec[] {
  const kept = items
    .filter(() => random() < 0.8)
    .map((one) => {
      const parts = one.parts.filter(() => random() < 0.9).sort(() => random() - 0.5);
      return item(one.id, random() < 0.2 ? 2 : 1, random() < 0.5 ? [...parts, "added"] : parts);
    });
  const added = Array.from({ length: below(random, 3) }, (_, n) => item(`new-${n}`));
  return [...added, ...kept].sort(() => random() - 0.5);
}
