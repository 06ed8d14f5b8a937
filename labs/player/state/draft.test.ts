import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AsideVersion, bringForward, type Draft, keepForeign, readDraft } from "./draft.ts";

function draft(change: Partial<Draft> = {}): Draft {
  return {
    schema: 1,
    code: "mine",
    rev: 1,
    at: 10,
    writer: "A",
    accepted: null,
    aside: [],
    hints: 0,
    ...change,
  };
}

const codes = (aside: readonly AsideVersion[]) => aside.map(({ code, origin }) => [code, origin]);

describe("reading what is stored", () => {
  test("a draft survives the way through storage", () => {
    const full = draft({
      accepted: { code: "ok", rev: 1, at: 4, writer: "A" },
      aside: [{ code: "old", rev: 0, at: 2, writer: "Z", origin: "rev" }],
    });
    assert.deepEqual(readDraft(structuredClone(full)), { kind: "draft", draft: full });
  });

  test("nothing stored is no draft", () => {
    assert.deepEqual(readDraft(undefined), { kind: "none" });
  });

  for (const [what, raw] of [
    ["a newer schema", { ...draft(), schema: 2 }],
    ["a missing field", { schema: 1, code: "x" }],
    ["a damaged version aside", { ...draft(), aside: [{ code: 1 }] }],
    ["a damaged accepted code", { ...draft(), accepted: { code: null } }],
    ["a bare string", "print(1)"],
  ] as const) {
    test(`${what} is unreadable and comes back untouched`, () => {
      assert.deepEqual(readDraft(raw), { kind: "unreadable", raw });
    });
  }
});

describe("a step whose rev changed", () => {
  test("starts from the new starter and keeps the old work aside", () => {
    const now = bringForward(draft({ hints: 2 }), 2, "starter 2");
    assert.equal(now.code, "starter 2");
    assert.equal(now.rev, 2);
    assert.equal(now.hints, 0);
    assert.deepEqual(codes(now.aside), [["mine", "rev"]]);
  });

  test("keeps accepted code of the old rev but builds no later step on it", () => {
    const old = draft({ accepted: { code: "passed before", rev: 1, at: 5, writer: "A" } });
    const now = bringForward(old, 2, "starter 2");
    assert.equal(now.accepted, null);
    assert.deepEqual(codes(now.aside), [
      ["passed before", "rev"],
      ["mine", "rev"],
    ]);
  });

  test("changes nothing while the rev is the same", () => {
    assert.deepEqual(bringForward(draft(), 1, "starter"), draft());
  });
});

describe("two tabs at one step", () => {
  const other = (at: number, code: string) => draft({ writer: "B", at, code });

  test("the other tab's code is kept aside, mine stays in the editor", () => {
    const kept = keepForeign(draft(), other(20, "theirs"));
    assert.equal(kept.code, "mine");
    assert.deepEqual(codes(kept.aside), [["theirs", "tab"]]);
  });

  test("taking turns keeps one version of the other tab, the newest", () => {
    let kept = draft();
    for (const turn of [1, 2, 3, 4]) kept = keepForeign(kept, other(20 + turn, `theirs ${turn}`));
    assert.deepEqual(codes(kept.aside), [["theirs 4", "tab"]]);
  });

  test("the same code twice is one version", () => {
    assert.deepEqual(keepForeign(draft(), other(20, "mine")).aside, []);
  });

  test("a pass in the other tab counts here, the newer of two passes wins", () => {
    const passed = (at: number) => ({ code: `passed ${at}`, rev: 1, at, writer: "B" });
    assert.equal(keepForeign(draft(), { ...other(20, "x"), accepted: passed(9) }).accepted?.at, 9);
    assert.equal(
      keepForeign(draft({ accepted: passed(11) }), { ...other(20, "x"), accepted: passed(9) }).accepted?.at,
      11,
    );
  });

  test("what the other tab had kept aside is not forgotten", () => {
    const aside: readonly AsideVersion[] = [{ code: "old", rev: 0, at: 1, writer: "Z", origin: "rev" }];
    assert.deepEqual(codes(keepForeign(draft(), { ...other(20, "theirs"), aside }).aside), [
      ["old", "rev"],
      ["theirs", "tab"],
    ]);
  });
});
