"""What a column of a reading means: the words every other definition is made of.

Here live the classes `Column` and `Kind`. Here must not live: any particular column (one module per
kind), any file, any cleaning rule.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Meaning(StrEnum):
    """What one value says about its interval [interval_start_utc, +interval_s)."""

    MEAN = "mean over the whole interval, standstill included"
    COMBUSTING_MEAN = "mean over the combusting part of the interval"
    AMOUNT = "amount of the interval"
    LEVEL = "level at the start of the interval"
    CODE = "code or word as delivered"


@dataclass(frozen=True, slots=True)
class Column:
    """One value column of a kind.

    Attributes:
        name: Column name; the unit ends the name.
        unit: Canonical unit symbol of `campus.units`; empty for codes.
        meaning: What one value says about its interval.
        low: Smallest plausible value [unit], or None. A feed may narrow the range, never widen it.
        high: Largest plausible value [unit], or None.
        description: One sentence for people, shown in DuckDB's catalogue and docs/columns.md.
    """

    name: str
    unit: str
    meaning: Meaning
    low: float | None
    high: float | None
    description: str

    @property
    def is_number(self) -> bool:
        """Whether values are numbers (DOUBLE) rather than codes (text)."""
        return self.meaning is not Meaning.CODE


def code(name: str, description: str) -> Column:
    """A text column: a status word or a code, kept as delivered."""
    return Column(name, "", Meaning.CODE, None, None, description)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of reading: one table `readings.<name>`.

    Attributes:
        name: Table name.
        device: What one row is about, for descriptions ("meter", "unit").
        description: One sentence for people.
        columns: Value columns in table order.
        has_methods: Whether each value says for itself how it came about; else only the row does.
        by_name: Name → value column.
        methods: Name of a value column → the column that says how its values came about.
    """

    name: str
    device: str
    description: str
    columns: tuple[Column, ...]
    has_methods: bool = False
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)
    methods: dict[str, "TableColumn"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        methods = {column.name: _method_of(column) for column in self.columns if self.has_methods}
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "methods", methods)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table that is not a value of a reading (keys, accounts, findings).

    Attributes:
        name: Column name.
        dtype: One of text, integer, number, boolean, date, timestamp.
        unit: Unit symbol or empty.
        description: One sentence for people.
        required: Whether NULL is forbidden.
    """

    name: str
    dtype: str
    unit: str
    description: str
    required: bool = True


def _method_of(column: Column) -> TableColumn:
    """The column beside a value column that says how its values came about."""
    said = f"measured, calculated or substituted: how {column.name} came about; NULL where it is NULL"
    return TableColumn(f"{column.name}_method", "text", "", said, required=False)
