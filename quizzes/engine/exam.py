"""The exam that the bank prepares for. A new version of the exam changes this file and nothing else."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

EXAM = "SAA-C03"

DomainId = Literal["secure", "resilient", "performant", "cost"]


class Domain(NamedTuple):
    """A scored domain: its number in the exam guide, its Korean name, its weight in percent, and its task numbers."""

    number: int
    title: str
    weight: int
    tasks: tuple[str, ...]


DOMAINS: Mapping[DomainId, Domain] = {
    "secure": Domain(1, "보안 아키텍처 설계", 30, ("1.1", "1.2", "1.3")),
    "resilient": Domain(2, "복원력을 갖춘 아키텍처 설계", 26, ("2.1", "2.2")),
    "performant": Domain(3, "고성능 아키텍처 설계", 24, ("3.1", "3.2", "3.3", "3.4", "3.5")),
    "cost": Domain(4, "비용에 최적화된 아키텍처 설계", 20, ("4.1", "4.2", "4.3", "4.4")),
}

# The guide promises multiple choice (one of four) and multiple response (two or more of five or more).
SINGLE_CHOICES = 4
MULTIPLE_CHOICES = 5
