"""Which faults are asked for: `NAME[@WHERE][=RATE]`, or `all`.

Here must not live: what a fault is (`catalogue`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pipelines.simulator.faults.catalogue import CATALOGUE, Fault

ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fault that is asked for.

    Attributes:
        fault: The fault.
        where: Which feeds or, for faults of an instrument, which `device.column`; `*` stands for any text.
        rate: Share of what the fault's `per` names.
    """

    fault: Fault
    where: str
    rate: float

    def concerns(self, place: str) -> bool:
        """Whether a feed, or a `device.column`, is meant."""
        return fnmatchcase(place, self.where)

    def count_of(self, size: float) -> int:
        """How many of so many are struck: their share, at least one."""
        return max(1, round(self.rate * size))


def wanted_faults(texts: Iterable[str]) -> tuple[Wanted, ...]:
    """Reads what is asked for, sorted by name; `all` means every fault at its own rate.

    Raises:
        ValueError: An unknown fault, one that is asked for twice, or a rate that is not between 0 and 1.
    """
    named = [name for text in texts for name in (CATALOGUE if text == ALL else [text])]
    found = sorted(map(_wanted, named), key=lambda wanted: wanted.fault.name)
    names = [wanted.fault.name for wanted in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"asked for twice: {', '.join(twice)}")
    return tuple(found)


def _wanted(text: str) -> Wanted:
    left, _, rate = text.partition("=")
    name, _, where = left.partition("@")
    if name not in CATALOGUE:
        raise ValueError(f"unknown fault: {name!r}; docs/methods/faults.md lists them all")
    fault = CATALOGUE[name]
    try:
        share = float(rate) if rate else fault.rate
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise ValueError(f"{text!r}: the rate is a share of {fault.per}s, above 0 and at most 1")
    return Wanted(fault, where or "*", share)
