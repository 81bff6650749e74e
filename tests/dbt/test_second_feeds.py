"""Two feeds of one device: where the preferred one is silent the other counts, not the whole hour lost."""

import pytest

from tests.dbt.small_campus import SmallCampus

DAY, SILENT, BACK, NEXT = (
    "2025-06-02 00:00:00",
    "2025-06-02 10:05:00",
    "2025-06-02 10:55:00",
    "2025-06-03 00:00:00",
)


@pytest.fixture(scope="module")
def two_feeds(module_warehouse):
    """SCADA of minutes says 10 MW; the preferred meter, silent from 10:05 to 10:55, says 12 MW.

    At `stub` the preferred meter says 99 MW in the first minute and nothing after it.
    """
    campus = SmallCampus(module_warehouse, "2025-06-02", "2025-06-02")
    campus.site("m1", zone="UTC")
    campus.meter("m1", "gt-01", "turbine", 16)
    campus.meter("m1", "bat-01", "battery", 50, energy_mwh=200)
    campus.meter("m1", "grid-01", "grid", 100)
    for device, quantity in (("gt-01", "turbine"), ("bat-01", "battery"), ("grid-01", "grid")):
        preferred = f"preferred_{quantity}"
        campus.feed("m1", preferred, priority=200)
        campus.steady("m1", device, quantity, 10, DAY, NEXT, interval_s=60)
        campus.steady("m1", device, quantity, 12, DAY, SILENT, interval_s=60, feed_id=preferred)
        campus.steady("m1", device, quantity, 12, BACK, NEXT, interval_s=60, feed_id=preferred)
    campus.site("large", zone="UTC")
    campus.meter("large", "grid-large", "grid", 4000)
    campus.steady("large", "grid-large", "grid", 3500, DAY, NEXT, interval_s=60)
    campus.site("stub", zone="UTC")
    campus.meter("stub", "grid-stub", "grid", 100)
    campus.feed("stub", "stub_preferred", priority=200)
    campus.steady("stub", "grid-stub", "grid", 10, DAY, NEXT, interval_s=60)
    first_minute = (DAY, "2025-06-02 00:01:00")
    campus.steady("stub", "grid-stub", "grid", 99, *first_minute, interval_s=60, feed_id="stub_preferred")
    marts = ("+turbine_hourly", "+battery_daily", "+coverage_hourly", "+site_power_5min")
    module_warehouse.dbt("run", "--select", *marts)
    return module_warehouse


def test_a_unit_hour_is_whole_where_the_feeds_are_whole_together(two_feeds):
    hours = two_feeds.rows(
        "select hour(hour_start_utc), cast(operating_time_h as double), cast(gross_mwh as double) "
        "from marts.turbine_hourly where hour(hour_start_utc) between 9 and 11 order by 1"
    )

    assert hours == [(9, 1, 12), (10, 1, pytest.approx((12 * 10 + 10 * 50) / 60)), (11, 1, 12)]


def test_the_energy_of_a_battery_is_that_of_both_feeds(two_feeds):
    discharged = (12 * (24 * 60 - 50) + 10 * 50) / 60

    assert two_feeds.rows(
        "select cast(discharged_mwh as double), reason, data_coverage_pct from marts.battery_daily "
        "where device_id is null and site_id = 'm1'"
    ) == [(pytest.approx(discharged), "insufficient_throughput", 100)]


def test_the_power_of_the_site_is_that_of_the_feed_that_covers_the_five_minutes(two_feeds):
    powers = two_feeds.rows(
        "select strftime(interval_start_utc, '%H:%M'), grid_mw from marts.site_power_5min "
        "where strftime(interval_start_utc, '%H:%M') in ('10:00', '10:05', '10:50', '10:55') "
        "and site_id = 'm1' order by 1"
    )

    assert powers == [("10:00", 12), ("10:05", 10), ("10:50", 10), ("10:55", 12)]


def test_a_connection_of_gigawatts_is_a_site_like_any_other(two_feeds):
    """Nameplate × seconds × per cent of it does not fit into DECIMAL(18, 6)."""
    assert two_feeds.rows(
        "select distinct grid_mw from marts.site_power_5min where site_id = 'large' and grid_mw is not null"
    ) == [(3500,)]


def test_quality_and_marts_agree_that_nothing_is_missing(two_feeds):
    assert two_feeds.rows("select sum(missing_s) from quality.coverage_hourly") == [(0,)]


def test_a_stub_of_a_few_seconds_does_not_displace_a_whole_five_minutes(two_feeds):
    assert two_feeds.rows(
        "select grid_mw from marts.site_power_5min where site_id = 'stub' order by interval_start_utc limit 1"
    ) == [(10,)]
