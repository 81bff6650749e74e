"""The feed contract: one YAML says how a file of a feed is to be read.

Everything a reader and the cleaning need to know about a source and nothing about any other. The
JSON Schema in docs/feed-contract.schema.json is made from these classes, so that editors complete it.
Here must not live: reading files, applying rules.
"""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, NaiveDatetime, field_validator, model_validator

from pipelines.campus.durations import Duration
from pipelines.campus.identifiers import Identifier
from pipelines.campus.naming import COLUMNS, Counter, DeviceName, Tag, Validity, demand_one_meaning, is_column
from pipelines.campus.stamp_format import reason_against
from pipelines.campus.strict import Flag, Number, Pattern, Strict, Whole
from pipelines.campus.zones import is_zone
from pipelines.kinds import KINDS

__all__ = [
    "COLUMNS",
    "RESERVED",
    "Check",
    "Contract",
    "Counter",
    "DeviceName",
    "Dialect",
    "FoldColumn",
    "Long",
    "PerDevice",
    "Revision",
    "Stuck",
    "Tag",
    "Time",
    "Validity",
    "Wide",
]

FIXED_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")

RESERVED = "headroom:"
"""Headroom's own columns beside those of a file begin so; no column of a file may."""


class Dialect(Strict):
    """How delimited text is written.

    Records are numbered from 1 in the order of the file before anything is left out.
    """

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """The character between two cells."""
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    """A byte order mark is always accepted."""
    quote: Literal['"', "'"] | None = '"'
    """The character around a cell that holds a delimiter; null where none is used."""
    header: Flag = True
    """Whether the first record that is kept names the columns."""
    names: tuple[str, ...] = ()
    """Column names where there is no header, or where the header's names are to be replaced."""
    skip_records: Annotated[Whole, Field(ge=0)] = 0
    """Records above the header that are not data."""
    keep: Pattern | None = None
    """Only records that match carry data (or the header): the rule for multi-record files."""
    skip: tuple[Pattern, ...] = ()
    """Records that match are not data: comments, record types of no interest."""
    footer: tuple[Pattern, ...] = ()
    """Records at the end of the file that are not data. A group named `rows` is the declared count."""
    verify_rows: Flag = False
    """Refuse the file unless the declared count of the footer equals the data records."""
    blank_lines: Literal["skip", "reject"] = "skip"
    """Whether a blank line is nothing, or a record that is refused."""
    decimal: Literal[".", ","] = "."
    """The decimal separator."""
    thousands: Literal[",", ".", " ", "'"] | None = None
    """The separator between groups of three digits."""
    final_newline: Literal["optional", "required"] = "optional"
    """Whether a last record that no line break ends is taken, with the finding `no_final_newline`, or
    refused: it may have been cut in the middle of a number. Holds for JSON Lines too."""

    @model_validator(mode="after")
    def _consistent(self) -> "Dialect":
        if not self.header and not self.names:
            raise ValueError("a file without a header needs `names`")
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are the same character")
        if self.verify_rows and not any("(?P<rows>" in pattern for pattern in self.footer):
            raise ValueError("`verify_rows` needs a footer pattern with a group named `rows`")
        return self


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
    time to the second), `epoch_s`, `epoch_ms`."""
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


class Long(Strict):
    """One value a record: tag, stamp, value."""

    kind: Literal["long"]
    """Layout: one value a record."""
    tag: str
    """Column that holds the tag."""
    value: str
    """Column that holds the value."""
    quality: str | None = None
    """Column with a quality word (`quality` says what each means)."""
    unit: str | None = None
    """A column with the unit of the value; it must equal the unit of the tag, else the value is refused."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has."""
        return (self.tag, self.value, self.quality, self.unit)


class Wide(Strict):
    """One stamp a record and one column a tag; the header's names are the tags."""

    kind: Literal["wide"]
    """Layout: one column a tag."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has: none but those of tags."""
        return ()


class PerDevice(Strict):
    """One record a device and stamp: a column names the device, the header's names are quantities."""

    kind: Literal["per_device"]
    """Layout: one record a device."""
    device: str
    """Column that names the device."""
    quality: str | None = None
    """Column with a quality word (`quality` says what each means)."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has."""
        return (self.device, self.quality)


Layout = Annotated[Long | Wide | PerDevice, Field(discriminator="kind")]


class Stuck(Strict):
    """A value that stays the same for at least `after` is not a measurement."""

    after: Duration
    """How long a value may stay the same."""
    companion: str | None = None
    """Only while this column of the same device moves; without it, always."""
    companion_moves: Annotated[Number, Field(ge=0)] = 0.0
    """By more than this [canonical unit] within the run."""


class Check(Strict):
    """Checks of one column, in canonical units, narrower than the kind's plausible range."""

    low: Number | None = None
    """Smallest plausible value."""
    high: Number | None = None
    """Largest plausible value."""
    null_numbers: tuple[Number, ...] = ()
    """Numbers that mean missing in this column, in units of the source."""
    off_below: Annotated[Number, Field(gt=0)] | None = None
    """|value| below this is the noise of a device that is off and becomes 0."""
    stuck: Stuck | None = None
    """When a value that stays the same is no measurement."""

    @model_validator(mode="after")
    def _ordered(self) -> "Check":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is above `high`")
        return self


class Revision(Strict):
    """How a later delivery of the same interval says that it is newer. Without one, the file hash decides."""

    by: Literal["column", "file_name", "received"]
    """What tells the newer delivery: a column, the file's name, or the order of receipt."""
    column: str | None = None
    """With `by: column`, the column's name; its values are compared."""
    pattern: Pattern | None = None
    """For file names: a regular expression whose group `revision` is compared as text."""

    @model_validator(mode="after")
    def _complete(self) -> "Revision":
        if self.by == "column" and not self.column:
            raise ValueError("`by: column` needs `column`")
        if self.by == "file_name" and "(?P<revision>" not in (self.pattern or ""):
            raise ValueError("`by: file_name` needs a `pattern` with a group named `revision`")
        return self


