/** Text prepared for matching: keystrokes without spaces, so that 캐시미스 finds 캐시 미스, with the edges of words kept. */

import { isEnding, keystrokesOf } from "./hangul.ts";

const WORD_START = 1;
const SYLLABLE_START = 2;
/** Stands where a sentence or a cell ends: no match may reach over it. */
const BARRIER = "\u0000";

/** A stretch of text. `sources[i]` is the index in the source of the character that keystroke `i` belongs to. */
export interface Prepared {
  readonly keys: string;
  readonly edges: Uint8Array;
  readonly sources: Uint32Array;
}

/** Where a needle was found in keystrokes, and how well: 1 for a word of its own, less for a part of a word. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly quality: number;
}

const PREFIX_QUALITY = 0.7;
const HALF_SYLLABLE_QUALITY = 0.4;
const INNER_QUALITY = 0.25;

/** Words of a text in lower case: runs of Hangul, and runs of Latin letters and digits. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[가-힣ㄱ-ㅎㅏ-ㅣ]+|[0-9a-z]+/g) ?? []
  );
}

export function prepare(source: string): Prepared {
  let keys = "";
  const edges: number[] = [];
  const sources: number[] = [];
  let before: "hangul" | "latin" | "none" = "none";
  for (let place = 0; place < source.length; place++) {
    const character = source[place] ?? "";
    const kind = kindOf(character);
    if (kind === "barrier") {
      keys += BARRIER;
      edges.push(WORD_START | SYLLABLE_START);
      sources.push(place);
    }
    if (kind === "hangul" || kind === "latin") {
      const typed = keystrokesOf(character);
      for (let key = 0; key < typed.length; key++) {
        edges.push(key > 0 ? 0 : kind === before ? SYLLABLE_START : SYLLABLE_START | WORD_START);
        sources.push(place);
      }
      keys += typed;
    }
    before = kind === "hangul" || kind === "latin" ? kind : "none";
  }
  return { keys, edges: Uint8Array.from(edges), sources: Uint32Array.from(sources) };
}

/** Every place of `needle` (keystrokes) that begins with a syllable. A match that ends inside one counts while `typing`. */
export function* find(text: Prepared, needle: string, typing: boolean): Generator<Found> {
  const latin = /^[0-9a-z]/.test(needle);
  for (let start = text.keys.indexOf(needle); start >= 0; start = text.keys.indexOf(needle, start + 1)) {
    const edge = text.edges[start] ?? 0;
    const end = start + needle.length;
    if (!(edge & SYLLABLE_START)) continue;
    const whole = end === text.keys.length || ((text.edges[end] ?? 0) & SYLLABLE_START) !== 0;
    const begins = (edge & WORD_START) !== 0;
    if (!whole) {
      if (typing && begins) yield { start, end, quality: HALF_SYLLABLE_QUALITY };
    } else if (begins) {
      yield { start, end, quality: endsWord(text, end) ? 1 : PREFIX_QUALITY };
    } else if (!latin) {
      yield { start, end, quality: INNER_QUALITY };
    }
  }
}

function endsWord(text: Prepared, end: number): boolean {
  let next = end;
  while (next < text.keys.length && !((text.edges[next] ?? 0) & WORD_START)) next++;
  return next === end || isEnding(text.keys.slice(end, next));
}

function kindOf(character: string): "hangul" | "latin" | "barrier" | "none" {
  if (/[가-힣ㄱ-ㅎㅏ-ㅣ]/.test(character)) return "hangul";
  if (/[0-9A-Za-z]/.test(character)) return "latin";
  return /[.!?,;:()|\n“”—–→]/.test(character) ? "barrier" : "none";
}
