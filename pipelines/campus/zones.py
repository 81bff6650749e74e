"""Time zones by their IANA names, the same on every host.

Here must not live: the repeated and the missing hour of a clock (`cleaning`).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_HOSTS = {"localtime", "Factory", "posixrules"}
"""Names of the zone database that are no place: `localtime` is whatever the host is set to."""


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone."""
    return name in _names()


def offsets(zone: str, since: date, years: int = 20) -> set[timedelta]:
    """Every offset from UTC that a zone has from a day on, as far as is known today.

    Looks at each month, since no clock is changed twice within one.
    """
    place = ZoneInfo(zone)
    months = range(12 * since.year + since.month - 1, 12 * (since.year + years))
    instants = [datetime(since.year, since.month, since.day, tzinfo=UTC)]
    instants += [datetime(month // 12, month % 12 + 1, 15, tzinfo=UTC) for month in months]
    return {offset for each in instants if (offset := each.astimezone(place).utcoffset()) is not None}


def write_offset(offset: timedelta) -> str:
    """-6 h → `-06:00`."""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones() - _HOSTS)
