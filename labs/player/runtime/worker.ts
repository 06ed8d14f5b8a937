/**
 * Entry of the worker: Python for every lab of the tab. Bundled by itself into lab-worker.js.
 *
 * Answers calls in order, one at a time. While learner code runs, the worker hears a stop only in the moments guard.py gives it.
 */

import { boot, bootFromBundle } from "./boot.ts";
import { RuntimeFailure } from "./errors.ts";
import { lockDown } from "./lockdown.ts";
import type { Connect, FromWorker, Purpose, ToWorker } from "./protocol.ts";
import type { BootContext, Python } from "./python.ts";
import { bootFromSnapshot, keepSnapshot } from "./snapshot.ts";
import type { OutputChunk } from "./types.ts";

/** The part of a worker's global that is used here; the DOM's types stand for a page. */
interface WorkerScope {
  readonly name: Purpose;
  onmessage: ((event: MessageEvent<Connect>) => void) | null;
  readonly createPyodideModule: BootContext["createPyodideModule"];
}

/** The two functions that `begin` of guard.py returns. */
interface Engine {
  answer(request: string, deadlineMs: number): Promise<string>;
  isSound(): Promise<boolean>;
}

interface PyFunction {
  (...args: readonly unknown[]): unknown;
  callPromising(...args: readonly unknown[]): Promise<unknown>;
}

/** Stands for the number of a call while nobody's program runs. */
const REHEARSAL = -1;
const REHEARSALS = 4;
const REHEARSAL_PAUSE_MS = 300;
const REHEARSAL_DEADLINE_MS = 5_000;

/** At most this often, so that progress does not become a flood of its own. */
const PROGRESS_MS = 60;

// Taken now: while Pyodide boots, and after the lock-down, the global of this name is another.
const realFetch = globalThis.fetch.bind(globalThis);
const began = performance.now();
const scope = globalThis as unknown as WorkerScope;

// Imports run before the text that they stand in, which holds the glue.
queueMicrotask(serve);

function serve(): void {
  const { post, connect } = mouth();
  if (scope.name === "keep") {
    scope.onmessage = ({ ports: [port] }) => port && connect(port);
    void keep(post);
    return;
  }
  const ear = new Ear();
  let last: Promise<void> = Promise.resolve();
  let current = 0;
  let stopped = 0;
  /** Nobody has called for a while. */
  let isQuiet = true;

  const send = (stream: OutputChunk["stream"], text: string) =>
    post({ type: "output", id: current, chunks: [{ stream, text }] });
  const asked = () => stopped === current;
  const engine = open(post, send, ear, asked, scope.name === "fresh");
  // Between two times whoever calls is heard.
  const rehearsals = engine.then(async (python) => {
    for (let time = 0; time < REHEARSALS; time++) {
      isQuiet = true;
      await pause(REHEARSAL_PAUSE_MS);
      if (isQuiet) {
        last = last.then(async () => {
          current = REHEARSAL;
          await rehearse(python);
        });
        await last;
      }
    }
  });
  // The page hears of a failure by a message.
  rehearsals.catch(() => undefined);

  const hear = ({ data }: MessageEvent<ToWorker>) => {
    switch (data.type) {
      case "stop":
        stopped = data.id;
        break;
      case "call": {
        isQuiet = false;
        const { id, request, deadlineMs } = data;
        last = last.then(async () => {
          current = id;
          await call(post, engine, id, request, deadlineMs);
        });
        break;
      }
    }
  };
  scope.onmessage = ({ ports: [port] }) => {
    scope.onmessage = null;
    if (port !== undefined) {
      connect(port);
      port.onmessage = hear;
    }
  };
}

/** Plays a program that nobody sees: WebAssembly is compiled when it is first used, and better once it was used often. */
async function rehearse(python: Engine): Promise<void> {
  try {
    await python.answer('{"op": "rehearse"}', REHEARSAL_DEADLINE_MS);
  } catch (error) {
    console.warn("[lab] a rehearsal failed", error);
  }
}

/** A way to speak to the page before there is a port: what was said until then is said first. */
function mouth(): { post: (message: FromWorker) => void; connect: (port: MessagePort) => void } {
  const unsaid: FromWorker[] = [];
  let post = (message: FromWorker): void => void unsaid.push(message);
  return {
    post: (message) => post(message),
    connect: (port) => {
      // Bound now: learner code that changes MessagePort later changes nothing here.
      post = port.postMessage.bind(port);
      for (const message of unsaid.splice(0)) {
        post(message);
      }
    },
  };
}

