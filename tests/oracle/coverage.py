"""How much of what was expected is there: `quality.coverage_hourly`, `quality.coverage_daily`.

Written from the definitions of interface and accounting: expected is what a feed's contract promises of
a device in commission, of values that exist only while fuel burns the time in which it does. Of two
feeds of a column the one counts that gives more of the hour. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from tests.oracle.clock import HOUR, floor
from tests.oracle.power import Key
from tests.oracle.site import Row, Site, overlaps, value

BURNING = {"nox_ppm", "o2_pct"}
"""Columns of these campuses that exist only while fuel burns; a monitor vouches for them."""

PARTS = ("expected_s", "good_s", "substituted_s", "missing_s")


def coverage_hourly(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, for every hour of the UTC days on which the site was read."""
    yield from all_hours(site).items()


@lru_cache
def all_hours(site: Site) -> dict[Key, Row]:
    """Key → row of `quality.coverage_hourly`."""
    found: dict[Key, Row] = {}
    columns = {(row["device_id"], row["column_name"]) for row in site.reference["feed_columns"]}
    for device, column in sorted(columns):
        for day in utc_days(site):
            for n in range(24):
                hour = datetime(day.year, day.month, day.day) + n * HOUR
                found[site.site_id, device, column, hour] = _hour(site, device, column, hour)
    return found


def coverage_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row: the sums of its hours."""
    sums: dict[Key, Row] = {}
    for (site_id, device, column, hour), row in all_hours(site).items():
        key = (site_id, device, column, hour.date())
        before = sums.get(key, dict.fromkeys(PARTS, 0))
        sums[key] = {part: before[part] + row[part] for part in PARTS}
    yield from sums.items()


@lru_cache
def utc_days(site: Site) -> list[date]:
    """UTC days with a reading."""
    return sorted({row["interval_start_utc"].date() for rows in site.readings.values() for row in rows})


def _hour(site: Site, device: str, column: str, hour: datetime) -> Row:
    by_feed: dict[str, list[int]] = {}
    for row, seconds in _hours(site, device).get(hour, []):
        if row[column] is not None and (column not in BURNING or site.is_vouched_for(row)):
            parts = by_feed.setdefault(row["feed_id"], [0, 0])
            parts[row["method"] == "substituted"] += seconds
    expected = _burning_s(site, device, hour) if column in BURNING else 3600
    good = min(max((parts[0] for parts in by_feed.values()), default=0), expected)
    filled = min(max((parts[1] for parts in by_feed.values()), default=0), expected - good)
    return dict(zip(PARTS, (expected, good, filled, expected - good - filled), strict=True))


@lru_cache
def _hours(site: Site, device: str) -> dict[datetime, list[tuple[Row, int]]]:
    found: dict[datetime, list[tuple[Row, int]]] = {}
    for row in site.readings.get(device, []):
        for start, seconds in overlaps(row, 3600):
            found.setdefault(start, []).append((row, seconds))
    return found


def _burning_s(site: Site, unit: str, hour: datetime) -> int:
    """Time with fuel flow or output above the threshold of running."""
    burning, nameplate = site.parameters["fuel_flow_running_scfh"], site.devices[unit]["nameplate_mw"]
    running = nameplate * site.parameters["running_threshold_pct"] / 100
    return sum(
        seconds
        for row, seconds in _hours(site, unit).get(floor(hour, 3600), [])
        if ((flow := value(row, "fuel_flow_scfh")) is not None and flow > burning)
        or ((power := value(row, "gross_mw")) is not None and power > running)
    )
