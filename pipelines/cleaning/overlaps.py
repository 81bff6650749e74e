"""Rule of crowded records: an interval that begins long before the one before it is over.

A source that writes ten records an interval would count ten times. Stamps that drift by seconds overlap
too, by less than half an interval, and stay. Here must not live: two values of one interval
(`duplicates`).
"""

import polars as pl

from pipelines.cleaning.runs import ROW, same_device, since


def crowded_rows(rows: pl.DataFrame, interval_s: int) -> pl.Series:
    """Rows, in order, that begin less than half an interval after the row of the device before them."""
    apart = since()
    is_crowded = (
        same_device() & (apart > pl.duration(seconds=0)) & (2 * apart < pl.duration(seconds=interval_s))
    )
    return rows.filter(is_crowded.fill_null(False)).get_column(ROW)
