import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readStoredZip } from "./zip.ts";

/** What `zipfile` writes for `labs/한글.py` ("x = 1\n") and the empty `b`; `method` 8 pretends that the first is compressed. */
function archive(method = 0): Uint8Array {
  const utf8 = new TextEncoder();
  const files = [
    { name: utf8.encode("labs/한글.py"), data: utf8.encode("x = 1\n") },
    { name: utf8.encode("b"), data: new Uint8Array() },
  ];
  const parts: number[] = [];
  const central: number[] = [];
  const two = (value: number) => [value & 255, value >> 8];
  const four = (value: number) => [...two(value & 0xffff), ...two(value >>> 16)];
  files.forEach(({ name, data }, index) => {
    const how = index === 0 ? method : 0;
    const common = [
      ...two(20),
      ...two(0x800),
      ...two(how),
      ...four(0),
      ...four(0),
      ...four(data.length),
      ...four(data.length),
    ];
    central.push(
      ...four(0x02014b50),
      ...two(20),
      ...common,
      ...two(name.length),
      ...two(0),
      ...two(0),
      ...two(0),
      ...two(0),
    );
    central.push(...four(0), ...four(parts.length), ...name);
    parts.push(...four(0x04034b50), ...common, ...two(name.length), ...two(0), ...name, ...data);
  });
  const end = [
    ...four(0x06054b50),
    ...two(0),
    ...two(0),
    ...two(2),
    ...two(2),
    ...four(central.length),
    ...four(parts.length),
  ];
  return Uint8Array.from([...parts, ...central, ...end, ...two(0)]);
}

describe("readStoredZip", () => {
  it("gives every file under its name", () => {
    const entries = readStoredZip(archive()).map(({ name, data }) => [name, new TextDecoder().decode(data)]);
    assert.deepEqual(entries, [
      ["labs/한글.py", "x = 1\n"],
      ["b", ""],
    ]);
  });

  it("reads a zip that lies inside a larger buffer", () => {
    const whole = archive();
    const larger = new Uint8Array(whole.length + 7);
    larger.set(whole, 7);
    assert.equal(readStoredZip(larger.subarray(7)).length, 2);
  });

  it("refuses a compressed file instead of handing out its bytes", () => {
    assert.throws(() => readStoredZip(archive(8)), /labs\/한글\.py is compressed/);
  });

  it("refuses what is not a zip", () => {
    assert.throws(() => readStoredZip(new Uint8Array(5)), RangeError);
    assert.throws(() => readStoredZip(new Uint8Array(100)), RangeError);
  });
});
