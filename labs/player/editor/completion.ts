/** What the editor offers while a learner types: Python's own words, names in the code, and what the lab offers. */

import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import { syntaxTree } from "@codemirror/language";
import type { CompletionName } from "../runtime/types.ts";

/** One source over all: after a dot the methods the lab offers, elsewhere names. */
export function completionSource(names: () => readonly CompletionName[]): CompletionSource {
  return async (context) => {
    if (insideTextOrComment(context)) return null;
    const member = context.matchBefore(/\.\w*$/);
    if (member !== null) {
      return { from: member.from + 1, options: offered(names(), isMethod), validFor: /^\w*$/ };
    }
    const word = context.matchBefore(/\w+$/);
    if (word === null && !context.explicit) return null;
    const found = await Promise.all([globalCompletion(context), localCompletionSource(context)]);
    const own = offered(names(), (name) => !isMethod(name));
    const options = unique([...own, ...found.flatMap((result) => result?.options ?? [])]);
    return { from: word?.from ?? context.pos, options, validFor: /^\w*$/ } satisfies CompletionResult;
  };
}

function isMethod({ type }: CompletionName): boolean {
  return type === "method";
}

// The lab's own names come before Python's hundred and fifty.
function offered(names: readonly CompletionName[], wanted: (name: CompletionName) => boolean): Completion[] {
  return names.filter(wanted).map(({ label, type, detail }) => ({ label, type, detail, boost: 2 }));
}

function unique(options: readonly Completion[]): Completion[] {
  const seen = new Set<string>();
  return options.filter(({ label }) => !seen.has(label) && seen.add(label));
}

function insideTextOrComment(context: CompletionContext): boolean {
  return /String|Comment/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name);
}
