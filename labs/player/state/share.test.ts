import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MOST_CODE, readShare, shareFragment } from "./share.ts";

const step = "look-first";
const code = 'cache.set("이름", "김하나")\n# 끝 🙂\n'.repeat(40);

describe("a shared step", () => {
  test("comes out as it went in, Korean and all", async () => {
    const fragment = await shareFragment({ step, rev: 2, code });
    assert.deepEqual(await readShare(fragment), { kind: "shared", shared: { step, rev: 2, code } });
  });

  test("empty code is code", async () => {
    const fragment = await shareFragment({ step, rev: 1, code: "" });
    assert.deepEqual(await readShare(fragment), { kind: "shared", shared: { step, rev: 1, code: "" } });
  });

  test("four thousand letters of ordinary code make a link of fewer than two thousand", async () => {
    const lines = Array.from(
      { length: 100 },
      (_, n) => `    total_${n} = cache.get(f"product:{${n * 7919}}")`,
    );
    const ordinary = lines.join("\n").slice(0, 4_000);
    assert.ok((await shareFragment({ step, rev: 1, code: ordinary })).length < 2_000);
  });

  test("needs no letter that a link would have to escape", async () => {
    assert.match(await shareFragment({ step, rev: 1, code }), /^#share=[\w.-]+$/);
  });
});

describe("a fragment from anyone", () => {
  test("about something else is none of ours", async () => {
    assert.deepEqual(await Promise.all(["", "#look-first", "#share", "#__tabbed_1_2"].map(readShare)), [
      null,
      null,
      null,
      null,
    ]);
  });

  test("that was cut off on its way is broken", async () => {
    const whole = await shareFragment({ step, rev: 1, code });
    for (const cut of [
      whole.slice(0, -9),
      `#share=${step}`,
      `#share=${step}.1`,
      `${whole}!`,
      `#share=${step}.x.AAAA`,
    ]) {
      assert.deepEqual(await readShare(cut), { kind: "broken", step }, cut);
    }
  });

  test("that is not text is broken", async () => {
    const bytes = new Blob([new Uint8Array([0xff, 0xfe, 0xfd])]);
    const deflated = await new Response(
      bytes.stream().pipeThrough(new CompressionStream("deflate-raw")),
    ).arrayBuffer();
    const packed = Buffer.from(deflated).toString("base64url");
    assert.deepEqual(await readShare(`#share=${step}.1.${packed}`), { kind: "broken", step });
  });

  test("that unpacks to more than anybody writes is broken, not unpacked", async () => {
    const bomb = await shareFragment({ step, rev: 1, code: "a".repeat(MOST_CODE * 4) });
    assert.ok(bomb.length < 2_000);
    assert.deepEqual(await readShare(bomb), { kind: "broken", step });
  });
});
