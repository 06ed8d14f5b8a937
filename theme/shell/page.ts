/** What the theme offers to scripts: emits once at load and once after every instant navigation. */
interface PageStream {
  subscribe(listener: (page: Document) => void): unknown;
}

declare global {
  interface Window {
    document$?: PageStream;
  }
}

/** Calls `listener` for the page that is open and for every later one. `first` tells the two apart. */
export function onEveryPage(listener: (first: boolean) => void): void {
  let first = true;
  const call = () => {
    listener(first);
    first = false;
  };
  // Pages of our own without the theme (the printable answers) have no stream; they are never navigated in place.
  if (window.document$) window.document$.subscribe(call);
  else call();
}
