import assert from "node:assert/strict";
import { test } from "node:test";
import { learningRecord } from "./index.ts";
import { createRecord, openRecord, type RecordStorage, type StoredRow } from "./record.ts";
import type { Json, LabAttempt, QuizAttempt } from "./types.ts";
import { isAttempt } from "./validate.ts";

const quiz: QuizAttempt = {
  kind: "quiz",
  item: "ec-rvm-001",
  rev: 1,
  chosen: ["b"],
  outcome: "wrong",
  confidence: "sure",
  ms: 8200,
  at: 1_795_000_000_000,
  mode: "practice",
};

const lab: LabAttempt = {
  kind: "lab",
  lab: "cache-hit-miss",
  step: "look-first",
  rev: 1,
  outcome: "passed",
  ms: 41_000,
  at: 1_795_000_100_000,
};

/** Storage that keeps everything in arrays, and refuses when told to. */
function fakeStorage(initial: readonly unknown[] = []) {
  const state = {
    rows: initial.map((value, key): StoredRow => ({ key, value })),
    aside: [] as StoredRow[],
    drafts: new Map<string, Json>(),
    refusing: false,
  };
  async function guarded<T>(work: () => T): Promise<T> {
    if (state.refusing) throw new DOMException("full", "QuotaExceededError");
    return work();
  }
  const storage: RecordStorage = {
    add: (value) =>
      guarded(() => {
        state.rows.push({ key: state.rows.length, value });
      }),
    rows: () => guarded(() => [...state.rows]),
    setAside: (rows) =>
      guarded(() => {
        state.aside.push(...rows);
        state.rows = state.rows.filter((row) => !rows.some((one) => one.key === row.key));
      }),
    putDraft: (key, value) =>
      guarded(() => {
        state.drafts.set(key, value);
      }),
    getDraft: (key) => guarded(() => state.drafts.get(key)),
  };
  return { state, storage };
}

test("attempts come back oldest first, from both players", async () => {
  const record = createRecord(fakeStorage().storage);
  await record.append(quiz);
  await record.append(lab);
  assert.deepEqual(await record.attempts(), [quiz, lab]);
  assert.equal(record.persistent, true);
});

test("attempts of an earlier visit come before those of this one", async () => {
  const record = createRecord(fakeStorage([lab]).storage);
  await record.append(quiz);
  assert.deepEqual(await record.attempts(), [lab, quiz]);
});

test("an unreadable line is set aside, not deleted and not shown", async () => {
  const broken = { ...quiz, outcome: "maybe" };
  const { state, storage } = fakeStorage([quiz, broken, "noise", lab]);
  const record = createRecord(storage);
  assert.deepEqual(await record.attempts(), [quiz, lab]);
  assert.deepEqual(
    state.aside.map((row) => row.value),
    [broken, "noise"],
  );
  assert.deepEqual(await record.attempts(), [quiz, lab]);
  assert.equal(state.aside.length, 2);
});

test("a write that storage refuses stays for this visit and says so", async () => {
  const { state, storage } = fakeStorage([quiz]);
  const record = createRecord(storage);
  state.refusing = true;
  await record.append(lab);
  state.refusing = false;
  assert.equal(record.persistent, false);
  assert.deepEqual(await record.attempts(), [quiz, lab]);
});

test("a draft is kept until a newer one replaces it", async () => {
  const { storage } = fakeStorage();
  const record = createRecord(storage);
  assert.equal(await record.loadDraft("lab:cache-hit-miss/look-first"), undefined);
  await record.saveDraft("lab:cache-hit-miss/look-first", "cache.get(key)");
  await record.saveDraft("lab:cache-hit-miss/look-first", "cache.get(key) or load()");
  assert.equal(
    await createRecord(storage).loadDraft("lab:cache-hit-miss/look-first"),
    "cache.get(key) or load()",
  );
});

test("a draft that storage refuses is still found in this visit, and a later good save wins", async () => {
  const { state, storage } = fakeStorage();
  const record = createRecord(storage);
  state.refusing = true;
  await record.saveDraft("quiz:session-store", { q1: ["a"] });
  assert.deepEqual(await record.loadDraft("quiz:session-store"), { q1: ["a"] });
  state.refusing = false;
  await record.saveDraft("quiz:session-store", { q1: ["b"] });
  assert.deepEqual(await record.loadDraft("quiz:session-store"), { q1: ["b"] });
});

test("without storage everything works in memory and persistent is false", async () => {
  const record = await openRecord(() => Promise.reject(new DOMException("no", "SecurityError")), 1000);
  await record.append(quiz);
  await record.saveDraft("quiz:x", 1);
  assert.equal(record.persistent, false);
  assert.deepEqual(await record.attempts(), [quiz]);
  assert.equal(await record.loadDraft("quiz:x"), 1);
});

test("a database that never answers does not hold the page up", async () => {
  const record = await openRecord(() => new Promise(() => undefined), 5);
  assert.equal(record.persistent, false);
});

test("where the platform has no IndexedDB, opening still succeeds, once per tab", async () => {
  const record = await learningRecord();
  assert.equal(record.persistent, false);
  assert.equal(await learningRecord(), record);
});

test("only well-formed attempts pass", () => {
  assert.ok(isAttempt(quiz));
  assert.ok(isAttempt({ ...quiz, confidence: null, chosen: [] }));
  assert.ok(isAttempt({ ...lab, added: "by a newer version" }));
  for (const broken of [
    null,
    [],
    "quiz",
    {},
    { ...quiz, kind: "poll" },
    { ...quiz, item: "" },
    { ...quiz, chosen: "b" },
    { ...quiz, chosen: [1] },
    { ...quiz, confidence: undefined },
    { ...quiz, mode: "exam" },
    { ...quiz, at: Number.NaN },
    { ...lab, ms: -1 },
    { ...lab, rev: "1" },
    { ...lab, step: null },
    { ...lab, outcome: "right" },
  ]) {
    assert.equal(isAttempt(broken), false, JSON.stringify(broken));
  }
});
