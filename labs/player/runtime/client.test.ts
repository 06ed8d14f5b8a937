import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { promptReport } from "../testing/fakes.ts";
import { LabClient, type WorkerEvents, type WorkerLink } from "./client.ts";
import { RuntimeFailure } from "./errors.ts";
import type { FromWorker, Purpose, ToWorker } from "./protocol.ts";
import { endedCheck, endedRun } from "./report.ts";
import type { OutputChunk, RunRequest, RuntimeStatus } from "./types.ts";

/** A worker that does only what the test says. */
class FakeWorker implements WorkerLink {
  readonly sent: ToWorker[] = [];
  terminated = false;
  readonly purpose: Purpose;
  readonly #events: WorkerEvents;

  constructor(purpose: Purpose, events: WorkerEvents) {
    this.purpose = purpose;
    this.#events = events;
  }

  post(message: ToWorker): void {
    this.sent.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromWorker): void {
    this.#events.message(message);
  }

  ready(hears = true): void {
    this.say({ type: "ready", hears, resumed: false, timings: {} });
  }

  die(detail = "gone"): void {
    this.#events.died(detail);
  }

  calls(): { id: number; op: string }[] {
    return this.sent.flatMap((message) =>
      message.type === "call" ? [{ id: message.id, op: JSON.parse(message.request).op }] : [],
    );
  }

  answer(id: number, report: unknown): void {
    this.say({ type: "reply", id, reply: JSON.stringify(report) });
  }

  reply(id: number, report: unknown): void {
    this.answer(id, report);
    this.say({ type: "sound", id });
  }
}

/** Time that passes only when the test says so. */
class FakeTime {
  now = 0;
  #timers: { at: number; action: () => void }[] = [];

  later(ms: number, action: () => void): () => void {
    const timer = { at: this.now + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) {
        break;
      }
      this.#timers = this.#timers.filter((other) => other !== due);
      this.now = Math.max(this.now, due.at);
      due.action();
    }
    this.now = until;
  }

  /** The page sleeps: timers that fell due meanwhile fire late, all at the end. */
  sleep(ms: number): void {
    this.now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { action } of due) {
      action();
    }
  }
}

const REQUEST: RunRequest = { lab: "cache-hit-miss", step: "look-first", code: "print(1)", accepted: {} };
const OK = endedRun("ok", "");
const PASSED = { ...endedCheck("internal", ""), outcome: "passed", message: "통과했습니다." };

let workers: FakeWorker[] = [];
let time = new FakeTime();
let client = newClient();
let states: string[] = [];
let printed: OutputChunk[] = [];

function newClient(
  spawn = (purpose: Purpose, events: WorkerEvents): WorkerLink => {
    const worker = new FakeWorker(purpose, events);
    workers.push(worker);
    return worker;
  },
): LabClient {
  return new LabClient({ spawn, now: () => time.now, later: (ms, action) => time.later(ms, action) });
}

function worker(index = workers.length - 1): FakeWorker {
  const found = workers[index];
  assert(found, "no worker was started");
  return found;
}

function print(chunk: OutputChunk): void {
  printed.push(chunk);
}

/** Lets everything that is already decided happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

async function booted(hears = true): Promise<FakeWorker> {
  client.preload();
  await settle();
  worker().ready(hears);
  await settle();
  return worker();
}

/** A run that the worker is busy with: its promise and its id. */
async function busy(hears = true): Promise<{ report: Promise<unknown>; id: number }> {
  const fake = await booted(hears);
  const report = client.run(REQUEST, print);
  await settle();
  const id = fake.calls()[0]?.id;
  assert(id !== undefined);
  return { report, id };
}

beforeEach(() => {
  workers = [];
  time = new FakeTime();
  printed = [];
  states = [];
  client = newClient();
  client.onStatus((status: RuntimeStatus) => {
    if (states.at(-1) !== status.state) {
      states.push(status.state);
    }
  });
});

