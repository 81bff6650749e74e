"""Formats of one or more records a line, without quotes that span lines: from lines to a table.

Here must not live: what a line says.
"""

from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.campus.refusal import Refusal
from pipelines.readers.header import check_names
from pipelines.readers.records import split_records
from pipelines.readers.table import REJECTED, ROW_NUMBER, TextTable, Unfit
from pipelines.readers.text import open_text


def filled_lines(
    path: Path, contract: Contract, comment: str | None = None
) -> tuple[pl.DataFrame, int, tuple[str, ...]]:
    """Lines that are neither blank nor, beginning with `comment`, a comment.

    Returns:
        `row_number, raw, rule, reason` (null where the line is sound text), how many lines are left out, and
        remarks about the text.

    Raises:
        Refusal: `empty_file` and those of `open_text` and `split_records`.
    """
    with open_text(path, "utf-8") as text:
        records = split_records(text, Dialect(quote=None, final_newline=contract.dialect.final_newline))
        remarks = text.remarks
        said = pl.col("raw").str.strip_chars()
        is_nothing = said == ""
        if comment:
            is_nothing |= said.str.starts_with(comment) & pl.col("rule").is_null()
        lines = records.filter(~is_nothing).select(ROW_NUMBER, "raw", "rule", "reason")
    if lines.is_empty():
        raise Refusal(
            "empty_file", "no line of the file says anything", "Send the file again, with its records"
        )
    return lines, records.height - lines.height, remarks


def first_flaw(lines: pl.DataFrame, *flaws: tuple[pl.Expr, str, pl.Expr | str]) -> pl.DataFrame:
    """Marks lines that have no rule against them yet with the first (condition, rule, reason) that holds."""
    for condition, rule, reason in flaws:
        is_flawed = pl.col("rule").is_null() & condition
        why = pl.lit(reason) if isinstance(reason, str) else reason
        lines = lines.with_columns(
            pl.when(is_flawed).then(pl.lit(rule)).otherwise("rule").alias("rule"),
            pl.when(is_flawed).then(why).otherwise("reason").alias("reason"),
        )
    return lines


def with_series(lines: pl.DataFrame, name_of: Callable[[str], str]) -> pl.DataFrame:
    """Adds `series`, the name of each distinct text of `head`; where it is `Unfit`, rule and reason."""
    told: list[tuple[str, str | None, str | None, str | None]] = []
    for head in lines.filter(pl.col("rule").is_null()).get_column("head").unique().drop_nulls():
        try:
            told.append((head, name_of(head), None, None))
        except Unfit as unfit:
            told.append((head, None, unfit.rule, unfit.reason))
    names = pl.DataFrame(
        told, schema=dict.fromkeys(("head", "series", "why", "says"), pl.String), orient="row"
    )
    named = lines.join(names, on="head", how="left", maintain_order="left")
    return named.with_columns(
        pl.coalesce("rule", "why").alias("rule"),
        pl.when(pl.col("rule").is_null()).then("says").otherwise("reason").alias("reason"),
    ).drop("head", "why", "says")


def table_of(
    judged: pl.DataFrame,
    names: Collection[str],
    contract: Contract,
    columns: Collection[str] | None,
) -> TextTable:
    """Rows of `row_number, names…, rule, reason, raw` as a table: those with a rule are rejected.

    Raises:
        Refusal: The contract names columns that this format does not have.
    """
    check_names(tuple(names), contract)
    wanted = [name for name in names if columns is None or name in columns]
    is_flawed = pl.col("rule").is_not_null()
    return TextTable(
        judged.filter(~is_flawed).select(ROW_NUMBER, *wanted),
        judged.filter(is_flawed).select(*REJECTED),
        skipped=0,
    )
