"""Rule of undeclared sentinels: a number that many sources write for missing, and that stands out.

A true value can be such a number by chance; it then lies among its neighbours. Here must not live: numbers
that a contract declares to mean missing (`values`).
"""

from collections.abc import Collection, Iterable
from typing import cast

import polars as pl

from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import ROW, VALUE
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.values import scaling
from pipelines.kinds import Column

NUMBERS = (
    *(999.0, -999.0, 999.9, -999.9, 9999.0, -9999.0, 9999.9, -9999.9, 99999.0, -99999.0),
    *(32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 4294967295.0),
)
"""Nines that fill a field, and the ends of integers of 16 and 32 bits."""
_APART = 0.02
"""Share of its size by which a sentinel lies beyond all its neighbours at least; less would do no harm."""
_PLACES = (1, 2, -1, -2)
_LEAST = 2
"""Neighbours that a judgement needs."""


def sentinels_among(
    values: pl.Series, manners: Iterable[Manner], column: Column, interval_s: int
) -> tuple[float, ...]:
    """The numbers as a column shows them [canonical unit], where its values have any; registers have none."""
    scales = {scaling(manner, column, interval_s) for manner in manners if not manner.counter}
    shown = {
        number * multiplier / divisor + offset for multiplier, divisor, offset in scales for number in NUMBERS
    }
    least, most = cast("float | None", values.min()), cast("float | None", values.max())
    if least is None or most is None:
        return ()
    within = tuple(sorted(number for number in shown if least <= number <= most))
    return within if within and values.is_in(within).any() else ()


def sentinel_rows(series: pl.DataFrame, numbers: Collection[float], interval_s: int) -> pl.Series:
    """Rows of such numbers that lie beyond all of at least two neighbours; the series is as in `runs`.

    Neighbours are the two records before and after, at most two intervals away, that are no such numbers.
    """
    is_one = series.get_column(VALUE).is_in(numbers)
    others = series.with_columns(pl.when(~is_one).then(pl.col(VALUE)).alias("_other"))
    near = others.select(
        ROW,
        VALUE,
        pl.concat_list(_neighbour(place, interval_s) for place in _PLACES).list.drop_nulls().alias("_near"),
    ).filter(is_one)
    least, most = pl.col("_near").list.min(), pl.col("_near").list.max()
    margin = pl.max_horizontal(_APART * pl.col(VALUE).abs(), most - least)
    above, below = pl.col(VALUE) - margin > most, pl.col(VALUE) + margin < least
    enough = pl.col("_near").list.len() >= _LEAST
    return near.filter(enough & (above | below)).get_column(ROW)


def _neighbour(place: int, interval_s: int) -> pl.Expr:
    """The value so many places before (or, negative, after), NULL where it is none or too far away."""
    apart = (pl.col(START) - pl.col(START).shift(place)).abs()
    is_near = (pl.col("device_id") == pl.col("device_id").shift(place)) & (
        apart <= pl.duration(seconds=2 * interval_s)
    )
    return pl.when(is_near).then(pl.col("_other").shift(place))
