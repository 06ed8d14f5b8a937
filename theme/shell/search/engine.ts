/** The search engine: which sections answer a query, best first. Pure; the worker around it talks to the theme. */

import { distance, isParticle, keystrokes, stemOf } from "./hangul.ts";
import { find, type Prepared, prepare, wordsOf } from "./text.ts";

/** A page, or a heading of it, as scripts/steps/post/search.py writes it. */
export interface Section {
  readonly location: string;
  readonly title: string;
  /** Paragraphs, items and cells, as plain text. */
  readonly text: readonly string[];
  /** What the title, or a term that this section teaches, is also called. */
  readonly names: readonly string[];
  /** What terms that the text mentions are also called. */
  readonly keys: readonly string[];
  readonly boost: number;
}

/** A section that answers a query. `needles` are the keystrokes to mark; `terms` says for each word whether it is there. */
export interface Hit {
  readonly section: Section;
  readonly score: number;
  readonly needles: readonly string[];
  readonly terms: Readonly<Record<string, boolean>>;
}

export interface Engine {
  /** Hits of the query, best first. */
  search(query: string): readonly Hit[];
}

/** What a word of the query looks for. A word that occurs nowhere becomes the parts, or the neighbour, that do. */
interface Needle {
  readonly keys: string;
  /** The word of the query it stands for; none for the whole query read as one word. */
  readonly word: string | undefined;
  readonly typing: boolean;
}

/** A needle with its strength in every section, in their order, and how rare it is. */
interface Column {
  readonly needle: Needle;
  readonly strengths: readonly number[];
  readonly rarity: number;
}

interface Prepped {
  readonly section: Section;
  readonly title: Prepared;
  readonly page: Prepared;
  readonly names: readonly Prepared[];
  readonly text: Prepared;
  readonly keys: Prepared;
}

const WEIGHTS = { title: 6, names: 5, text: 2, keys: 1, page: 1, throughout: 4 } as const;
// A title says the more about a word the less else it says.
const SHARE_OF_TITLE = 0.5;
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;
const MOST_HITS = 60;
/** Below this many keys a near miss is a different word. */
const LEAST_KEYS_FOR_TYPO = 4;
const KEYS_FOR_SECOND_TYPO = 9;

export function createEngine(sections: readonly Section[]): Engine {
  const titles = new Map(sections.map((section) => [section.location, section.title]));
  const prepped = sections.map((section): Prepped => {
    const [page = ""] = section.location.split("#");
    return {
      section,
      title: prepare(section.title),
      page: prepare(page === section.location ? "" : (titles.get(page) ?? "")),
      names: section.names.map(prepare),
      text: prepare(section.text.join("\n")),
      keys: prepare(section.keys.join("\n")),
    };
  });
  const mean = Math.max(total(prepped.map(({ text }) => text.keys.length)) / prepped.length, 1);
  const vocabulary = [...vocabularyOf(sections)];
  const pages = membersOf(sections);

  const isKnown = (keys: string, typing: boolean) =>
    prepped.some((one) => strength(one, keys, typing, mean) > 0);

  function search(query: string): readonly Hit[] {
    const needles = needlesOf(query, isKnown, vocabulary);
    const columns = needles.map((needle): Column => ({ ...columnOf(needle), needle }));
    return prepped
      .flatMap(({ section }, row) => hitOf(section, row, columns) ?? [])
      .sort((one, other) => other.score - one.score)
      .slice(0, MOST_HITS);
  }

  function columnOf(needle: Needle): Omit<Column, "needle"> {
    const strengths = prepped.map((one) => strength(one, needle.keys, needle.typing, mean));
    const having = strengths.filter((one) => one > 0).length;
    // A page that is called by a word and has it in all its sections is about it.
    for (const [row, members] of pages) {
      const page = prepped[row];
      if (!page || ![page.title, ...page.names].some((name) => best(name, needle.keys, needle.typing) > 0))
        continue;
      const share = members.filter((member) => (strengths[member] ?? 0) > 0).length / members.length;
      strengths[row] = (strengths[row] ?? 0) + WEIGHTS.throughout * share;
    }
    return { strengths, rarity: having === 0 ? 0 : Math.log(1 + prepped.length / having) };
  }

  return { search };
}

/** The hit of one section, whose strengths stand in row `row` of every column; undefined when it has no word of the query. */
function hitOf(section: Section, row: number, columns: readonly Column[]): Hit | undefined {
  const rarities = new Map<string, number>();
  const there = new Set<string>();
  let sum = 0;
  for (const { needle, strengths, rarity } of columns) {
    const strength = strengths[row] ?? 0;
    sum += strength * rarity;
    if (needle.word === undefined) continue;
    rarities.set(needle.word, Math.max(rarity, rarities.get(needle.word) ?? 0));
    if (strength > 0) there.add(needle.word);
  }
  if (there.size === 0) return undefined;
  const all = total(rarities.values());
  const covered = total([...there].map((word) => rarities.get(word) ?? 0));
  return {
    section,
    // A section with all the words of a query comes before one that says much about a single of them.
    score: ((sum * covered) / all) * section.boost,
    needles: columns.map(({ needle }) => needle.keys),
    terms: Object.fromEntries([...rarities.keys()].map((word) => [word, there.has(word)])),
  };
}

