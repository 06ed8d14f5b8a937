import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { promptReport } from "../testing/fakes.ts";
import {
  endedCheck,
  endedRun,
  ReplyError,
  readCheckReport,
  readNames,
  readPromptReport,
  readRunReport,
} from "./report.ts";
import type { RunReport } from "./types.ts";

const RUN: RunReport = {
  op: "run",
  outcome: "error",
  error: { type: "NameError", message: "x", line: 3, explanation: "`x`가 없습니다.", traceback: "Traceback" },
  trace: [
    {
      seq: 1,
      t: 0,
      kind: "cache",
      actor: "app",
      target: "cache",
      op: "GET",
      key: "product:1",
      outcome: "miss",
      ms: 0.4,
    },
    {
      seq: 2,
      t: 0.4,
      kind: "database",
      actor: "app",
      target: "db",
      op: "SELECT",
      key: null,
      outcome: "ok",
      ms: 12,
    },
  ],
  stores: [
    {
      store: "cache",
      name: "shop.cache.lab",
      label: "cache",
      entries: [{ key: "product:1", type: "string", value: "{}", ttl_ms: null, bytes: 46 }],
    },
  ],
  counters: { hits: 0, misses: 1, hit_rate: 0, db_reads: 1, db_writes: 0, virtual_ms: 12.4 },
};

describe("reading a reply", () => {
  it("keeps everything a run reports", () => {
    assert.deepEqual(readRunReport(JSON.stringify(RUN)), RUN);
  });

  it("keeps everything a check reports", () => {
    const check = {
      op: "check",
      outcome: "failed",
      message: "두 번째 조회도 DB를 읽었습니다.",
      checks: [{ name: "miss", passed: false, message: "" }],
      report: RUN,
    };
    assert.deepEqual(readCheckReport(JSON.stringify(check)), check);
  });

  it("keeps the names it may complete", () => {
    const names = [{ label: "cache", type: "variable", detail: "이 실습" }];
    assert.deepEqual(readNames(JSON.stringify({ op: "names", names })), names);
  });

  it("keeps everything the prompt reports", () => {
    const { trace, stores, counters } = RUN;
    const prompt = promptReport({
      answers: 3,
      explanation: "`MULTI`부터 다시 하세요.",
      tone: "error",
      places: [{ host: "play.cache.lab", about: "프라이머리" }],
      keys: ["a", '"b c"'],
      trace,
      stores,
      counters,
    });
    assert.deepEqual(readPromptReport(JSON.stringify(prompt)), prompt);
  });

  for (const [what, change] of Object.entries({
    "an unknown tone": { tone: "loud" },
    "keys that are no list": { keys: "a" },
    "a place without a host": { places: [{ about: "" }] },
    "no count of its answers": { answers: null },
  })) {
    it(`refuses a prompt's report with ${what}`, () => {
      assert.throws(() => readPromptReport(JSON.stringify({ ...promptReport(), ...change })), ReplyError);
    });
  }

  it("drops what the page does not know", () => {
    assert.deepEqual(readRunReport(JSON.stringify({ ...RUN, html: "<script>" })), RUN);
  });

  for (const [what, wrong] of Object.entries({
    "an unknown outcome": { ...RUN, outcome: "passed" },
    "a list that is none": { ...RUN, trace: {} },
    "a number that is text": { ...RUN, counters: { ...RUN.counters, hits: "1" } },
    "an error that is text": { ...RUN, error: "boom" },
    "a missing store name": { ...RUN, stores: [{ store: "cache", entries: [] }] },
    "an unknown kind of store": { ...RUN, stores: [{ store: "disk", name: "x", entries: [] }] },
    "nothing at all": null,
  })) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readRunReport(JSON.stringify(wrong)), ReplyError);
    });
  }

  it("refuses a check without a verdict for each part", () => {
    const check = {
      op: "check",
      outcome: "passed",
      message: "",
      checks: [{ name: "a", message: "" }],
      report: RUN,
    };
    assert.throws(() => readCheckReport(JSON.stringify(check)), ReplyError);
  });
});

describe("a report without the engine", () => {
  it("is a report like any other", () => {
    const run = endedRun("internal", "멈추었습니다.");
    assert.deepEqual(readRunReport(JSON.stringify(run)), run);
    const check = endedCheck("stopped", "");
    assert.deepEqual(readCheckReport(JSON.stringify(check)), check);
  });
});
