"""Arithmetic that loses nothing until it is told to round.

Here must not live: what is computed.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

FINE = Context(prec=60, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)
MICRO = Decimal("0.000001")


def exact(value: float | int | str | Decimal | None) -> Decimal | None:
    """The number as it is written; a DOUBLE is its shortest decimal text."""
    return None if value is None else Decimal(str(value))


def amount(value: Decimal | None, step: Decimal = MICRO) -> Decimal | None:
    """Rounded half away from zero to six decimals, as marts store it."""
    return None if value is None else FINE.quantize(value, step)


def quotient(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    """A ratio; nothing over nothing, and anything over zero, is nothing."""
    if above is None or not below:
        return None
    return FINE.divide(above, below)


def root(value: Decimal) -> Decimal:
    """Square root."""
    return FINE.sqrt(value)


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is there; None where nothing is."""
    there = [value for value in values if value is not None]
    return sum(there, ZERO) if there else None


def percentile(values: Sequence[Decimal], share: Decimal) -> Decimal | None:
    """Linear interpolation between order statistics."""
    if not values:
        return None
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    low = int(rank)
    if low + 1 == len(ordered):
        return ordered[low]
    return ordered[low] + (rank - low) * (ordered[low + 1] - ordered[low])
