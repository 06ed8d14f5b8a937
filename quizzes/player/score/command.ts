/**
 * A typed redis-cli line against the lines an item knows. Nothing runs here: lint has run every accepted line and shown that
 * it does what the key does. What is left is to see that two lines are the same command, spelt differently.
 */

/** Words of options that follow a command's fixed arguments in any order, and how many values each takes. */
interface Options {
  /** Arguments between the command word and the options. */
  readonly after: number;
  readonly takes: Readonly<Record<string, number>>;
}

const EXPIRY = { EX: 1, PX: 1, EXAT: 1, PXAT: 1 };
const WHEN = { NX: 0, XX: 0, GT: 0, LT: 0 };
const OPTIONS: Readonly<Record<string, Options>> = {
  SET: { after: 2, takes: { ...EXPIRY, NX: 0, XX: 0, GET: 0, KEEPTTL: 0 } },
  GETEX: { after: 1, takes: { ...EXPIRY, PERSIST: 0 } },
  EXPIRE: { after: 2, takes: WHEN },
  PEXPIRE: { after: 2, takes: WHEN },
  ZADD: { after: 1, takes: { ...WHEN, CH: 0, INCR: 0 } },
  ZRANGE: { after: 3, takes: { BYSCORE: 0, BYLEX: 0, REV: 0, LIMIT: 2, WITHSCORES: 0 } },
  ZREVRANGE: { after: 3, takes: { WITHSCORES: 0 } },
  ZRANK: { after: 2, takes: { WITHSCORE: 0 } },
  ZREVRANK: { after: 2, takes: { WITHSCORE: 0 } },
};

/** Whether two lines are the same command. A line that redis-cli could not read is the same as no other. */
export function sameCommand(one: string, other: string): boolean {
  const words = canonical(one);
  return words !== null && JSON.stringify(words) === JSON.stringify(canonical(other));
}

/** The part whose reason answers a wrong line, or null when the item does not know the line. */
export function rejectedBy(
  line: string,
  rejects: Readonly<Record<string, readonly string[]>>,
): string | null {
  return Object.keys(rejects).find((id) => rejects[id]?.some((known) => sameCommand(line, known))) ?? null;
}

/** The words of a line as the server would take them: command word and options in capitals, options in one order. */
export function canonical(line: string): readonly string[] | null {
  const [name, ...rest] = splitLine(asTyped(line)) ?? [];
  if (name === undefined) return null;
  const command = name.toUpperCase();
  const options = OPTIONS[command];
  if (!options) return [command, ...rest];
  return [command, ...rest.slice(0, options.after), ...sorted(rest.slice(options.after), options.takes)];
}

/** What the fingers meant: phones put curly quotes and odd spaces where a keyboard has straight ones. */
function asTyped(line: string): string {
  return line
    .normalize("NFC")
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/\u00a0/g, " ");
}

/** Options in one order, as far as they go; what follows them (scores and members of ZADD) stays as it is. */
function sorted(words: readonly string[], takes: Options["takes"]): readonly string[] {
  const found: string[][] = [];
  let place = 0;
  for (;;) {
    const option = words[place]?.toUpperCase() ?? "";
    const values = takes[option];
    if (values === undefined) break;
    found.push([option, ...words.slice(place + 1, place + 1 + values)]);
    place += 1 + values;
  }
  found.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  return [...found.flat(), ...words.slice(place)];
}

const SPACE = /[ \t\n\r\v\f]/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\u0007" };

/** The words of a line as redis-cli splits it, or null when its quotes do not close. */
export function splitLine(line: string): readonly string[] | null {
  const words: string[] = [];
  let place = 0;
  for (;;) {
    while (SPACE.test(line.charAt(place))) place += 1;
    if (place >= line.length) return words;
    const read = readWord(line, place);
    if (!read) return null;
    words.push(new TextDecoder().decode(Uint8Array.from(read.bytes)));
    place = read.end;
  }
}

interface Read {
  readonly bytes: readonly number[];
  readonly end: number;
}

function readWord(line: string, start: number): Read | null {
  const bytes: number[] = [];
  let place = start;
  while (place < line.length && !SPACE.test(line.charAt(place))) {
    const sign = line.charAt(place);
    if (sign === '"' || sign === "'") {
      const quoted = readQuoted(line, place + 1, sign);
      return quoted && { bytes: [...bytes, ...quoted.bytes], end: quoted.end };
    }
    const letter = String.fromCodePoint(line.codePointAt(place) ?? 0);
    bytes.push(...utf8(letter));
    place += letter.length;
  }
  return { bytes, end: place };
}

function readQuoted(line: string, start: number, quote: string): Read | null {
  const bytes: number[] = [];
  let place = start;
  while (place < line.length) {
    if (line.charAt(place) === quote) {
      const next = line.charAt(place + 1);
      return next === "" || SPACE.test(next) ? { bytes, end: place + 1 } : null;
    }
    const sign = readSign(line, place, quote);
    bytes.push(...sign.bytes);
    place = sign.end;
  }
  return null;
}

/** One character inside quotes, escapes resolved: all of them in double quotes, only the quote itself in single ones. */
function readSign(line: string, place: number, quote: string): Read {
  const letter = String.fromCodePoint(line.codePointAt(place) ?? 0);
  const next = line.charAt(place + 1);
  const escaped = letter === "\\" && (quote === '"' ? next !== "" : next === "'");
  if (!escaped) return { bytes: utf8(letter), end: place + letter.length };
  const digits = /^x([0-9a-f]{2})/i.exec(line.slice(place + 1, place + 4))?.[1];
  if (quote === '"' && next === "x" && digits)
    return { bytes: [Number.parseInt(digits, 16)], end: place + 4 };
  const following = String.fromCodePoint(line.codePointAt(place + 1) ?? 0);
  return { bytes: utf8(ESCAPES[following] ?? following), end: place + 1 + following.length };
}

function utf8(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
