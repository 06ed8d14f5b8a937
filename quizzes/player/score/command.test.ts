import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { canonical, rejectedBy, sameCommand, splitLine } from "./command.ts";

/** The same cases that labs/engine/command_line.py is held to. */
const lines = JSON.parse(
  readFileSync(new URL("../../../tests/quizzes/command_lines.json", import.meta.url), "utf8"),
) as readonly { line: string; words: readonly string[] | null }[];

describe("a line is split as redis-cli splits it", () => {
  for (const { line, words } of lines)
    it(JSON.stringify(line), () => {
      assert.deepEqual(splitLine(line), words);
    });
});

describe("the same command", () => {
  const key = "SET session:1 on EX 60 NX";
  for (const line of [
    key,
    "  set   session:1  on ex 60 nx ",
    "SET session:1 on NX EX 60",
    'SET "session:1" \'on\' EX "60" NX',
    "SET session:1 “on” EX 60 NX",
    "SET\u00a0session:1 on EX 60 NX",
  ])
    it(line, () => {
      assert.ok(sameCommand(line, key));
    });

  it("may be written in decomposed Hangul", () => {
    assert.ok(sameCommand("ZSCORE board 민준".normalize("NFD"), "ZSCORE board 민준"));
  });
});

describe("another command", () => {
  const key = "SET session:1 on EX 60 NX";
  for (const line of [
    "SET session:1 on EX 60",
    "SET session:1 on EX 61 NX",
    "SET session:1 on PX 60 NX",
    "SET SESSION:1 on EX 60 NX",
    "SET session:1 ON EX 60 NX",
    "SET session:1 on 60 EX NX",
    "SET session:1 on EX NX 60",
    "SET session:1 on EX 60 NX more",
    "SET session:1 'on EX 60 NX",
    "",
  ])
    it(JSON.stringify(line), () => {
      assert.ok(!sameCommand(line, key));
    });

  it("is every line that cannot be read, even the same one", () => {
    assert.ok(!sameCommand('GET "a', 'GET "a'));
  });
});

describe("options", () => {
  it("before scores are put in order, and scores stay with their members", () => {
    assert.ok(sameCommand("ZADD board ch gt 20 민준 10 서연", "ZADD board GT CH 20 민준 10 서연"));
    assert.ok(!sameCommand("ZADD board GT 20 민준 10 서연", "ZADD board GT 10 서연 20 민준"));
  });

  it("keep their values", () => {
    assert.deepEqual(canonical("zrange b 0 9 withscores limit 0 2 byscore"), [
      "ZRANGE",
      "b",
      "0",
      "9",
      "BYSCORE",
      "LIMIT",
      "0",
      "2",
      "WITHSCORES",
    ]);
  });

  it("are ordinary words where a command has none", () => {
    assert.deepEqual(canonical("del nx NX"), ["DEL", "nx", "NX"]);
  });
});

describe("a wrong line", () => {
  const rejects = { "no-expiry": ["SET a 1", "SET a 1 KEEPTTL"], "other-key": ["SET b 1 EX 60"] };
  it("is answered by the reason that knows it", () => {
    assert.equal(rejectedBy("set a 1 keepttl", rejects), "no-expiry");
    assert.equal(rejectedBy("SET b 1 ex 60", rejects), "other-key");
  });

  it("may be known to none", () => {
    assert.equal(rejectedBy("SET c 1", rejects), null);
  });
});
