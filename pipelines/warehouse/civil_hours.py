"""`reference.calendar_hours`: UTC hours and the civil days they lie in.

Every other place that needs a local day joins this table, so that the rules of daylight-saving time
are read from the time-zone database once. Here must not live: any other use of a time zone.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.tables import Site
from pipelines.kinds import TableColumn
from pipelines.warehouse.catalogue import FRAME_TYPES

CALENDAR_HOURS = (
    TableColumn("hour_start_utc", "timestamp", "", "start of the hour, UTC"),
    TableColumn("site_id", "text", "", "site whose clock it is"),
    TableColumn("utc_date", "date", "", "UTC day"),
    TableColumn("local_date", "date", "", "day by the site's prevailing local time"),
    TableColumn("month", "date", "", "first day of the month of local_date"),
    TableColumn("month_hours", "integer", "h", "length of that month by the site's clock"),
    TableColumn("year_hours", "integer", "h", "length of its year by the site's clock"),
    TableColumn("local_standard_date", "date", "", "day by local standard time without DST (Part 75)"),
    TableColumn("standard_month", "date", "", "first day of the month of local_standard_date"),
)


def calendar_hours(campus: Campus, last_day: date | None) -> pl.DataFrame:
    """All hours of the local days from the one before `starts_on` to the one after `last_day`.

    Local days are whole, so that counting their hours gives 23, 24 or 25. Every hour of the UTC days
    `starts_on` … `last_day` is there. Sites have offsets of whole hours.

    Args:
        campus: The campus.
        last_day: Last known UTC day; a site without one ends the day after `starts_on`.
    """
    frames = [_hours(site, max(last_day or site.starts_on, site.starts_on)) for site in _sites(campus)]
    schema = {column.name: FRAME_TYPES[column.dtype] for column in CALENDAR_HOURS}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _sites(campus: Campus) -> list[Site]:
    """One row a site: the one that holds last says its zone."""
    latest = {row.site_id: row for row in cast("list[Site]", campus.tables["sites"])}
    return [latest[site_id] for site_id in sorted(latest)]


def _hours(site: Site, last_day: date) -> pl.DataFrame:
    first, last = site.starts_on - timedelta(days=1), last_day + timedelta(days=1)
    begin = datetime.combine(first - timedelta(days=1), time())
    end = datetime.combine(last + timedelta(days=2), time())
    utc = pl.col("hour_start_utc")
    standard = (utc + _offset(site.standard_offset)).dt.date()
    local = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(site.time_zone).dt.date()
    hours = pl.datetime_range(begin, end, "1h", time_unit="us", eager=True).alias("hour_start_utc")
    return (
        pl.DataFrame([hours])
        .with_columns(
            site_id=pl.lit(site.site_id),
            utc_date=utc.dt.date(),
            local_date=local,
            month=local.dt.month_start(),
            local_standard_date=standard,
            standard_month=standard.dt.month_start(),
        )
        .filter(pl.col("local_date").is_between(first, last))
        .join(_lengths(first, last, ZoneInfo(site.time_zone)), on="month")
        .select(column.name for column in CALENDAR_HOURS)
    )


def _lengths(first: date, last: date, zone: ZoneInfo) -> pl.DataFrame:
    """Hours of each local month and of its year."""
    months = pl.date_range(first.replace(day=1), last, "1mo", eager=True).to_list()
    return pl.DataFrame(
        {
            "month": months,
            "month_hours": [_hours_between(month, _month_after(month), zone) for month in months],
            "year_hours": [_hours_between(date(m.year, 1, 1), date(m.year + 1, 1, 1), zone) for m in months],
        }
    )


def _month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _hours_between(first: date, after: date, zone: ZoneInfo) -> int:
    """Hours from one local midnight to another."""
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, after))
    return round((end - begin).total_seconds()) // 3600


def _offset(text: str) -> timedelta:
    """`-06:00` → minus six hours."""
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text[0] == "-" else size
