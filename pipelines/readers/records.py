"""Text into physical records, numbered from 1: one line each, or several inside quotes.

A record that is not sound text (invalid UTF-8, control characters, quotes that do not pair) is marked,
never repaired; where a quote stays open no later line is trusted to begin a record.
Here must not live: which records are data, and their fields.
"""

import mmap
import re
from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.campus.contract import Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.fields import sound_record
from pipelines.readers.text import MAX_LINE, Text

WINDOW = 1024**2
BATCH = 4096
NEWLINE = 10


def split_records(text: Text, dialect: Dialect) -> pl.DataFrame:
    """All physical records of a text.

    Returns:
        `row_number`, `start` and `end` (bytes in the text), `raw` (without its line end), `rule` and
        `reason` (null where the record is sound), `spans_lines`.

    Raises:
        Refusal: `line_too_long`, or `unclosed_quote` where a quoted field does not end.
    """
    bounds = line_bounds(text.data, text.start)
    lines = _lines(text, bounds)
    if dialect.quote is None or text.data.find(dialect.quote.encode(), text.start) < 0:
        records = lines.drop("whole").with_columns(spans_lines=pl.lit(value=False))
    else:
        records = _marked_quotes(_joined(lines, dialect), dialect)
    if dialect.final_newline == "required" and not text.is_ended:
        records = _with_incomplete_end(records)
    return records.with_row_index("row_number", 1).with_columns(pl.col("row_number").cast(pl.Int64))


def line_bounds(data: mmap.mmap, start: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Where each line starts, and behind the last one the end of the text [bytes].

    Raises:
        Refusal: `line_too_long`.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    windows = range(start, len(view), WINDOW)
    ends = [np.flatnonzero(view[at : at + WINDOW] == NEWLINE) + (at + 1) for at in windows]
    bounds = np.concatenate([[start], *ends])
    if bounds[-1] != len(view):
        bounds = np.append(bounds, len(view))
    longest = int(np.argmax(np.diff(bounds)))
    if bounds[longest + 1] - bounds[longest] > MAX_LINE:
        raise Refusal(
            "line_too_long",
            f"line {longest + 1} has more than {MAX_LINE} bytes",
            "Check that the file is the text the feed contract describes",
        )
    return bounds


def _lines(text: Text, bounds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.DataFrame:
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text.data)]
    array = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, buffers)
    whole = pl.Series("whole", pl.from_arrow(array))
    flaws: dict[int, str] = {}
    try:
        whole = whole.cast(pl.String)
    except pl.exceptions.ComputeError:
        whole, flaws = _decoded(whole, bounds, text.is_native)
    lines = pl.DataFrame({"start": bounds[:-1], "end": bounds[1:], "whole": whole})
    lines = lines.with_columns(raw=pl.col("whole").str.strip_suffix("\n").str.strip_suffix("\r"))
    lines = lines.with_columns(
        pl.when(pl.col("raw").str.contains("[\0\r]")).then(pl.lit("control_character")).alias("rule"),
        pl.lit("the record holds a NUL or a carriage return that ends no line").alias("reason"),
    )
    if flaws:
        invalid = pl.DataFrame(
            {"at": list(flaws), "invalid": list(flaws.values())}, schema_overrides={"at": pl.UInt32}
        )
        lines = (
            lines.with_row_index("at").join(invalid, on="at", how="left", maintain_order="left").drop("at")
        )
        is_invalid = pl.col("invalid").is_not_null()
        lines = lines.with_columns(
            pl.when(is_invalid).then(pl.lit("invalid_encoding")).otherwise("rule").alias("rule"),
            pl.coalesce("invalid", "reason").alias("reason"),
        ).drop("invalid")
    return lines


def _decoded(
    whole: pl.Series, bounds: np.ndarray[tuple[int], np.dtype[np.int64]], is_native: bool
) -> tuple[pl.Series, dict[int, str]]:
    """Lines as text with invalid bytes escaped, and the reason of each invalid line."""
    flaws: dict[int, str] = {}
    pieces: list[pl.Series] = []
    for at in range(0, len(whole), BATCH):
        piece = whole[at : at + BATCH]
        try:
            pieces.append(piece.cast(pl.String))
        except pl.exceptions.ComputeError:
            values: list[bytes] = piece.to_list()
            flaws.update((at + i, reason) for i, reason in _invalid(values, bounds[at : at + BATCH]))
            pieces.append(pl.Series("whole", [value.decode(errors="backslashreplace") for value in values]))
    return pl.concat(pieces), flaws


