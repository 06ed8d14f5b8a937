import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, it } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { Assets } from "./assets.ts";
import { RuntimeFailure } from "./errors.ts";

const BASE = new URL("https://example.org/repo/assets/runtime/x/");
const CONTENT = new TextEncoder().encode("def cached(): ...\n".repeat(5_000));

let served: Map<string, () => Promise<Response>>;
let asked: string[];
let caches: (RequestCache | undefined)[];
let counted: [number, number][];

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Serves `files` and their manifest. Returns the id of the bundle. */
function serve(files: Record<string, Uint8Array<ArrayBuffer>>): string {
  const entries = Object.entries(files).map(([name, bytes]) => [
    name,
    { bytes: bytes.length, sha256: sha256(bytes) },
  ]);
  const manifest = new TextEncoder().encode(JSON.stringify({ files: Object.fromEntries(entries) }));
  for (const [name, bytes] of [...Object.entries(files), ["manifest.json", manifest] as const]) {
    served.set(new URL(name, BASE).href, () => Promise.resolve(new Response(bytes)));
  }
  return sha256(manifest).slice(0, 12);
}

function open(id: string): Promise<Assets> {
  const fetcher = (url: URL, options: RequestInit) => {
    asked.push(String(url));
    caches.push(options.cache);
    return served.get(String(url))?.() ?? Promise.resolve(new Response("", { status: 404 }));
  };
  return Assets.open(BASE, id, fetcher, (loaded, total) => counted.push([loaded, total]));
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
  const lock = new TextEncoder().encode('{"packages": {}}');

  it("unpacks what was packed and counts the bytes that travelled", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed, "lock.json": lock }));
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    assert.deepEqual(await assets.json("lock.json"), { packages: {} });
    assert.deepEqual(counted.at(-1), [packed.length + lock.length, packed.length + lock.length]);
  });

  it("asks only for files below its base", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed }));
    await assets.content("lib.zip");
    assert.deepEqual(asked, [`${BASE}manifest.json`, `${BASE}lib.zip.bin`]);
  });

  it("refuses a manifest of another build", async () => {
    serve({});
    await assert.rejects(open("0123456789ab"), is("damaged"));
  });

  it("refuses a file that was changed, cut short or lengthened", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed }));
    const changed = packed.slice();
    changed[packed.length - 1] = (changed[packed.length - 1] ?? 0) ^ 1;
    for (const wrong of [changed, packed.slice(0, -1), Uint8Array.from([...packed, 0])]) {
      served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(wrong)));
      await assert.rejects(assets.content("lib.zip"), is("damaged"));
    }
  });

  it("refuses a name that the manifest does not have", async () => {
    const assets = await open(serve({}));
    await assert.rejects(assets.content("evil.zip"), is("damaged"));
    assert.deepEqual(asked, [`${BASE}manifest.json`]);
  });

  it("asks past the browser's own copy when that is damaged", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed }));
    const kept = packed.slice();
    kept.fill(0, 20);
    const copies = [kept, packed];
    served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(copies.shift())));
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    assert.deepEqual(caches, [undefined, undefined, "reload"]);
    assert.deepEqual(counted.at(-1), [packed.length, packed.length]);
  });

  it("asks again when the network fails once", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed }));
    let attempts = 0;
    served.set(`${BASE}lib.zip.bin`, () =>
      ++attempts === 1 ? Promise.reject(new TypeError("reset")) : Promise.resolve(new Response(packed)),
    );
    assert.deepEqual(await assets.content("lib.zip"), CONTENT);
    assert.equal(attempts, 2);
  });

  it("names the network when a file is not there", async () => {
    await assert.rejects(open("0123456789ab"), is("network"));
  });

  it("names the network when a file breaks off", async () => {
    const assets = await open(serve({ "lib.zip.bin": packed }));
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(packed.slice(0, 10)),
      pull: (controller) => controller.error(new TypeError("reset")),
    });
    served.set(`${BASE}lib.zip.bin`, () => Promise.resolve(new Response(broken)));
    await assert.rejects(assets.content("lib.zip"), is("network"));
  });
});
