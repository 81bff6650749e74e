"""Faults of a logger: records twice, not at all, in another order, with another stamp.

A strike takes the files of a feed, their numbers still numbers, and gives the files back that land.
Here must not live: how a value is spelt (`cells`), columns (`columns`).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, reduce
from operator import add

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract, Long, PerDevice, Wide
from pipelines.simulator.faults.feed import TAKEN, Feed, free, start_of
from pipelines.simulator.faults.strike import OnFiles, Strike, marked
from pipelines.simulator.landing import Delivery
from pipelines.simulator.records import DEVICE, LABEL, START
from pipelines.simulator.span import HOUR_S, Instants, Mask

_TAKE = pl.lit(TAKEN, pl.Int64).alias(LABEL)

RecordStrike = Callable[[Strike, Feed, list[Delivery]], list[Delivery]]
FileStrike = Callable[[Strike, Feed, Delivery], Delivery | None]


def each_file(strike: FileStrike) -> RecordStrike:
    """A strike on the fault's share of the files; it may find nothing to strike in one."""

    def strikes(hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
        chosen = hit.choose_files([True] * len(files))
        return [(strike(hit, feed, f) or f) if at in chosen else f for at, f in enumerate(files)]

    return strikes


def each_order(strike: FileStrike) -> RecordStrike:
    """The same of a file's clock or order, which one fault strikes at most; where it cannot, of another."""

    def strikes(hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
        found, left = list(files), hit.wanted.count_of(len(files))
        for at in _orderly(hit, files):
            if left and (struck := strike(hit, feed, files[at])):
                found[at] = replace(struck, order_struck=True)
                left -= 1
        return found

    return strikes


def _orderly(hit: Strike, files: list[Delivery]) -> list[int]:
    """Places of the files whose clock and order nothing has struck, in random order."""
    return list(hit.rng.permutation([at for at, file in enumerate(files) if not file.order_struck]))


def _copied(
    hit: Strike,
    feed: Feed,
    files: list[Delivery],
    false: Callable[[Strike, Feed, Delivery, pl.DataFrame, Instants], pl.DataFrame],
) -> list[Delivery]:
    """Single records come again at the end of their file, as `false` makes and labels them."""
    found = []
    masks = [free(file) & feed.is_gauge(file.frame) & _holds_number(feed, file) for file in files]
    for file, rows in zip(files, hit.choose(masks), strict=True):
        again = false(hit, feed, file, file.frame[rows], rows)
        found.append(replace(file, frame=pl.concat([marked(file.frame, rows, TAKEN), again])))
    return found


def _holds_number(feed: Feed, file: Delivery) -> Mask:
    given = file.frame.select(pl.any_horizontal(_given(name).is_not_null() for name in feed.gauges))
    return given.to_series().to_numpy()


def _same(hit: Strike, feed: Feed, file: Delivery, again: pl.DataFrame, rows: Instants) -> pl.DataFrame:
    return marked(again, range(len(rows)), [hit.note_row(feed, file, int(row)) for row in rows])


def _one_value(
    show: Callable[[float], float | None],
) -> Callable[[Strike, Feed, Delivery, pl.DataFrame, Instants], pl.DataFrame]:
    """Copies of records in which one value is different."""

    def false(hit: Strike, feed: Feed, file: Delivery, again: pl.DataFrame, rows: Instants) -> pl.DataFrame:
        given = again.select(
            pl.concat_list(_given(name) for name in feed.gauges).list.drop_nulls()
        ).to_series()
        names = [str(hit.rng.choice(found)) for found in given.to_list()]
        labels = [hit.note_row(feed, file, int(row), name) for row, name in zip(rows, names, strict=True)]
        again = marked(again, range(rows.size), labels)
        for name in dict.fromkeys(names):
            at = [n for n, struck in enumerate(names) if struck == name]
            values = again.get_column(name)
            false_values = pl.Series([show(float(values[n])) for n in at], dtype=values.dtype)
            again = again.with_columns(values.scatter(at, false_values))
        return again

    return false


def _given(name: str) -> pl.Expr:
    """The name of a column where it holds a number that is not zero, NULL elsewhere."""
    number = pl.col(name).cast(pl.Float64)
    return pl.when(number.is_finite() & (number != 0)).then(pl.lit(name))


def _higher(value: float) -> float:
    """About 10 % higher; a whole number stays one, so that its column is written as before."""
    return value + (round(value / 10) or 1) if value == round(value) else value * 1.1


def _restated(hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
    """A first revision with one value in 40 records 10 % too high, corrected by a second one."""
    found = []
    chosen = hit.choose_files([True] * len(files))
    for at, file in enumerate(files):
        if at not in chosen:
            found.append(file)
            continue
        rows = np.flatnonzero(free(file) & (np.arange(file.frame.height) % 40 == 0))
        wrong = _one_value(_higher)(hit, feed, file, file.frame[rows], rows)
        kept = (
            file.frame.with_row_index("_row")
            .filter(~pl.col("_row").is_in(rows.tolist()))
            .drop("_row")
            .with_columns(_TAKE)
        )
        first = pl.concat([kept, wrong]).sort(START, maintain_order=True)
        second = file.frame.with_columns(_TAKE)
        name = file.name.replace("_r1", "_r2")
        found += [replace(file, frame=first), replace(file, name=name, frame=second)]
    return found


def _overlap(hit: Strike, feed: Feed, files: list[Delivery], *, seconds: int, after: bool) -> list[Delivery]:
    """A file also holds the last seconds of the file before it, or the first of the one after."""
    chosen = hit.choose_files([True] * (len(files) - 1)) if len(files) > 1 else []
    found = list(files)
    for at in chosen:
        ours, theirs = (at, at + 1) if after else (at + 1, at)
        starts = start_of(files[theirs])
        near = starts < starts.min() + seconds if after else starts > starts.max() - seconds  # type: ignore[operator]
        taken = files[theirs].frame.filter(near & pl.Series(free(files[theirs])))
        shared = taken.with_columns(_TAKE)
        if shared.is_empty():
            continue
        hit.note_rows(feed, files[ours], shared)
        parts = [found[ours].frame, shared] if after else [shared, found[ours].frame]
        found[ours] = replace(found[ours], frame=pl.concat(parts))
        there = found[theirs].frame
        is_shared = there.get_column(START).is_in(shared.get_column(START).to_list())
        found[theirs] = replace(found[theirs], frame=marked(there, is_shared.arg_true().to_numpy(), TAKEN))
    return found


def window(hit: Strike, file: Delivery, seconds: int) -> pl.Series | None:
    """Which records of a file lie within some seconds from a full hour on; None if all hours are struck."""
    starts = start_of(file)
    first, last = int(starts.min()), int(starts.max())  # type: ignore[arg-type]
    for _ in range(50):
        begin = int(
            hit.rng.integers(first // HOUR_S + 1, max(first // HOUR_S + 2, (last - seconds) // HOUR_S))
        )
        inside = starts.is_between(begin * HOUR_S, begin * HOUR_S + seconds - 1)
        if inside.any() and free(file)[inside.to_numpy()].all():
            return inside
    return None


def _missing_rows(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
    gone = window(hit, file, HOUR_S)
    if gone is None:
        return None
    hit.note_rows(feed, file, file.frame.filter(gone))
    return replace(file, frame=file.frame.filter(~gone))


def _mixed_interval(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
    """Each fifth interval carries the mean of five; numbers only, words stay as they are."""
    inside = window(hit, file, 3 * HOUR_S)
    if inside is None:
        return None
    by = [name for name in (DEVICE, feed.source) if name and name in file.frame.columns]
    hit.note_rows(feed, file, file.frame.filter(inside))
    step = pl.col(START) // (5 * feed.contract.time.interval)
    means = [pl.col(name).mean().over([*by, step]) for name in feed.gauges]
    coarse = file.frame.filter(inside).with_columns(*means, _TAKE)
    coarse = coarse.filter(pl.col(START) % (5 * feed.contract.time.interval) == 0)
    return replace(
        file, frame=pl.concat([file.frame.filter(~inside), coarse]).sort(START, maintain_order=True)
    )


def _absent_when_off(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
    flow = next(tag.tag for tag in feed.contract.tags if tag.column == "fuel_flow_scfh")
    gone = (file.frame.get_column(flow or "") == 0) & pl.Series(free(file))
    for _, absent in file.frame.filter(gone).group_by(DEVICE, maintain_order=True):
        hit.note_rows(feed, file, absent)
    return replace(file, frame=file.frame.filter(~gone))


def _late_file(hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
    """The last third comes in a file of its own, after all others."""
    early, late = list(files), []
    for at in sorted(_orderly(hit, files)[: hit.wanted.count_of(len(files))]):
        file = replace(files[at], order_struck=True)
        edge = int(start_of(file)[2 * file.frame.height // 3])
        later = replace(file, name=f"late_{file.name}", frame=file.frame.filter(pl.col(START) >= edge))
        hit.note_rows(feed, later, later.frame)
        early[at] = replace(file, frame=file.frame.filter(pl.col(START) < edge))
        late.append(later)
    return early + late


def _shuffled(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    hit.note_rows(feed, file, file.frame)
    return replace(file, frame=file.frame[hit.rng.permutation(file.frame.height)])


def _newest_first(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    hit.note_rows(feed, file, file.frame)
    return replace(file, frame=file.frame.reverse())


def _has_name(contract: Contract) -> bool:
    return contract.revision is not None and contract.revision.by == "file_name"


def _any(contract: Contract) -> bool:
    return True


def _in_any_order(contract: Contract) -> bool:
    return contract.time.zone is None and contract.time.order == "any"


def _knows_when_off(contract: Contract) -> bool:
    flows = [tag for tag in contract.tags if tag.column == "fuel_flow_scfh"]
    return isinstance(contract.layout, PerDevice) and len(flows) == 1


def _repeated_part(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    """A stream stands there once for each of its two parts, each time with all it carries."""
    assert feed.source is not None
    name = str(hit.rng.choice(file.frame.get_column(feed.source).unique().sort().to_list()))
    again = file.frame.filter((pl.col(feed.source) == name) & pl.Series(free(file)))
    hit.note_rows(feed, file, again)
    others = file.frame.join(again.select(START, feed.source), on=[START, feed.source], how="anti")
    twice = again.with_columns(_TAKE)
    return replace(file, frame=pl.concat([others, twice, twice]).sort(START, maintain_order=True))


def _total_beside_parts(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    layout = feed.contract.layout
    if isinstance(layout, Wide):
        parts = [pl.col(name).fill_null(0.0) for name in feed.gauges]
        total = reduce(add, parts).round(3).alias("TOTAL")  # sum_horizontal adds in any order
        hit.note_rows(feed, file, file.frame, "TOTAL")
        return replace(file, frame=file.frame.with_columns(total))
    assert isinstance(layout, Long)
    sums = file.frame.group_by(START, maintain_order=True).agg(
        pl.exclude(layout.value).first(), pl.col(layout.value).sum().round(3)
    )
    sums = sums.with_columns(pl.lit("TOTAL").alias(layout.tag), pl.lit("").alias(DEVICE), _TAKE)
    hit.note_rows(feed, file, sums)
    return replace(file, frame=pl.concat([file.frame, sums.select(file.frame.columns)]))


RECORDS: dict[str, OnFiles[Delivery]] = {
    "duplicate_rows": OnFiles(_any, partial(_copied, false=_same)),
    "conflicting_rows": OnFiles(_any, partial(_copied, false=_one_value(_higher))),
    "null_and_value": OnFiles(_any, partial(_copied, false=_one_value(lambda value: None))),
    "restated_file": OnFiles(_has_name, _restated),
    "seam_overlap": OnFiles(_any, partial(_overlap, seconds=HOUR_S, after=False)),
    "both_ends": OnFiles(_any, partial(_overlap, seconds=1, after=True)),
    "missing_rows": OnFiles(_any, each_file(_missing_rows)),
    "mixed_interval": OnFiles(_any, each_file(_mixed_interval)),
    "absent_when_off": OnFiles(_knows_when_off, each_file(_absent_when_off)),
    "late_file": OnFiles(_any, _late_file),
    "shuffled": OnFiles(_in_any_order, each_order(_shuffled)),
    "newest_first": OnFiles(_in_any_order, each_order(_newest_first)),
    "repeated_part": OnFiles(lambda contract: contract.layout.kind == "long", each_file(_repeated_part)),
    "total_beside_parts": OnFiles(
        lambda contract: contract.layout.kind != "per_device", each_file(_total_beside_parts)
    ),
}
"""Fault → which feeds it fits and its strike."""
