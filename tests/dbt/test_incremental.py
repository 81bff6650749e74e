"""A build of the days that changed equals a build of everything."""

from pathlib import Path

import pytest

from tests.dbt.conftest import SmallWarehouse
from tests.dbt.small_campus import SmallCampus

MARTS = (
    "marts.site_power_5min",
    "marts.energy_balance_daily",
    "marts.battery_daily",
    "marts.battery_energy_by_purpose_daily",
    "marts.battery_capability",
    "marts.grid_limits_daily",
    "marts.peak_grid_share",
    "marts.data_quality_daily",
    "intermediate.int_meter_evidence",
    "quality.coverage_daily",
    "quality.coverage_hourly",
)


def campus(path: Path, *, is_mended: bool) -> SmallWarehouse:
    """Three UTC days; mended, the load of the middle one is higher and its battery is silent."""
    warehouse = SmallWarehouse(path)
    campus = SmallCampus(warehouse, "2025-06-01", "2025-06-03")
    campus.site("m1")
    campus.site("tva")
    days = ("2025-06-01 00:00:00", "2025-06-02 00:00:00", "2025-06-03 00:00:00", "2025-06-04 00:00:00")
    campus.meter("m1", "grid", "grid")
    campus.meter("m1", "load", "load")
    campus.meter("m1", "block", "battery", 20, energy_mwh=80)
    campus.steady("m1", "grid", "grid", 90, "2025-05-31 23:30:00", "2025-06-03 23:30:00", interval_s=3600)
    for first, last, mw in zip(days, days[1:], (100, 130 if is_mended else 100, 100), strict=False):
        campus.steady("m1", "load", "load", mw, first, last, interval_s=450)
        if mw != 130:
            campus.steady(
                "m1", "block", "battery", "10 * sin(hour(ts))", first, last, soc_pct="40 + hour(ts)"
            )
    campus.feed("tva", "tva_demand")
    warehouse.put("reference.site_systems", [{"site_id": "m1", "system_id": "tva", "includes_campus": True}])
    warehouse.run(
        """
        insert into affected.system_demand (site_id, device_id, feed_id, interval_start_utc, interval_s,
            file_id, row_number, method, utc_date, demand_mw)
        select 'tva', 'tva', 'tva_demand', ts, 3600,
            'file', 1, 'measured', cast(ts as date), 1000 + 10 * hour(ts)
        from range(timestamp '2025-06-01', timestamp '2025-06-04', interval 1 hour) as instants (ts)
        """
    )
    return warehouse


@pytest.fixture(scope="module")
def mended_and_whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    step = campus(folder / "step" / "headroom.duckdb", is_mended=False)
    step.dbt("build")
    whole = campus(folder / "whole" / "headroom.duckdb", is_mended=True)
    whole.dbt("build")
    kinds = ("grid", "campus_load", "batteries", "system_demand")
    for kind in kinds:
        step.run(
            f"""
            attach '{whole.path}' as whole (read_only);
            create or replace table affected.{kind} as
            from whole.affected.{kind} where utc_date = '2025-06-02';
            """
        )
    step.run("delete from affected.days where utc_date <> '2025-06-02'")
    step.dbt("build")
    return step, whole


@pytest.mark.parametrize("table", MARTS)
def test_one_mended_day_gives_what_a_whole_build_gives(mended_and_whole, table):
    step, whole = mended_and_whole

    assert step.rows(f"from {table} order by all") == whole.rows(f"from {table} order by all")


def test_the_mended_day_has_changed(mended_and_whole):
    step, _ = mended_and_whole

    assert step.rows("select max(load_mw) from marts.site_power_5min") == [(130,)]
