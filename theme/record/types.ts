/** What a learner did, as both players write it and every later screen reads it. */

export interface QuizAttempt {
  kind: "quiz";
  item: string;
  rev: number;
  chosen: readonly string[];
  outcome: "right" | "wrong";
  confidence: "guess" | "unsure" | "sure" | null;
  /** Time spent on the item, in milliseconds. */
  ms: number;
  /** When it was answered, in milliseconds since 1970. */
  at: number;
  mode: "practice" | "check" | "mock" | "review";
}

export interface LabAttempt {
  kind: "lab";
  lab: string;
  step: string;
  rev: number;
  outcome: "passed" | "failed" | "error" | "stopped";
  ms: number;
  at: number;
}

export type Attempt = QuizAttempt | LabAttempt;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface LearningRecord {
  /** False when the browser refused storage, or refused a later write: kept in memory for this visit only. */
  readonly persistent: boolean;
  /** Adds to the log. Never rejects: what storage refuses stays in memory and `persistent` turns false. */
  append(attempt: Attempt): Promise<void>;
  /** Every readable attempt, oldest first. */
  attempts(): Promise<readonly Attempt[]>;
  /** Unsubmitted work. Keys: "lab:<lab>/<step>", "quiz:<set>". */
  saveDraft(key: string, value: Json): Promise<void>;
  loadDraft(key: string): Promise<Json | undefined>;
}
