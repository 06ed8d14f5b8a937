/** The rubric files: fetched at the first check of a unit, kept for the visit. */

import type { Rubric, RubricItem } from "./types.generated.ts";

const fetched = new Map<string, Promise<Rubric>>();

/** Where pages stand below. This file is bundled into assets/app/, two folders down. */
export const siteRoot: string = new URL("../../", import.meta.url).href;

export function answersPage(unit: string): string {
  return new URL(`../quizzes/${unit}.answers.html`, import.meta.url).href;
}

/** The rubric of a unit. Rejects when it cannot be fetched; the next call tries again. */
export function rubricOf(unit: string): Promise<Rubric> {
  return fetched.get(unit) ?? fetchRubric(unit, "default");
}

/**
 * The rubric's entry for an item at exactly the revision that is on the page, or null when there is none.
 * Page and rubric are cached apart: when they disagree the rubric is asked for once more, past the cache.
 */
export async function rubricItem(unit: string, id: string, rev: number): Promise<RubricItem | null> {
  const first = (await rubricOf(unit)).items[id];
  if (first?.rev === rev) return first;
  const second = (await fetchRubric(unit, "reload")).items[id];
  return second?.rev === rev ? second : null;
}

function fetchRubric(unit: string, cache: RequestCache): Promise<Rubric> {
  const rubric = fetchJson(new URL(`../quizzes/${unit}.rubric.json`, import.meta.url), cache);
  fetched.set(unit, rubric);
  rubric.catch(() => fetched.delete(unit));
  return rubric;
}

async function fetchJson(url: URL, cache: RequestCache): Promise<Rubric> {
  const response = await fetch(url, { cache });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  // Written by the same build as this code, against the schema these types come from.
  return (await response.json()) as Rubric;
}
