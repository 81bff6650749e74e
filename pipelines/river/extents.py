"""Which days a file touches, written into one text of its survey and read back.

A day is touched by every record that lies within the feed's context of it. Here must not live: files.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipelines.cleaning import Reach

DAY = timedelta(days=1)


def written(days: Iterable[Reach]) -> str:
    """`first/last` of each day, ISO, separated by blanks."""
    return " ".join(f"{reach.first.isoformat()}/{reach.last.isoformat()}" for reach in days)


def read_back(text: str) -> list[Reach]:
    """The inverse of `written`."""
    found = []
    for part in text.split():
        first, last = (datetime.fromisoformat(stamp) for stamp in part.split("/"))
        found.append(Reach(first.date(), first, last))
    return found


def around(days: Iterable[Reach], context: timedelta) -> set[date]:
    """Days that have no record of the file but lie within `context` of one."""
    reached: set[date] = set()
    own: set[date] = set()
    for reach in days:
        own.add(reach.day)
        day = reach.day
        while midnight(day) > reach.first - context:
            day -= DAY
            reached.add(day)
        day = reach.day + DAY
        while midnight(day) <= reach.last + context:
            reached.add(day)
            day += DAY
    return reached - own


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - instants are naive UTC throughout
