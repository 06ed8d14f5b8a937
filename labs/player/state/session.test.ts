import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import type { Json } from "../../../theme/record/index.ts";
import type { CheckOutcome, OutputChunk } from "../runtime/types.ts";
import { checkReport, FakeRecord, FakeRuntime, runReport } from "../testing/fakes.ts";
import { draftKey } from "./draft.ts";
import { LabBook } from "./lab-book.ts";
import { phaseOf, type StepInfo, StepSession } from "./session.ts";

const KEY = draftKey("cache-hit-miss", "look-first");
const STARTER = "# write here\n";

let runtime: FakeRuntime;
let record: FakeRecord;
let book: LabBook;
let clock: number;

beforeEach(() => {
  runtime = new FakeRuntime();
  record = new FakeRecord();
  book = new LabBook();
  clock = 1_000;
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => mock.timers.reset());

async function opened(change: Partial<StepInfo> = {}, writer = "A"): Promise<StepSession> {
  const info = {
    lab: "cache-hit-miss",
    labTitle: "캐시 히트와 미스",
    step: "look-first",
    rev: 1,
    index: 1,
    count: 2,
    title: "먼저 보기",
  };
  const services = { runtime, record: Promise.resolve(record), book, now: () => clock, writer };
  const session = new StepSession({ ...info, starter: STARTER, ...change }, services);
  await session.open();
  return session;
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function stored(key = KEY): { readonly [name: string]: Json } {
  const value = record.drafts.get(key);
  assert(typeof value === "object" && value !== null && !Array.isArray(value));
  return value as { readonly [name: string]: Json };
}

function otherTabWrites(code: string, at: number, rev = 1): void {
  record.drafts.set(KEY, { schema: 1, code, rev, at, writer: "B", accepted: null, aside: [], hints: 0 });
}

describe("keeping the code", () => {
  test("saves within a second of a change, also while typing goes on", async () => {
    const session = await opened();
    for (let stroke = 1; stroke <= 9; stroke += 1) {
      session.edit("x".repeat(stroke));
      mock.timers.tick(100);
    }
    await settle();
    assert.equal(stored().rev, 1);
    assert.match(String(stored().code), /^x{5,9}$/);
  });

  test("writes nothing for a step that was only looked at", async () => {
    const session = await opened();
    await session.close();
    assert.equal(record.drafts.size, 0);
  });

  test("saves at once when the page is left", async () => {
    const session = await opened();
    session.edit("last words");
    await session.close();
    assert.equal(stored().code, "last words");
  });

  test("a page that takes its own place reads what the old one is just writing", async () => {
    const before = await opened();
    before.edit("typed a moment ago");
    void before.close();
    const after = await opened();
    assert.equal(after.state.code, "typed a moment ago");
    assert.deepEqual(after.state.aside, []);
  });

  test("comes back after a reload with the code and the hints", async () => {
    const before = await opened();
    before.edit("half done");
    before.revealHint(3);
    await before.close();
    const after = await opened();
    assert.equal(after.state.code, "half done");
    assert.equal(after.state.hints, 1);
    assert.equal(after.state.saving, "saved");
  });

  test("says so when nothing can be kept beyond this visit, and when a save fails", async () => {
    record.persistent = false;
    const session = await opened();
    assert.equal(session.state.saving, "memory");
    record.persistent = true;
    record.refuses = true;
    session.edit("x");
    await session.flush();
    assert.equal(session.state.saving, "failed");
    assert.equal(session.state.code, "x");
  });

  test("offers the work of an older rev beside the new starter and deletes neither", async () => {
    const before = await opened();
    before.edit("for rev 1");
    await before.close();
    const after = await opened({ rev: 2, starter: "# new starter\n" });
    assert.equal(after.state.code, "# new starter\n");
    assert.equal(after.state.news, "rev");
    const [kept] = after.state.aside;
    assert(kept);
    assert.equal(kept.code, "for rev 1");
    after.edit("for rev 2");
    after.takeAside(kept);
    await after.flush();
    assert.equal(stored().code, "for rev 1");
    assert.deepEqual(
      after.state.aside.map((version) => version.code),
      ["for rev 2"],
    );
  });

  test("code of a link waits to be taken, and the code it replaces goes aside", async () => {
    const session = await opened();
    session.edit("mine");
    session.receive({ kind: "shared", shared: { step: "first", rev: 1, code: "from a friend" } });
    assert.equal(session.state.code, "mine");
    session.takeReceived();
    await session.flush();
    assert.equal(session.state.received, null);
    assert.equal(stored().code, "from a friend");
    assert.deepEqual(
      session.state.aside.map((version) => version.code),
      ["mine"],
    );
  });

  test("code of a link that is turned down leaves no trace", async () => {
    const session = await opened();
    session.edit("mine");
    session.receive({ kind: "shared", shared: { step: "first", rev: 1, code: "from a friend" } });
    session.refuseReceived();
    session.takeReceived();
    assert.deepEqual([session.state.code, session.state.aside, session.state.received], ["mine", [], null]);
  });

  test("a broken link takes nothing away", async () => {
    const session = await opened();
    session.edit("mine");
    session.receive({ kind: "broken", step: "first" });
    session.takeReceived();
    assert.equal(session.state.code, "mine");
  });

  test("tells of a changed step once, not on every visit", async () => {
    const before = await opened();
    before.edit("for rev 1");
    await before.close();
    const after = await opened({ rev: 2 });
    after.dismissNews();
    await after.close();
    const later = await opened({ rev: 2 });
    assert.equal(later.state.news, null);
    assert.equal(later.state.aside[0]?.code, "for rev 1");
  });

  test("keeps another tab's work aside instead of writing over it", async () => {
    const session = await opened();
    session.edit("mine");
    await session.flush();
    otherTabWrites("theirs", 5_000);
    session.edit("mine, more");
    await session.flush();
    assert.equal(stored().code, "mine, more");
    assert.deepEqual(
      session.state.aside.map((version) => version.code),
      ["theirs"],
    );
    assert.equal(session.state.news, "tab");
    session.edit("mine, even more");
    await session.flush();
    assert.match(JSON.stringify(stored().aside), /theirs/);
  });

  test("a change made while another tab's work is being merged does not lose that work", async () => {
    const session = await opened();
    otherTabWrites("theirs", 5_000);
    session.edit("one");
    const first = session.flush();
    session.edit("two");
    await first;
    await session.flush();
    assert.equal(stored().code, "two");
    assert.match(JSON.stringify(stored().aside), /theirs/);
  });

  test("sets an unreadable draft aside before the first save", async () => {
    const newer = { schema: 99, secret: "from the future" };
    record.drafts.set(KEY, newer);
    const session = await opened();
    assert.equal(session.state.news, "unreadable");
    assert.equal(session.state.code, STARTER);
    session.edit("x");
    await session.flush();
    assert.equal(stored().code, "x");
    const kept = [...record.drafts].find(([key]) => key.startsWith(`${KEY}/set-aside/`));
    assert.deepEqual(kept?.[1], newer);
  });

  test("a reset can be taken back", async () => {
    const session = await opened();
    session.edit("precious");
    session.reset();
    assert.equal(session.state.code, STARTER);
    session.undoReset();
    assert.equal(session.state.code, "precious");
    assert.equal(session.state.beforeReset, null);
  });
});

describe("running and checking", () => {
  test("walks from idle over loading to ready as the runtime does", async () => {
    runtime.status = { state: "idle" };
    const session = await opened();
    assert.equal(phaseOf(session.state), "idle");
    runtime.say({ state: "loading", progress: 0.4, note: "파이썬을 받는 중입니다" });
    assert.equal(phaseOf(session.state), "loading");
    runtime.say({ state: "ready" });
    assert.equal(phaseOf(session.state), "ready");
    runtime.say({ state: "failed", message: "연결이 끊겼습니다." });
    assert.equal(phaseOf(session.state), "error");
  });

  test("prints arrive in order after the sign that a new run begins", async () => {
    const session = await opened();
    const heard: (string | null)[] = [];
    session.onOutput((chunk: OutputChunk | null) => heard.push(chunk === null ? null : chunk.text));
    runtime.answerRun = (_request, onOutput) => {
      onOutput({ stream: "stdout", text: "하나\n" });
      onOutput({ stream: "stdout", text: "둘\n" });
      return Promise.resolve(runReport());
    };
    await session.run();
    assert.deepEqual(heard, [null, "하나\n", "둘\n"]);
    assert.equal(session.state.outcome?.kind, "ran");
    assert.equal(phaseOf(session.state), "ready");
  });

  test("a second press while the program runs starts nothing", async () => {
    const session = await opened();
    let finish = (): void => undefined;
    runtime.answerRun = () => new Promise((resolve) => (finish = () => resolve(runReport())));
    const first = session.run();
    await settle();
    assert.equal(phaseOf(session.state), "running");
    await session.check();
    assert.equal(runtime.requests.length, 1);
    finish();
    await first;
    assert.equal(session.state.activity, null);
  });

  test("another step's program keeps this step waiting, visibly", async () => {
    const one = await opened();
    const two = await opened({ step: "fill-on-miss", index: 2 });
    let finish = (): void => undefined;
    runtime.answerRun = () => new Promise((resolve) => (finish = () => resolve(runReport())));
    const running = one.run();
    await settle();
    assert.equal(two.state.busyElsewhere, true);
    await two.run();
    assert.equal(runtime.requests.length, 1);
    finish();
    await running;
    assert.equal(two.state.busyElsewhere, false);
  });

  for (const [outcome, phase, logged] of [
    ["passed", "passed", "passed"],
    ["failed", "failed", "failed"],
    ["error", "error", "error"],
    ["stopped", "stopped", "stopped"],
    ["deadline", "stopped", "stopped"],
  ] as const satisfies readonly (readonly [CheckOutcome, string, string])[]) {
    test(`a check that ends "${outcome}" is logged as ${logged}`, async () => {
      runtime.answerCheck = () => Promise.resolve(checkReport({ outcome }));
      const session = await opened();
      session.edit("try");
      clock += 4_000;
      await session.check();
      assert.equal(phaseOf(session.state), phase);
      assert.deepEqual(record.log, [
        {
          kind: "lab",
          lab: "cache-hit-miss",
          step: "look-first",
          rev: 1,
          outcome: logged,
          ms: record.log[0]?.ms,
          at: record.log[0]?.at,
        },
      ]);
      assert(Number(record.log[0]?.ms) >= 4_000);
      assert.equal(session.state.done, outcome === "passed");
      assert.equal(session.state.checks, 1);
    });
  }

  test("a fault of the engine is not held against the learner", async () => {
    runtime.answerCheck = () => Promise.resolve(checkReport({ outcome: "internal", message: "채점기 오류" }));
    const session = await opened();
    await session.check();
    assert.deepEqual(record.log, []);
    assert.deepEqual(session.state.outcome, { kind: "broken", message: "채점기 오류" });
  });

  test("a worker that dies leaves a message, and the step can be run again", async () => {
    runtime.answerRun = () => Promise.reject(new Error("실습 환경이 멈췄습니다."));
    const session = await opened();
    await session.run();
    assert.deepEqual(session.state.outcome, { kind: "broken", message: "실습 환경이 멈췄습니다." });
    runtime.answerRun = () => Promise.resolve(runReport());
    await session.run();
    assert.equal(session.state.outcome?.kind, "ran");
  });

  test("editing after a result marks the result as older than the code", async () => {
    const session = await opened();
    await session.run();
    assert.equal(session.state.edited, false);
    session.edit("changed");
    assert.equal(session.state.edited, true);
  });

  test("leaving the page ends the program that runs on it", async () => {
    const session = await opened();
    runtime.answerRun = () => new Promise(() => undefined);
    void session.run();
    await settle();
    await session.close();
    assert.equal(runtime.stops, 1);
    assert.equal(book.running, null);
  });
});

describe("steps that build on each other", () => {
  test("a pass lends its code to later steps, in this visit and the next", async () => {
    const one = await opened();
    const two = await opened({ step: "fill-on-miss", index: 2 });
    one.edit("accepted code");
    await one.check();
    one.edit("broken later");
    await two.run();
    assert.deepEqual(runtime.requests.at(-1)?.accepted, { "look-first": "accepted code" });
    await one.close();
    await two.close();

    book = new LabBook();
    const [, again] = await Promise.all([opened(), opened({ step: "fill-on-miss", index: 2 })]);
    await again.run();
    assert.deepEqual(runtime.requests.at(-1)?.accepted, { "look-first": "accepted code" });
  });

  test("a step is done when the log holds a pass of this rev, not of another", async () => {
    const pass = {
      kind: "lab",
      lab: "cache-hit-miss",
      step: "look-first",
      outcome: "passed",
      ms: 1,
      at: 1,
    } as const;
    record.log.push({ ...pass, rev: 1 });
    assert.equal((await opened()).state.done, true);
    assert.equal((await opened({ rev: 2 })).state.done, false);
  });

  test("a later step's code is never sent to an earlier one", async () => {
    const one = await opened();
    const two = await opened({ step: "fill-on-miss", index: 2 });
    two.edit("second");
    await two.check();
    await one.run();
    assert.deepEqual(runtime.requests.at(-1)?.accepted, {});
  });

  test("the next step is known by its place, and the last one has none", async () => {
    await opened({ step: "fill-on-miss", index: 2 });
    await opened();
    assert.equal(book.next(1)?.step, "fill-on-miss");
    assert.equal(book.next(2), null);
  });
});
