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
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import watts, whole_steps
from pipelines.simulator.dispatch import Operation
from pipelines.simulator.site_run import SiteRun, run_site
from pipelines.simulator.span import span_of

STEP_S = 300
START = date(2025, 10, 4)
FIT_DAYS, DAYS = 28, 84
SOC_FLOOR, DISCHARGE_EFFICIENCY, START_MIN = 0.10, 0.96, 20.0
MIN_DOWN_S = 1800


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
        hours_before: Observed hours of each day without batteries [h].
        hours_after: Observed hours of each day with them [h].
        avoided: True hours avoided each day with them: the same campus without batteries less observed [h].
    """

    seed: int
    true_k: int
    before: Window
    after: Window
    fleet_before: Fleet
    fleet_after: Fleet
    hours_before: np.ndarray
    hours_after: np.ndarray
    avoided: np.ndarray


def observed(seed: int) -> Observed:
    """Simulates a campus: site m1 or m2, reserve 0, 1 or 2, by the seed."""
    site, k = ("m1", "m2")[seed % 2], seed % 3
    campus = with_reserve(load_campus(DataFolder(PROJECT / "data")), k)
    span = span_of(START, DAYS, [campus.sites[site].time_zone], STEP_S)
    run = run_site(campus, site, span, seed)
    steps = 86400 // STEP_S
    first, last = FIT_DAYS * steps, DAYS * steps
    with_h, without_h = op_hours(run.operation, steps), op_hours(run.without_batteries, steps)
    return Observed(
        seed=seed,
        true_k=k,
        before=window(run, run.without_batteries, slice(0, first)),
        after=window(run, run.operation, slice(first, last)),
        fleet_before=fleet(run, slice(0, first)),
        fleet_after=fleet(run, slice(first, last)),
        hours_before=without_h[:FIT_DAYS],
        hours_after=with_h[FIT_DAYS:DAYS],
        avoided=(without_h - with_h)[FIT_DAYS:DAYS],
    )


def with_reserve(campus: Campus, k: int) -> Campus:
    """The campus with another reserve in the procedure of its operators."""
    rows = [row.model_copy(update={"k": k}) for row in campus.tables["dispatch_parameters"]]
    return replace(campus, tables={**campus.tables, "dispatch_parameters": rows})


def op_hours(operation: Operation, day_steps: int) -> np.ndarray:
    """Unit hours of each whole day of 24 h [h]."""
    units = operation.fired.sum(axis=0)
    days = len(units) // day_steps
    return units[: days * day_steps].reshape(days, day_steps).sum(axis=1) * STEP_S / 3600


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
    order = np.argsort(-run.fleet.nameplate_mw, kind="stable")
    units = run.fleet
    power = watts(units.nameplate_mw[order])[:, None] * units.available[order][:, steps]
    up = [whole_steps(float(s), STEP_S) for s in units.min_up_s[order]]
    down = np.full(len(order), whole_steps(MIN_DOWN_S, STEP_S), dtype=np.int64)
    return Fleet(power, np.array(up, dtype=np.int64), down, watts(units.min_load_mw[order]))


def policy(k: int) -> Policy:
    """The scenario: batteries replace the whole reserve."""
    return Policy(k, k)
