"""Rule of duplicates: one value for a device, an interval and a column, whatever arrived in what order.

Two values of one column conflict only where both are there. The winner is told by (tag priority,
declared revision, file id, row number, place in the record), never by the order of processing nor by
what else is cleaned. Here must not live: the choice between feeds, which the warehouse makes.
"""

from collections.abc import Sequence
from typing import cast

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.clock import START
from pipelines.cleaning.delivered import Delivered
from pipelines.cleaning.values import FINDING_KEYS
from pipelines.cleaning.verdicts import LOADED, VERDICTS

KEY = ("device_id", START)


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by device, interval, file and row: the order every later rule relies on.

    One integer orders devices and intervals several times faster than a sort by columns; only where
    it meets the same interval twice are file and row asked.
    """
    if frame.is_empty():
        return frame
    instants = frame.get_column(START).to_physical()
    first, last = cast("int", instants.min()), cast("int", instants.max())
    place = frame.get_column("device_id").to_physical().cast(pl.Int64) * (last - first + 1) + (
        instants - first
    )
    ordered = frame.with_columns(place.alias("_place")).sort("_place")
    if (ordered.get_column("_place").diff() == 0).any():
        return frame.sort(*KEY, "file", "row_number", maintain_order=True)
    return ordered.drop("_place")


def resolve(
    frame: pl.DataFrame, columns: Sequence[str], contract: Contract, files: Sequence[Delivered]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judges values that were delivered more than once.

    Args:
        frame: Rows in order, with `<column>` and `<column>#`.
        columns: Value columns.
        contract: The feed's contract.
        files: The deliveries, in the order that column `file` counts.

    Returns:
        The frame in the same order with losers judged `duplicate` or `conflict` (and their values
        NULL), and the findings about conflicts.
    """
    again = (pl.col("device_id") == pl.col("device_id").shift()) & (pl.col(START) == pl.col(START).shift())
    doubled = frame.select((again | again.shift(-1)).fill_null(False).alias("d")).get_column("d")
    if not doubled.any():
        return frame, _no_findings()
    groups = frame.with_row_index("_row").filter(doubled).with_columns(*_rank(contract, files))
    groups = groups.sort(
        *KEY,
        "priority",
        "_revision",
        "_revision_text",
        "file",
        "row_number",
        descending=[False, False, True, True, True, False, False],
        nulls_last=True,
        maintain_order=True,
    )
    findings = []
    for name in columns:
        groups, found = _judge_column(groups, name)
        findings.append(found)
    judged = groups.sort("_row").drop("_row", "_revision", "_revision_text")
    return in_order(pl.concat([frame.filter(~doubled), judged])), pl.concat(findings)


def _rank(contract: Contract, files: Sequence[Delivered]) -> tuple[pl.Expr, pl.Expr]:
    """The declared revision as a number, then as text: numbers come before texts that are none.

    The order is one of the revisions alone, so that a day does not depend on the days cleaned with it.
    """
    revision = contract.revision
    text = pl.lit(None, pl.String)
    if revision is not None and revision.by == "column":
        text = pl.col("revision").str.strip_chars()
    elif revision is not None and revision.by == "file_name":
        names = pl.Series([file.file_name for file in files], dtype=pl.String)
        stamps = names.str.extract_groups(revision.pattern or "").struct.field("revision").to_list()
        text = pl.col("file").replace_strict(dict(enumerate(stamps)), default=None, return_dtype=pl.String)
    elif revision is not None:
        sequence = {index: str(file.received_seq) for index, file in enumerate(files)}
        text = pl.col("file").replace_strict(sequence, default=None, return_dtype=pl.String)
    number = text.cast(pl.Float64, strict=False)
    number = pl.when(number.is_finite()).then(number).when(text.is_not_null()).then(pl.lit(float("inf")))
    return number.alias("_revision"), text.alias("_revision_text")


def _judge_column(groups: pl.DataFrame, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    verdict = pl.col(f"{name}#")
    loaded = verdict.is_in(LOADED)
    winner = pl.col(name).filter(loaded).first().over(KEY)
    first = pl.col("_row").filter(loaded).first().over(KEY)
    groups = groups.with_columns(winner.alias("_winner"), first.alias("_first"))
    loses = loaded & (pl.col("_row") != pl.col("_first"))
    same = pl.col(name) == pl.col("_winner")
    groups = groups.with_columns(
        pl.when(loses & same)
        .then(pl.lit(VERDICTS["duplicate"].code, pl.UInt8))
        .when(loses)
        .then(pl.lit(VERDICTS["conflict"].code, pl.UInt8))
        .otherwise(verdict)
        .alias(f"{name}#")
    )
    conflict = verdict == VERDICTS["conflict"].code
    found = groups.filter(conflict).select(
        *FINDING_KEYS,
        pl.lit(name).alias("column_name"),
        verdict.alias("verdict"),
        pl.col(name).cast(pl.String).alias("raw_value"),
        pl.col("_winner").cast(pl.String).alias("used_value"),
    )
    kept = pl.when(verdict.is_in(LOADED)).then(pl.col(name)).alias(name)
    return groups.with_columns(kept).drop("_winner", "_first"), found


def _no_findings() -> pl.DataFrame:
    return pl.DataFrame()
