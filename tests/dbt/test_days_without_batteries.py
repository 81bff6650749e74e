"""Four weeks without batteries, then one with them: what M0 was seen to miss, fit and intervals.

Four times a day the load is 10 MW above the cap for 5 minutes. Without batteries one unit carries it and is
kept for 10 minutes more at its minimum load of 4 MW: an hour and 10/12 + 2 · 4/12, four times, 6 MWh a day.
With batteries nothing runs.
"""

import pytest

from tests.dbt.small_campus import SmallCampus

FIRST, BATTERIES, END = "2025-06-02", "2025-06-30", "2025-07-07"
IS_PULSE = "hour(ts) between 8 and 11 and minute(ts) < 5"
IS_KEPT = "hour(ts) between 8 and 11 and minute(ts) between 5 and 14"
LOAD = f"case when {IS_PULSE} then 160 else 140 end"
UNIT = f"case when {IS_PULSE} then 10 when {IS_KEPT} then 4 else 0 end"
BATTERY = f"case when {IS_PULSE} then 10 else 0 end"


def scenario(name, release_min, fitted=(FIRST, "2025-06-29")):
    return {
        "site_id": "m1",
        "scenario": name,
        "k": 0,
        "k_batt": 0,
        "min_up_h": 0,
        "min_down_h": 0,
        "release_min": release_min,
        "start_min": 20,
        "evidence": "days without batteries" if fitted else "declared",
        "fitted_from": fitted and fitted[0],
        "fitted_to": fitted and fitted[1],
    }


@pytest.fixture(scope="module")
def weeks(module_warehouse):
    campus = SmallCampus(module_warehouse, FIRST, "2025-07-06")
    campus.site("m1", zone="UTC")
    campus.meter("m1", "grid", "grid", 150)
    campus.meter("m1", "hall", "load", 200)
    campus.meter("m1", "unit", "turbine", 16)
    campus.meter("m1", "block", "battery", 20, energy_mwh=80, commissioned_on=BATTERIES)
    module_warehouse.run("update reference.devices set min_load_mw = 4 where device_id = 'unit'")
    for first, last, unit, battery in ((FIRST, BATTERIES, UNIT, "0"), (BATTERIES, END, "0", BATTERY)):
        campus.steady("m1", "hall", "load", LOAD, first, last)
        campus.steady("m1", "unit", "turbine", unit, first, last)
        campus.steady("m1", "grid", "grid", f"{LOAD} - {unit} - {battery}", first, last)
    campus.steady("m1", "block", "battery", BATTERY, BATTERIES, END, soc_pct="50")
    module_warehouse.put(
        "reference.grid_caps",
        [{"site_id": "m1", "connection_id": "c", "from_utc": "2025-01-01 00:00:00", "cap_mw": 150}],
    )
    module_warehouse.put(
        "reference.dispatch_parameters",
        [scenario("kept", 15), scenario("released", 0), scenario("declared", 15, fitted=None)],
    )
    module_warehouse.dbt("run", "--select", "+turbine_hours_avoided_daily", "+int_dispatch_fit")
    return module_warehouse


def of_the_last_week(weeks, name, *columns):
    return weeks.rows(
        f"""
        select distinct {", ".join(columns)} from marts.turbine_hours_avoided_daily
        where scenario = '{name}' and local_date >= date '{BATTERIES}'
        """
    )


HOURS = ("avoided_h_low", "avoided_h", "avoided_h_high", "interval_reason")
ENERGY = (
    "avoided_turbine_mwh_low",
    "avoided_turbine_mwh",
    "avoided_turbine_mwh_high",
    "energy_interval_reason",
)


def test_the_release_time_that_was_kept_is_found_in_both_scenarios(weeks):
    found = weeks.rows(
        "select scenario, k, fitted_k, release_min, fitted_release_min, days, observed_h, declared_h, "
        "observed_starts, fitted_starts from intermediate.int_dispatch_fit order by 1"
    )
    assert found == [
        ("kept", 0, 0, 15, 15, 28, 28, 28, 112, 112),
        ("released", 0, 0, 0, 15, 28, 28, pytest.approx(28 / 3), 112, 112),
    ]


def test_where_m0_is_right_every_draw_is_the_hour_and_the_six_mwh(weeks):
    assert of_the_last_week(weeks, "kept", *HOURS) == [(1, 1, 1, None)]
    assert of_the_last_week(weeks, "kept", *ENERGY) == [(6, 6, 6, None)]


def test_what_m0_misses_on_days_without_batteries_is_in_the_interval_not_in_the_figure(weeks):
    [(low, figure, high, why)] = of_the_last_week(weeks, "released", *HOURS)
    assert (low, high, why) == (1, 1, None)
    assert float(figure) == pytest.approx(1 / 3, abs=1e-6)


def test_energy_has_no_interval_where_no_days_without_batteries_are_declared(weeks):
    assert of_the_last_week(weeks, "declared", *ENERGY) == [(None, 6, None, "no_days_without_battery")]
    [(_, _, _, why)] = of_the_last_week(weeks, "declared", *HOURS)
    assert why is None


def test_months_the_year_and_all_are_drawn_as_sums_and_nothing_was_avoided_before(weeks):
    found = weeks.rows(
        "select period, starts_on, days, low_h, high_h, low_mwh, low_nox_lb "
        "from intermediate.int_avoided_interval "
        "where scenario = 'kept' and period <> 'day' order by period, starts_on"
    )
    assert [(period, f"{starts_on}", *rest) for period, starts_on, *rest in found] == [
        ("all", FIRST, 35, 7, 7, pytest.approx(42), None),
        ("month", "2025-06-01", 29, 1, 1, pytest.approx(6), None),
        ("month", "2025-07-01", 6, 6, 6, pytest.approx(36), None),
        ("year", "2025-01-01", 35, 7, 7, pytest.approx(42), None),
    ]
