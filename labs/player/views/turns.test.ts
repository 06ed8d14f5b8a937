import assert from "node:assert/strict";
import { it } from "node:test";
import { inTurn } from "./turns.ts";

it("lets the browser do something else between two turns, and keeps their order", async () => {
  const happened: string[] = [];
  const turns = ["one", "two", "three"].map((name) =>
    inTurn().then(() => {
      happened.push(name);
      setTimeout(() => happened.push(`after ${name}`));
    }),
  );
  await Promise.all(turns);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(happened, ["one", "after one", "two", "after two", "three", "after three"]);
});
