"""Rule of impossible combinations: a value that cannot be while another of the same record is 0.

Which of the two is wrong no record can tell, so both are kept, with a finding. Here must not live:
balances over several devices, which the warehouse draws.
"""

import polars as pl

from pipelines.campus.contract import Needs
from pipelines.cleaning.clock import START
from pipelines.cleaning.runs import ROW, VALUE


def contradiction_rows(series: pl.DataFrame, rule: Needs, companion: pl.DataFrame) -> pl.Series:
    """Rows above the threshold while the other column is 0; arguments as in `stuck.stuck_rows`."""
    high = series.filter(pl.col(VALUE) > rule.above)
    beside = high.join(companion, on=["device_id", START], how="left", maintain_order="left")
    return beside.filter(pl.col("beside") == 0).get_column(ROW)
