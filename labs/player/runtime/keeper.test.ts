import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { WorkerEvents } from "./client.ts";
import { keepWhenIdle } from "./keeper.ts";
import type { RuntimeStatus } from "./types.ts";

let status: RuntimeStatus = { state: "ready" };
let listeners: Set<(status: RuntimeStatus) => void>;
let idle: Set<() => void>;
let spawned: { events: WorkerEvents; terminated: boolean }[];

function begin(): void {
  keepWhenIdle({
    runtime: {
      get status() {
        return status;
      },
      onStatus: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    spawn: (events) => {
      const worker = { events, terminated: false };
      spawned.push(worker);
      return {
        post: () => undefined,
        terminate: () => {
          worker.terminated = true;
        },
      };
    },
    whenIdle: (action) => {
      idle.add(action);
      return () => idle.delete(action);
    },
  });
}

function say(next: RuntimeStatus): void {
  status = next;
  for (const listener of [...listeners]) {
    listener(next);
  }
}

function becomeIdle(): void {
  for (const action of [...idle]) {
    idle.delete(action);
    action();
  }
}

describe("keepWhenIdle", () => {
  beforeEach(() => {
    status = { state: "ready" };
    listeners = new Set();
    idle = new Set();
    spawned = [];
  });

  it("asks a worker of its own, and lets it go when it is done", () => {
    begin();
    assert.equal(spawned.length, 0);
    becomeIdle();
    assert.equal(spawned[0]?.terminated, false);
    spawned[0]?.events.message({ type: "kept", bytes: 1 });
    assert.equal(spawned[0]?.terminated, true);
  });

  it("waits while code runs", () => {
    begin();
    say({ state: "running", since: 0 });
    becomeIdle();
    assert.equal(spawned.length, 0);
    say({ state: "ready" });
    becomeIdle();
    assert.equal(spawned.length, 1);
  });

  it("tries once", () => {
    begin();
    becomeIdle();
    say({ state: "running", since: 0 });
    say({ state: "ready" });
    becomeIdle();
    assert.equal(spawned.length, 1);
    assert.equal(listeners.size, 0);
  });

  for (const end of ["failed", "died"] as const) {
    it(`leaves nothing behind when the worker ${end}`, () => {
      begin();
      becomeIdle();
      if (end === "failed") {
        spawned[0]?.events.message({ type: "failed", code: "start", detail: "quota" });
      } else {
        spawned[0]?.events.died("gone");
      }
      assert.equal(spawned[0]?.terminated, true);
    });
  }
});
