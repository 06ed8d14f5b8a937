import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, it } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { zstdWasm } from "../testing/zstd.ts";
import { Assets } from "./assets.ts";
import { RuntimeFailure } from "./errors.ts";

const BASE = new URL("https://example.org/repo/assets/runtime/x/");
const DECODER = zstdWasm();
const CONTENT = new TextEncoder().encode("def cached(): ...\n".repeat(5_000));

let served: Map<string, () => Promise<Response>>;
let asked: string[];
let caches: (RequestCache | undefined)[];
let counted: [number, number][];

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Serves `files` and the decoder; the assets made of them. */
function open(files: Record<string, Uint8Array<ArrayBuffer>>): Assets {
  const all = { ...files, "zstd.wasm": DECODER };
  for (const [name, bytes] of Object.entries(all)) {
    served.set(new URL(name, BASE).href, () => Promise.resolve(new Response(bytes)));
  }
  const entries = Object.entries(all).map(
    ([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const,
  );
  const fetcher = (url: URL, options: RequestInit) => {
    asked.push(String(url));
    caches.push(options.cache);
    return served.get(String(url))?.() ?? Promise.resolve(new Response("", { status: 404 }));
  };
  const count = (loaded: number, total: number) => counted.push([loaded, total]);
  return new Assets(BASE, Object.fromEntries(entries), fetcher, count);
}

function is(code: RuntimeFailure["code"]): (error: unknown) => boolean {
  return (error) => error instanceof RuntimeFailure && error.code === code;
}

beforeEach(() => {
  served = new Map();
  asked = [];
  caches = [];
  counted = [];
});

describe("Assets", () => {
  const packed = new Uint8Array(zstdCompressSync(CONTENT));

  it("unpacks what was packed and counts the bytes that travelled", async () => {
    const assets = open({ "lib.zip.bin": packed, "elsewhere.bin": packed });
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    const total = 2 * packed.length + DECODER.length;
    assert.deepEqual(counted.at(-1), [total - packed.length, total]);
    assets.arrived("elsewhere.bin");
    assert.deepEqual(counted.at(-1), [total, total]);
  });

  it("asks only for files below its base, and for the decoder once", async () => {
    const assets = open({ "lib.zip.bin": packed, "labs.zip.bin": packed });
    await Promise.all([assets.content("lib.zip"), assets.content("labs.zip")]);
    assert.deepEqual(asked, [`${BASE}zstd.wasm`, `${BASE}lib.zip.bin`, `${BASE}labs.zip.bin`]);
  });

  it("refuses a file that was changed, cut short or lengthened", async () => {
    const assets = open({ "lib.zip.bin": packed });
    const changed = packed.slice();
    changed[packed.length - 1] = (changed[packed.length - 1] ?? 0) ^ 1;
    for (const wrong of [changed, packed.slice(0, -1), Uint8Array.from([...packed, 0])]) {
      served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(wrong)));
      await assert.rejects(assets.content("lib.zip"), is("damaged"));
    }
  });

  it("refuses a name that the bundle does not have", async () => {
    await assert.rejects(open({}).content("evil.zip"), is("damaged"));
    assert.equal(asked.includes(`${BASE}evil.zip.bin`), false);
  });

  it("asks past the browser's own copy when that is damaged", async () => {
    const assets = open({ "lib.zip.bin": packed });
    const kept = packed.slice();
    kept.fill(0, 20);
    const copies = [kept, packed];
    served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(copies.shift())));
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    assert.deepEqual(caches, [undefined, undefined, "reload"]);
    const total = packed.length + DECODER.length;
    assert.deepEqual(counted.at(-1), [total, total]);
  });

  it("asks again when the network fails once", async () => {
    const assets = open({ "lib.zip.bin": packed });
    let attempts = 0;
    served.set(`${BASE}lib.zip.bin`, () =>
      ++attempts === 1 ? Promise.reject(new TypeError("reset")) : Promise.resolve(new Response(packed)),
    );
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    assert.equal(attempts, 2);
  });

  it("names the network when a file is not there", async () => {
    const assets = open({ "lib.zip.bin": packed });
    served.clear();
    await assert.rejects(assets.content("lib.zip"), is("network"));
  });

  it("names the network when a file breaks off", async () => {
    const assets = open({ "lib.zip.bin": packed });
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(packed.slice(0, 10)),
      pull: (controller) => controller.error(new TypeError("reset")),
    });
    served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(broken)));
    await assert.rejects(assets.content("lib.zip"), is("network"));
  });
});
