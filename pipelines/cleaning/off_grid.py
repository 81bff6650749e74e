"""Finding about stamps that do not lie on the boundaries of their intervals.

Boundaries are whole intervals after midnight, or quarters of an hour where intervals are longer than an hour
allows; intervals of more than an hour may begin at any. Instants have no boundaries, but a source that gives
nearly all of them at one minute has a habit. A few stamps that miss are a finding each, many are one about
the file. Nothing is moved: the warehouse weighs an interval by its overlap with each hour. Here must not
live: records that crowd (`overlaps`), clocks that run away (`clock_jumps`).
"""

import math
from datetime import datetime
from typing import cast

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.clock import AT

_QUARTER_S = 900
"""Every clock is a whole number of quarters of an hour away from UTC."""
_LONGEST_S = 3600
_FEW = 0.1
"""Share of a file's stamps up to which those that miss its boundaries are named one by one."""
_MICROS = 1_000_000


def off_grid(stamped: pl.DataFrame, contract: Contract) -> list[tuple[int, datetime, str]]:
    """(number of the record, its start, what is said) of stamps off the grid; one about the file if many.

    Args:
        stamped: `AT` (interval starts in UTC, NULL where a record has none) and `row_number`.
        contract: The feed's contract.
    """
    starts, interval_s = stamped.get_column(AT), contract.time.interval
    if interval_s > _LONGEST_S:
        return []
    if contract.time.label == "instant":
        is_off = _off_habit(starts, interval_s)
    else:
        is_off = starts.to_physical() % (_MICROS * math.gcd(interval_s, _QUARTER_S)) != 0
    off = stamped.filter(is_off).select("row_number", AT).rows()
    known = starts.count()
    if len(off) <= _FEW * known:
        return [(number, start, f"interval start {start} UTC") for number, start in off]
    number, start = off[0]
    said = f"{len(off)} of {known} stamps, first in record {number}: interval start {start} UTC"
    return [(1, cast("datetime", starts.min()), said)]


def _off_habit(starts: pl.Series, interval_s: int) -> pl.Series:
    """Instants in place of those that the source's habit would give; of a source without one none."""
    period = _MICROS * interval_s
    at = starts.to_physical()
    known = at.drop_nulls()
    nobody = pl.repeat(False, starts.len(), eager=True)
    if known.is_empty():
        return nobody
    habit = (known % period).mode().min()
    regular = known.filter(known % period == habit)
    if regular.len() < (1 - _FEW) * known.len():
        return nobody
    nearest = (at - habit + period // 2) // period * period + habit
    return ((at % period != habit) & ~nearest.is_in(regular.implode())).fill_null(False)
