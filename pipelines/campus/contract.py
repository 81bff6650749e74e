"""The feed contract: one YAML says how a file of a feed is to be read.

Everything a reader and the cleaning need to know about a source and nothing about any other. The
JSON Schema in docs/feed-contract.schema.json is made from these classes, so that editors complete it.
Here must not live: reading files, applying rules.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from pipelines.campus.checks import (
    DEFAULTS,
    Check,
    Needs,
    Spike,
    Straight,
    Stuck,
    UnitRun,
    Zeros,
    effective_check,
    fit_check,
    reach_s,
)
from pipelines.campus.dialect import Dialect
from pipelines.campus.durations import Duration
from pipelines.campus.formats import STAMPED, Format
from pipelines.campus.identifiers import Identifier
from pipelines.campus.layouts import Corrections, Layout, Long, PerDevice, Wide
from pipelines.campus.naming import (
    COLUMNS,
    OPERATING_TIME,
    Counter,
    DeviceName,
    Tag,
    Validity,
    demand_one_meaning,
    is_column,
)
from pipelines.campus.strict import Pattern, Strict, Whole
from pipelines.campus.timing import FIXED_OFFSET, FoldColumn, Time

__all__ = [
    "COLUMNS",
    "OPERATING_TIME",
    "RESERVED",
    "Check",
    "Contract",
    "Corrections",
    "Counter",
    "DeviceName",
    "Dialect",
    "FoldColumn",
    "Long",
    "Needs",
    "PerDevice",
    "Revision",
    "Spike",
    "Straight",
    "Stuck",
    "Tag",
    "Time",
    "UnitRun",
    "Validity",
    "Wide",
    "Zeros",
]

RESERVED = "headroom:"
"""Headroom's own columns beside those of a file begin so; no column of a file may."""


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
    format: Format
    """Format of the files; plain, .gz, .zst or .zip with one member."""
    dialect: Dialect = Dialect()
    """Only for delimited text; `decimal` and `thousands` hold for text values of every format, and
    `final_newline` for every format of lines."""
    nulls: tuple[str, ...] = ("",)
    """Texts that mean missing in every column of this source."""
    column_nulls: dict[str, tuple[str, ...]] = Field(default={})
    """Texts that mean missing in one column: by its name in the file, by a tag, or by the column of the
    readings."""
    time: Time
    """When a record is."""
    layout: Layout
    """Where a record has its tag, its device and its values."""
    tags: tuple[Tag, ...] = ()
    """What each tag or column means. Only corrections name no tag: each says itself what it is about."""
    devices: tuple[DeviceName, ...] = ()
    """Only for layout per_device."""
    ignore: tuple[Pattern, ...] = ()
    """Tags or columns that are known and not wanted (full match)."""
    without_labels: tuple[str, ...] = ()
    """Only for Prometheus and InfluxDB: labels that are left out of the names of series, such as those of a
    slice of a GPU. Series which then share a name are deliveries of one value: equal ones count once."""
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
        if isinstance(self.layout, Corrections) != (not self.tags):
            raise ValueError("`tags` says what the values mean: every layout but corrections needs it")
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
        if self.time.declared_start and self.format in STAMPED:
            raise ValueError(
                f"every record of {self.format} has its time: name `columns`, not `declared_start`"
            )
        demand_one_meaning(self.tags, "tags")
        demand_one_meaning(self.devices, "devices")
        return self

    @model_validator(mode="after")
    def _part_of_file(self) -> "Contract":
        for key, owner in (("table", "aemo"), ("sheet", "xlsx")):
            if getattr(self.dialect, key) is not None and self.format != owner:
                raise ValueError(f"`dialect.{key}` belongs to format {owner}, and only to it")
        if self.format == "aemo" and self.dialect.table is None:
            raise ValueError("format aemo needs `dialect.table`, such as DISPATCH.UNIT_SCADA")
        if self.format in ("nem12", "aemo") and not FIXED_OFFSET.fullmatch(self.time.clock):
            raise ValueError(
                f"format {self.format} is in market time without daylight saving: `clock` is a fixed offset, "
                "'+10:00' in the east of Australia"
            )
        return self

    @model_validator(mode="after")
    def _beside(self) -> "Contract":
        times = [tag for tag in self.tags if tag.column == OPERATING_TIME]
        for index, tag in enumerate(self.tags):
            if isinstance(self.layout, Long) and (tag.quality or tag.operating):
                raise ValueError(f"tags[{index}]: in layout long nothing stands beside a value")
            if tag.operating and not any(tag.pattern or time.matches(tag.operating) for time in times):
                raise ValueError(f"tags[{index}]: {tag.operating!r} is no tag of {OPERATING_TIME}")
        return self

    @model_validator(mode="after")
    def _columns_fit(self) -> "Contract":
        for name in self.column_nulls:
            if not self._knows(name):
                raise ValueError(
                    f"column_nulls: {name!r} is no tag, no column of values and no column of readings here"
                )
        for name, check in self.checks.items():
            fit_check(name, check)
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

    def columns_beside(self, names: Sequence[str]) -> tuple[str, ...]:
        """Columns that say something about the values in columns of a file, in the order of the tags."""
        telling = [tag for tag in self.tags if tag.quality or tag.operating]
        about = (tag.beside(name) for tag in telling for name in names if tag.matches(name))
        return tuple(dict.fromkeys(beside for found in about for beside in found))

    @property
    def cadence_us(self) -> int:
        """How far apart records of one tag or device are expected [µs]."""
        return (self.cadence or self.time.interval) * 1_000_000

    @property
    def context_s(self) -> int:
        """How far outside a day its rules look [s]: two intervals, beyond them the farthest of its checks."""
        interval = self.time.interval
        given = {*self.checks, *(name for name in DEFAULTS if self._knows(name))}
        return 2 * interval + max([0, *(reach_s(name, self.checks, interval) for name in given)])

    def check(self, name: str) -> Check:
        """The checks of a column: its own, else the defaults."""
        return effective_check(name, self.checks.get(name))

    @property
    def quality_column(self) -> str | None:
        """Column with the quality words, if any."""
        return self.layout.quality if isinstance(self.layout, Long | PerDevice) else None
