"""The interval around what was avoided: parameter envelope and block bootstrap together.

Each draw takes one parameter set of the envelope, all of them equally likely, and one resample of weeks.
What M0 would have erred cannot be seen on days with batteries. It was seen on days without them, where
the campus has such days; elsewhere M0 is taken to err as M1 does. A draw of what a day avoided
(hours, MWh, fuel, NOx: whatever is both modelled and observed) is

    M0 of the set + (observed − model of the set) on the same weekday of a resampled week − observed

Weeks are resampled whole, since errors of neighbouring days are alike. Seeded: the same data give the
same digits, on any number of threads.
Here must not live: the envelope (`envelope`), gates (dbt).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY
from pipelines.counterfactual.quantities import Amounts, Mask
from pipelines.counterfactual.quantities import Counts as Days

_SEED = 20251101
LOW_PCT, HIGH_PCT = 5, 95


@dataclass(frozen=True, slots=True)
class Errors:
    """What a model of every parameter set missed on days on which it can be seen.

    Attributes:
        missed: Observed less modelled, shape (sets, days).
        days: Days since 1970-01-01, shape (days,).
    """

    missed: Amounts
    days: Days

    @property
    def weeks(self) -> int:
        """Weeks (Monday to Sunday) with any day."""
        return len(np.unique(_week(self.days)))

    def by_week(self) -> Amounts:
        """Shape (sets, weeks, 7), Monday first; a weekday that a week lacks takes the week's mean."""
        weeks, row = np.unique(_week(self.days), return_inverse=True)
        table = np.full((len(self.missed), len(weeks), 7), np.nan)
        table[:, row, _weekday(self.days)] = self.missed
        filled: Amounts = np.where(np.isnan(table), np.nanmean(table, axis=2, keepdims=True), table)
        return filled


def draws(
    without_battery: Amounts, observed: Amounts, days: Days, errors: Errors, count: int = 1000
) -> Amounts:
    """Draws of what was avoided.

    Args:
        without_battery: M0 of every parameter set, shape (sets, days).
        observed: What was observed, shape (days,).
        days: Days since 1970-01-01, shape (days,).
        errors: What the models missed.
        count: Number of draws.

    Returns:
        What was avoided, shape (count, days).
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    missed = errors.by_week()
    _, week = np.unique(_week(days), return_inverse=True)
    chosen = rng.integers(len(without_battery), size=count)[:, None]
    donors = rng.integers(missed.shape[1], size=(count, int(week.max(initial=0)) + 1))
    drawn: Amounts = (
        without_battery[chosen, np.arange(len(days))]
        + missed[chosen, donors[:, week], _weekday(days)]
        - observed
    )
    return drawn


def draws_of_known(
    modelled: Amounts,
    observed: Amounts,
    days: Days,
    is_fit: Mask,
    min_weeks: int,
    *,
    errs_alike: bool,
    count: int = 1000,
) -> Amounts:
    """Draws of the days on which a quantity is known, with the errors of those that can show them.

    Args:
        modelled: M0 and M1 of every parameter set, shape (2, sets, days); NaN where not known.
        observed: What was observed, shape (days,); NaN where not known.
        days: Days since 1970-01-01, shape (days,).
        is_fit: Days without batteries, on which k was fitted, shape (days,).
        min_weeks: Weeks that must be there to draw from.
        errs_alike: Whether M0 is taken to err as M1 does where no day without batteries is known.
        count: Number of draws.

    Returns:
        What was avoided, shape (count, days); NaN where not known, or throughout.
    """
    is_known = np.isfinite(modelled).all(axis=(0, 1)) & np.isfinite(observed)
    shows = is_known & is_fit
    model = WITHOUT_BATTERY if shows.any() else AS_OBSERVED
    shows = shows if shows.any() else is_known
    errors = Errors((observed - modelled[model])[:, shows], days[shows])
    drawn = np.full((count, len(days)), np.nan)
    if errors.weeks >= max(1, min_weeks) and (errs_alike or model == WITHOUT_BATTERY):
        without = modelled[WITHOUT_BATTERY][:, is_known]
        drawn[:, is_known] = draws(without, observed[is_known], days[is_known], errors, count)
    return drawn


def bounds(drawn: Amounts) -> tuple[Amounts, Amounts]:
    """The 5th and 95th percentile of the draws, over the first axis; values that were drawn, or NaN."""
    low, high = np.percentile(drawn, [LOW_PCT, HIGH_PCT], axis=0, method="inverted_cdf")
    return low, high


def _weekday(days: Days) -> Days:
    """0 = Monday; 1970-01-01 was a Thursday."""
    weekday: Days = (days + 3) % 7
    return weekday


def _week(days: Days) -> Days:
    week: Days = (days + 3) // 7
    return week
