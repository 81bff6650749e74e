"""Dates of devices are local days: what a new unit does not deliver the evening before is not missing."""

from decimal import Decimal

from tests.dbt.small_campus import SmallCampus
from tests.dbt.test_turbine_readings import FACTORS


def test_the_day_before_a_new_unit_is_whole_without_it(warehouse):
    campus = SmallCampus(warehouse, "2025-06-01", "2025-06-04")
    campus.site("m1")
    for unit in ("old-1", "old-2", "new"):
        campus.meter("m1", unit, "turbine", 16)
    campus.meter("m1", "grid-01", "grid")
    campus.meter("m1", "load-01", "load")
    warehouse.run("update reference.devices set commissioned_on = '2025-06-03' where device_id = 'new'")
    midnight_1, midnight_3, midnight_4 = (f"2025-06-0{day} 05:00:00" for day in (1, 3, 4))
    campus.steady("m1", "grid-01", "grid", 30, midnight_1, midnight_4)
    campus.steady("m1", "load-01", "load", 50, midnight_1, midnight_4)
    for unit, first in (("old-1", midnight_1), ("old-2", midnight_1), ("new", midnight_3)):
        campus.steady("m1", unit, "turbine", 10, first, midnight_4)
    warehouse.dbt("run", "--select", "+energy_balance_daily", "+data_quality_daily", "+coverage_daily")

    assert warehouse.rows(
        "select cast(local_date as text), turbine_mwh, reason from marts.energy_balance_daily order by 1"
    ) == [("2025-06-01", 480, None), ("2025-06-02", 480, None), ("2025-06-03", 720, None)]
    assert warehouse.rows(
        "select cast(local_date as text), coverage_pct from marts.data_quality_daily "
        "where kind = 'turbines' and local_date between '2025-06-01' and '2025-06-03' order by 1"
    ) == [("2025-06-01", 100), ("2025-06-02", 100), ("2025-06-03", 100)]
    assert warehouse.rows(
        "select cast(date_utc as text), expected_s, missing_s from quality.coverage_daily "
        "where device_id = 'new' order by 1 limit 1"
    ) == [("2025-06-03", 19 * 3600, 0)]


def test_a_unit_of_the_first_of_a_month_has_no_month_before(warehouse):
    campus = SmallCampus(warehouse, "2025-10-01", "2025-10-31")
    put_a_unit(campus)
    warehouse.run("update reference.devices set commissioned_on = '2025-10-01'")
    october = ("2025-10-01 05:00:00", "2025-11-01 05:00:00")
    campus.steady("m1", "gt-01", "turbine", 10, *october, interval_s=3600, nox_lb=2, heat_input_mmbtu_h=100)
    warehouse.dbt("run", "--select", "+emissions_monthly")

    assert warehouse.rows(
        "select cast(month as text), short_tons, rolling_12m_short_tons, is_bound, reason "
        "from marts.emissions_monthly where pollutant = 'nox' and unit_id = 'gt-01' order by 1"
    ) == [("2025-10-01", Decimal("0.744"), Decimal("0.744"), False, None)]


def test_a_month_that_goes_on_is_a_bound(warehouse):
    campus = SmallCampus(warehouse, "2025-10-01", "2025-11-05")
    put_a_unit(campus)
    warehouse.put("reference.sites", [{"site_id": "m1", "starts_on": "2025-10-01"}])
    so_far = ("2025-10-01 05:00:00", "2025-11-06 00:00:00")
    campus.steady("m1", "gt-01", "turbine", 10, *so_far, interval_s=3600, nox_lb=2, heat_input_mmbtu_h=100)
    warehouse.dbt("run", "--select", "+emissions_monthly")

    assert warehouse.rows(
        "select cast(month as text), is_bound from marts.emissions_monthly "
        "where pollutant = 'nox' and unit_id is null order by 1"
    ) == [("2025-10-01", False), ("2025-11-01", True)]


def test_a_meter_swapped_on_a_local_day_counts_until_that_midnight(warehouse):
    campus = SmallCampus(warehouse, "2025-06-01", "2025-06-04")
    campus.site("m1")
    campus.meter("m1", "old-meter", "grid", valid_to="2025-06-03")
    campus.meter("m1", "new-meter", "grid", valid_from="2025-06-03")
    swap = "2025-06-03 05:00:00"
    campus.steady("m1", "old-meter", "grid", 30, "2025-06-01 05:00:00", swap)
    campus.steady("m1", "new-meter", "grid", 40, swap, "2025-06-04 05:00:00")
    warehouse.dbt("run", "--select", "+energy_balance_daily")

    assert warehouse.rows(
        "select cast(local_date as text), grid_import_mwh from marts.energy_balance_daily order by 1"
    ) == [("2025-06-01", 720), ("2025-06-02", 720), ("2025-06-03", 960)]


def put_a_unit(campus):
    """A site with one unit and the factors that make tons of its pounds."""
    campus.site("m1")
    for factor_id, value in FACTORS.items():
        campus.warehouse.put("reference.factors", [{"factor_id": factor_id, "value": value, "unit": "1"}])
    campus.meter("m1", "gt-01", "turbine", 16)
