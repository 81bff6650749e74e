"""Rule of registers: a counter's readings become the increments of the intervals between them.

A register names the state at the stamp: where stamps name the end of an interval the increment
needs the reading before, otherwise the one after. A fall is a reset or, where the contract gives the
register's modulus, a rollover. Here must not live: gauges.
"""

import polars as pl

from pipelines.campus.contract import Check, Contract, Tag
from pipelines.cleaning.clock import START
from pipelines.cleaning.values import bounds, converted, doubts, scaling
from pipelines.cleaning.verdicts import LOADED, VERDICTS
from pipelines.kinds import Column


def increments(
    frame: pl.DataFrame, column: Column, tag: Tag, contract: Contract
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replaces the readings of a register [unit of the tag] by increments of the interval [canonical].

    Args:
        frame: Rows in order, with `<column>` and `<column>#`, duplicates judged.
        column: The column; its plausible range holds for the increment.
        tag: How the register was read; `tag.counter` is set.
        contract: The feed's contract.

    Returns:
        The frame with increments, NULL where one cannot be known, and the findings.
    """
    assert tag.counter is not None
    name, interval = column.name, contract.time.interval
    low, high = bounds(column, contract.checks.get(name, Check()))
    rows = frame.with_row_index("_row")
    series = rows.filter(pl.col(f"{name}#").is_in(LOADED)).select("_row", "device_id", START, name)
    step = 1 if contract.time.label == "end" else -1
    neighbour = (pl.col("device_id") == pl.col("device_id").shift(step)) & (
        (pl.col(START) - pl.col(START).shift(step)).abs() == pl.duration(seconds=interval)
    )
    rise = (pl.col(name) - pl.col(name).shift(step)) * step
    if tag.counter.rollover is not None:
        rise = pl.when(rise < 0).then(rise + tag.counter.rollover).otherwise(rise)
    increment = converted(pl.col("_rise"), *scaling(tag, column, interval))
    judged = series.with_columns(rise.alias("_rise"), neighbour.fill_null(False).alias("_near")).with_columns(
        pl.when(~pl.col("_near"))
        .then(_code("counter_gap"))
        .when(pl.col("_rise") < 0)
        .then(_code("counter_reset"))
        .when((pl.col("_rise") > tag.counter.max_increment) | ~increment.is_between(low, high))
        .then(_code("counter_jump"))
        .otherwise(_code("good"))
        .alias("_verdict")
    )
    merged = rows.join(
        judged.select("_row", "_rise", "_verdict"), on="_row", how="left", maintain_order="left"
    )
    counted = pl.col("_verdict").is_not_null()
    merged = merged.with_columns(
        pl.when(counted).then(pl.col("_verdict")).otherwise(pl.col(f"{name}#")).alias(f"{name}#"),
        pl.col(name).alias("_register"),
    )
    merged = merged.with_columns(
        pl.when(pl.col(f"{name}#").is_in(LOADED)).then(increment).alias(name),
    )
    found = doubts(merged.filter(counted), name, merged.filter(counted).get_column("_register"))
    return merged.drop("_row", "_rise", "_verdict", "_register"), found


def _code(rule: str) -> pl.Expr:
    return pl.lit(VERDICTS[rule].code, pl.UInt8)
