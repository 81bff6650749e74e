"""Values that stand out within a column: stuck runs, runs of zeros, spikes.

Here must not live: whether they are wrong; that takes a contract's checks.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.inspection.table import Table

STUCK = 6
"""Equal values in a row from which a column that otherwise moves is called stuck."""
LIVELY = 0.2
"""A column in which fewer neighbours are equal than this share moves."""
RARE = 0.05
"""Zeros are rare below this share."""
EXAMPLES = 3
ENOUGH = 200
"""Values from which a spike can be told from a wide range."""


@dataclass(frozen=True, slots=True)
class Run:
    """Equal values in a row."""

    value: float
    length: int
    place: str


def stuck_run(table: Table, rows: pl.DataFrame, steps: pl.Series) -> Run | None:
    """The longest run of one value other than zero, in a column that otherwise moves.

    Args:
        table: The records, for places.
        rows: `at`, `key`, `number` in the order of the stamps.
        steps: Differences between neighbours of one device.
    """
    if (
        steps.is_empty()
        or float(steps.eq(0).sum()) > LIVELY * len(steps)
        or rows["number"].n_unique() < STUCK
    ):
        return None
    run = _longest(table, rows.filter(pl.col("number") != 0))
    return run if run is not None and run.length >= STUCK else None


def zero_run(table: Table, rows: pl.DataFrame) -> Run | None:
    """The longest run of zeros, where zero is rare and every other value is above it."""
    values = rows["number"]
    zeros = int(values.eq(0).sum())
    if not 0 < zeros < RARE * len(values) or float(values.filter(values != 0).quantile(0.01) or 0) <= 0:
        return None
    distinct = pl.when(pl.col("number") == 0).then(0.0).otherwise(1.0 + pl.int_range(pl.len()))
    run = _longest(table, rows.with_columns(distinct.alias("number")))
    return run if run is not None and run.value == 0 and run.length > 1 else None


def spikes(table: Table, rows: pl.DataFrame) -> tuple[tuple[float, str], ...]:
    """Values outside the middle 98 % by more than three times its width, the farthest first."""
    values = rows["number"]
    low, high = float(values.quantile(0.01) or 0), float(values.quantile(0.99) or 0)
    if len(values) < ENOUGH or high <= low:
        return ()
    far = rows.with_columns(distance=pl.max_horizontal(pl.col("number") - high, low - pl.col("number")))
    far = far.filter(pl.col("distance") > 3 * (high - low))
    far = far.sort(["distance", "at"], descending=[True, False]).head(EXAMPLES)
    return tuple((value, table.place(at)) for value, at in far.select("number", "at").iter_rows())


def _longest(table: Table, rows: pl.DataFrame) -> Run | None:
    """The longest run of equal values of one device."""
    if rows.is_empty():
        return None
    turns = (pl.col("number") != pl.col("number").shift()) | (pl.col("key") != pl.col("key").shift())
    runs = rows.with_columns(turns.fill_null(value=True).cum_sum().alias("run"))
    runs = runs.group_by("run", maintain_order=True).agg(
        pl.len().alias("length"), pl.col("number").first(), pl.col("at").first()
    )
    longest = runs.row(int(runs["length"].arg_max() or 0), named=True)
    return Run(longest["number"], longest["length"], table.place(longest["at"]))
