import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { score } from "./score.ts";

describe("a single answer", () => {
  it("is right when it is the key", () => {
    assert.deepEqual(score(["b"], 1, ["b"], "set"), { state: "right" });
  });

  it("is wrong when it is another", () => {
    assert.deepEqual(score(["a"], 1, ["b"], "set"), { state: "wrong" });
  });

  it("is incomplete when nothing is chosen", () => {
    assert.deepEqual(score([], 1, ["b"], "set"), { state: "incomplete", missing: 1 });
  });
});

describe("a multiple response", () => {
  it("is right with all keys in any order", () => {
    assert.deepEqual(score(["c", "a"], 2, ["a", "c"], "set"), { state: "right" });
  });

  it("gives nothing for a part of the keys", () => {
    assert.deepEqual(score(["a", "b"], 2, ["a", "c"], "set"), { state: "wrong" });
  });

  it("is incomplete, not wrong, with too few picks", () => {
    assert.deepEqual(score(["a"], 2, ["a", "c"], "set"), { state: "incomplete", missing: 1 });
  });

  it("is incomplete, not wrong, with too many picks, though all keys are among them", () => {
    assert.deepEqual(score(["a", "b", "c"], 2, ["a", "c"], "set"), { state: "incomplete", missing: -1 });
  });

  it("does not take one key twice for two keys", () => {
    assert.deepEqual(score(["a", "a"], 2, ["a", "c"], "set"), { state: "wrong" });
  });
});

describe("a sequence", () => {
  it("is right in the right order only", () => {
    assert.deepEqual(score(["a", "b", "c"], 3, ["a", "b", "c"], "sequence"), { state: "right" });
    assert.deepEqual(score(["a", "c", "b"], 3, ["a", "b", "c"], "sequence"), { state: "wrong" });
  });

  it("is incomplete while steps are missing, even when those placed are right", () => {
    assert.deepEqual(score(["a", "b"], 3, ["a", "b", "c"], "sequence"), { state: "incomplete", missing: 1 });
  });
});

describe("pairs", () => {
  it("are right when every pair is", () => {
    assert.deepEqual(score(["y:2", "x:1"], 2, ["x:1", "y:2"], "set"), { state: "right" });
    assert.deepEqual(score(["x:2", "y:1"], 2, ["x:1", "y:2"], "set"), { state: "wrong" });
  });
});

describe("a typed command", () => {
  const accepted = ["SET a 1 EX 60", "SETEX a 60 1"];
  it("is right when it is any of the accepted lines", () => {
    assert.deepEqual(score(["setex a 60 1"], 1, accepted, "command"), { state: "right" });
  });

  it("is wrong when it is none of them", () => {
    assert.deepEqual(score(["SET a 1"], 1, accepted, "command"), { state: "wrong" });
  });

  it("is incomplete, not wrong, when nothing was typed", () => {
    assert.deepEqual(score([], 1, accepted, "command"), { state: "incomplete", missing: 1 });
  });
});
