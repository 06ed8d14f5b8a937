import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ObjectiveOfItem, summarise } from "./results.ts";
import {
  again,
  begin,
  type Confidence,
  type ItemSpec,
  rate,
  type Session,
  settle,
  type Verdict,
} from "./session.ts";

const see = { title: "엔진 고르기", href: "lessons/x/#choose" };
const OBJECTIVES: Readonly<Record<string, ObjectiveOfItem>> = {
  one: { id: "pick", title: "고른다", see },
  two: { id: "pick", title: "고른다", see },
  three: { id: "keep", title: "지킨다", see },
  four: { id: "grow", title: "늘린다", see },
};
const items: readonly ItemSpec[] = Object.keys(OBJECTIVES).map((id) => ({
  id,
  rev: 1,
  parts: ["a"],
  needed: 1,
  keep: (chosen) => chosen,
}));

function objectiveOf(id: string): ObjectiveOfItem | null {
  return OBJECTIVES[id] ?? null;
}

function answered(...verdicts: readonly (readonly [string, Verdict, Confidence | null])[]): Session {
  return verdicts.reduce(
    (session, [id, verdict, confidence]) => settle(rate(session, id, confidence), id, verdict),
    begin(items, () => 1),
  );
}

describe("the results of a round", () => {
  it("count first attempts, what is open, and where retries brought it", () => {
    let session = answered(["one", "right", null], ["two", "wrong", null]);
    session = settle(
      again(session, "two", () => 2),
      "two",
      "right",
    );
    const results = summarise(session, objectiveOf);
    assert.equal(results.total, 4);
    assert.equal(results.firstRight, 1);
    assert.equal(results.missed, 1);
    assert.equal(results.rightNow, 2);
    assert.deepEqual(results.open, ["three", "four"]);
    assert.deepEqual(results.wrongNow, []);
  });

  it("name the weakest objective first, with its misses among its answered items", () => {
    const results = summarise(
      answered(
        ["one", "right", null],
        ["two", "wrong", null],
        ["three", "wrong", null],
        ["four", "right", null],
      ),
      objectiveOf,
    );
    assert.deepEqual(
      results.weak.map(({ id, missed, total }) => [id, missed, total]),
      [
        ["keep", 1, 1],
        ["pick", 1, 2],
      ],
    );
  });

  it("tell luck from knowledge and a firm mistake from a slip", () => {
    const results = summarise(
      answered(
        ["one", "right", "guess"],
        ["two", "wrong", "sure"],
        ["three", "right", "sure"],
        ["four", "wrong", "guess"],
      ),
      objectiveOf,
    );
    assert.deepEqual(results.lucky, ["one"]);
    assert.deepEqual(results.misconceived, ["two"]);
  });

  it("are the same counts whatever the confidence", () => {
    const verdicts = [
      ["one", "right"],
      ["two", "wrong"],
      ["three", "right"],
    ] as const;
    const counts = (["guess", "unsure", "sure", null] as const).map((confidence) => {
      const session = answered(...verdicts.map(([id, verdict]) => [id, verdict, confidence] as const));
      const { firstRight, rightNow, missed, wrongNow } = summarise(session, objectiveOf);
      return JSON.stringify([firstRight, rightNow, missed, wrongNow]);
    });
    assert.equal(new Set(counts).size, 1);
  });

  it("do without the objective of an item whose rubric is not here", () => {
    const results = summarise(answered(["one", "wrong", null]), () => null);
    assert.equal(results.missed, 1);
    assert.deepEqual(results.weak, []);
  });
});
