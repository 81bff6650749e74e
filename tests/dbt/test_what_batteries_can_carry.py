"""How long the batteries last is not guessed: absent blocks and silent meters leave it unknown."""

import pytest

from tests.dbt.small_campus import SmallCampus

DAY, NOON, NEXT = "2025-06-02 00:00:00", "2025-06-02 12:00:00", "2025-06-03 00:00:00"


@pytest.fixture(scope="module")
def sites(module_warehouse):
    """One build, a site for each way in which the batteries are known."""
    campus = SmallCampus(module_warehouse, "2025-06-02", "2025-06-02")
    put_two_blocks(campus, "whole")
    put_two_blocks(campus, "silent-block", second_block=False)
    put_two_blocks(campus, "half-day", grid_until=NOON)
    module_warehouse.dbt("run", "--select", "+battery_daily", "+site_power_5min")
    return module_warehouse


def put_two_blocks(campus, site, *, second_block=True, grid_until=NEXT):
    campus.site(site, zone="UTC")
    campus.meter(site, f"{site}-grid", "grid")
    campus.meter(site, f"{site}-load", "load")
    campus.meter(site, f"{site}-gt", "turbine", 16.47)
    for block in (1, 2):
        campus.meter(site, f"{site}-b{block}", "battery", 50, energy_mwh=200)
    campus.warehouse.put(
        "reference.contingencies",
        [
            {
                "contingency_id": f"{site}-unit-lost",
                "site_id": site,
                "loses": "largest_unit",
                "duration_min": 20,
                "soc_floor_pct": 10,
                "discharge_efficiency": 0.96,
            }
        ],
    )
    campus.steady(site, f"{site}-load", "load", 60, DAY, NEXT)
    campus.steady(site, f"{site}-gt", "turbine", 8, DAY, NEXT)
    campus.steady(site, f"{site}-grid", "grid", 52, DAY, grid_until)
    full = {"soc_pct": 80, "available_discharge_mw": 50, "status": "'available'"}
    campus.steady(site, f"{site}-b1", "battery", 0, DAY, NEXT, **full)
    campus.steady(site, f"{site}-b2", "battery", 0, DAY, NEXT, **(full if second_block else {}))


def site_row(sites, site):
    return sites.rows(
        "select autonomy_min_p05, autonomy_reason, availability_capacity_pct, is_bound "
        f"from marts.battery_daily where site_id = '{site}' and device_id is null"
    )


def test_two_blocks_carry_what_the_lost_unit_gave(sites):
    minutes = 60 * 0.70 * 400 * 0.96 / 8

    assert site_row(sites, "whole") == [(minutes, None, 100, False)]


def test_a_block_without_a_state_of_charge_leaves_the_site_without_one(sites):
    assert site_row(sites, "silent-block") == [(None, "missing_source", None, True)]
    assert sites.rows(
        "select distinct soc_pct from marts.site_power_5min where site_id = 'silent-block'"
    ) == [(None,)]


def test_half_a_day_is_no_percentile_of_a_day(sites):
    assert site_row(sites, "half-day") == [(None, "missing_source", 100, True)]
