/**
 * A step's code in a link: in the fragment, which browsers send to no server.
 *
 *     #share=<step>.<rev>.<code, deflated, base64url>
 *
 * A link may come from anyone, so reading one gives text to look at and nothing else.
 */

export interface Shared {
  readonly step: string;
  readonly rev: number;
  readonly code: string;
}

export type ReadShare =
  | { readonly kind: "shared"; readonly shared: Shared }
  /** A link to this step that does not hold code: cut off on its way, or made by hand. */
  | { readonly kind: "broken"; readonly step: string };

/** Letters of code in a link; nobody writes that much in a lab, and a small link may unpack to any size. */
export const MOST_CODE = 100_000;
/** Longer than this, some messengers cut a link. */
export const LONG_LINK = 4_000;

const FRAGMENT = /^#share=([a-z0-9-]+)\.(\d+)\.([\w-]*)$/;
const BROKEN = /^#share=([a-z0-9-]+)/;

/** The fragment that carries `shared`, with its "#". */
export async function shareFragment({ step, rev, code }: Shared): Promise<string> {
  const packed = await collect(stream(new TextEncoder().encode(code), new CompressionStream("deflate-raw")));
  return `#share=${step}.${rev}.${toBase64Url(packed)}`;
}

/** What a page's fragment shares; null when it is about something else. Never throws. */
export async function readShare(fragment: string): Promise<ReadShare | null> {
  const named = BROKEN.exec(fragment)?.[1];
  if (named === undefined) return null;
  const broken = { kind: "broken", step: named } as const;
  const [, step, rev, packed] = FRAGMENT.exec(fragment) ?? [];
  if (step === undefined || rev === undefined || packed === undefined) return broken;
  try {
    const bytes = await collect(
      stream(fromBase64Url(packed), new DecompressionStream("deflate-raw")),
      MOST_CODE * 3,
    );
    const code = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (code.length > MOST_CODE) return broken;
    return { kind: "shared", shared: { step, rev: Number(rev), code } };
  } catch {
    return broken;
  }
}

type ByteTransform = CompressionStream | DecompressionStream;

function stream(bytes: Uint8Array<ArrayBuffer>, transform: ByteTransform): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(transform);
}

async function collect(
  source: ReadableStream<Uint8Array>,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = source.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most} bytes`);
    }
    chunks.push(next.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Throws InvalidCharacterError. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
}
