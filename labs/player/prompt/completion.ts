/** What the line being typed may become: names, keys and endpoints to choose from, and the arguments that are still to come. */

import type { PromptPlace } from "../runtime/types.ts";
import type { Command } from "./commands.ts";

export interface Option {
  /** What takes the place of the word being typed. */
  readonly text: string;
  readonly detail: string;
}

export interface Completion {
  /** Where in the line the options begin. */
  readonly from: number;
  readonly options: readonly Option[];
}

/** One argument of the command being typed. */
export interface HintPart {
  readonly text: string;
  readonly state: "typed" | "now" | "later";
}

export interface Hint {
  readonly name: string;
  readonly parts: readonly HintPart[];
  readonly gloss: string;
}

/** What a line can be completed with. */
export interface Known {
  readonly commands: readonly Command[];
  readonly keys: readonly string[];
  readonly places: readonly PromptPlace[];
}

/** More would not be read. */
const MOST_OPTIONS = 8;
const WORD = /"(?:\\.|[^"\\])*"?|'(?:\\'|[^'])*'?|\S+/g;
const CONNECT = "connect";

/** What fits at the end of `before`, the part of the line before the caret. */
export function complete(before: string, { commands, keys, places }: Known): Completion {
  const { from, word, command, index } = read(before, commands);
  if (command === null) {
    const start = before.trimStart().replace(/\s+/g, " ").toUpperCase();
    const named = start === "" ? [] : commands.filter(([name]) => name.startsWith(start) && name !== start);
    return {
      from: before.length - before.trimStart().length,
      options: named.slice(0, MOST_OPTIONS).map(([name, , detail]) => ({ text: `${name} `, detail })),
    };
  }
  const found =
    command[0] === CONNECT
      ? places.map(({ host, about }) => ({ text: host, detail: about.replaceAll("`", "") }))
      : argumentAt(command[1], index) === "key"
        ? keys.map((key) => ({ text: key, detail: "" }))
        : [];
  const fits = found.filter(({ text }) => text.startsWith(word) && text !== word);
  return { from, options: fits.slice(0, MOST_OPTIONS) };
}

/** The arguments of the command that the line begins with; null while there is none. */
export function hintFor(line: string, commands: readonly Command[]): Hint | null {
  // A name that is all there needs no space after it.
  const typed = read(line, commands);
  const { command, index } = typed.command === null ? read(`${line} `, commands) : typed;
  if (command === null) return null;
  const [name, syntax, gloss] = command;
  const parts = partsOf(syntax);
  // An option may be left out, so from the first one on nobody knows which argument a word is.
  const required = leading(parts);
  return {
    name,
    gloss,
    parts: parts.map((text, place) => ({
      text,
      state: place >= required.length ? "later" : place < index ? "typed" : place === index ? "now" : "later",
    })),
  };
}

/** The word being typed, the command it belongs to, and its place among the arguments; from 0, -1 in the name itself. */
function read(before: string, commands: readonly Command[]) {
  const words = before.match(WORD) ?? [];
  const word = /\s$/.test(before) ? "" : (words.pop() ?? "");
  const from = before.length - word.length;
  const command = [2, 1]
    .map((length) => words.slice(0, length).join(" ").toUpperCase())
    .map((start) => (start === "CONNECT" ? CONNECT_COMMAND : commands.find(([name]) => name === start)))
    .find((found) => found !== undefined);
  if (command === undefined) return { from, word, command: null, index: -1 };
  return { from, word, command, index: words.length - command[0].split(" ").length };
}

const CONNECT_COMMAND: Command = [CONNECT, "host", "다른 엔드포인트로 옮깁니다"];

/** "key [NX|XX] value" → its three parts. */
function partsOf(syntax: string): readonly string[] {
  return syntax.match(/\[[^\]]*\]|\S+/g) ?? [];
}

function leading(parts: readonly string[]): readonly string[] {
  const optional = parts.findIndex((part) => part.startsWith("["));
  return optional < 0 ? parts : parts.slice(0, optional);
}

/** What the argument at a place is called; "" where options make that unclear. */
function argumentAt(syntax: string, index: number): string {
  const parts = partsOf(syntax);
  const required = leading(parts);
  if (index < required.length) return required[index] ?? "";
  const repeated = /^\[(.+) …\]$/.exec(parts[required.length] ?? "")?.[1]?.split(" ") ?? [];
  return repeated[(index - required.length) % repeated.length] ?? "";
}
