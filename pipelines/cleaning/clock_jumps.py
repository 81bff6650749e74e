"""Rule of a clock that jumps and jumps back: the records in between bear the wrong time.

In the order of the file the records of a tag or device follow each other by one cadence. Where they jump
once and later, by exactly as much, the other way, records before and after leave room for just those in
between: these are displaced. They are refused, not moved: what else was wrong with such a clock nobody
knows. A jump that is not taken back looks like a gap or like records delivered again, and is left to the
other rules. Here must not live: what a stamp means (`clock`).
"""

from collections.abc import Iterable, Iterator

import polars as pl

from pipelines.campus.contract import Contract, Corrections

_ORDERLY = 0.1
"""Largest share of steps that are not one cadence, in a file whose order says anything about its clock."""


def displaced(instants: pl.Series, source: pl.Series | None, contract: Contract) -> pl.Series:
    """Whether each record of a file lies between two opposite jumps.

    Args:
        instants: When each record is, in the order of the file, NULL where that is not known.
        source: Tag or device of each record; None where a record has no such name.
        contract: The feed's contract.
    """
    known = instants.drop_nulls()
    has_order = not isinstance(contract.layout, Corrections)
    if not has_order or known.is_sorted() or known.is_sorted(descending=True):
        return pl.repeat(False, len(instants), dtype=pl.Boolean, eager=True)
    rows = _in_order(instants, source)
    cadence_us = (contract.cadence or contract.time.interval) * 1_000_000
    step = rows.get_column("_at").diff().set(rows.get_column("_is_first"), None)
    way = -cadence_us if (step < 0).sum() > (step > 0).sum() else cadence_us
    # A step is counted in the direction of the file, so that a gap is always positive.
    excess = (step - way) * (1 if way > 0 else -1)
    jumps = rows.select("_row", "_is_first").with_columns(excess.alias("_excess")).with_row_index("_place")
    jumps = jumps.filter((pl.col("_excess") != 0) | pl.col("_is_first"))
    if jumps.height - rows.get_column("_is_first").sum() > _ORDERLY * rows.height:
        return pl.repeat(False, len(instants), dtype=pl.Boolean, eager=True)
    wrong = [
        rows.get_column("_row").slice(first, length)
        for first, length in _between(jumps.select("_place", "_is_first", "_excess").iter_rows())
    ]
    found = pl.concat([pl.Series("_row", [], pl.Int64()), *wrong])
    return pl.int_range(len(instants), eager=True).is_in(found.implode())


def _in_order(instants: pl.Series, source: pl.Series | None) -> pl.DataFrame:
    """`_row`, `_at` [µs] and `_is_first` of the records with a time, tag by tag in the order of the file."""
    rows = pl.DataFrame({"_row": pl.int_range(len(instants), eager=True), "_at": instants.to_physical()})
    if source is None:
        rows = rows.drop_nulls()
        return rows.with_columns((pl.int_range(pl.len()) == 0).alias("_is_first"))
    rows = rows.with_columns(source.fill_null("").alias("_source")).drop_nulls().sort("_source", "_row")
    is_first = (pl.col("_source") != pl.col("_source").shift()).fill_null(True)
    return rows.with_columns(is_first.alias("_is_first"))


def _between(jumps: Iterable[tuple[int, bool, int | None]]) -> Iterator[tuple[int, int]]:
    """(place, length) of the records between a jump and the first that takes it back.

    In between there may be gaps shorter than the jump, and nothing else.

    Args:
        jumps: (place, whether a tag begins there, what the step is more than one cadence) of steps that
            are no cadence.
    """
    open_jumps: dict[int, int] = {}
    for place, is_first, excess in jumps:
        if is_first or excess is None:
            open_jumps = {}
        elif -excess in open_jumps:
            first = open_jumps[-excess]
            yield first, place - first
            open_jumps = {}
        else:
            smaller = {size: start for size, start in open_jumps.items() if 0 < excess < abs(size)}
            open_jumps = smaller | {excess: place}
