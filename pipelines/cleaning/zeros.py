"""Rule of zeros that mean missing: a quantity that cannot be 0 for so long was not measured.

Here must not live: null numbers, which mean missing one by one (`values`).
"""

import polars as pl

from pipelines.campus.contract import Zeros
from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import ROW, VALUE, long_runs


def zero_rows(series: pl.DataFrame, rule: Zeros, interval_s: int, companion: pl.DataFrame) -> pl.Series:
    """Rows of zeros in runs of zeros that last long enough; arguments as in `stuck.stuck_rows`.

    Where a companion is named, only those beside which it is there and not 0.
    """
    runs = long_runs(series, pl.col(VALUE) != pl.col(VALUE).shift(), rule.after, interval_s)
    zeros = runs.filter(pl.col(VALUE) == 0)
    if rule.companion is not None:
        beside = zeros.join(companion, on=["device_id", START], how="left", maintain_order="left")
        zeros = beside.filter(pl.col("beside") != 0)
    return zeros.get_column(ROW)
