/**
 * What `<lab-prompt>` opens: a prompt like redis-cli's over the caches of the playground.
 *
 * The element renders the session's state and passes on what the learner does. The build's HTML holds a sample session, which
 * stays until the learner's own begins. The field is a combobox: its list is entered by ArrowDown and never holds Tab.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { LabServices } from "../lab-step.ts";
import { preloadWhenNear } from "../preload.ts";
import { strings } from "../strings.ts";
import { icons } from "../views/icons.ts";
import { isBusy, Lasting } from "../views/lasting.ts";
import { message } from "../views/message.ts";
import { runtimeFailed } from "../views/runtime-failed.ts";
import { tool } from "../views/tool.ts";
import { clockText } from "./clock.ts";
import { commands } from "./commands.ts";
import { type Completion, complete, type Hint, hintFor } from "./completion.ts";
import { type Entry, PromptSession, type PromptState } from "./session.ts";
import { strings as words } from "./strings.ts";

const NOTHING: Completion = { from: 0, options: [] };
/** A line that takes longer than this shows how long it has taken, and the way to stop it. */
const PATIENCE_MS = 400;
/** Faster than this the time would flicker. */
const TICK_MS = 100;
/** How long a button says "copied". */
const NOTE_MS = 2_000;

/** Puts the prompt in place of what the build wrote into `host`; the sample session moves along. */
export function openPrompt(host: HTMLElement, services: LabServices): void {
  if (host.querySelector("lab-prompt-card") !== null) return;
  if (customElements.get("lab-prompt-card") === undefined) {
    LabPrompt.services = services;
    customElements.define("lab-prompt-card", LabPrompt);
  }
  const card = new LabPrompt();
  card.sample = host.querySelector("pre");
  host.replaceChildren(card);
}

// One for all pages: it belongs to the caches in Python, which outlive a page.
let session: PromptSession | undefined;

export class LabPrompt extends LitElement {
  static services: LabServices;

