/**
 * The files of the runtime bundle: fetched side by side, counted byte by byte, checked, and unpacked.
 *
 * The worker's script was built with the SHA-256 of every file, so a file is either the one that was built or it is refused.
 */

import { RuntimeFailure } from "./errors.ts";
import type { BootContext } from "./python.ts";
import { type Decoder, zstdDecoder } from "./zstd.ts";

/** What manifest.json of the bundle says of each file. */
export type Files = Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;

type Fetch = BootContext["fetch"];

/** Packed files carry this after their real name. */
const PACKED = ".bin";
const DECODER = "zstd.wasm";
const ATTEMPTS = 3;
const RETRY_MS = 400;

export class Assets {
  readonly #base: URL;
  readonly #fetch: Fetch;
  readonly #onBytes: (loaded: number, total: number) => void;
  readonly #files: Files;
  readonly #total: number;
  #decoder: Promise<Decoder> | null = null;
  #loaded = 0;

  /** `files` lie below `base`. `onBytes` hears of every piece of every file. */
  constructor(base: URL, files: Files, fetcher: Fetch, onBytes: (loaded: number, total: number) => void) {
    this.#base = base;
    this.#fetch = fetcher;
    this.#onBytes = onBytes;
    this.#files = files;
    this.#total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A script of the bundle, which the browser fetches by itself. */
  async script(name: string): Promise<Readonly<Record<string, unknown>>> {
    const module: Readonly<Record<string, unknown>> = await import(new URL(name, this.#base).href).catch(
      (cause) => {
        throw new RuntimeFailure("network", `${name} could not be imported`, cause);
      },
    );
    this.arrived(name);
    return module;
  }

  /** Counts a file that came another way. */
  arrived(name: string): void {
    this.#count(this.#entry(name).bytes);
  }

  /**
   * The content of packed file `name`. Unpacked in one go when all of it is there: browsers compile WebAssembly lazily, so that
   * there is nothing to gain from beginning early. Throws RuntimeFailure.
   */
  async content(name: string): Promise<Uint8Array<ArrayBuffer>> {
    this.#decoder ??= this.#bytes(DECODER).then(zstdDecoder);
    const [bytes, decode] = await Promise.all([this.#bytes(name + PACKED), this.#decoder]);
    return decode(bytes);
  }

  /** `file` as it was built, counted while it comes. Throws RuntimeFailure. */
  async #bytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.#attempt(file, {});
    } catch (failure) {
      if (failure instanceof RuntimeFailure && failure.code === "damaged") {
        // It may be the browser's own copy that is damaged.
        return this.#attempt(file, { cache: "reload" });
      }
      throw failure;
    }
  }

  async #attempt(file: string, options: RequestInit): Promise<Uint8Array<ArrayBuffer>> {
    const expected = this.#entry(file);
    const bytes = new Uint8Array(expected.bytes);
    const reader = (await opened(this.#fetch, new URL(file, this.#base), options)).getReader();
    let length = 0;
    for (;;) {
      const { value: piece } = await reader.read().catch((cause: unknown) => {
        throw new RuntimeFailure("network", `${file} broke off`, cause);
      });
      if (piece === undefined) {
        break;
      }
      if (length + piece.length > bytes.length) {
        throw new RuntimeFailure("damaged", `${file} is longer than ${bytes.length} bytes`);
      }
      bytes.set(piece, length);
      length += piece.length;
      this.#count(piece.length);
    }
    const digest = await sha256(bytes);
    if (length < bytes.length || (digest !== null && digest !== expected.sha256)) {
      throw new RuntimeFailure("damaged", `${file} has ${length} bytes with SHA-256 ${digest}`);
    }
    return bytes;
  }

  #entry(file: string): { readonly bytes: number; readonly sha256: string } {
    const entry = this.#files[file];
    if (entry === undefined) {
      throw new RuntimeFailure("damaged", `${file} is not in the manifest`);
    }
    return entry;
  }

  #count(bytes: number): void {
    this.#loaded = Math.min(this.#loaded + bytes, this.#total);
    this.#onBytes(this.#loaded, this.#total);
  }
}

/** The body of `url`, tried again when the network fails. Throws RuntimeFailure. */
async function opened(
  fetcher: Fetch,
  url: URL,
  options: RequestInit,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    try {
      const response = await fetcher(url, options);
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
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) {
    return null;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
