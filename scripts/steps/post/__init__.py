"""What happens to the built pages before they are served: search index, security policy, fonts, removal of what nobody loads.

Each step is `apply(site)` in a module of its own, over pure functions of text; none needs MkDocs, and the same pages always
give the same bytes. The order matters: fonts count the glyphs that every earlier step leaves, and pruning comes last.
"""

from collections.abc import Callable
from pathlib import Path

from scripts.steps.post import csp, fonts, prune, search

STEPS: tuple[Callable[[Path], None], ...] = (search.apply, csp.apply, fonts.apply, prune.apply)


def apply_all(site: Path) -> None:
    """Every step, in order, over the folder that MkDocs and the bundles were written into. Raises StageError."""
    for step in STEPS:
        step(site)
