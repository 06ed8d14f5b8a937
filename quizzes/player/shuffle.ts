/** Orders that are drawn once, remembered by a number, and survive edits of the item. */

/**
 * The ids in an order that depends on nothing but the seed and each id itself. So a choice added, removed or moved
 * by a later edit does not move the others: a learner who comes back finds the order they left.
 */
export function shuffled(ids: readonly string[], seed: number): readonly string[] {
  const ranked = ids.map((id) => ({ id, rank: hash(seed, id) }));
  ranked.sort((one, other) => one.rank - other.rank || (one.id < other.id ? -1 : 1));
  return ranked.map(({ id }) => id);
}

/** A fresh seed: 32 random bits. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** FNV-1a over the id, then murmur's finalizer: FNV alone leaves the order of similar ids visible. */
function hash(seed: number, id: string): number {
  let state = (seed ^ 0x811c9dc5) >>> 0;
  for (let place = 0; place < id.length; place += 1) {
    state = Math.imul(state ^ id.charCodeAt(place), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
