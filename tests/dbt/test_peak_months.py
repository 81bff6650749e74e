"""Months of the peak share are as long as the site's clock says: 743 hours in March, 721 in November."""

import pytest

from tests.dbt.small_campus import SmallCampus


@pytest.mark.parametrize(
    ("first", "last", "start", "end", "month"),
    [
        ("2026-02-28", "2026-04-01", "2026-03-01 06:00:00", "2026-04-01 05:00:00", "2026-03"),
        ("2025-10-31", "2025-12-01", "2025-11-01 05:00:00", "2025-12-01 06:00:00", "2025-11"),
    ],
)
def test_a_whole_month_is_whole_whatever_the_clocks_do(warehouse, first, last, start, end, month):
    write_month(warehouse, first, last)
    SmallCampus(warehouse, first, last).steady("m1", "grid-01", "grid", 50, start, end)
    warehouse.dbt("run", "--select", "+peak_grid_share")

    assert shares(warehouse, month) == [(False, 100)]


def test_an_hour_that_is_missing_in_november_is_missing(warehouse):
    write_month(warehouse, "2025-10-31", "2025-12-01")
    campus = SmallCampus(warehouse, "2025-10-31", "2025-12-01")
    campus.steady("m1", "grid-01", "grid", 50, "2025-11-01 05:00:00", "2025-11-10 12:00:00")
    campus.steady("m1", "grid-01", "grid", 50, "2025-11-10 13:00:00", "2025-12-01 06:00:00")
    warehouse.dbt("run", "--select", "+peak_grid_share")

    assert shares(warehouse, "2025-11") == [(True, pytest.approx(100 * 720 / 721, abs=1e-6))]


def test_a_substituted_import_gives_a_share_and_no_coverage(warehouse):
    write_month(warehouse, "2025-10-31", "2025-12-01")
    campus = SmallCampus(warehouse, "2025-10-31", "2025-12-01")
    span = ("2025-11-01 05:00:00", "2025-12-01 06:00:00")
    campus.steady("m1", "grid-01", "grid", 50, *span, method="substituted")
    warehouse.dbt("run", "--select", "+peak_grid_share")

    assert shares(warehouse, "2025-11") == [(False, 0)]


def write_month(warehouse, first, last):
    """A campus with a grid meter within a system of 20 to 20.5 GW."""
    campus = SmallCampus(warehouse, first, last)
    campus.site("m1")
    campus.site("tva")
    campus.meter("m1", "grid-01", "grid")
    campus.feed("tva", "tva_demand")
    warehouse.put("reference.site_systems", [{"site_id": "m1", "system_id": "tva", "includes_campus": True}])
    warehouse.run(
        f"""
        insert into affected.system_demand
            (site_id, device_id, feed_id, interval_start_utc, interval_s, file_id, row_number, method,
            utc_date, demand_mw)
        select 'tva', 'tva', 'tva_demand', ts, 3600, 'file', 1, 'measured', cast(ts as date), 20000 + hour(ts)
        from range(timestamp '{first}', timestamp '{last}' + interval 1 day, interval 1 hour) as hours (ts)
        """
    )


def shares(warehouse, month):
    return warehouse.rows(
        "select is_bound, cast(data_coverage_pct as double) from marts.peak_grid_share "
        f"where period = '{month}' and definition = 'coincident_inclusive'"
    )
