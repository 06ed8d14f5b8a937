import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../icons.ts";
import { type Entry, entryOf, type Session } from "../session.ts";
import { strings } from "../strings.ts";

interface Head {
  readonly heading: string;
  readonly mode: "practice" | "check";
  readonly ids: readonly string[];
  readonly session: Session;
  go(id: string | null): void;
}

/** Which set this is, and a button for each of its items that also says how it went. */
export function setHead({ heading, mode, ids, session, go }: Head): TemplateResult {
  const place = session.current === null ? -1 : ids.indexOf(session.current);
  const whole = mode === "practice" ? strings.practice(ids.length) : null;
  const note = place >= 0 && ids.length > 1 ? strings.count(place + 1, ids.length) : whole;
  return html`<div class="qz-head">
    <p class="qz-title">
      <b>${heading}</b>
      ${note === null ? nothing : html`<span>${note}</span>`}
    </p>
    ${ids.length === 1 ? nothing : steps(ids, session, go)}
  </div>`;
}

function steps(ids: readonly string[], session: Session, go: (id: string | null) => void): TemplateResult {
  const done = ids.every((id) => entryOf(session, id).verdict !== null);
  return html`<ol class="qz-dots" aria-label=${strings.items}>
    ${ids.map((id, place) => dot(id, place + 1, session, go))}
    ${
      done || session.current === null
        ? html`<li>
          <button
            type="button"
            class="qz-dot qz-dot-results"
            aria-current=${session.current === null ? "step" : "false"}
            @click=${() => go(null)}
          >
            ${strings.results}
          </button>
        </li>`
        : nothing
    }
  </ol>`;
}

function dot(id: string, number: number, session: Session, go: (id: string) => void): TemplateResult {
  const state = stateOf(entryOf(session, id));
  const icon = state === "right" || state === "wrong" ? icons[state] : nothing;
  return html`<li>
    <button
      type="button"
      class="qz-dot qz-dot-${state}"
      aria-label=${strings.item(number, strings.states[state])}
      aria-current=${session.current === id ? "step" : "false"}
      @click=${() => go(id)}
    >
      ${number}${icon}
    </button>
  </li>`;
}

function stateOf(entry: Entry): keyof typeof strings.states {
  return entry.verdict ?? (entry.chosen.length > 0 ? "started" : "open");
}
