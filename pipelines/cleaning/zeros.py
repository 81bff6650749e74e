"""Rule of zeros that mean missing: a quantity that cannot be 0 for so long was not measured.

Here must not live: null numbers, which mean missing one by one (`values`).
"""

import polars as pl

from pipelines.campus.contract import Zeros
from pipelines.cleaning.runs import ROW, VALUE, long_runs


def zero_rows(series: pl.DataFrame, rule: Zeros, interval_s: int) -> pl.Series:
    """Rows of zeros in runs of zeros that last long enough; the series is as in `runs`."""
    runs = long_runs(series, pl.col(VALUE) != pl.col(VALUE).shift(), rule.after, interval_s)
    return runs.filter(pl.col(VALUE) == 0).get_column(ROW)
