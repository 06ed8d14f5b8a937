/** Reads the zips of the runtime bundle: stored, not compressed, because they travel packed as a whole. */

export interface ZipEntry {
  readonly name: string;
  /** A view into the archive, not a copy. */
  readonly data: Uint8Array;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;

/** The files of `archive`, in its order. Throws RangeError for anything but a plain stored zip without a comment. */
export function readStoredZip(archive: Uint8Array): ZipEntry[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.byteLength - END_SIZE;
  if (end < 0 || view.getUint32(end, true) !== END) {
    throw new RangeError("not a zip without a comment");
  }
  const count = view.getUint16(end + 10, true);
  const entries: ZipEntry[] = [];
  const utf8 = new TextDecoder();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== CENTRAL) {
      throw new RangeError(`entry ${index} of the zip is not where it should be`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const name = utf8.decode(archive.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameLength));
    const size = view.getUint32(at + 24, true);
    if (view.getUint16(at + 10, true) !== 0 || view.getUint32(at + 20, true) !== size) {
      throw new RangeError(`${name} is compressed`);
    }
    const local = view.getUint32(at + 42, true);
    const start = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries.push({ name, data: archive.subarray(start, start + size) });
    at += CENTRAL_SIZE + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
