/** The answer to a query in the form that the theme's result list draws: hits grouped by page, pages by their best hit. */

import type { Engine, Hit, Section } from "./engine.ts";
import { markedText, markedTitle } from "./marks.ts";

/** One line of the result list; `title` and `text` are HTML. */
export interface Line {
  readonly location: string;
  readonly title: string;
  readonly text: string;
  readonly score: number;
  readonly terms: Readonly<Record<string, boolean>>;
}

export interface Answer {
  readonly items: readonly (readonly Line[])[];
}

/** Answers with the engine. The list names the page above its headings, so a page without a hit of its own joins with score 0. */
export function answer(engine: Engine, pages: ReadonlyMap<string, Section>, query: string): Answer {
  const groups = new Map<string, Line[]>();
  for (const hit of engine.search(query)) {
    const page = pageOf(hit.section.location);
    groups.set(page, [...(groups.get(page) ?? []), lineOf(hit)]);
  }
  const items = [...groups].map(([page, lines]) => {
    const section = pages.get(page);
    const named = lines.some(({ location }) => location === page);
    return named || !section ? lines : [...lines, unasked(section)];
  });
  return { items };
}

/** The sections that stand for whole pages, by address. */
export function pagesOf(sections: readonly Section[]): ReadonlyMap<string, Section> {
  return new Map(
    sections.filter(({ location }) => pageOf(location) === location).map((page) => [page.location, page]),
  );
}

function pageOf(location: string): string {
  return location.split("#")[0] ?? location;
}

function lineOf(hit: Hit): Line {
  const { section, score, terms } = hit;
  return { location: section.location, title: markedTitle(hit), text: markedText(hit), score, terms };
}

function unasked(section: Section): Line {
  const hit: Hit = { section, score: 0, needles: [], terms: {} };
  return { ...lineOf(hit), text: "" };
}
