"""Rule of a clock that jumps or runs away and is set right: the records in between bear the wrong time.

In the order of the file the records of a tag or device follow each other by one cadence. Where they jump
once and later, by exactly as much, the other way, records before and after leave room for just those in
between: these are displaced. So are those of a clock that gains or loses a part of a cadence record by
record, until one step takes back exactly what has added up. They are refused, not moved: what else was wrong
with such a clock nobody knows. A jump by one cadence, one that is not taken back, or one by which a single
record lies back looks like gaps and records delivered again, and is left to the other rules. Here must not
live: what a stamp means (`clock`).
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import polars as pl

from pipelines.campus.contract import Contract, Corrections

_ORDERLY = 0.1
"""Largest share of steps that are not one cadence, in a file whose order says anything about its clock.

Steps that are off by less than half a cadence are none: a clock that shakes or drifts has many."""


def displaced(
    instants: pl.Series,
    source: pl.Series | None,
    row_numbers: pl.Series,
    lost: pl.Series,
    contract: Contract,
) -> pl.Series:
    """Whether each record of a file lies between two opposite jumps, or on a drift that is taken back.

    Args:
        instants: When each record is, in the order of the file, NULL where that is not known: such a record
            may have its place among the others, and it may not.
        source: Tag or device of each record; None where a record has no such name.
        row_numbers: Number of each record in the file.
        lost: Numbers of its other data records, which could not be split.
        contract: The feed's contract.
    """
    cadence_us = contract.cadence_us
    has_order = not isinstance(contract.layout, Corrections)
    if not has_order or runs_evenly(instants.drop_nulls(), cadence_us):
        return pl.repeat(False, len(instants), dtype=pl.Boolean, eager=True)
    rows = _in_order(instants, source, row_numbers, lost)
    step = rows.get_column("_at").diff().set(rows.get_column("_is_first"), None)
    # A step is counted in the direction of the file, so that a gap is always positive.
    sign = -1 if (step < 0).sum() > (step > 0).sum() else 1
    excess, filled = step * sign - cadence_us, (rows.get_column("_nth").diff() - 1) * cadence_us
    # Records of unknown time fill a gap as far as they can; beside a longer step each has its place.
    excess = (excess - filled.set(excess.abs() <= filled, 0)).set(excess.is_between(0, filled), 0)
    steps = rows.select("_row", "_is_first", excess.alias("_excess")).with_row_index("_place")
    odd = steps.filter((pl.col("_excess") != 0) | pl.col("_is_first")).drop("_row")
    is_jump = 2 * pl.col("_excess").abs() >= cadence_us
    if odd.select(is_jump.sum()).item() > _ORDERLY * rows.height:
        return pl.repeat(False, len(instants), dtype=pl.Boolean, eager=True)
    # A step off by one cadence is a record lost, or one delivered twice, as files have them.
    is_single = pl.col("_excess").abs() == cadence_us
    jumps = odd.filter((is_jump & ~is_single) | pl.col("_is_first"))
    wrong = [*_between(jumps.iter_rows(), rows.height)]
    wrong += _drifting(odd.iter_rows(), cadence_us)
    parts = [rows.get_column("_row").slice(first, length) for first, length in wrong]
    found = pl.concat([pl.Series("_row", [], pl.Int64()), *parts])
    return pl.int_range(len(instants), eager=True).is_in(found.implode())


def runs_evenly(known: pl.Series, cadence_us: int) -> bool:
    """Whether no clock can have jumped back or run away: all in order and whole cadences apart."""
    if not (known.is_sorted() or known.is_sorted(descending=True)):
        return False
    return bool((known.to_physical() % cadence_us).diff().abs().sum() == 0)


def places(row_numbers: pl.Series, lost: pl.Series) -> pl.Series:
    """Place of each record among all data records of the file, those that could not be split included."""
    return pl.int_range(len(row_numbers), eager=True) + lost.sort().search_sorted(row_numbers)


def _in_order(
    instants: pl.Series, source: pl.Series | None, row_numbers: pl.Series, lost: pl.Series
) -> pl.DataFrame:
    """Records with a time, tag by tag in the order of the file.

    `_row`, `_at` [µs], `_nth` (place among the records of all times) and `_is_first` of its tag.
    """
    rows = pl.DataFrame({"_row": pl.int_range(len(instants), eager=True), "_at": instants.to_physical()})
    if source is None:
        rows = rows.with_columns(places(row_numbers, lost).alias("_nth")).drop_nulls()
        return rows.with_columns((pl.int_range(pl.len()) == 0).alias("_is_first"))
    rows = rows.with_columns(source.fill_null("").alias("_source")).sort("_source", "_row")
    rows = rows.with_columns(pl.int_range(pl.len()).alias("_nth")).drop_nulls()
    is_first = (pl.col("_source") != pl.col("_source").shift()).fill_null(True)
    return rows.with_columns(is_first.alias("_is_first"))


def _between(jumps: Iterable[tuple[int, bool, int | None]], end: int) -> Iterator[tuple[int, int]]:
    """(place, length) of the records between a jump and the first that takes it back.

    In between there may be gaps shorter than the jump, and nothing else. After it the clock goes on: a
    record alone that lies back was delivered again.

    Args:
        jumps: (place, whether a tag begins there, what the step is more than one cadence) of steps that
            are off by half a cadence or more.
        end: Place after the last record.
    """
    open_jumps: dict[int, int] = {}
    for (place, is_first, excess), (following, *_) in pairwise([*jumps, (end, True, None)]):
        if is_first or excess is None:
            open_jumps = {}
        elif -excess in open_jumps and following > place + 1:
            first = open_jumps[-excess]
            yield first, place - first
            open_jumps = {}
        else:
            smaller = {size: start for size, start in open_jumps.items() if 0 < excess < abs(size)}
            open_jumps = smaller | {excess: place}


def _drifting(steps: Iterable[tuple[int, bool, int | None]], cadence_us: int) -> Iterator[tuple[int, int]]:
    """(place, length) of the records between the first part of a drift and the step that takes it all back.

    A drift is what steps of one direction are off whole cadences; whole ones are gaps. What adds up to less
    than a cadence puts no record in another's place and is none.

    Args:
        steps: The same of all steps that are no cadence.
        cadence_us: The feed's cadence [µs].
    """
    first, drift = 0, 0
    for place, is_first, excess in steps:
        if is_first or excess is None:
            drift = 0
            continue
        part = (excess + cadence_us // 2) % cadence_us - cadence_us // 2
        if excess == -drift and abs(drift) >= cadence_us:
            yield first, place - first
            drift = 0
        elif part:
            first = first if part * drift > 0 else place
            drift = part + (drift if part * drift > 0 else 0)
        elif excess < 0:
            drift = 0
