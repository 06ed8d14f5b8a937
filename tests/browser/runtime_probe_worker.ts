/**
 * A worker started the way the lab's is, which tries to get out: before the lock-down, where only the page's policy holds it, and
 * after. Answers with everything it reached, which must be nothing.
 */

import { lockDown } from "../../labs/player/runtime/lockdown.ts";

const OUTSIDE = "http://127.0.0.1:1/";
const NAMES = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "WebTransport",
  "EventSource",
  "importScripts",
  "indexedDB",
  "IDBFactory",
  "IDBDatabase",
  "caches",
  "CacheStorage",
  "BroadcastChannel",
  "Worker",
  "SharedWorker",
  "FileReaderSync",
  "Notification",
  "postMessage",
  "close",
  "eval",
  "Function",
];
const NAVIGATOR = [
  "storage",
  "locks",
  "serviceWorker",
  "permissions",
  "usb",
  "serial",
  "hid",
  "gpu",
  "connection",
];

type Member = ((argument: string) => unknown) &
  (new (
    argument: string,
  ) => unknown) & { open(name: string): unknown };

async function answer(port: MessagePort): Promise<void> {
  const violations: string[] = [];
  addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
  const before: string[] = [];
  await fetch(OUTSIDE, { mode: "no-cors" }).then(
    () => before.push("fetch"),
    () => undefined,
  );
  try {
    Reflect.construct(Function, ["return 1"]);
    before.push("Function");
  } catch {}
  // Violations are told in tasks of their own.
  await new Promise((resolve) => setTimeout(resolve, 50));

  const post = port.postMessage.bind(port);
  lockDown(globalThis);
  const reached: string[] = [];
  const scope = globalThis as unknown as Record<string, Member>;
  for (const name of NAMES) {
    const attempts: ((member: Member) => unknown)[] = [
      (member) => member(OUTSIDE),
      (member) => new member(OUTSIDE),
      (member) => member.open("lab"),
    ];
    for (const attempt of attempts) {
      try {
        attempt(scope[name] as Member);
        reached.push(name);
      } catch (error) {
        // What this browser does not have is refused by not being there.
        if (name in scope && !String(error).includes("쓸 수 없습니다")) {
          reached.push(`${name}: ${error}`);
        }
      }
    }
  }
  for (const name of NAVIGATOR) {
    try {
      if (Reflect.get(navigator, name)?.request !== undefined) {
        reached.push(`navigator.${name}`);
      }
    } catch {}
  }
  post({ type: "reply", id: 0, reply: JSON.stringify({ before, violations, reached }) });
}

globalThis.onmessage = ({ ports: [port] }: MessageEvent) => {
  if (port !== undefined) {
    void answer(port);
  }
};
