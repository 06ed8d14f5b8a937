/**
 * Instant navigation leaves the focus on the body and tells a screen reader nothing. Moving it to the heading says
 * where the reader is and makes Tab continue from there. With a hash, the browser itself goes to the target.
 */
export function focusHeading(first: boolean): void {
  if (first || location.hash) return;
  const heading = document.querySelector<HTMLElement>(".md-content h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** A link may point into a closed `<details>`: opens every fold around the target and brings it into view. */
export function openTarget(): void {
  const target = targetOf(location.hash);
  let opened = false;
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement?.closest("details")) {
    opened ||= !fold.open;
    fold.open = true;
  }
  if (opened) target?.scrollIntoView();
}

function targetOf(hash: string): Element | null {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)));
  } catch {
    return null; // a hand-typed hash need not be valid percent-encoding
  }
}
