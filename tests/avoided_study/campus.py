"""A simulated campus as the models see it, and what really happened there.

Its operators follow the simulator's rules, not the model's: they steer to 99 % of the cap, follow a
smoothed load, release a unit only after 20 minutes, bridge by state of charge, let every unit work as
long as the others, and hold none, one or two units in reserve. Four weeks without batteries, on which k
is fitted; then eight weeks with them. Here must not live: the interval, tables of the page.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.counterfactual.avoided import Policy, Window
from pipelines.counterfactual.burning import Curves
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import watts, whole_steps
from pipelines.simulator.dispatch import Operation
from pipelines.simulator.site_run import SiteRun, run_site
from pipelines.simulator.span import Span, span_of
from pipelines.simulator.turbines import stack

Days = dict[str, np.ndarray]
"""Quantity (h, mwh, fuel_mmbtu, nox_lb) → its values."""

STEP_S = 300
STEP_H = STEP_S / 3600
START = date(2025, 10, 4)
FIT_DAYS, DAYS = 28, 84
SOC_FLOOR, DISCHARGE_EFFICIENCY, START_MIN = 0.10, 0.96, 20.0
MIN_DOWN_S = 1800
LB_PER_SCF_PPM, F_DRY, AIR_O2 = 1.194e-7, 8710, 20.9
"""Method 19 for gas: lb/scf of a ppm of NOx, dscf/mmBtu, % of O2 in air."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One campus.

    Attributes:
        seed: Its seed.
        true_k: Units its operators hold in reserve.
        before: Window of the weeks without batteries.
        after: Window of the weeks with them; a day has `day_steps` steps.
        fleet_before: Units of the first weeks.
        fleet_after: Units of the others.
        curves: What the units burn and emit, as steady steps of the first weeks show it.
        seen_before: Quantity → observed on each day without batteries.
        seen_after: Quantity → observed on each day with them.
        starts_before: Starts of units on the days without batteries.
        starts_with: Observed starts on the days with them.
        starts_without: Starts there would have been.
        avoided: Quantity → truth of each day with them: the same campus without batteries less observed.
    """

    seed: int
    true_k: int
    before: Window
    after: Window
    fleet_before: Fleet
    fleet_after: Fleet
    curves: Curves
    seen_before: Days
    seen_after: Days
    starts_before: int
    starts_with: int
    starts_without: int
    avoided: Days


def observed(seed: int) -> Observed:
    """Simulates a campus: site m1 or m2, reserve 0, 1 or 2, by the seed."""
    site, k = ("m1", "m2")[seed % 2], seed % 3
    campus = with_reserve(load_campus(DataFolder(PROJECT / "data")), k)
    span = span_of(START, DAYS, [campus.sites[site].time_zone], STEP_S)
    run = run_site(campus, site, span, seed)
    steps = 86400 // STEP_S
    first, last = FIT_DAYS * steps, DAYS * steps
    burns = {op: burning(run, op, span, seed) for op in ("operation", "without_batteries")}
    seen, without = (by_day(burns[op], steps) for op in burns)
    return Observed(
        seed=seed,
        true_k=k,
        before=window(run, run.without_batteries, slice(0, first)),
        after=window(run, run.operation, slice(first, last)),
        fleet_before=fleet(run, slice(0, first)),
        fleet_after=fleet(run, slice(first, last)),
        curves=curves(run, burns["without_batteries"], slice(0, first)),
        seen_before={quantity: days[:FIT_DAYS] for quantity, days in without.items()},
        seen_after={quantity: days[FIT_DAYS:DAYS] for quantity, days in seen.items()},
        starts_before=starts(run.without_batteries, slice(0, first)),
        starts_with=starts(run.operation, slice(first, last)),
        starts_without=starts(run.without_batteries, slice(first, last)),
        avoided={quantity: (without[quantity] - seen[quantity])[FIT_DAYS:DAYS] for quantity in seen},
    )


def with_reserve(campus: Campus, k: int) -> Campus:
    """The campus with another reserve in the procedure of its operators."""
    rows = [row.model_copy(update={"k": k}) for row in campus.tables["dispatch_parameters"]]
    return replace(campus, tables={**campus.tables, "dispatch_parameters": rows})


def starts(operation: Operation, steps: slice) -> int:
    """How often a unit was lit."""
    return int((np.diff(operation.fired[:, steps].astype(int)) > 0).sum())


def burning(run: SiteRun, operation: str, span: Span, seed: int) -> Days:
    """Quantity → what each unit ran, gave, burnt and emitted in each step, shape (units, steps)."""
    op: Operation = getattr(run, operation)
    heat = run.fleet.heat_input_mmbtu_h(op.gross_mw, op.fired) * STEP_H
    gas = stack(run.fleet, op.gross_mw, op.fired, span, seed, run.site_id)
    rate = LB_PER_SCF_PPM * F_DRY * gas.nox_ppm * AIR_O2 / np.maximum(AIR_O2 - gas.o2_pct, 0.1)
    return {"h": op.fired * STEP_H, "mwh": op.gross_mw * STEP_H, "fuel_mmbtu": heat, "nox_lb": heat * rate}


def by_day(burnt: Days, day_steps: int) -> Days:
    """Sums of the units over each whole day of 24 h."""
    days = burnt["h"].shape[1] // day_steps
    return {
        quantity: values[:, : days * day_steps].sum(axis=0).reshape(days, day_steps).sum(axis=1)
        for quantity, values in burnt.items()
    }


def curves(run: SiteRun, burnt: Days, steps: slice) -> Curves:
    """True heat curves; NOx by load bin where a unit has run for an hour, and of a start beyond that.

    A unit that never ran takes the mean of the others, and all starts are alike: the hour from light-off.
    """
    units, order = run.fleet, by_nameplate(run)
    power_mw, heat, nox = (burnt[name][:, steps] for name in ("mwh", "fuel_mmbtu", "nox_lb"))
    runs = burnt["h"][:, steps] > 0
    since = np.cumsum(runs, axis=1)
    steady = runs & (since - np.maximum.accumulate(np.where(runs, 0, since), axis=1) > 12)
    place = np.minimum(9, (10 * power_mw / STEP_H / units.nameplate_mw[:, None]).astype(int))
    rates = np.full((len(units.ids), 10), np.nan)
    for unit, load_bin in np.ndindex(rates.shape):
        of_bin = steady[unit] & (place[unit] == load_bin)
        if of_bin.any():
            rates[unit, load_bin] = nox[unit, of_bin].sum() / heat[unit, of_bin].sum()
    for unit in range(len(rates)):
        seen = np.flatnonzero(np.isfinite(rates[unit]))
        if seen.size:
            rates[unit] = rates[unit, seen[np.abs(seen[:, None] - np.arange(10)).argmin(axis=0)]]
    rates[np.isnan(rates).all(axis=1)] = nox[steady].sum() / heat[steady].sum()
    excess = nox - heat * rates[np.arange(len(rates))[:, None], place]
    lit = runs & ~np.roll(runs, 1, axis=1)
    lit[:, [0, *range(-12, 0)]] = False
    of_start = [excess[unit, step : step + 12].sum() for unit, step in zip(*np.nonzero(lit), strict=True)]
    return Curves(
        watts(units.nameplate_mw[order]),
        units.no_load_mmbtu_h[order],
        units.slope_mmbtu_per_mwh[order],
        rates[order],
        np.full(len(order), np.mean(of_start)),
    )


def by_nameplate(run: SiteRun) -> np.ndarray:
    """Places of the units, the largest first."""
    return np.argsort(-run.fleet.nameplate_mw, kind="stable")


def window(run: SiteRun, operation: Operation, steps: slice) -> Window:
    """What meters without error would say; autonomy on the loss of the largest unit."""
    battery = operation.battery_mw.sum(axis=0)[steps]
    load = run.hall_mw.sum(axis=0)[steps]
    if len(operation.energy_mwh) and operation.energy_mwh.any():
        rated = run.blocks.energy_mwh.sum()
        stored = operation.energy_mwh.sum(axis=0)[:-1][steps] - SOC_FLOOR * rated
        autonomy_min = 60 * np.maximum(0, stored) * DISCHARGE_EFFICIENCY / run.fleet.nameplate_mw.max()
    else:
        battery, autonomy_min = np.zeros(len(load)), np.zeros(len(load))
    return Window(
        watts(load),
        watts(battery),
        watts(run.cap_mw[steps]),
        autonomy_min >= START_MIN,
        np.ones(len(load), dtype=np.bool_),
    )


def fleet(run: SiteRun, steps: slice) -> Fleet:
    """Units by nameplate, out where they were logged as out."""
    order, units = by_nameplate(run), run.fleet
    power = watts(units.nameplate_mw[order])[:, None] * units.available[order][:, steps]
    up = [whole_steps(float(s), STEP_S) for s in units.min_up_s[order]]
    down = np.full(len(order), whole_steps(MIN_DOWN_S, STEP_S), dtype=np.int64)
    return Fleet(power, np.array(up, dtype=np.int64), down, watts(units.min_load_mw[order]))


def policy(k: int) -> Policy:
    """The scenario: batteries replace the whole reserve."""
    return Policy(k, k)
