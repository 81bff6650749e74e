"""Rule of stuck sensors: a value that stays the same for too long is not a measurement.

A run is a series of equal values of one device without a gap. Whether a value is stuck depends only
on what lies within `after` of it, so that a day cleaned alone equals the same day cleaned with its
neighbours. The first value of a run is kept. Here must not live: frozen files.
"""

from datetime import timedelta

import polars as pl

from pipelines.campus.contract import Contract, Stuck
from pipelines.cleaning.clock import START
from pipelines.cleaning.values import doubts
from pipelines.cleaning.verdicts import LOADED, VERDICTS


def null_stuck(
    frame: pl.DataFrame, name: str, rule: Stuck, contract: Contract, companion: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judges the values of stuck runs.

    Args:
        frame: Rows in order, with `<column>` and `<column>#`, duplicates judged.
        name: The column.
        rule: Its threshold and companion.
        contract: The feed's contract.
        companion: `device_id, interval_start_utc, companion` of the column that must move, or None.

    Returns:
        The frame with stuck values NULL, and the findings.
    """
    rows = frame.with_row_index("_row")
    loaded = rows.filter(pl.col(f"{name}#").is_in(LOADED)).select("_row", "device_id", START, name)
    runs = _long_runs(loaded, name, rule, contract.time.interval)
    if runs.is_empty():
        return frame, pl.DataFrame()
    rows_stuck = _stuck_rows(runs, rule, contract.time.interval, companion)
    is_stuck = pl.col("_row").is_in(rows_stuck.implode())
    judged = rows.with_columns(
        pl.when(is_stuck)
        .then(pl.lit(VERDICTS["stuck"].code, pl.UInt8))
        .otherwise(pl.col(f"{name}#"))
        .alias(f"{name}#"),
        pl.when(~is_stuck).then(pl.col(name)).alias(name),
    )
    mask = judged.select(is_stuck.alias("m")).get_column("m")
    found = doubts(judged.filter(mask), name, rows.filter(mask).get_column(name))
    return judged.drop("_row"), found


def _long_runs(series: pl.DataFrame, name: str, rule: Stuck, interval_s: int) -> pl.DataFrame:
    """Rows of runs that last at least `after`, with the run's id and ends."""
    breaks = (
        (pl.col("device_id") != pl.col("device_id").shift())
        | (pl.col(name) != pl.col(name).shift())
        | (pl.col(START) - pl.col(START).shift() > pl.duration(seconds=2 * interval_s))
    )
    runs = series.with_columns(breaks.fill_null(True).cum_sum().alias("_run")).with_columns(
        pl.col(START).first().over("_run").alias("_from"),
        (pl.col(START).last() + pl.duration(seconds=interval_s)).over("_run").alias("_until"),
    )
    return runs.filter(pl.col("_until") - pl.col("_from") >= pl.duration(seconds=rule.after))


def _stuck_rows(
    runs: pl.DataFrame, rule: Stuck, interval_s: int, companion: pl.DataFrame | None
) -> pl.Series:
    """Row numbers of stuck values: not the first of the run, long enough nearby, companion moving."""
    after, interval = timedelta(seconds=rule.after), timedelta(seconds=interval_s)
    near_until = pl.min_horizontal("_until", pl.col(START) + after + interval)
    near_from = pl.max_horizontal("_from", pl.col(START) - after)
    long_enough = (near_until - near_from >= after) & (pl.col(START) > pl.col("_from"))
    candidates = runs.filter(long_enough)
    if rule.companion is None or candidates.is_empty():
        return candidates.get_column("_row")
    if companion is None:
        return candidates.get_column("_row").clear()
    beside = runs.join(companion, on=["device_id", START], how="left", maintain_order="left")
    moves = (
        beside.rolling(START, period=2 * after, offset=-after, closed="both", group_by="_run")
        .agg((pl.col("companion").max() - pl.col("companion").min()).alias("_moved"))
        .filter(pl.col("_moved") > rule.companion_moves)
    )
    return candidates.join(moves, on=["_run", START], how="semi").get_column("_row")
