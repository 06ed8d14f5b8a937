/** What the editor offers while a learner types: Python's own words, names in the code, the lab's names, redis commands. */

import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import { syntaxTree } from "@codemirror/language";
import type { CompletionName } from "../runtime/types.ts";
import { strings } from "../strings.ts";

/** One source over all: after a dot the commands of a client, elsewhere names. */
export function completionSource(names: () => readonly CompletionName[]): CompletionSource {
  return async (context) => {
    if (insideTextOrComment(context)) return null;
    const member = context.matchBefore(/\.\w*$/);
    if (member !== null) return { from: member.from + 1, options: [...COMMANDS], validFor: /^\w*$/ };
    const word = context.matchBefore(/\w+$/);
    if (word === null && !context.explicit) return null;
    const found = await Promise.all([globalCompletion(context), localCompletionSource(context)]);
    const options = [...names().map(toCompletion), ...found.flatMap((result) => result?.options ?? [])];
    return {
      from: word?.from ?? context.pos,
      options: unique(options),
      validFor: /^\w*$/,
    } satisfies CompletionResult;
  };
}

const COMMANDS: readonly Completion[] = Object.entries(strings.editor.commands).map(([label, detail]) => ({
  label,
  detail,
  type: "function",
}));

function toCompletion({ label, type, detail }: CompletionName): Completion {
  // The lab's own names come before Python's hundred and fifty.
  return { label, type, detail, boost: 2 };
}

function unique(options: readonly Completion[]): Completion[] {
  const seen = new Set<string>();
  return options.filter(({ label }) => !seen.has(label) && seen.add(label));
}

function insideTextOrComment(context: CompletionContext): boolean {
  return /String|Comment/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name);
}
