/**
 * The page's side of Python: one worker, replaced when it cannot go on, and one run at a time.
 *
 * Knows nothing of Pyodide and little of browsers: a worker is a `WorkerLink`, so that every race is tested with a fake one.
 */

import { RuntimeFailure } from "./errors.ts";
import { CRASHED, loadingNote } from "./messages.ts";
import type { BootStage, FromWorker, Purpose, ToWorker } from "./protocol.ts";
import {
  endedCheck,
  endedRun,
  readCheckReport,
  readNames,
  readPromptReport,
  readRunReport,
} from "./report.ts";
import {
  type CheckReport,
  type CompletionName,
  DEFAULT_DEADLINE_MS,
  type LabRuntime,
  type OutputChunk,
  PROMPT_DEADLINE_MS,
  type PromptReport,
  type PromptRequest,
  type RunReport,
  type RunRequest,
  type RuntimeStatus,
} from "./types.ts";

/** A worker as the client sees it. */
export interface WorkerLink {
  post(message: ToWorker): void;
  terminate(): void;
}

export interface WorkerEvents {
  message(message: FromWorker): void;
  /** The worker ended by itself, or never came to life. */
  died(detail: string): void;
}

export interface ClientServices {
  spawn(purpose: Purpose, events: WorkerEvents): WorkerLink;
  now(): number;
  /** Runs `action` after `ms`; the returned function prevents it. */
  later(ms: number, action: () => void): () => void;
}

/** How long a worker that hears a stop may take to end the run. C code can only be ended together with its worker. */
const HEARD_STOP_MS = 500;
/** A worker that cannot hear is given the time of a run that was just ending. */
const UNHEARD_STOP_MS = 150;
/** Beyond the deadline, which the worker enforces itself: for grading, and for slow phones. */
const OVERDUE_MS = 4_000;
/** A timer this late means that the page was asleep, and the worker with it. */
const ASLEEP_MS = 2_000;
/** A boot that says nothing for so long will not go on. Only the network may take its time. */
const SILENT_BOOT_MS: Readonly<Record<BootStage, number>> = { download: 45_000, start: 20_000, open: 20_000 };
/** Where the stages of a boot lie between 0 and 1. */
const STAGE_PROGRESS: Readonly<Record<BootStage, readonly [from: number, to: number]>> = {
  download: [0, 0.7],
  start: [0.7, 0.85],
  open: [0.85, 1],
};

/** How a run ends when the engine does not answer. */
type Ended = "stopped" | "deadline" | "internal";

/** What was asked of Python and is not answered yet. */
interface Pending {
  readonly id: number;
  readonly answer: (reply: string) => void;
  readonly fail: (failure: RuntimeFailure) => void;
}

/** The one run, check or line that is going on. */
interface Job extends Pending {
  /** Tells whether the engine owned up to a fault of its own. */
  readonly answer: (reply: string) => boolean;
  readonly onOutput: (chunk: OutputChunk) => void;
  readonly end: (how: Ended) => void;
  readonly settled: Promise<unknown>;
  sent: boolean;
  stopping: boolean;
  /** Takes back the timer that would give the worker up. */
  disarm: () => void;
}

/** One worker, from its first byte to its end. */
interface Connection {
  readonly link: WorkerLink;
  readonly ready: Promise<void>;
  readonly opened: () => void;
  readonly refused: (failure: RuntimeFailure) => void;
  readonly again: boolean;
  /** Started by itself because the one before it did not start. */
  readonly isSecondTry: boolean;
  isReady: boolean;
  hears: boolean;
  heard: boolean;
  /** The last run and what follows it, until the worker is known to be sound: nothing new is sent to one about to be replaced. */
  trial: { readonly id: number; readonly isOver: Promise<void>; readonly end: () => void } | null;
  progress: number;
  disarm: () => void;
}

export class LabClient implements LabRuntime {
  readonly #services: ClientServices;
  readonly #listeners = new Set<(status: RuntimeStatus) => void>();
  readonly #asked = new Map<number, Pending>();
  #status: RuntimeStatus = { state: "idle" };
  #connection: Connection | null = null;
  #job: Job | null = null;
  #nextId = 1;
  /** After a boot that failed, the next one does not begin with kept memory, which may have been the cause. */
  #distrustsMemory = false;

