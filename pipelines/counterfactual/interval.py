"""The interval around hours avoided: parameter envelope and block bootstrap together.

Each draw takes one parameter set of the envelope, all of them equally likely, and one resample of weeks.
What M0 would have erred cannot be seen on days with batteries. It was seen on days without them, where
the campus has such days; elsewhere M0 is taken to err as M1 does. A draw of a day's hours avoided is

    M0 of the set + (observed − model of the set) on the same weekday of a resampled week − observed

Weeks are resampled whole, since errors of neighbouring days are alike. Seeded: the same data give the
same digits, on any number of threads.
Here must not live: the envelope (`envelope`), gates (dbt).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hours = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

_SEED = 20251101
LOW_PCT, HIGH_PCT = 5, 95


@dataclass(frozen=True, slots=True)
class Errors:
    """What a model of every parameter set missed on days on which it can be seen.

    Attributes:
        missed_h: Observed less modelled unit hours [h], shape (sets, days).
        days: Days since 1970-01-01, shape (days,).
    """

    missed_h: Hours
    days: Days

    @property
    def weeks(self) -> int:
        """Weeks (Monday to Sunday) with any day."""
        return len(np.unique(_week(self.days)))

    def by_week(self) -> Hours:
        """Shape (sets, weeks, 7), Monday first; a weekday that a week lacks takes the week's mean."""
        weeks, row = np.unique(_week(self.days), return_inverse=True)
        table = np.full((len(self.missed_h), len(weeks), 7), np.nan)
        table[:, row, _weekday(self.days)] = self.missed_h
        filled: Hours = np.where(np.isnan(table), np.nanmean(table, axis=2, keepdims=True), table)
        return filled


def draws(
    without_battery_h: Hours, observed_h: Hours, days: Days, errors: Errors, count: int = 1000
) -> Hours:
    """Draws of the hours avoided.

    Args:
        without_battery_h: M0 of every parameter set [h], shape (sets, days).
        observed_h: Observed unit hours [h], shape (days,).
        days: Days since 1970-01-01, shape (days,).
        errors: What the models missed.
        count: Number of draws.

    Returns:
        Hours avoided [h], shape (count, days).
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    missed_h = errors.by_week()
    _, week = np.unique(_week(days), return_inverse=True)
    chosen = rng.integers(len(without_battery_h), size=count)[:, None]
    donors = rng.integers(missed_h.shape[1], size=(count, int(week.max(initial=0)) + 1))
    drawn: Hours = (
        without_battery_h[chosen, np.arange(len(days))]
        + missed_h[chosen, donors[:, week], _weekday(days)]
        - observed_h
    )
    return drawn


def bounds(drawn: Hours) -> tuple[Hours, Hours]:
    """The 5th and 95th percentile of the draws, over the first axis; values that were drawn."""
    low, high = np.percentile(drawn, [LOW_PCT, HIGH_PCT], axis=0, method="inverted_cdf")
    return low, high


def _weekday(days: Days) -> Days:
    """0 = Monday; 1970-01-01 was a Thursday."""
    weekday: Days = (days + 3) % 7
    return weekday


def _week(days: Days) -> Days:
    week: Days = (days + 3) // 7
    return week
