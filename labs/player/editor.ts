/**
 * The code editor: CodeMirror in a shadow root, loaded only when a lab is on the page.
 *
 * The shadow root is what makes it fit this site. CodeMirror's styles become constructable sheets there, which the page's
 * CSP allows and instant navigation, which throws out unknown `<style>` elements, leaves alone.
 */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  insertBracket,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  redo,
  undo,
} from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  ViewPlugin,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { completionSource } from "./editor/completion.ts";
import { editorTheme, shellSheet } from "./editor/look.ts";
import type { CompletionName } from "./runtime/types.ts";
import { strings } from "./strings.ts";

export { highlightedLines } from "./editor/highlight.ts";

export interface EditorOptions {
  readonly code: string;
  /** Accessible name. */
  readonly label: string;
  readonly onChange: (code: string) => void;
  readonly onRun: () => void;
  readonly onCheck: () => void;
  /** Pixels at the top and the bottom of the window under which the cursor would not be seen. */
  readonly covered: () => { readonly top: number; readonly bottom: number };
  /** Names the lab offers, as far as they are known when the learner asks. */
  readonly names: () => readonly CompletionName[];
}

export type EditorKey = "indent" | "dedent" | "undo" | "redo";

export interface Editor {
  code(): string;
  /** Replaces the whole text; the editor's own undo can bring it back. */
  setCode(code: string): void;
  /** Marks the line of an error, counted from 1; null takes the mark away. */
  markError(line: number | null): void;
  /** Puts the cursor into a line, counted from 1, and the focus into the editor. */
  goTo(line: number): void;
  /** Types text at the cursor, as the symbol keys of a phone do. */
  type(text: string): void;
  press(key: EditorKey): void;
  focus(): void;
  destroy(): void;
}

const HINT_ID = "keys";

/** Mounts an editor in the shadow root of `host`, which may have held an earlier one. */
export function mountEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  root.adoptedStyleSheets = [shellSheet()];
  const hint = tabHint();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: options.code, extensions: extensions(options, hint) }),
  });
  root.append(hint);
  return {
    code: () => view.state.doc.toString(),
    setCode: (code) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: code },
        selection: { anchor: 0 },
      }),
    markError: (line) => view.dispatch({ effects: setErrorLine.of(line) }),
    goTo: (line) => goTo(view, line),
    type: (text) => type(view, text),
    press: (key) => void COMMANDS[key](view),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

const COMMANDS = { indent: indentMore, dedent: indentLess, undo, redo } as const;

function extensions(options: EditorOptions, hint: HTMLElement) {
  const act = (action: () => void) => () => {
    action();
    return true;
  };
  return [
    Prec.high(
      keymap.of([
        { key: "Mod-Enter", run: act(options.onRun) },
        { key: "Shift-Enter", run: act(options.onCheck) },
      ]),
    ),
    tabThatNeverTraps(hint),
    typingOverSelection,
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    history(),
    python(),
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    // Nothing is chosen until an arrow key says so: Enter at the end of a word stays a new line.
    autocompletion({ override: [completionSource(options.names)], selectOnOpen: false, icons: false }),
    errorLine,
    syntaxHighlighting(classHighlighter),
    editorTheme,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      "aria-describedby": HINT_ID,
      // Focusable without it; assistive tools look for the attribute on what scrolls.
      tabindex: "0",
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: "false",
    }),
    EditorState.phrases.of(strings.editor.phrases),
    EditorView.scrollMargins.of(() => options.covered()),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
}

/**
 * Tab indents only for somebody who is editing: after a click or a keystroke that changed the text, until Escape or until
 * the focus leaves. Somebody who tabs through the page passes through the editor.
 */
function tabThatNeverTraps(hint: HTMLElement) {
  let editing = false;
  const setEditing = (now: boolean) => {
    editing = now;
    hint.dataset.tab = now ? "indent" : "leave";
  };
  return [
    ViewPlugin.fromClass(
      class {
        update(update: { docChanged: boolean; view: EditorView }): void {
          if (update.docChanged && update.view.hasFocus) setEditing(true);
        }
      },
      {
        eventHandlers: {
          pointerdown: () => setEditing(true),
          blur: () => setEditing(false),
        },
      },
    ),
    keymap.of([
      { key: "Tab", run: (view) => editing && (acceptCompletion(view) || indentMore(view)) },
      { key: "Shift-Tab", run: (view) => editing && indentLess(view) },
      {
        key: "Escape",
        run: () => {
          const was = editing;
          setEditing(false);
          return was;
        },
      },
    ]),
  ];
}

/**
 * Typing over a selection, done by the editor instead of the browser.
 *
 * Chromium wraps the typed letter in a `style` attribute that keeps the look of what it replaces. The CSP refuses it, which is
 * harmless and still a violation.
 */
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data } = event;
    const { main } = view.state.selection;
    if (event.inputType !== "insertText" || data === null || main.empty || view.composing) return false;
    const typed = { userEvent: "input.type", scrollIntoView: true };
    const insert = () => view.state.update(view.state.replaceSelection(data), typed);
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

/** Says how the keyboard works; also the editor's description, so it has to live in the same tree. */
function tabHint(): HTMLElement {
  const hint = document.createElement("p");
  hint.id = HINT_ID;
  hint.className = "keys";
  hint.dataset.tab = "leave";
  for (const { keys, does, when } of strings.editor.keys(navigator.platform.startsWith("Mac"))) {
    const item = document.createElement("span");
    if (when !== undefined) item.className = `when-${when}`;
    for (const key of keys) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      item.append(kbd, " ");
    }
    item.append(does);
    hint.append(item, " ");
  }
  return hint;
}

function goTo(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}

function type(view: EditorView, text: string): void {
  const paired = insertBracket(view.state, text);
  view.dispatch(
    paired ?? { ...view.state.replaceSelection(text), userEvent: "input.type", scrollIntoView: true },
  );
}

const setErrorLine = StateEffect.define<number | null>();

/** The marked line; any edit takes the mark away, because the error belongs to the code that ran. */
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setErrorLine)) continue;
      const line = effect.value;
      if (line === null || line < 1 || line > transaction.state.doc.lines) return Decoration.none;
      const { from } = transaction.state.doc.line(line);
      return Decoration.set([Decoration.line({ class: "cm-errorLine" }).range(from)]);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
