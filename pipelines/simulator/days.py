"""Sums and extremes over the local days of a site.

Here must not live: what is summed.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.simulator.span import Array, Instants, Mask, Span


@dataclass(frozen=True, slots=True)
class Days:
    """The local days of a span, oldest first.

    Attributes:
        dates: Local dates.
        first: Number of each day's first interval.
        steps: Number of intervals of the span.
    """

    dates: tuple[date, ...]
    first: Instants
    steps: int

    def sums(self, values: Array | Mask) -> Array:
        """Sums over each day, shape (…, steps) → (…, days)."""
        total: Array = np.add.reduceat(np.asarray(values, dtype=np.float64), self.first, axis=-1)
        return total

    def least(self, values: Array) -> Array:
        """Smallest value of each day."""
        least: Array = np.minimum.reduceat(values, self.first, axis=-1)
        return least

    def largest(self, values: Array) -> Array:
        """Largest value of each day."""
        largest: Array = np.maximum.reduceat(values, self.first, axis=-1)
        return largest

    @property
    def edges(self) -> Instants:
        """First interval of each day, and the end of the span."""
        return np.append(self.first, self.steps)


def local_days(span: Span, zone: str) -> Days:
    """The local days of a zone within the span."""
    dates = span.local_dates(zone)
    first = np.flatnonzero(np.append(True, (dates != dates.shift(1)).to_numpy()[1:]))
    return Days(tuple(dates.gather(first).to_list()), first.astype(np.int64), span.steps)
