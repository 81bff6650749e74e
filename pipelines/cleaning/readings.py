"""Judged values become readings: one row a device and interval, in the columns of its kind.

Here must not live: rules.
"""

from collections.abc import Sequence

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.clock import START
from pipelines.cleaning.delivered import Delivered
from pipelines.cleaning.gate import pass_gate
from pipelines.cleaning.joined import Joined
from pipelines.cleaning.quality import in_words, of_values
from pipelines.cleaning.verdicts import GOOD, LOADED
from pipelines.kinds import KINDS, METHODS
from pipelines.kinds.schemas import reading_schema
from pipelines.kinds.texts import NO_TEXT, is_text


def readings_of(
    joined: list[Joined], contract: Contract, files: Sequence[Delivered]
) -> dict[str, pl.DataFrame]:
    """Readings of each kind: one row a device and interval that holds at least one value."""
    kinds = dict.fromkeys(series.kind for series in joined)
    return {kind: _reading(kind, [s for s in joined if s.kind == kind], contract, files) for kind in kinds}


def _reading(kind: str, joined: list[Joined], contract: Contract, files: Sequence[Delivered]) -> pl.DataFrame:
    keys, methods = ("device_id", START), KINDS[kind].methods
    parts = []
    for series in joined:
        columns = [name for name in series.columns if name in KINDS[kind].by_name]
        frame = _with_values(series.frame, columns)
        told = of_values(frame, columns, KINDS[kind])
        parts.append(frame.select(*keys, "file", "row_number", *columns, *told))
    rows = parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal")
    marked = [method.name for method in methods.values() if method.name in rows.columns]
    columns = [name for name in rows.columns if name in KINDS[kind].by_name]
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in keys)
    if len(parts) > 1 or rows.select(again.any()).item():
        grouped = rows.sort(*keys, "file", "row_number").group_by(*keys, maintain_order=True)
        rows = grouped.agg(
            pl.col("file", "row_number").first(),
            pl.col("method").max(),
            *[pl.col(name).drop_nulls().first() for name in (*columns, *marked)],
        )
    ids = [file.file_id for file in files]
    measured = pl.lit(METHODS[0], pl.Enum(METHODS))
    present = {
        "site_id": pl.lit(contract.site, pl.Enum([contract.site])),
        "feed_id": pl.lit(contract.feed, pl.Enum([contract.feed])),
        "interval_s": pl.lit(contract.time.interval, pl.Int64),
        "file_id": pl.col("file").replace_strict(dict(enumerate(ids)), return_dtype=pl.Enum(ids)),
        "method": in_words(pl.col("method")) if rows.get_column("method").max() else measured,
    }
    for name in columns if methods else []:
        method = methods[name].name
        is_there = pl.when(pl.col(name).is_not_null())
        present[method] = in_words(pl.col(method)) if method in marked else is_there.then(measured)
    schema = reading_schema(KINDS[kind])
    absent = {name: pl.lit(None, NO_TEXT if is_text(dtype) else dtype) for name, dtype in schema.items()}
    given = {name: pl.col(name) for name in rows.columns}
    every = absent | given | present
    shaped = rows.select(every[name].alias(name) for name in schema)
    return pass_gate(KINDS[kind], shaped).with_columns(pl.col(START).dt.date().alias("utc_date"))


def _with_values(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Rows of which at least one value is loaded: all of them where one column is good throughout."""
    if any(frame.get_column(f"{name}#").eq_missing(GOOD).all() for name in columns):
        return frame
    return frame.filter(
        pl.any_horizontal(pl.lit(False), *(pl.col(f"{name}#").is_in(LOADED) for name in columns))
    )
