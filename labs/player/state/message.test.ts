import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "./message.ts";

test("backticks turn into code and the text around them stays as it is", () => {
  assert.deepEqual(pieces("먼저 `cache.get(key)`를 부르고 `None`인지 보세요."), [
    { kind: "text", text: "먼저 " },
    { kind: "code", text: "cache.get(key)" },
    { kind: "text", text: "를 부르고 " },
    { kind: "code", text: "None" },
    { kind: "text", text: "인지 보세요." },
  ]);
});

test("a backtick without a partner is an ordinary character, and markup is not markup", () => {
  assert.deepEqual(pieces("`열린 <b>채로</b>"), [{ kind: "text", text: "`열린 <b>채로</b>" }]);
});

test("a backtick does not reach over the end of a line", () => {
  assert.deepEqual(pieces("a `b\nc` d"), [{ kind: "text", text: "a `b\nc` d" }]);
});
