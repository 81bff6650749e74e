"""A build of the day that changed equals a build of everything."""

from contextlib import closing
from itertools import pairwise

import pytest

from tests.dbt.conftest import SmallWarehouse
from tests.dbt.small_campus import SmallCampus

TABLES = (
    "marts.site_power_5min",
    "marts.energy_balance_daily",
    "marts.battery_daily",
    "marts.battery_energy_by_purpose_daily",
    "marts.battery_capability",
    "marts.grid_limits_daily",
    "marts.peak_grid_share",
    "marts.data_quality_daily",
    "marts.turbine_hourly",
    "marts.turbine_starts",
    "marts.emissions_monthly",
    "intermediate.int_meter_evidence",
    "quality.coverage_daily",
    "quality.coverage_hourly",
)
RUN = ("run", "--select", *(f"+{table.split('.')[1]}" for table in TABLES))
RESENT = ("grid", "campus_load", "batteries", "turbines")
DAYS = ("2025-06-01 00:00:00", "2025-06-02 00:00:00", "2025-06-03 00:00:00", "2025-06-04 00:00:00")
STARTS = "select strftime(started_at, '%d %H:%M') from marts.turbine_starts where kind = 'start' order by 1"


@pytest.fixture(scope="module")
def mended_and_whole(tmp_path_factory):
    """The starts of the first build, the warehouse whose middle day was mended, and one built with it."""
    folder = tmp_path_factory.mktemp("two")
    with (
        closing(SmallWarehouse(folder / "step" / "headroom.duckdb")) as step,
        closing(SmallWarehouse(folder / "whole" / "headroom.duckdb")) as whole,
    ):
        campus = put_campus(step)
        write_readings(campus, is_mended=False)
        step.dbt(*RUN)
        starts_before = step.rows(STARTS)
        for kind in RESENT:
            step.run(f"delete from affected.{kind}")
        write_readings(campus, is_mended=True)
        for table in (*RESENT, "system_demand", "days"):
            step.run(f"delete from affected.{table} where utc_date <> '2025-06-02'")
        step.dbt(*RUN)
        write_readings(put_campus(whole), is_mended=True)
        whole.dbt("build")
        yield starts_before, step, whole


def put_campus(warehouse):
    """A site of grid, load and battery within a system, and a site of one turbine."""
    campus = SmallCampus(warehouse, "2025-06-01", "2025-06-03")
    campus.factors()
    campus.site("m1")
    campus.meter("m1", "grid", "grid")
    campus.meter("m1", "load", "load")
    campus.meter("m1", "block", "battery", 20, energy_mwh=80)
    campus.site("m2", zone="UTC")
    campus.meter("m2", "gt", "turbine", 16)
    campus.system("tva", "1000 + 10 * hour(ts)", "m1")
    return campus


def write_readings(campus, *, is_mended):
    """The turbine runs from 22:00 to 02:00.

    Mended, on the middle day the load is higher, the battery is silent, and the turbine stands still.
    """
    campus.steady("m1", "grid", "grid", 90, "2025-05-31 23:30:00", "2025-06-03 23:30:00", interval_s=3600)
    for day in pairwise(DAYS):
        is_other = is_mended and day[0] == DAYS[1]
        campus.steady("m1", "load", "load", 130 if is_other else 100, *day, interval_s=450)
        if not is_other:
            campus.steady("m1", "block", "battery", "10 * sin(hour(ts))", *day, soc_pct="40 + hour(ts)")
        runs = "false" if is_other else "hour(ts) >= 22 or hour(ts) < 2"
        campus.steady("m2", "gt", "turbine", f"case when {runs} then 12 else 0 end", *day, nox_lb="0.1")


@pytest.mark.parametrize("table", TABLES)
def test_one_mended_day_gives_what_a_whole_build_gives(mended_and_whole, table):
    _, step, whole = mended_and_whole
    expected = whole.rows(f"from {table} order by all")

    assert step.rows(f"from {table} order by all") == expected
    assert expected


def test_the_mended_day_has_changed(mended_and_whole):
    _, step, _ = mended_and_whole

    assert step.rows("select max(load_mw) from marts.site_power_5min") == [(130,)]


def test_a_run_over_midnight_is_one_start(mended_and_whole):
    starts_before, step, _ = mended_and_whole

    assert starts_before == [("01 22:00",), ("02 22:00",), ("03 22:00",)]
    assert step.rows(STARTS) == [("01 22:00",), ("03 00:00",), ("03 22:00",)]
