/**
 * The terminal of a step. It is filled by hand and not by a template: a program may print ten thousand lines, and each piece
 * is appended once instead of being drawn again with all the pieces before it.
 */

import type { OutputChunk } from "../runtime/types.ts";
import { strings } from "../strings.ts";

export class OutputPane {
  readonly element = document.createElement("pre");
  #waiting: OutputChunk[] = [];
  #frame: number | null = null;
  #empty = true;
  /** What is on screen belongs to the run before. */
  #stale = false;

  constructor() {
    this.element.className = "lab-terminal";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", strings.output.label);
  }

  /** Nothing was printed since the run began. */
  get isEmpty(): boolean {
    return this.#empty;
  }

  /** A run begins. What it replaces stays until there is something to see, so that a short run does not flicker. */
  begin(): void {
    this.#waiting = [];
    this.#empty = true;
    this.#stale = true;
  }

  append(chunk: OutputChunk): void {
    this.#empty = false;
    this.#waiting.push(chunk);
    // One write for all that arrives within a frame.
    this.#frame ??= requestAnimationFrame(() => this.#write());
  }

  /** Drops what the run before printed, if that is still there. */
  dropStale(): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.element.replaceChildren();
  }

  #write(): void {
    this.#frame = null;
    this.dropStale();
    const pieces = document.createDocumentFragment();
    for (const { stream, text } of this.#waiting) {
      const piece = document.createElement("span");
      piece.dataset.stream = stream;
      piece.textContent = text;
      pieces.append(piece);
    }
    this.#waiting = [];
    this.element.append(pieces);
    this.element.scrollTop = this.element.scrollHeight;
  }
}
