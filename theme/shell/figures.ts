const WORDS = {
  controls: "그림 단계",
  previous: "이전",
  next: "다음",
  all: "전체",
  position: (step: number, count: number) => `${step} / ${count}`,
  status: (step: number, count: number, text: string) => `${count}단계 가운데 ${step}단계. ${text}`,
  statusAll: "전체 단계를 모두 보여 줍니다.",
};

/** Adds previous and next to every stepped figure of the page that has none yet. */
export function enhanceFigures(root: ParentNode = document): void {
  for (const figure of root.querySelectorAll<HTMLElement>("figure.dg[data-steps]")) {
    if (!figure.querySelector(".dg-controls")) enhance(figure);
  }
}

/**
 * Step 0 is the whole picture, as without JavaScript. The drawing dims by `data-step` on the figure and `.dg-on` on the
 * groups of the step; the list marks the same step, so that the words are never a separate place to look.
 */
function enhance(figure: HTMLElement): void {
  const items = [...figure.querySelectorAll<HTMLElement>(".dg-steps > li")];
  const groups = [...figure.querySelectorAll<SVGElement>("[data-s]")];
  if (items.length < 2 || groups.length === 0) return;

  const previous = button("dg-previous", WORDS.previous);
  const next = button("dg-next", WORDS.next);
  const position = document.createElement("span");
  position.className = "dg-position";
  const status = document.createElement("span");
  status.className = "dg-status";
  status.setAttribute("role", "status");

  let step = 0;
  const show = (wanted: number, announce = true) => {
    step = wanted;
    if (step === 0) delete figure.dataset.step;
    else figure.dataset.step = String(step);
    for (const group of groups) {
      group.classList.toggle("dg-on", (group.dataset.s ?? "").split(" ").includes(String(step)));
    }
    items.forEach((item, index) => {
      if (index + 1 === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    position.textContent = step === 0 ? WORDS.all : WORDS.position(step, items.length);
    if (announce) {
      status.textContent =
        step === 0 ? WORDS.statusAll : WORDS.status(step, items.length, items[step - 1]?.textContent ?? "");
    }
  };
  // Past the last step comes the whole picture again, so neither button is ever dead and focus never jumps.
  const move = (by: number) => show((step + by + items.length + 1) % (items.length + 1));

  previous.addEventListener("click", () => move(-1));
  next.addEventListener("click", () => move(1));
  const controls = document.createElement("div");
  controls.className = "dg-controls";
  controls.setAttribute("role", "group");
  controls.setAttribute("aria-label", WORDS.controls);
  controls.append(previous, position, next, status);
  controls.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") move(-1);
    else if (event.key === "ArrowRight") move(1);
    else if (event.key === "Escape") show(0);
    else return;
    event.preventDefault();
  });
  figure.querySelector(".dg-drawing")?.after(controls);
  show(0, false);
}

function button(className: string, label: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label;
  return element;
}
