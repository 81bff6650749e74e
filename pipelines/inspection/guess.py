"""What a file seems to be, one statement at a time: its value, how far to trust it, and why.

Here must not live: how anything is found out.
"""

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["sure", "unsure", "unknown"]

MEANS: dict[Confidence, str] = {
    "sure": "the file itself leaves no other reading",
    "unsure": "the likeliest reading, but another fits too: confirm it",
    "unknown": "the file does not say: fill it in",
}
"""What each word of confidence promises."""
WORST: dict[Confidence, int] = {word: rank for rank, word in enumerate(MEANS)}
"""From the most to the least certain."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One statement about a file.

    Attributes:
        value: What it seems to be, as the feed contract writes it; None where the file does not say.
        confidence: How far to trust it, see `MEANS`.
        evidence: Why, for people.
    """

    value: object
    confidence: Confidence
    evidence: str

    @property
    def is_sure(self) -> bool:
        """Whether the file itself leaves no other reading."""
        return self.confidence == "sure"


def sure(value: object, evidence: str) -> Guess:
    """A statement that the file itself proves."""
    return Guess(value, "sure", evidence)


def unsure(value: object, evidence: str) -> Guess:
    """The likeliest of several readings."""
    return Guess(value, "unsure", evidence)


def unknown(evidence: str) -> Guess:
    """What the file does not say."""
    return Guess(None, "unknown", evidence)
