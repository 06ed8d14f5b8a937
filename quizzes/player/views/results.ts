import { html, nothing, type TemplateResult } from "lit";
import type { Results, WeakObjective } from "../results.ts";
import { siteRoot } from "../rubric.ts";
import { strings } from "../strings.ts";

interface ResultsPane {
  readonly results: Results;
  readonly answers: readonly string[];
  fetchAgain(): void;
  numberOf(id: string): number;
  go(id: string): void;
  onlyWrong(): void;
  restart(): void;
  continueOpen(): void;
}

/** How the round went: the count, what to read again, what was luck and what was a firm mistake. */
export function resultsPane(pane: ResultsPane): TemplateResult {
  const { results } = pane;
  const { total, firstRight, rightNow, open } = results;
  const retried = rightNow > firstRight;
  return html`<div class="qz-pane qz-results">
    <p class="qz-result-title" tabindex="-1">
      ${firstRight === total ? strings.resultAll(total) : strings.resultTitle(firstRight, total)}
    </p>
    <meter class="qz-meter" min="0" max=${total} .value=${firstRight} aria-hidden="true"></meter>
    ${retried ? html`<p>${strings.resultNow(rightNow, total)}</p>` : nothing}
    ${open.length > 0 ? html`<p>${strings.resultOpen(open.length)}</p>` : nothing}
    ${weakList(pane)} ${itemLinks(strings.misconceived, results.misconceived, pane)}
    ${itemLinks(strings.lucky, results.lucky, pane)} ${actions(pane)}
    <p class="qz-printable">
      ${pane.answers.map((href) => html`<a href=${href}>${strings.printable}</a> `)}
    </p>
  </div>`;
}

function weakList({ results, fetchAgain }: ResultsPane): TemplateResult | typeof nothing {
  const { weak, missed, open } = results;
  // The names of the objectives come with the rubric, which may not be here (yet).
  if (weak.length === 0 && missed > 0)
    return html`<p class="qz-hint">
      ${strings.explanationFailed}
      <button type="button" class="qz-link" @click=${fetchAgain}>${strings.fetchAgain}</button>
    </p>`;
  if (weak.length === 0) return open.length > 0 ? nothing : html`<p>${strings.noWeak}</p>`;
  return html`<p class="qz-subtitle">${strings.weak}</p>
    <ul class="qz-weak">
      ${weak.map(weakItem)}
    </ul>`;
}

function weakItem({ title, see, missed, total }: WeakObjective): TemplateResult {
  return html`<li>
    <span class="qz-weak-title">${title}</span>
    <span class="qz-weak-count">${strings.weakCount(missed, total)}</span>
    <a href=${siteRoot + see.href}>${see.title}</a>
  </li>`;
}

function itemLinks(
  label: string,
  ids: readonly string[],
  pane: ResultsPane,
): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  return html`<p class="qz-item-links">
    <b>${label}</b>
    ${ids.map(
      (id) => html`<button type="button" class="qz-link" @click=${() => pane.go(id)}>
        ${strings.itemLink(pane.numberOf(id))}
      </button> `,
    )}
  </p>`;
}

function actions(pane: ResultsPane): TemplateResult {
  const { wrongNow, open } = pane.results;
  const wrong = wrongNow.length;
  return html`<div class="qz-actions">
    ${
      open.length > 0
        ? html`<button type="button" class="qz-button qz-button-main" @click=${pane.continueOpen}>
          ${strings.continueOpen}
        </button>`
        : nothing
    }
    ${
      wrong > 0
        ? html`<button
          type="button"
          class="qz-button ${open.length > 0 ? "" : "qz-button-main"}"
          @click=${pane.onlyWrong}
        >
          ${strings.onlyWrong(wrong)}
        </button>`
        : nothing
    }
    <button type="button" class="qz-button" @click=${pane.restart}>${strings.restart}</button>
  </div>`;
}
