/** Starts Pyodide from given files: what the ways to boot (bundle.ts, snapshot.ts) have in common. */

import type { PyodideAPI } from "pyodide";
import type { Files } from "./assets.ts";
import type { BootStage } from "./protocol.ts";
import { readStoredZip } from "./zip.ts";

/** Python with the engine imported and one cache command answered. */
export type Python = PyodideAPI;

type LoadPyodide = typeof import("pyodide").loadPyodide;
type Config = NonNullable<Parameters<LoadPyodide>[0]>;
type CreateModule = NonNullable<Config["createPyodideModule"]>;

export interface BootContext {
  /** The bundle's folder. */
  readonly base: URL;
  readonly id: string;
  /** The bundle's files. */
  readonly files: Files;
  readonly lock: Lock;
  /** Pyodide's large script, which the worker began with. */
  readonly createPyodideModule: CreateModule;
  readonly fetch: (url: URL, options: RequestInit) => Promise<Response>;
  readonly onProgress: (stage: BootStage, loaded: number, total: number) => void;
  /** Notes how long it took to get here. */
  readonly mark: (stage: string) => void;
}

/** pyodide-lock.json, as far as it is read here. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly file_name: string }>>;
}

/** What Python is made of, wherever it was kept. A promise that fails ends the boot. */
export interface Parts {
  readonly script: Promise<Readonly<Record<string, unknown>>>;
  readonly wasm: Promise<WebAssembly.Module>;
  readonly stdlib: Promise<Uint8Array<ArrayBuffer>>;
  /** The zips of the packages. */
  readonly packages: Promise<readonly Uint8Array[]>;
}

/** Memory of an earlier Python to begin with, and whether this one's will be kept. */
export interface MemoryOptions {
  readonly from?: Uint8Array;
  readonly keep?: boolean;
}

/** Where the standard library and the packages lie. */
const LIBRARY = "/lib";
export const SITE_PACKAGES = "/lib/python3.14/site-packages";
const READ_ONLY = 0o555;

/** Throws what the parts throw, and what Pyodide throws. */
export async function start(context: BootContext, parts: Parts, memory: MemoryOptions): Promise<Python> {
  const awaited = Object.values(parts) as Promise<unknown>[];
  const all = Promise.all(awaited);
  // Pyodide only warns of a file it could not get, and then waits for ever.
  let fail: (cause: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    fail = reject;
  });
  all.catch(fail);
  for (const promise of [broken, ...awaited]) {
    promise.catch(() => undefined);
  }
  const { loadPyodide } = (await parts.script) as { readonly loadPyodide: LoadPyodide };
  const config: Config = {
    indexURL: context.base.href,
    packageBaseUrl: context.base.href,
    lockFileContents: context.lock as unknown as NonNullable<Config["lockFileContents"]>,
    createPyodideModule: context.createPyodideModule,
    stdin: () => null,
  };
  if (memory.keep) {
    config._makeSnapshot = true;
  }
  if (memory.from) {
    config._loadSnapshot = memory.from;
    config.createPyodideModule = grown(context.createPyodideModule);
  }
  const restore = serve(parts, fail);
  try {
    const python = await Promise.race([broken, loadPyodide(config)]);
    unpack(python, await parts.packages);
    return python;
  } finally {
    restore();
  }
}

/**
 * Pyodide 314.0.7 copies a snapshot into the heap without making room for it first, which fails as soon as the snapshot's heap had
 * grown. So the heap grows as the module is made; what malloc notes meanwhile is overwritten by the snapshot.
 */
function grown(create: CreateModule): CreateModule {
  return async (settings) => {
    const module = await create(settings);
    const wanted = settings.INITIAL_MEMORY ?? 0;
    const heap = module as unknown as { readonly HEAP8: Int8Array; _malloc(bytes: number): number };
    while (heap.HEAP8.length < wanted) {
      if (heap._malloc(wanted - heap.HEAP8.length) === 0) {
        throw new RangeError(`the heap does not grow to ${wanted} bytes`);
      }
    }
    return module;
  };
}

/**
 * Puts the packages where Python looks for them. Quicker than loadPackage, which unpacks with Python; and not before Python has
 * started (fsInit), because then Pyodide lists them as loaded, and memory with that list cannot be kept.
 */
function unpack({ FS }: Python, packages: readonly Uint8Array[]): void {
  const folders = new Set<string>();
  for (const { name, data } of packages.flatMap(readStoredZip)) {
    const path = `${SITE_PACKAGES}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!folders.has(folder)) {
      FS.mkdirTree(folder);
      folders.add(folder);
    }
    FS.writeFile(path, data, { canOwn: true });
  }
}

/** Learner code may delete files, but not those that the next run needs. */
export function protectLibrary({ FS }: Python, folder = LIBRARY): void {
  for (const name of FS.readdir(folder) as string[]) {
    const path = `${folder}/${name}`;
    if (name !== "." && name !== ".." && FS.isDir(FS.stat(path).mode)) {
      protectLibrary({ FS } as Python, path);
    }
  }
  FS.chmod(folder, READ_ONLY);
}

/** As much of a response as Pyodide looks at: a whole one copies the bytes twice. */
function answerOf(bytes: Uint8Array<ArrayBuffer>): Response {
  const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return { ok: true, arrayBuffer: async () => buffer } as Response;
}

/**
 * Lets Pyodide's own requests be answered with `parts`, and no others. `onFailure` hears when WebAssembly does not link. The returned
 * function undoes it.
 */
function serve({ wasm, stdlib }: Parts, onFailure: (cause: unknown) => void): () => void {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  globalThis.fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    switch (url.slice(url.lastIndexOf("/") + 1)) {
      case "pyodide.asm.wasm":
        return new Response(); // What follows takes the module.
      case "python_stdlib.zip":
        return answerOf(await stdlib);
    }
    throw new TypeError(`${url} is not part of the runtime`);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => {
    try {
      const module = await wasm;
      return { module, instance: await WebAssembly.instantiate(module, imports) };
    } catch (cause) {
      onFailure(cause);
      throw cause;
    }
  };
  return () => {
    globalThis.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}
