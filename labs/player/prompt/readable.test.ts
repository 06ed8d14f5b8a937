import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "./readable.ts";

test("letters of every length in UTF-8 are shown", () => {
  assert.equal(readable(String.raw`"\xec\x88\x98\xeb\xb0\x95"`), '"수박"');
  assert.equal(readable(String.raw`1) "caf\xc3\xa9"`), '1) "café"');
  assert.equal(readable(String.raw`"\xf0\x9f\x8d\x89!"`), '"🍉!"');
});

test("bytes that are no letter stay as redis-cli prints them", () => {
  for (const reply of [
    String.raw`"\x00\x01"`,
    String.raw`"\xff\xfe"`,
    String.raw`"\xec\x88"`,
    String.raw`"\xed\xa0\x80"`,
    "(nil)",
  ])
    assert.equal(readable(reply), reply);
});

test("letters between such bytes are shown all the same", () => {
  assert.equal(readable(String.raw`"\xff\xec\x88\x98\x00"`), String.raw`"\xff수\x00"`);
});

test("a value that spells an escape is not taken for one", () => {
  const spelled = String.raw`"\\xec\\x88\\x98"`;
  assert.equal(readable(spelled), spelled);
});
