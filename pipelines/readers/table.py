"""What every reader gives back: numbered rows of text, and the records that could not be split.

Here must not live: a format, a type, a rule about values.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

ROW_NUMBER = "row_number"
REJECTED = pl.Schema({ROW_NUMBER: pl.Int64, "rule": pl.String, "reason": pl.String, "raw": pl.String})


@dataclass(frozen=True, slots=True)
class TextTable:
    """The records of one file as text.

    Attributes:
        frame: `row_number` (Int64) and the columns of the file (String), untouched. `row_number` is the
            physical record in the file from 1; headers and records left out are counted. An empty cell of
            delimited text is "", a null or absent value of other formats is null.
        rejected: `row_number, rule, reason, raw`: records that are data and cannot be split.
        skipped: Records that are not data: header, footer, blank lines, comments.
        remarks: What is to be said about the file as a whole, by name.
        is_regular: Whether every record is proven to be one sound line, so that any stretch of the text can
            be read alone.
    """

    frame: pl.DataFrame
    rejected: pl.DataFrame
    skipped: int
    remarks: tuple[str, ...] = ()
    is_regular: bool = False


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One record that cannot be split."""

    row_number: int
    rule: str
    reason: str
    raw: str


class Unfit(ValueError):
    """Why a record cannot be read: the name of the rule, and the reason for people."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule, self.reason = rule, reason
        super().__init__(reason)


def rejected_frame(rows: Iterable[RejectedRow]) -> pl.DataFrame:
    """Rejected records as a frame of the schema `REJECTED`."""
    return pl.DataFrame(
        [(row.row_number, row.rule, row.reason, row.raw) for row in rows], schema=REJECTED, orient="row"
    )
