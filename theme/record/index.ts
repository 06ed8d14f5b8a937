/**
 * The learning record: an append-only log of attempts plus drafts, kept in the learner's own browser.
 * Players import from this file only.
 */

import { openDatabase } from "./database.ts";
import { openRecord } from "./record.ts";
import type { LearningRecord } from "./types.ts";

export type { Attempt, Json, LabAttempt, LearningRecord, QuizAttempt } from "./types.ts";

/** Longer than a slow disk needs, shorter than a learner waits for a button to work. */
const PATIENCE_MS = 3000;

let opened: Promise<LearningRecord> | undefined;

/** The one record of this tab; opens at the first call and never rejects. */
export function learningRecord(): Promise<LearningRecord> {
  // This file is bundled into assets/app/, two folders below the site's root.
  opened ??= openRecord(() => openDatabase(new URL("../../", import.meta.url).pathname), PATIENCE_MS);
  return opened;
}
