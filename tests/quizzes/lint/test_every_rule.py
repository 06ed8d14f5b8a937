"""One rule a file, each with its tests, each in use."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from quizzes.engine import lint
from quizzes.engine.lint import rules

NAMES = sorted(path.stem for path in Path(rules.__file__).parent.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_used_and_tested(name: str) -> None:
    rule = importlib.import_module(f"{rules.__name__}.{name}")
    assert rule.check in lint.RULES
    assert Path(__file__).with_name(f"test_{name}.py").is_file()


def test_there_is_no_rule_without_a_file() -> None:
    assert len(lint.RULES) == len(NAMES)
