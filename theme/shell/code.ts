/**
 * The theme puts the copy button of each code block into a `<nav>`: a page of ten blocks would have ten nameless navigation
 * landmarks, when all there is to reach is the button.
 */
export function quietCodeTools(root: ParentNode = document): void {
  for (const tools of root.querySelectorAll(".md-code__nav")) tools.setAttribute("role", "presentation");
}
