"""Hourly demand of a utility system: its other customers and the simulated sites.

Here must not live: peaks and shares (`truth`).
"""

from typing import cast

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.campus.tables import SiteSystem
from pipelines.simulator.site_run import SiteRun, site_air
from pipelines.simulator.span import HOUR_S, Array, Span, generator, wander

_BASE_MW = 17_200.0
_HEATING_MW_PER_C = 230.0
_HEATING_BELOW_C = 15.0
_COOLING_MW_PER_C = 420.0
_COOLING_ABOVE_C = 21.0
_MORNING_UTC_H, _EVENING_UTC_H = 13.0, 0.5


def system_demand(campus: Campus, system_id: str, runs: list[SiteRun], span: Span, seed: int) -> Array:
    """Demand of each hour of the span [MW, whole numbers], the sites it includes among it."""
    rng = generator(seed, "system", system_id)
    hourly = Span(span.start, span.steps * span.interval_s // HOUR_S, HOUR_S)
    site_id = runs[0].site_id if runs else system_id
    ambient = site_air(campus, site_id, hourly, seed).ambient_c
    utc_h = hourly.epochs % 86_400 / HOUR_S
    peaks = _bump(utc_h, _MORNING_UTC_H, 2.0) + 0.8 * _bump(utc_h, _EVENING_UTC_H, 2.5)
    weekend = (hourly.epochs // 86_400 + 3) % 7 >= 5
    demand = _BASE_MW * (1 - 0.06 * weekend) + 3_400.0 * peaks
    demand += _HEATING_MW_PER_C * np.maximum(0.0, _HEATING_BELOW_C - ambient)
    demand += _COOLING_MW_PER_C * np.maximum(0.0, ambient - _COOLING_ABOVE_C)
    demand += 250.0 * wander(hourly, rng, 1, 6 * HOUR_S)[0]
    for run in runs:
        if includes(campus, run.site_id, system_id):
            demand += hour_means(run.operation.grid_mw, span)
    whole: Array = np.round(demand)
    return whole


def includes(campus: Campus, site_id: str, system_id: str) -> bool:
    """Whether the system's demand includes the site."""
    links = cast("list[SiteSystem]", campus.tables["site_systems"])
    return any(
        link.includes_campus for link in links if (link.site_id, link.system_id) == (site_id, system_id)
    )


def hour_means(values: Array, span: Span) -> Array:
    """Means of clock hours; the span starts on the hour."""
    per_hour = HOUR_S // span.interval_s
    means: Array = values.reshape(-1, per_hour).mean(axis=1)
    return means


def _bump(hour: Array, at: float, width_h: float) -> Array:
    """A bell around a time of the day, round the clock."""
    away = (hour - at + 12.0) % 24.0 - 12.0
    bell: Array = np.exp(-0.5 * (away / width_h) ** 2)
    return bell
