import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rowsInView, scrollTo } from "./rows-in-view.ts";

const ROW = 36;
const view = (scrollTop: number, height = 360) => ({ scrollTop, height });

describe("the rows that are drawn", () => {
  test("are those in view and twelve on either side", () => {
    assert.deepEqual(rowsInView(view(100 * ROW), 10_000, ROW), { first: 88, end: 122 });
  });

  test("stop at the ends of the list", () => {
    assert.deepEqual(rowsInView(view(0), 10_000, ROW), { first: 0, end: 22 });
    assert.deepEqual(rowsInView(view(9_990 * ROW), 10_000, ROW), { first: 9_978, end: 10_000 });
    assert.deepEqual(rowsInView(view(0), 5, ROW), { first: 0, end: 5 });
  });

  test("are never none, also when the list became shorter than the place it was scrolled to", () => {
    assert.deepEqual(rowsInView(view(5_000 * ROW), 40, ROW), { first: 18, end: 40 });
  });

  test("cover a view that bounces above its top", () => {
    assert.deepEqual(rowsInView(view(-80), 10_000, ROW), { first: 0, end: 22 });
  });
});

describe("bringing a row into view", () => {
  test("moves as little as possible", () => {
    assert.equal(scrollTo(3, view(0), ROW), 0);
    assert.equal(scrollTo(10, view(0), ROW), ROW);
    assert.equal(scrollTo(2, view(5 * ROW), ROW), 2 * ROW);
  });
});
