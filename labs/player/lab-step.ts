/**
 * `<lab-step>`: the build's HTML of one step, brought alive.
 *
 * The element renders the session's state and passes on what the learner does; decisions are in `state/`. It keeps and moves
 * the nodes the build made (starter, recorded output, solution, hints), so that everything reads the same without it.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { keyed } from "lit/directives/keyed.js";
import type { LearningRecord } from "../../theme/record/index.ts";
import type { Editor, EditorKey } from "./editor.ts";
import { LabInspector } from "./inspector/lab-inspector.ts";
import { preloadWhenNear } from "./preload.ts";
import type { CompletionName, LabRuntime, RuntimeStatus } from "./runtime/types.ts";
import { LabBook } from "./state/lab-book.ts";
import { notebook } from "./state/notebook.ts";
import { phaseOf, reportOf, StepSession, type StepState } from "./state/session.ts";
import { LONG_LINK, readShare, shareFragment } from "./state/share.ts";
import { strings } from "./strings.ts";
import type { Highlight } from "./views/comparison.ts";
import { comparison } from "./views/comparison.ts";
import { icons } from "./views/icons.ts";
import { followKeyboard } from "./views/keyboard-inset.ts";
import { isBusy, Lasting } from "./views/lasting.ts";
import { message } from "./views/message.ts";
import { checkList, errorDetails, type Onward, onward, verdict } from "./views/outcome.ts";
import { OutputPane } from "./views/output.ts";
import { runtimeFailed } from "./views/runtime-failed.ts";
import { tool } from "./views/tool.ts";
import { inTurn } from "./views/turns.ts";

/** What the element needs from the rest of the site. */
export interface LabServices {
  readonly runtime: LabRuntime;
  readonly record: Promise<LearningRecord>;
}

/** Makes `<lab-step>` known to the browser; a second call changes nothing. */
export function defineLabStep(services: LabServices): void {
  if (customElements.get("lab-step") !== undefined) return;
  LabStep.services = services;
  customElements.define("lab-inspector", LabInspector);
  customElements.define("lab-step", LabStep);
}

/** What the build put into the element, and the hints it put after it. */
interface Parts {
  readonly starter: Element | null;
  readonly recorded: Element | null;
  readonly solution: Element | null;
  readonly solutionText: string | null;
  readonly hints: readonly HTMLDetailsElement[];
}

type SolutionView = "closed" | "asking" | "plain" | "compared";

/** The symbol row outlives the editor's focus by this much: a tap on a button under it must not meet a moved button. */
const TAP_MS = 300;
/** A run that takes longer than this clears the result before it; a shorter one just replaces it. */
const PATIENCE_MS = 400;
/** How long a button says "copied". */
const NOTE_MS = 2_000;
/** How long a sentence stays. */
const LONG_NOTE_MS = 8_000;
/** Faster than this the running time would flicker. */
const TICK_MS = 100;

const isMac = navigator.platform.startsWith("Mac");
const books = new Map<string, LabBook>();
const offeredNames = new Map<string, Promise<readonly CompletionName[]>>();
const pageLoad = Math.random().toString(36).slice(2);

export class LabStep extends LitElement {
  static services: LabServices;

