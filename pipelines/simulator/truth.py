"""What really happened, as the KPIs of docs/kpis.md define it, straight from the simulator's arrays.

Written to truth/*.csv, one function a table. Columns carry the names of the marts. Here must not
live: meters, files of feeds, any code of the product's KPIs.
"""

import numpy as np
import polars as pl

from pipelines.simulator.days import Days, local_days
from pipelines.simulator.dispatch import Operation
from pipelines.simulator.site_run import SiteRun
from pipelines.simulator.span import Array, Instants, Span


def energy_daily(run: SiteRun, span: Span) -> pl.DataFrame:
    """Site × local day: energies [MWh], never netted inside an interval."""
    days, op, h = local_days(span, run.time_zone), run.operation, span.hours
    return _by_day(
        run,
        days,
        grid_import_mwh=days.sums(np.maximum(op.grid_mw, 0)) * h,
        grid_export_mwh=days.sums(np.maximum(-op.grid_mw, 0)) * h,
        turbine_mwh=days.sums(op.gross_mw).sum(axis=0) * h,
        battery_in_mwh=days.sums(np.maximum(-op.battery_mw, 0)).sum(axis=0) * h,
        battery_out_mwh=days.sums(np.maximum(op.battery_mw, 0)).sum(axis=0) * h,
        load_mwh=days.sums(run.hall_mw).sum(axis=0) * h,
        unserved_mwh=days.sums(op.unserved_mw) * h,
    )


def turbine_hours(run: SiteRun, span: Span) -> pl.DataFrame:
    """Unit × local day: hours with fuel combusted, starts, output and heat input."""
    days, op, h = local_days(span, run.time_zone), run.operation, span.hours
    tables = {
        "operating_time_h": days.sums(op.fired) * h,
        "starts": days.sums(_lit(op)),
        "gross_mwh": days.sums(op.gross_mw) * h,
        "heat_input_mmbtu": days.sums(run.heat_mmbtu_h) * h,
    }
    return pl.DataFrame(
        {"site_id": run.site_id, "unit_id": unit, "local_date": day}
        | {name: float(table[row, column]) for name, table in tables.items()}
        for row, unit in enumerate(run.fleet.ids)
        for column, day in enumerate(days.dates)
    )


def battery_daily(run: SiteRun, span: Span) -> pl.DataFrame:
    """Block and site (empty device_id) × local day: energies, state of charge, round trip, availability."""
    groups = [(name, np.array([row])) for row, name in enumerate(run.blocks.ids)]
    if not groups:
        return pl.DataFrame()
    days = local_days(span, run.time_zone)
    whole = ("", np.arange(len(groups)))
    return pl.concat(_battery_rows(run, span, days, name, rows) for name, rows in [*groups, whole])


def _battery_rows(run: SiteRun, span: Span, days: Days, name: str, rows: Instants) -> pl.DataFrame:
    """The days of some blocks together, under one name."""
    op, rated = run.operation, float(run.blocks.energy_mwh[rows].sum())
    soc = 100 * op.energy_mwh[rows].sum(axis=0) / rated
    start, end = soc[days.edges[:-1]], soc[days.edges[1:]]
    charged = days.sums(np.maximum(-op.battery_mw[rows], 0)).sum(axis=0) * span.hours
    discharged = days.sums(np.maximum(op.battery_mw[rows], 0)).sum(axis=0) * span.hours
    available = run.blocks.outages.share_of(tuple(run.blocks.ids[row] for row in rows))
    frame = _by_day(
        run,
        days,
        charged_mwh=charged,
        discharged_mwh=discharged,
        soc_min_pct=days.least(soc[:-1]),
        soc_max_pct=days.largest(soc[:-1]),
        soc_start_pct=start,
        soc_end_pct=end,
        rte_raw_pct=100 * discharged / np.where(charged > 0, charged, np.nan),
        rte_pct=100 * _round_trips(charged, discharged, (end - start) / 100 * rated),
        equivalent_full_cycles=discharged / rated,
        availability_pct=100 * days.sums(available).mean(axis=0) / np.diff(days.edges),
    )
    return frame.insert_column(1, pl.lit(name or None, pl.String).alias("device_id"))


def grid_peaks(run: SiteRun, span: Span) -> pl.DataFrame:
    """Site × local day: largest import by length of interval, cap and excess."""
    days, grid, h = local_days(span, run.time_zone), run.operation.grid_mw, span.hours
    means = {
        f"import_max_{minutes}min_mw": days.largest(_repeated_means(grid, span.steps_of(60 * minutes)))
        for minutes in (5, 30)
    }
    excess = np.maximum(0.0, grid - run.cap_mw)
    return _by_day(
        run,
        days,
        import_max_mw=days.largest(grid),
        **means,
        cap_min_mw=days.least(run.cap_mw),
        excess_mwh=days.sums(excess) * h,
        excess_min=days.sums(excess > 0) * h * 60,
        load_max_mw=days.largest(run.hall_mw.sum(axis=0)),
    )


def without_batteries_daily(run: SiteRun, span: Span) -> pl.DataFrame:
    """Site × local day: the same campus with its batteries taken away, beside what happened."""
    days, h = local_days(span, run.time_zone), span.hours
    observed, without = _turbines(run.operation, days, h), _turbines(run.without_batteries, days, h)
    return _by_day(
        run,
        days,
        **{f"observed_{name}": values for name, values in observed.items()},
        **{f"without_battery_{name}": values for name, values in without.items()},
        avoided_h=without["h"] - observed["h"],
        avoided_turbine_mwh=without["turbine_mwh"] - observed["turbine_mwh"],
        starts_delta=observed["starts"] - without["starts"],
    )


def _turbines(op: Operation, days: Days, h: float) -> dict[str, Array]:
    return {
        "h": days.sums(op.fired).sum(axis=0) * h,
        "turbine_mwh": days.sums(op.gross_mw).sum(axis=0) * h,
        "starts": days.sums(_lit(op)).sum(axis=0),
        "grid_import_mwh": days.sums(op.grid_mw) * h,
        "unserved_mwh": days.sums(op.unserved_mw) * h,
    }


def _lit(op: Operation) -> Array:
    """1 where a unit lights off; units that run at the start of the span did not start in it."""
    lit = np.zeros(op.fired.shape)
    lit[:, 1:] = op.fired[:, 1:] & ~op.fired[:, :-1]
    return lit


def _round_trips(charged: Array, discharged: Array, change: Array) -> Array:
    """Round trip corrected for the change of stored energy: r = (E_dis + Δ·√r)/E_ch; NaN without charge."""
    charged = np.where(charged > 0, charged, np.nan)
    trips: Array = ((change + np.sqrt(change**2 + 4 * charged * discharged)) / (2 * charged)) ** 2
    return trips


def _repeated_means(values: Array, each: int) -> Array:
    """Means of blocks of `each` intervals, repeated over the block; the last may be short."""
    first = np.arange(0, values.size, each)
    sizes = np.diff(np.append(first, values.size))
    repeated: Array = np.repeat(np.add.reduceat(values, first) / sizes, sizes)
    return repeated


def _by_day(run: SiteRun, days: Days, **columns: Array) -> pl.DataFrame:
    keys = {"site_id": [run.site_id] * len(days.dates), "local_date": list(days.dates)}
    return pl.DataFrame(keys | {name: values.tolist() for name, values in columns.items()})