Verdict = Literal["good", "substituted", "calculated", "missing", "rejected"]


class Contract(Strict):
    """A feed: everything needed to read its files."""

    feed: Identifier
    """Id of the feed: the name of this file and of the landing folder."""
    site: Identifier
    """Site of the devices (reference/sites.csv)."""
    description: str
    """One sentence for people."""
    format: Literal["delimited", "parquet", "jsonl"]
    """Format of the files; plain, .gz, .zst or .zip with one member."""
    dialect: Dialect = Dialect()
    """Only for delimited text; `decimal` and `thousands` hold for text values of every format, and
    `final_newline` for JSON Lines too."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean missing in every column of this source."""
    column_nulls: dict[str, tuple[str, ...]] = Field(default={})
    """Texts that mean missing in one column: by its name in the file, by a tag, or by the column of the
    readings."""
    time: Time
    """When a record is."""
    layout: Layout
    """Where a record has its tag, its device and its values."""
    tags: Annotated[tuple[Tag, ...], Field(min_length=1)]
    """What each tag or column means."""
    devices: tuple[DeviceName, ...] = ()
    """Only for layout per_device."""
    ignore: tuple[Pattern, ...] = ()
    """Tags or columns that are known and not wanted (full match)."""
    quality: dict[str, Verdict] = Field(default={})
    """Quality words of the source, matched without regard to case. A word not listed refuses the value."""
    states: dict[str, Literal["missing", "rejected"]] = Field(default={})
    """Words a historian stores in place of a number (digital states), matched without regard to case."""
    vocabulary: dict[str, dict[str, str]] = Field(default={})
    """Code column → {word of the source: word of Headroom}, matched without regard to case."""
    checks: dict[str, Check] = Field(default={})
    """Column → checks."""
    cadence: Duration | None = None
    """Time between records of one device; the interval by default."""
    lateness: Duration = 86400
    """How long after its interval a record may arrive before it counts as late."""
    priority: Whole = 0
    """Where two feeds give one device's column, the higher wins."""
    revision: Revision | None = None
    """How a later delivery says that it is newer."""
    valid_from: date | None = None
    """First UTC day expected of this feed; days before are out of window."""
    valid_to: date | None = None
    """First UTC day no longer expected of it."""

    @model_validator(mode="after")
    def _consistent(self) -> "Contract":
        per_device = isinstance(self.layout, PerDevice)
        for index, tag in enumerate(self.tags):
            if per_device == (tag.device is not None):
                need = "must not name" if per_device else "must name"
                raise ValueError(f"tags[{index}] {need} a device in layout {self.layout.kind}")
        if per_device != bool(self.devices):
            raise ValueError("`devices` belongs to layout per_device, and only to it")
        if self.time.fold != "reject" and not self.time.zone:
            raise ValueError("`fold` other than reject needs a clock that is an IANA zone")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("`valid_from` is not before `valid_to`")
        demand_one_meaning(self.tags, "tags")
        demand_one_meaning(self.devices, "devices")
        return self

    @model_validator(mode="after")
    def _columns_fit(self) -> "Contract":
        for name in self.column_nulls:
            if not self._knows(name):
                raise ValueError(
                    f"column_nulls: {name!r} is no tag, no column of values and no column of readings here"
                )
        for name, check in self.checks.items():
            _fit_check(name, check)
        for name in self.vocabulary:
            if name != "status" and (name not in COLUMNS or COLUMNS[name][1].is_number):
                raise ValueError(f"vocabulary: {name!r} is not a column of codes; see docs/columns.md")
        return self

    def _knows(self, name: str) -> bool:
        """Whether a name of the file or of the readings can stand over values."""
        if isinstance(self.layout, Long) and name == self.layout.value:
            return True
        given = any(name == tag.column or (tag.is_template and is_column(name)) for tag in self.tags)
        return given or any(tag.matches(name) for tag in self.tags)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns of a file without which no record can be read; columns of values (tags) are apart."""
        fold, revision = self.time.fold, self.revision
        names = [
            *self.time.columns,
            *self.layout.key_columns,
            fold.column if isinstance(fold, FoldColumn) else None,
            revision.column if revision else None,
        ]
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def context_s(self) -> int:
        """How far outside a day its rules look [s]: the longest stuck threshold, or two intervals."""
        stuck = [check.stuck.after for check in self.checks.values() if check.stuck]
        return max([2 * self.time.interval, *stuck])

    @property
    def quality_column(self) -> str | None:
        """Column with the quality words, if any."""
        return None if isinstance(self.layout, Wide) else self.layout.quality


def _fit_check(name: str, check: Check) -> None:
    """A check may narrow what is plausible for the kind, not widen it."""
    if name not in COLUMNS:
        raise ValueError(f"checks: {name!r} is not a column of any kind; see docs/columns.md")
    kind, column = COLUMNS[name]
    if not column.is_number:
        raise ValueError(f"checks: {name} is a code; it has no range")
    low, high = column.low, column.high
    if low is not None and check.low is not None and check.low < low:
        raise ValueError(f"checks: {name}: low is below {low:g}, the smallest plausible value of the kind")
    if high is not None and check.high is not None and check.high > high:
        raise ValueError(f"checks: {name}: high is above {high:g}, the largest plausible value of the kind")
    if check.stuck and check.stuck.companion and check.stuck.companion not in KINDS[kind].by_name:
        raise ValueError(f"checks: {name}: the companion {check.stuck.companion!r} is no column of {kind}")
