/**
 * Brings Python to life in the worker: from the memory kept on an earlier visit where there is one, from the bundle otherwise.
 *
 * A way to boot that cannot answers null; one that fails is reported in the console, and the next is tried.
 */

import { Assets } from "./assets.ts";
import { RuntimeFailure } from "./errors.ts";
import {
  type BootContext,
  type Lock,
  type MemoryOptions,
  type Parts,
  type Python,
  protectLibrary,
  SITE_PACKAGES,
  start,
} from "./python.ts";

/** Throws RuntimeFailure or whatever went wrong. */
export type BootStrategy = (context: BootContext) => Promise<Python | null>;

/** guard.py as a file: once it is in memory, learner code must not import a second one. */
const GUARD = `${SITE_PACKAGES}/lab_guard.pyc`;

/** What must be in memory before learner code comes: the engine, every lab, the libraries, and guard.py. Kept with the memory. */
const OPEN = `
import importlib
importlib.invalidate_caches()
import lab_guard
from labs.engine import service
service.handle('{"op": "ping"}', lambda stream, text: None)
`;

export async function boot(context: BootContext, strategies: readonly BootStrategy[]): Promise<Python> {
  let problem: unknown = new RuntimeFailure("start", "no way to start");
  for (const strategy of strategies) {
    try {
      const python = await strategy(context);
      if (python !== null) {
        python.FS.unlink(GUARD);
        protectLibrary(python);
        context.mark("open");
        return python;
      }
    } catch (error) {
      console.warn("[lab] a way to start Python failed", error);
      problem = error;
    }
  }
  throw problem;
}

/** From the files of the bundle, without anything kept from an earlier visit. */
export const bootFromBundle: BootStrategy = async (context) => {
  const { python } = await openBundle(context, {});
  return python;
};

/** Python from the bundle, opened, and the parts it was made of. */
export async function openBundle(
  context: BootContext,
  memory: MemoryOptions,
): Promise<{ python: Python; parts: BundleParts }> {
  context.onProgress("download", 0, 0);
  const assets = new Assets(context.base, context.files, context.fetch, (loaded, total) =>
    context.onProgress("download", loaded, total),
  );
  const parts = download(assets, context.lock);
  Promise.all(Object.values(parts) as Promise<unknown>[]).then(
    () => {
      context.mark("download");
      context.onProgress("start", 0, 0);
    },
    () => undefined,
  );
  const python = await start(context, { ...parts, wasm: parts.wasm.then(compiled) }, memory);
  context.mark("start");
  context.onProgress("open", 0, 0);
  python.runPython(OPEN);
  return { python, parts };
}

/** The parts as they were downloaded. */
export interface BundleParts extends Omit<Parts, "wasm"> {
  readonly wasm: Promise<Uint8Array<ArrayBuffer>>;
}

/** As a stream, so that the browser compiles what is there already. */
export function compiled(wasm: BodyInit | null): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(
    new Response(wasm, { headers: { "Content-Type": "application/wasm" } }),
  );
}

/** Everything at once: the network is the slowest part of a first visit. The largest first: it has the longest way to go. */
function download(assets: Assets, lock: Lock): BundleParts {
  // The worker began with the one, and its script holds the other.
  assets.arrived("pyodide.asm.mjs.bin");
  assets.arrived("pyodide-lock.json");
  return {
    wasm: assets.content("pyodide.asm.wasm"),
    script: assets.script("pyodide.mjs"),
    stdlib: assets.content("python_stdlib.zip"),
    packages: Promise.all(
      Object.values(lock.packages).map(({ file_name }) => assets.content(file_name.replace(/\.bin$/, ""))),
    ),
  };
}
