/** `<lab-prompt>`: opens the playground, whose code only the page with this element loads. */

import type { LabServices } from "../lab-step.ts";

/** Makes `<lab-prompt>` known to the browser; a second call changes nothing. */
export function defineLabPrompt(services: LabServices): void {
  if (customElements.get("lab-prompt") !== undefined) return;
  PromptDoor.services = services;
  customElements.define("lab-prompt", PromptDoor);
}

class PromptDoor extends HTMLElement {
  static services: LabServices;

  connectedCallback(): void {
    import("./lab-prompt.ts").then(
      // The page may have been left meanwhile.
      ({ openPrompt }) => this.isConnected && openPrompt(this, PromptDoor.services),
      (error: unknown) => console.error("The playground did not load.", error),
    );
  }
}
