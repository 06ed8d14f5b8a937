/** `./lab.js` beside `./shell.js`; computed, so that the bundler does not pull players into the shell. */
function load(name: string): Promise<unknown> {
  return import(new URL(`./${name}.js`, import.meta.url).href);
}

const wanted = new Set<string>();

/** Loads each player that an element of the page asks for by `data-player`, once per visit. */
export function loadPlayers(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-player]")) {
    const name = element.dataset.player ?? "";
    if (!/^[a-z]+$/.test(name) || wanted.has(name)) continue;
    wanted.add(name);
    // A failed download may succeed on the next page or after a retry; the page's own HTML still reads without it.
    load(name).catch((error: unknown) => {
      wanted.delete(name);
      console.error(`player "${name}" did not load`, error);
    });
  }
}
