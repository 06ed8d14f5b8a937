/**
 * The terminal of a step. It is filled by hand and not by a template: a program may print ten thousand lines, and each piece
 * is appended once instead of being drawn again with all the pieces before it. Whole lines stand in blocks of their own, so that
 * the browser lays out what is new and in view, and not all that was printed before.
 */

import type { OutputChunk } from "../runtime/types.ts";
import { strings } from "../strings.ts";

/** Pieces of a text of so many lines that laying out two or three of them is quick. */
const BLOCKS = /(?:[^\n]*\n){1,200}|[^\n]+$/g;

export class OutputPane {
  readonly element = document.createElement("pre");
  #waiting: OutputChunk[] = [];
  #frame: number | null = null;
  #empty = true;
  /** The block that the next piece continues; null after a line break. */
  #block: HTMLElement | null = null;
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
    this.#block = null;
    this.element.replaceChildren();
  }

  #write(): void {
    this.#frame = null;
    this.dropStale();
    for (const { stream, text } of this.#waiting.splice(0)) {
      for (const [lines] of text.matchAll(BLOCKS)) this.#print(stream, lines);
    }
    this.element.scrollTop = this.element.scrollHeight;
  }

  #print(stream: OutputChunk["stream"], text: string): void {
    const piece = document.createElement("span");
    piece.dataset.stream = stream;
    piece.textContent = text;
    if (this.#block === null) {
      this.#block = document.createElement("div");
      this.#block.className = "lab-lines";
      this.element.append(this.#block);
    }
    this.#block.append(piece);
    if (!text.endsWith("\n")) return;
    // How high the block is as long as it is out of view.
    const lines = this.#block.textContent.split("\n").length - 1;
    this.#block.style.containIntrinsicBlockSize = `auto ${lines}lh`;
    this.#block = null;
  }
}
