import { onEveryPage } from "./page.ts";

declare global {
  interface Window {
    /** The theme's stream of places; instant navigation acts on what it emits. */
    location$?: { subscribe(listener: (place: URL) => void): unknown };
  }
}

/**
 * Keeps the open page when a link leads to one of its own headings. Instant navigation compares each place with the one
 * before and has none for the first: the first such click would fetch the open page again and replace it, with whatever the
 * learner has typed or run on it. That one request is kept from leaving. Until another page has been opened, the theme
 * waits for its answer before it scrolls, so the scrolling is done here.
 */
export function keepPage(): void {
  const start = location.pathname;
  let sole = true;
  onEveryPage((first) => {
    sole = first;
  });
  const isHere = (place: URL | Location | HTMLAnchorElement) =>
    sole && place.origin === location.origin && place.pathname === start;

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (link && isHere(link)) holdRequests();
    },
    { capture: true },
  );
  window.addEventListener(
    "popstate",
    () => {
      if (isHere(location)) holdRequests();
    },
    { capture: true },
  );

  let shown = location.hash;
  window.location$?.subscribe((place) => {
    // Scrolling to a heading announces the same place once more.
    if (!isHere(place) || place.hash === shown) return;
    shown = place.hash;
    show(shown);
  });
}

const { send } = XMLHttpRequest.prototype;

/** Until the current event has been handled: the theme asks for the page while it handles the click. */
function holdRequests(): void {
  XMLHttpRequest.prototype.send = () => undefined;
  setTimeout(() => {
    XMLHttpRequest.prototype.send = send;
  });
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
