/** Which rows of a long list to draw: those in view and some on either side. Pure; places count from 0. */

export interface View {
  /** CSS pixels from the top of the list to the top of the view. */
  readonly scrollTop: number;
  /** CSS pixels. */
  readonly height: number;
}

export interface Rows {
  readonly first: number;
  /** The place after the last row drawn. */
  readonly end: number;
}

/** Drawn beyond the edges of the view, so that a quick scroll meets rows and not a gap. */
const MARGIN_ROWS = 12;

/** The rows to draw of `count`, each `rowHeight` pixels high. */
export function rowsInView({ scrollTop, height }: View, count: number, rowHeight: number): Rows {
  const top = Math.floor(Math.max(scrollTop, 0) / rowHeight);
  const shown = Math.ceil(height / rowHeight);
  const end = Math.min(count, top + shown + MARGIN_ROWS);
  return { first: Math.max(0, Math.min(top, count - shown) - MARGIN_ROWS), end };
}

/** Where to scroll so that a row is in view; the same place when it is there already. */
export function scrollTo(row: number, { scrollTop, height }: View, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
