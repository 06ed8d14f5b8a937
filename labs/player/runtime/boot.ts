/**
 * Brings Python to life in the worker: `boot` tries the given strategies in order, the quickest first.
 *
 * A strategy that cannot (no snapshot, a stale one) returns null; one that fails is reported and the next is tried.
 */

import type { PyodideAPI } from "pyodide";
import { Assets, type Fetch } from "./assets.ts";
import { RuntimeFailure } from "./errors.ts";
import type { BootStage } from "./protocol.ts";
import { readStoredZip } from "./zip.ts";

export interface BootContext {
  /** The bundle's folder. */
  readonly base: URL;
  readonly id: string;
  /** Pyodide's large script, which the worker began with. */
  readonly createPyodideModule: NonNullable<Config["createPyodideModule"]>;
  readonly fetch: Fetch;
  readonly onProgress: (stage: BootStage, loaded: number, total: number) => void;
  readonly mark: (stage: string) => void;
}

/** Python with the engine imported and one cache command answered. */
export type Python = PyodideAPI;

/** Throws RuntimeFailure or whatever went wrong. */
export type BootStrategy = (context: BootContext) => Promise<Python | null>;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly file_name: string; readonly sha256: string }>>;
}

type LoadPyodide = typeof import("pyodide").loadPyodide;
type Config = NonNullable<Parameters<LoadPyodide>[0]>;
type FsInit = NonNullable<Config["fsInit"]>;

/** Where the standard library and the packages lie. */
const LIBRARY = "/lib";
const READ_ONLY = 0o555;

/** What the worker needs to have in memory before learner code comes: the engine, every lab, and the libraries. */
const OPEN = `
from labs.engine import service
service.handle('{"op": "ping"}', lambda stream, text: None)
`;

export async function boot(context: BootContext, strategies: readonly BootStrategy[]): Promise<Python> {
  let problem: unknown = new RuntimeFailure("start", "no way to start");
  for (const strategy of strategies) {
    try {
      const python = await strategy(context);
      if (python !== null) {
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
  context.onProgress("download", 0, 0);
  const assets = await Assets.open(context.base, context.id, context.fetch, (loaded, total) =>
    context.onProgress("download", loaded, total),
  );
  // Everything at once: the network is the slowest part of a first visit.
  const wasm = assets.content("pyodide.asm.wasm");
  const stdlib = assets.content("python_stdlib.zip");
  const lock = assets.json("pyodide-lock.json") as Promise<Lock>;
  const packages = lock.then((known) => loadPackages(assets, known));
  const script = assets.script("pyodide.mjs");
  assets.arrived("pyodide.asm.mjs.bin");
  const downloads = Promise.all([script, lock, wasm, stdlib, packages]);
  // Pyodide only warns of a file it could not get, and then waits for ever.
  const broken = downloads.then(() => new Promise<never>(() => undefined));
  for (const promise of [wasm, stdlib, lock, packages, script, broken]) {
    promise.catch(() => undefined);
  }
  const { loadPyodide } = await script;
  const restoreFetch = serve({
    "pyodide.asm.wasm": async () =>
      new Response(await wasm, { headers: { "Content-Type": "application/wasm" } }),
    "python_stdlib.zip": async () => new Response(await stdlib),
  });
  downloads.then(
    () => {
      context.mark("download");
      context.onProgress("start", 0, 0);
    },
    () => undefined,
  );
  try {
    const python = await Promise.race([
      broken,
      (loadPyodide as LoadPyodide)({
        indexURL: context.base.href,
        packageBaseUrl: context.base.href,
        lockFileContents: (await lock) as unknown as NonNullable<Config["lockFileContents"]>,
        createPyodideModule: context.createPyodideModule,
        fsInit: unpackInto(packages),
        stdin: () => null,
      }),
    ]);
    context.mark("start");
    context.onProgress("open", 0, 0);
    python.runPython(OPEN);
    protect(python.FS, LIBRARY);
    context.mark("open");
    return python;
  } finally {
    restoreFetch();
  }
};

type Files = readonly { readonly name: string; readonly data: Uint8Array }[];

async function loadPackages(assets: Assets, lock: Lock): Promise<Files> {
  const archives = await Promise.all(
    Object.values(lock.packages).map(({ file_name }) => assets.content(file_name.replace(/\.bin$/, ""))),
  );
  return archives.flatMap(readStoredZip);
}

/** Puts the packages where Python looks for them. Quicker than loadPackage, which unpacks with Python. */
function unpackInto(packages: Promise<Files>): FsInit {
  return async (fs, { sitePackages }) => {
    const folders = new Set<string>();
    for (const { name, data } of await packages) {
      const path = `${sitePackages}/${name}`;
      const folder = path.slice(0, path.lastIndexOf("/"));
      if (!folders.has(folder)) {
        fs.mkdirTree(folder);
        folders.add(folder);
      }
      fs.writeFile(path, data, { canOwn: true });
    }
  };
}

/** Learner code may delete files, but not those that the next run needs. */
function protect(fs: Python["FS"], folder: string): void {
  for (const name of fs.readdir(folder) as string[]) {
    const path = `${folder}/${name}`;
    if (name !== "." && name !== ".." && fs.isDir(fs.stat(path).mode)) {
      protect(fs, path);
    }
  }
  fs.chmod(folder, READ_ONLY);
}

/** Lets Pyodide's own requests for `files` be answered by us, and no others. The returned function undoes it. */
function serve(files: Readonly<Record<string, () => Promise<Response>>>): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const answer = files[url.slice(url.lastIndexOf("/") + 1)];
    return answer ? answer() : Promise.reject(new TypeError(`${url} is not part of the runtime`));
  };
  return () => {
    globalThis.fetch = original;
  };
}
