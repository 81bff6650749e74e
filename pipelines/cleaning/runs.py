"""Series of one column, and the runs in them: what the rules of a neighbourhood share.

A series has `ROW` (place in the frame), `device_id`, the interval's start and `VALUE`, in order, loaded
values only. A rule takes a series and gives the rows it accuses; whether it accuses a value depends only
on what lies within the reach of the column's checks, so that a day cleaned alone equals the same day
cleaned with its neighbours. Here must not live: a rule.
"""

import polars as pl

from pipelines.cleaning.clock import START
from pipelines.cleaning.verdicts import LOADED

ROW, VALUE, RUN, FROM, UNTIL = "_row", "_value", "_run", "_from", "_until"


def series_of(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Loaded values of a column of a frame with `ROW`, in the frame's order."""
    loaded = frame.filter(pl.col(f"{name}#").is_in(LOADED))
    return loaded.select(ROW, "device_id", START, pl.col(name).alias(VALUE))


def same_device(places: int = 1) -> pl.Expr:
    """Whether the value so many places before is of the same device."""
    return (pl.col("device_id") == pl.col("device_id").shift(places)).fill_null(False)


def since(places: int = 1) -> pl.Expr:
    """Time since the value so many places before."""
    return pl.col(START) - pl.col(START).shift(places)


def long_runs(series: pl.DataFrame, breaks: pl.Expr, after_s: int, interval_s: int) -> pl.DataFrame:
    """Values of runs that last at least `after_s`, with the run's id and ends.

    A run ends where `breaks` says so, where the device changes, and at a gap of more than two intervals.
    """
    gap = ~same_device() | (since() > pl.duration(seconds=2 * interval_s))
    runs = series.with_columns((breaks | gap).fill_null(True).cum_sum().alias(RUN)).with_columns(
        pl.col(START).first().over(RUN).alias(FROM),
        (pl.col(START).last() + pl.duration(seconds=interval_s)).over(RUN).alias(UNTIL),
    )
    return runs.filter(pl.col(UNTIL) - pl.col(FROM) >= pl.duration(seconds=after_s))
