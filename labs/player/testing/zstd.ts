/** zstd.wasm of the runtime bundle, which scripts/steps/runtime_pack.mjs takes from the same place. */

import { readFileSync } from "node:fs";

const MODULE = new URL(import.meta.resolve("zstddec"));

export function zstdWasm(): Uint8Array<ArrayBuffer> {
  const [, base64] = /^const wasm = "(.+)";$/m.exec(readFileSync(MODULE, "utf8")) ?? [];
  return new Uint8Array(Buffer.from(base64 ?? "", "base64"));
}
