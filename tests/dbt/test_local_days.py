"""What a site's days come to, from readings by hand: one build, one site for each thing that can happen."""

from decimal import Decimal

import pytest

from tests.dbt.small_campus import SmallCampus

DAY = ("2025-11-02 05:00:00", "2025-11-03 06:00:00")
"""2 November 2025 in Chicago: 25 hours, the clock is set back."""


@pytest.fixture(scope="module")
def campus(module_warehouse):
    campus = SmallCampus(module_warehouse, "2025-11-02", "2025-11-03")
    for site in ("fold", "gap", "bound", "check", "slow", "feeds", "swing", "hole", "late", "silent"):
        campus.site(site)
        campus.meter(site, f"{site}-grid", "grid", demand_interval_min=30)
        campus.meter(site, f"{site}-load", "load")
    module_warehouse.put(
        "reference.grid_caps",
        [
            {"site_id": s, "connection_id": "c", "from_utc": "2025-01-01", "cap_mw": 90}
            for s in ("fold", "slow")
        ],
    )
    for site in ("fold", "gap", "bound", "check", "slow", "feeds", "swing", "hole", "late", "silent"):
        campus.steady(site, f"{site}-load", "load", 100, *DAY)
    for site in ("fold", "gap", "bound", "check", "late"):
        campus.steady(site, f"{site}-grid", "grid", 100, *DAY)
    for site, units in (("gap", 15), ("bound", 60)):
        for unit in range(units):
            campus.meter(site, f"{site}-gt-{unit}", "turbine", 10)
            if unit:
                campus.steady(site, f"{site}-gt-{unit}", "turbine", 2, *DAY)
    campus.meter("check", "check-grid-2", "grid", counts_in_balance=False)
    campus.steady("check", "check-grid-2", "grid", 101, *DAY)
    campus.steady("slow", "slow-grid", "grid", 100, *DAY, interval_s=3600)
    campus.feed("feeds", "backup", priority=50)
    campus.steady("feeds", "feeds-grid", "grid", 100, DAY[0], "2025-11-02 20:00:00")
    campus.steady("feeds", "feeds-grid", "grid", 90, *DAY, feed_id="backup")
    campus.steady("swing", "swing-grid", "grid", "if(minute(ts) % 2 = 0, 60, -60)", *DAY, interval_s=60)
    campus.steady("hole", "hole-grid", "grid", 100, DAY[0], "2025-11-02 12:00:00")
    campus.steady("hole", "hole-grid", "grid", 100, "2025-11-02 12:10:00", DAY[1])
    campus.steady("late", "late-load", "load", 0, "2025-11-03 06:00:00", "2025-11-03 07:00:00")
    module_warehouse.dbt("build")
    return module_warehouse


def day(warehouse, site, columns, table="energy_balance_daily"):
    rows = warehouse.rows(
        f"select {columns} from marts.{table} where site_id = '{site}' and local_date = '2025-11-02'"
    )
    return rows[0]


def test_the_day_the_clock_is_set_back_has_25_hours(campus):
    assert day(campus, "fold", "grid_import_mwh, load_mwh, closure_pct, status") == (2500, 2500, 0, "green")
    assert campus.rows("select count(*) from marts.site_power_5min where site_id = 'fold'") == [(300,)]


def test_too_many_absent_turbines_give_no_sum_but_a_reason(campus):
    found = day(campus, "gap", "turbine_mwh, closure_pct, status, reason")
    assert found == (None, None, "missing_source", "missing_source:turbine")
    assert campus.rows(
        "select distinct turbine_mw, reason from marts.site_power_5min where site_id = 'gap'"
    ) == [(None, "missing_source:turbine")]


def test_few_absent_turbines_give_the_sum_of_those_present_as_a_bound(campus):
    assert day(campus, "bound", "turbine_mwh, is_bound, reason") == (59 * 2 * 25, True, None)
    assert campus.rows(
        "select distinct turbine_mw, is_bound from marts.site_power_5min where site_id = 'bound'"
    ) == [(118, True)]


def test_a_check_meter_is_never_added(campus):
    assert day(campus, "check", "grid_import_mwh, is_bound") == (2500, False)


def test_an_hourly_source_is_held_and_says_so(campus):
    assert campus.rows(
        "select distinct grid_mw, source_interval_s from marts.site_power_5min where site_id = 'slow'"
    ) == [(100, 3600)]
    found = day(
        campus,
        "slow",
        "import_max_mw, excess_mwh, ramp_max_mw_per_min, ramp_interval_s, is_bound, reason",
        "grid_limits_daily",
    )
    assert found == (100, None, None, None, True, "source_too_slow")


def test_import_above_the_cap_counts(campus):
    found = day(
        campus, "fold", "cap_min_mw, excess_mwh, excess_min, excess_max_mw, load_factor", "grid_limits_daily"
    )
    assert found == (90, 250, 1500, 10, 1)


def test_two_feeds_of_a_meter_never_add_up_and_the_lower_one_fills(campus):
    assert day(campus, "feeds", "grid_import_mwh, is_bound") == (100 * 15 + 90 * 10, False)


def test_import_and_export_are_not_netted_inside_an_interval(campus):
    assert day(campus, "swing", "grid_import_mwh, grid_export_mwh") == (750, 750)


def test_a_short_hole_bounds_the_day_and_shows_in_its_hour(campus):
    assert day(campus, "hole", "round(grid_import_mwh, 3), is_bound, reason") == (
        Decimal("2483.333"),
        True,
        None,
    )
    assert campus.rows(
        "select hour_start_utc::varchar, expected_s, good_s, missing_s from quality.coverage_hourly "
        "where device_id = 'hole-grid' and missing_s between 1 and 3599"
    ) == [("2025-11-02 12:00:00", 3600, 3000, 600)]
    assert campus.rows(
        "select gaps from marts.data_quality_daily "
        "where site_id = 'hole' and kind = 'grid' and local_date = '2025-11-02'"
    ) == [(1,)]


def test_a_day_that_has_only_begun_is_no_day_yet(campus):
    rows = campus.rows(
        "select local_date::varchar, load_mwh, reason from marts.energy_balance_daily "
        "where site_id = 'late' order by 1"
    )
    assert rows == [("2025-11-02", 2500, None), ("2025-11-03", None, "missing_source:grid,load")]


def test_a_silent_meter_is_null_and_named(campus):
    assert day(campus, "silent", "grid_import_mwh, status, reason") == (
        None,
        "missing_source",
        "missing_source:grid",
    )
