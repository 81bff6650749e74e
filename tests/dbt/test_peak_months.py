"""Months of the peak share are as long as the site's clock says: 743 hours in March, 721 in November."""

import pytest

from tests.dbt.small_campus import SmallCampus

MARCH = ("2026-03-01 06:00:00", "2026-04-01 05:00:00")
NOVEMBER = ("2025-11-01 05:00:00", "2025-12-01 06:00:00")


@pytest.fixture(scope="module")
def sites(module_warehouse):
    """One build, a campus for each month that can be, all within a system of 20 GW."""
    march = SmallCampus(module_warehouse, "2026-02-28", "2026-04-01")
    november = SmallCampus(module_warehouse, "2025-10-31", "2025-12-01")
    march.system("tva", "20000 + hour(ts)", "march")
    november.system("tva", "20000 + hour(ts)", "november", "hole", "substituted")
    put_a_campus(march, "march")
    march.steady("march", "march-grid", "grid", 50, *MARCH)
    for site in ("november", "hole", "substituted"):
        put_a_campus(november, site)
    november.steady("november", "november-grid", "grid", 50, *NOVEMBER)
    november.steady("hole", "hole-grid", "grid", 50, NOVEMBER[0], "2025-11-10 12:00:00")
    november.steady("hole", "hole-grid", "grid", 50, "2025-11-10 13:00:00", NOVEMBER[1])
    november.steady("substituted", "substituted-grid", "grid", 50, *NOVEMBER, method="substituted")
    module_warehouse.dbt("run", "--select", "+peak_grid_share")
    return module_warehouse


def put_a_campus(month, site):
    month.site(site)
    month.meter(site, f"{site}-grid", "grid")


def shares(sites, site, month):
    return sites.rows(
        "select is_bound, cast(data_coverage_pct as double) from marts.peak_grid_share "
        f"where site_id = '{site}' and period = '{month}' and definition = 'coincident_inclusive'"
    )


@pytest.mark.parametrize(("site", "month"), [("march", "2026-03"), ("november", "2025-11")])
def test_a_whole_month_is_whole_whatever_the_clocks_do(sites, site, month):
    assert shares(sites, site, month) == [(False, 100)]


def test_an_hour_that_is_missing_in_november_is_missing(sites):
    assert shares(sites, "hole", "2025-11") == [(True, pytest.approx(100 * 720 / 721, abs=1e-6))]


def test_a_substituted_import_gives_a_share_and_no_coverage(sites):
    assert shares(sites, "substituted", "2025-11") == [(False, 0)]