describe("loading", () => {
  it("is idle until somebody asks for Python", () => {
    assert.deepEqual(client.status, { state: "idle" });
    assert.equal(workers.length, 0);
  });

  it("starts one worker however often it is asked", async () => {
    client.preload();
    client.preload();
    void client.names("cache-hit-miss").catch(() => undefined);
    await settle();
    assert.equal(workers.length, 1);
    assert.equal(worker().purpose, "boot");
    assert.deepEqual(worker().sent, []);
  });

  it("shows progress that never goes back", async () => {
    client.preload();
    const shown: number[] = [];
    client.onStatus((status) => status.state === "loading" && shown.push(status.progress));
    worker().say({ type: "progress", stage: "download", loaded: 50, total: 100 });
    worker().say({ type: "progress", stage: "download", loaded: 20, total: 100 });
    worker().say({ type: "progress", stage: "start", loaded: 0, total: 0 });
    worker().say({ type: "progress", stage: "open", loaded: 0, total: 0 });
    assert.deepEqual(shown, [0.35, 0.35, 0.7, 0.85]);
  });

  it("tells how much is loaded in words", () => {
    client.preload();
    worker().say({ type: "progress", stage: "download", loaded: 2_100_000, total: 5_900_000 });
    assert.deepEqual(
      client.status.state === "loading" && client.status.note,
      "파이썬을 내려받는 중입니다(2.1/5.9MB).",
    );
  });

  it("runs what was asked for while it loaded", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    assert.deepEqual(worker().calls(), []);
    worker().ready();
    await settle();
    const [call] = worker().calls();
    assert(call);
    worker().reply(call.id, OK);
    assert.deepEqual(await report, OK);
    assert.deepEqual(states, ["loading", "ready", "running", "ready"]);
  });

  it("fails with a sentence, and tries again with a fresh worker when asked", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    worker(0).say({ type: "failed", code: "network", detail: "offline" });
    await assert.rejects(report, (error) => error instanceof RuntimeFailure && error.code === "network");
    assert.equal(client.status.state, "failed");
    assert(worker(0).terminated);
    client.preload();
    worker(1).ready();
    assert.equal(client.status.state, "ready");
  });

  it("takes a worker that dies before it spoke for one that could not be fetched", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    worker().die();
    await assert.rejects(report, (error) => error instanceof RuntimeFailure && error.code === "network");
  });

  it("takes a worker that cannot be made for the same", async () => {
    client = newClient(() => {
      throw new Error("blocked");
    });
    const report = client.run(REQUEST, print);
    await settle();
    time.pass(0);
    await assert.rejects(report, (error) => error instanceof RuntimeFailure && error.code === "network");
  });

  it("gives up a download that has fallen silent", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    time.pass(40_000);
    worker().say({ type: "progress", stage: "download", loaded: 1, total: 2 });
    time.pass(40_000);
    assert.equal(client.status.state, "loading");
    time.pass(10_000);
    await assert.rejects(report, RuntimeFailure);
    assert(worker().terminated);
  });

  const stalls: readonly (readonly [name: string, stall: () => void])[] = [
    ["fails to start", () => worker(0).say({ type: "failed", code: "start", detail: "garbage" })],
    ["dies on the way", () => worker(0).die()],
    ["falls silent while it starts", () => time.pass(25_000)],
  ];
  for (const [name, stall] of stalls) {
    it(`tries once more by itself, without kept memory, when a worker ${name}`, async () => {
      const report = client.run(REQUEST, print);
      await settle();
      worker(0).say({ type: "progress", stage: "start", loaded: 0, total: 0 });
      stall();
      assert(worker(0).terminated);
      assert.equal(client.status.state, "loading");
      assert.equal(worker(1).purpose, "fresh");
      worker(1).ready();
      await settle();
      worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
      assert.deepEqual(await report, OK);
      assert.equal(workers.length, 2);
    });
  }

  it("does not try for ever", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    worker(0).say({ type: "failed", code: "start", detail: "garbage" });
    worker(1).say({ type: "failed", code: "start", detail: "garbage" });
    await assert.rejects(report, (error) => error instanceof RuntimeFailure && error.code === "start");
    assert.equal(client.status.state, "failed");
    assert.equal(workers.length, 2);
  });

  it("forgets the run that was stopped while it loaded", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    await client.stop();
    assert.deepEqual(await report, endedRun("stopped", ""));
    worker().ready();
    await settle();
    assert.deepEqual(worker().calls(), []);
    assert.equal(client.status.state, "ready");
  });

  it("runs the second wish when the first was stopped while it loaded", async () => {
    const first = client.run(REQUEST, print);
    await client.stop();
    const second = client.check(REQUEST, print);
    worker().ready();
    await settle();
    const calls = worker().calls();
    assert.deepEqual(
      calls.map(({ op }) => op),
      ["check"],
    );
    worker().reply(calls[0]?.id ?? 0, PASSED);
    assert.equal((await first).outcome, "stopped");
    assert.equal((await second).outcome, "passed");
  });
});

