"""Sound records into text columns.

Sound means: the quotes pair, every record has as many fields as there are names. `regular` and
`delimited` prove it first, nothing is checked here. Here must not live: what to do with unsound ones.
"""

import csv
import io
import re
from collections.abc import Collection, Sequence

import polars as pl

from pipelines.campus.contract import Dialect
from pipelines.readers.table import ROW_NUMBER
from pipelines.readers.text import MAX_LINE


def sound_record(dialect: Dialect) -> str:
    """A regular expression for one record whose quotes pair, for polars and Python alike."""
    delimiter = re.escape(dialect.delimiter)
    if dialect.quote is None:
        return "^[^\n]*$"
    quote = dialect.quote
    field = f"(?:{quote}(?:[^{quote}]|{quote}{quote})*{quote}|[^{quote}{delimiter}\n]*)"
    return f"^{field}(?:{delimiter}{field})*$"


def split_record(record: str, dialect: Dialect) -> list[str]:
    """Fields of one record, line breaks inside quotes included."""
    if dialect.quote is None:
        return record.split(dialect.delimiter)
    csv.field_size_limit(MAX_LINE)
    lines = io.StringIO(record, newline="")
    return next(csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True))


def parse_lines(
    source: object,
    names: Sequence[str],
    dialect: Dialect,
    columns: Collection[str] | None,
    skip_lines: int = 0,
) -> pl.DataFrame:
    """Split records of one line each.

    Args:
        source: A path or bytes.
        names: Names of all columns.
        dialect: How the text is written; the delimiter must be ASCII.
        columns: Parse only these; all by default.
        skip_lines: Lines in front of the records.
    """
    frame = pl.scan_csv(
        source,  # type: ignore[arg-type]
        has_header=False,
        separator=dialect.delimiter,
        quote_char=dialect.quote,
        skip_lines=skip_lines,
        schema=dict.fromkeys(names, pl.String()),
        empty_string_is_null=False,
        glob=False,
    )
    return frame.select([name for name in names if columns is None or name in columns]).collect()


def numbered(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """The frame with `row_number` in front; a frame without columns gets its height from the numbers."""
    return pl.DataFrame([numbers.alias(ROW_NUMBER), *frame.get_columns()])


def counted(first: int, rows: int) -> pl.Series:
    """Record numbers of `rows` neighbours from `first`."""
    return pl.int_range(first, first + rows, dtype=pl.Int64, eager=True)
