"""Parquet: every column as the exact text of its values.

Integers and decimals keep every digit, floats become the shortest text that reads back as the same
float, stamps become ISO 8601 with the offset where the column has a zone. A stamp beyond the years of
ISO 8601 becomes the integer that the file holds: no clock reads it, so the one record is rejected. The
columns have types, so no record can be ragged; a column that has no text form refuses the file unless the
contract ignores it.
Here must not live: casts to what a contract expects.
"""

import re
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.decompression import MAX_BYTES
from pipelines.readers.fields import counted, numbered
from pipelines.readers.header import check_names
from pipelines.readers.table import REJECTED, TextTable

MAX_CELLS = 2**31
"""Most values of one file: run-length encoding packs any number of equal ones into a few bytes."""
WITH_TEXT = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal128,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    lambda kind: pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type),
)
"""Types of columns that can be given back as text."""
ISO = "%Y-%m-%dT%H:%M:%S%.f"
DAY_S = 86_400
FIRST_S, LAST_S = -719_161 * DAY_S, 2_932_895 * DAY_S
"""2 January of year 1 and 30 December 9999, in seconds of 1970: four digits of a year in every zone."""
PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}
FIXED_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
"""A zone of Arrow that polars does not know."""
RESEND = "Send the file again"


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a Parquet file as text; see `pipelines.readers.read`."""
    if path.stat().st_size == 0:
        raise Refusal("empty_file", "the file has no bytes", RESEND)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            schema = file.schema_arrow
            names = [field.name for field in schema if _has_text(field) or not _is_ignored(field, contract)]
            check_names(names, contract)
            _check_size(file)
            wanted = [name for name in names if columns is None or name in columns]
            _check_types(schema, names)
            rows, table = file.metadata.num_rows, file.read(wanted)
            table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "parquet_unreadable", f"the file is not sound Parquet ({_first_line(error)})", RESEND
        ) from error
    frame = pl.DataFrame([_column(name, table[name]) for name in wanted])
    return TextTable(numbered(frame, counted(1, rows)), REJECTED.to_frame(), skipped=0)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _has_text(field: pa.Field) -> bool:
    return any(is_kind(field.type) for is_kind in WITH_TEXT)


def _is_ignored(field: pa.Field, contract: Contract) -> bool:
    return any(re.fullmatch(pattern, field.name) for pattern in contract.ignore)


def _check_size(file: pq.ParquetFile) -> None:
    metadata = file.metadata
    size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if size > MAX_BYTES or metadata.num_rows * metadata.num_columns > MAX_CELLS:
        raise Refusal(
            "archive_bomb",
            f"the file has {metadata.num_rows} rows and {size} bytes, more than a delivery may have",
            "If the file is genuine, send it in parts",
        )


def _check_types(schema: pa.Schema, names: Collection[str]) -> None:
    for field in map(schema.field, names):
        if not _has_text(field):
            raise Refusal(
                "column_without_text",
                f"the column {field.name!r} holds {field.type}, which has no text form",
                "Name the column under `ignore` in the feed contract, or leave it out of the file",
            )


def _column(name: str, values: pa.ChunkedArray) -> pl.Series:
    """A column as text."""
    try:
        if pa.types.is_timestamp(values.type) and (zone := FIXED_OFFSET.fullmatch(str(values.type.tz))):
            return _at_offset(name, values, *zone.groups())
        return _as_text(pl.Series(name, values))
    except pl.exceptions.PolarsError as error:
        raise Refusal(
            "column_without_text",
            f"the column {name!r} holds {values.type}, which cannot be given as text ({_first_line(error)})",
            "Name the column under `ignore` in the feed contract, or send it with another type",
        ) from error


def _as_text(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        return _stamps(values, ISO + ("%:z" if dtype.time_zone else ""))
    if dtype == pl.Date:
        held = values.to_physical()
        sound = values.set(~held.is_between(FIRST_S // DAY_S, LAST_S // DAY_S), None)
        return _or_integer(sound.dt.strftime("%Y-%m-%d"), held)
    if dtype == pl.Time:
        return values.dt.strftime("%H:%M:%S%.f")
    return values.cast(pl.String)


def _at_offset(name: str, values: pa.ChunkedArray, sign: str, hours: str, minutes: str) -> pl.Series:
    """Stamps in the zone of a fixed offset: the wall clock there, and the offset behind it."""
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    utc = pl.Series(name, values.cast(pa.timestamp(values.type.unit)))
    return _stamps(utc, f"{ISO}{sign}{hours}:{minutes}", -ahead if sign == "-" else ahead)


def _stamps(values: pl.Series, form: str, ahead: timedelta = timedelta(0)) -> pl.Series:
    """Instants as text, `ahead` of what the file holds."""
    unit, held = values.dtype.time_unit, values.to_physical()  # type: ignore[attr-defined]
    first, last = FIRST_S * PER_SECOND[unit], LAST_S * PER_SECOND[unit]
    sound = values.set(~held.is_between(max(first, -(2**63)), min(last, 2**63 - 1)), None)
    shifted = sound + pl.Series([ahead]).cast(pl.Duration(unit))
    return _or_integer(shifted.dt.strftime(form), held)


def _or_integer(text: pl.Series, held: pl.Series) -> pl.Series:
    """The text, and where there is none the integer that the file holds."""
    return text.zip_with(text.is_not_null(), held.cast(pl.String))