describe("running", () => {
  it("hands on output as it comes", async () => {
    const { report, id } = await busy();
    worker().say({ type: "output", id, chunks: [{ stream: "stdout", text: "하나\n" }] });
    worker().say({ type: "output", id, chunks: [{ stream: "stderr", text: "둘\n" }] });
    worker().reply(id, OK);
    await report;
    assert.deepEqual(printed, [
      { stream: "stdout", text: "하나\n" },
      { stream: "stderr", text: "둘\n" },
    ]);
  });

  it("refuses a second run without touching the first", async () => {
    const { report, id } = await busy();
    await assert.rejects(
      client.check(REQUEST, print),
      (error) => error instanceof RuntimeFailure && error.code === "busy",
    );
    assert.equal(worker().calls().length, 1);
    worker().reply(id, OK);
    assert.deepEqual(await report, OK);
  });

  it("lets the next run begin as soon as the last has its report", async () => {
    const { report, id } = await busy();
    worker().reply(id, OK);
    const next = client.run(REQUEST, print);
    await settle();
    assert.equal(worker().calls().length, 2);
    worker().reply(worker().calls()[1]?.id ?? 0, OK);
    await Promise.all([report, next]);
  });

  it("is silent about output that comes after the report", async () => {
    const { report, id } = await busy();
    worker().reply(id, OK);
    worker().say({ type: "output", id, chunks: [{ stream: "stdout", text: "늦음" }] });
    await report;
    assert.deepEqual(printed, []);
  });

  const faults: readonly (readonly [name: string, make: (id: number) => FromWorker])[] = [
    [
      "sends no report",
      (id) => ({ type: "reply", id, reply: JSON.stringify({ op: "run", outcome: "passed" }) }),
    ],
    ["sends no JSON", (id) => ({ type: "reply", id, reply: "{" })],
    ["raises", (id) => ({ type: "error", id, detail: "MemoryError" })],
  ];
  for (const [name, make] of faults) {
    it(`says so when the engine ${name}, and the next run has a new one`, async () => {
      const { report, id } = await busy();
      worker(0).say(make(id));
      await assert.rejects(
        report,
        (error) =>
          error instanceof RuntimeFailure && error.code === "crashed" && /다시 실행/.test(error.message),
      );
      assert(worker(0).terminated);
      await answersAgain();
    });
  }

  it("shows the fault that the engine owns up to, and the next run has a new one", async () => {
    const { report, id } = await busy();
    const fault = endedRun("internal", "실습 도구에 문제가 생겼습니다.");
    worker(0).reply(id, fault);
    assert.deepEqual(await report, fault);
    assert(worker(0).terminated);
    await answersAgain();
  });

  async function answersAgain(): Promise<void> {
    assert.equal(workers.length, 2);
    worker(1).ready();
    const next = client.run(REQUEST, print);
    await settle();
    worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
    assert.deepEqual(await next, OK);
  }

  it("asks for names while a run goes on, and gives each its own answer", async () => {
    const { report, id } = await busy();
    const names = client.names("cache-hit-miss");
    await settle();
    const asked = worker().calls()[1];
    assert(asked);
    worker().reply(id, OK);
    worker().reply(asked.id, { op: "names", names: [{ label: "cache", type: "variable", detail: "" }] });
    assert.deepEqual(await names, [{ label: "cache", type: "variable", detail: "" }]);
    assert.deepEqual(await report, OK);
  });
});