def _invalid(
    values: list[bytes], starts: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Iterator[tuple[int, str]]:
    for index, value in enumerate(values):
        try:
            value.decode()
        except UnicodeDecodeError as error:
            at = int(starts[index]) + error.start
            yield (
                index,
                f"byte 0x{value[error.start]:02x} at byte offset {at} of the content is not UTF-8; "
                "check `dialect.encoding` of the feed contract",
            )


def _joined(lines: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Lines that a quoted field holds together become one record.

    Quotes in the records above the header and in comments do not count.
    """
    quote = str(dialect.quote)
    quotes = pl.col("raw").str.count_matches(quote, literal=True).cast(pl.Int64)
    silent = pl.int_range(pl.len()) < dialect.skip_records
    for pattern in dialect.skip:
        silent = silent | matches(lines["raw"], pattern)
    open_after = pl.when(silent).then(0).otherwise(quotes).cum_sum() % 2 == 1
    lines = lines.with_columns(begins=~open_after.shift(1, fill_value=False), open_after=open_after)
    lines = lines.with_columns(record=pl.col("begins").cum_sum())
    if lines["open_after"][-1]:
        line = lines.height - int(lines["begins"].reverse().arg_max() or 0)
        raise _unclosed(line, "is never closed")
    lengths = pl.col("end").max() - pl.col("start").min()
    multiple = lines.filter(pl.len().over("record") > 1)
    single = lines.filter(pl.len().over("record") == 1).with_columns(spans_lines=pl.lit(value=False))
    joined = multiple.group_by("record", maintain_order=True).agg(
        pl.col("start").min(),
        pl.col("end").max(),
        pl.col("whole").str.join("").str.strip_suffix("\n").str.strip_suffix("\r").alias("raw"),
        pl.col("rule").drop_nulls().first(),
        pl.col("reason").filter(pl.col("rule").is_not_null()).first(),
        spans_lines=pl.lit(value=True),
        length=lengths,
    )
    too_long = joined.filter(pl.col("length") > MAX_LINE)
    if too_long.height:
        line = int((lines["start"] < too_long["start"][0]).sum()) + 1
        raise _unclosed(line, f"is not closed within {MAX_LINE} bytes")
    columns = ["start", "end", "raw", "rule", "reason", "spans_lines"]
    return pl.concat([single.select(columns), joined.select(columns)]).sort("start")


def _unclosed(line: int, what: str) -> Refusal:
    return Refusal(
        "unclosed_quote",
        f"a quote opened in the record that begins in line {line} {what}",
        "Send the file again, or set `dialect.quote` to null where quotes are ordinary characters",
    )


def _marked_quotes(records: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    is_stray = pl.col("rule").is_null() & ~pl.col("raw").str.contains(sound_record(dialect))
    why = "a quote stands inside a field or is not closed where the field ends"
    return records.with_columns(
        pl.when(is_stray).then(pl.lit("stray_quote")).otherwise("rule").alias("rule"),
        pl.when(is_stray).then(pl.lit(why)).otherwise("reason").alias("reason"),
    )


def _with_incomplete_end(records: pl.DataFrame) -> pl.DataFrame:
    is_last = (pl.int_range(pl.len()) == pl.len() - 1) & pl.col("rule").is_null()
    why = "no line break ends the record: it may have been cut"
    return records.with_columns(
        pl.when(is_last).then(pl.lit("incomplete_record")).otherwise("rule").alias("rule"),
        pl.when(is_last).then(pl.lit(why)).otherwise("reason").alias("reason"),
    )


def matches(raw: pl.Series, pattern: str) -> pl.Series:
    """Which records a contract's pattern is found in."""
    try:
        return raw.str.contains(pattern)
    except pl.exceptions.ComputeError:
        search = re.compile(pattern).search
        return pl.Series([search(record) is not None for record in raw], dtype=pl.Boolean)
