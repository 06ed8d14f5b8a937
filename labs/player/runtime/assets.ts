/**
 * The files of the runtime bundle: fetched side by side, counted byte by byte, checked against the manifest, and unpacked.
 *
 * The chain of trust is short: this script was built with RUNTIME_ID, which begins the manifest's SHA-256, and the manifest
 * holds the SHA-256 of every file.
 */

import { Decompress, decompress } from "fzstd";
import { RuntimeFailure } from "./errors.ts";

export interface Manifest {
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** Packed files carry this after their real name. */
const PACKED = ".bin";
const ATTEMPTS = 3;
const RETRY_MS = 400;

export class Assets {
  readonly #base: URL;
  readonly #fetch: typeof fetch;
  readonly #onBytes: (loaded: number, total: number) => void;
  readonly #manifest: Manifest;
  readonly #total: number;
  #loaded = 0;

  private constructor(
    base: URL,
    fetcher: typeof fetch,
    onBytes: (loaded: number, total: number) => void,
    manifest: Manifest,
  ) {
    this.#base = base;
    this.#fetch = fetcher;
    this.#onBytes = onBytes;
    this.#manifest = manifest;
    this.#total = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Fetches the manifest of bundle `id` below `base`. `onBytes` hears of every piece of every file. Throws RuntimeFailure. */
  static async open(
    base: URL,
    id: string,
    fetcher: typeof fetch,
    onBytes: (loaded: number, total: number) => void,
  ): Promise<Assets> {
    const bytes = await new Response(await opened(fetcher, new URL("manifest.json", base))).arrayBuffer();
    const digest = await sha256(bytes);
    if (digest !== null && !digest.startsWith(id)) {
      throw new RuntimeFailure("damaged", `manifest.json is ${digest}, not ${id}`);
    }
    return new Assets(base, fetcher, onBytes, JSON.parse(new TextDecoder().decode(bytes)) as Manifest);
  }

  /** A script of the bundle, which the browser fetches by itself. */
  async script(name: string): Promise<Readonly<Record<string, unknown>>> {
    const module: Readonly<Record<string, unknown>> = await import(new URL(name, this.#base).href).catch((cause) => {
      throw new RuntimeFailure("network", `${name} could not be imported`, cause);
    });
    this.#count(this.#entry(name).bytes);
    return module;
  }

  /** The content of packed file `name`. */
  async content(name: string): Promise<Uint8Array> {
    const packed = new Uint8Array(this.#entry(name + PACKED).bytes);
    let filled = 0;
    for await (const piece of this.#pieces(name + PACKED)) {
      packed.set(piece, filled);
      filled += piece.length;
    }
    return decompress(packed);
  }

  /**
   * The content of packed file `name` as it comes, so that compiling can begin with its first bytes. It ends well only when all of
   * it was right; `onFailure` hears otherwise, because Pyodide only warns and then waits for ever.
   */
  stream(name: string, onFailure: (failure: unknown) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this.#pieces(name + PACKED);
    return new ReadableStream({
      start: async (controller) => {
        const decoder = new Decompress((piece) => controller.enqueue(piece as Uint8Array<ArrayBuffer>));
        try {
          for await (const piece of pieces) {
            decoder.push(piece);
          }
          controller.close();
        } catch (failure) {
          controller.error(failure);
          onFailure(failure);
        }
      },
    });
  }

  /** Plain JSON of the bundle. */
  async json(name: string): Promise<unknown> {
    const text = new TextDecoder();
    let content = "";
    for await (const piece of this.#pieces(name)) {
      content += text.decode(piece, { stream: true });
    }
    return JSON.parse(content);
  }

  /** The bytes of `file` as they come, counted. Throws RuntimeFailure, at the latest when the last piece was not right. */
  async *#pieces(file: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const expected = this.#entry(file);
    const reader = (await opened(this.#fetch, new URL(file, this.#base))).getReader();
    const all: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (;;) {
      const { value: piece } = await reader.read().catch((cause: unknown) => {
        throw new RuntimeFailure("network", `${file} broke off`, cause);
      });
      if (piece === undefined) {
        break;
      }
      all.push(piece);
      length += piece.length;
      if (length > expected.bytes) {
        throw new RuntimeFailure("damaged", `${file} is longer than ${expected.bytes} bytes`);
      }
      this.#count(piece.length);
      yield piece;
    }
    const digest = await sha256(await new Blob(all).arrayBuffer());
    if (length !== expected.bytes || (digest !== null && digest !== expected.sha256)) {
      throw new RuntimeFailure("damaged", `${file} has ${length} bytes with SHA-256 ${digest}`);
    }
  }

  #entry(file: string): { readonly bytes: number; readonly sha256: string } {
    const entry = this.#manifest.files[file];
    if (entry === undefined) {
      throw new RuntimeFailure("damaged", `${file} is not in the manifest`);
    }
    return entry;
  }

  #count(bytes: number): void {
    this.#loaded += bytes;
    this.#onBytes(this.#loaded, this.#total);
  }
}

/** The body of `url`, tried again when the network fails. Throws RuntimeFailure. */
async function opened(fetcher: typeof fetch, url: URL): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    try {
      const response = await fetcher(url);
      if (response.ok && response.body !== null) {
        return response.body;
      }
      problem = `status ${response.status}`;
    } catch (cause) {
      problem = String(cause);
    }
    if (attempt === ATTEMPTS) {
      throw new RuntimeFailure("network", `${url.pathname}: ${problem}`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
  }
}

/** Hex digits, or null on a page without TLS, where browsers offer no digests. */
async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) {
    return null;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
