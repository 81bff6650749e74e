"""Rule of stuck sensors: a value that stays the same for too long is not a measurement.

A run is a series of equal values of one device without a gap; its first value is kept. Where a
companion is named it must move meanwhile, or be stuck itself: a logger of which all columns freeze
together gives no measurement either. Zeros are never stuck, since what is off stays 0: they have a rule
of their own (`zeros`). Here must not live: frozen files.
"""

from datetime import timedelta

import polars as pl

from pipelines.campus.contract import Stuck
from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import FROM, ROW, RUN, VALUE, long_runs


def stuck_rows(series: pl.DataFrame, rule: Stuck, interval_s: int, companion: pl.DataFrame) -> pl.Series:
    """Rows of stuck values.

    Args:
        series: As in `runs`.
        rule: Threshold and companion.
        interval_s: Interval of the feed [s].
        companion: `device_id`, interval's start, `beside` (its value) and `is_stuck`, of the companion.
    """
    runs = long_runs(series, pl.col(VALUE) != pl.col(VALUE).shift(), rule.after, interval_s)
    stuck = runs.filter((pl.col(START) > pl.col(FROM)) & (pl.col(VALUE) != 0))
    if rule.companion is None or stuck.is_empty():
        return stuck.get_column(ROW)
    after = timedelta(seconds=rule.after)
    beside = runs.join(companion, on=["device_id", START], how="left", maintain_order="left")
    moving = (
        beside.rolling(START, period=2 * after, offset=-after, closed="both", group_by=RUN)
        .agg(
            (pl.col("beside").max() - pl.col("beside").min()).alias("_moved"),
            pl.col("is_stuck").any().alias("_is_stuck"),
        )
        .filter((pl.col("_moved") > rule.companion_moves) | pl.col("_is_stuck"))
    )
    return stuck.join(moving, on=[RUN, START], how="semi").get_column(ROW)
