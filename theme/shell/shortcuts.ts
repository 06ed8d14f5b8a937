/** Keys that the theme binds without a modifier, page-wide: next, previous, search. */
const BOUND = new Set(["n", "p", "f", "s", ".", ",", "/"]);

/**
 * Keeps the theme from acting on single keys (WCAG 2.1.4): an "n" pressed on a quiz choice would leave the page.
 * The theme listens on `window`; stopping at `document` lets every handler on the page itself run first.
 */
export function guardSingleKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (BOUND.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
}
