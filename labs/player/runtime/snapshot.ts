/**
 * Python's memory, kept in the learner's own browser: a later visit, and the worker that takes a dead one's place, begin with the
 * engine already imported.
 *
 * Kept under the bundle's id, so another bundle never meets it (shelf.ts). Every fault (no storage, a full disk, a damaged or
 * half-written copy) leaves the ordinary boot; the console tells, the learner need not know. Files are not in a snapshot and are
 * kept beside it, unpacked; the state of `random` is, so it is seeded anew.
 */

import { type BootStrategy, compiled, openBundle } from "./boot.ts";
import { type BootContext, type Python, start } from "./python.ts";
import { SHELVES, type Shelf } from "./shelf.ts";

/** Bumped when what is kept, or how, changes while the bundle stays the same. */
const FORMAT = 2;
/** Room that must be left after everything was kept: a full disk is worse than a slow start. */
const SPARE_BYTES = 200_000_000;
/** More than any lab needs: such a heap holds something that went wrong, and would slow every visit down. */
const MOST_BYTES = 200_000_000;
/** A copy of memory costs a phone with less than this (GB) more than it brings. */
const LEAST_MEMORY = 4;

/** Written last: where it is missing, nothing was kept. */
const INDEX = "index.json";

interface Index {
  readonly format: number;
  readonly memoryBytes: number;
  readonly packages: readonly string[];
}

const RESUME = `
import random
random.seed()
from labs.engine import service
service.handle('{"op": "ping"}', lambda stream, text: None)
`;

/** Everything a learner may need, so that nothing is imported later, when the files may be gone. */
const WARM = `
import gc
from labs.engine import service
service.handle('{"op": "warm"}', lambda stream, text: None)
gc.collect()
`;

/** From what an earlier visit kept; null where there is nothing. What turns out to be unusable is deleted. */
export const bootFromSnapshot: BootStrategy = async (context) => {
  for await (const shelf of shelves(context)) {
    const index = await indexOf(shelf);
    if (index !== null) {
      return resume(context, shelf, index);
    }
  }
  return null;
};

async function resume(context: BootContext, shelf: Shelf, index: Index): Promise<Python> {
  context.onProgress("start", 0, 0);
  try {
    if (index.memoryBytes > MOST_BYTES) {
      throw new RangeError(`the kept memory has ${index.memoryBytes} bytes`);
    }
    // Everything at once: most of it is read beside this thread, which has enough to do.
    const parts = {
      script: import(new URL("pyodide.mjs", context.base).href),
      wasm: found(shelf, "pyodide.asm.wasm").then(({ body }) => compiled(body)),
      stdlib: bytes(shelf, "python_stdlib.zip"),
      packages: Promise.all(index.packages.map((name) => bytes(shelf, name))),
    };
    Promise.all(Object.values(parts) as Promise<unknown>[]).catch(() => undefined);
    const memory = await bytes(shelf, "memory");
    if (memory.length !== index.memoryBytes) {
      throw new RangeError(`the kept memory has ${memory.length} of ${index.memoryBytes} bytes`);
    }
    context.mark("kept");
    const python = await start(context, parts, { from: memory });
    context.mark("start");
    context.onProgress("open", 0, 0);
    python.runPython(RESUME);
    return python;
  } catch (error) {
    await shelf.clear().catch(() => undefined);
    throw error;
  }
}

/**
 * Makes a snapshot and keeps it. For a worker that does nothing else: an interpreter prepared for a snapshot is not a learner's.
 * Returns the bytes kept, or 0 where keeping it is not wise, or was done by another tab.
 */
export async function keepSnapshot(context: BootContext): Promise<number> {
  if (!(await hasRoom())) {
    return 0;
  }
  return alone(`lab-python ${context.base.pathname}`, 0, () => keep(context));
}

async function keep(context: BootContext): Promise<number> {
  for await (const shelf of shelves(context)) {
    if ((await indexOf(shelf)) !== null) {
      return 0;
    }
    // First of all: what no bundle needs any more may be the room that this one lacks.
    await shelf.clearOthers().catch(() => undefined);
  }
  const { python, parts } = await openBundle(context, { keep: true });
  python.runPython(WARM);
  const memory = python.makeMemorySnapshot() as Uint8Array<ArrayBuffer>;
  if (memory.length > MOST_BYTES) {
    throw new RangeError(`the memory has ${memory.length} bytes`);
  }
  const packages = await parts.packages;
  const files: Record<string, Uint8Array<ArrayBuffer>> = {
    memory,
    "pyodide.asm.wasm": await parts.wasm,
    "python_stdlib.zip": await parts.stdlib,
    ...Object.fromEntries(packages.map((zip, number) => [`package-${number}.zip`, zip])),
  };
  const index: Index = {
    format: FORMAT,
    memoryBytes: memory.length,
    packages: packages.map((_, number) => `package-${number}.zip`),
  };
  let problem: unknown = new DOMException("this browser keeps nothing", "NotSupportedError");
  for await (const shelf of shelves(context)) {
    try {
      for (const [name, content] of Object.entries(files)) {
        await shelf.put(name, new Response(content));
      }
      await shelf.put(INDEX, Response.json(index));
      return Object.values(files).reduce((sum, { length }) => sum + length, 0);
    } catch (error) {
      problem = error;
      await shelf.clear().catch(() => undefined);
      if (error instanceof DOMException && error.name === "QuotaExceededError") {
        break; // All places of a site share one quota.
      }
    }
  }
  throw problem;
}

/** What says which files make up the snapshot on `shelf`; null when there is none that this code can use. */
async function indexOf(shelf: Shelf): Promise<Index | null> {
  try {
    const index = (await (await shelf.get(INDEX))?.json()) as Index | undefined;
    return index?.format === FORMAT ? index : null;
  } catch (error) {
    console.warn("[lab] what was kept of Python's memory cannot be read", error);
    await shelf.clear().catch(() => undefined);
    return null;
  }
}

async function found(shelf: Shelf, name: string): Promise<Response> {
  const file = await shelf.get(name);
  if (file === null) {
    throw new RangeError(`${name} was not kept`);
  }
  return file;
}

/** By way of a blob, whose size is known beforehand: a body by itself is collected in pieces first, at twice the time. */
async function bytes(shelf: Shelf, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await (await found(shelf, name)).blob();
  return new Uint8Array(await blob.arrayBuffer());
}

/** The places this browser has for a snapshot, each opened when the one before was no help. */
async function* shelves(context: BootContext): AsyncGenerator<Shelf> {
  for (const open of SHELVES) {
    try {
      yield await open(context);
    } catch (error) {
      console.warn("[lab] a place for Python's memory does not open", error);
    }
  }
}

async function hasRoom(): Promise<boolean> {
  const { deviceMemory = LEAST_MEMORY, storage } = navigator as Partial<Navigator> & {
    readonly deviceMemory?: number;
  };
  if (deviceMemory < LEAST_MEMORY) {
    return false;
  }
  // On a page without TLS nobody says how much room there is: then writing will tell.
  const { quota = SPARE_BYTES, usage = 0 } = (await storage?.estimate()) ?? {};
  return quota - usage >= SPARE_BYTES;
}

/** Does `action` unless another tab is at it; then this is `otherwise`. */
function alone<T>(name: string, otherwise: T, action: () => Promise<T>): Promise<T> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) {
    return action();
  }
  return locks.request(name, { ifAvailable: true }, (lock) =>
    lock === null ? Promise.resolve(otherwise) : action(),
  );
}