  readonly #output = new OutputPane();
  readonly #lasting = new Lasting(this, () => isBusy(LabStep.services.runtime.status));
  readonly #leave: (() => void)[] = [];
  #parts: Parts = { starter: null, recorded: null, solution: null, solutionText: null, hints: [] };
  #session: StepSession | null = null;
  #book = new LabBook();
  #editor: Editor | null = null;
  #editorFailed = false;
  #highlight: Highlight | null = null;
  #names: readonly CompletionName[] = [];
  #solution: SolutionView = "closed";
  #asideOpen = false;
  #note = "";
  /** A link that could not be copied, for the learner to copy by hand. */
  #link = "";
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #focusTimer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;
  /** When the program that runs now was started, on the page's clock. */
  #startedAt: number | null = null;
  #shownOutcome: StepState["outcome"] = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#session !== null) {
      this.#enter(this.#session);
      return;
    }
    void inTurn().then(() => {
      if (!this.isConnected || this.#session !== null) return;
      this.#enter(this.#begin());
      this.scheduleUpdate();
    });
  }

  // The first time only once the build's HTML was taken apart.
  protected override scheduleUpdate(): void {
    if (this.#session !== null && this.isUpdatePending) super.scheduleUpdate();
  }

  #enter(session: StepSession): void {
    const { runtime } = LabStep.services;
    this.#leave.push(
      session.subscribe(() => this.requestUpdate()),
      session.onOutput((chunk) => (chunk === null ? this.#output.begin() : this.#output.append(chunk))),
      this.#book.subscribe(() => this.requestUpdate()),
      runtime.onStatus((status) => this.#learnNames(status)),
      preloadWhenNear(this, runtime),
      followKeyboard(this),
    );
    const flush = () => void session.flush();
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    this.#leave.push(
      () => document.removeEventListener("visibilitychange", flush),
      () => window.removeEventListener("pagehide", flush),
    );
    const receive = () => void this.#receive();
    window.addEventListener("hashchange", receive);
    this.#leave.push(() => window.removeEventListener("hashchange", receive));
    this.addEventListener("focusin", this.#followFocus);
    this.addEventListener("focusout", this.#followFocus);
    this.#learnNames(runtime.status);
    void session.open().then(() => this.#openEditor());
    receive();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const leave of this.#leave.splice(0)) leave();
    clearInterval(this.#ticker);
    clearTimeout(this.#noteTimer);
    clearTimeout(this.#focusTimer);
    this.#ticker = undefined;
    this.#editor?.destroy();
    this.#editor = null;
    void this.#session?.close();
  }

  // Whether the learner is in the code: phones show a row of symbols then.
  readonly #followFocus = () => {
    clearTimeout(this.#focusTimer);
    this.#focusTimer = setTimeout(() => {
      const typing = this.querySelector(":is(.lab-editor, .lab-symbols):focus-within") !== null;
      this.toggleAttribute("data-typing", typing);
    }, TAP_MS);
  };

  /** Reads the build's HTML once and takes it apart. */
  #begin(): StepSession {
    const attribute = (name: string) => this.getAttribute(name) ?? "";
    const lab = attribute("lab");
    const title = attribute("title");
    // On screen the attribute would be a tooltip over the whole step.
    this.removeAttribute("title");
    const starter = textOf(this.querySelector(".lab-source"));
    this.#parts = {
      starter: this.querySelector(".lab-starter"),
      recorded: this.querySelector(".lab-output"),
      solution: this.querySelector(".lab-solution"),
      solutionText: textOf(this.querySelector(".lab-solution-source")),
      hints: takeHints(this.closest(".lab") ?? this),
    };
    // While it stands in for the editor, its long lines must scroll by keyboard too.
    this.#parts.starter?.querySelector("code")?.setAttribute("tabindex", "0");
    // Open for readers without scripts; here the learner's own output has that place.
    this.#parts.recorded?.removeAttribute("open");
    this.replaceChildren();
    const info = {
      lab,
      labTitle: attribute("lab-title"),
      step: attribute("step"),
      rev: Number(attribute("rev")),
      index: Number(attribute("step-index")),
      count: Number(attribute("step-count")),
      title,
      starter: starter ?? "",
    };
    this.#book = books.get(lab) ?? new LabBook();
    books.set(lab, this.#book);
    const { runtime, record } = LabStep.services;
    const session = new StepSession(info, {
      runtime,
      record,
      book: this.#book,
      now: Date.now,
      writer: pageLoad,
    });
    this.#session = session;
    return session;
  }

  async #openEditor(): Promise<void> {
    const session = this.#session;
    const host = this.querySelector<HTMLElement>(".lab-editor");
    if (session === null || host === null || this.#editor !== null) return;
    this.#editorFailed = false;
    try {
      const { mountEditor, highlightedLines } = await import("./editor.ts");
      await inTurn();
      // The page may have been left while the editor was on its way.
      if (!this.isConnected || this.#editor !== null) return;
      this.#highlight = highlightedLines;
      this.#editor = mountEditor(host, {
        code: session.state.code,
        label: strings.editor.label(session.info.index, session.info.title),
        onChange: (code) => session.edit(code),
        onRun: () => void session.run(),
        onCheck: () => void session.check(),
        covered: () => this.#covered(),
        names: () => this.#names,
      });
    } catch (error) {
      console.error("The lab editor did not load.", error);
      this.#editorFailed = true;
    }
    this.requestUpdate();
  }

  #covered(): { readonly top: number; readonly bottom: number } {
    const header = document.querySelector(".md-header")?.clientHeight ?? 0;
    const bar = this.querySelector(".lab-bar")?.clientHeight ?? 0;
    const keyboard = Number.parseFloat(this.style.getPropertyValue("--lab-keyboard")) || 0;
    return { top: header, bottom: bar + keyboard };
  }

  // Python must be up to tell its names; they are the same for every step of a lab.
  #learnNames({ state }: RuntimeStatus): void {
    const lab = this.#session?.info.lab;
    if (state !== "ready" || lab === undefined || this.#names.length > 0) return;
    const names = offeredNames.get(lab) ?? LabStep.services.runtime.names(lab);
    offeredNames.set(lab, names);
    names.then(
      (known) => {
        this.#names = known;
      },
      () => offeredNames.delete(lab),
    );
  }

  protected override willUpdate(): void {
    const session = this.#session;
    if (session === null) return;
    const { activity } = session.state;
    if (activity === null) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#startedAt = null;
      this.#output.dropStale();
    } else if (this.#startedAt === null) {
      this.#startedAt = performance.now();
      this.#ticker = setInterval(() => this.requestUpdate(), TICK_MS);
    } else if (this.#isWaiting) {
      this.#output.dropStale();
    }
    this.dataset.phase = phaseOf(session.state);
  }

  /** The program has been running long enough for the last result to be in the way. */
  get #isWaiting(): boolean {
    return this.#startedAt !== null && performance.now() - this.#startedAt > PATIENCE_MS;
  }

  protected override update(changed: PropertyValues<this>): void {
    const stopHadFocus =
      document.activeElement?.classList.contains("lab-stop") && this.contains(document.activeElement);
    super.update(changed);
    // The Stop button leaves when the program ends; the focus must not fall to the top of the page with it.
    if (stopHadFocus && this.querySelector(".lab-stop") === null) {
      this.querySelector<HTMLElement>(".lab-run")?.focus({ preventScroll: true });
    }
  }

  protected override updated(): void {
    const session = this.#session;
    if (session === null) return;
    const { code, outcome } = session.state;
    if (this.#editor !== null && this.#editor.code() !== code) this.#editor.setCode(code);
    if (outcome === this.#shownOutcome) return;
    this.#shownOutcome = outcome;
    this.#editor?.markError(outcome?.kind === "error" ? (outcome.error?.line ?? null) : null);
    this.querySelector(".lab-result")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult | typeof nothing {
    const session = this.#session;
    if (session === null) return nothing;
    const { state, info } = session;
    return html`
      <section class="lab-card" aria-label=${strings.step.label(info.index, info.title)}>
        ${this.#head(session)} ${this.#receivedPanel(session)} ${this.#asidePanel(session)}
        ${this.#editor === null ? this.#parts.starter : nothing}
        ${this.#editorFailed ? this.#editorMissing() : nothing}
        <div class="lab-editor"></div>
        ${this.#bar(session)}
        <div class="lab-result">
          <div class="lab-status-region" role="status">
            ${this.#verdict(state)}
          </div>
          ${this.#afterVerdict(session)}
        </div>
        ${this.#help(session)}
        ${this.#parts.recorded}
      </section>
    `;
  }

  #head(session: StepSession): TemplateResult {
    const { info, state } = session;
    const { saving } = state;
    const why =
      saving === "memory" ? strings.saving.memoryWhy : saving === "failed" ? strings.saving.failedWhy : "";
    return html`
      <header class="lab-head">
        <p class="lab-progress">
          <span class="lab-dots" aria-hidden="true">
            ${this.#book.steps.map(
              (step) => html`<span ?data-done=${step.done} ?data-here=${step.step === info.step}></span>`,
            )}
          </span>
          ${strings.step.progress(info.index, info.count)}
          ${state.done ? html`<span class="lab-done">${icons.check}${strings.step.done}</span>` : nothing}
        </p>
        <div class="lab-tools" role="group" aria-label=${strings.tools.label}>
          <span class="lab-saving" data-saving=${saving}>${strings.saving[saving]}</span>
          ${tool("copy", strings.tools.copy, () => void this.#copy())}
          ${tool("share", strings.tools.share, () => void this.#share())}
          ${tool("download", strings.tools.download, () => this.#download())}
          ${tool("notebook", strings.tools.notebook, () => this.#downloadNotebook())}
          ${tool("reset", strings.tools.reset, () => session.reset())}
        </div>
        <div class="lab-note" aria-live="polite">
          ${this.#note === "" ? nothing : html`<p>${this.#note}</p>`}
          ${this.#link === "" ? nothing : linkField(this.#link)}
          ${why === "" ? nothing : html`<p data-tone="warn">${why}</p>`}
          ${
            state.beforeReset === null
              ? nothing
              : html`<p>
                  ${strings.tools.wasReset}
                  <button type="button" class="lab-link" @click=${() => session.undoReset()}>
                    ${strings.tools.undoReset}
                  </button>
                </p>`
          }
        </div>
      </header>
    `;
  }

  #bar(session: StepSession): TemplateResult {
    const { state } = session;
    const busy = state.activity !== null || state.busyElsewhere;
    return html`
      <div class="lab-bar">
        ${this.#symbolKeys()}
        ${
          state.runtime.state === "loading" && this.#lasting.isOn
            ? html`<progress
                class="lab-loading"
                aria-label=${strings.status.progress}
                max="1"
                .value=${state.runtime.progress}
              ></progress>`
            : nothing
        }
        <div class="lab-actions" role="group" aria-label=${strings.actions.label}>
          <button
            type="button"
            class="lab-button lab-run"
            aria-disabled=${busy}
            aria-keyshortcuts=${isMac ? "Meta+Enter" : "Control+Enter"}
            @click=${() => void session.run()}
          >
            ${icons.run}${strings.actions.run}
          </button>
          <button
            type="button"
            class="lab-button lab-primary lab-check"
            aria-disabled=${busy}
            aria-keyshortcuts="Shift+Enter"
            @click=${() => void session.check()}
          >
            ${icons.check}${strings.actions.check}
          </button>
          ${
            state.activity === null
              ? nothing
              : html`<button type="button" class="lab-button lab-stop" @click=${() => void session.stop()}>
                  ${icons.stop}${strings.actions.stop}
                </button>`
          }
        </div>
        <p class="lab-status" data-lamp=${lamp(state)} ?data-lasting=${this.#lasting.isOn}>
          ${statusText(state)}
          ${state.runtime.state === "loading" ? html`<span class="lab-wide">${state.runtime.note}</span>` : nothing}
        </p>
      </div>
    `;
  }

  #symbolKeys(): TemplateResult {
    const { symbols } = strings;
    // A press must not take the focus from the editor, or the phone's keyboard would close.
    const stay = (event: Event) => event.preventDefault();
    const command = (key: EditorKey, icon: TemplateResult, label: string) =>
      html`<button type="button" aria-label=${label} @click=${() => this.#editor?.press(key)}>${icon}</button>`;
    return html`
      <div class="lab-symbols" role="group" aria-label=${symbols.label} @pointerdown=${stay} @mousedown=${stay}>
        ${command("indent", icons.indent, symbols.indent)} ${command("dedent", icons.dedent, symbols.dedent)}
        ${Object.entries(symbols.names).map(
          ([symbol, name]) =>
            html`<button type="button" aria-label=${name} @click=${() => this.#editor?.type(symbol)}>${symbol}</button>`,
        )}
        ${command("undo", icons.undo, symbols.undo)}
      </div>
    `;
  }

  #verdict({ outcome, edited, runtime }: StepState): unknown {
    if (runtime.state === "failed") {
      const { advice } = strings.runtimeFailed;
      return runtimeFailed(runtime.message, advice, () => this.#session?.retryRuntime());
    }
    if (outcome === null || this.#isWaiting) return nothing;
    // New nodes for every outcome: a screen reader must hear the same verdict again.
    return keyed(outcome, verdict(outcome, edited));
  }

  #afterVerdict(session: StepSession): TemplateResult | typeof nothing {
    if (this.#isWaiting) return this.#printed(session.state);
    const { outcome } = session.state;
    const report = reportOf(outcome);
    return html`
      ${
        outcome?.kind === "error" && outcome.error !== null
          ? errorDetails(outcome.error, (line) => this.#editor?.goTo(line))
          : nothing
      }
      ${outcome?.kind === "passed" ? onward(this.#onward(session), this.#allDone()) : nothing}
      ${outcome?.kind === "failed" ? checkList(outcome.check.checks) : nothing}
      ${this.#printed(session.state)}
      ${
        report === null || (report.trace.length === 0 && report.stores.length === 0)
          ? nothing
          : html`<lab-inspector .report=${report}></lab-inspector>`
      }
    `;
  }

  #printed({ activity, outcome }: StepState): TemplateResult | typeof nothing {
    if (activity === null && outcome === null) return nothing;
    const silent = activity === null && this.#output.isEmpty;
    // Somebody whose program broke before its first print has other worries.
    if (silent && outcome?.kind !== "ran") return nothing;
    return html`<div class="lab-printed">
      <h3 class="lab-subtitle">${strings.output.title}</h3>
      ${silent ? html`<p class="lab-quiet">${message(strings.outcome.silent)}</p>` : this.#output.element}
    </div>`;
  }

  #help(session: StepSession): TemplateResult {
    const { hints, solution } = this.#parts;
    const { state } = session;
    return html`
      <div class="lab-help">
        <div class="lab-hints" aria-live="polite">${hints.slice(0, state.hints)}</div>
        <div class="lab-help-actions">
          ${
            hints.length > state.hints
              ? html`<button type="button" class="lab-button" @click=${() => session.revealHint(hints.length)}>
                  ${icons.hint}${strings.hints.more(state.hints, hints.length)}
                </button>`
              : nothing
          }
          ${
            solution === null
              ? nothing
              : html`<button
                  type="button"
                  class="lab-button"
                  aria-expanded=${this.#solution !== "closed"}
                  @click=${() => this.#toggleSolution(state)}
                >
                  ${icons.key}${this.#solution === "closed" ? strings.solution.show : strings.solution.hide}
                </button>`
          }
          ${
            state.aside.length === 0
              ? nothing
              : html`<button
                  type="button"
                  class="lab-button"
                  aria-expanded=${this.#asideOpen || state.news !== null}
                  @click=${() => this.#toggleAside(session)}
                >
                  ${icons.archive}${strings.aside.open(state.aside.length)}
                </button>`
          }
        </div>
        ${this.#solutionPanel(state)}
      </div>
    `;
  }

  #solutionPanel(state: StepState): TemplateResult | typeof nothing {
    const words = strings.solution;
    const { solution, solutionText } = this.#parts;
    if (this.#solution === "closed") return nothing;
    if (this.#solution === "asking") {
      return html`
        <div class="lab-panel">
          <p>${words.ask}</p>
          <div class="lab-help-actions">
            <button type="button" class="lab-button" @click=${() => this.#showSolution("plain")}>${words.yes}</button>
            <button type="button" class="lab-button lab-primary" @click=${() => this.#showSolution("closed")}>
              ${words.no}
            </button>
          </div>
        </div>
      `;
    }
    const compared = this.#solution === "compared";
    return html`
      <div class="lab-panel">
        <div class="lab-panel-head">
          <h3 class="lab-subtitle">${words.title}</h3>
          ${
            solutionText === null
              ? nothing
              : html`<button
                  type="button"
                  class="lab-button"
                  @click=${() => this.#showSolution(compared ? "plain" : "compared")}
                >
                  ${icons.compare}${compared ? words.plain : words.compare}
                </button>`
          }
        </div>
        ${
          compared && solutionText !== null
            ? guard([state.code, solutionText], () => comparison(state.code, solutionText, this.#highlight))
            : solution
        }
      </div>
    `;
  }

  #asidePanel(session: StepSession): TemplateResult | typeof nothing {
    const { aside, news } = session.state;
    const words = strings.aside;
    if (!this.#asideOpen && news === null) return nothing;
    return html`
      <div class="lab-panel lab-aside">
        <div class="lab-panel-head">
          <h3 class="lab-subtitle">${words.title}</h3>
          <button type="button" class="lab-button" @click=${() => this.#closeAside(session)}>${words.close}</button>
        </div>
        ${news === null ? nothing : html`<p>${words.news[news]}</p>`}
        ${aside.map(
          (version) => html`
            <details class="lab-version">
              <summary>
                ${words.origin[version.origin]}
                <time datetime=${new Date(version.at).toISOString()}>${new Date(version.at).toLocaleString("ko-KR")}</time>
              </summary>
              <pre tabindex="0">${version.code}</pre>
              <button type="button" class="lab-button" @click=${() => session.takeAside(version)}>${words.take}</button>
            </details>
          `,
        )}
      </div>
    `;
  }

  #receivedPanel(session: StepSession): TemplateResult | typeof nothing {
    const { received } = session.state;
    const words = strings.received;
    if (received === null) return nothing;
    const close = () => {
      session.refuseReceived();
      forgetFragment(session.info.step);
    };
    const take = () => {
      session.takeReceived();
      forgetFragment(session.info.step);
    };
    return html`
      <div class="lab-panel lab-received" role="region" aria-label=${words.title}>
        <div class="lab-panel-head">
          <h3 class="lab-subtitle">${words.title}</h3>
          <button type="button" class="lab-button" @click=${close}>${words.close}</button>
        </div>
        ${
          received.kind === "broken"
            ? html`<p>${words.broken}</p>`
            : html`
                <p>${words.about}</p>
                ${received.shared.rev === session.info.rev ? nothing : html`<p>${words.otherRev}</p>`}
                <pre tabindex="0">${received.shared.code}</pre>
                <button type="button" class="lab-button lab-primary" @click=${take}>${words.take}</button>
              `
        }
      </div>
    `;
  }

  #editorMissing(): TemplateResult {
    return html`
      <p class="lab-panel">
        ${strings.step.editorFailed}
        <button type="button" class="lab-link" @click=${() => void this.#openEditor()}>${strings.step.reload}</button>
      </p>
    `;
  }

  #allDone(): boolean {
    return this.#book.steps.every((step) => step.done);
  }

  /** After a pass: the next step, else one that was left out, else the next page. */
  #onward({ info }: StepSession): readonly Onward[] {
    const next = this.#book.next(info.index);
    if (next !== null) return [{ text: strings.next.step(next.title), href: `#${next.step}` }];
    const open = this.#book.steps.find((step) => !step.done);
    if (open !== undefined) return [{ text: strings.next.open(open.title), href: `#${open.step}` }];
    const link = document.querySelector<HTMLAnchorElement>("a.md-footer__link--next");
    const title = link?.querySelector(".md-ellipsis")?.textContent?.trim();
    return link === null || title === undefined ? [] : [{ text: strings.next.page(title), href: link.href }];
  }

  #toggleSolution({ checks }: StepState): void {
    if (this.#solution !== "closed") this.#showSolution("closed");
    else this.#showSolution(checks > 0 ? "plain" : "asking");
  }

  #showSolution(view: SolutionView): void {
    this.#solution = view;
    if (view !== "closed") this.#parts.solution?.setAttribute("open", "");
    this.requestUpdate();
  }

  #toggleAside(session: StepSession): void {
    if (this.#asideOpen || session.state.news !== null) this.#closeAside(session);
    else {
      this.#asideOpen = true;
      this.requestUpdate();
    }
  }

  #closeAside(session: StepSession): void {
    this.#asideOpen = false;
    session.dismissNews();
    this.requestUpdate();
  }

  async #copy(): Promise<void> {
    const code = this.#session?.state.code ?? "";
    try {
      await navigator.clipboard.writeText(code);
      this.#say(strings.tools.copied);
    } catch {
      this.#say(strings.tools.copyRefused);
    }
  }

  /** Code that came with the address of the page, if it is for this step. */
  async #receive(): Promise<void> {
    const session = this.#session;
    const share = await readShare(location.hash);
    if (session === null || share === null) return;
    if ((share.kind === "shared" ? share.shared.step : share.step) !== session.info.step) return;
    session.receive(share);
    await this.updateComplete;
    this.scrollIntoView({ block: "start" });
  }

  async #share(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const { step, rev } = session.info;
    const fragment = await shareFragment({ step, rev, code: session.state.code });
    const link = `${location.origin}${location.pathname}${fragment}`;
    const words = strings.tools;
    const warning = link.length > LONG_LINK ? ` ${words.sharedLong}` : "";
    try {
      await navigator.clipboard.writeText(link);
      this.#say(words.shared(link.length) + warning, LONG_NOTE_MS);
    } catch {
      this.#link = link;
      this.#say(words.shareRefused + warning, LONG_NOTE_MS);
    }
  }

  #download(): void {
    const session = this.#session;
    if (session === null) return;
    const { lab, step } = session.info;
    save(`${lab}-${step}.py`, "text/x-python", session.state.code);
  }

  #downloadNotebook(): void {
    const session = this.#session;
    if (session === null) return;
    const { lab, labTitle, step, index, title } = session.info;
    const earlier = this.#book.steps.filter((other) => other.index < index);
    const steps = [
      ...earlier.map((other) => ({
        id: other.step,
        index: other.index,
        title: other.title,
        code: other.accepted ?? other.starter,
      })),
      { id: step, index, title, code: session.state.code },
    ];
    save(`${lab}-${step}.ipynb`, "application/x-ipynb+json", notebook(lab, labTitle, steps));
  }

  #say(note: string, forMs = NOTE_MS): void {
    this.#note = note;
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => {
      this.#note = "";
      this.requestUpdate();
    }, forMs);
    this.requestUpdate();
  }
}

/** Hands a file to the browser to save. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Takes a dealt-with link out of the address, so that a reload does not offer it again. */
function forgetFragment(step: string): void {
  if (location.hash.startsWith("#share=")) history.replaceState(history.state, "", `#${step}`);
}

function linkField(link: string): TemplateResult {
  const select = (event: Event) =>
    event.currentTarget instanceof HTMLInputElement && event.currentTarget.select();
  return html`<p>
    <input class="lab-link-field" readonly aria-label=${strings.tools.shareLink} .value=${link} @focus=${select} />
  </p>`;
}

function lamp({ activity, busyElsewhere, runtime }: StepState): string {
  return activity === null && busyElsewhere ? "waiting" : runtime.state;
}

function statusText({ activity, busyElsewhere, runtime }: StepState): string {
  const words = strings.status;
  if (activity === null && busyElsewhere) return words.busyElsewhere;
  switch (runtime.state) {
    case "idle":
      return words.idle;
    case "loading":
      return words.loading(Math.round(runtime.progress * 100));
    case "ready":
      return words.ready;
    case "running": {
      const seconds = ((performance.now() - runtime.since) / 1_000).toFixed(1);
      return activity === "check" ? words.checking(seconds) : words.running(seconds);
    }
    case "failed":
      return words.failed;
  }
}

function textOf(source: Element | null): string | null {
  if (source === null) return null;
  return (source instanceof HTMLTemplateElement ? source.content : source).textContent ?? "";
}

/** The hint blocks that follow the fence, out of the page and ready to be given one at a time. */
function takeHints(fence: Element): readonly HTMLDetailsElement[] {
  const hints: HTMLDetailsElement[] = [];
  let next = fence.nextElementSibling;
  while (next instanceof HTMLDetailsElement && next.classList.contains("hint")) {
    hints.push(next);
    next = next.nextElementSibling;
  }
  for (const hint of hints) {
    hint.remove();
    hint.open = true;
  }
  return hints;
}