function total(numbers: Iterable<number>): number {
  return [...numbers].reduce((sum, one) => sum + one, 0);
}

function strength(one: Prepped, keys: string, typing: boolean, mean: number): number {
  let inText = 0;
  for (const { quality } of find(one.text, keys, typing)) inText += quality;
  const length = 1 - LENGTH_SHARE + (LENGTH_SHARE * one.text.keys.length) / mean;
  const names = one.names.reduce((best, name) => Math.max(best, titleStrength(name, keys, typing)), 0);
  return (
    WEIGHTS.title * titleStrength(one.title, keys, typing) +
    WEIGHTS.names * names +
    (WEIGHTS.text * inText * (1 + SATURATION)) / (inText + SATURATION * length) +
    WEIGHTS.keys * best(one.keys, keys, typing) +
    WEIGHTS.page * best(one.page, keys, typing)
  );
}

function titleStrength(title: Prepared, keys: string, typing: boolean): number {
  if (title.keys.length === 0) return 0;
  const share = keys.length / title.keys.length;
  return best(title, keys, typing) * (1 - SHARE_OF_TITLE + SHARE_OF_TITLE * Math.min(share, 1));
}

function best(text: Prepared, keys: string, typing: boolean): number {
  let most = 0;
  for (const { quality } of find(text, keys, typing)) most = Math.max(most, quality);
  return most;
}

type Known = (keys: string, typing: boolean) => boolean;

function needlesOf(query: string, isKnown: Known, vocabulary: readonly string[]): Needle[] {
  const typed = wordsOf(query);
  const words = typed.filter((word, at) => at === 0 || !isParticle(word));
  const last = words.at(-1);
  const needles = words.flatMap((word): Needle[] => {
    const stem = stemOf(word);
    const keys = keystrokes(stem);
    if (isKnown(keys, false)) return [{ keys, word: stem, typing: word === last }];
    const half = keystrokes(word);
    if (word === last && isKnown(half, true)) return [{ keys: half, word, typing: true }];
    const others = nearest(keys, vocabulary) ?? partsOf(stem, isKnown);
    return (others.length > 0 ? others : [half]).map((part) => ({ keys: part, word, typing: false }));
  });
  if (words.length < 2 || last === undefined) return needles;
  const whole = keystrokes(words.slice(0, -1).join("") + stemOf(last));
  return [...needles, { keys: whole, word: undefined, typing: true }];
}

/** The words of the site that a word was probably meant to be; undefined when none is near. */
function nearest(keys: string, vocabulary: readonly string[]): string[] | undefined {
  if (keys.length < LEAST_KEYS_FOR_TYPO) return undefined;
  for (const limit of keys.length < KEYS_FOR_SECOND_TYPO ? [1] : [1, 2]) {
    const near = vocabulary.filter((word) => distance(keys, word, limit) <= limit);
    if (near.length > 0) return near;
  }
  return undefined;
}

/** The longest known beginning of a word, then the same of the rest: 리더보드명령 as 리더보드 and 명령. */
function partsOf(word: string, isKnown: Known): string[] {
  for (let length = word.length - 1; length >= 2; length--) {
    const keys = keystrokes(word.slice(0, length));
    if (isKnown(keys, false)) return [keys, ...partsOf(word.slice(length), isKnown)];
  }
  return word.length >= 2 && isKnown(keystrokes(word), false) ? [keystrokes(word)] : [];
}

/** The words that titles and names are made of: what a misspelt word is compared with. */
function vocabularyOf(sections: readonly Section[]): Set<string> {
  const words = sections
    .flatMap(({ title, names }) => [title, ...names])
    .flatMap(wordsOf)
    .map((word) => keystrokes(stemOf(word)));
  return new Set(words.filter((keys) => keys.length >= LEAST_KEYS_FOR_TYPO));
}

/** For each section that is a page: the places of all sections on it, itself included. */
function membersOf(sections: readonly Section[]): Map<number, number[]> {
  const members = new Map<string, number[]>();
  for (const [place, { location }] of sections.entries()) {
    const page = location.split("#")[0] ?? location;
    members.set(page, [...(members.get(page) ?? []), place]);
  }
  const pages = [...sections.entries()].filter(([, { location }]) => !location.includes("#"));
  return new Map(pages.map(([place, { location }]) => [place, members.get(location) ?? []]));
}
