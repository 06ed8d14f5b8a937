import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StoreDump, TraceEvent } from "../runtime/types.ts";
import { runReport } from "../testing/fakes.ts";
import { lanesOf, newsOf, sequence, storeTables, Timeline } from "./reduce.ts";

/** "cache GET product:1 miss 0.5" → an event that begins where the one before ended. */
function trace(...lines: readonly string[]): readonly TraceEvent[] {
  let t = 0;
  return lines.map((line, index) => {
    const [target = "", op = "", key = "-", outcome = "ok", ms = "1"] = line.split(" ");
    const event = {
      seq: index + 1,
      t,
      kind: target.startsWith("db") ? "database" : op === "CONNECT" ? "network" : "cache",
      actor: "app",
      target,
      op,
      key: key === "-" ? null : key,
      outcome,
      ms: Number(ms),
    };
    t += event.ms;
    return event;
  });
}

const lookAside = trace(
  "cache CONNECT - ok 0.3",
  "cache GET product:1 miss 0.5",
  "db SELECT products ok 20",
  "cache SET product:1 ok 0.5",
  "cache GET product:1 hit 0.5",
);

function cache(...keys: readonly string[]): StoreDump {
  const entries = keys.map((key) => ({ key, type: "string", value: "v", ttl_ms: null, bytes: 1 }));
  return { store: "cache", name: "products.cache.lab", label: "cache", entries };
}

function atEnd(events: readonly TraceEvent[]) {
  return new Timeline(events).at(events.length);
}

describe("counting", () => {
  test("hits, misses, database trips and virtual time come out of the events alone", () => {
    const { events, hits, misses, dbReads, dbWrites, elapsed } = atEnd(lookAside);
    assert.deepEqual(
      { events, hits, misses, dbReads, dbWrites },
      { events: 5, hits: 1, misses: 1, dbReads: 1, dbWrites: 0 },
    );
    assert.equal(elapsed, 21.8);
  });

  test("any moment of the run can be shown, and beyond its ends the nearest", () => {
    const lookAsideTimeline = new Timeline(lookAside);
    assert.deepEqual(lookAsideTimeline.at(99), lookAsideTimeline.at(5));
    assert.deepEqual(lookAsideTimeline.at(-1), lookAsideTimeline.at(0));
    assert.equal(lookAsideTimeline.at(0).elapsed, 0);
    assert.equal(lookAsideTimeline.at(2).misses, 1);
    assert.equal(lookAsideTimeline.at(2).dbReads, 0);
    assert.equal(lookAsideTimeline.at(4).hits, 0);
  });

  test("every statement that is not a read is a database write", () => {
    const { dbReads, dbWrites } = atEnd(
      trace("db UPDATE products", "db WITH products", "db-replica INSERT products"),
    );
    assert.deepEqual({ dbReads, dbWrites }, { dbReads: 1, dbWrites: 2 });
  });
});

describe("what the run did to a key", () => {
  const change = (...lines: readonly string[]) =>
    newsOf(trace(...lines))
      .get("cache")
      ?.get("k")?.change;

  test("a lookup reads, found or not", () => {
    assert.equal(change("cache GET k hit"), "read");
    assert.equal(change("cache GET k miss"), "read");
  });

  test("a write stays a write when the key is read or given a TTL later", () => {
    assert.equal(change("cache SET k", "cache GET k hit", "cache EXPIRE k"), "written");
  });

  test("a TTL of its own is a change, deleting ends the story, writing again reopens it", () => {
    assert.equal(change("cache GET k hit", "cache EXPIRE k"), "ttl");
    assert.equal(change("cache SET k", "cache DEL k"), "deleted");
    assert.equal(change("cache DEL k", "cache HSET k"), "written");
  });

  test("flushing deletes what was there", () => {
    assert.equal(change("cache SET k", "cache FLUSHDB -"), "deleted");
  });

  test("a refused command changes nothing", () => {
    assert.equal(change("cache GET k hit", "cache LPUSH k error"), "read");
  });

  test("only reads that found something are counted", () => {
    assert.equal(
      newsOf(trace("cache GET k miss", "cache SET k", "cache GET k hit"))
        .get("cache")
        ?.get("k")?.reads,
      1,
    );
  });
});