async function call(
  post: (message: FromWorker) => void,
  engine: Promise<Engine>,
  id: number,
  request: string,
  deadlineMs: number,
): Promise<void> {
  let python: Engine;
  try {
    python = await engine;
  } catch {
    return; // The page was told when it failed.
  }
  let problem: string | null = null;
  try {
    // An answer that came is good, whatever became of Python: nobody waits for the rest.
    post({ type: "reply", id, reply: await python.answer(request, deadlineMs) });
  } catch (error) {
    problem = String(error);
  }
  const ailment = await ailmentOf(python);
  if (ailment !== null) {
    post({ type: "broken", detail: problem ?? ailment });
  } else if (problem !== null) {
    post({ type: "error", id, detail: problem });
  } else {
    post({ type: "sound", id });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function ailmentOf(python: Engine): Promise<string | null> {
  try {
    return (await python.isSound()) ? null : "no sound answer to a ping";
  } catch (error) {
    return String(error);
  }
}

async function open(
  post: (message: FromWorker) => void,
  send: (stream: OutputChunk["stream"], text: string) => void,
  ear: Ear,
  asked: () => boolean,
  fresh: boolean,
): Promise<Engine> {
  const timings: Record<string, number> = {};
  try {
    const strategies = fresh ? [bootFromBundle] : [bootFromSnapshot, bootFromBundle];
    const python = await boot(bootContext(post, timings), strategies);
    const { engine, hears } = await begin(python, send, ear, asked);
    lockDown(globalThis);
    timings.ready = performance.now() - began;
    post({ type: "ready", hears, resumed: "kept" in timings && !("download" in timings), timings });
    return engine;
  } catch (error) {
    const code = error instanceof RuntimeFailure ? error.code : lacking() ? "unsupported" : "start";
    const detail = error instanceof RuntimeFailure ? error.detail : String(error);
    post({ type: "failed", code, detail });
    throw error;
  }
}

async function keep(post: (message: FromWorker) => void): Promise<void> {
  try {
    post({ type: "kept", bytes: await keepSnapshot(bootContext(() => undefined, {})) });
  } catch (error) {
    post({ type: "failed", code: "start", detail: String(error) });
  }
}

function lacking(): boolean {
  return typeof WebAssembly !== "object" || typeof WebAssembly.instantiateStreaming !== "function";
}

function bootContext(post: (message: FromWorker) => void, timings: Record<string, number>): BootContext {
  let shown = Number.NEGATIVE_INFINITY;
  let stageShown = "";
  return {
    base: new URL(`../runtime/${RUNTIME_ID}/`, import.meta.url),
    id: RUNTIME_ID,
    ...RUNTIME_BUNDLE,
    createPyodideModule: takeGlue(),
    // The address names the content, so a copy in the browser's cache needs no asking.
    fetch: (url, options) => realFetch(url, { cache: "force-cache", credentials: "omit", ...options }),
    onProgress: (stage, loaded, total) => {
      const now = performance.now();
      if (stage !== stageShown || now - shown >= PROGRESS_MS || loaded === total) {
        shown = now;
        stageShown = stage;
        post({ type: "progress", stage, loaded, total });
      }
    },
    mark: (stage) => {
      timings[stage] = performance.now() - began;
    },
  };
}

/** What the text that this worker began with left behind (link.ts). */
function takeGlue(): BootContext["createPyodideModule"] {
  const { createPyodideModule } = scope;
  Reflect.deleteProperty(scope, "createPyodideModule");
  return createPyodideModule;
}

async function begin(
  python: Python,
  send: (stream: OutputChunk["stream"], text: string) => void,
  ear: Ear,
  asked: () => boolean,
): Promise<{ engine: Engine; hears: boolean }> {
  const { run_sync: wait, can_run_sync: canWait } = python.pyimport("pyodide.ffi") as Readonly<
    Record<"run_sync" | "can_run_sync", PyFunction>
  >;
  python.unregisterJsModule("js");
  python.unregisterJsModule("pyodide_js");
  const { begin: take } = python.pyimport("lab_guard") as Readonly<Record<"begin", PyFunction>>;
  const [answer, isSound] = take(send, () => ear.listen(), asked, wait, canWait) as PyFunction[];
  if (answer === undefined || isSound === undefined) {
    throw new Error("guard.py returned too little");
  }
  const hears = await canSwitchStacks(canWait);
  // By the same way for both: what is broken may be the way.
  const call = (target: PyFunction, ...args: readonly unknown[]) =>
    hears ? target.callPromising(...args) : Promise.resolve(target(...args));
  return {
    engine: {
      answer: async (request, deadlineMs) => String(await call(answer, request, deadlineMs)),
      isSound: async () => (await call(isSound)) === true,
    },
    hears,
  };
}

async function canSwitchStacks(canWait: PyFunction): Promise<boolean> {
  try {
    return (await canWait.callPromising()) === true;
  } catch {
    // Where there is no stack switching at all, Pyodide refuses to call this way.
    return false;
  }
}

/** A promise that is kept after the messages that have already arrived were heard. Quicker than a timer, which browsers delay. */
class Ear {
  readonly #bell = new MessageChannel();
  #heard: () => void = () => undefined;

  constructor() {
    this.#bell.port1.onmessage = () => this.#heard();
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
      this.#bell.port2.postMessage(null);
    });
  }
}