  constructor(services: ClientServices) {
    this.#services = services;
  }

  get status(): RuntimeStatus {
    return this.#status;
  }

  onStatus(listener: (status: RuntimeStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  preload(): void {
    // Whoever waits for Python hears of a failure there; here it shows in the status only.
    this.#ready().catch(() => undefined);
  }

  run(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<RunReport> {
    const ended = (how: Ended) => endedRun(how, how === "internal" ? CRASHED : "");
    const { deadlineMs, ...asked } = request;
    return this.#perform({ op: "run", ...asked }, deadlineMs, onOutput, readRunReport, ended);
  }

  check(request: RunRequest, onOutput: (chunk: OutputChunk) => void): Promise<CheckReport> {
    const ended = (how: Ended) => endedCheck(how, how === "internal" ? CRASHED : "");
    const { deadlineMs, ...asked } = request;
    return this.#perform({ op: "check", ...asked }, deadlineMs, onOutput, readCheckReport, ended);
  }

  async prompt(request: PromptRequest): Promise<PromptReport> {
    while (this.#job !== null) {
      await this.#job.settled;
    }
    const ended = (how: Ended) =>
      new RuntimeFailure(how === "internal" ? "crashed" : how, "a line at the prompt did not end");
    const asked = "advanceS" in request ? { advance_s: request.advanceS } : request;
    const sent = { op: "prompt", ...asked };
    return this.#perform(sent, PROMPT_DEADLINE_MS, () => undefined, readPromptReport, ended);
  }

  async names(lab: string): Promise<readonly CompletionName[]> {
    const request = JSON.stringify({ op: "names", lab });
    try {
      return readNames(await this.#ask(request));
    } catch (failure) {
      if (!(failure instanceof RuntimeFailure && failure.code === "crashed")) {
        throw failure;
      }
      // The worker was replaced while it was busy with a run; the question was not at fault.
      return readNames(await this.#ask(request));
    }
  }

  async stop(): Promise<void> {
    const job = this.#job;
    const connection = this.#connection;
    if (job === null) {
      return;
    }
    if (!job.sent || connection === null) {
      this.#settle(job, () => job.end("stopped"));
      return;
    }
    if (!job.stopping) {
      job.stopping = true;
      connection.link.post({ type: "stop", id: job.id });
      const grace = connection.hears ? HEARD_STOP_MS : UNHEARD_STOP_MS;
      this.#arm(job, connection, grace, "stopped");
    }
    await job.settled;
  }

  #perform<Report extends object>(
    asked: { readonly op: string },
    deadlineMs = DEFAULT_DEADLINE_MS,
    onOutput: (chunk: OutputChunk) => void,
    read: (reply: string) => Report,
    ended: (how: Ended) => Report | RuntimeFailure,
  ): Promise<Report> {
    if (this.#job !== null) {
      return Promise.reject(new RuntimeFailure("busy", `${asked.op} while another run goes on`));
    }
    const { promise, resolve, reject } = deferred<Report>();
    const job: Job = {
      id: this.#nextId++,
      onOutput,
      answer: (reply) => {
        try {
          const report = read(reply);
          resolve(report);
          return "outcome" in report && report.outcome === "internal";
        } catch (cause) {
          reject(new RuntimeFailure("crashed", "the reply is not a report", cause));
          return true;
        }
      },
      end: (how) => {
        const report = ended(how);
        if (report instanceof RuntimeFailure) {
          reject(report);
        } else {
          resolve(report);
        }
      },
      fail: reject,
      settled: promise.catch(() => undefined),
      sent: false,
      stopping: false,
      disarm: () => undefined,
    };
    this.#job = job;
    this.#ready().then(
      (connection) => this.#send(job, connection, JSON.stringify(asked), deadlineMs),
      (failure: RuntimeFailure) => this.#settle(job, () => job.fail(failure)),
    );
    return promise;
  }

  #send(job: Job, connection: Connection, request: string, deadlineMs: number): void {
    if (this.#job !== job) {
      return;
    }
    if (this.#connection !== connection) {
      // Replaced between its being ready and now.
      this.#ready().then(
        (next) => this.#send(job, next, request, deadlineMs),
        (failure: RuntimeFailure) => this.#settle(job, () => job.fail(failure)),
      );
      return;
    }
    if (connection.trial !== null) {
      this.#arm(job, connection, OVERDUE_MS, "internal");
      connection.trial.isOver.then(() => this.#send(job, connection, request, deadlineMs));
      return;
    }
    job.sent = true;
    const { promise: isOver, resolve: end } = deferred<void>();
    connection.trial = { id: job.id, isOver, end };
    this.#say({ state: "running", since: this.#services.now() });
    connection.link.post({ type: "call", id: job.id, request, deadlineMs });
    this.#arm(job, connection, deadlineMs + OVERDUE_MS, "deadline");
  }

  /** Gives the worker up when `job` is not over after `ms`. */
  #arm(job: Job, connection: Connection, ms: number, how: Ended): void {
    job.disarm();
    const due = this.#services.now() + ms;
    job.disarm = this.#services.later(ms, () => {
      if (this.#services.now() > due + ASLEEP_MS) {
        this.#arm(job, connection, ms, how);
      } else {
        this.#replace(connection, how);
      }
    });
  }

  /** Ends `job` by `how`; what comes for it later is not heard. */
  #settle(job: Job, how: () => void): void {
    if (this.#job !== job) {
      return;
    }
    job.disarm();
    this.#job = null;
    if (this.#status.state === "running") {
      this.#say({ state: "ready" });
    }
    how();
  }

  async #ask(request: string): Promise<string> {
    const connection = await this.#ready();
    if (connection !== this.#connection) {
      throw new RuntimeFailure("crashed", "replaced before it was asked");
    }
    const { promise, resolve, reject } = deferred<string>();
    const id = this.#nextId++;
    this.#asked.set(id, { id, answer: resolve, fail: reject });
    connection.link.post({ type: "call", id, request, deadlineMs: DEFAULT_DEADLINE_MS });
    return promise;
  }

  async #ready(): Promise<Connection> {
    const connection = this.#connection ?? this.#connect({});
    await connection.ready;
    return connection;
  }

  #connect({ again = false, isSecondTry = false }): Connection {
    const { promise, resolve, reject } = deferred<void>();
    // The status tells of a failure even when nobody waits.
    promise.catch(() => undefined);
    const events: WorkerEvents = {
      message: (message) => this.#connection === connection && this.#hear(connection, message),
      died: (detail) => this.#connection === connection && this.#buried(connection, detail),
    };
    const connection: Connection = {
      link: spawned(this.#services, this.#distrustsMemory ? "fresh" : "boot", events),
      ready: promise,
      opened: resolve,
      refused: reject,
      again,
      isSecondTry,
      isReady: false,
      hears: false,
      heard: false,
      trial: null,
      progress: 0,
      disarm: () => undefined,
    };
    this.#connection = connection;
    this.#say({ state: "loading", progress: 0, note: loadingNote("download", 0, 0, again) });
    this.#listenForSilence(connection, "download");
    return connection;
  }

  #hear(connection: Connection, message: FromWorker): void {
    connection.heard = true;
    switch (message.type) {
      case "progress":
        this.#listenForSilence(connection, message.stage);
        this.#progress(connection, message.stage, message.loaded, message.total);
        break;
      case "ready":
        connection.disarm();
        connection.isReady = true;
        this.#distrustsMemory = false;
        connection.hears = message.hears;
        this.#say({ state: "ready" });
        connection.opened();
        break;
      case "failed":
        this.#refuse(connection, new RuntimeFailure(message.code, message.detail));
        break;
      case "output":
        if (this.#job?.id === message.id) {
          message.chunks.forEach(this.#job.onOutput);
        }
        break;
      case "reply":
        this.#answer(connection, message.id, message.reply);
        break;
      case "sound":
        if (connection.trial?.id === message.id) {
          connection.trial.end();
          connection.trial = null;
        }
        break;
      case "error":
        this.#fault(connection, message.id, new RuntimeFailure("crashed", message.detail));
        break;
      case "broken":
        this.#buried(connection, message.detail);
        break;
      case "kept":
        // Only the worker of keeper.ts says so.
        break;
    }
  }

  #progress(connection: Connection, stage: BootStage, loaded: number, total: number): void {
    const [from, to] = STAGE_PROGRESS[stage];
    const share = total > 0 ? Math.min(loaded / total, 1) : 0;
    connection.progress = Math.max(connection.progress, from + (to - from) * share);
    const note = loadingNote(stage, loaded, total, connection.again);
    this.#say({ state: "loading", progress: connection.progress, note });
  }

  #listenForSilence(connection: Connection, stage: BootStage): void {
    const ms = SILENT_BOOT_MS[stage];
    const code = stage === "download" ? "network" : "start";
    connection.disarm();
    connection.disarm = this.#services.later(ms, () =>
      this.#refuse(connection, new RuntimeFailure(code, `no word for ${ms} ms`)),
    );
  }

  #answer(connection: Connection, id: number, reply: string): void {
    const job = this.#job;
    if (job?.id === id) {
      let isAtFault = false;
      this.#settle(job, () => {
        isAtFault = job.answer(reply);
      });
      if (isAtFault) {
        console.warn("[lab] the engine is replaced: it could not answer");
        this.#replace(connection, "internal");
      }
      return;
    }
    this.#asked.get(id)?.answer(reply);
    this.#asked.delete(id);
  }

  /** The engine failed where it never should. Whatever it met, a new one has not met it yet. */
  #fault(connection: Connection, id: number, failure: RuntimeFailure): void {
    console.warn(`[lab] the engine failed: ${failure.detail}`);
    const job = this.#job;
    if (job?.id === id) {
      this.#settle(job, () => job.fail(failure));
      this.#replace(connection, "internal");
      return;
    }
    this.#asked.get(id)?.fail(failure);
    this.#asked.delete(id);
  }

  #buried(connection: Connection, detail: string): void {
    if (connection.isReady) {
      console.warn(`[lab] the worker ended: ${detail}`);
      this.#replace(connection, "internal");
    } else {
      // A worker that never spoke was most likely not fetched.
      this.#refuse(connection, new RuntimeFailure(connection.heard ? "start" : "network", detail));
    }
  }

  /**
   * Python did not start. No code of a learner has run yet, so a start that went wrong is tried once more without asking; for
   * anything else, the next wish for Python tries again.
   */
  #refuse(connection: Connection, failure: RuntimeFailure): void {
    console.warn(`[lab] Python did not start (${failure.code}): ${failure.detail}`);
    this.#drop(connection);
    this.#distrustsMemory = true;
    if (failure.code === "start" && !connection.isSecondTry) {
      const { again } = connection;
      this.#connect({ again, isSecondTry: true }).ready.then(connection.opened, connection.refused);
      return;
    }
    this.#say({ state: "failed", message: failure.message });
    connection.refused(failure);
  }

  /** Gives the worker up, ends the run it was busy with, and boots another at once. */
  #replace(connection: Connection, how: Ended): void {
    this.#drop(connection);
    const job = this.#job;
    this.#connect({ again: true });
    // A job that this worker never got waits for the next one.
    if (job?.sent) {
      this.#settle(job, () => job.end(how));
    }
    for (const { fail } of this.#asked.values()) {
      fail(new RuntimeFailure("crashed", "the worker was replaced"));
    }
    this.#asked.clear();
  }

  #drop(connection: Connection): void {
    connection.disarm();
    connection.link.terminate();
    this.#connection = null;
    connection.trial?.end();
  }

  #say(status: RuntimeStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) {
      listener(status);
    }
  }
}

/** A worker that cannot even be made ends like one that could not be fetched: afterwards, through `died`. */
function spawned(services: ClientServices, purpose: Purpose, events: WorkerEvents): WorkerLink {
  try {
    return services.spawn(purpose, events);
  } catch (error) {
    services.later(0, () => events.died(String(error)));
    return { post: () => undefined, terminate: () => undefined };
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (failure: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (failure: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
