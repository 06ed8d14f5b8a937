/** `<lab-inspector>`: what the cache did in the last run. Renders a report; all reckoning is in `reduce.ts`. */

import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import type { RunReport } from "../runtime/types.ts";
import { strings } from "../strings.ts";
import { duration, percent, ttl } from "./format.ts";
import {
  type KeyRow,
  lanesOf,
  type Moment,
  type SequenceRow,
  type StoreTable,
  sequence,
  storeTables,
  Timeline,
} from "./reduce.ts";
import { rowsInView, scrollTo, type View } from "./rows-in-view.ts";

const words = strings.inspector;

/** A longer sequence scrolls in a window of its own, which draws only the rows in view. */
const MOST_ROWS_UNWINDOWED = 40;
/** A session grows under the learner's eyes; what comes below must not wander off. */
const MOST_ROWS_OF_A_SESSION = 8;
/** Keys drawn at first and added by each press. */
const KEYS_AT_A_TIME = 30;

/** Sizes in SVG units, which are CSS pixels. All lanes together stay narrow enough for a phone. */
const LANE_WIDTH = 52;
const MOST_LANES_WIDTH = 208;
const ROW_HEIGHT = 36;
/** Of a lane's name, with room to its neighbour. */
const LETTER_WIDTH = 7;
/** About ten rows; `lab.css` gives the window this height. */
const WINDOW_HEIGHT = 396;

export class LabInspector extends LitElement {
  static override properties = {
    report: { attribute: false },
    session: { type: Boolean },
    shownEvents: { state: true },
    shownKeys: { state: true },
    view: { state: true },
  };

  declare report: RunReport | null;
  /** The report is of a session that goes on: its latest requests count, and there is no run to speak of. */
  declare session: boolean;
  declare shownEvents: number;
  declare shownKeys: number;
  declare view: View;
  #timeline = new Timeline([]);
  #lanes: readonly string[] = [];
  #rows: readonly SequenceRow[] = [];
  #tables: readonly StoreTable[] = [];

  constructor() {
    super();
    this.report = null;
    this.session = false;
    this.shownEvents = 0;
    this.shownKeys = KEYS_AT_A_TIME;
    this.view = TOP;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("report") || this.report === null) return;
    const { trace } = this.report;
    this.#timeline = new Timeline(trace);
    this.#lanes = lanesOf(trace);
    this.#rows = sequence(trace, this.#lanes);
    this.#tables = storeTables(this.report);
    this.shownEvents = trace.length;
    this.shownKeys = KEYS_AT_A_TIME;
    this.view = this.session ? { ...TOP, scrollTop: trace.length * ROW_HEIGHT } : TOP;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    // The policy of the page allows no style attribute, so the rows that are not drawn get their height here.
    const { first, end } = this.#drawn;
    for (const [name, rows] of [
      ["before", first],
      ["after", this.#rows.length - end],
    ] as const) {
      const spacer = scroller.querySelector<HTMLElement>(`[data-spacer="${name}"]`);
      if (spacer !== null) spacer.style.height = `${rows * ROW_HEIGHT}px`;
    }
    if (changed.has("report")) scroller.scrollTop = this.session ? scroller.scrollHeight : 0;
    else if (changed.has("shownEvents")) {
      scroller.scrollTop = scrollTo(Math.max(this.shownEvents - 1, 0), this.view, ROW_HEIGHT);
    }
  }

