"""True NOx: hour by hour by the definition, and minute by minute beside it.

Concentrations are averaged over the combusting part of the hour first, then the rate is formed and
multiplied by the hour's heat input. Here must not live: substitution, limits.
"""

from typing import cast

import numpy as np
import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.tables import Factor, Monitoring
from pipelines.simulator.site_run import SiteRun
from pipelines.simulator.span import HOUR_S, Array, Span


def nox_hourly(campus: Campus, run: SiteRun, span: Span) -> pl.DataFrame:
    """Unit × clock hour; concentrations and rates are NaN in hours without combustion.

    `nox_lb` is uncapped, `nox_lb_capped` takes the elected diluent cap, `nox_lb_minutes` sums the mass
    of each interval.
    """
    if not run.fleet.ids:
        return pl.DataFrame()
    each = HOUR_S // span.interval_s
    hours = span.epochs[::each] * 1_000_000
    fired = run.operation.fired
    burning = _hourly(fired.astype(np.float64), each)
    nox, o2 = (
        _mean_of(_hourly(np.where(fired, values, 0.0), each), burning)
        for values in (run.stack.nox_ppm, run.stack.o2_pct)
    )
    heat = _hourly(run.heat_mmbtu_h, each) * span.hours
    rate = _rate(campus, nox, o2)
    capped = _rate(campus, nox, np.minimum(o2, _caps_pct(campus, run.fleet.ids)[:, None]))
    minutes = _rate(campus, run.stack.nox_ppm, np.where(fired, run.stack.o2_pct, 0.0)) * run.heat_mmbtu_h
    columns = {
        "operating_time_h": burning / each,
        "gross_mwh": _hourly(run.operation.gross_mw, each) * span.hours,
        "heat_input_mmbtu": heat,
        "nox_ppm": nox,
        "o2_pct": o2,
        "nox_ppm_15o2": nox * (20.9 - 15.0) / (20.9 - o2),
        "nox_lb": np.nan_to_num(rate) * heat,
        "nox_lb_capped": np.nan_to_num(capped) * heat,
        "nox_lb_minutes": _hourly(minutes, each) * span.hours,
    }
    frames = [
        pl.DataFrame(
            {"site_id": run.site_id, "unit_id": unit, "hour_start_utc": hours}
            | {name: table[row] for name, table in columns.items()}
        ).with_columns(pl.col("hour_start_utc").cast(pl.Datetime("us")))
        for row, unit in enumerate(run.fleet.ids)
    ]
    return pl.concat(frames)


def nox_monthly(hourly: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Unit × local month: sums of the hours, in lb and short tons."""
    if hourly.is_empty():
        return hourly
    local = pl.col("hour_start_utc").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    sums = ("operating_time_h", "heat_input_mmbtu", "nox_lb", "nox_lb_capped", "nox_lb_minutes")
    return (
        hourly.with_columns(local.dt.date().dt.month_start().alias("month"))
        .group_by("site_id", "unit_id", "month", maintain_order=True)
        .agg(pl.col(sums).sum())
        .with_columns((pl.col("nox_lb") / 2000).alias("short_tons"))
    )


def _hourly(values: Array, each: int) -> Array:
    """Sums of clock hours, shape (units, steps) → (units, hours)."""
    sums: Array = values.reshape(values.shape[0], -1, each).sum(axis=2)
    return sums


def _mean_of(sums: Array, counts: Array) -> Array:
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _rate(campus: Campus, nox_ppm: Array, o2_pct: Array) -> Array:
    """NOx rate [lb/mmBtu] from dry concentrations, Method 19 equation 19-1."""
    air = _factor(campus, "o2_air")
    rate: Array = _factor(campus, "k_nox") * nox_ppm * _factor(campus, "fd_gas") * air / (air - o2_pct)
    return rate


def _factor(campus: Campus, factor_id: str) -> float:
    rows = cast("list[Factor]", campus.tables["factors"])
    return next(row.value for row in rows if row.factor_id == factor_id)


def _caps_pct(campus: Campus, unit_ids: tuple[str, ...]) -> Array:
    """The elected diluent cap of each unit [% O2]; no cap where none is elected."""
    plans = cast("list[Monitoring]", campus.tables["monitoring_plan"])
    elected = {
        plan.unit_id: float(plan.diluent_cap_pct)
        for plan in plans
        if plan.parameter == "nox" and plan.is_diluent_cap_elected and plan.diluent_cap_pct
    }
    return np.array([elected.get(unit, np.inf) for unit in unit_ids])
