/**
 * <quiz-set>: brings the forms of a quiz fence alive. The forms are the build's own nodes; this element shows one at a time,
 * and puts around it where the learner is, what came of it, and where to go next.
 *
 * Accessibility, and why: one `role="status"` region is there from the start, because regions added together with their text
 * are not announced. The focus goes to the verdict, so that reading on from there reads the reasons. The incomplete message
 * is announced and stands beside the button, where the eye is. Digits act only while the focus is inside the set.
 */

import { html, LitElement, nothing, render, type TemplateResult } from "lit";
import {
  type Json,
  type LearningRecord,
  learningRecord,
  type QuizAttempt,
} from "../../theme/record/index.ts";
import { KINDS } from "./kinds/index.ts";
import type { ItemKind, ItemView } from "./kinds/kind.ts";
import { required } from "./kinds/nodes.ts";
import { summarise } from "./results.ts";
import { answersPage, rubricItem, rubricOf } from "./rubric.ts";
import { type Outcome, score } from "./score/score.ts";
import type { ItemSpec, Session } from "./session.ts";
import * as sessions from "./session.ts";
import { randomSeed } from "./shuffle.ts";
import { strings } from "./strings.ts";
import type { Kind, Rubric, RubricItem } from "./types.generated.ts";
import { itemFoot } from "./views/foot.ts";
import { setHead } from "./views/head.ts";
import { resultsPane } from "./views/results.ts";
import { verdictPane } from "./views/verdict.ts";

/** An item of the set: what the session knows of it, and its part of the page. */
export interface Item extends ItemSpec {
  readonly kind: ItemKind;
  readonly unit: string;
  readonly form: HTMLFormElement;
  readonly view: ItemView;
  /** Where the verdict is drawn: between the question and the choices. */
  readonly slot: HTMLElement;
}

export class QuizSet extends LitElement {
  readonly #root = document.createElement("div");
  #items: readonly Item[] = [];
  #session: Session | null = null;
  #record: LearningRecord | null = null;
  readonly #explanations = new Map<string, RubricItem | "failed">();
  readonly #rubrics = new Map<string, Rubric>();
  #hint = "";
  #status = "";
  #checking = false;
  #reporting = false;
  #shownAt = performance.now();

