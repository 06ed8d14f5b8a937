/**
 * Stands in for the theme's search worker and hands it the index at the first search. The theme sends worker and index to
 * every reader on the first visit, which would cost more than the page itself; this file is what they pay instead.
 * Built as one classic script (`search-worker.js?<name of the theme's worker>`), because that is how the theme starts it.
 */

/** Message types of the theme's search worker. */
const SETUP = 0;
const READY = 1;
const QUERY = 2;

interface Message {
  type: number;
  data?: unknown;
}

interface Index {
  config: unknown;
  docs: readonly unknown[];
}

interface WorkerScope {
  location: { href: string; search: string };
  importScripts(url: string): void;
  postMessage(message: Message): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Message>) => void): void;
  dispatchEvent(event: Event): boolean;
}

const scope = globalThis as unknown as WorkerScope;
const urlOf = (path: string) => new URL(path, scope.location.href).href;

let setup: { index: Index; options: unknown } | undefined;
let lastQuery: Message | undefined;
let _starting: Promise<void> | undefined;
let started = false;

// Registered before the theme's own listener, so it can hold messages back until that one exists.
scope.addEventListener("message", (event) => {
  // What this file hands on is dispatched by script; only messages from the page are held back.
  if (started || !event.isTrusted) return;
  event.stopImmediatePropagation();
  const { type, data } = event.data;
  if (type === SETUP) {
    setup = readSetup(data);
    scope.postMessage({ type: READY });
  } else if (type === QUERY) {
    lastQuery = event.data;
    if (typeof data === "string" && data.trim() !== "") start();
  }
});

function start(): void {
  _starting ??= hand().catch((error: unknown) => {
    _starting = undefined; // offline for a moment: the next key tries again
    console.error("search index did not load", error);
  });
}

async function hand(): Promise<void> {
  if (!setup) return;
  const docs = setup.index.docs.length > 0 ? setup.index.docs : await fetchSections();
  scope.importScripts(urlOf(`../javascripts/workers/${scope.location.search.slice(1)}`));
  send({ type: SETUP, data: { config: setup.index.config, docs, options: setup.options } });
  // The theme's worker builds its index in the microtasks that follow; a question before that would find nothing.
  await new Promise((resolve) => setTimeout(resolve));
  started = true;
  // Only the newest question matters: earlier ones were typed over while the index came in.
  if (lastQuery) send(lastQuery);
}

/** The sections of the site, apart from the small `search_index.json` that the theme always loads. */
async function fetchSections(): Promise<readonly unknown[]> {
  const response = await fetch(urlOf("../../search/sections.json"));
  if (!response.ok) throw new Error(`sections.json: ${response.status}`);
  const sections: unknown = await response.json();
  if (!Array.isArray(sections)) throw new Error("sections.json is not a list");
  return sections;
}

function send(message: Message): void {
  scope.dispatchEvent(new MessageEvent("message", { data: message }));
}

function readSetup(data: unknown): { index: Index; options: unknown } {
  const { config, docs, options } = data as Index & { options: unknown };
  return { index: { config, docs }, options };
}
