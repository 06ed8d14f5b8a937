/** `<lab-inspector>`: what the cache did in the last run. Renders a report; all reckoning is in `reduce.ts`. */

import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import type { RunReport } from "../runtime/types.ts";
import { strings } from "../strings.ts";
import { duration, percent, ttl } from "./format.ts";
import {
  type KeyRow,
  lanesOf,
  type Moment,
  momentAfter,
  type SequenceRow,
  type StoreTable,
  sequence,
  storeTables,
} from "./reduce.ts";

const words = strings.inspector;

/** Rows drawn at first and added by each press: enough for every lab, few enough for a phone. */
const ROWS_AT_A_TIME = 100;

/** Size of one lane of the sequence in SVG units, which are CSS pixels. */
const LANE_WIDTH = 52;
const ROW_HEIGHT = 36;

export class LabInspector extends LitElement {
  static override properties = {
    report: { attribute: false },
    shownEvents: { state: true },
    shownRows: { state: true },
  };

  declare report: RunReport | null;
  declare shownEvents: number;
  declare shownRows: number;
  #lanes: readonly string[] = [];
  #rows: readonly SequenceRow[] = [];
  #tables: readonly StoreTable[] = [];

  constructor() {
    super();
    this.report = null;
    this.shownEvents = 0;
    this.shownRows = ROWS_AT_A_TIME;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("report") || this.report === null) return;
    const { trace } = this.report;
    this.#lanes = lanesOf(trace);
    this.#rows = sequence(trace, this.#lanes);
    this.#tables = storeTables(this.report);
    this.shownEvents = trace.length;
    this.shownRows = ROWS_AT_A_TIME;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.report === null) return nothing;
    return html`
      <div class="lab-inspector-head">
        <h3 class="lab-subtitle">${words.title}</h3>
        ${this.#rows.length > 1 ? this.#scrubber() : nothing}
      </div>
      ${this.#counters()} ${this.#sequence()} ${this.#tables.map((table) => this.#table(table))}
    `;
  }

  // At the end the report's own counters are shown: they also know of time that passed without a request.
  #moment(): Pick<Moment, "hits" | "misses" | "dbReads" | "dbWrites" | "elapsed"> {
    const { report, shownEvents } = this;
    if (report === null || shownEvents < report.trace.length)
      return momentAfter(report?.trace ?? [], shownEvents);
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
        <div data-tone="db">
          <dt>${words.dbReads}</dt>
          <dd class="lab-figure">${words.times(dbReads)}</dd>
          <dd>${words.dbWrites(dbWrites)}</dd>
        </div>
        <div>
          <dt>${words.virtual}</dt>
          <dd class="lab-figure">${duration(elapsed)}</dd>
          <dd>${words.virtualWhy}</dd>
        </div>
      </dl>
    `;
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
    const rest = this.#rows.length - this.shownRows;
    return html`
      <table class="lab-sequence">
        <caption class="lab-caption">${words.sequence}</caption>
        <thead>
          <tr>
            <th scope="col" class="lab-flow">
              <span class="lab-visually-hidden">${words.event.flow}</span>
              <span class="lab-lanes" aria-hidden="true">${this.#lanes.map((lane) => html`<span>${laneName(lane)}</span>`)}</span>
            </th>
            <th scope="col">${words.event.op}</th>
            <th scope="col">${words.event.outcome}</th>
            <th scope="col" class="lab-number lab-wide">${words.event.time}</th>
            <th scope="col" class="lab-number lab-wide">${words.event.ms}</th>
          </tr>
        </thead>
        <tbody>
          ${this.#rows.slice(0, this.shownRows).map((row, index) => this.#row(row, index + 1))}
        </tbody>
      </table>
      ${
        rest > 0
          ? html`<button
              type="button"
              class="lab-button"
              @click=${() => {
                this.shownRows += ROWS_AT_A_TIME;
              }}
            >
              ${words.more(rest)}
            </button>`
          : nothing
      }
    `;
  }

  #row(row: SequenceRow, position: number): TemplateResult {
    const state = position > this.shownEvents ? "later" : position === this.shownEvents ? "now" : "past";
    return html`
      <tr data-tone=${row.tone} data-when=${this.shownEvents === this.#rows.length ? "past" : state}>
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
                  ${store === "cache" ? html`<th scope="col">${columns.change}</th>` : nothing}
                </tr>
              </thead>
              <tbody>
                ${rows.map((row) => keyRow(row, store))}
                ${gone.map(
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
  const x = (lane: number) => LANE_WIDTH * (lane + 0.5);
  const y = ROW_HEIGHT / 2;
  const direction = Math.sign(to - from);
  const tip = x(to) - direction * 3;
  const head = `M${tip - direction * 7} ${y - 4.5}L${tip} ${y}L${tip - direction * 7} ${y + 4.5}`;
  const width = LANE_WIDTH * lanes;
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

function laneName(lane: string): string {
  return (words.lanes as Readonly<Record<string, string>>)[lane] ?? lane;
}
