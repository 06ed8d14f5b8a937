/** Korean messages of the checker are plain text in which only `backticks` mean something: code. */

export interface Piece {
  readonly kind: "text" | "code";
  readonly text: string;
}

/** The pieces of a message in order. A backtick without a partner stays an ordinary character. */
export function pieces(message: string): readonly Piece[] {
  const found: Piece[] = [];
  let rest = 0;
  for (const match of message.matchAll(/`([^`\n]+)`/g)) {
    if (match.index > rest) found.push({ kind: "text", text: message.slice(rest, match.index) });
    found.push({ kind: "code", text: match[1] ?? "" });
    rest = match.index + match[0].length;
  }
  if (rest < message.length) found.push({ kind: "text", text: message.slice(rest) });
  return found;
}
