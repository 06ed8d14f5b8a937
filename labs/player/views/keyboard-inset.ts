/** Keeps what sticks to the bottom of the screen above a phone's keyboard. */

/**
 * Sets `--lab-keyboard` on the element to the height that the on-screen keyboard covers. Browsers shrink the visual viewport
 * for it, not the layout, so `bottom: 0` alone would be under the keyboard. The returned function stops.
 */
export function followKeyboard(element: HTMLElement): () => void {
  const { visualViewport } = window;
  if (visualViewport === null) return () => undefined;
  const stop = new AbortController();
  const follow = () => {
    const covered = window.innerHeight - visualViewport.height - visualViewport.offsetTop;
    // Pinch zoom shrinks the visual viewport too; nothing is covered then.
    const keyboard = visualViewport.scale > 1.01 ? 0 : Math.max(0, Math.round(covered));
    element.style.setProperty("--lab-keyboard", `${keyboard}px`);
  };
  visualViewport.addEventListener("resize", follow, { signal: stop.signal });
  visualViewport.addEventListener("scroll", follow, { signal: stop.signal });
  follow();
  return () => stop.abort();
}
