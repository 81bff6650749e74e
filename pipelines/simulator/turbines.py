"""The gas turbines of a site: what they can do, what they burn, what they emit.

Heat input is a straight line over output, HI = a + b·P. NOx leaves the stack at a steady level once
the SCR is warm, and far above it during a start and below half load.
Here must not live: which unit runs when (`commitment`).
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.campus.tables import Device, Event, FuelAnalysis, Monitoring
from pipelines.simulator.inventory import devices_of
from pipelines.simulator.span import Array, Mask, Span, generator, wander

_RATED_AT_C = 15.0
_DERATE_PER_C = 0.006
_NO_LOAD_MMBTU_H_PER_MW = 45 / 16
_SLOPE_MMBTU_PER_MWH = 8.2
_STEADY_PPM_15 = (1.5, 1.9)
_COLD_PPM_15 = 60.0
_SCR_WARM_UP_MIN = 10.0
_O2_SETTLES_MIN = 6.0
_AIR_O2_PCT = 20.9


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units of a site; arrays of shape (units,).

    Attributes:
        ids: Device ids.
        nameplate_mw: Rated output at 15 °C.
        min_load_mw: Least output of a unit that is dispatched.
        min_up_s: Least time combusting.
        start_s: From light-off to minimum load.
        no_load_mmbtu_h: Heat input at zero output (a).
        slope_mmbtu_per_mwh: Heat input for each MWh (b).
        gcv_btu_scf: Gross calorific value of the gas.
        available: Whether the unit may run, shape (units, steps).
    """

    ids: tuple[str, ...]
    nameplate_mw: Array
    min_load_mw: Array
    min_up_s: Array
    start_s: Array
    no_load_mmbtu_h: Array
    slope_mmbtu_per_mwh: Array
    gcv_btu_scf: Array
    available: Mask

    def capability_mw(self, ambient_c: Array) -> Array:
        """Largest output in the air of each interval [MW], shape (units, steps)."""
        derate = 1 - _DERATE_PER_C * np.maximum(0.0, ambient_c - _RATED_AT_C)
        return self.nameplate_mw[:, None] * derate[None, :]

    def heat_input_mmbtu_h(self, gross_mw: Array, fired: Mask) -> Array:
        """Heat input [mmBtu/h] of units that combust, 0 of others, shape (units, steps)."""
        line = self.no_load_mmbtu_h[:, None] + self.slope_mmbtu_per_mwh[:, None] * gross_mw
        return np.where(fired, line, 0.0)


@dataclass(frozen=True, slots=True)
class Stack:
    """Stack gas, shape (units, steps): ambient air where nothing is burnt.

    Attributes:
        nox_ppm: NOx, dry, as measured.
        o2_pct: Oxygen, dry.
    """

    nox_ppm: Array
    o2_pct: Array


def fleet(campus: Campus, site_id: str, span: Span, seed: int) -> Fleet:
    """The units of a site as the reference tables describe them, with small differences between units."""
    units = devices_of(campus, site_id, "unit", span)
    rng = generator(seed, "heat rate", site_id)
    nameplate = np.array([float(u.nameplate_mw or 0) for u in units])
    return Fleet(
        ids=tuple(u.device_id for u in units),
        nameplate_mw=nameplate,
        min_load_mw=np.array([float(u.min_load_mw or 0) for u in units]),
        min_up_s=np.array([3600 * float(u.min_up_h or 0) for u in units]),
        start_s=np.array([60 * float(u.cold_start_min or 0) for u in units]),
        no_load_mmbtu_h=_NO_LOAD_MMBTU_H_PER_MW * nameplate * rng.uniform(0.97, 1.03, len(units)),
        slope_mmbtu_per_mwh=_SLOPE_MMBTU_PER_MWH * rng.uniform(0.985, 1.015, len(units)),
        gcv_btu_scf=np.array([_gcv(campus, u.device_id) for u in units]),
        available=_available(campus, units, span),
    )


def stack(units: Fleet, gross_mw: Array, fired: Mask, span: Span, seed: int, site_id: str) -> Stack:
    """What leaves the stacks: by load, and by the minutes since light-off."""
    rng = generator(seed, "stack", site_id)
    steady = rng.uniform(*_STEADY_PPM_15, len(units.ids))[:, None]
    load = np.clip(gross_mw / units.nameplate_mw[:, None], 0.0, 1.0)
    age = _minutes_since_light_off(fired, span)
    drift = 1 + 0.05 * wander(span, rng, len(units.ids), 2700) + 0.01 * rng.standard_normal(load.shape)
    part_load = 1 + 5 * np.maximum(0.0, 0.5 - load) / 0.5
    ppm_15 = (steady * part_load + (_COLD_PPM_15 - steady) * np.exp(-age / _SCR_WARM_UP_MIN)) * drift
    o2 = 15.0 + 2.2 * (1 - load) + 2.9 * np.exp(-age / _O2_SETTLES_MIN)
    o2 = np.minimum(o2 + 0.05 * wander(span, rng, len(units.ids), 1800), 20.4)
    nox = ppm_15 * (_AIR_O2_PCT - o2) / (_AIR_O2_PCT - 15.0)
    return Stack(np.where(fired, nox, 0.0), np.where(fired, o2, _AIR_O2_PCT))


def _minutes_since_light_off(fired: Mask, span: Span) -> Array:
    """Minutes from light-off to the middle of the interval; units that run at the start are warm."""
    steps = np.arange(fired.shape[1])
    lit = fired & ~np.concatenate([fired[:, :1], fired[:, :-1]], axis=1)
    last = np.maximum.accumulate(np.where(lit, steps, -1_000_000), axis=1)
    minutes: Array = (steps - last + 0.5) * span.interval_s / 60
    return minutes


def _gcv(campus: Campus, unit_id: str) -> float:
    plans = cast("list[Monitoring]", campus.tables["monitoring_plan"])
    fuels = {plan.fuel_id for plan in plans if plan.unit_id == unit_id and plan.fuel_id}
    samples = [s for s in cast("list[FuelAnalysis]", campus.tables["fuel_analysis"]) if s.fuel_id in fuels]
    return float(max(samples, key=lambda sample: sample.sampled_at).gcv_btu_scf) if samples else 1030.0


def _available(campus: Campus, units: list[Device], span: Span) -> Mask:
    """Units under maintenance may not run."""
    allowed = np.ones((len(units), span.steps), dtype=np.bool_)
    for row, unit in enumerate(units):
        for event in cast("list[Event]", campus.tables["events"]):
            if event.unit_id == unit.device_id and event.kind in ("maintenance", "outage"):
                allowed[row, span.index(event.start_at) : span.index(event.end_at)] = False
    return allowed
