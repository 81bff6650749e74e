"""What of a kind is missing, doubted, refused and late on a local day: `data_quality_daily`.

Written from the mart's own descriptions; days that were read in part have a row only where something of the
kind is there. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.oracle.clock import HOUR, floor
from tests.oracle.coverage import PARTS, all_hours, utc_days
from tests.oracle.exact import amount, quotient
from tests.oracle.power import Key
from tests.oracle.site import Row, Site

MOST_INPUTS = 10


def data_quality_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    kinds = {(row["device_id"], row["column_name"]): row["kind"] for row in site.reference["feed_columns"]}
    hours: dict[tuple[str, date], dict[str, dict[datetime, Row]]] = defaultdict(lambda: defaultdict(dict))
    for (_, device, column, hour), row in all_hours(site).items():
        hours[kinds[device, column], site.clock.day(hour)][f"{device}.{column}"][hour] = row
    for (kind, day), inputs in sorted(hours.items()):
        sums = {part: sum(row[part] for rows in inputs.values() for row in rows.values()) for part in PARTS}
        if sums["good_s"] + sums["substituted_s"] or _is_read_whole(site, day):
            yield (site.site_id, kind, day), _row(site, kind, day, inputs, sums)


def _is_read_whole(site: Site, day: date) -> bool:
    begins = site.clock.midnight(day)
    ends = begins + timedelta(seconds=site.clock.seconds(day) - 1)
    return {begins.date(), ends.date()} <= set(utc_days(site))


def _row(
    site: Site, kind: str, day: date, inputs: dict[str, dict[datetime, Row]], sums: dict[str, int]
) -> Row:
    expected = Decimal(sums["expected_s"])
    coverage = amount(quotient(Decimal(100 * sums["good_s"]), expected))
    missing = {name: sum(row["missing_s"] for row in rows.values()) for name, rows in inputs.items()}
    longest = sorted((name for name in missing if missing[name]), key=lambda name: (-missing[name], name))
    return {
        "coverage_pct": coverage,
        "gaps": sum(_gaps(rows) for rows in inputs.values()),
        "rejected_rows": sum(_is_of(site, kind, day, row) for row in site.quality["rejected_rows"]),
        "findings": sum(_is_of(site, kind, day, row) for row in site.quality["findings"]),
        "late_files": sum(_is_late(site, kind, day, row) for row in site.quality["files"]),
        "missing_inputs": ", ".join(longest[:MOST_INPUTS]) or None,
        "substituted_pct": amount(quotient(Decimal(100 * sums["substituted_s"]), expected)),
        "data_coverage_pct": coverage,
        "reason": "nothing_expected" if coverage is None else None,
    }


def _gaps(rows: dict[datetime, Row]) -> int:
    """Unbroken rows of hours in which something is missing."""
    missing = {hour for hour, row in rows.items() if row["missing_s"]}
    return sum(hour - HOUR not in missing for hour in missing)


def _is_of(site: Site, kind: str, day: date, row: Row) -> bool:
    """Whether a doubt about a value is of that kind and its interval of that day.

    What is about a file or a record is of its feed's kind, the first by name; a refused record is of the
    day that its UTC noon lies in.
    """
    of_feed = _columns(site, row["feed_id"])
    own = [column["kind"] for column in of_feed if column["column_name"] == row.get("column_name")]
    if row["utc_date"] is None or min(own or [column["kind"] for column in of_feed]) != kind:
        return False
    at = row.get("interval_start_utc") or datetime.combine(row["utc_date"], time(12))
    return site.clock.day(at) == day


def _is_late(site: Site, kind: str, day: date, row: Row) -> bool:
    """A file received later after its last interval than its feed allows, on the day of that interval."""
    feed = next(feed for feed in site.reference["feeds"] if feed["feed_id"] == row["feed_id"])
    allowed = feed["lateness_s"] or int(site.parameters["late_file_hours"]) * 3600
    kinds = {
        column["kind"] for column in site.reference["feed_columns"] if column["feed_id"] == row["feed_id"]
    }
    last = row["last_interval_utc"]
    is_late = row["received_at"] > last + timedelta(seconds=allowed)
    return is_late and kind in kinds and site.clock.day(floor(last, 3600)) == day


def _columns(site: Site, feed: str) -> list[Row]:
    return [column for column in site.reference["feed_columns"] if column["feed_id"] == feed]
