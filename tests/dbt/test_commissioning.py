"""Dates of devices are local days: what a new unit does not deliver the evening before is not missing."""

from decimal import Decimal

import pytest

from tests.dbt.small_campus import SmallCampus

JUNE = [f"2025-06-0{day} 05:00:00" for day in range(1, 5)]
"""Local midnights of 1 to 4 June."""
OCTOBER = ("2025-10-01 05:00:00", "2025-11-01 05:00:00")
SO_FAR = ("2025-10-01 05:00:00", "2025-11-06 00:00:00")


@pytest.fixture(scope="module")
def sites(module_warehouse):
    """One build, a site for each thing that can happen to a device."""
    june = SmallCampus(module_warehouse, "2025-06-01", "2025-06-04")
    june.factors()
    put_a_site_with_a_new_unit(june)
    put_a_site_with_a_new_meter(june)
    put_a_burning_unit(SmallCampus(module_warehouse, "2025-10-01", "2025-10-31"), "october", *OCTOBER)
    put_a_burning_unit(SmallCampus(module_warehouse, "2025-10-01", "2025-11-05"), "november", *SO_FAR)
    module_warehouse.put("reference.sites", [{"site_id": "november", "starts_on": "2025-10-01"}])
    marts = ("+energy_balance_daily", "+data_quality_daily", "+coverage_daily", "+emissions_monthly")
    module_warehouse.dbt("run", "--select", *marts)
    return module_warehouse


def put_a_site_with_a_new_unit(campus):
    campus.site("unit")
    campus.meter("unit", "grid-01", "grid")
    campus.meter("unit", "load-01", "load")
    campus.steady("unit", "grid-01", "grid", 30, JUNE[0], JUNE[3])
    campus.steady("unit", "load-01", "load", 50, JUNE[0], JUNE[3])
    for unit in ("old-1", "old-2"):
        campus.meter("unit", unit, "turbine", 16)
        campus.steady("unit", unit, "turbine", 10, JUNE[0], JUNE[3])
    campus.meter("unit", "new", "turbine", 16, commissioned_on="2025-06-03")
    campus.steady("unit", "new", "turbine", 10, JUNE[2], JUNE[3])


def put_a_site_with_a_new_meter(campus):
    campus.site("swap")
    campus.meter("swap", "old-meter", "grid", valid_to="2025-06-03")
    campus.meter("swap", "new-meter", "grid", valid_from="2025-06-03")
    campus.steady("swap", "old-meter", "grid", 30, JUNE[0], JUNE[2])
    campus.steady("swap", "new-meter", "grid", 40, JUNE[2], JUNE[3])


def put_a_burning_unit(campus, site, first, last):
    """A unit of 2 lb NOx an hour, in commission since the first of October."""
    campus.site(site)
    campus.meter(site, f"{site}-gt", "turbine", 16, commissioned_on="2025-10-01")
    burning = {"nox_lb": 2, "heat_input_mmbtu_h": 100}
    campus.steady(site, f"{site}-gt", "turbine", 10, first, last, interval_s=3600, **burning)


def test_the_day_before_a_new_unit_is_whole_without_it(sites):
    assert sites.rows(
        "select cast(local_date as text), turbine_mwh, reason from marts.energy_balance_daily "
        "where site_id = 'unit' order by 1"
    ) == [("2025-06-01", 480, None), ("2025-06-02", 480, None), ("2025-06-03", 720, None)]
    assert sites.rows(
        "select cast(local_date as text), coverage_pct from marts.data_quality_daily "
        "where site_id = 'unit' and kind = 'turbines' "
        "and local_date between '2025-06-01' and '2025-06-03' order by 1"
    ) == [("2025-06-01", 100), ("2025-06-02", 100), ("2025-06-03", 100)]
    assert sites.rows(
        "select cast(date_utc as text), expected_s, missing_s from quality.coverage_daily "
        "where device_id = 'new' order by 1 limit 1"
    ) == [("2025-06-03", 19 * 3600, 0)]


def test_a_unit_of_the_first_of_a_month_has_no_month_before(sites):
    assert sites.rows(
        "select cast(month as text), short_tons, rolling_12m_short_tons, is_bound, reason "
        "from marts.emissions_monthly where pollutant = 'nox' and unit_id = 'october-gt' order by 1"
    ) == [("2025-10-01", Decimal("0.744"), Decimal("0.744"), False, None)]


def test_a_month_that_goes_on_is_a_bound(sites):
    assert sites.rows(
        "select cast(month as text), is_bound from marts.emissions_monthly "
        "where pollutant = 'nox' and site_id = 'november' and unit_id is null order by 1"
    ) == [("2025-10-01", False), ("2025-11-01", True)]


def test_a_meter_swapped_on_a_local_day_counts_until_that_midnight(sites):
    assert sites.rows(
        "select cast(local_date as text), grid_import_mwh from marts.energy_balance_daily "
        "where site_id = 'swap' order by 1"
    ) == [("2025-06-01", 720), ("2025-06-02", 720), ("2025-06-03", 960)]
