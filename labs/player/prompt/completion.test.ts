import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commands } from "./commands.ts";
import { complete, hintFor, type Known } from "./completion.ts";

const known: Known = {
  commands,
  keys: ["cart:1", "cart:2", "name", '"two words"'],
  places: [
    { host: "play.cache.lab", about: "프라이머리" },
    { host: "small.cache.lab", about: "정책은 `allkeys-lru`입니다." },
  ],
};

function texts(before: string): readonly string[] {
  return complete(before, known).options.map(({ text }) => text);
}

describe("completing a line", () => {
  it("offers nothing on an empty line, where Enter does nothing either", () => {
    assert.deepEqual(texts(""), []);
    assert.deepEqual(texts("  "), []);
  });

  it("offers the names that begin with what is typed, in whatever case", () => {
    assert.deepEqual(texts("zr"), ["ZRANK ", "ZREVRANK ", "ZRANGE ", "ZREVRANGE ", "ZREM "]);
    assert.equal(complete("  zr", known).from, 2);
    assert.equal(complete("ttl", known).options.length, 0);
  });

  it("goes on into the second word of a name", () => {
    assert.deepEqual(texts("config"), ["CONFIG GET ", "CONFIG SET "]);
    assert.deepEqual(texts("config  s"), ["CONFIG SET "]);
    assert.deepEqual(complete("config  s", known).from, 0);
  });

  it("offers keys where a key goes, and only there", () => {
    assert.deepEqual(texts("GET "), ["cart:1", "cart:2", "name", '"two words"']);
    assert.deepEqual(texts("get ca"), ["cart:1", "cart:2"]);
    assert.deepEqual(texts("GET name "), []);
    assert.deepEqual(texts("SET name "), []);
    assert.deepEqual(texts("object encoding n"), ["name"]);
    assert.equal(complete("get ca", known).from, 4);
  });

  it("knows which arguments repeat", () => {
    assert.deepEqual(texts("DEL name cart:"), ["cart:1", "cart:2"]);
    assert.deepEqual(texts("MSET cart:1 1 n"), ["name"]);
    assert.deepEqual(texts("MSET cart:1 n"), []);
    assert.deepEqual(texts("ZADD board n"), []);
  });

  it("completes a key in quotes, and takes words in quotes for one", () => {
    assert.deepEqual(texts('GET "two w'), ['"two words"']);
    assert.equal(complete('GET "two w', known).from, 4);
    assert.deepEqual(texts('SET "a b" n'), []);
    assert.deepEqual(texts('DEL "a b" na'), ["name"]);
  });

  it("does not offer the key that stands there already", () => {
    assert.deepEqual(texts("GET name"), []);
  });

  it("offers the endpoints after connect", () => {
    assert.deepEqual(complete("connect s", known), {
      from: 8,
      options: [{ text: "small.cache.lab", detail: "정책은 allkeys-lru입니다." }],
    });
  });
});

describe("the hint", () => {
  const shown = (line: string) => hintFor(line, commands)?.parts.map(({ text, state }) => `${state} ${text}`);

  it("waits until the command is known", () => {
    assert.equal(hintFor("", commands), null);
    assert.equal(hintFor("SE", commands), null);
    assert.equal(hintFor("SET", commands)?.name, "SET");
    assert.equal(hintFor("NOSUCH a", commands), null);
  });

  it("says what the command is for", () => {
    assert.equal(hintFor("ttl ", commands)?.gloss, "남은 초. 없는 키는 -2, TTL이 없으면 -1");
    assert.equal(hintFor("config get x", commands)?.name, "CONFIG GET");
    assert.equal(hintFor("config get", commands)?.name, "CONFIG GET");
    assert.equal(hintFor("connect ", commands)?.name, "connect");
  });

  it("points at the argument being typed", () => {
    assert.deepEqual(shown("SETEX "), ["now key", "later seconds", "later value"]);
    assert.deepEqual(shown("SETEX a"), ["now key", "later seconds", "later value"]);
    assert.deepEqual(shown("SETEX a 1"), ["typed key", "now seconds", "later value"]);
    assert.deepEqual(shown("SETEX a 1 v "), ["typed key", "typed seconds", "typed value"]);
  });

  it("does not guess which option a word is", () => {
    assert.deepEqual(shown("MGET a b c"), ["typed key", "later [key …]"]);
    assert.deepEqual(shown("PING a"), ["later [message]"]);
  });
});