describe("stopping", () => {
  it("does nothing when nothing runs", async () => {
    await booted();
    await client.stop();
    assert.deepEqual(worker().sent, []);
  });

  it("keeps the worker that hears it", async () => {
    const { report, id } = await busy();
    const stopped = client.stop();
    assert.deepEqual(worker().sent.at(-1), { type: "stop", id });
    worker().reply(id, endedRun("stopped", ""));
    await stopped;
    assert.deepEqual(await report, endedRun("stopped", ""));
    time.pass(60_000);
    assert.equal(workers.length, 1);
    assert.equal(client.status.state, "ready");
  });

  it("replaces the worker that does not end in time", async () => {
    const { report } = await busy();
    const stopped = client.stop();
    time.pass(400);
    assert(!worker(0).terminated);
    time.pass(200);
    await stopped;
    assert.deepEqual(await report, endedRun("stopped", ""));
    assert(worker(0).terminated);
    assert.equal(workers.length, 2);
    assert.equal(client.status.state, "loading");
    worker(1).ready();
    assert.equal(client.status.state, "ready");
  });

  it("replaces a worker that cannot hear much sooner", async () => {
    const { report } = await busy(false);
    const stopped = client.stop();
    time.pass(160);
    await stopped;
    assert.deepEqual(await report, endedRun("stopped", ""));
  });

  it("does not begin its wait anew when pressed again", async () => {
    await busy();
    void client.stop();
    time.pass(400);
    void client.stop();
    time.pass(400);
    assert(worker(0).terminated);
    assert.equal(worker(0).sent.filter(({ type }) => type === "stop").length, 1);
  });

  it("never ends the run that comes after the one that was stopped", async () => {
    const { id } = await busy();
    void client.stop();
    worker().reply(id, OK);
    const next = client.run(REQUEST, print);
    await settle();
    time.pass(5_000);
    assert.equal(workers.length, 1);
    worker().reply(worker().calls()[1]?.id ?? 0, OK);
    assert.deepEqual(await next, OK);
  });
});

describe("a worker that cannot go on", () => {
  it("is replaced when a run is long overdue, and the run ends by its deadline", async () => {
    const { report } = await busy();
    time.pass(13_900);
    assert.equal(workers.length, 1);
    time.pass(200);
    assert.deepEqual(await report, endedRun("deadline", ""));
    assert.equal(workers.length, 2);
  });

  it("gets nothing new before it is known to be sound, and what waits goes to the next one", async () => {
    const { report, id } = await busy();
    worker().answer(id, OK);
    assert.deepEqual(await report, OK);
    const second = client.run(REQUEST, print);
    await settle();
    assert.equal(worker(0).calls().length, 1);
    worker(0).say({ type: "broken", detail: "no sound answer" });
    worker(1).ready();
    await settle();
    worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
    assert.deepEqual(await second, OK);
    assert.equal(worker(0).calls().length, 1);
  });

  it("is replaced when it never says whether it is sound", async () => {
    const { report, id } = await busy();
    worker().answer(id, OK);
    await report;
    const second = client.run(REQUEST, print);
    await settle();
    time.pass(4_100);
    assert.equal(workers.length, 2);
    worker(1).ready();
    await settle();
    worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
    assert.deepEqual(await second, OK);
  });

  it("keeps to the deadline of the request", async () => {
    await booted();
    const report = client.run({ ...REQUEST, deadlineMs: 1_000 }, print);
    await settle();
    const call = worker().sent.at(-1);
    assert(call?.type === "call");
    assert.equal(call.deadlineMs, 1_000);
    assert.equal("deadlineMs" in JSON.parse(call.request), false);
    time.pass(5_100);
    assert.equal((await report).outcome, "deadline");
  });

  it("is not blamed for the time the page slept", async () => {
    const { report, id } = await busy();
    time.sleep(600_000);
    await settle();
    assert.equal(workers.length, 1);
    worker().reply(id, OK);
    assert.deepEqual(await report, OK);
  });

  it("ends its run with an explanation when it dies, and another takes its place", async () => {
    const { report } = await busy();
    worker(0).die("out of memory");
    const ended = (await report) as { outcome: string; error: { explanation: string } };
    assert.equal(ended.outcome, "internal");
    assert.match(ended.error.explanation, /실습 환경을 새로 열었습니다/);
    assert.equal(workers.length, 2);
    const note = client.status.state === "loading" ? client.status.note : "";
    assert.match(note, /^실습 환경을 다시 준비합니다\./);
  });

  it("explains the same to a check", async () => {
    await booted();
    const report = client.check(REQUEST, print);
    await settle();
    worker(0).say({ type: "broken", detail: "exited" });
    const { outcome, message } = await report;
    assert.equal(outcome, "internal");
    assert.match(message, /실습 환경을 새로 열었습니다/);
  });

  it("is replaced quietly when it breaks after its report", async () => {
    const { report, id } = await busy();
    worker(0).reply(id, OK);
    worker(0).say({ type: "broken", detail: "no sound answer" });
    assert.deepEqual(await report, OK);
    assert.equal(workers.length, 2);
    assert.equal(client.status.state, "loading");
  });

  it("is heard no more once it was replaced", async () => {
    const { report, id } = await busy();
    void client.stop();
    time.pass(800);
    await report;
    worker(1).ready();
    const next = client.run(REQUEST, print);
    await settle();
    worker(0).reply(id, OK);
    worker(0).say({ type: "output", id, chunks: [{ stream: "stdout", text: "유령" }] });
    worker(0).ready();
    worker(0).die();
    assert.equal(client.status.state, "running");
    assert.deepEqual(printed, []);
    worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
    assert.deepEqual(await next, OK);
    assert.equal(workers.length, 2);
  });

  it("passes a question for names on to its successor", async () => {
    await busy();
    const names = client.names("cache-hit-miss");
    await settle();
    worker(0).die();
    await settle();
    worker(1).ready();
    await settle();
    const asked = worker(1)
      .calls()
      .find(({ op }) => op === "names");
    assert(asked);
    worker(1).reply(asked.id, { names: [] });
    assert.deepEqual(await names, []);
  });

  it("passes a run it never got on to its successor", async () => {
    const report = client.run(REQUEST, print);
    await settle();
    worker(0).ready();
    worker(0).die();
    await settle();
    worker(1).ready();
    await settle();
    worker(1).reply(worker(1).calls()[0]?.id ?? 0, OK);
    assert.deepEqual(await report, OK);
  });

  it("reports a successor that does not start either, and the learner can try again", async () => {
    await busy();
    worker(0).die();
    worker(1).say({ type: "failed", code: "start", detail: "no memory" });
    worker(2).say({ type: "failed", code: "start", detail: "no memory" });
    assert.equal(client.status.state, "failed");
    client.preload();
    assert.equal(workers.length, 4);
  });
});