  get #isWindowed(): boolean {
    return this.#rows.length > (this.session ? MOST_ROWS_OF_A_SESSION : MOST_ROWS_UNWINDOWED);
  }

  get #scroller(): HTMLElement | null {
    return this.#isWindowed ? this.querySelector(".lab-sequence-window") : null;
  }

  get #drawn(): { readonly first: number; readonly end: number } {
    const count = this.#rows.length;
    return this.#isWindowed ? rowsInView(this.view, count, ROW_HEIGHT) : { first: 0, end: count };
  }

  readonly #scrolled = (event: Event) => {
    if (!(event.currentTarget instanceof HTMLElement)) return;
    const { scrollTop, clientHeight } = event.currentTarget;
    const head = event.currentTarget.querySelector("thead")?.clientHeight ?? 0;
    this.view = { scrollTop, height: clientHeight - head };
  };

  protected override render(): TemplateResult | typeof nothing {
    if (this.report === null) return nothing;
    const tables = this.#tables.map((table) => this.#table(table));
    return html`
      <div class="lab-inspector-head">
        <h3 class="lab-subtitle" aria-level=${this.session ? 2 : nothing}>${words.title}</h3>
        ${this.#rows.length > 1 ? this.#scrubber() : nothing}
      </div>
      ${this.#counters()} ${this.session ? [tables, this.#sequence()] : [this.#sequence(), tables]}
    `;
  }

  // At the end the report's own counters are shown: they also know of time that passed without a request.
  #moment(): Omit<Moment, "events"> {
    const { report, shownEvents } = this;
    if (report === null || shownEvents < report.trace.length) return this.#timeline.at(shownEvents);
    const { hits, misses, db_reads, db_writes, virtual_ms } = report.counters;
    return { hits, misses, dbReads: db_reads, dbWrites: db_writes, elapsed: virtual_ms };
  }

  #counters(): TemplateResult {
    const { hits, misses, dbReads, dbWrites, elapsed } = this.#moment();
    const lookups = hits + misses;
    const rate = percent(hits, lookups);
    return html`
      <dl class="lab-counters" aria-label=${words.counters}>
        <div data-tone="hit">
          <dt>${words.hitRate}</dt>
          <dd class="lab-figure">${rate ?? "–"}</dd>
          <dd>${rate === null ? words.hitRateNone : words.hitsOfLookups(hits, lookups)}</dd>
        </div>
        ${
          this.session
            ? html`<div>
                <dt>${words.requests}</dt>
                <dd class="lab-figure">${words.times(this.#rows[this.shownEvents - 1]?.seq ?? 0)}</dd>
                <dd>${words.failures(this.#failures())}</dd>
              </div>`
            : html`<div data-tone="db">
                <dt>${words.dbReads}</dt>
                <dd class="lab-figure">${words.times(dbReads)}</dd>
                <dd>${words.dbWrites(dbWrites)}</dd>
              </div>`
        }
        <div>
          <dt>${this.session ? words.passed : words.virtual}</dt>
          <dd class="lab-figure">${duration(elapsed)}</dd>
          <dd>${words.virtualWhy}</dd>
        </div>
      </dl>
    `;
  }

  #failures(): number {
    return this.#rows.slice(0, this.shownEvents).filter(({ tone }) => tone === "error").length;
  }

  #scrubber(): TemplateResult {
    const count = this.#rows.length;
    const step = (by: number) => () => {
      this.shownEvents = Math.min(count, Math.max(0, this.shownEvents + by));
    };
    return html`
      <div class="lab-scrubber" role="group" aria-label=${words.scrub}>
        <button type="button" class="lab-icon-button" aria-label=${words.previous} @click=${step(-1)}>‹</button>
        <input
          type="range"
          min="0"
          max=${count}
          aria-label=${words.scrub}
          aria-valuetext=${words.scrubAt(this.shownEvents, count)}
          .value=${String(this.shownEvents)}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.shownEvents = event.target.valueAsNumber;
          }}
        />
        <button type="button" class="lab-icon-button" aria-label=${words.following} @click=${step(1)}>›</button>
        <span class="lab-scrubber-count" aria-hidden="true">${this.shownEvents}/${count}</span>
      </div>
    `;
  }

  #sequence(): TemplateResult {
    if (this.#rows.length === 0) return html`<p class="lab-quiet">${words.noEvents}</p>`;
    const { first, end } = this.#drawn;
    const rows = this.#rows.slice(first, end).map((row, index) => this.#row(row, first + index + 1));
    const table = html`
      <table class="lab-sequence" aria-rowcount=${this.#rows.length + 1}>
        <caption class="lab-caption">${words.sequence}</caption>
        <thead>
          <tr aria-rowindex="1">
            <th scope="col" class="lab-flow">
              <span class="lab-visually-hidden">${words.event.flow}</span>
              ${laneHeads(this.#lanes)}
            </th>
            <th scope="col">${words.event.op}</th>
            <th scope="col">${words.event.outcome}</th>
            <th scope="col" class="lab-number lab-wide">${words.event.time}</th>
            <th scope="col" class="lab-number lab-wide">${words.event.ms}</th>
          </tr>
        </thead>
        ${
          this.#isWindowed
            ? html`<tbody class="lab-spacer" aria-hidden="true"><tr><td data-spacer="before"></td></tr></tbody>`
            : nothing
        }
        <tbody>
          ${rows}
        </tbody>
        ${
          this.#isWindowed
            ? html`<tbody class="lab-spacer" aria-hidden="true"><tr><td data-spacer="after"></td></tr></tbody>`
            : nothing
        }
      </table>
    `;
    if (!this.#isWindowed) return table;
    return html`
      <div
        class="lab-sequence-window"
        role="region"
        tabindex="0"
        aria-label=${words.sequenceWindow(this.#rows.length)}
        @scroll=${{ handleEvent: this.#scrolled, passive: true }}
      >
        ${table}
      </div>
    `;
  }

  #row(row: SequenceRow, position: number): TemplateResult {
    const state = position > this.shownEvents ? "later" : position === this.shownEvents ? "now" : "past";
    return html`
      <tr aria-rowindex=${position + 1} data-tone=${row.tone} data-when=${this.shownEvents === this.#rows.length ? "past" : state}>
        <td class="lab-flow">
          <span class="lab-visually-hidden">${words.flow(this.#laneAt(row.from), this.#laneAt(row.to))}</span>
          ${arrow(row, this.#lanes.length)}
        </td>
        <td class="lab-op"><code>${row.op}</code>${row.key === null ? nothing : html` <span>${row.key}</span>`}</td>
        <td><span class="lab-chip" data-tone=${row.tone}>${words.outcomes[row.tone]}</span></td>
        <td class="lab-number lab-wide">${duration(row.t)}</td>
        <td class="lab-number lab-wide">${duration(row.ms)}</td>
      </tr>
    `;
  }

  #laneAt(place: number): string {
    return laneName(this.#lanes[place] ?? "");
  }

  #table({ store, name, rows, gone }: StoreTable): TemplateResult {
    const { columns } = words;
    const rest = rows.length - this.shownKeys;
    const empty = rows.length === 0 && gone.length === 0;
    return html`
      <details class="lab-store" ?open=${store === "cache"}>
        <summary>
          <span class="lab-caption">${words.keysOf(store === "cache" ? words.lanes.cache : words.lanes.db)}</span>
          <span class="lab-host">${name}</span>
          <span class="lab-count">${words.entries(rows.length)}</span>
        </summary>
        ${
          empty
            ? html`<p class="lab-quiet">${words.noKeys}</p>`
            : html`<table class="lab-keys-table">
              <thead>
                <tr>
                  <th scope="col">${columns.key}</th>
                  <th scope="col">${columns.value}</th>
                  ${store === "cache" ? html`<th scope="col" class="lab-number">${columns.ttl}</th>` : nothing}
                  <th scope="col" class="lab-number lab-wide">${columns.bytes}</th>
                  ${store === "cache" ? html`<th scope="col">${this.session ? words.soFar : columns.change}</th>` : nothing}
                </tr>
              </thead>
              <tbody>
                ${rows.slice(0, this.shownKeys).map((row) => keyRow(row, store))}
                ${gone.slice(0, this.shownKeys).map(
                  ({ key, loss }) => html`<tr data-gone>
                    <th scope="row"><code>${key}</code></th>
                    <td>–</td>
                    <td class="lab-number">–</td>
                    <td class="lab-number lab-wide">–</td>
                    <td><span class="lab-chip" data-tone="miss">${words.losses[loss]}</span></td>
                  </tr>`,
                )}
              </tbody>
            </table>`
        }
        ${
          rest > 0
            ? html`<button
                type="button"
                class="lab-button"
                @click=${() => {
                  this.shownKeys += KEYS_AT_A_TIME;
                }}
              >
                ${words.more(rest)}
              </button>`
            : nothing
        }
      </details>
    `;
  }
}

