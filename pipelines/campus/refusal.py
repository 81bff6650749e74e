"""How Headroom says no to an input: rule, place, reason, remedy.

Shared by every room that reads something a person wrote or a machine delivered.
"""

from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):
    """A whole file that cannot be taken.

    Attributes:
        rule: Name of the rule, `snake_case`, for machines.
        reason: What is wrong and where, for people.
        remedy: What to do about it, for people.
    """

    rule: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a reference table or a feed contract.

    Attributes:
        file: File name below the reference folder.
        place: Row, line or field.
        column: Column or field name; empty if the mistake is about the whole row.
        reason: What is wrong.
        remedy: What to do.
    """

    file: str
    place: str
    column: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"{self.file}, {self.place}{column}: {self.reason}. {self.remedy}"


class CampusError(Exception):
    """The reference data do not describe a campus: every mistake found, in file order."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
