/** A step as a Jupyter notebook: the steps before it, then the learner's code. Format: nbformat 4.5. */

import { strings } from "../strings.ts";

export interface NotebookStep {
  readonly id: string;
  readonly index: number;
  readonly title: string;
  readonly code: string;
}

/** The text of an `.ipynb` file. `steps` ends with the step that is downloaded. */
export function notebook(lab: string, labTitle: string, steps: readonly NotebookStep[]): string {
  const words = strings.notebook;
  const cells = [
    markdown("start-text", words.intro(labTitle)),
    code("start", `from labs.engine.notebook import begin, start\n\nstart("${lab}")`),
    ...steps.flatMap((step) => [
      markdown(`${step.id}-text`, words.heading(step.index, step.title)),
      code(`${step.id}-begin`, `begin("${step.id}")`),
      code(step.id, step.code.trimEnd()),
    ]),
  ];
  const metadata = {
    kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
    language_info: { name: "python" },
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function markdown(id: string, text: string): object {
  return { cell_type: "markdown", id, metadata: {}, source: lines(text) };
}

function code(id: string, text: string): object {
  return { cell_type: "code", execution_count: null, id, metadata: {}, outputs: [], source: lines(text) };
}

function lines(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}
