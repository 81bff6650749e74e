"""Rule of the state of charge: it cannot move faster than the battery's power fills its capacity.

The management system may set the state of charge right in one step, so the value is kept, with a
finding. Here must not live: the energy over hours, which the warehouse compares with the registers.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.cleaning.ratings import Rating, of_rows
from pipelines.cleaning.runs import ROW, VALUE, same_device, since

COLUMN = "soc_pct"
_OVERLOAD = 1.5
"""Times the nameplate that a battery gives for a short time."""
_RESOLUTION_PCT = 1.0
"""Two roundings and the small corrections of a management system."""


def soc_jump_rows(series: pl.DataFrame, ratings: Mapping[str, Rating], interval_s: int) -> pl.Series:
    """Rows that came too fast from the one at most two intervals before; the series is as in `runs`."""
    speed = {
        device: 100 * rating.mw / rating.mwh for device, rating in ratings.items() if rating.mw and rating.mwh
    }
    jump = series.get_column(VALUE).diff().abs()
    if not (jump > _RESOLUTION_PCT).any():
        return series.get_column(ROW).clear()
    fast = series.with_columns(jump.alias("_jump"), since().alias("_since"), same_device().alias("_same"))
    fast = fast.filter((pl.col("_jump") > _RESOLUTION_PCT) & pl.col("_same"))
    fast = fast.filter(pl.col("_since") <= pl.duration(seconds=2 * interval_s))
    hours = pl.col("_since").dt.total_seconds() / 3600
    limit = _RESOLUTION_PCT + _OVERLOAD * of_rows(fast, speed) * hours
    return fast.filter(pl.col("_jump") > limit).get_column(ROW)
