"""What the model says of a simulated campus, and how far that is from the truth.

Here must not live: the simulation (`campus`), tables of the page (`__main__`).
"""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY, Policy, Window, model
from pipelines.counterfactual.burning import Curves
from pipelines.counterfactual.envelope import ParameterSet, Spread, burnt_by_set, envelope
from pipelines.counterfactual.fitting import Fitted, fit
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.interval import bounds, draws_of_known
from tests.avoided_study.campus import DAYS, FIT_DAYS, START, STEP_S, Days, Observed, policy

DAY_STEPS = 86400 // STEP_S
RELEASE_STEPS = 4
"""What the operators' procedure would say: fewer units only when fewer were wanted for 20 minutes."""
QUANTITIES = ("h", "mwh", "fuel_mmbtu", "nox_lb")
SPREAD = Spread(grid_ppm=10_000, capability_ppm=50_000)
FIRST_DAY = START.toordinal() - 719163
"""START in days since 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One campus, in the eight weeks with batteries; of each quantity by name.

    Attributes:
        seed: Its seed.
        true_k: Units its operators hold in reserve.
        k: The same as fitted on the weeks without batteries, or as declared.
        release_min: Release time as fitted, or as declared [min].
        calibration_pct: (H(M1) − observed) / observed [%].
        true_starts_delta: Starts with batteries less those without.
        starts_delta: The KPI.
        true: What was avoided in truth, by day.
        avoided: The KPI, by day.
        low: Its interval, by day.
        high: Its interval, by day.
        total: The interval of the sum.
    """

    seed: int
    true_k: int
    k: int
    release_min: int
    calibration_pct: float
    true_starts_delta: int
    starts_delta: int
    true: Days
    avoided: Days
    low: Days
    high: Days
    total: dict[str, tuple[float, float]]


def judged(seen: Observed, knows_days_without: bool = True) -> Judged:
    """Fits k on the first weeks, models the others, draws the intervals.

    Args:
        seen: The campus.
        knows_days_without: Whether the weeks without batteries tell what M0 misses; otherwise k is the
            true one, as a procedure would say, and M0 is taken to err as M1 does.
    """
    ran = float(seen.seen_before["h"].sum()) * 3600 / STEP_S
    fitted = fit(seen.before, seen.fleet_before, ran, seen.starts_before)
    if not knows_days_without:
        fitted = Fitted(seen.true_k, RELEASE_STEPS)
    chosen = policy(fitted.k)
    before, after = (
        replace(fleet, release_steps=fitted.release_steps) for fleet in (seen.fleet_before, seen.fleet_after)
    )
    sets = envelope(chosen, SPREAD)
    default = ParameterSet(1_000_000, chosen.k, 2, 1_000_000)
    modelled = _by_day_and_set(seen.after, chosen, after, sets, seen.curves)
    central = {q: values[:, sets.index(default)] for q, values in modelled.items()}
    observed, is_fit = seen.seen_after, np.zeros(DAYS - FIT_DAYS, dtype=np.bool_)
    days = FIRST_DAY + FIT_DAYS + np.arange(DAYS - FIT_DAYS)
    if knows_days_without:
        without = _by_day_and_set(seen.before, chosen, before, sets, seen.curves)
        modelled = {q: np.concatenate([without[q], modelled[q]], axis=2) for q in modelled}
        observed = {q: np.concatenate([seen.seen_before[q], observed[q]]) for q in observed}
        is_fit = np.arange(DAYS) < FIT_DAYS
        days = FIRST_DAY + np.arange(DAYS)
    drawn = {
        q: draws_of_known(modelled[q], observed[q], days, is_fit, 4, errs_alike=True)[:, ~is_fit]
        for q in modelled
    }
    ends = {q: bounds(values) for q, values in drawn.items()}
    totals = {q: bounds(values.sum(axis=1)) for q, values in drawn.items()}
    observed_h = float(seen.seen_after["h"].sum())
    return Judged(
        seed=seen.seed,
        true_k=seen.true_k,
        k=chosen.k,
        release_min=fitted.release_steps * STEP_S // 60,
        calibration_pct=100 * (float(central["h"][AS_OBSERVED].sum()) - observed_h) / observed_h,
        true_starts_delta=seen.starts_with - seen.starts_without,
        starts_delta=seen.starts_with
        - int(model(seen.after, chosen, after).committed.starts[WITHOUT_BATTERY].sum()),
        true=seen.avoided,
        avoided={q: values[WITHOUT_BATTERY] - values[AS_OBSERVED] for q, values in central.items()},
        low={q: low for q, (low, _) in ends.items()},
        high={q: high for q, (_, high) in ends.items()},
        total={q: (float(low), float(high)) for q, (low, high) in totals.items()},
    )


def _by_day_and_set(
    window: Window, chosen: Policy, fleet: Fleet, sets: tuple[ParameterSet, ...], curves: Curves
) -> Days:
    """M0 and M1 of each quantity and day, shape (2, sets, days)."""
    burnt, _ = burnt_by_set(window, chosen, fleet, sets, curves, STEP_S)
    figures = zip(QUANTITIES, burnt, strict=True)
    return {q: values.reshape(2, len(sets), -1, DAY_STEPS).sum(axis=-1) for q, values in figures}
