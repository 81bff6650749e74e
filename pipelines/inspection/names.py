r"""Names that differ in one number only, as one pattern: GT01 MW … GT15 MW is `GT(\d\d) MW`.

Here must not live: what the names mean.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FEWEST = 3
"""Fewer names stay names."""


@dataclass(frozen=True, slots=True)
class Group:
    """Names that a contract can say the same about.

    Attributes:
        members: The names.
        pattern: A regular expression with one group for the number; None for one name.
    """

    members: tuple[str, ...]
    pattern: str | None


def grouped(names: Sequence[str]) -> Iterator[Group]:
    """The names in groups, in the order of the first of each."""
    families: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        families.setdefault(tuple(re.split(r"\d+", name)), []).append(name)
    for members in families.values():
        pattern = _pattern(members) if len(members) >= FEWEST else None
        if pattern is not None:
            yield Group(tuple(members), pattern)
        else:
            yield from (Group((member,), None) for member in members)


def _pattern(members: Sequence[str]) -> str | None:
    """A pattern where the names differ in one number of one length."""
    numbers = [re.findall(r"\d+", name) for name in members]
    differing = [at for at in range(len(numbers[0])) if len({row[at] for row in numbers}) > 1]
    if len(differing) != 1:
        return None
    at = differing[0]
    lengths = {len(row[at]) for row in numbers}
    number = r"(" + r"\d" * lengths.pop() + ")" if len(lengths) == 1 else r"(\d+)"
    parts = re.split(r"\d+", members[0])
    digits = [number if place == at else numbers[0][place] for place in range(len(numbers[0]))]
    return "".join(
        escaped(part) + (digits[place] if place < len(digits) else "") for place, part in enumerate(parts)
    )


def escaped(text: str) -> str:
    """A text as a regular expression, blanks and dashes left as they read."""
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)
