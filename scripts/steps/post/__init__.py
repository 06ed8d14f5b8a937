"""What happens to the built pages before they are served: repairs, glossary links, search index, security policy, fonts, pruning.

Each step is `apply(site)` in a module of its own, over pure functions of text; none needs MkDocs, and the same pages always
give the same bytes. The order matters: fonts count the glyphs that every earlier step leaves, and pruning comes last.
"""

from collections.abc import Callable
from pathlib import Path

from scripts.steps.post import csp, fonts, prune, search, tables, terms

STEPS: tuple[Callable[[Path], None], ...] = (
    tables.apply,
    terms.apply,
    search.apply,
    csp.apply,
    fonts.apply,
    prune.apply,
)


def apply_all(site: Path) -> None:
    """Every step, in order, over the folder that MkDocs and the bundles were written into. Raises StageError."""
    for step in STEPS:
        step(site)
