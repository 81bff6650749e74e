"""The simulated time: equal intervals between two local midnights, and seeded random numbers.

Here must not live: anything that happens in that time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.int64]

HOUR_S = 3600


@dataclass(frozen=True)
class Span:
    """Intervals `[start + n·interval_s, +interval_s)` for n < steps.

    Attributes:
        start: Start of the first interval, UTC.
        steps: Number of intervals.
        interval_s: Their length [s]; divides an hour.
    """

    start: datetime
    steps: int
    interval_s: int

    @cached_property
    def epochs(self) -> Instants:
        """Interval starts [s since 1970 UTC], shape (steps,)."""
        return int(self.start.timestamp()) + self.interval_s * np.arange(self.steps, dtype=np.int64)

    @property
    def end(self) -> datetime:
        """End of the last interval, UTC."""
        return self.start + timedelta(seconds=self.steps * self.interval_s)

    @property
    def hours(self) -> float:
        """Length of one interval [h]."""
        return self.interval_s / HOUR_S

    def steps_of(self, seconds: float) -> int:
        """How many intervals last about `seconds`; at least one."""
        return max(1, round(seconds / self.interval_s))

    def index(self, instant: datetime) -> int:
        """Number of the interval that holds `instant`, clipped to 0 … steps."""
        passed = (instant - self.start).total_seconds() // self.interval_s
        return int(min(max(passed, 0), self.steps))

    def local_dates(self, zone: str) -> pl.Series:
        """Local date of each interval's start, in the zone's prevailing time."""
        stamps = pl.Series("local_date", self.epochs * 1_000_000).cast(pl.Datetime("us", "UTC"))
        return stamps.dt.convert_time_zone(zone).dt.date()


def span_of(start: date, days: int, zones: list[str], interval_s: int) -> Span:
    """The span of local days, from the earliest midnight of the zones to the latest.

    Raises:
        ValueError: No days, or an interval that does not divide an hour.
    """
    if days < 1 or interval_s < 1 or HOUR_S % interval_s:
        raise ValueError("simulate at least one day, at an interval that divides an hour")
    last = start + timedelta(days=days)
    begin = min(_midnight(start, zone) for zone in zones)
    end = max(_midnight(last, zone) for zone in zones)
    return Span(begin, int((end - begin).total_seconds()) // interval_s, interval_s)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def generator(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of one thing: independent of every other thing and of the order of calls."""
    return np.random.default_rng([seed, crc32("/".join(names).encode())])


def wander(span: Span, rng: np.random.Generator, rows: int, every_s: int) -> Array:
    """Slow noise: standard normal knots every `every_s` seconds, joined by straight lines.

    Returns:
        Shape (rows, steps); mean 0, standard deviation at most 1.
    """
    knots = np.arange(0, span.steps * span.interval_s + 2 * every_s, every_s, dtype=np.float64)
    at = span.interval_s * np.arange(span.steps, dtype=np.float64)
    values = rng.standard_normal((rows, knots.size))
    return np.stack([np.interp(at, knots, row) for row in values]) if rows else np.empty((0, span.steps))
