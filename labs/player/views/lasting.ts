/** Whether something has gone on for so long that it should be seen to move. */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { RuntimeStatus } from "../runtime/types.ts";

/** Up to a second nobody wonders; a bar and a lamp that come and go meanwhile are unrest, and work for a phone. */
const SOON_MS = 1_000;

/** Draws its host again when the time has come. */
export class Lasting implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #goesOn: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOn = false;

  /** `goesOn` is asked whenever the host is drawn. */
  constructor(host: ReactiveControllerHost, goesOn: () => boolean) {
    this.#host = host;
    this.#goesOn = goesOn;
    host.addController(this);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  hostUpdate(): void {
    if (!this.#goesOn()) {
      this.hostDisconnected();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#isOn = true;
      this.#host.requestUpdate();
    }, SOON_MS);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isOn = false;
  }
}

/** Python is being prepared, or at work. */
export function isBusy({ state }: RuntimeStatus): boolean {
  return state === "loading" || state === "running";
}
