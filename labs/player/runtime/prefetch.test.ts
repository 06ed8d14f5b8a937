import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type PrefetchServices, prefetch } from "./prefetch.ts";

const OWNER = { base: new URL("https://example.org/repo/assets/runtime/abc/"), id: "abc" };

let asked: string[];

function services(changes: Partial<PrefetchServices> = {}): PrefetchServices {
  return {
    owner: OWNER,
    files: ["python.wasm.bin", "stdlib.zip.bin"],
    fetch: async (url) => {
      asked.push(url.pathname);
      return new Response("content");
    },
    isWanted: () => true,
    isKept: async () => false,
    ...changes,
  };
}

beforeEach(() => {
  asked = [];
});

describe("prefetch", () => {
  it("fetches every file of the bundle, in order", async () => {
    await prefetch(services());
    assert.deepEqual(asked, [
      "/repo/assets/runtime/abc/python.wasm.bin",
      "/repo/assets/runtime/abc/stdlib.zip.bin",
    ]);
  });

  it("fetches nothing where an earlier visit kept Python's memory", async () => {
    await prefetch(services({ isKept: async () => true }));
    assert.deepEqual(asked, []);
  });

  it("fetches where nobody can tell what was kept", async () => {
    await prefetch(services({ isKept: () => Promise.reject(new DOMException("no", "SecurityError")) }));
    assert.equal(asked.length, 2);
  });

  it("gives way as soon as somebody asks for Python", async () => {
    await prefetch(services({ isWanted: () => asked.length === 0 }));
    assert.equal(asked.length, 1);
  });

  it("stops without a word when the network is gone", async () => {
    const offline = async (url: URL) => {
      asked.push(url.pathname);
      throw new TypeError("offline");
    };
    await prefetch(services({ fetch: offline }));
    assert.equal(asked.length, 1);
  });
});
