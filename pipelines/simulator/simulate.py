"""Simulates a campus: landing files of its feeds, and the truth about them.

Here must not live: physics, formats (the other modules of this room).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.simulator.faults import Faults, wanted_faults
from pipelines.simulator.faults.files import Content
from pipelines.simulator.landing import deliveries
from pipelines.simulator.meters import Meters
from pipelines.simulator.records import records
from pipelines.simulator.signals import Signals, area_signals, site_signals
from pipelines.simulator.site_run import SiteRun, run_site
from pipelines.simulator.span import Span, span_of
from pipelines.simulator.system import system_demand
from pipelines.simulator.truth import (
    battery_daily,
    energy_daily,
    grid_peaks,
    turbine_hours,
    without_batteries_daily,
)
from pipelines.simulator.truth_nox import nox_hourly, nox_monthly
from pipelines.simulator.truth_peaks import peak_shares

DEMO_START = date(2025, 10, 29)
DEMO_DAYS = 7
"""A week that holds the end of daylight-saving time on 2025-11-02."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was written.

    Attributes:
        span: The simulated time.
        runs: The sites as they really were.
        files: Feed id → landing files, in the order in which they should be delivered.
        truth: Table name → CSV.
        faults: Injected faults, `faults.LOG_SCHEMA`.
    """

    span: Span
    runs: tuple[SiteRun, ...]
    files: dict[str, tuple[Path, ...]]
    truth: dict[str, Path]
    faults: pl.DataFrame


def simulate(
    folder: DataFolder,
    campus: Campus,
    *,
    start: date = DEMO_START,
    days: int = DEMO_DAYS,
    sites: Collection[str] | None = None,
    interval_s: int = 60,
    seed: int = 1,
    faults: Collection[str] = (),
    error_free: bool = False,
) -> Simulation:
    """Writes `landing/<feed>/…` and `truth/*.csv` below a data folder.

    Feeds deliver at the interval of their contracts: means over several simulated intervals where
    theirs is longer. Feeds with a contract that holds only later (`valid_from`) are left out.

    Args:
        folder: Data folder; its reference folder is not read.
        campus: Reference tables and contracts to write by.
        start: First local day.
        days: Number of local days.
        sites: Campus sites; all by default.
        interval_s: Simulated interval [s]; divides an hour.
        seed: The same seed gives the same bytes.
        faults: What `faults.wanted_faults` reads: `NAME[@WHERE][=RATE]`, or `all`.
        error_free: Whether meters show the truth (rounded as their feeds write it).

    Raises:
        ValueError: No or an unknown site, unknown fault, no days, or an interval that does not fit a feed's.
    """
    known = sorted(site.site_id for site in campus.sites.values() if site.kind == "campus")
    chosen = known if sites is None else sorted(set(sites))
    if wrong := set(chosen) - set(known):
        raise ValueError(f"unknown site: {', '.join(sorted(wrong))}")
    if not chosen:
        raise ValueError("no site to simulate; describe one of the kind campus in reference/sites.csv")
    injected = Faults(wanted_faults(faults), seed, campus)
    span = span_of(start, days, [campus.sites[site].time_zone for site in chosen], interval_s)
    runs = [run_site(campus, site, span, seed) for site in chosen]
    meters = Meters(campus, seed, error_free)
    signals = area_signals(campus, runs, span, meters)
    for run in runs:
        signals |= site_signals(campus, run, span, meters)
    files = _land(folder, campus, injected.on_signals(signals, span), span, injected)
    log = injected.labels.table()
    truth = _write_truth(folder.truth, _truth(campus, runs, span, seed) | {"faults": log})
    return Simulation(span, tuple(runs), files, truth, log)


def _land(
    folder: DataFolder, campus: Campus, signals: Signals, span: Span, faults: Faults
) -> dict[str, tuple[Path, ...]]:
    contents: dict[str, list[Content]] = {}
    landed = {}
    for feed, contract in campus.contracts.items():
        if contract.valid_from and contract.valid_from >= span.end.date():
            continue
        frame = records(contract, campus, signals, span)
        if frame.is_empty():
            continue
        files = deliveries(contract, frame, campus.sites[contract.site].time_zone)
        contents[feed] = faults.on_files(contract, files, contents)
        landed[feed] = tuple(_write(folder.landing / feed, content) for content in contents[feed])
    return landed


def _write(folder: Path, content: Content) -> Path:
    """Writes one file, replacing it."""
    path = folder / content.name
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if content.link_to:
        path.symlink_to(content.link_to)
    else:
        path.write_bytes(content.data)
    return path


def _truth(campus: Campus, runs: list[SiteRun], span: Span, seed: int) -> dict[str, pl.DataFrame]:
    """All tables of truth, sites one below the other."""
    by_site = [
        {
            "energy_daily": energy_daily(run, span),
            "turbine_hours": turbine_hours(run, span),
            "battery_daily": battery_daily(run, span),
            "grid_peaks": grid_peaks(run, span),
            "without_batteries_daily": without_batteries_daily(run, span),
            "nox_hourly": (hourly := nox_hourly(campus, run, span)),
            "nox_monthly": nox_monthly(hourly, run.time_zone),
        }
        for run in runs
    ]
    tables = {
        name: pl.concat(found)
        for name in by_site[0]
        if (found := [site[name] for site in by_site if site[name].width])
    }
    systems = [device.device_id for device in campus.devices.values() if device.kind == "system"]
    shares = [
        peak_shares(campus, system, system_demand(campus, system, runs, span, seed), run, span)
        for system in systems
        for run in runs
    ]
    if shares:
        tables["peak_shares"] = pl.concat(shares).with_columns(pl.col("peak_at_utc").cast(pl.Datetime("us")))
    return tables


def _write_truth(folder: Path, tables: dict[str, pl.DataFrame]) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.csv" for name in tables}
    for name, table in tables.items():
        table.fill_nan(None).write_csv(paths[name], datetime_format="%Y-%m-%dT%H:%M:%S")
    return paths
