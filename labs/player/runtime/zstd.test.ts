import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { zstdWasm } from "../testing/zstd.ts";
import { zstdDecoder } from "./zstd.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const packed = (content: string) => new Uint8Array(zstdCompressSync(content));

describe("zstdDecoder", () => {
  it("unpacks one after another, each into memory of its own", async () => {
    const decode = await zstdDecoder(zstdWasm());
    const first = decode(packed("첫 번째 ".repeat(10_000)));
    const second = decode(packed("second ".repeat(400_000)));
    assert.equal(text(first), "첫 번째 ".repeat(10_000));
    assert.equal(text(second), "second ".repeat(400_000));
    assert.equal(decode(packed("")).length, 0);
  });

  it("refuses what is not one whole frame", async () => {
    const decode = await zstdDecoder(zstdWasm());
    const whole = packed("content ".repeat(1_000));
    for (const wrong of [new Uint8Array(50).fill(7), whole.slice(0, -8), whole.slice(0, 6)]) {
      assert.throws(() => decode(wrong), RangeError);
    }
    assert.equal(text(decode(whole)), "content ".repeat(1_000), "and goes on afterwards");
  });
});
