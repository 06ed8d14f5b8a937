import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { RuntimeFailure } from "../runtime/errors.ts";
import type { PromptReport, PromptRequest } from "../runtime/types.ts";
import { FakeRecord, FakeRuntime, promptReport } from "../testing/fakes.ts";
import { FIRST_HOST, MOST_ENTRIES, MOST_PASTED, PromptSession } from "./session.ts";

/** A prompt in Python: keeps count of its answers, and of where it is; gone with its worker. */
class FakePrompt {
  answers = 0;
  host = FIRST_HOST;
  replies: Readonly<Record<string, Partial<PromptReport>>> = {};

  readonly answer = (request: PromptRequest): Promise<PromptReport> => {
    if ("fresh" in request) Object.assign(this, { answers: 0, host: FIRST_HOST });
    this.answers += 1;
    const line = "line" in request ? request.line : "";
    if (line.startsWith("connect ")) this.host = line.slice(8);
    const reply = "advanceS" in request ? `${request.advanceS}초 뒤` : line === "" ? "" : "OK";
    const where = { host: this.host, prompt: `${this.host}:6379> ` };
    return Promise.resolve(promptReport({ answers: this.answers, reply, ...where, ...this.replies[line] }));
  };
}

let runtime = new FakeRuntime();
let record = new FakeRecord();
let python = new FakePrompt();
let session = newSession();

function newSession(): PromptSession {
  let time = 0;
  return new PromptSession({ runtime, record: Promise.resolve(record), now: () => time++ });
}

beforeEach(() => {
  runtime = new FakeRuntime();
  record = new FakeRecord();
  replaceWorker();
  session = newSession();
});

