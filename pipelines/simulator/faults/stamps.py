"""Faults of a logger's clock: stamps that are not the time of the record.

Here must not live: spelling of stamps (`cells`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract
from pipelines.simulator.faults.feed import Feed, free, start_of
from pipelines.simulator.faults.records import each_file, each_order, window
from pipelines.simulator.faults.strike import OnFiles, Strike, marked
from pipelines.simulator.landing import Delivery
from pipelines.simulator.records import START
from pipelines.simulator.span import HOUR_S, Instants
from pipelines.simulator.stamps import stamp_columns

_DRIFT_S = 600
_YEARS_S = (-40 * 31_556_952, 40 * 31_556_952)


def _restamped(feed: Feed, frame: pl.DataFrame, at: Instants, starts: Instants) -> pl.DataFrame:
    """The frame with the stamps of other interval starts in some rows; the others keep theirs."""
    return _scattered(frame, at, stamp_columns(feed.contract.time, starts, feed.zone))


def _scattered(frame: pl.DataFrame, at: Instants, stamps: pl.DataFrame) -> pl.DataFrame:
    """The frame with other stamps in some rows."""
    rows = pl.Series(at, dtype=pl.UInt32)
    return frame.with_columns(
        frame.get_column(name).scatter(rows, stamps.get_column(name)) for name in stamps.columns
    )


def _within(
    late: Callable[[Instants], Instants],
) -> Callable[[Strike, Feed, Delivery], Delivery | None]:
    """Three hours of a file whose stamps are late by what `late` makes of the seconds passed in them."""

    def strike(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
        inside = window(hit, file, 3 * HOUR_S)
        if inside is None:
            return None
        label = hit.note_rows(feed, file, file.frame.filter(inside))
        at = inside.arg_true().to_numpy()
        starts = start_of(file).to_numpy()[at]
        starts = starts + late(starts - starts.min())
        return replace(file, frame=marked(_restamped(feed, file.frame, at, starts), at, label))

    return strike


def _drift(passed: Instants) -> Instants:
    return 1 + passed * _DRIFT_S // (3 * HOUR_S)


def _wrong_date(hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
    found = []
    for file, rows in zip(files, hit.choose([free(file) for file in files]), strict=True):
        labels = [hit.note_row(feed, file, int(row)) for row in rows]
        starts = start_of(file).to_numpy()[rows] + hit.rng.choice(_YEARS_S, rows.size)
        found.append(replace(file, frame=marked(_restamped(feed, file.frame, rows, starts), rows, labels)))
    return found


def is_repeated(contract: Contract, starts: pl.Series) -> pl.Series:
    """Which intervals lie in an hour that the contract's clock shows twice."""
    wall = _wall(contract, starts)
    zone = str(contract.time.zone)
    first, second = (wall.dt.replace_time_zone(zone, ambiguous=which) for which in ("earliest", "latest"))
    return first != second


def _wall(contract: Contract, starts: pl.Series) -> pl.Series:
    utc = (starts * 1_000_000).cast(pl.Datetime("us", "UTC"))
    shift = timedelta(seconds=contract.time.interval if contract.time.label == "end" else 0)
    return (utc + shift).dt.convert_time_zone(str(contract.time.zone)).dt.replace_time_zone(None)


def _fold_once(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
    """A logger that overwrites the first pass of the repeated hour by the second."""
    frame = file.frame
    repeated = is_repeated(feed.contract, start_of(file))
    if not repeated.any():
        return None
    middle = frame.filter(repeated).get_column(START).unique().sort()
    gone = repeated & (start_of(file) < middle[middle.len() // 2])
    hit.note_rows(feed, file, frame.filter(repeated))
    return replace(file, frame=frame.filter(~gone))


def _gap_stamps(hit: Strike, feed: Feed, file: Delivery) -> Delivery | None:
    """A logger that puts its clock forward an hour too late: stamps within the skipped hour."""
    starts = start_of(file)
    wall = _wall(feed.contract, starts)
    jump = wall.diff() - (starts.diff() * 1_000_000).cast(pl.Duration("us")) == timedelta(hours=1)
    jump &= starts.diff() > 0  # a record that comes again later may lie back across autumn's night
    if not jump.any():
        return None
    first = int(starts[int(jump.arg_true()[0])])
    rows = starts.is_between(first, first + HOUR_S - 1).arg_true().to_numpy()
    labels = [hit.note_row(feed, file, int(row)) for row in rows]
    still = feed.contract.time.model_copy(update={"clock": _offset_before(feed.contract, first)})
    late = stamp_columns(still, starts.to_numpy()[rows], feed.zone)
    return replace(file, frame=marked(_scattered(file.frame, rows, late), rows, labels))


def _offset_before(contract: Contract, start: int) -> str:
    before = pl.Series([start - HOUR_S])
    offset = _wall(contract, before) - _wall(contract.model_copy(update={"time": _utc(contract)}), before)
    minutes = int(offset.dt.total_minutes()[0])
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _utc(contract: Contract) -> object:
    return contract.time.model_copy(update={"clock": "Etc/UTC"})


def _in_a_zone(contract: Contract) -> bool:
    return contract.time.zone is not None


def _sorted(contract: Contract) -> bool:
    return contract.time.zone is None


CLOCKS: dict[str, OnFiles[Delivery]] = {
    "clock_jump": OnFiles(_sorted, each_order(_within(lambda passed: np.full_like(passed, HOUR_S)))),
    "clock_drift": OnFiles(_sorted, each_order(_within(_drift))),
}
"""Faults that need hours in which nothing else has struck."""
STAMPS: dict[str, OnFiles[Delivery]] = {
    "wrong_date": OnFiles(lambda contract: True, _wrong_date),
    "fold_once": OnFiles(_in_a_zone, each_file(_fold_once)),
    "gap_stamps": OnFiles(_in_a_zone, each_file(_gap_stamps)),
}
"""Fault → which feeds it fits and its strike."""
