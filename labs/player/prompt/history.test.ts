import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { FakeRecord } from "../testing/fakes.ts";
import { HISTORY_KEY, LineHistory, MOST_LETTERS, MOST_LINES } from "./history.ts";

let record = new FakeRecord();
let time = 0;

beforeEach(() => {
  record = new FakeRecord();
  time = 1_000;
});

async function opened(): Promise<LineHistory> {
  const history = new LineHistory(Promise.resolve(record), () => time++);
  await history.load();
  return history;
}

function stored(): readonly string[] {
  const draft = record.drafts.get(HISTORY_KEY) as { lines: { line: string }[] } | undefined;
  return draft?.lines.map(({ line }) => line) ?? [];
}

describe("walking through the lines", () => {
  it("goes up to the oldest and down to what was being typed", async () => {
    const history = await opened();
    history.add("PING");
    history.add("GET a");
    assert.equal(history.previous("SET"), "GET a");
    assert.equal(history.previous("GET a"), "PING");
    assert.equal(history.previous("PING"), null);
    assert.equal(history.following(), "GET a");
    assert.equal(history.following(), "SET");
    assert.equal(history.following(), null);
  });

  it("begins anew after a line was sent, and when the learner types", async () => {
    const history = await opened();
    history.add("PING");
    history.add("GET a");
    history.previous("");
    history.previous("");
    history.add("TTL a");
    assert.equal(history.previous(""), "TTL a");
    history.rewind();
    assert.equal(history.previous("typed"), "TTL a");
  });

  it("has a line that was sent twice in a row once", async () => {
    const history = await opened();
    for (const line of ["INCR n", "INCR n", "GET n", "INCR n"]) history.add(line);
    assert.deepEqual(history.lines, ["INCR n", "GET n", "INCR n"]);
  });

  it("stays where it is when another tab's lines come in", async () => {
    const here = await opened();
    here.add("PING");
    here.add("GET a");
    await here.load();
    const there = await opened();
    there.add("TTL a");
    await there.load();
    assert.equal(here.previous(""), "GET a");
    await here.load();
    assert.equal(here.following(), "TTL a");
  });
});

describe("keeping the lines", () => {
  it("has them on the next visit", async () => {
    const first = await opened();
    first.add("SET name 수박");
    await first.load();
    assert.deepEqual((await opened()).lines, ["SET name 수박"]);
  });

  it("has the lines of two tabs in the order they were sent", async () => {
    const [here, there] = [await opened(), await opened()];
    here.add("PING");
    there.add("GET a");
    here.add("TTL a");
    await Promise.all([here.load(), there.load()]);
    assert.deepEqual((await opened()).lines, ["PING", "GET a", "TTL a"]);
  });

  it("mends a line that another tab's save wrote over", async () => {
    const here = await opened();
    here.add("PING");
    await here.load();
    record.drafts.delete(HISTORY_KEY);
    here.add("GET a");
    await here.load();
    assert.deepEqual(stored(), ["PING", "GET a"]);
  });

  it("keeps the newest when they are too many", async () => {
    const history = await opened();
    for (let n = 0; n < MOST_LINES + 5; n++) history.add(`GET k${n}`);
    await history.load();
    assert.equal(stored().length, MOST_LINES);
    assert.equal(stored()[0], "GET k5");
  });

  it("writes no password and nothing very long, and still walks over both", async () => {
    const history = await opened();
    const long = `SET a ${"x".repeat(MOST_LETTERS)}`;
    for (const line of [
      "AUTH open-sesame",
      " auth me secret",
      "ACL SETUSER me >pw",
      "HELLO 2 AUTH me pw",
      long,
      "PING",
    ])
      history.add(line);
    await history.load();
    assert.deepEqual(stored(), ["PING"]);
    assert.equal(history.lines.length, 6);
    history.add("SET auth 1");
    await history.load();
    assert.deepEqual(stored(), ["PING", "SET auth 1"]);
  });

  for (const [what, draft] of Object.entries({
    "a newer version's": { schema: 2, lines: [] },
    "a damaged": { schema: 1, lines: [{ line: 7, at: 1 }] },
    "a foreign": "text",
  })) {
    it(`puts ${what} draft aside before it writes`, async () => {
      record.drafts.set(HISTORY_KEY, draft);
      const history = await opened();
      assert.deepEqual(record.drafts.get(HISTORY_KEY), draft);
      history.add("PING");
      await history.load();
      assert.deepEqual(stored(), ["PING"]);
      const aside = [...record.drafts].filter(([key]) => key.startsWith(`${HISTORY_KEY}/set-aside/`));
      assert.deepEqual(
        aside.map(([, value]) => value),
        [draft],
      );
    });
  }
});