  /**
   * Light DOM: the forms stay part of the page, for styles, search in page, and assistive technology. In a box of its own,
   * because Lit keeps its place by its neighbours, and the build's children leave when the element is ready.
   */
  protected override createRenderRoot(): HTMLElement {
    this.#root.className = "qz-root";
    this.append(this.#root);
    return this.#root;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.addEventListener("keydown", this.#onKey);
    if (!this.#session) void this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.removeEventListener("keydown", this.#onKey);
    this.#stopClock();
  }

  protected override render(): TemplateResult | typeof nothing {
    const session = this.#session;
    if (!session) return nothing;
    const item = this.#current();
    return html`<div class="qz" role="group" aria-label=${this.#heading()}>
      ${setHead({
        heading: this.#heading(),
        mode: this.#mode(),
        ids: this.#items.map((one) => one.id),
        session,
        go: (id) => this.#go(id),
      })}
      <p class="qz-status" role="status">${this.#status}</p>
      ${item ? this.#itemPane(item, session) : this.#resultsPane(session)}
      ${this.#record?.persistent === false ? html`<p class="qz-reserved">${strings.reserved}</p>` : nothing}
    </div>`;
  }

  protected override updated(): void {
    const item = this.#current();
    if (item) this.#draw(item);
  }

  // ---- starting -------------------------------------------------------------------------------

  async #start(): Promise<void> {
    this.#record = await learningRecord();
    const stored = await this.#record.loadDraft(this.#draftKey());
    // Instant navigation may have taken the page away in the meantime.
    if (!this.isConnected) return;
    this.#items = [...this.querySelectorAll<HTMLFormElement>("form.qz-item")].map((form) => this.#item(form));
    this.#session = sessions.restore(stored, this.#items, randomSeed);
    this.replaceChildren(this.#root);
    this.toggleAttribute("data-ready", true);
    this.requestUpdate();
    this.#startClock();
    await this.#explainShown();
  }

  #item(form: HTMLFormElement): Item {
    const { item: id = "", rev, unit = "", kind: name = "" } = form.dataset;
    const kind = KINDS[name as Kind];
    const view = kind.mount(form, {
      chosen: (next) => this.#choose(id, next),
      say: (text) => this.#say(text),
    });
    const slot = document.createElement("div");
    required(form, "fieldset").before(slot);
    required<HTMLElement>(form, ".qz-stem").tabIndex = -1;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#check();
    });
    return { id, rev: Number(rev), unit, kind, form, view, slot, ...kind.read(form) };
  }

  // ---- drawing --------------------------------------------------------------------------------

  #itemPane(item: Item, session: Session): TemplateResult {
    const entry = sessions.entryOf(session, item.id);
    const explanation = this.#explanations.get(item.id);
    return html`<div class="qz-pane">
      ${item.form}
      ${itemFoot({
        entry,
        formId: item.form.id,
        digits: item.kind.digits,
        explanation,
        hint: this.#hint,
        checking: this.#checking,
        next: this.#single() ? null : (sessions.nextItem(session) ?? "results"),
        canSkip: sessions.nextItem(session) !== null,
        reporting: this.#reporting,
        report: {
          item: item.id,
          rev: item.rev,
          page: location.href,
          chosen: entry.chosen,
          verdict: entry.verdict ? strings.verdicts[entry.verdict].title : "-",
          verified: typeof explanation === "object" ? explanation.verified : "-",
        },
        rate: (confidence) => this.#change(sessions.rate(session, item.id, confidence)),
        advance: () => this.#go(sessions.nextItem(this.#required())),
        again: () => this.#again(item.id),
        fetchAgain: () => this.#explainShown(),
        toggleReport: () => {
          this.#reporting = !this.#reporting;
          this.requestUpdate();
        },
        say: (text) => this.#say(text),
      })}
    </div>`;
  }

  #resultsPane(session: Session): TemplateResult {
    const ids = this.#items.map((item) => item.id);
    const units = [...new Set(this.#items.map((item) => item.unit))];
    return resultsPane({
      results: summarise(session, (id) => this.#objectiveOf(id)),
      numberOf: (id) => ids.indexOf(id) + 1,
      answers: units.map(answersPage),
      fetchAgain: () => this.#explainShown(),
      go: (id) => this.#go(id),
      onlyWrong: () => this.#restartWith(sessions.onlyWrong(this.#required(), randomSeed)),
      restart: () => this.#restartWith(sessions.begin(this.#items, randomSeed)),
      continueOpen: () => this.#restartWith(sessions.onlyOpen(this.#required())),
    });
  }

  /** Brings controls and verdict of an item in step with the session, at once: focus may have to go to what it makes. */
  #draw(item: Item): void {
    const session = this.#required();
    const entry = sessions.entryOf(session, item.id);
    const explanation = this.#explanations.get(item.id);
    item.view.update({
      order: sessions.shownOrder(entry, item),
      seed: entry.seed,
      chosen: entry.chosen,
      rubric: entry.verdict && typeof explanation === "object" ? explanation : null,
      locked: entry.verdict !== null,
    });
    render(entry.verdict ? verdictPane(entry.verdict, item.kind.note) : nothing, item.slot);
  }

  // ---- what the learner does -------------------------------------------------------------------

  #choose(id: string, chosen: readonly string[]): void {
    this.#hint = "";
    this.#change(sessions.choose(this.#required(), id, chosen));
    const item = this.#items.find((one) => one.id === id);
    if (item) this.#draw(item);
  }

  async #check(): Promise<void> {
    const item = this.#current();
    if (!item || this.#checking || sessions.entryOf(this.#required(), item.id).verdict) return;
    const incomplete = this.#incomplete(item);
    if (incomplete) {
      this.#tell(incomplete);
      return;
    }
    this.#checking = true;
    this.requestUpdate();
    const found = await this.#fetchExplanation(item);
    this.#checking = false;
    if (found === "failed") this.#tell(strings.rubricFailed);
    else if (found === "outdated") this.#tell(strings.rubricOutdated);
    else await this.#settle(item, found);
  }

  #incomplete(item: Item): string | null {
    const { chosen } = sessions.entryOf(this.#required(), item.id);
    const outcome = score(chosen, item.needed, [], item.kind.comparison);
    if (outcome.state !== "incomplete") return null;
    const { missing } = outcome;
    return missing > 0 ? item.kind.tooFew(missing) : strings.tooMany(item.needed, -missing);
  }

  async #settle(item: Item, rubric: RubricItem): Promise<void> {
    this.#stopClock();
    const before = sessions.entryOf(this.#required(), item.id);
    const outcome: Outcome = score(before.chosen, item.needed, rubric.key, item.kind.comparison);
    if (outcome.state === "incomplete") return;
    this.#explanations.set(item.id, rubric);
    this.#hint = "";
    this.#change(sessions.settle(this.#required(), item.id, outcome.state));
    this.#say(strings.verdicts[outcome.state].title);
    await this.updateComplete;
    this.#focus(item.slot.querySelector<HTMLElement>(".qz-verdict"));
    await this.#record?.append(attempt(item, before, outcome.state, this.#mode()));
    this.requestUpdate();
  }

  #again(id: string): void {
    this.#restartWith(sessions.again(this.#required(), id, randomSeed));
  }

  #restartWith(session: Session): void {
    this.#stopClock();
    this.#change(session);
    this.#arrive();
  }

  #go(id: string | null): void {
    this.#stopClock();
    this.#change(sessions.show(this.#required(), id));
    this.#arrive();
  }

  /** After another item, or the results, came on screen. */
  #arrive(): void {
    this.#hint = "";
    this.#status = "";
    this.#reporting = false;
    this.#startClock();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.#focus(this.querySelector<HTMLElement>(".qz-pane .qz-stem, .qz-result-title"));
      return this.#explainShown();
    });
  }

  // ---- rubric ----------------------------------------------------------------------------------

  async #fetchExplanation(item: Item): Promise<RubricItem | "failed" | "outdated"> {
    try {
      const found = await rubricItem(item.unit, item.id, item.rev);
      this.#rubrics.set(item.unit, await rubricOf(item.unit));
      return found ?? "outdated";
    } catch {
      return "failed";
    }
  }

  /** Reasons for what is on screen and was checked before: after a reload they have to be fetched again. */
  async #explainShown(): Promise<void> {
    const item = this.#current();
    const shown = item ? [item] : this.#items;
    for (const one of shown) {
      const checked = sessions.entryOf(this.#required(), one.id).verdict !== null;
      if (!checked || typeof this.#explanations.get(one.id) === "object") continue;
      const found = await this.#fetchExplanation(one);
      this.#explanations.set(one.id, typeof found === "object" ? found : "failed");
    }
    this.requestUpdate();
  }

  #objectiveOf(id: string) {
    const explanation = this.#explanations.get(id);
    const unit = this.#items.find((item) => item.id === id)?.unit ?? "";
    if (typeof explanation !== "object") return null;
    const objective = this.#rubrics.get(unit)?.objectives[explanation.objective];
    return objective ? { id: explanation.objective, ...objective } : null;
  }

  // ---- small things ----------------------------------------------------------------------------

  #change(session: Session): void {
    this.#session = session;
    // Every change is kept at once: a closed tab loses nothing.
    void this.#record?.saveDraft(this.#draftKey(), asJson(session));
    this.requestUpdate();
  }

  #tell(hint: string): void {
    this.#hint = hint;
    this.#say(hint);
  }

  #say(text: string): void {
    // The same words twice are not a change, and would not be announced.
    this.#status = this.#status === text ? `${text}\u00a0` : text;
    this.requestUpdate();
  }

  #focus(element: HTMLElement | null): void {
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    // The theme acts on single letters page-wide; an "n" pressed on a choice would leave the page.
    event.stopPropagation();
    if (takesText(event.target)) return;
    const item = this.#current();
    if (!item || !/^[1-9]$/.test(event.key) || sessions.entryOf(this.#required(), item.id).verdict) return;
    event.preventDefault();
    item.view.digit(Number(event.key));
  };

  #onVisibility = (): void => {
    if (document.hidden) this.#stopClock();
    else this.#startClock();
  };

  #startClock(): void {
    this.#shownAt = performance.now();
  }

  #stopClock(): void {
    const item = this.#current();
    if (item && this.#session) {
      this.#change(sessions.spend(this.#session, item.id, performance.now() - this.#shownAt));
    }
    this.#startClock();
  }

  #current(): Item | undefined {
    return this.#items.find((item) => item.id === this.#session?.current);
  }

  #required(): Session {
    if (!this.#session) throw new Error("the quiz has not started");
    return this.#session;
  }

  #single(): boolean {
    return this.#items.length === 1;
  }

  #heading(): string {
    return this.getAttribute("heading") ?? strings.check;
  }

  #mode(): "practice" | "check" {
    return this.getAttribute("mode") === "check" ? "check" : "practice";
  }

  #draftKey(): string {
    return `quiz:${this.getAttribute("set") ?? ""}`;
  }
}

/** Whether a key pressed there already means something: a letter of a text, or the browser's own search in a list. */
function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type === "text";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

function attempt(
  item: Item,
  entry: sessions.Entry,
  outcome: sessions.Verdict,
  mode: QuizAttempt["mode"],
): QuizAttempt {
  return {
    kind: "quiz",
    item: item.id,
    rev: item.rev,
    chosen: entry.chosen,
    outcome,
    confidence: entry.confidence,
    ms: entry.spent,
    at: Date.now(),
    mode,
  };
}

/** A session is plain data; this says so in the type the record wants. */
function asJson(session: Session): Json {
  const entries = Object.fromEntries(
    Object.entries(session.entries).map(([id, entry]) => [
      id,
      { ...entry, first: entry.first && { ...entry.first } },
    ]),
  );
  return { ...session, entries };
}