describe("a line at the prompt", () => {
  const REPLY = promptReport({ reply: "PONG" });

  async function asked(...args: Parameters<LabClient["prompt"]>): Promise<Record<string, unknown>> {
    await booted();
    void client.prompt(...args);
    await settle();
    const call = worker().sent.at(-1);
    assert(call?.type === "call");
    return JSON.parse(call.request);
  }

  it("is sent as the engine wants it", async () => {
    assert.deepEqual(await asked({ line: "PING" }), { op: "prompt", line: "PING" });
  });

  it("may be time that passes instead", async () => {
    assert.deepEqual(await asked({ advanceS: 60 }), { op: "prompt", advance_s: 60 });
  });

  it("may ask for new caches, or for nothing", async () => {
    assert.deepEqual(await asked({ fresh: true }), { op: "prompt", fresh: true });
    client = newClient();
    assert.deepEqual(await asked({}), { op: "prompt" });
  });

  it("waits for the run that goes on, and for the lines before it", async () => {
    const { id } = await busy();
    const first = client.prompt({ line: "PING" });
    const second = client.prompt({ line: "GET a" });
    await settle();
    assert.equal(worker().calls().length, 1);
    worker().reply(id, OK);
    await settle();
    assert.equal(worker().calls().length, 2);
    worker().reply(worker().calls()[1]?.id ?? 0, REPLY);
    assert.deepEqual(await first, REPLY);
    await settle();
    worker().reply(worker().calls()[2]?.id ?? 0, promptReport({ reply: "(nil)" }));
    assert.equal((await second).reply, "(nil)");
  });

  for (const [how, ms, code] of [
    ["is stopped", 600, "stopped"],
    ["takes too long", 9_100, "deadline"],
    ["takes Python down with it", 0, "crashed"],
  ] as const) {
    it(`has no reply when it ${how}, and the next one has`, async () => {
      await booted();
      const line = client.prompt({ line: "SETBIT k 4294967295 1" });
      await settle();
      if (code === "stopped") void client.stop();
      if (code === "crashed") worker().die();
      time.pass(ms);
      await assert.rejects(line, (failure) => failure instanceof RuntimeFailure && failure.code === code);
      assert.equal(workers.length, 2);
      worker().ready();
      const next = client.prompt({ line: "PING" });
      await settle();
      worker().reply(worker().calls()[0]?.id ?? 0, REPLY);
      assert.deepEqual(await next, REPLY);
    });
  }

  it("has no reply when Python does not start", async () => {
    const line = client.prompt({ line: "PING" });
    await settle();
    worker().die();
    await assert.rejects(line, (failure) => failure instanceof RuntimeFailure && failure.code === "network");
  });
});

describe("the status", () => {
  it("is heard only until the listener leaves", () => {
    let heard = 0;
    const leave = client.onStatus(() => heard++);
    leave();
    client.preload();
    assert.equal(heard, 0);
    assert.equal(client.status.state, "loading");
  });
});
