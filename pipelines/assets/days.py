"""UTC days as Dagster's daily partitions, and blocks of days as partition ranges.

Here must not live: which days are dirty (`river.plan`).
"""

from datetime import date
from typing import TYPE_CHECKING, cast

from dagster import DailyPartitionsDefinition, PartitionKeyRange

from pipelines.campus.campus import KIND_OF_DEVICE, Campus
from pipelines.campus.contract import COLUMNS, Contract
from pipelines.campus.refusal import CampusError, Mistake

if TYPE_CHECKING:
    from pipelines.campus.tables import Device

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def utc_days(campus: Campus) -> DailyPartitionsDefinition:
    """One partition a UTC day, from the earliest site's start up to and including today.

    Raises:
        CampusError: There is no site yet.
    """
    if not campus.sites:
        raise CampusError([Mistake("sites.csv", "table", "site_id", "there is no site", "Add a row")])
    first = min(site.starts_on for site in campus.sites.values())
    return DailyPartitionsDefinition(start_date=first.isoformat(), timezone="UTC", end_offset=1)


def range_tags(start: date, end: date, campus: Campus) -> dict[str, str]:
    """Run tags that make one run out of the days `start` to `end`, both included.

    Days before the first partition belong to it: the lake has some where a site's first day was corrected.
    """
    first = utc_days(campus).start.date()
    return {RANGE_START: max(start, first).isoformat(), RANGE_END: max(end, first).isoformat()}


def days_of(key_range: PartitionKeyRange, campus: Campus) -> tuple[date, date]:
    """First and last day of a partition range, with all days before the first partition where it is in it."""
    start, end = date.fromisoformat(key_range.start), date.fromisoformat(key_range.end)
    return (date.min if start <= utc_days(campus).start.date() else start), end


def kinds_of_sites(campus: Campus, sites: frozenset[str]) -> list[str]:
    """The kinds of readings that the devices of these sites give, in the order of the dictionary.

    A run of many days pays Dagster about 20 ms a day and asset, so it only names the kinds it can touch.
    """
    devices = cast("list[Device]", campus.tables["devices"])
    found = {KIND_OF_DEVICE[device.kind] for device in devices if device.site_id in sites}
    return [kind for kind in dict.fromkeys(KIND_OF_DEVICE.values()) if kind in found]


def kinds_of_feed(contract: Contract) -> frozenset[str]:
    """The kinds of readings a feed's columns belong to; every kind where a pattern decides."""
    columns = [tag.column for tag in contract.tags]
    if any("\\" in column for column in columns):
        return frozenset(KIND_OF_DEVICE.values())
    return frozenset(COLUMNS[column][0] for column in columns if column in COLUMNS)
