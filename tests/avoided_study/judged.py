"""What the model says of a simulated campus, and how far that is from the truth.

Here must not live: the simulation (`campus`), tables of the page (`__main__`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY, Policy, Window, model
from pipelines.counterfactual.envelope import ParameterSet, Spread, envelope, unit_steps_by_set
from pipelines.counterfactual.fitting import fit_reserve
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.interval import Errors, bounds, draws
from tests.avoided_study.campus import FIT_DAYS, START, STEP_S, Observed, policy

DAY_STEPS = 86400 // STEP_S
SPREAD = Spread(grid_ppm=10_000, capability_ppm=50_000)
FIRST_DAY = START.toordinal() - 719163
"""START in days since 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One campus; hours of the eight weeks with batteries [h].

    Attributes:
        seed: Its seed.
        true_k: Units its operators hold in reserve.
        k: The same as fitted on the weeks without batteries.
        calibration_pct: (H(M1) − observed) / observed [%].
        true_h: Hours avoided in truth, by day.
        avoided_h: The KPI, by day.
        low_h: Its interval, by day.
        high_h: Its interval, by day.
        total_low_h: The interval of the sum.
        total_high_h: The interval of the sum.
    """

    seed: int
    true_k: int
    k: int
    calibration_pct: float
    true_h: np.ndarray
    avoided_h: np.ndarray
    low_h: np.ndarray
    high_h: np.ndarray
    total_low_h: float
    total_high_h: float


def judged(seen: Observed, knows_days_without: bool = True) -> Judged:
    """Fits k on the first weeks, models the others, draws the interval.

    Args:
        seen: The campus.
        knows_days_without: Whether the weeks without batteries tell what M0 misses; otherwise k is the
            true one, as a procedure would say, and M0 is taken to err as M1 does.
    """
    k = fit_reserve(seen.before, seen.fleet_before, float(seen.hours_before.sum()) * 3600 / STEP_S)
    chosen = policy(k if knows_days_without else seen.true_k)
    sets = envelope(chosen, SPREAD)
    central = _by_day(model(seen.after, chosen, seen.fleet_after).committed.unit_steps)
    with_sets = _hours_by_set(seen.after, chosen, seen.fleet_after, sets)
    days = FIRST_DAY + FIT_DAYS + np.arange(len(seen.hours_after))
    if knows_days_without:
        before = _hours_by_set(seen.before, chosen, seen.fleet_before, sets)[WITHOUT_BATTERY]
        errors = Errors(seen.hours_before - before, FIRST_DAY + np.arange(FIT_DAYS))
    else:
        errors = Errors(seen.hours_after - with_sets[AS_OBSERVED], days)
    drawn = draws(with_sets[WITHOUT_BATTERY], seen.hours_after, days, errors)
    low, high = bounds(drawn)
    total_low, total_high = bounds(drawn.sum(axis=1))
    observed_h = float(seen.hours_after.sum())
    return Judged(
        seed=seen.seed,
        true_k=seen.true_k,
        k=chosen.k,
        calibration_pct=100 * (float(central[AS_OBSERVED].sum()) - observed_h) / observed_h,
        true_h=seen.avoided,
        avoided_h=central[WITHOUT_BATTERY] - central[AS_OBSERVED],
        low_h=low,
        high_h=high,
        total_low_h=float(total_low),
        total_high_h=float(total_high),
    )


def _by_day(unit_steps: np.ndarray) -> np.ndarray:
    """Hours of each day from units running in each step, over the last axis."""
    days = unit_steps.reshape(*unit_steps.shape[:-1], -1, DAY_STEPS)
    return days.sum(axis=-1) * STEP_S / 3600


def _hours_by_set(window: Window, chosen: Policy, fleet: Fleet, sets: tuple[ParameterSet, ...]) -> np.ndarray:
    """Hours of M0 and M1 of each day, shape (2, sets, days)."""
    unit_steps, _ = unit_steps_by_set(window, chosen, fleet, sets)
    return _by_day(unit_steps)
