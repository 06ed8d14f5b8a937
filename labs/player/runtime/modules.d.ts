/** What esbuild supplies (scripts/steps/browser_bundle.py): the runtime bundle this player was built with. */

/** Names the bundle's folder. */
declare const RUNTIME_ID: string;

/** Its files, and its pyodide-lock.json. */
declare const RUNTIME_BUNDLE: {
  readonly files: import("./assets.ts").Files;
  readonly lock: import("./python.ts").Lock;
};
