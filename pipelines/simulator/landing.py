"""Landing files: records cut into deliveries, written in the feed's format, compressed.

The bytes depend on the records alone. Here must not live: what the records say (`records`).
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import zstandard

from pipelines.campus.contract import Contract
from pipelines.simulator.habits import habit_of
from pipelines.simulator.names import written
from pipelines.simulator.records import HIDDEN, START
from pipelines.simulator.stamps import file_dates

_ZIP_TIME = (2025, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file that will land.

    Attributes:
        name: File name.
        frame: Its records, with `_start` and `_device`.
        order_struck: Whether a fault of its clock or order has struck it: no second one may.
    """

    name: str
    frame: pl.DataFrame
    order_struck: bool = False


def deliveries(contract: Contract, frame: pl.DataFrame, zone: str) -> Iterator[Delivery]:
    """Cuts the records of a feed into files, by the days of the source's clock."""
    habit = habit_of(contract)
    starts = frame.get_column(START)
    unique = starts.unique().sort()
    day_of = pl.DataFrame({START: unique, "_day": file_dates(contract.time, unique.to_numpy(), zone)})
    first: date = day_of.get_column("_day").item(0)
    dated = frame.join(day_of, on=START, how="left", maintain_order="left").with_columns(
        ((pl.col("_day") - first).dt.total_days() // habit.days).alias("_file")
    )
    for part in dated.partition_by("_file", maintain_order=True):
        number: int = part.get_column("_file").item(0)
        name = habit.name.format(day=first + timedelta(days=number * habit.days))
        yield Delivery(name, part.drop("_day", "_file"))


def text_frame(contract: Contract, frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as the delimited file writes them; other formats keep their numbers."""
    if contract.format != "delimited":
        return frame
    return frame.with_columns(
        _text(frame.get_column(name), contract)
        for name in frame.columns
        if name not in HIDDEN and frame.schema[name].is_numeric()
    )


def _text(series: pl.Series, contract: Contract) -> pl.Series:
    """A numeric column as text; gaps in a column that is mostly full get the source's word."""
    missing = series.is_nan() | series.is_null() if series.dtype.is_float() else series.is_null()
    gap = contract.nulls[-1] if 2 * int(missing.sum()) < series.len() and contract.nulls else ""
    if series.dtype.is_float() and bool(((series.round(0) == series) | missing).all()):
        series = series.fill_nan(None).cast(pl.Int64)
    if contract.dialect.thousands:
        texts = pl.Series(series.name, [_grouped(v, contract.dialect.thousands) for v in series.to_list()])
    else:
        texts = series.cast(pl.String)
    if contract.dialect.decimal != "." and not contract.dialect.thousands:
        texts = texts.str.replace(".", contract.dialect.decimal, literal=True)
    frame = pl.DataFrame({series.name: texts, "_gap": missing})
    word = pl.lit(gap or None, pl.String)
    return frame.select(
        pl.when(pl.col("_gap")).then(word).otherwise(pl.col(series.name)).alias(series.name)
    ).to_series()


def _grouped(value: float | None, separator: str) -> str | None:
    return None if value is None else f"{value:,}".replace(",", separator)


def encoded(contract: Contract, frame: pl.DataFrame) -> bytes:
    """The records as the feed's format writes them, before they are compressed."""
    out, frame = io.BytesIO(), frame.drop(HIDDEN, strict=False)
    if contract.format == "parquet":
        frame.write_parquet(out, compression="zstd")
    elif contract.format == "jsonl":
        frame.write_ndjson(out)
    else:
        dialect, newline = contract.dialect, habit_of(contract).newline
        frame.write_csv(
            out, separator=dialect.delimiter, line_terminator=newline, include_header=dialect.header
        )
        for pattern in dialect.footer:
            out.write((written(pattern, (str(frame.height),)) + newline).encode())
    return out.getvalue()


def compressed(content: bytes, name: str) -> bytes:
    """The content as the ending of the file's name says."""
    if name.endswith(".gz"):
        return gzip.compress(content, compresslevel=6, mtime=0)
    if name.endswith(".zst"):
        return zstandard.ZstdCompressor(level=3).compress(content)
    if name.endswith(".zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(name.removesuffix(".zip"), _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
        return out.getvalue()
    return content
