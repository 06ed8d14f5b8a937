/**
 * Python's memory, kept in the learner's own browser: a later visit, and the worker that takes a dead one's place, begin with the
 * engine already imported.
 *
 * Kept in Cache Storage under the bundle's id, so another bundle never meets it. Every fault (no storage, a full disk, a damaged
 * or half-written copy) leaves the ordinary boot; the console tells, the learner need not know. Files are not in a snapshot and are
 * kept beside it, unpacked; the state of `random` is, so it is seeded anew.
 */

import { type BootStrategy, openBundle, wasmResponse } from "./boot.ts";
import { type BootContext, type Lock, start } from "./python.ts";

/** Bumped when what is kept, or how, changes while the bundle stays the same. */
const FORMAT = 1;
/** Room that must be left after everything was kept: a full disk is worse than a slow start. */
const SPARE_BYTES = 200_000_000;
/** A copy of memory costs a phone with less than this (GB) more than it brings. */
const LEAST_MEMORY = 4;

/** Written last: where it is missing, nothing was kept. */
const INDEX = "index.json";

interface Index {
  readonly format: number;
  readonly memoryBytes: number;
  readonly packages: readonly string[];
  readonly lock: Lock;
}

const RESUME = `
import random
random.seed()
from labs.engine import service
service.handle('{"op": "ping"}', lambda stream, text: None)
`;

/** From what an earlier visit kept; null where there is nothing. What turns out to be unusable is deleted. */
export const bootFromSnapshot: BootStrategy = async (context) => {
  const store = await opened(context);
  if (store === null) {
    return null;
  }
  const index = (await (await store.match(INDEX))?.json()) as Index | undefined;
  if (index === undefined || index.format !== FORMAT) {
    return null;
  }
  context.onProgress("start", 0, 0);
  try {
    const memory = await store.bytes("memory");
    if (memory.length !== index.memoryBytes) {
      throw new RangeError(`the kept memory has ${memory.length} of ${index.memoryBytes} bytes`);
    }
    context.mark("kept");
    const parts = {
      script: import(new URL("pyodide.mjs", context.base).href),
      lock: Promise.resolve(index.lock),
      wasm: store.found("pyodide.asm.wasm"),
      stdlib: store.bytes("python_stdlib.zip"),
      packages: Promise.all(index.packages.map((name) => store.bytes(name))),
    };
    const python = await start(context, parts, { from: memory });
    context.mark("start");
    context.onProgress("open", 0, 0);
    python.runPython(RESUME);
    return python;
  } catch (error) {
    await store.clear();
    throw error;
  }
};

/**
 * Makes a snapshot and keeps it. For a worker that does nothing else: an interpreter prepared for a snapshot is not a learner's.
 * Returns the bytes kept, or 0 where keeping it is not wise or not possible.
 */
export async function keepSnapshot(context: BootContext): Promise<number> {
  const store = await opened(context);
  if (store === null || !(await hasRoom()) || (await store.match(INDEX)) !== undefined) {
    return 0;
  }
  await store.clearOthers();
  const { python, parts } = await openBundle(context, { keep: true });
  const memory = python.makeMemorySnapshot() as Uint8Array<ArrayBuffer>;
  const packages = await parts.packages;
  const names = packages.map((_, number) => `package-${number}.zip`);
  const index: Index = {
    format: FORMAT,
    memoryBytes: memory.length,
    packages: names,
    lock: await parts.lock,
  };
  const wasm = await parts.wasm;
  const stdlib = await parts.stdlib;
  try {
    await store.put("memory", new Response(memory));
    await store.put("pyodide.asm.wasm", wasmResponse(wasm));
    await store.put("python_stdlib.zip", new Response(stdlib));
    await Promise.all(
      names.map((name, number) => store.put(name, new Response(packages[number] as BodyInit))),
    );
    await store.put(INDEX, Response.json(index));
  } catch (error) {
    await store.clear();
    throw error;
  }
  return [memory, wasm, stdlib, ...packages].reduce((sum, { length }) => sum + length, 0);
}

/** What the page's origin keeps for one bundle at one path; other sites of the origin have their own. */
class Store {
  readonly #cache: Cache;
  readonly #base: URL;
  readonly #name: string;
  readonly #family: string;

  constructor(cache: Cache, base: URL, name: string, family: string) {
    this.#cache = cache;
    this.#base = base;
    this.#name = name;
    this.#family = family;
  }

  match(name: string): Promise<Response | undefined> {
    return this.#cache.match(this.#key(name));
  }

  async found(name: string): Promise<Response> {
    const response = await this.match(name);
    if (response === undefined) {
      throw new RangeError(`${name} was not kept`);
    }
    return response;
  }

  async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.found(name)).arrayBuffer());
  }

  put(name: string, response: Response): Promise<void> {
    return this.#cache.put(this.#key(name), response);
  }

  async clear(): Promise<void> {
    await caches.delete(this.#name);
  }

  /** Deletes what earlier bundles kept here. */
  async clearOthers(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(this.#family) && name !== this.#name);
    await Promise.all(old.map((name) => caches.delete(name)));
  }

  #key(name: string): URL {
    return new URL(`kept/${name}`, this.#base);
  }
}

/** null where the browser keeps nothing: without TLS, in some private windows, with storage turned off. */
async function opened({ base, id }: BootContext): Promise<Store | null> {
  try {
    const family = `lab-python ${new URL("..", base).pathname} `;
    const name = `${family}${id}`;
    return new Store(await caches.open(name), base, name, family);
  } catch {
    return null;
  }
}

async function hasRoom(): Promise<boolean> {
  const { deviceMemory = LEAST_MEMORY, storage } = navigator as Navigator & {
    readonly deviceMemory?: number;
  };
  if (deviceMemory < LEAST_MEMORY) {
    return false;
  }
  const { quota = 0, usage = 0 } = await storage.estimate();
  return quota - usage >= SPARE_BYTES;
}
