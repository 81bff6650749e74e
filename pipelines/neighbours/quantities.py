"""Series of one day in equal steps, and what is asked of them.

Here must not live: where the numbers come from, what follows from them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""One value a step, NaN where unknown, shape (steps,)."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Range:
    """What a reading should be: between `low` and `high`, to within `band`; shapes (steps,), one unit.

    Attributes:
        low: Least that it should be.
        high: Most.
        band: Difference that accuracy explains.
    """

    low: Array
    high: Array
    band: Array

    @property
    def middle(self) -> Array:
        """The one number in its place."""
        return (self.low + self.high) / 2

    def off(self, values: Array) -> Array:
        """How far values lie above (+) or below (−) the range; NaN where one of both is unknown."""
        return values - np.clip(values, self.low, self.high)

    def outside(self, values: Array) -> int:
        """Steps at which values leave the range by more than its band."""
        return int((np.abs(self.off(values)) > self.band).sum())


def square_sum(values: Array) -> float:
    """Sum of squares of the known values."""
    return float(np.nansum(values * values))


def smooth(values: Array, steps: int) -> Array:
    """Centred mean over `steps`; NaN where one of them is unknown or beyond the day."""
    means = np.full(values.shape, np.nan)
    if values.size >= steps:
        windows = np.lib.stride_tricks.sliding_window_view(values, steps)
        first = steps // 2
        means[first : first + len(windows)] = windows.mean(axis=1)
    return means


def steps_since(began: Mask) -> Array:
    """Steps since `began` was last False, along the last axis; infinite where it was True all day."""
    at = np.arange(began.shape[-1])
    last_off = np.maximum.accumulate(np.where(began, -1, at), axis=-1)
    since: Array = np.where(last_off < 0, np.inf, at - last_off)
    return since


def middle(series: Array) -> Array:
    """Lower and upper median over the rows: one liar among three or more is never believed.

    Args:
        series: Neighbours, shape (rows, steps), NaN where one says nothing.

    Returns:
        Shape (2, steps), NaN where none says anything.
    """
    ordered = np.sort(series, axis=0)
    count = np.isfinite(series).sum(axis=0)
    columns = np.arange(series.shape[1])
    low = ordered[np.maximum(count - 1, 0) // 2, columns]
    high = ordered[np.minimum(count // 2, np.maximum(count - 1, 0)), columns]
    return np.stack([low, high])
