"""What the names of a source mean: tags and columns, devices, and the UTC days on which they mean it.

Here must not live: where a record has its names (`contract`), the texts under them.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from pipelines.campus.strict import Number, Pattern, Strict, Whole
from pipelines.campus.units import UNITS, convertible
from pipelines.kinds import KINDS, Column, Meaning

COLUMNS: dict[str, tuple[str, Column]] = {
    column.name: (kind.name, column)
    for kind in KINDS.values()
    for column in kind.columns
    if column.name != "status"
}
"""Column name → (kind, column). Names are unique over the kinds but for `status`, found by its device."""


OPERATING_TIME = "operating_time_h"
"""The column that tells how long a device operated within the interval."""


def is_column(name: str) -> bool:
    """Whether any kind of reading has such a column."""
    return name == "status" or name in COLUMNS


def _some(factor: float) -> float:
    if factor == 0:
        raise ValueError("a scale of 0 makes every value 0; leave the tag out, or put it under `ignore`")
    return factor


def _filled_by(template: str, pattern: str | None) -> None:
    """A template may use only groups that the pattern has."""
    if pattern is None:
        return
    known = re.compile(pattern)
    for number, name in re.findall(r"\\(?:(\d+)|g<(\w+)>)", template):
        if (number and int(number) > known.groups) or (name and name not in known.groupindex):
            raise ValueError(f"{template!r} uses a group that {pattern!r} does not have")


class Validity(Strict):
    """A row of a map that holds from `valid_from` (inclusive) to `valid_to` (exclusive), UTC days."""

    valid_from: date | None = None
    """First UTC day the row holds; without it, always has."""
    valid_to: date | None = None
    """First UTC day it no longer holds; without it, still does."""

    @model_validator(mode="after")
    def _ordered(self) -> "Validity":
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("`valid_from` is not before `valid_to`")
        return self

    def holds(self, day: date) -> bool:
        """Whether the row holds on a UTC day."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)

    def overlaps(self, other: "Validity") -> bool:
        """Whether both rows hold on some day."""
        starts, ends = (self.valid_from, other.valid_from), (self.valid_to, other.valid_to)
        return max(day or date.min for day in starts) < min(day or date.max for day in ends)


class Named(Validity):
    """A row of a map that is about one name of the source, or about every name of a pattern."""

    pattern: Pattern | None = None
    """A regular expression for many names (full match); `device` and `column` may use its groups (`\\1`)."""

    @property
    @abstractmethod
    def exact(self) -> str | None:
        """The one name, None for a pattern."""

    def matches(self, name: str) -> bool:
        """Whether the row is about the name."""
        return name == self.exact or (self.pattern is not None and bool(re.fullmatch(self.pattern, name)))

    def filled(self, template: str, name: str) -> str:
        """A template with what the name has in the pattern's groups."""
        match = re.fullmatch(self.pattern, name) if self.pattern is not None else None
        return match.expand(template) if match else template


def demand_one_meaning(rows: Sequence[Named], place: str) -> None:
    """A name means one thing at a time; of patterns the first that matches counts.

    Raises:
        ValueError: Two rows about the same name hold on the same day.
    """
    known: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.exact is None:
            continue
        for other in known.setdefault(row.exact, []):
            if row.overlaps(rows[other]):
                raise ValueError(
                    f"{place}[{other}] and {place}[{index}] both say what {row.exact!r} means on the same "
                    "days; give them validity that does not overlap"
                )
        known[row.exact].append(index)


class Counter(Strict):
    """A register that only counts up; the lake holds its increments."""

    rollover: Annotated[Number, Field(gt=0)] | None = None
    """The register's modulus [unit of the tag]; a fall is then a rollover, otherwise a reset."""
    max_increment: Annotated[Number, Field(gt=0)]
    """Largest increment of one interval that can be true [unit of the tag]."""
    meter: str | None = None
    """Which meter it is, where one takes the place of another under a tag: they share no increment."""


