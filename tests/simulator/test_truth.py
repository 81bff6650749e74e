"""The tables of truth fit together and obey the definitions of the KPIs."""

from datetime import date

import polars as pl
import pytest

from pipelines.simulator.simulate import Simulation


def _table(simulation: Simulation, name: str) -> pl.DataFrame:
    return pl.read_csv(simulation.truth[name], try_parse_dates=True, infer_schema_length=None)


def test_every_table_of_truth_is_written(simulation: Simulation) -> None:
    assert sorted(simulation.truth) == [
        "battery_daily",
        "energy_daily",
        "faults",
        "grid_peaks",
        "nox_hourly",
        "nox_monthly",
        "peak_shares",
        "turbine_hours",
        "without_batteries_daily",
    ]
    assert all(path.is_file() for path in simulation.truth.values())


def test_the_energy_of_a_day_balances(simulation: Simulation) -> None:
    days = _table(simulation, "energy_daily")
    sources = pl.col("grid_import_mwh") + pl.col("turbine_mwh") + pl.col("battery_out_mwh")
    rest = days.select((sources - pl.col("battery_in_mwh") - pl.col("load_mwh")).abs().max()).item()
    assert rest < 1e-6
    assert days.height == 2 * 3


def test_turbine_hours_agree_between_tables(simulation: Simulation) -> None:
    units = (
        _table(simulation, "turbine_hours")
        .group_by("site_id", "local_date")
        .agg(pl.col("operating_time_h").sum(), pl.col("starts").sum())
    )
    sites = _table(simulation, "without_batteries_daily").join(units, on=["site_id", "local_date"])
    assert sites.select((pl.col("observed_h") - pl.col("operating_time_h")).abs().max()).item() < 1e-9
    assert sites.select((pl.col("observed_starts") - pl.col("starts")).abs().max()).item() == 0
    hours = _table(simulation, "nox_hourly")["operating_time_h"].sum()
    assert hours == pytest.approx(units["operating_time_h"].sum())


def test_the_day_the_clocks_go_back_has_25_hours(simulation: Simulation) -> None:
    span = simulation.span
    assert span.steps == (24 + 25 + 24) * 60
    assert span.start.isoformat() == "2025-11-01T05:00:00+00:00"


def test_the_round_trip_corrected_for_stored_energy_is_the_simulated_one(simulation: Simulation) -> None:
    trips = _table(simulation, "battery_daily").filter(pl.col("charged_mwh") > 1)["rte_pct"]
    assert trips.min() == pytest.approx(87.5, abs=1e-6)
    assert trips.max() == pytest.approx(87.5, abs=1e-6)


def test_blocks_add_up_to_their_site(simulation: Simulation) -> None:
    days = _table(simulation, "battery_daily")
    blocks = (
        days.filter(pl.col("device_id").is_not_null())
        .group_by("site_id", "local_date")
        .agg(pl.col("discharged_mwh").sum().alias("blocks"))
    )
    sites = days.filter(pl.col("device_id").is_null()).join(blocks, on=["site_id", "local_date"])
    assert sites.height == 6
    assert sites.select((pl.col("discharged_mwh") - pl.col("blocks")).abs().max()).item() < 1e-9


def test_hours_of_start_make_the_definition_and_the_minutes_differ(simulation: Simulation) -> None:
    hours = _table(simulation, "nox_hourly")
    steady = hours.filter((pl.col("operating_time_h") == 1) & (pl.col("nox_ppm_15o2") < 2))
    ratio = steady["nox_lb"].sum() / steady["nox_lb_minutes"].sum()
    assert ratio == pytest.approx(1, rel=1e-3)
    off = hours.filter(pl.col("operating_time_h") == 0)
    assert off["nox_lb"].sum() == 0
    assert off["nox_ppm"].null_count() == off.height


def test_the_months_sum_the_hours(simulation: Simulation) -> None:
    months, hours = _table(simulation, "nox_monthly"), _table(simulation, "nox_hourly")
    assert months["nox_lb"].sum() == pytest.approx(hours["nox_lb"].sum())
    assert months["month"].unique().to_list() == [date(2025, 11, 1)]


def test_the_share_in_the_peak_is_import_over_system_demand(simulation: Simulation) -> None:
    row = _table(simulation, "peak_shares").row(0, named=True)
    assert row["share_inclusive_pct"] == pytest.approx(100 * row["site_mw"] / row["system_mw"])
    assert row["share_exclusive_pct"] > row["share_inclusive_pct"]


def test_no_fault_is_injected_unasked(simulation: Simulation) -> None:
    assert simulation.faults.is_empty()
