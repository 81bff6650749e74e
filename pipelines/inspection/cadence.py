"""How records follow each other: interval, order, gaps, duplicates, and what a stamp names.

All of it within one device or tag. Here must not live: zones (`clock`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.campus.durations import LONGEST, write_duration
from pipelines.inspection.guess import Guess, sure, unknown, unsure
from pipelines.inspection.stamps import Stamp
from pipelines.inspection.table import FILE, Table

END_WORDS = re.compile(r"\bend(ing|s)?\b|interval_end|_end\b|^he$|\bhe\b|ende\b|\bbis\b", re.IGNORECASE)
START_WORDS = re.compile(r"\b(start|begin)(ning|s)?\b|_start\b|_begin\b|beginn?|\bvon\b", re.IGNORECASE)
DAY_S, HOUR_S = 86_400, 3_600
REGULAR = 0.9
FEW_STEPS = 3


@dataclass(frozen=True, slots=True)
class Cadence:
    """How the records of one device or tag follow each other.

    Attributes:
        interval: Time between records, as a contract writes it.
        order: ascending, descending or any.
        label: start, end or instant.
        seconds: The interval [s], None where it is unknown.
        first: First stamp, by the source's clock.
        last: Last stamp.
        gaps: (records missing, where the longest gap begins, records missing in it).
        exact: Records that say the same as another.
        conflicting: Stamps of a device or tag with different values.
        example: Where the first conflict is.
    """

    interval: Guess
    order: Guess
    label: Guess
    seconds: int | None
    first: object
    last: object
    gaps: tuple[int, object, int]
    exact: int
    conflicting: int
    example: str


def series_of(table: Table, stamp: Stamp | None, key: str | None) -> pl.DataFrame:
    """`at` (place in the table), `file`, `key`, `wall` of the records with a stamp; without stamps of all."""
    rows = table.frame.height
    wall = stamp.wall if stamp else pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, rows)
    keys = table.frame.get_column(key).cast(pl.String) if key else pl.repeat("", rows, eager=True)
    frame = pl.DataFrame([table.frame.get_column(FILE).alias("file"), keys.alias("key"), wall.alias("wall")])
    frame = frame.with_row_index("at")
    return frame.filter(pl.col("wall").is_not_null()) if stamp else frame


def cadence_of(table: Table, stamp: Stamp, series: pl.DataFrame, names: Sequence[str]) -> Cadence:
    """How records follow each other.

    Args:
        table: The records.
        stamp: The stamp in use.
        series: See `series_of`.
        names: All columns of stamps; words in them tell what a stamp names.
    """
    distinct = series.select("key", "wall").unique().sort("key", "wall")
    steps = (
        distinct.select(pl.col("wall").diff().over("key").dt.total_seconds().alias("step"))
        .to_series()
        .drop_nulls()
    )
    seconds, interval = _interval(steps)
    exact, conflicting, example = _duplicates(table, series)
    return Cadence(
        interval=interval,
        order=_order(series, seconds),
        label=_label(series, stamp, names, seconds),
        seconds=seconds,
        first=series["wall"].min(),
        last=series["wall"].max(),
        gaps=_gaps(distinct, seconds),
        exact=exact,
        conflicting=conflicting,
        example=example,
    )


def _interval(steps: pl.Series) -> tuple[int | None, Guess]:
    counts = Counter(steps.to_list())
    if not counts:
        return None, unknown("one stamp only")
    seconds, count = max(counts.items(), key=lambda pair: (pair[1], -pair[0]))
    share = count / len(steps)
    if not 0 < seconds <= LONGEST:
        return None, unknown("stamps lie less than a second, or more than a year apart")
    text = write_duration(seconds)
    if len(steps) < FEW_STEPS:
        return seconds, unsure(text, f"{len(steps)} step(s) between stamps")
    why = f"{share:.1%} of {len(steps)} steps"
    return seconds, sure(text, why) if share >= REGULAR else unsure(text, f"only {why}")


def _order(series: pl.DataFrame, seconds: int | None) -> Guess:
    """Order of the records of one device within one file; the hour that clocks repeat steps back once."""
    steps = (
        series.select(pl.col("wall").diff().over("file", "key").dt.total_seconds().alias("step"))
        .to_series()
        .drop_nulls()
    )
    steps = steps.filter(steps.abs() != HOUR_S - (seconds or 0)) if _is_fold(steps, seconds) else steps
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    if up + down < FEW_STEPS:
        return unknown("too few records")
    if down == 0:
        return sure("ascending", f"{up} steps forward, {down} back")
    if up == 0:
        return sure("descending", f"newest first: {down} steps back, {up} forward")
    return sure("any", f"{up} steps forward, {down} back")


def _is_fold(steps: pl.Series, seconds: int | None) -> bool:
    """Whether the few steps against the order are of a repeated hour: one hour less an interval each."""
    against = steps.filter(steps < 0) if (steps > 0).sum() > (steps < 0).sum() else steps.filter(steps > 0)
    return (
        seconds is not None
        and seconds < HOUR_S
        and 0 < len(against) < len(steps) / 20
        and bool((against.abs() == HOUR_S - seconds).all())
    )


def _label(series: pl.DataFrame, stamp: Stamp, names: Sequence[str], seconds: int | None) -> Guess:
    said = " ".join(stamp.columns)
    for word, pattern in (("end", END_WORDS), ("start", START_WORDS)):
        if pattern.search(said.replace("_", " ")):
            return sure(word, f"the column is called {said!r}")
    if stamp.midnight_24:
        return sure("end", f"{stamp.midnight_24} stamps write midnight as 24:00")
    other = next((name for name in names if END_WORDS.search(name.replace("_", " "))), None)
    if other is not None:
        return unsure("end", f"another column is called {other!r}")
    if seconds is None or seconds >= DAY_S:
        return unsure("start", "nothing in the file says what a stamp names")
    bounds = series.group_by("file").agg(
        pl.col("wall").min().alias("first"), pl.col("wall").max().alias("last")
    )
    of_day = bounds.select(
        pl.col("first", "last").dt.hour().cast(pl.Int64) * 3600
        + pl.col("first", "last").dt.minute().cast(pl.Int64) * 60
    )
    firsts, lasts = set(of_day["first"]), set(of_day["last"])
    if firsts == {seconds % DAY_S} and 0 in lasts:
        return unsure("end", "files begin one interval after midnight and end at midnight")
    if firsts == {0} and lasts == {DAY_S - seconds}:
        return unsure("start", "files begin at midnight and end one interval before it")
    return unsure("start", "nothing in the file says what a stamp names")


def _gaps(distinct: pl.DataFrame, seconds: int | None) -> tuple[int, object, int]:
    if seconds is None:
        return 0, None, 0
    steps = distinct.with_columns(
        before=pl.col("wall").shift().over("key"),
        missing=pl.col("wall").diff().over("key").dt.total_seconds() // seconds - 1,
    ).filter(pl.col("missing") > 0)
    if steps.is_empty():
        return 0, None, 0
    longest = steps.sort("missing", "before", descending=[True, False]).row(0, named=True)
    return int(steps["missing"].sum()), longest["before"], int(longest["missing"])


def _duplicates(table: Table, series: pl.DataFrame) -> tuple[int, int, str]:
    """Records that repeat another word for word; stamps whose records differ; the first of these."""
    twice = series.filter(pl.len().over("key", "wall") > 1)
    if twice.is_empty():
        return 0, 0, ""
    cells = table.frame.select(
        pl.concat_str(pl.col(table.names).fill_null("\0"), separator="\1").alias("cells")
    )
    rows = twice.with_columns(cells.to_series().gather(twice["at"]).alias("cells"))
    groups = rows.group_by("key", "wall", maintain_order=True).agg(
        pl.col("cells").n_unique().alias("different"),
        pl.len().alias("records"),
        pl.col("at").get(1).alias("at"),
    )
    exact = int((groups["records"] - groups["different"]).sum())
    conflicts = groups.filter(pl.col("different") > 1)
    example = f"{conflicts['wall'][0]}, {table.place(int(conflicts['at'][0]))}" if conflicts.height else ""
    return exact, conflicts.height, example
