"""Rule of spikes: a value far from the two records before and after it, which agree with each other.

One of the four may be wrong itself, so that two spikes in a row are found; of three, none may. Values that
step once, or move by no more than half the jump from record to record, are never accused. Here must not
live: values that are impossible by themselves (`values`).
"""

import polars as pl

from pipelines.campus.checks import SPIKE_RECORDS
from pipelines.campus.contract import Spike
from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import ROW, VALUE

_BEFORE, _AFTER = (2, 1), (-1, -2)


def spike_rows(series: pl.DataFrame, rule: Spike, interval_s: int) -> pl.Series:
    """Rows of spikes; the series is as in `runs`.

    At least three of the four neighbours must be there, within `SPIKE_RECORDS` intervals, on both sides.
    """
    near = {place: _neighbour(place, interval_s) for place in (*_BEFORE, *_AFTER)}
    moves = (series.get_column(VALUE).diff().abs() > (rule.jump or 0.0) / 2).fill_null(False)
    if not moves.any():
        return series.get_column(ROW).clear()
    series = series.with_columns((moves | moves.shift(-1, fill_value=False)).alias("_restless"))
    beside = (pl.col("_restless").shift(place, fill_value=False) for place in near)
    around = (
        series.filter(pl.any_horizontal("_restless", *beside))
        .select(ROW, VALUE, "_restless", *(value.alias(f"_{place}") for place, value in near.items()))
        .filter("_restless")
    )
    both = pl.all_horizontal(
        pl.any_horizontal(pl.col(f"_{place}").is_not_null() for place in side) for side in (_BEFORE, _AFTER)
    )
    others = pl.concat_list(f"_{place}" for place in near).list.drop_nulls().list.sort()
    judged = (
        around.filter(both).with_columns(others.alias("_others")).filter(pl.col("_others").list.len() > 2)
    )
    first, second, third, fourth = (pl.col("_others").list.get(n, null_on_oob=True) for n in range(4))
    spread = (
        pl.when(fourth.is_null())
        .then(third - first)
        .otherwise(pl.min_horizontal(third - first, fourth - second))
    )
    middle = pl.col("_others").list.median()
    limit = pl.max_horizontal(pl.lit(rule.jump or 0.0), middle.abs() * (rule.share or 0.0))
    stands_out = (pl.col(VALUE) - middle).abs() > limit
    return judged.filter(stands_out & (spread <= limit / 2)).get_column(ROW)


def _neighbour(place: int, interval_s: int) -> pl.Expr:
    """The value so many places before (or, negative, after), NULL where it is too far away."""
    apart = (pl.col(START) - pl.col(START).shift(place)).abs()
    is_near = (pl.col("device_id") == pl.col("device_id").shift(place)) & (
        apart <= pl.duration(seconds=SPIKE_RECORDS * interval_s)
    )
    return pl.when(is_near).then(pl.col(VALUE).shift(place))
