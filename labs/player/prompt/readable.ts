/** Replies for people: redis-cli prints every byte beyond ASCII as an escape, and so does the prompt unless told otherwise. */

// A backslash of the value is escaped itself, so `\\xec` is no byte. The rest are the shapes of UTF-8 with 2, 3 and 4 bytes.
const TAIL = "\\\\x[89ab][0-9a-f]";
const ESCAPES = new RegExp(
  `\\\\\\\\|(?:\\\\x[cd][0-9a-f]${TAIL}|\\\\xe[0-9a-f](?:${TAIL}){2}|\\\\xf[0-7](?:${TAIL}){3})+`,
  "g",
);

/** `reply` with the letters that redis-cli escaped; what is no letter stays escaped. */
export function readable(reply: string): string {
  return reply.replace(ESCAPES, (escaped) => {
    if (escaped === "\\\\") return escaped;
    const bytes = Uint8Array.from(escaped.slice(2).split("\\x"), (hex) => Number.parseInt(hex, 16));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return escaped;
    }
  });
}
