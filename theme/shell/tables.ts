const LABEL = "옆으로 움직여 보는 표";

/** A table wider than the page scrolls inside its frame; a keyboard can only scroll what it can focus. */
export function reachWideTables(root: ParentNode = document): void {
  for (const frame of root.querySelectorAll<HTMLElement>(".md-typeset__scrollwrap")) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", LABEL);
    } else {
      for (const attribute of ["tabindex", "role", "aria-label"]) frame.removeAttribute(attribute);
    }
  }
}
