"""When a record is: stamp, clock, repeated hour, label, interval.

Here must not live: reading stamps (`cleaning.clock`).
"""

import re
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import NaiveDatetime, field_validator, model_validator

from pipelines.campus.durations import Duration
from pipelines.campus.stamp_format import EPOCHS, reason_against
from pipelines.campus.strict import Strict
from pipelines.campus.zones import is_zone

FIXED_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")


class FoldColumn(Strict):
    """A column that tells the two passes of a repeated hour apart."""

    column: str
    """The column's name."""
    first: tuple[str, ...]
    """Values that mean the first pass (daylight-saving time still in force)."""
    second: tuple[str, ...]
    """Values that mean the second pass (standard time)."""


class Time(Strict):
    """When a record is: columns, format, clock, label, interval."""

    columns: tuple[str, ...] = ()
    """Columns that together hold the stamp, joined by one blank."""
    format: str = "iso8601"
    """A format as polars writes it (`%Y-%m-%d %H:%M:%S`; fractions are `%.f`), or `iso8601` (date and
    time to the second), or a count since 1970: `epoch_s`, `epoch_ms`, and in whole numbers `epoch_us`,
    `epoch_ns`."""
    clock: str = "UTC"
    """`UTC`, a fixed offset such as `-06:00`, an IANA zone, or `in_value` (the stamp carries its offset)."""
    fold: Literal["reject", "file_order", "merged"] | FoldColumn = "reject"
    """The repeated hour of an IANA zone: refuse it, trust the order of the file, read a column, or
    (merged) take the one row there is as the second hour."""
    label: Literal["start", "end", "instant"] = "start"
    """What the stamp names: the start or the end of the interval, or an instant held until the next."""
    interval: Duration
    """Length of the interval a record stands for."""
    declared_start: NaiveDatetime | None = None
    """For files without stamps: the first interval's start by `clock`; record n is n intervals later."""
    order: Literal["ascending", "descending", "any"] = "any"
    """Order of the records. `fold: file_order` needs it where newest come first; a file that does not run
    so around a repeated hour has that hour refused."""

    @field_validator("clock", mode="before")
    @classmethod
    def _quoted(cls, value: object) -> object:
        if isinstance(value, int):
            raise ValueError("put the offset in quotes: YAML reads +10:00 as a number")
        return value

    @field_validator("clock")
    @classmethod
    def _clock(cls, value: str) -> str:
        if value in ("UTC", "in_value") or FIXED_OFFSET.fullmatch(value) or is_zone(value):
            return value
        raise ValueError(f"{value!r} is not UTC, in_value, a fixed offset such as -06:00 or an IANA zone")

    @model_validator(mode="after")
    def _declared(self) -> "Time":
        if not self.columns and self.declared_start is None:
            raise ValueError(
                "no time column: name `columns`, or declare `declared_start` (every file then carries "
                "the finding declared_time)"
            )
        if self.columns and self.declared_start is not None:
            raise ValueError("`columns` and `declared_start` exclude each other")
        if self.declared_start and self.clock == "in_value":
            raise ValueError("`declared_start` needs a `clock`: there is no value that carries an offset")
        return self

    @model_validator(mode="after")
    def _format(self) -> "Time":
        if self.format in EPOCHS and self.clock != "UTC":
            raise ValueError(f"format {self.format!r} counts in UTC: leave `clock` out")
        carries_offset = self.clock == "in_value"
        reason = reason_against(self.format, carries_offset=carries_offset, interval_s=self.interval)
        if reason and self.columns:
            raise ValueError(f"format {self.format!r} cannot be used: {reason}")
        return self

    @property
    def zone(self) -> ZoneInfo | None:
        """The IANA zone, None for UTC, fixed offsets and stamps with an offset."""
        fixed = self.clock in ("UTC", "in_value") or FIXED_OFFSET.fullmatch(self.clock)
        return None if fixed else ZoneInfo(self.clock)
