"""axe-core on an open page: the accessibility rules that are broken there."""

from collections.abc import Sequence
from typing import Final

from playwright.sync_api import Page

from scripts.steps.stages import ROOT

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Another colour scheme changes colours and nothing else.
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")

_AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# Without `resultTypes` axe also works out where everything stands that is in order.
_RUN = """async ([scope, rules]) => {
  const { violations } = await axe.run(scope ?? document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id} ×${nodes.length}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


def findings(page: Page, scope: str | None = None, rules: Sequence[str] = RULES) -> list[str]:
    """One line for each broken rule: its name, how often, and where. `scope` is a selector; without one, the whole page."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(f"{_AXE}; 0")
    found: list[str] = page.evaluate(_RUN, [scope, list(rules)])
    return found


def findings_in_both_schemes(page: Page, scope: str | None = None) -> list[str]:
    """As `findings`, each line with its scheme before it. Leaves the page in the light one."""
    found: list[str] = []
    for scheme, rules in (("slate", COLOUR_RULES), ("default", RULES)):
        page.locator("body").evaluate("(body, name) => body.setAttribute('data-md-color-scheme', name)", scheme)
        found += [f"{scheme} {line}" for line in findings(page, scope, rules)]
    return found
