/** Pieces of work one by one, so that a page with many steps answers a touch between them. */

interface Scheduler {
  yield?(): Promise<void>;
}

let last: Promise<void> = Promise.resolve();

/** Kept when it is the caller's turn, after a breath for the browser. */
export function inTurn(): Promise<void> {
  last = last.then(breath);
  return last;
}

function breath(): Promise<void> {
  const { scheduler } = globalThis as { readonly scheduler?: Scheduler };
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
