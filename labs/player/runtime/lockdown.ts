/**
 * Takes from the worker what learner code must not have: the network, storage that belongs to the page, other workers, code from
 * text, and the channel on which the worker speaks.
 *
 * The Content-Security-Policy already keeps it from other servers and from eval. This closes what a policy does not: the site's
 * own origin, where the learning record lives. Everything fails with a sentence instead of being silently gone.
 */

const REFUSAL =
  "실습 코드는 브라우저와 네트워크를 쓸 수 없습니다. 실습에서는 `redis`와 `database`만 쓰면 됩니다.";

/** Names whose use is refused, wherever in the prototype chain of the global they stand. */
const REFUSED =
  /^(fetch|fetchLater|importScripts|postMessage|close|eval|Function|indexedDB|caches|cookieStore|scheduler|navigation|launchQueue|open(Database|DatabaseSync)|webkit\w+|request\w*FileSystem\w*|showNotification|reportError|Worker|SharedWorker|BroadcastChannel|EventSource|XMLHttpRequest\w*|Notification|Report\w+|Compression\w*|IDB\w+|Cache(Storage)?|Cookie\w+|File(System|Reader)\w*|Storage\w*|Lock\w*|RTC\w+|Web(Socket|Transport)\w*|Push\w+|ServiceWorker\w*|Background\w+|Sync\w*|Periodic\w+|HID\w*|USB\w*|Serial\w*|Bluetooth\w*|GPU\w*|Payment\w+|Permission\w*|PressureO\w+|Media\w+|Audio\w+|Video\w+|Image(Decoder|Track)\w*|AI\w*|LanguageModel|Translator|Summarizer)$/;

/** The few facts about the browser that Python's libraries may ask for. */
const NAVIGATOR_KEPT: ReadonlySet<string> = new Set([
  "constructor",
  "hardwareConcurrency",
  "language",
  "languages",
  "platform",
  "userAgent",
]);

/** Objects with the shape this needs, so that it can be tried on something smaller than a worker. */
export interface Scope {
  readonly navigator?: object;
}

/** To be called once, after everything that needs these has what it needs. Returns the names that are now refused. */
export function lockDown(scope: Scope): readonly string[] {
  const refused: string[] = [];
  for (const holder of chain(scope)) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      if (REFUSED.test(name) && refuse(holder, name)) {
        refused.push(name);
      }
    }
  }
  for (const holder of chain(Object.getPrototypeOf(scope.navigator ?? {}))) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      if (!NAVIGATOR_KEPT.has(name) && refuse(holder, name)) {
        refused.push(`navigator.${name}`);
      }
    }
  }
  refuseCodeFromText();
  return refused;
}

/** `(() => {}).constructor` and its relatives make functions from text, where a policy does not forbid it. */
function refuseCodeFromText(): void {
  const kinds = [() => undefined, async () => undefined, function* () {}, async function* () {}];
  for (const kind of kinds) {
    refuse(Object.getPrototypeOf(kind), "constructor");
  }
}

/** Whether `name` of `holder` is refused from now on: a browser may have fixed a name for good. */
function refuse(holder: object, name: string): boolean {
  if (Object.getOwnPropertyDescriptor(holder, name)?.configurable === false) {
    return false;
  }
  function refused() {}
  if (name === "Function") {
    // Pyodide calls every function through Function.prototype.apply; what makes functions there is refused below.
    refused.prototype = Function.prototype;
  }
  // A function can be called, constructed or looked into; each says no. Reading the name alone is harmless.
  const refusal = new Proxy(refused, {
    apply: sayNo,
    construct: sayNo,
    get: (target, key) => (typeof key === "symbol" || key in target ? Reflect.get(target, key) : sayNo()),
    set: sayNo,
  });
  return Reflect.defineProperty(holder, name, { value: refusal, writable: false, configurable: false });
}

function sayNo(): never {
  throw new Error(REFUSAL);
}

/** `object` and its prototypes, without the one that everything shares. */
function* chain(object: object): Generator<object> {
  for (
    let holder: object | null = object;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    yield holder;
  }
}
