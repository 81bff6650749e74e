"""What a reader without cleaning computes from the same files: polars' defaults and plain sums.

It knows delimiter, decimal sign, tags, units and signs from the contract, takes every number that casts,
drops what is not finite, and believes every record. A file that polars cannot read is left out. Here must
not live: anything of the product's reading or cleaning.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import zstandard

from pipelines.campus.campus import Campus
from pipelines.campus.contract import COLUMNS, Contract, Long, PerDevice, Tag
from pipelines.campus.units import conversion
from pipelines.simulator.names import device_name, tags_of


def naive_readings(campus: Campus, files: dict[str, tuple[Path, ...]]) -> pl.DataFrame:
    """Every number that casts: `site_id, device_id, column_name, interval_s, file, record, value`."""
    schema = {
        "device_id": pl.String(),
        "file": pl.String(),
        "record": pl.UInt32(),
        "value": pl.Float64(),
        "column_name": pl.String(),
        "interval_s": pl.Int64(),
        "site_id": pl.String(),
    }
    parts = [pl.DataFrame(schema=schema)]
    for feed, paths in files.items():
        contract = campus.contracts[feed]
        for path in paths:
            frame = _frame(path, contract)
            if frame is not None:
                parts += [
                    part.with_columns(
                        pl.lit(path.name).alias("file"),
                        pl.lit(tag.column).alias("column_name"),
                        pl.lit(contract.time.interval, pl.Int64).alias("interval_s"),
                        pl.lit(contract.site).alias("site_id"),
                    ).select(list(schema))
                    for tag, part in _values(frame.with_row_index("record"), contract, campus)
                ]
    return pl.concat(parts).filter(pl.col("value").is_finite())


def _frame(path: Path, contract: Contract) -> pl.DataFrame | None:
    try:
        content = _unpacked(path.read_bytes())
        if contract.format == "parquet":
            return pl.read_parquet(io.BytesIO(content))
        if contract.format == "jsonl":
            return pl.read_ndjson(io.BytesIO(content))
        separator = contract.dialect.delimiter
        return pl.read_csv(content, separator=separator, ignore_errors=True, truncate_ragged_lines=True)
    except (
        pl.exceptions.PolarsError,
        OSError,
        EOFError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
        zstandard.ZstdError,
    ):
        return None


def _unpacked(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.ZstdDecompressor().decompress(content, max_output_size=1024**3)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(archive.namelist()[0])
    return content


def _values(frame: pl.DataFrame, contract: Contract, campus: Campus) -> Iterator[tuple[Tag, pl.DataFrame]]:
    layout = contract.layout
    devices = sorted(d.device_id for d in campus.devices.values() if d.site_id == contract.site)
    for name, device, tag in tags_of(contract, devices):
        if tag.counter or tag.column not in COLUMNS or not COLUMNS[tag.column][1].is_number:
            continue
        rows, column = frame, name
        if isinstance(layout, Long):
            rows, column = _where(frame, layout.tag, [name]), layout.value
        elif isinstance(layout, PerDevice):
            named = [name for row in contract.devices if (name := device_name(row, device))]
            rows = _where(frame, layout.device, named)
        if column in rows.columns:
            number = _number(rows.get_column(column), contract)
            factor, offset = conversion(tag.unit, COLUMNS[tag.column][1].unit)
            value = number * (float(factor) * tag.scale * tag.sign) + float(offset)
            yield tag, rows.select("record", pl.lit(device).alias("device_id"), value.alias("value"))


def _where(frame: pl.DataFrame, column: str, names: Iterable[str]) -> pl.DataFrame:
    known = column in frame.columns and frame.schema[column] == pl.String()
    return frame.filter(pl.col(column).is_in(list(names))) if known else frame.clear()


def _number(series: pl.Series, contract: Contract) -> pl.Series:
    if series.dtype == pl.String() and contract.dialect.decimal == ",":
        series = series.str.replace(",", ".", literal=True)
    return series.cast(pl.Float64, strict=False)
