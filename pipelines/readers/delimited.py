"""Delimited text: CSV, TSV, semicolon files, multi-record files, files with titles and footers.

A text that is regular throughout takes the fast way (`regular`). Any other is split into records
(`records`), the contract's dialect decides which of them are data, and those that do not have the
header's number of fields are rejected with their raw text; no field is ever padded or cut.
Decimal commas and thousands separators stay in the text: casting is cleaning's.
Here must not live: compression, encodings, types.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.fields import numbered, parse_lines, split_record
from pipelines.readers.header import check_delimiter, check_names
from pipelines.readers.records import matches, split_records
from pipelines.readers.regular import read_regular
from pipelines.readers.table import REJECTED, ROW_NUMBER, TextTable
from pipelines.readers.text import Text, open_text


def read(
    path: Path,
    contract: Contract,
    columns: Collection[str] | None = None,
    rows: Sequence[int] | None = None,
) -> TextTable:
    """Read a decompressed delimited file as text, or the records of some row numbers, ascending.

    See `pipelines.readers.read`.
    """
    with open_text(path, contract.dialect.encoding) as text:
        regular = read_regular(text, contract, columns, rows)
        return regular if regular is not None else read_any(text, contract, columns, rows)


def read_any(
    text: Text, contract: Contract, columns: Collection[str] | None, rows: Sequence[int] | None = None
) -> TextTable:
    """Read any delimited text, record by record.

    Raises:
        Refusal: No header, a header that does not fit, an unclosed quote, a wrong count in the footer.
    """
    dialect = contract.dialect
    records = split_records(text, dialect)
    data = _data_records(records, dialect)
    names, body = _names(data, contract)
    body = ragged_marked(body, len(names), dialect)
    good = body.filter(pl.col("rule").is_null())
    _check_first(good, body, contract)
    rejected = pl.DataFrame(
        body.filter(pl.col("rule").is_not_null()).select(list(REJECTED)).rows(), REJECTED, orient="row"
    )
    if dialect.verify_rows:
        _verify_rows(records, body.height, dialect)
    wanted = good if rows is None else good.filter(pl.col(ROW_NUMBER).is_in(rows))
    frame = split_fields(text, wanted, names, dialect, columns)
    return TextTable(frame, rejected, records.height - body.height, text.remarks)


def _data_records(records: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Records that are the header or data, in the order of the file."""
    records = records.slice(dialect.skip_records)
    records = records.head(records.height - len(_footer(records["raw"], dialect)))
    for pattern in dialect.skip:
        records = records.filter(~matches(records["raw"], pattern))
    is_blank = _is_blank(records["raw"], dialect)
    if dialect.blank_lines == "skip":
        records = records.filter(~is_blank)
    else:
        blank = is_blank & records["rule"].is_null()
        records = records.with_columns(
            pl.when(blank).then(pl.lit("blank_line")).otherwise("rule").alias("rule"),
            pl.when(blank).then(pl.lit("the line is blank")).otherwise("reason").alias("reason"),
        )
    return records.filter(matches(records["raw"], dialect.keep)) if dialect.keep else records


def _is_blank(raw: pl.Series, dialect: Dialect) -> pl.Series:
    return (raw.str.strip_chars() == "") & ~raw.str.contains(dialect.delimiter, literal=True)


def _footer(raw: pl.Series, dialect: Dialect) -> pl.Series:
    """Records at the end from the first that matches a footer pattern; blank ones may stand between."""
    if not dialect.footer or raw.is_empty():
        return raw.clear()
    is_footer = pl.Series([False]).new_from_index(0, len(raw))
    for pattern in dialect.footer:
        is_footer = is_footer | matches(raw, pattern)
    at_end = (is_footer | _is_blank(raw, dialect)).reverse().cum_min().reverse()
    first = (is_footer & at_end).arg_true()
    return raw.clear() if first.is_empty() else raw.slice(int(first[0]))


def _verify_rows(records: pl.DataFrame, rows: int, dialect: Dialect) -> None:
    footer = _footer(records["raw"].slice(dialect.skip_records), dialect)
    counting = [pattern for pattern in dialect.footer if "(?P<rows>" in pattern]
    found = [match["rows"] for raw in footer for p in counting if (match := re.search(p, raw))]
    if not found:
        raise Refusal(
            "footer_missing",
            "the footer that declares the number of rows is missing",
            "The file is probably truncated: send it again",
        )
    if found != [str(rows)]:
        raise Refusal(
            "row_count",
            f"the footer declares {', '.join(found)} rows, the file has {rows}",
            "The file is probably truncated: send it again, or drop `verify_rows` in the contract",
        )


