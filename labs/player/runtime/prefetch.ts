/** Brings the runtime's files into the browser's own cache while a reader is not at a lab yet, so that Python is there sooner. */

import type { ShelfOwner } from "./shelf.ts";

export interface PrefetchServices {
  readonly owner: ShelfOwner;
  /** Names below the owner's folder. */
  readonly files: readonly string[];
  readonly fetch: (url: URL, options: RequestInit) => Promise<Response>;
  /** Nobody asked for Python yet; whoever does, downloads by themselves. */
  isWanted(): boolean;
  /** An earlier visit kept Python's memory: then no file is needed. */
  isKept(owner: ShelfOwner): Promise<boolean>;
}

/** One file after another, so that it ends soon after somebody asks for Python. What cannot be fetched now is fetched later. */
export async function prefetch({ owner, files, fetch, isWanted, isKept }: PrefetchServices): Promise<void> {
  if (await isKept(owner).catch(() => false)) return;
  for (const name of files) {
    if (!isWanted()) return;
    try {
      const response = await fetch(new URL(name, owner.base), {
        cache: "force-cache",
        credentials: "omit",
        priority: "low",
      });
      await response.arrayBuffer();
    } catch {
      return;
    }
  }
}
