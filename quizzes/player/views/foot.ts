import { html, nothing, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { icons } from "../icons.ts";
import { type Report, reportText } from "../report.ts";
import { siteRoot } from "../rubric.ts";
import type { Confidence, Entry } from "../session.ts";
import { strings } from "../strings.ts";
import type { RubricItem } from "../types.generated.ts";

interface Foot {
  readonly entry: Entry;
  readonly formId: string;
  readonly digits: boolean;
  readonly explanation: RubricItem | "failed" | undefined;
  /** Why a check did nothing, beside the button that did nothing. */
  readonly hint: string;
  readonly checking: boolean;
  /** Where "next" leads: an item, the results, or nowhere in a check of one item. */
  readonly next: string | null;
  readonly canSkip: boolean;
  readonly reporting: boolean;
  readonly report: Report;
  rate(confidence: Confidence | null): void;
  advance(): void;
  again(): void;
  fetchAgain(): void;
  toggleReport(): void;
  say(text: string): void;
}

/** What stands under an item: the way to the verdict before the check, the lesson of it after. */
export function itemFoot(foot: Foot): TemplateResult {
  return foot.entry.verdict ? afterCheck(foot) : beforeCheck(foot);
}

function beforeCheck(foot: Foot): TemplateResult {
  const { entry, hint, checking, formId } = foot;
  return html`<div class="qz-foot">
    <div class="qz-confidence" role="group" aria-label=${strings.confidence} title=${strings.confidenceNote}>
      <span class="qz-confidence-label">${strings.confidence}</span>
      ${confidences.map(
        (one) => html`<button
          type="button"
          class="qz-pill"
          aria-pressed=${entry.confidence === one ? "true" : "false"}
          @click=${() => foot.rate(entry.confidence === one ? null : one)}
        >
          ${strings.confidences[one]}
        </button>`,
      )}
    </div>
    <div class="qz-actions">
      <button type="submit" form=${formId} class="qz-button qz-button-main" aria-disabled=${checking ? "true" : "false"}>
        ${checking ? strings.checking : strings.checkAnswer}
      </button>
      ${
        foot.next !== null && foot.canSkip
          ? html`<button type="button" class="qz-button" @click=${foot.advance}>${strings.later}</button>`
          : nothing
      }
      ${hint ? html`<p class="qz-hint">${hint}</p>` : nothing}
      ${foot.digits && !hint ? html`<p class="qz-digits">${strings.digits}</p>` : nothing}
    </div>
  </div>`;
}

const confidences: readonly Confidence[] = ["guess", "unsure", "sure"];

function afterCheck(foot: Foot): TemplateResult {
  const { explanation, next } = foot;
  return html`<div class="qz-foot">
    ${typeof explanation === "object" ? lesson(explanation) : nothing}
    ${
      explanation === "failed"
        ? html`<p class="qz-hint">
          ${strings.explanationFailed}
          <button type="button" class="qz-link" @click=${foot.fetchAgain}>${strings.fetchAgain}</button>
        </p>`
        : nothing
    }
    <div class="qz-actions">
      ${
        next === null
          ? nothing
          : html`<button type="button" class="qz-button qz-button-main" @click=${foot.advance}>
            ${next === "results" ? strings.toResults : strings.next}${icons.next}
          </button>`
      }
      <button type="button" class="qz-button" @click=${foot.again}>${strings.again}</button>
      <button
        type="button"
        class="qz-link qz-report-toggle"
        aria-expanded=${foot.reporting ? "true" : "false"}
        @click=${foot.toggleReport}
      >
        ${strings.report}
      </button>
    </div>
    ${foot.reporting ? reportPanel(foot) : nothing}
  </div>`;
}

function lesson(item: RubricItem): TemplateResult {
  return html`<div class="qz-lesson">
    <p class="qz-takeaway"><b>${strings.takeaway}</b> <span>${unsafeHTML(item.takeaway)}</span></p>
    <p class="qz-see">
      ${icons.book}<span>${strings.see}: <a href=${siteRoot + item.see.href}>${item.see.title}</a></span>
    </p>
    <p class="qz-sources">
      ${strings.sources}
      ${item.sources.map(
        (source, place) => html`${place > 0 ? " · " : " "}<a href=${source.url}>${source.title}</a>`,
      )}
      <span>(${strings.checkedOn(oldest(item))})</span>
    </p>
  </div>`;
}

/** One date vouches for the whole line, so it may not look fresher than any of its sources. */
function oldest({ sources, verified }: RubricItem): string {
  return [verified, ...sources.map((source) => source.checked)].reduce((one, other) =>
    one < other ? one : other,
  );
}

function reportPanel(foot: Foot): TemplateResult {
  const text = reportText(foot.report);
  return html`<div class="qz-report">
    <p>${strings.reportLead}</p>
    <textarea readonly rows="9" aria-label=${strings.reportLabel} .value=${text}></textarea>
    <button type="button" class="qz-button" @click=${() => void copy(text, foot.say)}>${strings.copy}</button>
    <button type="button" class="qz-link" @click=${foot.toggleReport}>${strings.close}</button>
  </div>`;
}

async function copy(text: string, say: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(strings.copied);
  } catch {
    // No clipboard without a secure origin, or without permission: the text is there to be selected.
    say(strings.copyFailed);
  }
}