def _names(data: pl.DataFrame, contract: Contract) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Column names, checked, and the records behind the header."""
    dialect = contract.dialect
    if not dialect.header:
        check_names(dialect.names, contract)
        return dialect.names, data
    number, header = _header(data)
    check_delimiter(header, contract)
    fields = tuple(split_record(header, dialect))
    if dialect.names and len(dialect.names) != len(fields):
        raise Refusal(
            "header_width",
            f"the header has {len(fields)} columns, `dialect.names` of the contract {len(dialect.names)}",
            "Give one name for each column of the file",
        )
    names = dialect.names or fields
    check_names(names, contract)
    return names, data.filter(pl.col(ROW_NUMBER) != number)


def _header(data: pl.DataFrame) -> tuple[int, str]:
    """Number and text of the first record that is not blank."""
    first = data.filter(pl.col("rule").is_null() | (pl.col("rule") != "blank_line")).head(1)
    if first.is_empty():
        raise Refusal(
            "missing_header",
            "no record of the file is a header by this contract",
            "Check `skip_records`, `skip` and `keep` of the dialect, or send the file again",
        )
    row = first.row(0, named=True)
    if row["rule"] is not None:
        raise Refusal(
            row["rule"],
            f"the header, record {row[ROW_NUMBER]}: {row['reason']}",
            "Check `dialect.encoding` and `dialect.quote` of the feed contract, or send the file again",
        )
    return int(row[ROW_NUMBER]), str(row["raw"])


def ragged_marked(body: pl.DataFrame, width: int, dialect: Dialect) -> pl.DataFrame:
    """The records, those with another number of fields than `width` marked as ragged."""
    unquoted = pl.col("raw")
    if dialect.quote is not None:
        quote = dialect.quote
        has_quote = unquoted.str.contains(quote, literal=True)
        bare = unquoted.str.replace_all(f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", "")
        unquoted = pl.when(has_quote).then(bare).otherwise(unquoted)
    fields = unquoted.str.count_matches(dialect.delimiter, literal=True) + 1
    ragged = pl.col("rule").is_null() & (fields != width)
    return body.with_columns(
        pl.when(ragged).then(pl.lit("ragged_row")).otherwise("rule").alias("rule"),
        pl.when(ragged)
        .then(pl.format("the record has {} field(s), the header " + str(width), fields))
        .otherwise("reason")
        .alias("reason"),
    )


def _check_first(good: pl.DataFrame, body: pl.DataFrame, contract: Contract) -> None:
    """Without a header a wrong delimiter shows in the records: not one has the right number of fields."""
    if not contract.dialect.header and good.is_empty() and body.height:
        check_delimiter(str(body["raw"][0]), contract)


def split_fields(
    text: Text, good: pl.DataFrame, names: Sequence[str], dialect: Dialect, columns: Collection[str] | None
) -> pl.DataFrame:
    """Sound records split into columns, in the order of the file."""
    wanted = [name for name in names if columns is None or name in columns]
    by_line = ~good["spans_lines"] & dialect.delimiter.isascii()
    lines, others = good.filter(by_line), good.filter(~by_line)
    split = pl.DataFrame(
        [split_record(record, dialect) for record in others["raw"]],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    )
    parts = [numbered(split.select(wanted), others[ROW_NUMBER])]
    if lines.height:
        plain = b"".join(_runs(text, lines))
        parts.append(numbered(parse_lines(plain, names, dialect, wanted), lines[ROW_NUMBER]))
    return pl.concat(parts).sort(ROW_NUMBER)


def _runs(text: Text, lines: pl.DataFrame) -> Iterator[bytes]:
    """The bytes of the records, neighbours in one piece."""
    follows = pl.col("start") == pl.col("end").shift(1)
    runs = lines.group_by(follows.not_().fill_null(value=True).cum_sum().alias("run"), maintain_order=True)
    for start, end in (
        runs.agg(pl.col("start").first(), pl.col("end").last()).select("start", "end").iter_rows()
    ):
        yield text.data[start:end]
