"""Finding about a file whose stamps do not lie on the boundaries of its intervals.

Boundaries are whole intervals after midnight, or quarters of an hour where intervals are longer.
Instants have none, nor have intervals of more than an hour, which may begin at any. Nothing is moved: the
warehouse weighs an interval by its overlap with each hour. Here must not live: records that crowd
(`overlaps`).
"""

import math

import polars as pl

from pipelines.campus.contract import Contract

_QUARTER_S = 900
"""Every clock is a whole number of quarters of an hour away from UTC."""
_LONGEST_S = 3600


def off_grid(starts: pl.Series, row_numbers: pl.Series, contract: Contract) -> str | None:
    """How many interval starts [UTC] are off the grid and the first of them, None where none is."""
    interval_s = contract.time.interval
    period_s = math.gcd(interval_s, _QUARTER_S)
    if contract.time.label == "instant" or interval_s > _LONGEST_S:
        return None
    is_off = (starts.to_physical() % (1_000_000 * period_s) != 0).fill_null(False)
    count = is_off.sum()
    if not count:
        return None
    first = is_off.arg_true()[0]
    share = f"{count} of {starts.drop_nulls().len()} stamps"
    return f"{share}, first in record {row_numbers[first]}: interval start {starts[first]} UTC"
