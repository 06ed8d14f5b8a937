/** What came of a run or a check: the live region, and under it what helps to go on. */

import { html, nothing, type TemplateResult } from "lit";
import { type CheckResult, DEFAULT_DEADLINE_MS, type RunError } from "../runtime/types.ts";
import type { Outcome } from "../state/session.ts";
import { strings } from "../strings.ts";
import { icons } from "./icons.ts";
import { message } from "./message.ts";

const words = strings.outcome;

/** Where a learner goes after a pass. */
export interface Onward {
  readonly text: string;
  readonly href: string;
}

interface Verdict {
  readonly tone: "good" | "bad" | "calm";
  readonly icon: TemplateResult;
  readonly title: string;
  readonly text: string;
}

/** The content of the step's one status region. */
export function verdict(outcome: Outcome, edited: boolean): TemplateResult {
  const { tone, icon, title, text } = verdictOf(outcome);
  return html`
    <div class="lab-verdict" data-tone=${tone}>
      ${icon}
      <div>
        <p class="lab-verdict-title">${title}</p>
        ${text === "" ? nothing : html`<p>${message(text)}</p>`}
        ${edited ? html`<p class="lab-quiet">${words.edited}</p>` : nothing}
      </div>
    </div>
  `;
}

/** How far the checks of the step got. Their messages are in the verdict: the first that fails is the one to work on. */
export function checkList(checks: readonly CheckResult[]): TemplateResult | typeof nothing {
  if (checks.length === 0) return nothing;
  const passed = checks.filter((check) => check.passed).length;
  const failing = checks.findIndex((check) => !check.passed);
  return html`
    <div class="lab-checks">
      <p class="lab-caption">${words.checks(passed, checks.length)}</p>
      <ul>
        ${checks.map((check, index) => checkItem(check, index === failing))}
      </ul>
    </div>
  `;
}

function checkItem({ name, passed }: CheckResult, failing: boolean): TemplateResult {
  const state = passed ? "passed" : failing ? "failed" : "waiting";
  const said = { passed: words.checkPassed, failed: words.checkFailed, waiting: words.checkWaiting }[state];
  return html`<li data-state=${state}>
    ${{ passed: icons.check, failed: icons.cross, waiting: icons.later }[state]}
    <span>${message(name)}<span class="lab-visually-hidden"> (${said})</span></span>
  </li>`;
}

/** The error itself, under its explanation; the raw traceback is one press away. */
export function errorDetails(error: RunError, goTo: (line: number) => void): TemplateResult {
  const { line } = error;
  return html`
    <div class="lab-error">
      <p class="lab-error-line">
        ${
          line === null
            ? nothing
            : html`<button type="button" class="lab-link" @click=${() => goTo(line)}>${words.errorAt(line)}</button>`
        }
        <code>${error.type}: ${error.message}</code>
      </p>
      <details class="lab-traceback">
        <summary>${words.traceback}</summary>
        <pre tabindex="0">${error.traceback}</pre>
      </details>
    </div>
  `;
}

export function onward(links: readonly Onward[], finished: boolean): TemplateResult {
  return html`
    <div class="lab-onward">
      ${finished ? html`<p>${strings.next.all}</p>` : nothing}
      ${links.map(
        ({ text, href }) =>
          html`<a class="lab-button lab-primary" href=${href} @click=${(event: Event) => goToHeading(event, href)}>${text}${icons.next}</a>`,
      )}
    </div>
  `;
}

/**
 * Goes to a heading of this page and takes the focus along, so that reading and tabbing go on from there. The address stays as
 * it is: the theme answers the first change of the fragment by loading the page again, results on screen and all.
 */
function goToHeading(event: Event, href: string): void {
  const target = href.startsWith("#") ? document.getElementById(href.slice(1)) : null;
  if (target === null) return;
  event.preventDefault();
  event.stopPropagation();
  target.tabIndex = -1;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}

function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case "ran":
      return { tone: "calm", icon: icons.terminal, title: words.ran, text: "" };
    case "passed":
      return { tone: "good", icon: icons.done, title: words.passed, text: outcome.check.message };
    case "failed":
      return { tone: "bad", icon: icons.alert, title: words.failed, text: outcome.check.message };
    case "error":
      return { tone: "bad", icon: icons.alert, title: words.error, text: outcome.message };
    case "stopped":
      return { tone: "calm", icon: icons.pause, title: words.stopped, text: words.stoppedWhy };
    case "deadline":
      return {
        tone: "bad",
        icon: icons.pause,
        title: words.deadline(DEFAULT_DEADLINE_MS / 1_000),
        text: words.deadlineWhy,
      };
    case "broken":
      return {
        tone: "bad",
        icon: icons.alert,
        title: words.broken,
        text: outcome.message || words.brokenWhy,
      };
  }
}
