/** How long a pause in composing a syllable counts as "done for now". */
const COMPOSING_PAUSE_MS = 250;

/**
 * Makes the theme's search box hear every way of entering text. The theme searches on `keyup` only, so pasting with the
 * mouse, dictation and autofill find nothing, and each half-composed syllable flashes "nothing found".
 */
export function repairSearch(): void {
  const input = document.querySelector<HTMLInputElement>("[data-md-component=search-query]");
  const toggle = document.querySelector<HTMLInputElement>("[data-md-toggle=search]");
  if (!input || !toggle) return;

  const tellTheme = () => input.dispatchEvent(new KeyboardEvent("keyup"));
  let pause: ReturnType<typeof setTimeout> | undefined;
  input.addEventListener("input", (event) => {
    clearTimeout(pause);
    const composing = event instanceof InputEvent && event.isComposing;
    pause = setTimeout(tellTheme, composing ? COMPOSING_PAUSE_MS : 0);
  });
  input.parentElement?.addEventListener(
    "keyup",
    (event) => {
      if (event.isComposing) event.stopPropagation();
    },
    { capture: true },
  );

  const open = () => {
    if (!toggle.checked) toggle.click();
    input.focus();
  };
  document.querySelector("[data-search]")?.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });
  // The worker asks for the index at the first search; asking at focus hides the wait.
  input.addEventListener("focus", warmIndex, { once: true });
}

function warmIndex(): void {
  fetch(new URL("../../search/sections.json", import.meta.url)).catch(() => undefined);
}
