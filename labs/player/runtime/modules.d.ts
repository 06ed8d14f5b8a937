/** What esbuild supplies: the id of the runtime bundle this player was built with. */

declare const RUNTIME_ID: string;