  /** How a session looks, for a learner who has not begun one. */
  sample: Element | null = null;
  readonly #lasting = new Lasting(this, () => isBusy(LabPrompt.services.runtime.status));
  readonly #leave: (() => void)[] = [];
  #session!: PromptSession;
  #line = "";
  #completion = NOTHING;
  /** The option the arrow keys are on; -1 while they are in the line. */
  #active = -1;
  #wasOpen = false;
  #note = "";
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #busySince = 0;
  #shownEntries: PromptState["entries"] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    const { runtime, record } = LabPrompt.services;
    session ??= new PromptSession({ runtime, record, now: Date.now });
    this.#session = session;
    super.connectedCallback();
    this.#leave.push(
      session.subscribe(() => this.requestUpdate()),
      preloadWhenNear(this, runtime),
      () => this.#session.close(),
    );
    void session.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const leave of this.#leave.splice(0)) leave();
    clearInterval(this.#ticker);
    clearTimeout(this.#noteTimer);
    this.#ticker = undefined;
  }

  get #field(): HTMLInputElement | null {
    return this.querySelector(".prompt-input");
  }

  protected override willUpdate(): void {
    const { busy } = this.#session.state;
    if (busy && this.#ticker === undefined) {
      this.#busySince = performance.now();
      this.#ticker = setInterval(() => this.requestUpdate(), TICK_MS);
    } else if (!busy) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  protected override update(changed: PropertyValues<this>): void {
    const stopHadFocus = document.activeElement?.matches("lab-prompt .lab-stop") ?? false;
    super.update(changed);
    // The Stop button leaves with what it stops; the focus must not fall to the top of the page.
    if (stopHadFocus && this.querySelector(".lab-stop") === null) this.#field?.focus({ preventScroll: true });
  }

  protected override updated(): void {
    this.querySelector(".prompt-options [aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    const isOpen = this.#completion.options.length > 0;
    if (isOpen && !this.#wasOpen) this.querySelector(".prompt-list")?.scrollIntoView({ block: "nearest" });
    this.#wasOpen = isOpen;
    const { entries, busy, host } = this.#session.state;
    // While a move is under way the field shows where to; a move that failed is taken back.
    const place = this.querySelector("select");
    if (place !== null && !busy) place.value = host;
    if (entries === this.#shownEntries) return;
    this.#shownEntries = entries;
    const screen = this.querySelector(".prompt-screen");
    if (screen !== null) screen.scrollTop = screen.scrollHeight;
  }

  protected override render(): TemplateResult {
    const { state } = this.#session;
    return html`
      <section class="lab-card prompt-card" aria-label=${words.label}>
        ${this.#head(state)} ${this.#screen(state)} ${this.#form(state)} ${this.#bar(state)}
        <div class="lab-result">
          <div class="lab-status-region" role="status">
            ${
              state.runtime.state === "failed"
                ? runtimeFailed(state.runtime.message, words.failedAdvice, () => this.#session.retryRuntime())
                : nothing
            }
          </div>
          ${state.report === null ? nothing : html`<lab-inspector session .report=${state.report}></lab-inspector>`}
        </div>
      </section>
    `;
  }

  #head({ places, host, readable, keepsLines }: PromptState): TemplateResult {
    const known = places.length > 0 ? places : [{ host, about: "" }];
    return html`
      <header class="lab-head">
        <label class="prompt-place">
          <span>${words.place}</span>
          <select @change=${this.#move}>
            ${known.map((place) => html`<option ?selected=${place.host === host}>${place.host}</option>`)}
          </select>
        </label>
        <div class="lab-tools" role="group" aria-label=${words.tools}>
          <label class="prompt-check">
            <input type="checkbox" .checked=${readable} @change=${this.#toggleReadable} />${words.readable}
          </label>
          ${tool("copy", words.copy, () => void this.#copy())}
          ${tool("reset", words.fresh, () => this.#session.startAfresh())}
        </div>
        <div class="lab-note" aria-live="polite">
          ${this.#note === "" ? nothing : html`<p>${this.#note}</p>`}
          ${keepsLines ? nothing : html`<p data-tone="warn">${words.forgets}</p>`}
        </div>
      </header>
    `;
  }

  #screen({ entries, dropped, readable }: PromptState): TemplateResult {
    return html`
      <div class="prompt-screen" role="log" tabindex="0" aria-label=${words.log} @click=${this.#goToField}>
        ${
          entries.length === 0 && this.sample !== null
            ? html`<p class="lab-caption">${words.sample}</p>${this.sample}`
            : nothing
        }
        ${dropped === 0 ? nothing : html`<p class="lab-quiet" aria-live="off">${words.dropped(dropped)}</p>`}
        ${guard([entries, readable], () =>
          repeat(
            entries,
            ({ id }) => id,
            (entry) => this.#entry(entry),
          ),
        )}
      </div>
    `;
  }

  #entry({ sent, reply, explanation, tone }: Entry): TemplateResult {
    return html`<div class="prompt-entry" data-tone=${tone}>
      ${sent === null ? nothing : html`<p><span class="prompt-sign">${sent.prompt}</span>${sent.line}</p>`}
      ${reply ? html`<pre>${this.#session.shown(reply)}</pre>` : nothing}
      ${explanation === "" ? nothing : html`<p class="prompt-why">${message(explanation)}</p>`}
    </div>`;
  }

  #form({ prompt }: PromptState): TemplateResult {
    const { options } = this.#completion;
    const isOpen = options.length > 0;
    const hint = hintFor(this.#asChosen(this.#active) ?? this.#line, commands);
    return html`
      <form class="prompt-form" @submit=${this.#submit}>
        <p class="prompt-hint" id="prompt-hint">${hintLine(hint)}</p>
        <span class="prompt-sign" aria-hidden="true">${prompt.trim()}</span>
        <div class="prompt-field" @focusout=${() => this.#offer(NOTHING)}>
          <input
            class="prompt-input"
            type="text"
            role="combobox"
            aria-label=${words.field(prompt.trim())}
            aria-autocomplete="list"
            aria-expanded=${isOpen}
            aria-controls="prompt-options"
            aria-activedescendant=${this.#active < 0 ? nothing : `prompt-option-${this.#active}`}
            aria-describedby="prompt-hint"
            autocapitalize="none"
            autocomplete="off"
            autocorrect="off"
            spellcheck="false"
            enterkeyhint="send"
            placeholder=${words.placeholder}
            @input=${this.#typed}
            @keydown=${this.#press}
            @paste=${this.#paste}
          />
          <div class="prompt-list" ?hidden=${!isOpen} @pointerdown=${keepFocus} @mousedown=${keepFocus}>
            <ul class="prompt-options" id="prompt-options" role="listbox" aria-label=${words.options}>
              ${options.map(
                ({ text, detail }, place) => html`<li
                  role="option"
                  id="prompt-option-${place}"
                  aria-selected=${place === this.#active}
                  @click=${() => this.#accept(place)}
                >
                  <code>${text.trim()}</code> <span>${detail}</span>
                </li>`,
              )}
            </ul>
            <p class="prompt-keys" aria-hidden="true">
              ${words.optionKeys.map(({ key, does }) => html`<kbd>${key}</kbd> ${does} `)}
            </p>
          </div>
        </div>
        <button class="lab-button lab-primary">${words.send}</button>
      </form>
    `;
  }

  #bar(state: PromptState): TemplateResult {
    const { runtime, t } = state;
    const waited = this.#ticker === undefined ? 0 : performance.now() - this.#busySince;
    const isWaiting = waited > PATIENCE_MS;
    return html`
      <div class="lab-bar">
        ${
          runtime.state === "loading" && this.#lasting.isOn
            ? html`<progress
                class="lab-loading"
                aria-label=${strings.status.progress}
                max="1"
                .value=${runtime.progress}
              ></progress>`
            : nothing
        }
        <p class="prompt-clock">${words.clock} <span class="prompt-time">${clockText(t)}</span></p>
        <div class="prompt-passages" role="group" aria-label=${words.passing}>
          ${words.passages.map(
            ({ seconds, text }) =>
              html`<button type="button" class="lab-button" @click=${() => this.#session.advance(seconds)}>${text}</button>`,
          )}
        </div>
        <p
          class="lab-status"
          data-lamp=${isWaiting || runtime.state !== "running" ? runtime.state : "ready"}
          ?data-lasting=${this.#lasting.isOn}
        >
          ${isWaiting && runtime.state === "running" ? words.status.working((waited / 1_000).toFixed(1)) : statusText(state)}
        </p>
        ${
          isWaiting
            ? html`<button type="button" class="lab-button lab-stop" @click=${() => void this.#session.stop()}>
                ${icons.stop}${words.stop}
              </button>`
            : nothing
        }
      </div>
    `;
  }

  readonly #move = (event: Event) => {
    if (event.target instanceof HTMLSelectElement) this.#session.moveTo(event.target.value);
  };

  readonly #toggleReadable = (event: Event) => {
    if (event.target instanceof HTMLInputElement) this.#session.showReadable(event.target.checked);
  };

  // As in a terminal, where a click anywhere is a click into the line; not while text is being selected to copy it.
  readonly #goToField = () => {
    const isMouse = matchMedia("(hover: hover)").matches;
    if (isMouse && getSelection()?.isCollapsed) this.#field?.focus({ preventScroll: true });
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    this.#session.send(this.#line);
    this.#write("");
  };

  readonly #typed = (event: Event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const { value, selectionStart } = event.target;
    this.#line = value;
    this.#session.history.rewind();
    const isAtEnd = selectionStart === value.length;
    this.#offer(isAtEnd ? complete(value, { commands, ...this.#session.state }) : NOTHING);
  };

  readonly #press = (event: KeyboardEvent) => {
    // While a syllable is being composed, the keys belong to the input method.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (this.#takes(event.key)) event.preventDefault();
  };

  /** Whether the key did something here, so that it must not do what it does in a field. */
  #takes(key: string): boolean {
    const { options } = this.#completion;
    const { history } = this.#session;
    switch (key) {
      case "ArrowDown":
        if (options.length === 0) return this.#recall(history.following());
        return this.#choose(Math.min(this.#active + 1, options.length - 1));
      case "ArrowUp":
        return this.#active < 0 ? this.#recall(history.previous(this.#line)) : this.#choose(this.#active - 1);
      case "ArrowRight":
        return this.#field?.selectionStart === this.#line.length && this.#accept(Math.max(this.#active, 0));
      case "Enter":
        return this.#accept(this.#active);
      case "Escape":
        this.#offer(NOTHING);
        return options.length > 0;
      default:
        return false;
    }
  }

  readonly #paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const field = this.#field;
    if (field === null || !/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = field;
    this.#session.send(
      value.slice(0, selectionStart ?? 0) + text + value.slice(selectionEnd ?? value.length),
    );
    this.#write("");
  };

  #offer(completion: Completion): void {
    this.#completion = completion;
    this.#active = -1;
    this.requestUpdate();
  }

  #choose(place: number): true {
    this.#active = place;
    this.requestUpdate();
    return true;
  }

  /** The line with an option in it; null when there is none at this place. */
  #asChosen(place: number): string | null {
    const { from, options } = this.#completion;
    const option = options[place];
    return option === undefined ? null : this.#line.slice(0, from) + option.text;
  }

  /** Completes the line by an option; false when there is none. */
  #accept(place: number): boolean {
    const line = this.#asChosen(place);
    if (line !== null) this.#write(line);
    return line !== null;
  }

  #recall(line: string | null): true {
    if (line !== null) this.#write(line);
    return true;
  }

  #write(line: string): void {
    this.#line = line;
    const field = this.#field;
    if (field !== null) {
      field.value = line;
      field.setSelectionRange(line.length, line.length);
      // A long line shows its end, where the caret is.
      field.scrollLeft = field.scrollWidth;
    }
    this.#offer(NOTHING);
  }

  async #copy(): Promise<void> {
    const { copied, copyRefused } = strings.tools;
    this.#note = await navigator.clipboard.writeText(this.#session.transcript()).then(
      () => copied,
      () => copyRefused,
    );
    this.requestUpdate();
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => {
      this.#note = "";
      this.requestUpdate();
    }, NOTE_MS);
  }
}

// A press on the list must not take the focus from the field, or the list would be gone before the click.
function keepFocus(event: Event): void {
  event.preventDefault();
}

function hintLine(hint: Hint | null): TemplateResult {
  if (hint === null) return html`${words.idleHint.map((sentence) => html`<span>${sentence} </span>`)}`;
  const parts = hint.parts.map(({ text, state }) => html`<span data-state=${state}>${text}</span> `);
  return html`<code>${hint.name} ${parts}</code><span>${hint.gloss}</span>`;
}

function statusText({ runtime, busy }: PromptState): string {
  switch (runtime.state) {
    case "idle":
      return words.status.idle;
    case "loading":
      return strings.status.loading(Math.round(runtime.progress * 100));
    case "running":
      return busy ? strings.status.ready : strings.status.busyElsewhere;
    case "ready":
      return strings.status.ready;
    case "failed":
      return strings.status.failed;
  }
}
