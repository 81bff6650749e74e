"""AEMO's multi-record text: C comments, I records that name columns, D records with data.

The contract names one table. Its D records are bound to the columns of the last I record of the table
above them, so that a later I record may add columns; D records of other tables are not data here. The
file ends with a C record; the number it declares is advisory, since excerpts keep that of the whole file.
Here must not live: types, clocks.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from pipelines.campus.contract import RESERVED, Contract, Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.delimited import ragged_marked, split_fields
from pipelines.readers.fields import split_record
from pipelines.readers.header import check_names
from pipelines.readers.records import split_records
from pipelines.readers.table import REJECTED, ROW_NUMBER, TextTable
from pipelines.readers.text import Text, open_text

KEYS = 4
"""Fields in front of the columns: record type, the two names of the table, its version."""
END = re.compile(r'C,"?END OF REPORT"?,([0-9]+),*')
TABLE = r"^[ID],([^,]*,[^,]*),"


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed multi-record file as text; see `pipelines.readers.read`.

    Raises:
        Refusal: The table is not in the file, its columns do not fit, or the end record is missing.
    """
    dialect = Dialect(quote=contract.dialect.quote, final_newline=contract.dialect.final_newline)
    with open_text(path, contract.dialect.encoding) as text:
        every = split_records(text, dialect)
        records = every.filter(pl.col("raw").str.strip_chars() != "")
        remarks = (*text.remarks, *_remarks_of_end(records))
        records = records.with_columns(pl.col("raw").str.extract(TABLE).alias("table"))
        table = str(contract.dialect.table).replace(".", ",", 1)
        ours = records.filter(pl.col("table") == table)
        sections = _sections(ours, table, records)
        parts = [_bound(text, section, dialect, contract, columns) for section in sections]
    frames, refused = zip(*parts, strict=True)
    frame = pl.concat(frames, how="diagonal")
    rejected = pl.concat([*refused, _strangers(records)]).sort(ROW_NUMBER)
    return TextTable(frame, rejected, every.height - frame.height - rejected.height, remarks)


def _remarks_of_end(records: pl.DataFrame) -> tuple[str, ...]:
    match = END.fullmatch(records["raw"][-1]) if records.height else None
    if match is None:
        raise Refusal(
            "missing_end_record",
            'the file does not end with a record C,"END OF REPORT": it may have been cut',
            "Send the file again",
        )
    return () if match[1].lstrip("0") == str(records.height) else ("declared_count",)


def _sections(ours: pl.DataFrame, table: str, records: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The records of the table from each I record to the next; those above the first by themselves."""
    is_head = pl.col("raw").str.starts_with("I,")
    if ours.filter(is_head).is_empty():
        known = records.filter(is_head)["table"].drop_nulls().unique(maintain_order=True)
        raise Refusal(
            "missing_table",
            f"the file has no table {table.replace(',', '.')}; "
            f"it has {', '.join(name.replace(',', '.') for name in known) or 'none'}",
            "Correct `dialect.table` in the feed contract, or land the file in the feed of its table",
        )
    sections = ours.with_columns(is_head.cum_sum().alias("section"))
    yield from sections.partition_by("section", include_key=False)


def _bound(
    text: Text, section: pl.DataFrame, dialect: Dialect, contract: Contract, columns: Collection[str] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """D records as the columns of their I record, and those that do not fit it."""
    number, head, rule, reason = section.select(ROW_NUMBER, "raw", "rule", "reason").row(0)
    if not head.startswith("I,"):
        why = "no record above names the columns of its table"
        return pl.DataFrame(schema={ROW_NUMBER: pl.Int64}), _refused(section, "unknown_record", why)
    if rule is not None:
        raise Refusal(rule, f"the names of the columns, record {number}: {reason}", "Send the file again")
    fields = split_record(head, dialect)
    names = fields[KEYS:]
    check_names(names, contract)
    body = section.slice(1)
    begins = "D," + ",".join(fields[1:KEYS]) + ","
    other = body.filter(~pl.col("raw").str.starts_with(begins))
    body = ragged_marked(body.filter(pl.col("raw").str.starts_with(begins)), len(fields), dialect)
    good = body.filter(pl.col("rule").is_null())
    keys = [f"{RESERVED}{place}" for place in range(KEYS)]
    wanted = [name for name in names if columns is None or name in columns]
    frame = split_fields(text, good, [*keys, *names], dialect, wanted)
    why = f"its version is not that of the columns named in record {number}"
    unfit = body.filter(pl.col("rule").is_not_null()).select(list(REJECTED))
    return frame, pl.concat([unfit, _refused(other, "unknown_record", why)])


def _strangers(records: pl.DataFrame) -> pl.DataFrame:
    """Records that are no comment, and of no table that the file names the columns of."""
    is_head = pl.col("raw").str.starts_with("I,")
    known = records.filter(is_head)["table"].drop_nulls().unique().to_list()
    is_known = pl.col("raw").str.starts_with("C,") | is_head | pl.col("table").is_in(known).fill_null(False)
    return _refused(records.filter(~is_known), "unknown_record", "it is of no table of this file")


def _refused(records: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    """Records refused for this reason, unless they are no sound text."""
    return records.select(
        ROW_NUMBER,
        pl.col("rule").fill_null(rule),
        pl.when(pl.col("rule").is_null()).then(pl.lit(reason)).otherwise("reason").alias("reason"),
        "raw",
    )
