"""JSON Lines: one flat object a line.

A number becomes the text it was written as: nothing is rounded on the way. Null becomes null, an absent
key too. A line that is no flat object is rejected with its raw text. The columns are the keys of all
lines in the order they first appear. Here must not live: delimited dialects, types.
"""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.readers.header import check_names, missing_columns
from pipelines.readers.json_document import parse, text_of
from pipelines.readers.lines import filled_lines
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame

BATCH = 20_000
Row = dict[str, str | None]


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed JSON Lines file as text; see `pipelines.readers.read`."""
    rejected: list[RejectedRow] = []
    names: dict[str, None] = {}
    parts: list[pl.DataFrame] = []
    lines, skipped, remarks = filled_lines(path, contract)
    for batch in lines.iter_slices(BATCH):
        parts.append(_batch(batch, names, rejected, columns))
    if not names:
        names = dict.fromkeys(missing_columns((), contract))
    check_names(tuple(names), contract)
    wanted = [name for name in names if columns is None or name in columns]
    empty = pl.DataFrame(schema={ROW_NUMBER: pl.Int64, **dict.fromkeys(wanted, pl.String())})
    frame = pl.concat([empty, *parts], how="diagonal")
    return TextTable(frame, rejected_frame(rejected), skipped, remarks)


def _batch(
    lines: pl.DataFrame, names: dict[str, None], rejected: list[RejectedRow], columns: Collection[str] | None
) -> pl.DataFrame:
    """Rows of some lines; new keys go to `names`, unfit lines to `rejected`."""
    numbers: list[int] = []
    rows: list[Row] = []
    for number, raw, rule, reason in lines.iter_rows():
        try:
            if rule is not None:
                raise Unfit(rule, reason)
            row = _row(raw)
        except Unfit as unfit:
            rejected.append(RejectedRow(number, unfit.rule, unfit.reason, raw))
            continue
        numbers.append(number)
        rows.append(row)
    here = dict.fromkeys(key for row in rows for key in row)
    names |= here
    wanted = [name for name in here if columns is None or name in columns]
    values = {name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in wanted}
    return pl.DataFrame({ROW_NUMBER: pl.Series(numbers, dtype=pl.Int64), **values})


def _row(raw: str) -> Row:
    value = parse(raw, "line")
    if not isinstance(value, dict):
        raise Unfit("invalid_json", "the line is not an object")
    return {key: text_of(key, item) for key, item in value.items()}
