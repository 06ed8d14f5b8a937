"""The one error of this room: everything wrong with the bank, each as a Korean sentence that says what to change."""


class BankError(Exception):
    """`problems` holds one sentence each: where, what was seen, what is expected, what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
