/** Below this width the theme shows the navigation as a drawer. */
const DRAWER_LAYOUT = "(max-width: 76.234375em)";
const BEHIND = ".md-header, .md-content, .md-footer, .md-sidebar--secondary, .md-top, .md-skip";

/** Makes the theme's drawer work with a keyboard: a button says whether it is open, Escape closes it, focus stays inside. */
export function repairDrawer(): void {
  const toggle = document.querySelector<HTMLInputElement>("[data-md-toggle=drawer]");
  const button = document.querySelector<HTMLElement>("[data-drawer]");
  if (!toggle || !button) return;
  const narrow = matchMedia(DRAWER_LAYOUT);

  const isOpen = () => toggle.checked && narrow.matches;
  const show = () => {
    button.setAttribute("aria-expanded", String(isOpen()));
    for (const element of document.querySelectorAll(BEHIND)) element.toggleAttribute("inert", isOpen());
  };

  button.addEventListener("click", () => {
    toggle.click();
    if (isOpen()) firstLink()?.focus();
  });
  toggle.addEventListener("change", show);
  narrow.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    toggle.click();
    button.focus();
  });
}

function firstLink(): HTMLElement | undefined {
  const candidates = document.querySelectorAll<HTMLElement>(
    ".md-sidebar--primary a, .md-sidebar--primary label[tabindex]",
  );
  return [...candidates].find((element) => element.checkVisibility({ visibilityProperty: true }));
}
