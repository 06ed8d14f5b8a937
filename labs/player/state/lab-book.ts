/** The steps of one lab that are on the page: what each one lends to the later ones, and who is using Python now. */

export interface BookStep {
  readonly step: string;
  /** Place in the lab, counted from 1. */
  readonly index: number;
  readonly title: string;
  readonly starter: string;
  readonly done: boolean;
  /** Code of the last pass; later steps run after it. */
  readonly accepted: string | null;
  /** Resolves when the step has read its draft. */
  readonly loaded: Promise<void>;
}

export class LabBook {
  readonly #steps = new Map<string, BookStep>();
  readonly #saving = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  #running: string | null = null;

  /** The steps in the order of the lab. */
  get steps(): readonly BookStep[] {
    return [...this.#steps.values()].sort((a, b) => a.index - b.index);
  }

  /** The step whose code runs now. */
  get running(): string | null {
    return this.#running;
  }

  /** Enters a step, or tells what changed about it. */
  put(step: BookStep): void {
    this.#steps.set(step.step, step);
    this.#tell();
  }

  /** Takes a step off the page; `saved` resolves when its last draft is written. */
  leave(step: string, saved: Promise<void>): void {
    this.#steps.delete(step);
    this.#saving.set(step, saved);
    this.release(step);
    this.#tell();
  }

  /**
   * Resolves when the step's draft is not being written any more. A page can be put in place of itself: the new element must
   * not read before the old one has written.
   */
  async saved(step: string): Promise<void> {
    await this.#saving.get(step);
  }

  next(index: number): BookStep | null {
    return this.steps.find((step) => step.index > index) ?? null;
  }

  /** Accepted code of every earlier step, by step id, once all drafts have been read. */
  async acceptedBefore(index: number): Promise<Readonly<Record<string, string>>> {
    await Promise.all(this.steps.map((step) => step.loaded));
    const accepted: Record<string, string> = {};
    for (const step of this.steps) {
      if (step.index < index && step.accepted !== null) accepted[step.step] = step.accepted;
    }
    return accepted;
  }

  /** Takes Python for a step; false when another step holds it. */
  claim(step: string): boolean {
    if (this.#running !== null) return false;
    this.#running = step;
    this.#tell();
    return true;
  }

  release(step: string): void {
    if (this.#running !== step) return;
    this.#running = null;
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