describe("the tables of what is left", () => {
  test("each key carries its news, keys nobody touched carry none", () => {
    const [table] = storeTables(runReport({ trace: lookAside, stores: [cache("product:1", "warm")] }));
    assert.deepEqual(
      table?.rows.map(({ key, change, reads }) => [key, change, reads]),
      [
        ["product:1", "written", 1],
        ["warm", "untouched", 0],
      ],
    );
  });

  test("keys that are gone say whether a request deleted them", () => {
    const events = trace("cache SET a", "cache DEL a", "cache SETEX b", "cache GET c miss");
    const [table] = storeTables(runReport({ trace: events, stores: [cache()] }));
    assert.deepEqual(table?.gone, [
      { key: "a", loss: "deleted" },
      { key: "b", loss: "expired" },
    ]);
  });

  test("the nodes of a cluster keep their news apart", () => {
    const node = (label: string, ...keys: readonly string[]) => ({ ...cache(...keys), name: label, label });
    const events = trace("node-1 SET a", "node-2 SET b", "node-2 DEL b");
    const [first, second] = storeTables(
      runReport({ trace: events, stores: [node("node-1", "a"), node("node-2", "a")] }),
    );
    assert.deepEqual(
      [first?.rows.map(({ change }) => change), second?.rows.map(({ change }) => change)],
      [["written"], ["untouched"]],
    );
    assert.deepEqual([first?.gone, second?.gone], [[], [{ key: "b", loss: "deleted" }]]);
  });

  test("a table name in the trace is not taken for a key", () => {
    const rows = { ...cache("products"), store: "database" as const, name: "shop.db.lab", label: "db" };
    const [table] = storeTables(runReport({ trace: lookAside, stores: [rows] }));
    assert.deepEqual(
      table?.rows.map(({ change }) => change),
      ["untouched"],
    );
    assert.deepEqual(table?.gone, []);
  });
});

describe("the sequence", () => {
  test("lanes start with the app and end with databases", () => {
    assert.deepEqual(lanesOf(trace("db SELECT t", "cache GET k hit", "sessions GET k hit")), [
      "app",
      "cache",
      "sessions",
      "db",
    ]);
  });

  test("everyone who asks stands before what is asked", () => {
    const [first, second] = trace("cache GET k hit", "db SELECT t");
    assert.ok(first !== undefined && second !== undefined);
    const events = [
      { ...first, actor: "app-1" },
      { ...second, actor: "app-2" },
    ];
    assert.deepEqual(lanesOf(events), ["app-1", "app-2", "cache", "db"]);
  });

  test("the app has a lane even when nothing happened", () => {
    assert.deepEqual(lanesOf([]), ["app"]);
  });

  test("each request knows its lanes and its tone", () => {
    const lanes = lanesOf(lookAside);
    assert.deepEqual(
      sequence(lookAside, lanes).map(({ from, to, tone }) => [from, to, tone]),
      [
        [0, 1, "ok"],
        [0, 1, "miss"],
        [0, 2, "ok"],
        [0, 1, "ok"],
        [0, 1, "hit"],
      ],
    );
  });

  test("ten thousand requests for ten thousand keys lose none of them", () => {
    const many = trace(...Array.from({ length: 10_000 }, (_, index) => `cache SET k${index} ok 0.1`));
    assert.equal(newsOf(many).get("cache")?.size, 10_000);
    assert.equal(new Timeline(many).at(5_000).elapsed.toFixed(1), "500.0");
    assert.equal(sequence(many, lanesOf(many)).length, 10_000);
  });
});
