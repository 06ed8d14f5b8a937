import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { RecordStorage, StoredRow } from "./record.ts";
import type { Attempt, Json } from "./types.ts";

interface RecordSchema extends DBSchema {
  attempts: { key: number; value: Attempt };
  drafts: { key: string; value: Json };
  aside: { key: number; value: { row: StoredRow; at: number } };
}

type Database = IDBPDatabase<RecordSchema>;

/**
 * One function per schema version, oldest first: entry n brings a database from version n to n + 1.
 * Released entries never change; a new shape is a new entry, and the version is the length of this list.
 */
const MIGRATIONS: readonly ((database: Database) => void)[] = [
  (database) => {
    database.createObjectStore("attempts", { autoIncrement: true });
    database.createObjectStore("drafts");
    database.createObjectStore("aside", { autoIncrement: true });
  },
];

const VERSION = MIGRATIONS.length;
const STORES = ["attempts", "drafts", "aside"] as const;

/**
 * Opens the learner's database for the site below `basePath`; the origin is shared on hosts such as GitHub Pages.
 * A database that this code cannot read (written by a newer version, or without our stores) is left exactly as it
 * is, and a neighbour named after this version takes its place; a later migration can still pick both up.
 */
export async function openDatabase(basePath: string): Promise<RecordStorage> {
  const name = `elasticache-classroom:${basePath}`;
  try {
    return storageOver(await openChecked(name));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return storageOver(await openChecked(`${name}#schema-${VERSION}`));
  }
}

async function openChecked(name: string): Promise<Database> {
  const database = await openDB<RecordSchema>(name, VERSION, {
    upgrade(opened, oldVersion) {
      for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(opened);
    },
    // Another tab brings a newer version: make room for it rather than block it for ever.
    blocking(_current, _blocked, event) {
      if (event.target instanceof IDBDatabase) event.target.close();
    },
  });
  if (STORES.every((store) => database.objectStoreNames.contains(store))) return database;
  database.close();
  throw new DOMException(`"${name}" lacks a store`, "NotFoundError");
}

function isUnreadable(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "VersionError" || error.name === "NotFoundError");
}

function storageOver(database: Database): RecordStorage {
  return {
    async add(value) {
      const transaction = database.transaction("attempts", "readwrite");
      const added = transaction.store.add(value);
      // Asked for at once: a page that is left before the answer would otherwise take the write back.
      transaction.commit();
      await Promise.all([added, transaction.done]);
    },

    async rows() {
      const transaction = database.transaction("attempts");
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
      return keys.flatMap((key, index) => [{ key, value: values[index] }]);
    },

    async setAside(rows) {
      const transaction = database.transaction(["attempts", "aside"], "readwrite");
      const at = Date.now();
      await Promise.all([
        ...rows.map((row) => transaction.objectStore("aside").add({ row, at })),
        ...rows.map((row) => transaction.objectStore("attempts").delete(row.key)),
        transaction.done,
      ]);
    },

    async putDraft(key, value) {
      const transaction = database.transaction("drafts", "readwrite");
      const put = transaction.store.put(value, key);
      transaction.commit();
      await Promise.all([put, transaction.done]);
    },

    getDraft(key) {
      return database.get("drafts", key);
    },
  };
}
