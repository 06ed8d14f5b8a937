import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lockDown } from "./lockdown.ts";

/** The shape of a worker's global: functions and getters that live on prototypes, and own constructors. */
function worker() {
  class Navigator {
    get storage() {
      return { getDirectory: () => "the page's files" };
    }
    get userAgent() {
      return "test";
    }
  }
  class Scope {
    readonly navigator = new Navigator();
    readonly XMLHttpRequest = class {};
    readonly IDBFactory = class {};
    readonly setTimeout = () => 1;
    readonly Uint8Array = Uint8Array;
    fetch() {
      return "the network";
    }
    get indexedDB() {
      return { open: () => "the learning record" };
    }
    importScripts() {
      return "code";
    }
    postMessage() {
      return "the page";
    }
  }
  return new Scope();
}

const refusal = /실습 코드는 브라우저와 네트워크를 쓸 수 없습니다/;

describe("lockDown", () => {
  it("refuses with a sentence, wherever in the chain a name lives", () => {
    const scope = worker();
    lockDown(scope);
    assert.throws(() => scope.fetch(), refusal);
    assert.throws(() => scope.importScripts(), refusal);
    assert.throws(() => scope.postMessage(), refusal);
    assert.throws(() => new scope.XMLHttpRequest(), refusal);
    assert.throws(() => new scope.IDBFactory(), refusal);
    assert.throws(() => scope.indexedDB.open(), refusal);
    assert.throws(() => scope.navigator.storage.getDirectory(), refusal);
  });

  it("leaves what Python needs", () => {
    const scope = worker();
    lockDown(scope);
    assert.equal(scope.setTimeout(), 1);
    assert.equal(scope.navigator.userAgent, "test");
    assert.equal(scope.Uint8Array, Uint8Array);
  });

  it("cannot be undone", () => {
    const scope = worker();
    lockDown(scope);
    const prototype = Object.getPrototypeOf(scope);
    assert.throws(() => Object.defineProperty(prototype, "fetch", { value: () => "the network" }), TypeError);
    assert.equal(Reflect.deleteProperty(prototype, "indexedDB"), false);
  });

  it("makes no code from text, by any kind of function", () => {
    lockDown(worker());
    const kinds = [() => undefined, async () => undefined, function* () {}, async function* () {}];
    for (const kind of kinds) {
      assert.throws(() => Reflect.construct(Object.getPrototypeOf(kind).constructor, ["return 1"]), refusal);
    }
  });

  it("says what it took", () => {
    const refused = lockDown(worker());
    assert.deepEqual([...refused].sort(), [
      "IDBFactory",
      "XMLHttpRequest",
      "fetch",
      "importScripts",
      "indexedDB",
      "navigator.storage",
      "postMessage",
    ]);
  });
});
