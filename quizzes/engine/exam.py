"""The exam that the bank prepares for. A new version of the exam changes this file and nothing else."""

from collections.abc import Mapping
from typing import Literal

EXAM = "SAA-C03"

DomainId = Literal["secure", "resilient", "performant", "cost"]

# The task numbers of each scored domain in the exam guide.
TASKS: Mapping[DomainId, tuple[str, ...]] = {
    "secure": ("1.1", "1.2", "1.3"),
    "resilient": ("2.1", "2.2"),
    "performant": ("3.1", "3.2", "3.3", "3.4", "3.5"),
    "cost": ("4.1", "4.2", "4.3", "4.4"),
}

# The guide promises multiple choice (one of four) and multiple response (two or more of five or more).
SINGLE_CHOICES = 4
MULTIPLE_CHOICES = 5
