import { onEveryPage } from "./page.ts";

declare global {
  interface Window {
    /** The theme's stream of places; instant navigation acts on what it emits. */
    location$?: { next(place: URL): void; subscribe(listener: (place: URL) => void): unknown };
  }
}

/**
 * Keeps the open page when a link leads to one of its own headings. Instant navigation compares each place with the one
 * before and has none for the first: the first such click would fetch the open page again and replace it, with whatever the
 * learner has typed or run on it. So the place is announced at the start, and the request that this makes is kept from
 * leaving; the next navigation cancels it. Until then the theme does not scroll either, so that is done here.
 */
export function keepPage(): void {
  // With ?h= the theme marks words on every announcement, and would mark its own marks.
  if (!window.location$ || new URLSearchParams(location.search).has("h")) return;
  announce(window.location$);
  const start = location.pathname;
  let sole = true;
  onEveryPage((first) => {
    sole = first;
  });
  // Each scroll to a heading announces the same place once more.
  let shown = location.hash;
  window.location$.subscribe((place) => {
    if (!sole || place.pathname !== start || place.hash === shown) return;
    shown = place.hash;
    show(shown);
  });
}

function announce(places: { next(place: URL): void }): void {
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = () => undefined;
  try {
    places.next(new URL(location.href));
  } finally {
    XMLHttpRequest.prototype.send = send;
  }
}

/** As the theme does it: back and forward return to where the reader was, a new place to its heading. */
function show(hash: string): void {
  const state: unknown = history.state;
  if (typeof state === "object" && state !== null && "y" in state && typeof state.y === "number") {
    window.scrollTo(0, state.y);
  } else if (hash) {
    // Only a real click makes the heading the page's :target.
    const link = document.createElement("a");
    link.href = hash;
    link.addEventListener("click", (event) => event.stopPropagation());
    link.click();
  } else {
    window.scrollTo(0, 0);
  }
}
