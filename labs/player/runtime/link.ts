/** A real worker, started so that the page's Content-Security-Policy binds it too. */

import type { WorkerEvents, WorkerLink } from "./client.ts";
import type { Connect, FromWorker, Purpose } from "./protocol.ts";

/** Absolute addresses. */
export interface WorkerFiles {
  /** The worker's own script, a module. */
  readonly script: string;
  /** Pyodide's large script, gzipped; it leaves its function in the worker's `globalThis.createPyodideModule`. */
  readonly glue: string;
}

/** Kept for the next worker, which must be there quickly. */
let unpacked: Promise<Blob> | null = null;

/**
 * Starts a module worker.
 *
 * A worker takes its policy from its own response, and a static host sends none: learner code could then reach any server. A
 * worker made from a blob inherits the policy of the page, so a blob it is: the glue, and an import of the real script. That the
 * glue is text here also lets it travel packed; as an imported script it would be 0.5 MB more where a host compresses nothing.
 */
export function startWorker(purpose: Purpose, files: WorkerFiles, events: WorkerEvents): WorkerLink {
  const started = performance.now();
  const { port1: port, port2: theirs } = new MessageChannel();
  let worker: Worker | null = null;
  let alive = true;
  let ready = false;
  const died = (detail: string) => {
    if (alive) {
      events.died(detail);
    }
  };
  const erred = (detail: string) => {
    if (ready) {
      // Some callback went astray. Python goes on, and where it does not, the timers of client.ts notice.
      console.warn(`[lab] uncaught in the worker: ${detail}`);
    } else {
      died(detail);
    }
  };
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (alive) {
      if (data.type === "ready") {
        ready = true;
        performance.measure("lab-boot", { start: started, detail: data.timings });
      }
      events.message(data);
    }
  };
  unpackedGlue(files).then(
    (glue) => {
      if (alive) {
        worker = launch(purpose, glue, files.script, theirs, { died, erred });
      }
    },
    (error: unknown) => died(String(error)),
  );
  return {
    post: (message) => port.postMessage(message),
    terminate: () => {
      alive = false;
      port.close();
      worker?.terminate();
    },
  };
}

/** Fetched and unpacked once a tab. May be called ahead of time: the worker then starts at once. */
export function unpackedGlue({ glue }: WorkerFiles): Promise<Blob> {
  unpacked ??= unpack(glue);
  unpacked.catch(() => {
    unpacked = null;
  });
  return unpacked;
}

function launch(
  purpose: Purpose,
  glue: Blob,
  script: string,
  port: MessagePort,
  { died, erred }: Readonly<Record<"died" | "erred", (detail: string) => void>>,
): Worker {
  const text = new Blob([glue, `\nimport ${JSON.stringify(script)};`], { type: "text/javascript" });
  const url = URL.createObjectURL(text);
  const worker = new Worker(url, { type: "module", name: purpose });
  worker.onerror = (event) => {
    event.preventDefault();
    erred(event.message || "the worker's script could not be loaded");
  };
  worker.onmessageerror = () => died("a message could not be read");
  const connect: Connect = { type: "connect" };
  worker.postMessage(connect, [port]);
  // The worker's fetch of its script has begun; it holds on to the blob by itself.
  URL.revokeObjectURL(url);
  return worker;
}

/** gzip ends with a checksum, so text that arrives whole is the text that was built. */
async function unpack(glue: string): Promise<Blob> {
  try {
    return await gunzipped(glue, "force-cache");
  } catch {
    // What the browser kept may be damaged, or the network had a bad moment.
    return gunzipped(glue, "reload");
  }
}

async function gunzipped(url: string, cache: RequestCache): Promise<Blob> {
  const response = await fetch(url, { cache, credentials: "omit" });
  if (!response.ok || response.body === null) {
    throw new Error(`${url}: status ${response.status}`);
  }
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).blob();
}
