/** How a hit is shown: the title and the telling bits of the text as HTML, with what was looked for marked. */

import type { Hit } from "./engine.ts";
import { find, prepare } from "./text.ts";

const MOST_SNIPPETS = 2;
/** Characters of a snippet before its first mark, and in all. */
const LEAD = 24;
const SNIPPET = 120;
/** A needle of one syllable is marked only where it is a word of its own: everything contains 키. */
const MARKED_QUALITY = 0.4;

type Range = readonly [start: number, end: number];

export function markedTitle({ section, needles }: Hit): string {
  return marked(section.title, rangesOf(section.title, needles));
}

/** The first paragraphs that have what was looked for, cut to its surroundings. Without any, the beginning of the section. */
export function markedText({ section, needles }: Hit): string {
  const found = section.text.map((text) => ({ text, ranges: rangesOf(text, needles) }));
  const telling = found.filter(({ ranges }) => ranges.length > 0).slice(0, MOST_SNIPPETS);
  const shown = telling.length > 0 ? telling : found.slice(0, 1);
  return shown.map(({ text, ranges }) => `<p>${snippet(text, ranges)}</p>`).join("");
}

function snippet(text: string, ranges: readonly Range[]): string {
  const first = ranges[0]?.[0] ?? 0;
  const cut = first > LEAD ? text.lastIndexOf(" ", first - LEAD) + 1 : 0;
  const end = Math.min(cut + SNIPPET, text.length);
  const kept = ranges.filter(([, last]) => last <= end).map(([from, to]): Range => [from - cut, to - cut]);
  return `${cut > 0 ? "… " : ""}${marked(text.slice(cut, end), kept)}${end < text.length ? " …" : ""}`;
}

function rangesOf(text: string, needles: readonly string[]): Range[] {
  const prepared = prepare(text);
  const ranges = needles
    .flatMap((needle) => [...find(prepared, needle, true)])
    .filter(({ quality }) => quality >= MARKED_QUALITY)
    .map(({ start, end }): Range => [prepared.sources[start] ?? 0, (prepared.sources[end - 1] ?? 0) + 1])
    .sort(([one], [other]) => one - other);
  const merged: Range[] = [];
  for (const [start, end] of ranges) {
    const last = merged.at(-1);
    if (last && start <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], end)];
    else merged.push([start, end]);
  }
  return merged;
}

function marked(text: string, ranges: readonly Range[]): string {
  let html = "";
  let done = 0;
  for (const [start, end] of ranges) {
    html += `${escaped(text.slice(done, start))}<mark>${escaped(text.slice(start, end))}</mark>`;
    done = end;
  }
  return html + escaped(text.slice(done));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