function keyRow(row: KeyRow, store: StoreTable["store"]): TemplateResult {
  return html`
    <tr>
      <th scope="row"><code>${row.key}</code> <span class="lab-type lab-wide">${row.type}</span></th>
      <td class="lab-value"><code>${row.value}</code></td>
      ${store === "cache" ? html`<td class="lab-number">${ttl(row.ttl_ms)}</td>` : nothing}
      <td class="lab-number lab-wide">${words.bytes(row.bytes)}</td>
      ${store === "cache" ? html`<td class="lab-news">${news(row)}</td>` : nothing}
    </tr>
  `;
}

function news({ change, reads }: KeyRow): TemplateResult | string {
  if (change === "untouched") return words.untouched;
  return html`<span class="lab-chip" data-tone=${change === "read" ? "hit" : "ok"}>${words.changes[change]}</span>${
    reads > 0 && change !== "read" ? html` <span class="lab-reads">${words.reads(reads)}</span>` : nothing
  }`;
}

/** One request between the lifelines of its lanes. Decoration: the cells beside it say the same. */
function arrow({ from, to, tone, database }: SequenceRow, lanes: number): TemplateResult {
  const laneWidth = laneWidthOf(lanes);
  const x = (lane: number) => laneWidth * (lane + 0.5);
  const y = ROW_HEIGHT / 2;
  const direction = Math.sign(to - from);
  const tip = x(to) - direction * 3;
  const head = `M${tip - direction * 7} ${y - 4.5}L${tip} ${y}L${tip - direction * 7} ${y + 4.5}`;
  const width = laneWidth * lanes;
  return html`<svg
    class="lab-arrow"
    viewBox="0 0 ${width} ${ROW_HEIGHT}"
    width=${width}
    height=${ROW_HEIGHT}
    data-tone=${database && tone === "ok" ? "db" : tone}
    aria-hidden="true"
    focusable="false"
  >
    ${Array.from({ length: lanes }, (_, lane) => svg`<path class="lab-lifeline" d="M${x(lane)} 0V${ROW_HEIGHT}" />`)}
    ${
      direction === 0
        ? svg`<circle class="lab-arrow-line" cx=${x(to)} cy=${y} r="6" />`
        : svg`<path class="lab-arrow-line" d="M${x(from)} ${y}H${tip}" /><path class="lab-arrow-line" d=${head} />`
    }
    <circle class="lab-arrow-start" cx=${x(from)} cy=${y} r="3" />
  </svg>`;
}

function laneWidthOf(lanes: number): number {
  return Math.min(LANE_WIDTH, Math.floor(MOST_LANES_WIDTH / lanes));
}

/** The lanes' names over their lifelines; an SVG, so that each name has its lane's width. */
function laneHeads(lanes: readonly string[]): TemplateResult {
  const laneWidth = laneWidthOf(lanes.length);
  const width = laneWidth * lanes.length;
  // Names that would run into each other stand on two lines by turns.
  const isStaggered = lanes.some((lane) => laneName(lane).length * LETTER_WIDTH > laneWidth);
  const height = isStaggered ? ROW_HEIGHT - 4 : ROW_HEIGHT / 2;
  return html`<svg
    class="lab-lanes"
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
    aria-hidden="true"
    focusable="false"
  >
    ${lanes.map(
      (lane, index) =>
        svg`<text x=${laneWidth * (index + 0.5)} y=${height - 5 - (isStaggered && index % 2 === 1 ? 14 : 0)}>${laneName(lane)}</text>`,
    )}
  </svg>`;
}

const TOP: View = { scrollTop: 0, height: WINDOW_HEIGHT };

function laneName(lane: string): string {
  return (words.lanes as Readonly<Record<string, string>>)[lane] ?? lane;
}
