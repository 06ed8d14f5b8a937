import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { Lasting } from "./lasting.ts";

describe("Lasting", () => {
  let draws: number;
  let goesOn: boolean;
  let lasting: Lasting;

  /** As when the host is drawn. */
  const draw = () => lasting.hostUpdate();

  afterEach(() => mock.timers.reset());

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    draws = 0;
    goesOn = true;
    const host = {
      addController: () => undefined,
      removeController: () => undefined,
      requestUpdate: () => {
        draws++;
        draw();
      },
      updateComplete: Promise.resolve(true),
    };
    lasting = new Lasting(host, () => goesOn);
    draw();
  });

  it("is on after a second, however often the host is drawn, and draws it once", () => {
    mock.timers.tick(600);
    draw();
    mock.timers.tick(399);
    assert.equal(lasting.isOn, false);
    mock.timers.tick(1);
    assert.equal(lasting.isOn, true);
    assert.equal(draws, 1);
    mock.timers.tick(5_000);
    assert.equal(draws, 1);
  });

  it("never comes on for what is over sooner", () => {
    mock.timers.tick(900);
    goesOn = false;
    draw();
    mock.timers.tick(5_000);
    assert.equal(lasting.isOn, false);
    assert.equal(draws, 0);
  });

  it("counts anew for what begins anew", () => {
    mock.timers.tick(1_000);
    goesOn = false;
    draw();
    assert.equal(lasting.isOn, false);
    goesOn = true;
    draw();
    mock.timers.tick(999);
    assert.equal(lasting.isOn, false);
    mock.timers.tick(1);
    assert.equal(lasting.isOn, true);
  });

  it("draws nothing that has left the page", () => {
    lasting.hostDisconnected();
    mock.timers.tick(5_000);
    assert.equal(draws, 0);
  });
});
