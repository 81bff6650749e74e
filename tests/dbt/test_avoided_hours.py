"""Turbine hours avoided, from readings to the mart: the day of O23 and O24 in 5-minute readings."""

from datetime import date
from decimal import Decimal

import pytest

from tests.dbt.small_campus import SmallCampus

DAY, NEXT = "2025-06-02 00:00:00", "2025-06-03 00:00:00"
LOAD = "[140, 150, 160, 170, 155, 145][hour(ts) + 1]"
LOAD_OF_DAY = f"case when hour(ts) < 6 then {LOAD} else 140 end"
BATTERY = "case when hour(ts) < 6 then [-10, 0, 10, 20, 5, -5][hour(ts) + 1] else 0 end"
STORED_PCT = (
    "case when hour(ts) < 4 then 80 else 80 - 100 * (35 / sqrt(0.875) - 15 * sqrt(0.875)) / 608.4 end"
)


def scenario(name, k=0, k_batt=0, min_up_h=1, **more):
    return more | {
        "site_id": "m1",
        "scenario": name,
        "k": k,
        "k_batt": k_batt,
        "min_up_h": min_up_h,
        "min_down_h": 0,
        "release_min": 0,
        "start_min": 20,
        "evidence": "kpis.md O23",
    }


@pytest.fixture(scope="module")
def avoided(module_warehouse):
    campus = SmallCampus(module_warehouse, "2025-06-02", "2025-06-02")
    campus.site("m1", zone="UTC")
    campus.meter("m1", "grid", "grid", 150)
    campus.meter("m1", "hall", "load", 200)
    campus.meter("m1", "block", "battery", 150, energy_mwh=608.4)
    for unit in range(10):
        campus.meter("m1", f"gt-{unit}", "turbine", 16)
        campus.steady("m1", f"gt-{unit}", "turbine", 0, DAY, NEXT)
    campus.steady("m1", "hall", "load", LOAD_OF_DAY, DAY, NEXT)
    campus.steady("m1", "block", "battery", BATTERY, DAY, NEXT, soc_pct=STORED_PCT)
    campus.steady("m1", "grid", "grid", f"{LOAD_OF_DAY} - {BATTERY}", DAY, NEXT)
    module_warehouse.put(
        "reference.grid_caps",
        [{"site_id": "m1", "connection_id": "c", "from_utc": "2025-01-01 00:00:00", "cap_mw": 150}],
    )
    module_warehouse.put(
        "reference.dispatch_parameters",
        [
            scenario("base", grid_before_mw=134),
            scenario("slow", min_up_h=4),
            scenario("reserve", k=1, k_batt=1),
        ],
    )
    module_warehouse.dbt("run", "--select", "+emissions_avoided_daily")
    return module_warehouse


def row(avoided, name, *columns):
    [found] = avoided.rows(
        f"""
        select {", ".join(columns)} from marts.turbine_hours_avoided_daily
        where scenario = '{name}' and local_date = date '2025-06-02'
        """
    )
    return found


def test_o23_models_and_observed_hours(avoided):
    columns = ("without_battery_h", "modelled_h", "observed_h", "avoided_h", "avoided_observed_h", "reason")
    assert row(avoided, "base", *columns) == (4, 0, 0, 4, 4, None)


def test_o23_energy_and_the_charge_that_is_owed(avoided):
    columns = ("without_battery_turbine_mwh", "avoided_turbine_mwh", "observed_turbine_mwh", "unserved_mwh")
    assert row(avoided, "base", *columns) == (35, 35, 0, 0)
    owed, neutral = row(avoided, "base", "soc_borrowed_mwh", "avoided_soc_neutral_h")
    assert owed.quantize(Decimal("0.001")) == Decimal("25.000")
    assert neutral.quantize(Decimal("0.0001")) == Decimal("2.4375")


def test_hours_are_split_between_an_upgrade_of_16_mw_and_the_batteries(avoided):
    """At 134 MW: without batteries 1, 1, 2, 3, 2, 1 units and then one, with them one throughout."""
    columns = ("before_upgrade_h", "battery_h", "grid_h", "interaction_h", "battery_only_h")
    assert row(avoided, "base", *columns) == (28, 4, 24, 0, 4)


def test_o24_minimum_up_time_of_four_hours(avoided):
    assert row(avoided, "slow", "without_battery_h", "starts_delta") == (8, -2)


def test_the_energy_alone_bounds_the_hours_and_no_regression_runs_without_a_baseline(avoided):
    found = avoided.rows(
        "select method_id, avoided_h, avoided_turbine_mwh, reason from marts.turbine_hours_avoided_daily "
        "where scenario = 'none' order by 1"
    )
    assert found == [("B", Decimal("2.1875"), 35, None), ("C", None, None, "no_clean_baseline")]


def test_a_day_alone_has_no_interval(avoided):
    columns = ("avoided_h_low", "avoided_h_high", "interval_reason")
    assert row(avoided, "base", *columns) == (None, None, "too_few_weeks")


def test_units_without_heat_input_avoid_no_fuel_and_say_so(avoided):
    [found] = avoided.rows(
        "select fuel_mmbtu, reason, induced_import_mwh from marts.emissions_avoided_daily "
        "where scenario = 'base'"
    )
    assert found == (None, "no_heat_input_curve", None)


def test_a_reserve_unit_is_not_credited_where_nothing_says_how_long_the_batteries_would_last(avoided):
    assert row(avoided, "reserve", "without_battery_h", "modelled_h", "avoided_h") == (7, 0, 7)


def test_a_calibration_of_one_day_shows_figures_and_publishes_none(avoided):
    columns = ("is_publishable", "publication_reason", "calibration_days", "calibration_pct", "method_id")
    assert row(avoided, "base", *columns) == (False, "calibration_too_short", 1, None, "A")


def test_a_day_with_too_little_data_says_why(avoided):
    days = avoided.rows(
        "select distinct local_date, reason from marts.turbine_hours_avoided_daily "
        "where method_id = 'A' order by 1"
    )
    assert days == [(date(2025, 6, 2), None)]
