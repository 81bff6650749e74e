"""The civil clock of a site, straight from the time-zone database.

Here must not live: the warehouse's calendar, which this is to check.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
EPOCH = datetime(2000, 1, 1)


class Clock:
    """Prevailing local time of a site; instants are UTC without a zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def day(self, instant: datetime) -> date:
        """The local day an instant lies in."""
        return _day(self.zone, floor(instant, 3600))

    def midnight(self, day: date) -> datetime:
        """The instant a local day begins."""
        local = datetime.combine(day, time(), self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def seconds(self, day: date) -> int:
        """Length of a local day: 23, 24 or 25 hours."""
        return int((self.midnight(day + timedelta(days=1)) - self.midnight(day)).total_seconds())

    def intervals(self, day: date) -> list[datetime]:
        """Starts of its 5-minute intervals."""
        return [self.midnight(day) + n * FIVE_MINUTES for n in range(self.seconds(day) // 300)]


@cache
def _day(zone: ZoneInfo, hour: datetime) -> date:
    """A UTC hour lies within one local hour."""
    return hour.replace(tzinfo=UTC).astimezone(zone).date()


@lru_cache
def clock_of(zone: str) -> Clock:
    """One clock a zone."""
    return Clock(zone)


def floor(instant: datetime, seconds: int) -> datetime:
    """Start of the UTC bucket of so many seconds that holds an instant."""
    return instant - (instant - EPOCH) % timedelta(seconds=seconds)
