"""What cleaning takes in and gives back. Pure data, no files.

Here must not live: rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from pipelines.kinds import TableColumn
from pipelines.kinds.quality import ACCOUNTS, CORRECTIONS, FINDINGS, REJECTED_ROWS
from pipelines.kinds.schemas import polars_schema


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivered file as text.

    Attributes:
        file_id: sha256 of its bytes.
        file_name: Name under which it landed.
        received_at: When (UTC, naive).
        received_seq: Receive sequence; the order of `revision: {by: received}`.
        rows: `row_number` and the file's columns as text.
        unreadable: Records that could not be split: `row_number, rule, reason, raw`.
        remarks: What the reader noticed about the whole file: rules of `verdicts.FILE_RULES`.
        again: Reads the records of some row numbers again, where the text of a large file need not be kept
            until it is known which records are refused; None where `rows` are kept.
        is_regular: Whether a stretch of its text can be read alone.
    """

    file_id: str
    file_name: str
    received_at: datetime
    received_seq: int
    rows: pl.DataFrame
    unreadable: pl.DataFrame
    remarks: tuple[str, ...] = ()
    again: Callable[[Sequence[int]], pl.DataFrame] | None = None
    is_regular: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What a file holds of one UTC day: its first and its last interval [UTC]."""

    day: date
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a file lies in time, and its records that lie nowhere.

    Attributes:
        days: What the file holds of each UTC day with at least one record, ascending.
        rows_in: Records of the feed in the file, ignored ones left out.
        unstamped: Records without a readable time: `row_number, rule, reason, raw`.
        unstamped_values: How many values they hold.
        is_in_order: Whether a stretch of the file that is read alone gives what it does as part of the whole.
    """

    days: tuple[Reach, ...]
    rows_in: int
    unstamped: pl.DataFrame
    unstamped_values: int
    is_in_order: bool

    @property
    def dates(self) -> tuple[date, ...]:
        """UTC days with at least one record, ascending."""
        return tuple(reach.day for reach in self.days)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Accepted, rejected, findings and accounts of some days of one feed.

    Attributes:
        readings: Kind → readings (`kinds.schemas.reading_schema` and `utc_date`).
        rejected: Refused records (`kinds.quality.REJECTED_ROWS`).
        findings: Doubted values (`kinds.quality.FINDINGS`).
        accounts: What each file's records of each day came to (`kinds.quality.ACCOUNTS`).
        corrections: Values that a person corrected (`kinds.quality.CORRECTIONS`).
    """

    readings: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejected: pl.DataFrame = field(default_factory=lambda: _empty(REJECTED_ROWS))
    findings: pl.DataFrame = field(default_factory=lambda: _empty(FINDINGS))
    accounts: pl.DataFrame = field(default_factory=lambda: _empty(ACCOUNTS))
    corrections: pl.DataFrame = field(default_factory=lambda: _empty(CORRECTIONS))


def _empty(columns: tuple[TableColumn, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=polars_schema(columns))
