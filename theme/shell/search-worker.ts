/**
 * The search worker: started by the theme in place of its own, speaks the theme's messages, and answers with our engine.
 * The theme's engine splits Korean at spaces only and would be sent to every reader with the whole index on the first visit;
 * this one knows particles, joined words and the glossary's other names, and fetches the sections at the first question.
 * Built as one classic script (`search-worker.js?<name of the theme's worker>`), because that is how the theme starts it.
 */

import { type Answer, answer, pagesOf } from "./search/answer.ts";
import { createEngine, type Section } from "./search/engine.ts";

/** Message types of the theme's search worker. */
const SETUP = 0;
const READY = 1;
const QUERY = 2;
const RESULT = 3;

interface Message {
  type: number;
  data?: unknown;
}

interface WorkerScope {
  location: { href: string };
  postMessage(message: Message): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Message>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
let _asking: Promise<(query: string) => Answer> | undefined;
let newest = 0;

scope.addEventListener("message", async ({ data: { type, data } }) => {
  if (type === SETUP) scope.postMessage({ type: READY });
  if (type !== QUERY || typeof data !== "string") return;
  newest += 1;
  const turn = newest;
  const result = data.trim() === "" ? { items: [] } : await ask(data);
  // Only the newest question matters: earlier ones were typed over while the sections came in.
  if (result && turn === newest) scope.postMessage({ type: RESULT, data: result });
});

async function ask(query: string): Promise<Answer | undefined> {
  _asking ??= load();
  try {
    return (await _asking)(query);
  } catch (error) {
    _asking = undefined; // offline for a moment: the next key tries again
    console.error("search sections did not load", error);
    return undefined;
  }
}

async function load(): Promise<(query: string) => Answer> {
  const response = await fetch(new URL("../../search/sections.json", scope.location.href));
  if (!response.ok) throw new Error(`sections.json: ${response.status}`);
  const sections: unknown = await response.json();
  if (!isSections(sections)) throw new Error("sections.json is not a list of sections");
  const engine = createEngine(sections);
  const pages = pagesOf(sections);
  return (query) => answer(engine, pages, query);
}

function isSections(value: unknown): value is readonly Section[] {
  return (
    Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null && "location" in one)
  );
}
