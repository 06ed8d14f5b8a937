/**
 * A place in the learner's browser for the files of one snapshot: Cache Storage, or IndexedDB where that fails.
 *
 * Each belongs to one bundle at one path, because sites below the same host share their storage. Storage may be absent, refuse,
 * be full, or never answer; whoever uses a shelf hears of all these as errors.
 */

import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";

export interface Shelf {
  /** null when there is no such file. */
  get(name: string): Promise<Response | null>;
  put(name: string, content: Response): Promise<void>;
  /** Removes every file. */
  clear(): Promise<void>;
  /** Removes what other bundles kept at this path. */
  clearOthers(): Promise<void>;
}

/** Names a shelf: the bundle's folder, and its id. */
export interface ShelfOwner {
  readonly base: URL;
  readonly id: string;
}

/** A learner waits for this, to no avail when there is nothing to be found. */
const LOOK_MS = 1_500;
/** Nobody waits for this, but it should not hold on to its memory for ever. */
const WRITE_MS = 60_000;
const FILES = "files";

interface Schema extends DBSchema {
  [FILES]: { key: string; value: ArrayBuffer };
}

type Database = IDBPDatabase<Schema>;

/** Opens one kind of shelf, empty or not. */
export type OpenShelf = (owner: ShelfOwner) => Promise<Shelf>;

/** The kinds of shelves, the one to be preferred first. */
export const SHELVES: readonly OpenShelf[] = [openCache, openDatabase];

/** Whether something was kept in the preferred place; it may turn out to be of no use. */
export async function isKept(owner: ShelfOwner): Promise<boolean> {
  return patient(caches.has(names(owner).name));
}

async function openCache(owner: ShelfOwner): Promise<Shelf> {
  const { family, name } = names(owner);
  const key = (file: string) => new URL(`kept/${file}`, owner.base);
  const cache = await patient(caches.open(name));
  return {
    get: async (file) => (await patient(cache.match(key(file)))) ?? null,
    put: (file, content) => patient(cache.put(key(file), content), WRITE_MS),
    clear: async () => {
      await patient(caches.delete(name));
    },
    clearOthers: async () => {
      const others = (await patient(caches.keys())).filter((other) => isOther(other, family, name));
      await patient(Promise.all(others.map((other) => caches.delete(other))));
    },
  };
}

async function openDatabase(owner: ShelfOwner): Promise<Shelf> {
  const { family, name } = names(owner);
  const all = async () => (await patient(indexedDB.databases())).flatMap((known) => known.name ?? []);
  // Looking for something must not make an empty database.
  let isMade = (await all()).includes(name);
  // Only now and then in use, so it is closed in between: an open one would keep other tabs from deleting it.
  async function use<T>(action: (database: Database) => Promise<T>, ms = LOOK_MS): Promise<T> {
    const database = await patient(
      openDB<Schema>(name, 1, { upgrade: (made) => void made.createObjectStore(FILES) }),
    );
    try {
      return await patient(action(database), ms);
    } finally {
      database.close();
    }
  }
  return {
    get: async (file) => {
      const content = isMade ? await use((database) => database.get(FILES, file)) : undefined;
      return content === undefined ? null : new Response(content);
    },
    put: async (file, content) => {
      const bytes = await content.arrayBuffer();
      isMade = true;
      await use((database) => database.put(FILES, bytes, file), WRITE_MS);
    },
    clear: async () => {
      if (isMade) await patient(deleteDB(name));
      isMade = false;
    },
    clearOthers: async () => {
      const others = (await all()).filter((other) => isOther(other, family, name));
      await patient(Promise.all(others.map((other) => deleteDB(other))));
    },
  };
}

function names({ base, id }: ShelfOwner): { family: string; name: string } {
  const family = `lab-python ${new URL("..", base).pathname} `;
  return { family, name: `${family}${id}` };
}

function isOther(candidate: string, family: string, name: string): boolean {
  return candidate.startsWith(family) && candidate !== name;
}

async function patient<T>(answer: Promise<T>, ms = LOOK_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("storage does not answer", "TimeoutError")), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