class Tag(Named):
    """What a tag means: a device's column, its unit, scale and sign."""

    tag: str | None = None
    """The tag itself."""
    device: str | None = None
    """Device id (not in layout per_device, where a column names it)."""
    column: str
    """Column of the readings (docs/columns.md) that the tag gives."""
    unit: Annotated[str, Field(json_schema_extra={"enum": list(UNITS)})]
    """Unit of the source; empty text for codes. Values are converted to the column's unit."""
    scale: Annotated[Number, AfterValidator(_some)] = 1.0
    """Factor on the value before its unit is converted."""
    sign: Literal[1, -1] = 1
    """-1 where the source counts the other way round: grid import, battery discharge are positive here."""
    priority: Whole = 0
    """Where two tags give one device's column, the higher wins."""
    counter: Counter | None = None
    """Where the tag is a register that counts up."""
    quality: str | None = None
    """Column of the record with a quality word of this tag's values alone (not in layout long); `quality` of
    the feed says what each word means."""
    over: str | None = None
    """Tag of the operating time over which alone the source states the value, as EPA does loads: the value is
    multiplied by its share of the interval, once (not in layout long)."""
    within: str | None = None
    """Tag of the operating time within which all of the value came about; it is not multiplied (not in layout
    long). With `over` or `within`, an empty value is 0 where there was no operation."""

    @property
    def exact(self) -> str | None:
        """The tag itself, None for a pattern."""
        return self.tag

    @property
    def is_template(self) -> bool:
        """Whether the column depends on the name."""
        return self.pattern is not None and "\\" in self.column

    @property
    def operating(self) -> str | None:
        """Tag of the operating time of the values, if any."""
        return self.over or self.within

    def beside(self, name: str) -> tuple[str, ...]:
        """Columns of the record that say something about the values under a name."""
        return tuple(self.filled(template, name) for template in (self.quality, self.operating) if template)

    @field_validator("unit")
    @classmethod
    def _unit(cls, value: str) -> str:
        if value not in UNITS:
            known = ", ".join(unit for unit in UNITS if unit)
            raise ValueError(f"unknown unit {value!r}; known are {known}, and an empty text for codes")
        return value

    @model_validator(mode="after")
    def _one_name(self) -> "Tag":
        if (self.tag is None) == (self.pattern is None):
            raise ValueError("give either `tag` or `pattern`")
        _filled_by(self.column, self.pattern)
        for template in (self.device, self.quality, self.operating):
            _filled_by(template or "", self.pattern)
        if not self.is_template and not is_column(self.column):
            raise ValueError(f"{self.column!r} is not a column of any kind; see docs/columns.md")
        if self.column == "status" and self.unit:
            raise ValueError(f"status is a code (unit ''), it has no unit {self.unit!r}")
        if self.column in COLUMNS and not convertible(self.unit, COLUMNS[self.column][1].unit):
            canonical = COLUMNS[self.column][1].unit or "a code (unit '')"
            raise ValueError(f"{self.unit!r} cannot become {canonical} of {self.column}")
        return self

    @model_validator(mode="after")
    def _operating_time(self) -> "Tag":
        if self.operating is None:
            return self
        if self.over and self.within:
            raise ValueError("`over` and `within` exclude each other")
        meaning = COLUMNS[self.column][1].meaning if self.column in COLUMNS else None
        is_other = meaning not in (Meaning.MEAN, Meaning.AMOUNT) or self.column == OPERATING_TIME
        if is_other or self.counter:
            raise ValueError(
                "`over` and `within` are for means and amounts of an interval, not for registers, codes, "
                "columns that depend on the name, means over combusting time, or the operating time itself"
            )
        return self


class DeviceName(Named):
    """How a source names a device (layout per_device)."""

    name: str | None = None
    """The source's name of the device."""
    device: str
    """Device id; with `pattern` its groups may be used (`\\1`)."""

    @property
    def exact(self) -> str | None:
        """The name itself, None for a pattern."""
        return self.name

    @model_validator(mode="after")
    def _one_name(self) -> "DeviceName":
        if (self.name is None) == (self.pattern is None):
            raise ValueError("give either `name` or `pattern`")
        _filled_by(self.device, self.pattern)
        return self