function replaceWorker(): void {
  python = new FakePrompt();
  runtime.answerPrompt = (request) => python.answer(request);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

async function opened(): Promise<void> {
  void session.open();
  await settle();
}

/** The transcript, one text an entry. */
function shown(): readonly string[] {
  return session.state.entries.map(({ sent, reply }) =>
    [sent === null ? "" : `${sent.prompt}${sent.line}`, reply ?? "…"]
      .filter((text) => text !== "")
      .join(" | "),
  );
}

function linesSent(): readonly string[] {
  return runtime.prompts.flatMap((request) => ("line" in request ? [request.line] : []));
}

describe("a line", () => {
  it("stands in the transcript with its prompt and its reply", async () => {
    await opened();
    session.send("SET a 1");
    await settle();
    assert.deepEqual(shown(), ["play.cache.lab:6379> SET a 1 | OK"]);
    assert.equal(session.state.busy, false);
  });

  it("is shown before Python has an answer to it, and also while Python still loads", async () => {
    runtime.status = { state: "loading", progress: 0, note: "" };
    runtime.answerPrompt = () => new Promise(() => undefined);
    await opened();
    session.send("PING");
    await settle();
    assert.deepEqual(shown(), ["play.cache.lab:6379> PING | …"]);
    assert.equal(session.state.busy, true);
  });

  it("brings its tone and its explanation", async () => {
    await opened();
    python.replies = {
      "LPUSH n x": { tone: "error", reply: "(error) WRONGTYPE", explanation: "`TYPE`을 보세요." },
    };
    session.send("LPUSH n x");
    await settle();
    const [entry] = session.state.entries;
    assert.deepEqual([entry?.tone, entry?.explanation], ["error", "`TYPE`을 보세요."]);
  });

  it("goes into the history", async () => {
    await opened();
    session.send("PING");
    session.send("  GET a  ");
    assert.deepEqual(session.history.lines, ["PING", "GET a"]);
  });

  it("tells once that Korean is shown as bytes, and not to somebody who sees letters", async () => {
    await opened();
    python.replies = { "GET a": { reply: String.raw`"\xec\x88\x98"` } };
    session.send("GET a");
    session.send("GET a");
    await settle();
    assert.match(session.state.entries[0]?.explanation ?? "", /한글은 바이트로 저장되고.*`\\x`/);
    assert.equal(session.state.entries[1]?.explanation, "");
    assert.equal(session.shown(String.raw`"\xec\x88\x98"`), String.raw`"\xec\x88\x98"`);
    session.showReadable(true);
    assert.equal(session.shown(String.raw`"\xec\x88\x98"`), '"수"');
  });
});

describe("several lines at once", () => {
  it("are sent one by one, without the prompts they were copied with", async () => {
    await opened();
    session.send("SET a 1\r\n\r\nplay.cache.lab:6379> INCR a\n127.0.0.1:6379[2](TX)> GET a\n");
    await settle();
    assert.deepEqual(linesSent(), ["SET a 1", "INCR a", "GET a"]);
    assert.equal(session.state.entries.length, 3);
  });

  it("are cut where they become too many, and the rest is told of", async () => {
    await opened();
    session.send("PING\n".repeat(MOST_PASTED + 3));
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(linesSent().length, MOST_PASTED);
    assert.ok(shown().some((text) => text.includes("뒤의 3줄은 보내지 않았습니다.")));
  });

  it("end with the one that fails", async () => {
    await opened();
    runtime.answerPrompt = () => Promise.reject(new RuntimeFailure("crashed", ""));
    session.send("SETBIT a 4294967295 1\nGET a\nGET b");
    await settle();
    assert.equal(linesSent().length, 1);
    assert.match(shown()[0] ?? "", /SETBIT a 4294967295 1 \| 파이썬이 갑자기 멈추었습니다/);
    assert.equal(shown()[1], "남은 2줄은 보내지 않았습니다.");
    assert.equal(session.state.entries[0]?.tone, "error");
  });

  it("end with Stop, which stops the line being worked on", async () => {
    await opened();
    runtime.answerPrompt = () => new Promise(() => undefined);
    session.send("KEYS *\nGET a");
    await settle();
    await session.stop();
    assert.equal(runtime.stops, 1);
    assert.deepEqual(shown(), ["남은 1줄은 보내지 않았습니다.", "play.cache.lab:6379> KEYS * | …"]);
  });
});

describe("the other controls", () => {
  it("let time pass and tell of it", async () => {
    await opened();
    session.advance(60);
    await settle();
    assert.deepEqual(shown(), ["60초 뒤"]);
  });

  it("move to another endpoint by the line one would type", async () => {
    await opened();
    session.moveTo("small.cache.lab");
    session.send("PING");
    await settle();
    assert.deepEqual(shown(), [
      "play.cache.lab:6379> connect small.cache.lab | OK",
      "small.cache.lab:6379> PING | OK",
    ]);
    assert.equal(session.state.host, "small.cache.lab");
  });

  it("make new caches; the transcript stays", async () => {
    await opened();
    session.send("SET a 1");
    session.startAfresh();
    session.send("GET a");
    await settle();
    assert.deepEqual(shown(), [
      "play.cache.lab:6379> SET a 1 | OK",
      "캐시를 새로 켰습니다.",
      "play.cache.lab:6379> GET a | OK",
    ]);
  });

  it("give the transcript as text", async () => {
    await opened();
    session.send("PING");
    session.advance(1);
    await settle();
    assert.equal(session.transcript(), "play.cache.lab:6379> PING\nOK\n1초 뒤\n");
  });

  it("remember on the next visit how Korean is to be shown", async () => {
    await opened();
    session.showReadable(true);
    await settle();
    session = newSession();
    await opened();
    assert.equal(session.state.readable, true);
  });
});

describe("a worker that was replaced", () => {
  it("means new caches, which the page says at once", async () => {
    await opened();
    session.send("SET a 1");
    await settle();
    replaceWorker();
    runtime.say({ state: "loading", progress: 0, note: "" });
    runtime.say({ state: "ready" });
    await settle();
    assert.deepEqual(shown().slice(1), ["캐시를 새로 켰습니다."]);
    runtime.say({ state: "running", since: 0 });
    runtime.say({ state: "ready" });
    await settle();
    assert.equal(shown().length, 2);
  });

  it("does not take the learner to another endpoint", async () => {
    await opened();
    session.moveTo("small.cache.lab");
    await settle();
    replaceWorker();
    runtime.say({ state: "loading", progress: 0, note: "" });
    session.send("SET a 1");
    await settle();
    assert.deepEqual(shown().slice(1), [
      "캐시를 새로 켰습니다.",
      "play.cache.lab:6379> connect small.cache.lab | OK",
      "small.cache.lab:6379> SET a 1 | OK",
    ]);
  });

  it("is noticed even when nothing was heard of it", async () => {
    await opened();
    session.send("SET a 1");
    await settle();
    replaceWorker();
    session.send("GET a");
    await settle();
    assert.deepEqual(shown().slice(1), ["캐시를 새로 켰습니다.", "play.cache.lab:6379> GET a | OK"]);
  });

  it("is noticed on coming back to the page, where all else is as it was", async () => {
    await opened();
    session.send("SET a 1");
    await settle();
    session.close();
    await opened();
    assert.equal(shown().length, 1);
    session.close();
    replaceWorker();
    runtime.say({ state: "loading", progress: 0, note: "" });
    runtime.say({ state: "ready" });
    await opened();
    assert.deepEqual(shown().slice(1), ["캐시를 새로 켰습니다."]);
  });

  it("that does not come back leaves a line without a reply, and says so", async () => {
    await opened();
    session.send("SET a 1");
    await settle();
    runtime.say({ state: "failed", message: "" });
    runtime.answerPrompt = () => Promise.reject(new RuntimeFailure("network", ""));
    session.send("GET a");
    await settle();
    assert.match(shown()[1] ?? "", /내려받지 못했습니다/);
    assert.equal(session.state.busy, false);
    replaceWorker();
    session.send("GET a");
    await settle();
    assert.deepEqual(shown().slice(2), ["캐시를 새로 켰습니다.", "play.cache.lab:6379> GET a | OK"]);
  });
});

describe("the transcript", () => {
  it("drops its oldest entries and counts them", async () => {
    await opened();
    for (let n = 0; n < MOST_ENTRIES + 4; n++) {
      session.send(`GET k${n}`);
      await settle();
    }
    assert.equal(session.state.entries.length, MOST_ENTRIES);
    assert.equal(session.state.dropped, 4);
    assert.equal(session.state.entries[0]?.sent?.line, "GET k4");
  });
});

describe("what the inspector is given", () => {
  it("has the stores that hold something or were spoken to", async () => {
    await opened();
    const store = { store: "cache", entries: [] } as const;
    const entry = { key: "a", type: "string", value: "1", ttl_ms: null, bytes: 1 };
    const event = { seq: 1, t: 0, kind: "cache", actor: "cli", op: "GET", key: "a", outcome: "miss", ms: 1 };
    python.replies = {
      "GET a": {
        stores: [
          { ...store, name: "play-001.cache.lab", label: "play-001", entries: [entry] },
          { ...store, name: "play-002.cache.lab", label: "play-002" },
          { ...store, name: "small.cache.lab", label: "small" },
        ],
        trace: [{ ...event, target: "small" }],
      },
    };
    session.send("GET a");
    await settle();
    assert.deepEqual(
      session.state.report?.stores.map(({ label }) => label),
      ["play-001", "small"],
    );
  });
});
