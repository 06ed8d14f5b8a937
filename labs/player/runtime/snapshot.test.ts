import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { BootContext } from "./python.ts";
import { bootFromSnapshot, keepSnapshot } from "./snapshot.ts";

/** Cache Storage in memory; what `match` and `put` get is what a real one gets. */
class FakeCaches {
  readonly stores = new Map<string, Map<string, Response>>();

  async open(name: string) {
    const store = this.stores.get(name) ?? new Map<string, Response>();
    this.stores.set(name, store);
    return {
      match: async (url: URL) => store.get(String(url))?.clone(),
      put: async (url: URL, response: Response) => void store.set(String(url), response),
    };
  }

  async delete(name: string) {
    return this.stores.delete(name);
  }

  async keys() {
    return [...this.stores.keys()];
  }
}

const BASE = new URL("https://example.org/repo/assets/runtime/abc/");
const NAME = "lab-python /repo/assets/runtime/ abc";
const NOTHING = { bytes: 0, sha256: "" };
const stages: string[] = [];
const context: BootContext = {
  base: BASE,
  id: "abc",
  files: { "pyodide.asm.mjs.bin": NOTHING, "pyodide-lock.json": NOTHING },
  lock: { packages: {} },
  createPyodideModule: () => Promise.reject(new Error("not reached")),
  fetch: () => Promise.reject(new TypeError("offline")),
  onProgress: (stage) => stages.push(stage),
  mark: () => undefined,
};

let fake: FakeCaches;

function install(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

async function keep(files: Readonly<Record<string, Response>>): Promise<void> {
  const store = await fake.open(NAME);
  for (const [name, response] of Object.entries(files)) {
    await store.put(new URL(`kept/${name}`, BASE), response);
  }
}

beforeEach(() => {
  fake = new FakeCaches();
  stages.length = 0;
  install("caches", fake);
  install("navigator", { deviceMemory: 8, storage: { estimate: async () => ({ quota: 1e9, usage: 0 }) } });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, "caches");
});

describe("bootFromSnapshot", () => {
  it("has nothing to begin with on a first visit", async () => {
    assert.equal(await bootFromSnapshot(context), null);
    assert.deepEqual(stages, []);
  });

  it("has nothing to begin with where the browser keeps nothing", async () => {
    install("caches", { open: () => Promise.reject(new DOMException("private", "SecurityError")) });
    assert.equal(await bootFromSnapshot(context), null);
    Reflect.deleteProperty(globalThis, "caches");
    assert.equal(await bootFromSnapshot(context), null);
  });

  it("ignores what was not kept to its end", async () => {
    await keep({ memory: new Response("half") });
    assert.equal(await bootFromSnapshot(context), null);
  });

  it("ignores what was kept in another way", async () => {
    await keep({ "index.json": Response.json({ format: 0 }) });
    assert.equal(await bootFromSnapshot(context), null);
  });

  it("does not even read what is far too large", async () => {
    const index = { format: 2, memoryBytes: 3e9, packages: [] };
    await keep({ "index.json": Response.json(index), memory: new Response("short") });
    await assert.rejects(bootFromSnapshot(context), /has 3000000000 bytes/);
    assert.equal(fake.stores.has(NAME), false);
  });

  it("deletes an index that cannot be read", async () => {
    await keep({ "index.json": new Response("{"), memory: new Response("short") });
    assert.equal(await bootFromSnapshot(context), null);
    assert.equal(fake.stores.has(NAME), false);
  });

  it("has nothing to begin with where storage never answers", async () => {
    install("caches", { open: () => new Promise(() => undefined) });
    assert.equal(await bootFromSnapshot(context), null);
  });

  it("deletes what turns out to be damaged, and says so", async () => {
    const index = { format: 2, memoryBytes: 10, packages: [] };
    await keep({ "index.json": Response.json(index), memory: new Response("short") });
    await assert.rejects(bootFromSnapshot(context), /5 of 10 bytes/);
    assert.equal(fake.stores.has(NAME), false);
  });
});

describe("keepSnapshot", () => {
  it("does not keep twice", async () => {
    await keep({ "index.json": Response.json({ format: 2 }) });
    assert.equal(await keepSnapshot(context), 0);
  });

  it("leaves it to the tab that is already at it", async () => {
    install("navigator", {
      deviceMemory: 8,
      locks: { request: (_name: string, _options: object, held: (lock: null) => unknown) => held(null) },
    });
    assert.equal(await keepSnapshot(context), 0);
    assert.deepEqual([...fake.stores.keys()], []);
  });

  it("leaves a small phone alone", async () => {
    install("navigator", { deviceMemory: 2, storage: { estimate: async () => ({ quota: 1e9, usage: 0 }) } });
    assert.equal(await keepSnapshot(context), 0);
  });

  it("leaves room on the disk", async () => {
    install("navigator", {
      deviceMemory: 8,
      storage: { estimate: async () => ({ quota: 3e8, usage: 2e8 }) },
    });
    assert.equal(await keepSnapshot(context), 0);
  });

  it("clears away what earlier bundles of this site kept, and nothing else", async () => {
    for (const name of [
      "lab-python /repo/assets/runtime/ old",
      "lab-python /other/assets/runtime/ old",
      "site-pages",
    ]) {
      await fake.open(name);
    }
    await assert.rejects(keepSnapshot(context));
    assert.deepEqual(
      [...fake.stores.keys()].sort(),
      ["lab-python /other/assets/runtime/ old", NAME, "site-pages"].sort(),
    );
  });
});
